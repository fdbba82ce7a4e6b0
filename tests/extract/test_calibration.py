"""Confidence is how often labelled rows with the same checks were right."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.extract.calibration import STEPS, calibrated, read_steps
from pipeline.extract.proofs import WEIGHTS, raw_score
from scripts.calibrate import Point, at, isotonic, labelled, logistic, raw_of, report


def test_confidence_rises_with_the_score_and_is_a_chance() -> None:
    chances = [calibrated(i / 1000) for i in range(1001)]
    assert all(a <= b for a, b in pairwise(chances))
    assert chances[0] >= 0
    assert chances[-1] < 1


def test_two_proofs_are_surer_than_one_of_them() -> None:
    for a, b in combinations(WEIGHTS, 2):
        assert calibrated(raw_score([a, b], [])) >= calibrated(raw_score([a], []))


def test_a_doubt_outweighs_any_proof() -> None:
    every = list(WEIGHTS)
    assert calibrated(raw_score(every, ["no arm is named beside it"])) < 0.8 < calibrated(raw_score(every, []))
    assert raw_of([*every, "doubt: no arm is named beside it"]) == raw_score(every, ["no arm is named beside it"])
    assert raw_score([], []) == 0


HEAD = "# a comment\nraw,probability,rows,right\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "columns"),
        ("raw,rows\n0,1\n", "columns"),
        (HEAD, "first step"),
        (HEAD + "0.4,0.5,3,2\n", "first step"),
        (HEAD + "0,0.5,3\n", "4 cells"),
        (HEAD + "0,half,3,2\n", "half"),
        (HEAD + "0,0.5,3,2\n0.9,1.5,3,2\n", "range"),
        (HEAD + "0,0.5,3,4\n", "range"),
        (HEAD + "0,nan,3,2\n", "range"),
        (HEAD + "0,0.9,3,2\n0.5,0.8,3,2\n", "rise"),
        (HEAD + "0,0.1,3,2\n0,0.8,3,2\n", "rise"),
    ],
)
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "steps.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=rf"(?s)\A[^\n]*steps\.csv: [^\n]*{wrong}[^\n]*scripts/calibrate\.py\Z"):
        read_steps(path)


def test_bytes_that_are_no_text_and_a_missing_file_are_clear_errors(tmp_path: Path) -> None:
    path = tmp_path / "steps.csv"
    with pytest.raises(UserError, match=r"steps\.csv"):
        read_steps(path)
    path.write_bytes(b"raw,probability\xff")
    with pytest.raises(UserError, match=r"steps\.csv"):
        read_steps(path)


def rows(raw: float, right: int, wrong: int) -> list[Point]:
    return [Point(f"{raw} {i}", raw, i < right) for i in range(right + wrong)]


def test_many_rows_outweigh_the_prior() -> None:
    steps = isotonic(rows(0.3, 800, 200) + rows(0.9, 950, 50))
    assert at(steps, 0.3) == pytest.approx(0.8, abs=0.01)
    assert at(steps, 0.9) == pytest.approx(0.95, abs=0.01)


def test_scores_that_mislead_are_taken_together() -> None:
    steps = isotonic(rows(0.3, 900, 100) + rows(0.9, 500, 500))
    assert at(steps, 0.3) == at(steps, 0.9) == pytest.approx(0.7, abs=0.01)


def test_a_lone_right_row_is_not_a_certainty() -> None:
    assert at(isotonic(rows(0.8, 1, 0)), 0.8) < 0.9


def test_the_logistic_curve_never_falls() -> None:
    chances = [s.probability for s in logistic(rows(0.3, 900, 100) + rows(0.9, 500, 500))]
    assert all(a <= b for a, b in pairwise(chances))


def test_the_file_is_what_the_labelled_records_give(shared: Path, tmp_path: Path) -> None:
    """Within 0.05: a changed rule moves a few rows; then the file is made again."""
    again = tmp_path / "again.csv"
    points = labelled(shared)
    again.write_text(report(points), encoding="utf-8")
    made, kept = read_steps(again), read_steps(STEPS)
    assert max(abs(at(made, p.raw) - at(kept, p.raw)) for p in points) <= 0.05
    assert report(points) == report(points)
