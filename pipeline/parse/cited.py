"""What records are cited by, and no more: for comparing many of them, where the text itself is not read.

Large files are cut in pieces that all cores read, each piece in a process of its own as any file is (see `worker`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import closing, contextmanager
from hashlib import blake2b
from itertools import groupby, repeat
from multiprocessing import get_context
from pathlib import Path, PurePath
from typing import NamedTuple

from pydantic import TypeAdapter

from pipeline.cores import available
from pipeline.files import printable
from pipeline.limits import Limits
from pipeline.parse import choose, parse, read_document
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.identity import Names
from pipeline.parse.pieces import Torn, renumbered
from pipeline.parse.worker import guarded
from pipeline.parsed import Citation, ParsedRecord, Row, SetAside, aside

#: a text with more characters is an article, not title and abstract
LONGEST_ABSTRACT = 20_000
#: bytes of a piece, at least; with less to read no further process is started
PIECE = 4_000_000
#: says that a file cannot be read in pieces
TORN = "torn"


class Cited(Row):
    """A record without its text; `index` counts the records of the file from 0, `digest` is equal for equal texts."""

    record_id: str
    file: str
    index: int = 0
    citation: Citation
    abstract: str
    #: characters of the text to read
    length: int
    digest: str


_CITED = TypeAdapter(Cited)
_FIELDS = set(Cited.model_fields)
_CITATION = set(Citation.model_fields)


class _Job(NamedTuple):
    """What one process reads: file number `file` at `path`, or a piece of it."""

    file: int
    path: Path
    piece: Document | None = None


def read_cited(files: Sequence[Path], limits: Limits, piece: int = PIECE) -> Iterator[Cited | SetAside]:
    """Records of the files, in their order; what cannot be read comes out as a `SetAside`."""
    jobs = [job for number, path in enumerate(files) for job in _jobs(number, path, limits, piece)]
    with _cores(files, piece) as cores:
        answers = map(_read, jobs, repeat(limits)) if cores is None else cores.map(_read, jobs, repeat(limits))
        for _, group in groupby(zip(jobs, answers, strict=True), key=lambda item: item[0].file):
            found = list(group)
            path, parts = found[0][0].path, [[_row(line) for line in lines] for _, lines in found]
            found.clear()
            if len(parts) > 1 and any(
                isinstance(row, SetAside) and row.reason == TORN for rows in parts for row in rows
            ):
                parts = [[_row(line) for line in _read(_Job(0, path), limits)]]
            yield from _named(path, _joined(parts))


def _jobs(number: int, path: Path, limits: Limits, size: int) -> list[_Job]:
    """The file, or its pieces if it is large and of a format that can be cut."""
    try:
        if path.is_file() and path.stat().st_size > 2 * size:
            document = Document.open(path, printable(str(path)), limits, cited_only=True)
            pieces = choose(document).pieces(document, size)
            return [_Job(number, path, piece) for piece in pieces] if len(pieces) > 1 else [_Job(number, path)]
    except (Unreadable, OSError):  # reading says so
        pass
    return [_Job(number, path)]


@contextmanager
def _cores(files: Sequence[Path], least: int) -> Iterator[Executor | None]:
    """Processes to read side by side; None where that would cost more than it gives."""
    cores = available()
    if cores == 1 or sum(path.stat().st_size for path in files if path.is_file()) < least:
        yield None
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as executor:
        yield executor


def _read(job: _Job, limits: Limits) -> list[bytes]:
    """Lines of the job's rows, as a process of its own gives them."""
    with closing(guarded([job.path], lambda path: _cited(job, limits), limits)) as lines:
        return list(lines)


def _cited(job: _Job, limits: Limits) -> Iterator[Cited | SetAside]:
    try:
        rows = (
            parse(job.path, str(job.path), limits, cited_only=True) if job.piece is None else read_document(job.piece)
        )
        for row in rows:
            yield row if isinstance(row, SetAside) else cited(row)
    except Torn:
        yield SetAside(set_aside=str(job.path), reason=TORN, remedy="read the file as a whole")


def cited(record: ParsedRecord) -> Cited:
    return Cited(
        record_id=record.record_id,
        file=record.source.file,
        index=0,
        citation=record.citation,
        abstract=_abstract(record),
        length=len(record.text),
        digest=_digest(record.raw),
    )


def _digest(text: str) -> str:
    """Equal for equal texts, and "" for no text, which says nothing about two records."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() if text.strip() else ""


def _abstract(record: ParsedRecord) -> str:
    """What follows the title; of an article, the section of that name."""
    if len(record.text) <= LONGEST_ABSTRACT:
        return record.text[len(record.citation.title or "") :].strip()
    return next((record.text[s.start : s.end] for s in record.sections if s.title.lower() == "abstract"), "")


# ---- in the process that asked -------------------------------------------------------------------------------------


def _row(line: bytes) -> Cited | SetAside:
    """The row of a line. The names of the fields that are set are shared: they take more memory than the values."""
    said = aside(line)
    if said is not None:
        return said
    row = _CITED.validate_json(line)
    object.__setattr__(row, "__pydantic_fields_set__", _FIELDS)
    object.__setattr__(row.citation, "__pydantic_fields_set__", _CITATION)
    return row


def _joined(parts: Iterable[list[Cited | SetAside]]) -> Iterator[Cited | SetAside]:
    """Rows of the pieces of one file, with the numbers that they have in the whole; what is said again is left out."""
    before = 0
    said: set[str] = set()
    for rows in parts:
        for row in rows:
            if isinstance(row, SetAside):
                row = renumbered(row, before)
                if row.message in said:
                    continue
                said.add(row.message)
            yield row
        before += len(rows)


def _named(path: Path, rows: Iterable[Cited | SetAside]) -> Iterator[Cited | SetAside]:
    """Rows with the ids that `parse` gives, and the place of each; one that is set aside keeps its place."""
    found = list(rows)
    several = sum(isinstance(row, Cited) for row in found) > 1
    stem = PurePath(printable(str(path))).stem
    names = Names(stem)
    for index, row in enumerate(found):
        if isinstance(row, SetAside):
            yield row
        else:
            name = names.name(row.citation)[0] if several else stem
            yield row.model_copy(update={"record_id": name, "index": index})
