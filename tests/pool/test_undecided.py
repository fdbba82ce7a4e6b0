"""Which waiting rows and studies would be pooled if a person said yes, from tables as resolve writes them."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.pool.impact import Change, WaitingRow, impacts
from pipeline.pool.undecided import pooled_rows, waiting_rows, waiting_studies
from pipeline.resolve.pooling import mark_pooled
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow
from tests.pool.pool_rows import arm_row, outcome_row, settings, study_row

OUTCOME = "overall_response"
SETTINGS = settings()


def row(study: str, arm: str, events: int | None, n: int | None, waits: bool = False, **more: Any) -> OutcomeRow:
    authority = "waiting" if waits else "accepted"
    return outcome_row(study, arm, events, n).model_copy(update={"authority": authority, **more})


def study(name: str, **more: Any) -> StudyRow:
    return study_row(name, 2010).model_copy(update=more)


def arm(study: str, name: str, n: int | None = None, role: str = "single") -> ArmRow:
    return arm_row(study, name, "", n).model_copy(update={"role": role})


def marked(studies: list[StudyRow], arms: list[ArmRow], rows: list[OutcomeRow]) -> list[OutcomeRow]:
    return mark_pooled(studies, arms, rows, SETTINGS)


def waiting(studies: list[StudyRow], arms: list[ArmRow], rows: list[OutcomeRow]) -> list[WaitingRow]:
    found = waiting_rows(studies, arms, marked(studies, arms, rows), OUTCOME, SETTINGS)
    return [one for _, one in found]


def test_rows_that_are_pooled() -> None:
    rows = [
        row("a", "A1", 0, 30),
        row("b", "A1", 5, 20),
        row("c", "A1", 5, 20, pooled=False),
        row("b", "A1", 1, 20, outcome="relapse"),
    ]
    first, second = pooled_rows(rows, OUTCOME, {("b", "A1"): (4, 20)})
    assert (first.slot, first.events, first.n, first.by_reviewer) == (("a", "A1"), 0, 30, False)
    assert (second.by_reviewer, second.machine) == (True, (4, 20))
    assert not pooled_rows(rows, OUTCOME)[1].by_reviewer
    assert pooled_rows(rows, OUTCOME, {("b", "A1"): None})[1].machine is None


def test_a_row_that_waits_is_told_as_read() -> None:
    rows = [row("a", "A1", 7, 30, True), row("b", "A1", 7, 30)]
    studies = [study("a"), study("b")]
    (found,) = waiting_rows(
        studies,
        [arm("a", "A1"), arm("b", "A1")],
        marked(studies, [arm("a", "A1"), arm("b", "A1")], rows),
        OUTCOME,
        SETTINGS,
    )
    assert (found[0].study, found[0].events) == ("a", 7)
    assert found[1] == WaitingRow(study="a", arm="A1", events=(7,), n=(30,))


@pytest.mark.parametrize(
    ("n", "arm_n", "n_total", "expected"),
    [(30, 31, 32, (30,)), (None, 31, 32, (31,)), (None, None, 32, (32,)), (None, None, None, ()), (0, 31, 32, (31,))],
)
def test_n_that_was_not_read(n: int | None, arm_n: int | None, n_total: int | None, expected: tuple[int, ...]) -> None:
    (found,) = waiting(
        [study("a", n_total=n_total)], [arm("a", "A1", arm_n)], [row("a", "A1", None, n, True, percent=40.0)]
    )
    assert found == WaitingRow(study="a", arm="A1", n=expected, percent=40.0)


def test_the_study_s_size_is_not_that_of_one_of_its_arms() -> None:
    (found,) = waiting([study("a", n_total=60)], [arm("a", "A1"), arm("a", "A2")], [row("a", "A1", 0, None, True)])
    assert (found.events, found.n) == ((0,), ())


@pytest.mark.parametrize(
    ("more", "role", "decision"),
    [({"denominator": "responders"}, "single", "include"), ({}, "subgroup", "include"), ({}, "single", "exclude")],
)
def test_what_would_not_be_pooled_does_not_matter(more: dict[str, object], role: str, decision: str) -> None:
    assert (
        waiting([study("a", decision=decision)], [arm("a", "A1", role=role)], [row("a", "A1", 3, 30, True, **more)])
        == []
    )


def test_a_study_that_waits_is_taken_as_included() -> None:
    (found,) = waiting([study("a", decision="review")], [arm("a", "A1")], [row("a", "A1", 3, 30, True)])
    assert found.slot == ("a", "A1")


def test_of_two_rows_of_an_arm_the_one_that_would_not_be_chosen_does_not_matter() -> None:
    """All enrolled go before evaluable ones, whoever says so."""
    rows = [row("a", "A1", 3, 30), row("a", "A1", 4, 30, True, denominator="evaluable", evidence_start=9)]
    assert waiting([study("a")], [arm("a", "A1")], rows) == []
    turned = [row("a", "A1", 3, 30, True), row("a", "A1", 4, 30, denominator="evaluable", evidence_start=9)]
    (found,) = waiting([study("a")], [arm("a", "A1")], turned)
    assert (found.events, found.displaces) == ((3,), ())


def test_an_arm_that_comes_in_takes_out_all_arms_together() -> None:
    studies, arms = [study("a"), study("b")], [arm("a", "A1"), arm("a", "A2", role="pooled"), arm("b", "A1")]
    rows = marked(studies, arms, [row("a", "A1", 3, 30, True), row("a", "A2", 20, 60), row("b", "A1", 5, 40)])
    assert [r.pooled for r in rows] == [False, True, True]
    ((_, found),) = waiting_rows(studies, arms, rows, OUTCOME, SETTINGS)
    assert found.displaces == (("a", "A2"),)
    (impact,) = impacts(pooled_rows(rows, OUTCOME), [found], SETTINGS.config.analysis)
    assert impact.scenarios[0][1].k == 2


def test_studies_that_wait_bring_in_their_accepted_rows() -> None:
    studies = [study("a", decision="review"), study("b", decision="review"), study("c"), study("d", decision="exclude")]
    arms = [arm("a", "A1"), arm("a", "A2"), arm("b", "A1"), arm("c", "A1"), arm("d", "A1")]
    rows = [
        row("a", "A1", 3, 30), row("a", "A2", 0, 20), row("a", "A2", 9, 25, True),
        row("b", "A1", 4, 40, True), row("c", "A1", 5, 50), row("d", "A1", 6, 60),
    ]  # fmt: skip
    ((found, change),) = waiting_studies(studies, arms, marked(studies, arms, rows), OUTCOME, SETTINGS)
    assert found.study == "a"
    assert change == Change(adds=((("a", "A1"), (3, 30)), (("a", "A2"), (0, 20))))
