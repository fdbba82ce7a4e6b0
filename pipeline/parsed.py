"""What `parse` hands to the later stages: one `ParsedRecord` per article, one `SetAside` per input nobody could read.

A file `extracted/parsed/<source>.jsonl` holds one of them per line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from pipeline.files import new_text
from pipeline.spans import Alignment


class Row(BaseModel):
    """A row that crosses a file: every field declared, nothing else allowed. A stage builds the models that it uses."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Source(Row):
    """Where a record lies: `file` as given, `span` in characters of the source text, `page` (1-based) if it has pages.

    The source text is the file itself (UTF-8, newlines as stored) for text formats; for PDF and XML, the parsed text
    that `parse` writes beside its result.
    """

    file: str
    span: tuple[int, int]
    page: int | None = None


#: what a database prints of two records, in PubMed's words: "in" and "update in" stand at the article, the others at
#: what was published on it
NoticeKind = Literal[
    "retraction in",
    "retraction of",
    "partial retraction in",
    "partial retraction of",
    "retracted and republished in",
    "retracted and republished from",
    "expression of concern in",
    "expression of concern for",
    "erratum in",
    "erratum for",
    "corrected and republished in",
    "corrected and republished from",
    "republished in",
    "republished from",
    "update in",
    "update of",
]


class Notice(Row):
    """What a record says of a retraction, correction or update: `kind`, and the other record."""

    kind: NoticeKind
    #: the other record as printed: journal, date, pages
    where: str = ""
    pmid: str | None = None
    doi: str | None = None
    #: where the words stand, in characters of the record's `raw`
    span: tuple[int, int] | None = None


class Citation(Row):
    title: str | None = None
    authors: list[str] = []
    authors_truncated: bool = False
    #: addresses of authors, each once
    affiliations: list[str] = []
    year: int | None = None
    journal: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    registration: list[str] = []
    #: agencies that paid, as the database or the article's front names them
    funding: list[str] = []
    publication_types: list[str] = []
    mesh: list[str] = []
    language: str | None = None
    database: str | None = None
    #: day of the database's last change of the record, as 2024-05-31
    revised: str | None = None
    notices: list[Notice] = []


class Section(Row):
    """A part of the text: [start, end) in characters of `ParsedRecord.text`. The heading itself is not part of it."""

    title: str
    start: int
    end: int


class Table(Row):
    caption: str = ""
    page: int | None = None
    rows: list[list[str]]
    header_rows: int = 1
    footnotes: list[str] = []
    #: where the table stands in the record's text, if it does
    span: tuple[int, int] | None = None
    #: else where it is written out behind the record's prose (see `table_text`)
    written: int | None = None


class Repair(Row):
    """Something that `parse` read otherwise than printed: [start, end) in characters of the *source* text."""

    start: int
    end: int
    was: str
    now: str
    why: str


class Page(Row):
    """Characters [start, end) of the record's text are printed on page `page` (1-based)."""

    page: int
    start: int
    end: int


class ParsedRecord(Row):
    record_id: str
    source: Source
    citation: Citation = Citation()
    #: the text to read: lines joined, glyphs repaired, furniture left out
    text: str
    #: the source's own characters of [source.span], which evidence quotes
    raw: str
    #: `spans.Alignment.pieces` from `text` to the source text
    pieces: list[tuple[int, int, int]]
    sections: list[Section] = []
    tables: list[Table] = []
    repairs: list[Repair] = []
    pages: list[Page] = []
    problems: list[str] = []

    @property
    def alignment(self) -> Alignment:
        return Alignment(self.pieces, len(self.text))

    def quote(self, start: int, end: int) -> tuple[int, int, str]:
        """Clean span → (start, end, words) in the source text."""
        a, b = self.alignment.to_source(start, end)
        return a, b, self.words(a, b)

    def words(self, start: int, end: int) -> str:
        """Characters [start, end) of the source text, which must lie in `source.span`."""
        at = self.source.span[0]
        return self.raw[start - at : end - at]


class SetAside(Row):
    """An input, or one record of it, that could not be read; nothing of it is used."""

    set_aside: str = Field(description="the file, as given")
    record: str | None = Field(None, description="the record in it, if only one is meant")
    reason: str
    remedy: str = Field(description="what the user can do")

    @property
    def message(self) -> str:
        """The line for a terminal."""
        of = f", record {self.record}" if self.record is not None else ""
        return f"{self.set_aside}{of}: set aside: {self.reason}; {self.remedy}"


Parsed = Annotated[ParsedRecord | SetAside, Field(union_mode="left_to_right")]
_PARSED: TypeAdapter[ParsedRecord | SetAside] = TypeAdapter(Parsed, config=ConfigDict(defer_build=True))


def as_line(row: BaseModel, **kwargs: Any) -> str:
    """One JSON line, keys in the order of the model."""
    return row.model_dump_json(**kwargs) + "\n"


def as_row(line: bytes | str) -> ParsedRecord | SetAside:
    """The row of a JSON line. Raises pydantic.ValidationError."""
    return _PARSED.validate_json(line)


def aside(line: bytes) -> SetAside | None:
    """The row of a JSON line if it is a `SetAside`; a record's line is not read."""
    return SetAside.model_validate_json(line) if line.startswith(b'{"set_aside":') else None


def write_parsed(path: Path, rows: Iterable[ParsedRecord | SetAside]) -> None:
    with new_text(path) as out:
        out.writelines(as_line(row) for row in rows)


def read_parsed(path: Path) -> Iterator[ParsedRecord | SetAside]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield as_row(line)
