"""Which study, and which of its reports, a reviewer's line means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipeline.link.cards import card_of
from pipeline.linked import Study
from pipeline.resolve.reports import NumberedReport
from pipeline.tables import shown


class Unknown(Exception):
    """A name that is nobody's, or that fits several; the message says which."""


@dataclass(frozen=True)
class Meant:
    """A study; where the line names one of its reports, that report, whose own arm numbers the line uses."""

    study: str
    report: NumberedReport | None = None


@dataclass
class Lookup:
    """All names of all studies: their own, their records', and what a report would be called alone."""

    studies: list[str] = field(default_factory=list)
    by_name: dict[str, Meant] = field(default_factory=dict)
    by_record: defaultdict[str, list[Meant]] = field(default_factory=lambda: defaultdict(list))
    #: name that would fit → the studies that it fits, with their reports
    by_form: defaultdict[str, list[tuple[str, Sequence[NumberedReport]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    #: studies that no line means, and the names of their records
    kept_out: Sequence[str] = ()
    kept_out_records: Set[str] = frozenset()

    def add(self, study: Study, reports: Sequence[NumberedReport]) -> None:
        self.studies.append(study.study)
        self.by_name[study.study] = Meant(study.study)
        by_id = {r.report.record_id: r for r in reports}
        for record in study.reports:
            meant = Meant(study.study, by_id.get(record.report or record.record_id))
            for name in (record.record_id, f"{record.file}#{record.record_id}"):
                self.by_record[name].append(meant)
        if study.candidate.record_id not in self.by_record:
            self.by_record[study.candidate.record_id].append(Meant(study.study, reports[0]))
        for name in study.names:
            self.by_form[name].append((study.study, reports))

    def find(self, name: str) -> Meant:
        """By the study's name, else by a record_id, else by a name that would fit. Raises Unknown."""
        if name in self.by_name:
            return self.by_name[name]
        found = self.by_record.get(name) or [_fitting(name, *study) for study in self.by_form.get(name, [])]
        studies = sorted({meant.study for meant in found})
        if len(studies) > 1:
            raise Unknown(f'"{shown(name)}" is not clear: it fits {", ".join(studies)}; write one of these')
        if found:
            return found[0] if len(found) == 1 else Meant(found[0].study)
        raise Unknown(self._unknown(name))

    def name_of(self, report: NumberedReport) -> str:
        """What a line may call a report: its record_id, with the file where studies share it."""
        name, file = report.place
        shared = len({m.study for m in self.by_record[name]}) != 1 or name in self.kept_out_records
        return f"{file}#{name}" if shared else name

    def _unknown(self, name: str) -> str:
        studies = sorted([*self.studies, *self.kept_out])
        near = get_close_matches(name, studies, 3, 0.5)
        hint = f"nearest: {', '.join(near)}; " if near else ""
        listed = ", ".join(studies[:40]) + (", …" if len(studies) > 40 else "")
        return f'study "{shown(name)}" is not known ({hint}known: {listed})'


def _fitting(name: str, study: str, reports: Sequence[NumberedReport]) -> Meant:
    """The study, and the only one of its reports that the name fits."""
    of = [r for r in reports if name in card_of(r.report).forms]
    return Meant(study, of[0] if len(of) == 1 else None)
