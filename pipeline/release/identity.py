"""Which study of then is which of now, and what is new about its records.

Names of studies may change as others come in (smith-2010 becomes smith-2010a), so that studies are known again by
their records; a record, by its file while that is the same, else by its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.linked import Report
from pipeline.release.now import LinkedStudy, Now
from pipeline.release.versions import Kept
from pipeline.released import KeptRecord
from pipeline.resolved import StudyRow

Place = tuple[str, str]

#: what is new about a study: all of it; a further report of it; the text of a report, or that it is retracted; nothing
News = Literal["study", "report", "text", ""]


@dataclass(frozen=True)
class Identity:
    #: study of then → study of now, where it is still there
    now_of: dict[str, str]
    #: study of now → what is new about it
    news: dict[str, News]
    #: (file, record_id) of records that were not there
    new: frozenset[Place]
    #: of new ones, those that are another state of a known record
    updated: frozenset[Place]
    #: records of then that are gone
    removed: frozenset[Place]

    @property
    def then_of(self) -> dict[str, str]:
        return {now: then for then, now in self.now_of.items()}


def identity(then: Kept, now: Now) -> Identity:
    known = _Known(then, now)
    news = {study.study: _news(study, known) for study in now.linked}
    now_of = _matched(now.linked, known)
    then_rows = {row.study: row for row in then.tables.studies}
    then_of = {n: t for t, n in now_of.items()}
    for row in now.tables.studies:
        before = then_rows.get(then_of.get(row.study, ""))
        if is_retracted(row) and before is not None and not is_retracted(before):
            news[row.study] = "text"
    places = {(r.file, r.record_id) for r in now.records}
    new = frozenset(place for place in places if not known.place(place))
    updated = frozenset(p for study in now.linked for p in _updated(study, known))
    removed = frozenset(p for p in known.records if p[0] not in now.files)
    return Identity(now_of, news, new, updated, removed)


def is_retracted(row: StudyRow) -> bool:
    """Is it out because a report of it is retracted?"""
    return row.decision == "exclude" and (row.retracted or row.code == "retracted")


class _Known:
    """The records of then."""

    def __init__(self, then: Kept, now: Now) -> None:
        self.records: dict[Place, KeptRecord] = {(r.file, r.record_id): r for r in then.records}
        self.same = {file for file, sha in then.release.files.items() if now.files.get(file) == sha}
        self.study_of_words: dict[str, str] = {r.text_hash: r.study for r in then.records if r.text_hash}
        self.words = {(r.file, r.record_id): r.text_hash for r in now.records}

    def place(self, place: Place) -> bool:
        """Was the record there, with this text?"""
        before = self.records.get(place)
        words = self.words.get(place, "")
        if before is None:
            return False
        return place[0] in self.same or not words or words == before.text_hash

    def study(self, place: Place) -> str | None:
        """The study of then that has the record, or its words in another file."""
        if place in self.records:
            return self.records[place].study
        return self.study_of_words.get(self.words.get(place, ""))

    def text(self, place: Place) -> bool:
        """Was what it says known, there or in another file?"""
        return self.place(place) or self.words.get(place, "") in self.study_of_words


def _news(study: LinkedStudy, known: _Known) -> News:
    kept = [r for r in study.reports if r.kept]
    unknown = [r for r in kept if not known.text(_place(r))]
    if not any(known.study(_place(r)) is not None for r in study.reports):
        return "study"
    if any(not _was_known(r, study, known) for r in unknown):
        return "report"
    return "text" if unknown else ""


def _updated(study: LinkedStudy, known: _Known) -> Iterable[Place]:
    for report in study.reports:
        if report.kept and not known.text(_place(report)) and _was_known(report, study, known):
            yield _place(report)


def _was_known(report: Report, study: LinkedStudy, known: _Known) -> bool:
    """Is the record another state of one that was there: under its own name, or as a duplicate of this one?"""
    same = [r for r in study.reports if not r.kept and (r.report or study.candidate.record_id) == report.record_id]
    return any(_place(r) in known.records for r in (report, *same))


def _place(report: Report) -> Place:
    return report.file, report.record_id


def _matched(studies: Iterable[LinkedStudy], known: _Known) -> dict[str, str]:
    """Study of then → of now: each study of now is the one of then that its reports were of, the main report first;
    one of then that several come from is that of the first."""
    found: dict[str, str] = {}
    for study in sorted(studies, key=lambda s: s.study):
        votes = _votes(study, known)
        then = next((name for name in votes if name not in found), None)
        if then is not None:
            found[then] = study.study
    return found


def _votes(study: LinkedStudy, known: _Known) -> list[str]:
    """Studies of then by how many of the reports they have; the main report's first."""
    main = study.candidate.place
    weight: defaultdict[str, int] = defaultdict(int)
    for report in study.reports:
        name = known.study(_place(report))
        if name is not None:
            weight[name] += 2 * len(study.reports) if _place(report) == main else 1
    return sorted(weight, key=lambda name: (-weight[name], name))
