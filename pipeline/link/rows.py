"""The rows of extracted/links.csv: what relates records and studies, who says so, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.config import LinkConfig
from pipeline.link.decisions import Decision
from pipeline.link.names import told_apart
from pipeline.link.studies import Grouping, Outline
from pipeline.linked import LinkRow

_ORDER = ("same record", "same study", "shared cohort", "different")


def link_rows(grouping: Grouping, studies: Mapping[int, Outline], config: LinkConfig) -> list[LinkRow]:
    """Reviewers' decisions first, in the order of their lines; then the machine's, by relation and records."""
    handles = told_apart([(card.record_id, card.file) for card in grouping.cards])
    writer = _Writer(grouping, studies, config, handles, _said(grouping))
    machine = sorted(writer.machine(), key=lambda r: (_ORDER.index(r.relation), r.record_a, r.record_b))
    return [*map(writer.decision, grouping.decisions), *machine]


def _said(grouping: Grouping) -> dict[frozenset[int], str]:
    """What the machine says of two reports, in words; the first of several is the strongest."""
    said: dict[frozenset[int], str] = {}
    for r in grouping.relations:
        said.setdefault(frozenset((r.a, r.b)), f"{r.kind} ({r.status}, {r.likelihood:.2f})")
    for p in grouping.pairs:
        if p.verdict == "possible":
            said.setdefault(frozenset((grouping.report[p.a], grouping.report[p.b])), "same record (possible)")
    return said


@dataclass(frozen=True)
class _Writer:
    grouping: Grouping
    studies: Mapping[int, Outline]
    config: LinkConfig
    handles: Sequence[str]
    said: Mapping[frozenset[int], str]

    def study(self, record: int) -> str:
        return self.studies[self.grouping.study_of(record)].name.name

    # ---- decisions -----------------------------------------------------------------------------------------------

    def decision(self, d: Decision) -> LinkRow:
        known = d.known
        machine = self._machine(d.a[0], d.b[0]) if known else ""
        return LinkRow(
            record_a=self.handles[d.a[0]] if d.a else d.row.record_a,
            record_b=self.handles[d.b[0]] if d.b else d.row.record_b,
            relation=d.row.relation,
            status="decided",
            likelihood=None,
            evidence=d.row.reason,
            study_a=self.study(d.a[0]) if d.a else "",
            study_b=self.study(d.b[0]) if d.b else "",
            used=known,
            note=d.nearest,
            decided_by=d.row.reviewer,
            date=d.row.date.isoformat(),
            file=d.place.file.name,
            line=d.place.line,
            machine=machine,
            effect="stale" if not known else "redundant" if _says(machine, d.row.relation) else "applied",
        )

    def _machine(self, a: int, b: int) -> str:
        """What the machine alone makes of two records."""
        g = self.grouping
        if g.machine_report[a] == g.machine_report[b]:
            return "same record (sure)"
        if g.machine_study[a] == g.machine_study[b]:
            return "same study (sure)"
        return self.said.get(frozenset((g.report[a], g.report[b])), "")

    # ---- the machine ---------------------------------------------------------------------------------------------

    def machine(self) -> Iterator[LinkRow]:
        """A decision on two studies settles every pair of their records."""
        g = self.grouping
        records = {frozenset(pair) for d in g.decisions for pair in d.pairs()}
        apart = {frozenset(map(g.study_of, pair)) for pair in records}
        yield from self._pairs(records, apart)
        yield from self._relations({frozenset(g.report[i] for i in pair) for pair in records}, apart)

    def _pairs(self, decided: set[frozenset[int]], settled: set[frozenset[int]]) -> Iterator[LinkRow]:
        """A possible pair says nothing more within a study, nor between two that a reviewer spoke of."""
        g = self.grouping
        for i, p in enumerate(g.pairs):
            studies = frozenset((g.study_of(p.a), g.study_of(p.b)))
            moot = p.verdict == "possible" and (len(studies) == 1 or studies in settled)
            if moot or frozenset((p.a, p.b)) in decided:
                continue
            yield self._row(
                p.a,
                p.b,
                relation="same record",
                status=p.verdict,
                likelihood=None,
                evidence=p.why,
                used=p.verdict == "sure" and i not in g.pairs_left_out,
                note=_LEFT_OUT if i in g.pairs_left_out else "",
            )

    def _relations(self, decided: set[frozenset[int]], settled: set[frozenset[int]]) -> Iterator[LinkRow]:
        """Likewise; within one study there is nothing left to say of a shared cohort."""
        g = self.grouping
        for i, r in enumerate(g.relations):
            studies = frozenset((g.study[r.a], g.study[r.b]))
            sure = r.kind == "same study" and r.status == "sure"
            moot = not sure and (len(studies) == 1 or studies in settled)
            if moot or frozenset((r.a, r.b)) in decided:
                continue
            flagged = r.kind == "shared cohort" and r.likelihood >= self.config.likelihood
            yield self._row(
                g.kept[r.a],
                g.kept[r.b],
                relation=r.kind,
                status=r.status,
                likelihood=round(r.likelihood, 3),
                evidence="; ".join(r.evidence),
                used=flagged or (sure and i not in g.relations_left_out),
                note=_LEFT_OUT if i in g.relations_left_out else "",
            )

    def _row(self, a: int, b: int, **said: object) -> LinkRow:
        a, b = sorted((a, b), key=lambda i: self.handles[i])
        names = {
            "record_a": self.handles[a],
            "record_b": self.handles[b],
            "study_a": self.study(a),
            "study_b": self.study(b),
        }
        return LinkRow.model_validate(names | said)


_LEFT_OUT = "a line of overrides/links.csv keeps them, or records joined with them, apart"


def _says(machine: str, relation: str) -> bool:
    """Does the machine alone say what a reviewer says?"""
    return machine == "" if relation == "different" else machine.startswith(f"{relation} (sure")
