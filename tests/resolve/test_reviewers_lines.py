"""What reviewers' lines do to the cells, one by one and against each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from reviewing import (
    ROWS,
    add,
    arm,
    confirm,
    correct,
    effects,
    exclude,
    include,
    notes,
    resolved,
    response,
    row,
    rows,
    study,
)

from pipeline.config import Settings
from pipeline.errors import UserError

SWAPPED = (arm("A1", "danazol", n=30, role="control"), arm("A2", "tretinoin"))
SWAPPED_ROWS = (response("A1", 9, 30), response("A2", 14))


# ---- confirmations -----------------------------------------------------------------------------------------------


def test_a_confirmation_stands_for_what_was_seen(tmp_path: Path, settings: Settings) -> None:
    waiting = study(rows=(response("A1", 14, status="review"), ROWS[1]))
    tables = resolved(tmp_path, settings, waiting, confirm("14 of 35"))
    found = row(tables)
    assert (found.authority, found.pooled, found.reviewers, found.decided) == ("confirmed", True, "AB", "2026-11-01")
    assert (found.machine, found.machine_accepted) == ("14 of 35", False)
    assert effects(tables) == ["applied", "applied"]


@pytest.mark.parametrize("value", ["14/35", "14 / 35", "14 of 35 (40 %)"])
def test_shares_are_read_as_people_write_them(tmp_path: Path, settings: Settings, value: str) -> None:
    assert row(resolved(tmp_path, settings, study(), confirm(value))).authority == "confirmed"


def test_a_confirmed_value_outlives_the_machines(tmp_path: Path, settings: Settings) -> None:
    worse = study(rows=(response("A1", 41, 53), ROWS[1]))
    tables = resolved(tmp_path, settings, worse, confirm("14 of 35"))
    assert (row(tables).events, row(tables).n, row(tables).authority) == (14, 35, "confirmed")
    assert effects(tables) == ["stale", "stale"]
    assert notes(tables)[0].note == "the machine now says 41, the line saw 14"


def test_a_changed_text_asks_for_a_second_look(tmp_path: Path, settings: Settings) -> None:
    lines = [confirm("14 of 35", seen="tsame"), correct("10", "9", arm="danazol", seen="tsame")]
    assert effects(resolved(tmp_path, settings, study(), *lines)) == ["applied"] * 3
    tables = resolved(tmp_path, settings, study(text_hash="tother"), *lines)
    assert effects(tables) == ["stale"] * 3
    assert {d.note for d in tables.decisions} == {"the source text changed"}
    assert row(tables, "A2").events == 10


def test_a_confirmation_that_says_no_share_is_refused(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(UserError, match=r'confirmations.csv:2: value: "14" does not say events and n, as "25 of 35"'):
        resolved(tmp_path, settings, study(), confirm("14"))


# ---- arms are known by what was given ----------------------------------------------------------------------------


def test_a_key_follows_its_arm(tmp_path: Path, settings: Settings) -> None:
    line = correct("15")
    assert row(resolved(tmp_path, settings, study(), line)).events == 15
    tables = resolved(tmp_path, settings, study(SWAPPED, SWAPPED_ROWS), line)
    assert (row(tables, "A2").events, row(tables, "A1").events) == (15, 9)
    assert effects(tables) == ["applied"]


def test_a_number_whose_arm_moved_is_told(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings, study(SWAPPED, SWAPPED_ROWS), correct("15", arm="A1"))
    assert (row(tables, "A2").events, row(tables, "A1").events) == (15, 9)
    assert [(d.effect, d.note) for d in tables.decisions] == [
        ("stale", '14 now stands in arm A2 and not in A1; write the arm as "tretinoin"')
    ]


def test_keys_say_no_more_than_tells_arms_apart(tmp_path: Path, settings: Settings) -> None:
    arms = (arm("A1", "tretinoin", dose=10), arm("A2", "tretinoin", dose=20), arm("A3", "danazol", dose=5),
            arm("A4", "danazol", dose=5, role="control"), arm("A5", label="placebo"))  # fmt: skip
    tables = resolved(tmp_path, settings, study(arms, ()))
    keys = [a.key for a in tables.arms if a.study == "arnold-2010"]
    assert keys == [
        "tretinoin; 10 mg",
        "tretinoin; 20 mg",
        "danazol; experimental",
        "danazol; control",
        "placebo",
    ]


def test_a_longer_key_still_fits_and_a_short_one_is_refused(tmp_path: Path, settings: Settings) -> None:
    long = correct("15", arm="tretinoin; 10 mg")
    assert row(resolved(tmp_path, settings, study((arm("A1", "tretinoin", dose=10),), (ROWS[0],)), long)).events == 15
    two = study((arm("A1", "tretinoin", dose=10), arm("A2", "tretinoin", dose=20)), (ROWS[0], response("A2", 20)))
    assert row(resolved(tmp_path, settings, two, correct("15"))).events == 15, "only one of them has 14"
    with pytest.raises(UserError, match='fits several arms of arnold-2010: "tretinoin; 10 mg", "tretinoin; 20 mg"'):
        resolved(tmp_path, settings, two, correct("15", was="3"))


def test_an_unknown_arm_is_refused_with_the_nearest(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(UserError, match=r'arm "tretinoine" is not in study arnold-2010 \(nearest: "tretinoin"'):
        resolved(tmp_path, settings, study(), correct("15", arm="tretinoine"))


# ---- what the machine no longer has ------------------------------------------------------------------------------


def test_a_row_that_is_gone_is_made_again(tmp_path: Path, settings: Settings) -> None:
    lines = [correct("15"), correct("36", "35", field="n")]
    tables = resolved(tmp_path, settings, study(rows=(ROWS[1],)), *lines)
    found = row(tables)
    assert (found.events, found.n, found.percent, found.authority, found.pooled) == (15, 36, 41.7, "corrected", True)
    assert (found.machine, effects(tables)) == ("", ["stale", "stale"])


def test_half_a_row_is_kept_and_not_pooled(tmp_path: Path, settings: Settings) -> None:
    found = row(resolved(tmp_path, settings, study(rows=(ROWS[1],)), correct("15")))
    assert (found.events, found.n, found.not_pooled_because) == (15, None, "its counts are not known")


def test_an_arm_that_is_gone_is_made_again_and_its_like_waits(tmp_path: Path, settings: Settings) -> None:
    """The machine reads another regimen into the arm: its patients must not count twice."""
    arms = (arm("A1", "prednisone", "tretinoin"), arm("A2", "danazol", n=30, role="control"))
    tables = resolved(tmp_path, settings, study(arms, (response("A1", 20), ROWS[1])), confirm("14 of 35"))
    kept = row(tables, "tretinoin")
    assert (kept.events, kept.n, kept.authority, kept.pooled) == (14, 35, "confirmed", True)
    assert (row(tables, "A1").pooled, row(tables, "A1").not_pooled_because) == (False, "waits for a reviewer")
    assert "no longer has; is it this one?" in row(tables, "A1").checks
    assert row(tables, "A2").pooled


def test_a_number_that_no_longer_goes_with_the_machines_waits(tmp_path: Path, settings: Settings) -> None:
    found = row(resolved(tmp_path, settings, study(rows=(response("A1", 4, 12), ROWS[1])), correct("15")))
    assert (found.events, found.n, found.authority) == (15, None, "waiting")
    assert "15 of 12 patients is not possible" in found.checks


def test_a_status_of_a_row_that_is_gone_is_told(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings, study(rows=(ROWS[1],)), correct("review", "accepted", field="status"))
    assert [(d.effect, d.note) for d in tables.decisions] == [("stale", "the machine no longer has the row")]


# ---- additions ---------------------------------------------------------------------------------------------------


def test_an_outcome_is_added_to_an_arm(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings, study(rows=(ROWS[1],)), add(outcome="overall_response", events=14, n=35))
    found = row(tables)
    assert (found.events, found.n, found.authority, found.pooled, found.denominator) == (
        14,
        35,
        "added",
        True,
        "enrolled",
    )


def test_an_arm_is_added_with_its_drugs(tmp_path: Path, settings: Settings) -> None:
    line = add(arm="high dose", drugs="Rituximab+tretinoin", arm_n=20, outcome="overall_response", events=8, n=20)
    tables = resolved(tmp_path, settings, study(), line)
    new = next(a for a in tables.arms if a.arm == "high dose")
    assert (new.drugs, new.n, new.role, new.authority) == ("rituximab + tretinoin", 20, "experimental", "added")
    assert row(tables, "high dose").pooled


def test_what_the_machine_finds_later_is_not_there_twice(tmp_path: Path, settings: Settings) -> None:
    line = add(arm="the third arm", drugs="rituximab", arm_n=20, outcome="overall_response", events=8, n=20)
    arms = (*study().candidate.arms, arm("A3", "rituximab", n=20))
    tables = resolved(tmp_path, settings, study(arms, (*ROWS, response("A3", 8, 20))), line)
    assert [a.arm for a in tables.arms if a.study == "arnold-2010"] == ["A1", "A2", "A3"]
    assert (row(tables, "A3").events, set(effects(tables))) == (8, {"redundant"})


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"arm": "A7", "drugs": "rituximab"}, "a new arm has a name in words"),
        ({"arm": "new"}, "adds nothing"),
        ({"outcome": "overall_response", "events": 3}, "added with its events and n"),
        ({"events": 3, "n": 4}, "outcome is empty"),
        ({"outcome": "overall_respons", "events": 3, "n": 4}, "nearest to overall_response"),
        ({"outcome": "relapse", "events": 5, "n": 4}, "5 of 4 patients is not possible"),
    ],
)
def test_additions_that_are_refused(tmp_path: Path, settings: Settings, cells: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        resolved(tmp_path, settings, study(), add(**cells))


# ---- decisions on studies ----------------------------------------------------------------------------------------


def test_a_study_is_taken_in_and_out(tmp_path: Path, settings: Settings) -> None:
    taken = resolved(tmp_path, settings, study(decision="review"), include(was="review")).studies[0]
    assert (taken.decision, taken.reason, taken.authority) == ("include", "refractory", "corrected")
    tables = resolved(tmp_path, settings, study(), include(was="review"), exclude(by="CD", day=2))
    assert (tables.studies[0].decision, tables.studies[0].authority) == ("review", "waiting")
    assert tables.studies[0].reason == "reviewers disagree: AB: include (refractory); CD: exclude (not refractory)"


# ---- two reviewers -----------------------------------------------------------------------------------------------


def test_a_later_line_of_the_same_reviewer_counts(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings, study(), correct("15", day=3), correct("16", day=2))
    assert (row(tables).events, effects(tables)) == (15, ["applied", "overruled"])


def test_reviewers_who_differ_wait(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings, study(), correct("15"), confirm("14 of 35", by="CD", day=2))
    assert (row(tables).events, row(tables).authority, row(tables).pooled) == (14, "waiting", False)
    assert [(d.field, d.effect, d.note) for d in notes(tables)] == [
        ("events", "disagrees", "AB says 15 (corrections.csv:2)"),
        ("events", "disagrees", "CD says 14 (confirmations.csv:2)"),
    ]


@pytest.mark.parametrize(
    "deciding",
    [
        correct("16", by="EF", day=3),
        correct("16", by="CD", day=3, adjudicated=True),
        correct("16", "15", by="CD", day=3),
    ],
    ids=["a third reviewer", "adjudicated", "who knew the other's value"],
)
def test_who_decides_between_reviewers(tmp_path: Path, settings: Settings, deciding: tuple[str, object]) -> None:
    lines = [correct("15"), confirm("14", field="events", by="CD", day=2)]
    tables = resolved(tmp_path, settings, study(), *lines, deciding)
    assert (row(tables).events, row(tables).authority) == (16, "corrected")
    assert sorted(effects(tables)) == ["applied", "overruled", "overruled"]


def test_three_reviewers_of_whom_none_knew_the_others(tmp_path: Path, settings: Settings) -> None:
    """Two agree; one more who says otherwise decides nothing."""
    lines = [correct("15"), correct("15", by="CD"), correct("16", by="EF", day=2)]
    assert effects(resolved(tmp_path, settings, study(), *lines)) == ["disagrees"] * 3


def test_verified_by_two(tmp_path: Path, settings: Settings) -> None:
    reviewing = settings.config.reviewing.model_copy(update={"pool": "verified", "double_extraction": True})
    strict = settings.model_copy(update={"config": settings.config.model_copy(update={"reviewing": reviewing})})
    one = row(resolved(tmp_path, strict, study(), confirm()))
    assert (one.verified, one.pooled, one.not_pooled_because) == (
        False,
        False,
        "two reviewers have not yet given the same",
    )
    again = row(resolved(tmp_path, strict, study(), confirm(), confirm(by="ab ", day=2)))
    assert not again.verified, "the same person twice"
    two = row(resolved(tmp_path, strict, study(), confirm(), confirm(by="CD", day=2)))
    assert (two.verified, two.pooled, two.reviewers) == (True, True, "AB; CD")


def test_time_points_are_told_apart(tmp_path: Path, settings: Settings) -> None:
    twice = study(rows=(response("A1", 14, timepoint="3 months"), response("A1", 14, timepoint="12 months"), ROWS[1]))
    tables = resolved(tmp_path, settings, twice, correct("11", timepoint="12 months"))
    assert [(r.timepoint, r.events) for r in rows(tables)] == [("3 months", 14), ("12 months", 11)]
    with pytest.raises(UserError, match=r"several rows \(14/35 at 3 months, 14/35 at 12 months\)"):
        resolved(tmp_path, settings, twice, correct("11"))
