"""Lines as votes of reviewers, and as judgements of the machine."""

from __future__ import annotations

from pathlib import Path

from reviewing import ROWS, Line, add, confirm, correct, exclude, resolved, response, study

from pipeline.config import Settings
from pipeline.resolve.accuracy import accuracy
from pipeline.resolve.agreement import agreement
from pipeline.resolve.measured import judged, totals, votes
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import machine_tables


def measured(folder: Path, settings: Settings, *lines: Line, **machine: object) -> tuple[dict[str, object], list[str]]:
    """Figures of accuracy by field and measure, as (right, of); and what reviewers agree on, per field."""
    one = study(**machine)  # type: ignore[arg-type]
    resolved(folder, settings, one, *lines)
    tables = machine_tables([one], settings)
    known = totals(tables)
    applied = apply_overrides(tables, folder, settings)
    rows = accuracy(judged(tables, applied), known)
    told = {(r.field, r.measure): (r.right, r.of, r.total) for r in rows if r.period == "all" and r.field != "all"}
    agreed = agreement(votes(tables, applied))
    return {f"{f} {m}": v for (f, m), v in told.items() if m != "calibration"}, [
        f"{r.field}: {r.agreeing}/{r.cells} {r.reviewers}" for r in agreed
    ]


def test_the_machine_by_what_people_decided(tmp_path: Path, settings: Settings) -> None:
    """Two rows with accepted counts: one confirmed, of the other the events are corrected; a third was missed."""
    lines = [confirm(), correct("10", "9", arm="danazol"), add(outcome="relapse", events=3, n=14)]
    told, _ = measured(tmp_path, settings, *lines)
    assert told["events precision of accepted"] == (1, 2, 2)
    assert told["events recall"] == (1, 3, None), "the added one was missed, the corrected one was wrong"
    assert told["n precision of accepted"] == (1, 1, 2)
    assert told["n recall"] == (1, 2, None)


def test_a_row_taken_as_it_stands_was_right(tmp_path: Path, settings: Settings) -> None:
    waiting = (response("A1", 14, status="review"), ROWS[1])
    told, _ = measured(tmp_path, settings, correct("accepted", "review", field="status"), rows=waiting)
    assert told["events precision of waiting"] == (1, 1, 1)
    assert told["n precision of waiting"] == (1, 1, 1)


def test_an_exclusion_judges_the_decision(tmp_path: Path, settings: Settings) -> None:
    told, _ = measured(tmp_path, settings, exclude())
    assert told["decision precision of accepted"] == (0, 1, 1)


def test_reviewers_agree_and_differ(tmp_path: Path, settings: Settings) -> None:
    """However the arm is called; the third reviewer's line decides and is no independent vote."""
    lines = [confirm(), confirm("14 of 35", by="CD", day=2, arm="A1"), confirm("9 of 30", arm="danazol"),
             confirm("8 of 30", by="CD", day=2, arm="A2"), confirm("9 of 30", by="EF", day=3, arm="danazol")]  # fmt: skip
    _, agreed = measured(tmp_path, settings, *lines)
    assert agreed == ["events: 1/2 AB & CD", "n: 2/2 AB & CD"]
