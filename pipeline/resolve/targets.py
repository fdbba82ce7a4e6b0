"""Which cell of which table a reviewer's line means, as the machine numbers and reads them today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pipeline.config import Settings
from pipeline.records import Added
from pipeline.resolve.arm_keys import drugs_of, fits, is_number
from pipeline.resolve.cells import same_text, same_value
from pipeline.resolve.lookup import Unknown
from pipeline.resolve.reports import NumberedReport
from pipeline.resolve.rows import cell_text, new_arm, new_outcome, same_time
from pipeline.resolve.said import Said, Unclear
from pipeline.resolve.tables import Tables
from pipeline.resolve.what_is_there import allowed, at_time, fill_arm, no_arm
from pipeline.resolved import ArmRow, StudyRow

STUDY_FIELDS = ("n_total", "design", "age", "line", "notices", "decision")
ARM_FIELDS = ("n", "drugs", "label", "role")
OUTCOME_FIELDS = ("events", "n", "denominator", "status")
NUMBERS = ("events", "n")

#: file and line
Place = tuple[Path, int]
TableName = Literal["studies", "arms", "outcomes"]


@dataclass(frozen=True)
class Spot:
    """A cell: row `index` of a table."""

    table: TableName
    index: int
    field: str


@dataclass
class Targets:
    """The spots of lines. Arms and rows that the tables do not have are made, empty, at their end: what reviewers say
    of them is not lost. `notes` say why a line is stale; `missing` are lines without a number on a row that is gone."""

    tables: Tables
    settings: Settings
    notes: dict[Said, str] = field(default_factory=dict)
    missing: list[tuple[Said, str, str]] = field(default_factory=list)
    lost_arms: set[tuple[str, str]] = field(default_factory=set)
    #: values that lines gave for a cell
    _given: defaultdict[Spot, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: what one line says of several cells
    _line: defaultdict[Place, list[Said]] = field(default_factory=lambda: defaultdict(list))
    #: what reviewers call arms that they added
    _called: dict[tuple[str, str], int] = field(default_factory=dict)
    _added_rows: dict[Place, int] = field(default_factory=dict)
    #: where rows stand, for there may be many lines and many rows
    _study_at: dict[str, int] = field(default_factory=dict)
    _arms_at: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _rows_at: defaultdict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._study_at |= {row.study: i for i, row in enumerate(self.tables.studies)}
        for i, arm in enumerate(self.tables.arms):
            self._arms_at[arm.study].append(i)
        for i, row in enumerate(self.tables.outcomes):
            self._rows_at[row.study, row.arm].append(i)

    def find(self, said: Iterable[Said]) -> tuple[dict[Said, Spot], list[str]]:
        """The spot of each line, and a problem for each that has none. New arms come first, then numbers: other lines
        may be about what these make."""
        said = list(said)
        for s in said:
            self._line[s.path, s.line].append(s)
        spots: dict[Said, Spot] = {}
        problems: list[tuple[Said, str]] = []
        for s in sorted(said, key=_rank):
            try:
                spot = self._spot(s)
            except Unclear as unclear:
                problems.append((s, str(unclear)))
                continue
            if spot is not None:
                spots[s] = spot
                self._given[spot].add(same_text(s.field, s.value))
        told = sorted(problems, key=lambda p: (p[0].order, p[0].field))
        return spots, list(dict.fromkeys(f"{s.place}: {text}" for s, text in told))

    def _spot(self, s: Said) -> Spot | None:
        study_at, report = self._study(s.study)
        study = self.tables.studies[study_at]
        if not s.arm:
            if s.outcome:
                raise Unclear(f"arm is empty; {fill_arm([self.tables.arms[i] for i in self._arms(study, None)])}")
            allowed(s.field, STUDY_FIELDS, f"study {study.study}; for an arm's value fill the column arm")
            return Spot("studies", study_at, s.field)
        arm_at = self._arm(s, study, report)
        if not s.outcome and s.field in ARM_FIELDS:
            return Spot("arms", arm_at, s.field)
        row = self._row(s, study, self.tables.arms[arm_at], report)
        return None if row is None else Spot("outcomes", row, s.field)

    # ---- studies and arms ----------------------------------------------------------------------------------------

    def _study(self, name: str) -> tuple[int, NumberedReport | None]:
        """The study's row; and its report, where the line names one."""
        try:
            meant = self.tables.lookup.find(name)
        except Unknown as unknown:
            raise Unclear(str(unknown)) from None
        return self._study_at[meant.study], meant.report

    def _arms(self, study: StudyRow, report: NumberedReport | None) -> list[int]:
        of_study = list(self._arms_at[study.study])
        if report is None:
            return of_study
        own = set(report.arms.values())
        return [i for i in of_study if self.tables.arms[i].arm in own] or of_study

    def _arm(self, s: Said, study: StudyRow, report: NumberedReport | None) -> int:
        called = self._called.get((study.study, s.arm))
        if called is not None:
            return called
        arms = self._arms(study, report)
        wanted = s.arm if report is None else report.arms.get(s.arm, s.arm)
        named = [i for i in self._arms(study, None) if self.tables.arms[i].arm == wanted]
        if named and is_number(s.arm):
            return self._moved(s, named[0], arms)
        found = named or self._keyed(s.arm, arms) or self._added_before(s, arms)
        if len(found) > 1:
            found = [i for i in found if self._saw(s, i)]
            if len(found) != 1:
                keys = ", ".join(f'"{self.tables.arms[i].key}"' for i in self._keyed(s.arm, arms))
                raise Unclear(f'arm "{s.arm}" fits several arms of {study.study}: {keys}; write one of these')
        at = found[0] if found else self._new_arm(s, study, report, arms)
        if isinstance(s.of, Added):
            self._called[study.study, s.arm] = at
        return at

    def _keyed(self, written: str, arms: Sequence[int]) -> list[int]:
        found = [i for i in arms if fits(written, self.tables.arms[i], self._dose(i))]
        return found or [i for i in arms if same_value("label", self.tables.arms[i].label, written)]

    def _dose(self, i: int) -> str:
        return self.tables.doses.get((self.tables.arms[i].study, self.tables.arms[i].arm), "")

    def _added_before(self, s: Said, arms: Sequence[int]) -> list[int]:
        """The arm that a reviewer added and that the machine has found since: the same drugs, and no other size."""
        if not isinstance(s.of, Added) or not s.of.drugs:
            return []
        alike = [i for i in arms if same_value("drugs", self.tables.arms[i].drugs, s.of.drugs)]
        sized = [i for i in alike if s.of.arm_n in (None, self.tables.arms[i].n) or self.tables.arms[i].n is None]
        return sized if len(sized) == 1 else []

    def _moved(self, s: Said, named: int, arms: Sequence[int]) -> int:
        """The arm of that number; or the only other one that has what the line was written on, if this one has not."""
        if not s.was or self._saw(s, named):
            return named
        others = [i for i in arms if i != named and self._saw(s, i)]
        if len(others) != 1:
            return named
        arm = self.tables.arms[others[0]]
        self.notes[s] = f'{s.was} now stands in arm {arm.arm} and not in {s.arm}; write the arm as "{arm.key}"'
        return others[0]

    def _saw(self, s: Said, arm: int) -> bool:
        """Whether `was` is a value of the arm, by the machine or by another line."""
        if not s.outcome and s.field in ARM_FIELDS:
            return self._is_there(s, Spot("arms", arm, s.field))
        return any(self._sees(s, i) for i in self._rows(s, self.tables.arms[arm], None))

    def _is_there(self, s: Said, spot: Spot) -> bool:
        was = same_text(s.field, s.was or "")
        row = getattr(self.tables, spot.table)[spot.index]
        return was == same_text(s.field, cell_text(row, s.field)) or was in self._given[spot]

    def _new_arm(self, s: Said, study: StudyRow, report: NumberedReport | None, arms: Sequence[int]) -> int:
        """An empty arm for what a reviewer adds, or says of an arm that the machine had and has no longer."""
        drugs = s.of.drugs if isinstance(s.of, Added) else ""
        known = {d.name for d in self.settings.drugs}
        named = drugs_of(s.arm)
        if not drugs and not is_number(s.arm) and named and all(d in known for d in named):
            drugs = " + ".join(named)
            self.lost_arms.add((study.study, s.arm))
        if not drugs or is_number(s.arm):
            raise Unclear(no_arm(s, study, report, [self.tables.arms[i] for i in arms]))
        self.tables.arms.append(new_arm(study, s, drugs, alone=not arms))
        self._arms_at[study.study].append(len(self.tables.arms) - 1)
        return len(self.tables.arms) - 1

    # ---- outcomes ------------------------------------------------------------------------------------------------

    def _rows(self, s: Said, arm: ArmRow, report: NumberedReport | None) -> list[int]:
        """The arm's rows of the outcome, of one report if the line names one; best report first."""
        of_arm = self._rows_at[arm.study, arm.arm]
        rows = [i for i in of_arm if s.outcome in ("", self.tables.outcomes[i].outcome)]
        return [i for i in rows if report is None or self._place(i) == report.place]

    def _place(self, i: int) -> tuple[str, str]:
        return self.tables.outcomes[i].record_id, self.tables.outcomes[i].file

    def _row(self, s: Said, study: StudyRow, arm: ArmRow, report: NumberedReport | None) -> int | None:
        rows = self._rows(s, arm, report)
        have = sorted({self.tables.outcomes[i].outcome for i in rows})
        known = [o.outcome for o in self.settings.outcomes]
        if s.field not in OUTCOME_FIELDS or (not s.outcome and len(have) != 1) or s.outcome not in ("", *known, *have):
            near = get_close_matches(s.outcome, [*have, *known], 1, 0.5)
            hint = f'"{s.outcome}" is nearest to {near[0]}; ' if near and s.outcome not in ("", *known, *have) else ""
            what = f"{s.outcome}.{s.field}" if s.outcome else s.field
            fields = [*ARM_FIELDS, *(f"{o}.{c}" for o in have or known for c in OUTCOME_FIELDS)]
            raise Unclear(
                f'"{what}" is not a field of arm {s.arm} of {study.study} ({hint}fields: {", ".join(fields)})'
            )
        if isinstance(s.of, Added):
            return self._added_row(s, s.of, study, arm, report, rows)
        found = self._fitting(s, rows)
        return self._no_row(s, study, arm, report) if found is None else found

    def _added_row(
        self, s: Said, of: Added, study: StudyRow, arm: ArmRow, report: NumberedReport | None, rows: Sequence[int]
    ) -> int | None:
        """The row with the counts that were added, or the only one that can be meant, where the machine has found it
        since; else a new one."""
        if (s.path, s.line) not in self._added_rows:
            table = self.tables.outcomes
            alike = [
                i
                for i in rows
                if (not s.timepoint or same_time(table[i].timepoint, s.timepoint))
                and of.denominator in (None, table[i].denominator)
            ]
            same = [i for i in alike if (table[i].events, table[i].n) == (of.events, of.n)]
            at = same[0] if same else alike[0] if len(alike) == 1 else self._no_row(s, study, arm, report)
            if at is None:
                return None
            self._added_rows[s.path, s.line] = at
        return self._added_rows[s.path, s.line]

    def _fitting(self, s: Said, rows: Sequence[int]) -> int | None:
        """Of the time point, the only row; of several, the one with the value that the reviewer saw, of the best
        report that has one. None where the outcome, or that time point, is not there."""
        timed = [i for i in rows if not s.timepoint or same_time(self.tables.outcomes[i].timepoint, s.timepoint)]
        seen = [i for i in timed or rows if s.was and self._sees(s, i)]
        if not timed:
            if len(seen) == 1 and rows:
                self.notes[s] = f'its time point is now "{self.tables.outcomes[seen[0]].timepoint}"'
                return seen[0]
            return None
        best = self._place((seen or timed)[0])
        timed = [i for i in timed if self._place(i) == best]
        seen = [i for i in seen if i in timed]
        if len(timed) == 1 or len(seen) == 1:
            return seen[0] if seen else timed[0]
        listed = ", ".join(self._told(i) for i in timed)
        name = f"{self.tables.outcomes[timed[0]].outcome}.{s.field}"
        raise Unclear(
            f"{name} stands in several rows ({listed}); `was` must name the value of one of them, or timepoint"
        )

    def _told(self, i: int) -> str:
        row = self.tables.outcomes[i]
        return f"{row.events}/{row.n}" + (f" at {row.timepoint}" if row.timepoint else "")

    def _sees(self, s: Said, i: int) -> bool:
        """By all that the line tells: a confirmation names events and n."""
        pair = [x for x in self._line[s.path, s.line] if x.was and x.field in OUTCOME_FIELDS]
        return all(self._is_there(x, Spot("outcomes", i, x.field)) for x in pair)

    def _no_row(self, s: Said, study: StudyRow, arm: ArmRow, report: NumberedReport | None) -> int | None:
        """A row for the numbers that a reviewer saw or adds; other fields alone make none."""
        if s.field in NUMBERS and (s.kind == "added" or s.was or s.seen):
            place = report if report is not None else self.tables.reports[study.study][0]
            label = next((o.label for o in self.settings.outcomes if o.outcome == s.outcome), s.outcome)
            asked = next((o.denominator for o in self.settings.outcomes if o.outcome == s.outcome), "any")
            row = new_outcome(arm, s, label, "responders" if asked == "responders" else "enrolled", place)
            self.tables.outcomes.append(row)
            self._rows_at[arm.study, arm.arm].append(len(self.tables.outcomes) - 1)
            return len(self.tables.outcomes) - 1
        if not s.was and not s.seen:
            have = sorted({self.tables.outcomes[i].outcome for i in self._rows_at[arm.study, arm.arm]})
            raise Unclear(
                f"arm {s.arm} of {study.study} has no row of {s.outcome}{at_time(s.timepoint)} (it has "
                f"{', '.join(have) or 'none'}); what the machine missed is added in added.csv"
            )
        self.missing.append((s, study.study, arm.arm))
        return None


def _rank(s: Said) -> int:
    """New arms, then numbers, those first that tell what they were written on; then the rest."""
    if s.kind == "added":
        return 1 if s.outcome else 0
    if s.field not in NUMBERS:
        return 4
    return 2 if s.was or s.seen else 3
