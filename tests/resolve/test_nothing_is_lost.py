"""Whatever the machine reads anew and whatever reviewers write: each reviewer's value is in the tables, in the
worklist or in an error, at the arm that it was written for."""

from __future__ import annotations

import datetime
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings as limits, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from reviewing import NAME, arm, response, study

from pipeline.config import Settings, load
from pipeline.errors import UserError
from pipeline.parsed import Row
from pipeline.records import Added, Confirmation, Correction
from pipeline.resolve.cells import same_value
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolve.worklist import worklist
from pipeline.resolved import DecisionRow, WorkRow
from pipeline.tables import write_rows

ROOT = Path(__file__).parents[2]
SETTINGS: Settings = load(ROOT / "config")
DRUGS = ("danazol", "rituximab", "tretinoin")
OUTCOMES = ("overall_response", "relapse")
TIMES = ("", "6 months", "12 months")
MODELS: dict[str, type[Row]] = {"corrections.csv": Correction, "confirmations.csv": Confirmation, "added.csv": Added}

drugs = st.sampled_from(DRUGS)
outcomes = st.sampled_from(OUTCOMES)
times = st.sampled_from(TIMES)
counts = st.tuples(st.integers(0, 9), st.integers(9, 20))
people = st.sampled_from(("AB", "CD", "EF"))


