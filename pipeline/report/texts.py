"""Where records lie, which study each belongs to, and the texts of those that the page quotes.

Of most records only the name is needed: of their line no more is read than what comes before the text, which is most of
it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.linked import Study
from pipeline.parsed import Citation, ParsedRecord, as_row, aside
from pipeline.report.on_demand import Line, OnDemand, checked, lines_of

Place = tuple[str, str]

#: a string of JSON that stands for itself
_PLAIN = rb'"([^"\\]*)"'


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
    reports: tuple[Found, ...]
    candidate: Named
    further: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited(Named):
    """A record with what it is cited by; its abstract is not at hand."""

    citation: Citation

    @property
    def file(self) -> str:
        return self.source.file

    @property
    def abstract(self) -> str:
        return ""


_REPORTS, _CITED = TypeAdapter(Reports), TypeAdapter(Cited)


@dataclass(frozen=True)
class Linked:
    """By the name of the study: the records of all, and what was read of those that are wanted, whose main report is in
    `cited`, too."""

    reports: dict[str, Reports]
    studies: OnDemand[str, Study]
    cited: OnDemand[str, Cited]


def read_linked(path: Path, wanted: Container[str]) -> Linked:
    reports: dict[str, Reports] = {}
    studies: dict[str, Line] = {}
    for line, text in lines_of(path):
        found = _of_one_record(text) or checked(line, _REPORTS.validate_json, _without_candidate(text))
        reports[found.study] = found
        if found.study in wanted:
            studies[found.study] = line
    return Linked(reports, OnDemand(studies, Study.model_validate_json), OnDemand(studies, _cited))


#: where a line of studies.jsonl has told which record its candidate is, and what says that only names follow it;
#: neither stands within a string, where a quotation mark has a backslash before it
_CITATION, _ALONE = b',"citation":', b',"further":[],"names":['
#: the start of most lines
_ONE_RECORD = re.compile(
    rb'{"study":%b,"label":%b,"reports":\[{"record_id":%b,"file":%b,"kept":true,"report":"\3"}\],'
    rb'"candidate":{"record_id":"\3","source":{"file":"\4",' % ((_PLAIN,) * 4)
)


def _of_one_record(line: bytes) -> Reports | None:
    """What a study's line tells of its one record; None for a line that tells of several, or is not plain."""
    m = _ONE_RECORD.match(line)
    if m is None or line.rfind(_ALONE) < 0 or not line.endswith(b"}\n"):
        return None
    try:
        study, record, file = m[1].decode(), m[3].decode(), _file(m[4])
    except UnicodeDecodeError:
        return None
    return Reports(study, (Found(record, file.file, True, record),), Named(record, file))


@cache
def _file(name: bytes) -> _File:
    return _File(_name(name))


#: where a line of studies.jsonl tells of the main report, after what it is cited by
_CANDIDATE, _ELIGIBILITY = b',"candidate":', b',"eligibility":'


def _cited(line: bytes) -> Cited:
    start = line.find(_CANDIDATE) + len(_CANDIDATE)
    end = line.find(_ELIGIBILITY, start)
    return _CITED.validate_json(line[start:end] + b"}")


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
#: what comes before it in most lines: the name, the file, and the database of the citation
_PLAIN_HEAD = re.compile(rb'{"record_id":%b,"source":{"file":%b,' % ((_PLAIN,) * 2))
_DATABASE = re.compile(rb',"database":(?:null|%b),"' % _PLAIN)


@dataclass(frozen=True)
class Texts:
    """`paths`: the parsed files that speak of known sources."""

    paths: list[Path]
    records: OnDemand[Place, ParsedRecord]
    #: what a record says that it comes from
    databases: dict[Place, str]


def parsed_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jsonl"))


def read_texts(folder: Path, sources: Container[str], wanted: Container[Place]) -> Texts:
    """Of the parsed files that speak of a known source; files of sources since removed are left out."""
    paths: list[Path] = []
    records: dict[Place, Line] = {}
    databases: dict[Place, str] = {}
    for path in parsed_files(folder):
        known = False
        for line, text in lines_of(path):
            unread = checked(line, aside, text)
            if unread is not None:
                known |= unread.set_aside in sources
                continue
            place, database = _plain_head(text) or _head(line, text)
            if place[0] in sources:
                known = True
                if database:
                    databases[place] = database
                if place in wanted:
                    records[place] = line
        paths += [path] * known
    return Texts(paths, OnDemand(records, _record), databases)


def _record(line: bytes) -> ParsedRecord:
    record = as_row(line)
    assert isinstance(record, ParsedRecord)
    return record


def _plain_head(line: bytes) -> tuple[Place, str] | None:
    """A record's place and its database, of a line that tells them in plain strings."""
    text = line.find(_TEXT)
    m = _PLAIN_HEAD.match(line)
    if m is None or text < 0 or not line.endswith(b"}\n"):
        return None
    database = _DATABASE.search(line, m.end(), text)
    try:
        return None if database is None else ((_name(m[2]), m[1].decode()), _name(database[1] or b""))
    except UnicodeDecodeError:
        return None


def _head(line: Line, text: bytes) -> tuple[Place, str]:
    start, cut, _ = text.partition(_TEXT)
    head = checked(line, _HEAD.validate_json, start + b"}" if cut else text)
    return head.place, head.citation.database or ""


@cache
def _name(name: bytes) -> str:
    """One object for all who have it."""
    return name.decode()
