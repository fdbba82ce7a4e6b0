"""Where records lie, which study each belongs to, and the texts of those that the page quotes.

Of most records only the name is needed: their line is cut before the text, which is most of it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import UserError
from pipeline.linked import Study
from pipeline.parsed import ParsedRecord, as_row, aside

Place = tuple[str, str]
Read = TypeVar("Read")


# ---- extracted/studies.jsonl -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    file: str


@dataclass(frozen=True, slots=True)
class Named:
    """A record: its name, and the file that it lies in."""

    record_id: str
    source: _File

    @property
    def place(self) -> Place:
        return self.source.file, self.record_id


@dataclass(frozen=True, slots=True)
class Found:
    """A record as found: `kept` is false for a duplicate, of the record that `report` names."""

    record_id: str
    file: str
    kept: bool
    report: str = ""


@dataclass(frozen=True, slots=True)
class Reports:
    """All records of a study; `candidate` is the main report, `further` are the others, without duplicates."""

    study: str
    reports: list[Found]
    candidate: Named
    further: list[Named] = field(default_factory=list)


_REPORTS = TypeAdapter(Reports)


def read_linked(path: Path, wanted: Container[str]) -> tuple[dict[str, Reports], dict[str, Study]]:
    """The records of each study by its name, and all of the studies that are wanted."""
    reports: dict[str, Reports] = {}
    studies: dict[str, Study] = {}
    for number, line in enumerate(_lines(path), 1):
        place = f"{path}:{number}"
        found = _checked(place, _REPORTS.validate_json, _without_candidate(line))
        reports[found.study] = found
        if found.study in wanted:
            studies[found.study] = _checked(place, Study.model_validate_json, line)
    return reports, studies


#: where a line of studies.jsonl has told which record its candidate is, and what says that only names follow it;
#: neither stands within a string, where a quotation mark has a backslash before it
_CITATION, _ALONE = b',"citation":', b',"further":[],"names":['


def _without_candidate(line: bytes) -> bytes:
    """The line of a study cut before what was read of it, if no further report follows."""
    start, cut, rest = line.partition(_CITATION)
    return start + b"}}" if cut and _ALONE in rest else line


# ---- extracted/parsed/ -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cited:
    database: str | None = None


@dataclass(frozen=True, slots=True)
class _Head(Named):
    citation: _Cited = field(default_factory=_Cited)


_HEAD = TypeAdapter(_Head)

#: ends what comes before the text in a record's line, and does not stand within a string either
_TEXT = b',"text":"'


@dataclass(frozen=True)
class Texts:
    """`paths`: the parsed files that speak of known sources."""

    paths: list[Path] = field(default_factory=list)
    records: dict[Place, ParsedRecord] = field(default_factory=dict)
    #: what a record says that it comes from
    databases: dict[Place, str] = field(default_factory=dict)


def read_texts(folder: Path, sources: Container[str], wanted: Container[Place]) -> Texts:
    """Of the parsed files that speak of a known source; files of sources since removed are left out."""
    found = Texts()
    for path in sorted(folder.rglob("*.jsonl")):
        known = [_take(found, f"{path}:{i}", line, sources, wanted) for i, line in enumerate(_lines(path), 1)]
        if any(known):
            found.paths.append(path)
    return found


def _take(found: Texts, place: str, line: bytes, sources: Container[str], wanted: Container[Place]) -> bool:
    """Is the line of a known source?"""
    unread = _checked(place, aside, line)
    if unread is not None:
        return unread.set_aside in sources
    start, cut, _ = line.partition(_TEXT)
    head = _checked(place, _HEAD.validate_json, start + b"}" if cut else line)
    if head.source.file not in sources:
        return False
    if head.citation.database:
        found.databases[head.place] = head.citation.database
    if head.place in wanted:
        record = _checked(place, as_row, line)
        assert isinstance(record, ParsedRecord)
        found.records[head.place] = record
    return True


# ---- lines -----------------------------------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as lines:
            yield from (line for line in lines if line != b"\n")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; `snakemake all` makes it") from None


def _checked(place: str, read: Callable[[bytes], Read], line: bytes) -> Read:
    try:
        return read(line)
    except ValidationError as error:
        raise foreign(place, error) from None


def foreign(place: str, error: ValidationError) -> UserError:
    """A file that litpool did not write so."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    what = f"{where}: {first['msg']}" if where else first["msg"]
    return UserError(f"{place}: {what}; delete the file, `snakemake all` makes it again")