class NothingIsLost(RuleBasedStateMachine):
    """`machine`: drug → outcome and time point → counts; arms are numbered by their order in it."""

    machine: dict[str, dict[tuple[str, str], tuple[int, int]]]

    @initialize()
    def begin(self) -> None:
        self.machine = {
            "danazol": {("overall_response", ""): (3, 10)},
            "tretinoin": {("overall_response", ""): (5, 12)},
        }
        self.lines: list[tuple[str, Row]] = []
        #: the drug of the arm that each line is about
        self.about: dict[tuple[str, int], str] = {}
        self.text, self.day = "tfirst", 0

    # ---- the machine -------------------------------------------------------------------------------------------------

    @rule(of=drugs)
    def finds_or_loses_an_arm(self, of: str) -> None:
        if self.machine.pop(of, None) is None:
            self.machine[of] = {}

    @rule()
    def numbers_its_arms_anew(self) -> None:
        self.machine = dict(reversed(self.machine.items()))

    @rule(of=drugs, outcome=outcomes, time=times, found=counts)
    def reads_a_row(self, of: str, outcome: str, time: str, found: tuple[int, int]) -> None:
        if of in self.machine:
            self.machine[of][outcome, time] = found

    @rule(of=drugs, outcome=outcomes, time=times)
    def loses_a_row(self, of: str, outcome: str, time: str) -> None:
        self.machine.get(of, {}).pop((outcome, time), None)

    @rule()
    def reads_another_text(self) -> None:
        self.text += "x"

    # ---- reviewers ---------------------------------------------------------------------------------------------------

    def write(self, file: str, of: str, by: str, **cells: object) -> None:
        self.day += 1
        day = datetime.date(2026, 1, 1) + datetime.timedelta(self.day)
        who = {"study": NAME, "arm": of, "reviewer": by, "date": day}
        self.lines.append((file, MODELS[file].model_validate(who | cells)))
        self.about[file, 1 + sum(name == file for name, _ in self.lines)] = of

    def row(self, of: str, at: int) -> tuple[tuple[str, str], tuple[int, int]] | None:
        rows = sorted(self.machine.get(of, {}).items())
        return rows[at % len(rows)] if rows else None

    @precondition(lambda self: len(self.lines) < 8)
    @rule(
        of=drugs,
        at=st.integers(0, 3),
        by=people,
        field=st.sampled_from(("events", "n")),
        new=counts,
        last=st.booleans(),
    )
    def corrects(self, of: str, at: int, by: str, field: str, new: tuple[int, int], last: bool) -> None:
        if (found := self.row(of, at)) is not None:
            (outcome, time), (events, n) = found
            value, was = (new[0], events) if field == "events" else (new[1], n)
            self.write("corrections.csv", of, by, outcome=outcome, timepoint=time, field=field, value=str(value),
                       was=str(was), reason="misread", seen=self.text, adjudicated=last)  # fmt: skip

    @precondition(lambda self: len(self.lines) < 8)
    @rule(of=drugs, at=st.integers(0, 3), by=people)
    def confirms(self, of: str, at: int, by: str) -> None:
        if (found := self.row(of, at)) is not None:
            (outcome, time), (events, n) = found
            self.write(
                "confirmations.csv", of, by, outcome=outcome, timepoint=time, value=f"{events} of {n}", seen=self.text
            )

    @precondition(lambda self: len(self.lines) < 8)
    @rule(of=drugs, outcome=outcomes, time=times, by=people, new=counts)
    def adds(self, of: str, outcome: str, time: str, by: str, new: tuple[int, int]) -> None:
        if (outcome, time) not in self.machine.get(of, {}):
            self.write("added.csv", of, by, drugs=of, outcome=outcome, timepoint=time, events=new[0], n=new[1],
                       where="page 3", reason="in a figure")  # fmt: skip

    # ---- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        numbers = {of: f"A{i}" for i, of in enumerate(self.machine, 1)}
        arms = tuple(arm(numbers[of], of) for of in self.machine)
        rows = tuple(
            response(numbers[of], *found, outcome=outcome, timepoint=time or None)
            for of, each in self.machine.items()
            for (outcome, time), found in each.items()
        )
        one = study(arms, rows, text_hash=self.text)
        left, refused = list(self.lines), 0
        with tempfile.TemporaryDirectory() as name:
            while True:
                try:
                    self.holds(Path(name), one, left)
                    return
                except UserError as error:
                    left = self.without(left, str(error))
                    refused += 1
                    assert refused <= len(self.lines), "each error names a line that it is about"

    def without(self, lines: list[tuple[str, Row]], error: str) -> list[tuple[str, Row]]:
        """The lines that no problem names; those are not lost: a person reads of them, and nothing is written."""
        named = {(file, int(line)) for file, line in re.findall(r"/(\w+\.csv):(\d+): ", error)}
        assert named, error
        seen = dict.fromkeys(MODELS, 1)
        kept = []
        for file, row in lines:
            seen[file] += 1
            if (file, seen[file]) not in named:
                kept.append((file, row))
        assert len(kept) < len(lines), error
        return kept

    def holds(self, folder: Path, one: object, lines: list[tuple[str, Row]]) -> None:
        about: dict[tuple[str, int], str] = {}
        for file, model in MODELS.items():
            rows = [row for name, row in lines if name == file]
            write_rows(folder / file, model, rows)
            about |= {(file, i): str(getattr(row, "arm")) for i, row in enumerate(rows, 2)}  # noqa: B009
        tables = machine_tables([one], SETTINGS)  # type: ignore[list-item]
        applied = apply_overrides(tables, folder, SETTINGS)
        tables = finish(tables, SETTINGS)
        work = worklist(tables, [one], SETTINGS, (), applied)  # type: ignore[list-item]
        told = {(d.file, d.line) for d in tables.decisions}
        assert told == set(about), "each line is told of"
        for d in tables.decisions:
            self.stands(d, about[d.file, d.line], tables, work)

    def stands(self, d: DecisionRow, drug: str, tables: Tables, work: list[WorkRow]) -> None:
        its_arm = next(a for a in tables.arms if a.arm == d.arm)
        assert its_arm.drugs == drug, "a line stays with its arm"
        if d.effect == "overruled":
            counts = re.search(r"\((\w+\.csv):(\d+)\)", d.note)
            assert counts
            assert any((x.file, x.line) == (counts[1], int(counts[2])) for x in tables.decisions)
            return
        asked = [w for w in work if (w.arm, w.outcome, w.timepoint) == (d.arm, d.outcome, d.timepoint)]
        asked = [w for w in asked if w.field.endswith(d.field) and d.value in re.split(r"[;: ]+", w.value)]
        if d.effect == "disagrees":
            assert asked, "both values are in the worklist"
            return
        cells = [r for r in tables.outcomes if (r.arm, r.outcome, r.timepoint) == (d.arm, d.outcome, d.timepoint)]
        held = its_arm.drugs if not d.outcome else None
        there = [held] if held is not None else [str(getattr(r, d.field)) for r in cells]
        assert any(same_value(d.field, text or "", d.value) for text in there), "the value is in the tables"


NothingIsLost.TestCase.settings = limits(
    max_examples=60, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestNothingIsLost = NothingIsLost.TestCase
