"""`litpool correct`: the line is filled in from the tables, tried, told and added; or refused with the way out."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.cli import main
from pipeline.records import Correction
from pipeline.reviewing.terminal import WIDTH
from tests.reviewing.commands import DANAZOL, TRETINOIN, Review
from tests.reviewing.review import written

EVENTS = (
    "correct",
    "arnold-2010",
    "events",
    "15",
    "--arm",
    "A1",
    "--outcome",
    "overall_response",
    "--reason",
    "misread",
)


def with_value(value: str, *more: str) -> tuple[str, ...]:
    return (*EVENTS[:3], value, *EVENTS[4:], *more)


def test_the_line_is_filled_in(review: Review) -> None:
    done = review.run(*EVENTS)
    assert (done.code, done.told) == (0, "")
    (row,) = review.rows("corrections.csv")
    assert row.arm in TRETINOIN
    assert (row.study, row.outcome, row.field, row.value, row.was) == (
        "arnold-2010",
        "overall_response",
        "events",
        "15",
        "14",
    )
    assert (row.reason, row.reviewer, row.date) == ("misread", "AB", datetime.date.today())
    assert (row.timepoint, row.adjudicated) == ("", False)
    assert review.clean() == ""


def test_what_was_written_and_what_it_does_is_shown(review: Review) -> None:
    done = review.run(*EVENTS, "--date", "2026-11-01")
    assert done.out.startswith("overrides/corrections.csv has got\n  arnold-2010,")
    assert "overall_response: was 14 of 35 (accepted, pooled) now 15 of 35 (corrected, pooled)" in done.flat
    assert done.out.endswith("Run `snakemake all` to rebuild the report.\n")
    assert review.rows("corrections.csv")[0].date == datetime.date(2026, 11, 1)


def test_a_dry_run_shows_the_same_and_adds_nothing(review: Review) -> None:
    before = review.bytes()
    dry = review.run(*EVENTS, "--dry-run")
    assert review.bytes() == before
    real = review.run(*EVENTS)
    assert dry.out.splitlines()[1:-1] == real.out.splitlines()[1:-1]
    assert dry.out.splitlines()[0] == "overrides/corrections.csv would get"
    assert dry.out.splitlines()[-1] == "Nothing was added."


def test_nothing_is_wider_than_a_terminal(review: Review) -> None:
    longest = 3 * len("arnold-2010,tretinoin,overall_response")
    for line in review.run(*EVENTS).out.splitlines():
        assert len(line) <= (longest if line.startswith("  arnold") else WIDTH)


@pytest.mark.parametrize("arm", ["A1", "tretinoin", "Tretinoin"])
def test_an_arm_by_its_number_its_drugs_or_its_label(review: Review, arm: str) -> None:
    assert review.run(*EVENTS[:5], arm, *EVENTS[6:]).code == 0
    assert review.rows("corrections.csv")[0].arm in TRETINOIN


def test_a_study_by_the_record_of_a_report(review: Review) -> None:
    assert review.run("correct", "arnold", "n", "31", "--arm", "A2", "--reason", "r").code == 0
    (row,) = review.rows("corrections.csv")
    assert (row.study, row.field, row.value, row.was) == ("arnold-2010", "n", "31", "30")
    assert row.arm in DANAZOL


def test_a_field_of_a_study(review: Review) -> None:
    done = review.run("correct", "arnold-2010", "n_total", "70", "--reason", "page 3")
    assert "arnold-2010, n_total: was 65, now 70\n" in done.out
    (row,) = review.rows("corrections.csv")
    assert (row.arm, row.outcome, row.field, row.value, row.was) == ("", "", "n_total", "70", "65")


def test_a_field_with_its_outcome_before_it(review: Review) -> None:
    assert review.run("correct", "arnold-2010", "relapse.events", "7", "--arm", "A1", "--reason", "r").code == 0
    (row,) = review.rows("corrections.csv")
    assert (row.outcome, row.field, row.was) == ("relapse", "events", "8")


def test_a_waiting_value_that_is_accepted_is_pooled(review: Review) -> None:
    words = ("--arm", "danazol", "--outcome", "overall_response", "--reason", "stands in Table 2")
    done = review.run("correct", "arnold-2010", "status", "accepted", *words)
    assert "was 9 of 30 (waits for a reviewer) now 9 of 30 (confirmed, pooled)" in done.flat


#: what most often goes wrong, and what is told
MISTAKES = {
    "the study is misspelled": (
        ("correct", "arnold-2011", "n_total", "70", "--reason", "r"), 'study "arnold-2011" is not known (nearest: arnold-2010',
    ),
    "the arm is not there": (
        (*EVENTS[:5], "A3", *EVENTS[6:]), 'arm "A3" is not in study arnold-2010 (it has A1 = "tretinoin", A2 = "danazol")',
    ),
    "the outcome is misspelled": (
        (*EVENTS[:7], "overal_respons", *EVENTS[8:]), 'outcome "overal_respons" is not known (nearest: overall_response',
    ),
    "the arm has no such outcome": (
        ("correct", "arnold-2010", "events", "3", "--arm", "A2", "--outcome", "relapse", "--reason", "r"),
        "has no relapse (it has overall_response); `litpool add` adds what the machine missed",
    ),
    "the field is misspelled": (
        ("correct", "arnold-2010", "total", "70", "--reason", "r"),
        'study\'s field "total" is not known (known: n_total, design, age, line, notices, decision)',
    ),
    "the arm is forgotten": (
        ("correct", "arnold-2010", "events", "15", "--reason", "r"),
        "events is a field of an outcome: give --arm and --outcome",
    ),
    "the arm of an outcome is forgotten": (
        ("correct", "arnold-2010", "events", "15", "--outcome", "relapse", "--reason", "r"),
        "an outcome is one of an arm: give --arm, too",
    ),
    "the value is no number": (with_value("many"), '"many" is not a whole number of 0 or more'),
    "more respond than are treated": (with_value("36"), "36 of 35 patients is not possible"),
    "the value is there already": (with_value("14"), "is 14 already; `litpool confirm` says that you agree"),
    "the value is empty": (with_value(" "), "VALUE is empty"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_added(review: Review, words: tuple[str, ...], message: str) -> None:
    assert message in review.refused(*words)


def test_an_empty_reason(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*EVENTS[:-1], " "])
    assert "--reason: is empty; say why in a few words" in capsys.readouterr().err


def test_a_day_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*EVENTS, "--date", "1/2/2026"])
    assert '"1/2/2026" is not a day such as 2026-11-21' in capsys.readouterr().err


def test_before_a_run(review: Review) -> None:
    (review.folder / "extracted/studies.jsonl").unlink()
    assert review.refused(*EVENTS) == "extracted: no studies yet; run `snakemake all` first"


# ---- who decides -----------------------------------------------------------------------------------------------------


def test_the_reviewer_of_the_environment_or_of_git(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q", str(review.folder)], check=True)
    subprocess.run(["git", "-C", str(review.folder), "config", "user.name", "Eva  Muster"], check=True)
    review.run(*EVENTS, reviewer=None)
    monkeypatch.setenv("LITPOOL_REVIEWER", "CD")
    review.run(*with_value("16", "--overrule"), reviewer=None)
    assert [row.reviewer for row in review.rows("corrections.csv")] == ["Eva Muster", "CD"]


def test_nobody_decides(review: Review, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("LITPOOL_REVIEWER", " ")
    assert (
        review.refused(*EVENTS, reviewer=None)
        == "who decides? Give --reviewer NAME, or set LITPOOL_REVIEWER, or git's user.name"
    )


# ---- two reviewers ---------------------------------------------------------------------------------------------------


def test_another_reviewer_is_not_overruled_by_accident(review: Review) -> None:
    review.run(*EVENTS)
    told = review.refused(*with_value("16"), reviewer="CD")
    assert "AB says 15 (overrides/corrections.csv:2); talk it over, then --overrule if yours is to count" in told


def test_another_reviewer_is_overruled_knowingly(review: Review) -> None:
    review.run(*EVENTS)
    done = review.run(*with_value("16", "--overrule"), reviewer="CD")
    assert "Overruled: AB says 15 (overrides/corrections.csv:2)" in done.flat
    assert "now 16 of 35" in done.flat
    _, row = review.rows("corrections.csv")
    assert (row.value, row.was, row.adjudicated) == ("16", "15", True)
    assert "wants" not in review.refused(*with_value("15"), reviewer="AB"), "now CD's word stands"


def test_ones_own_line_is_replaced(review: Review) -> None:
    review.run(*EVENTS)
    done = review.run(*with_value("16"), reviewer="ab")
    assert done.code == 0
    assert [(row.value, row.was) for row in review.rows("corrections.csv")] == [("15", "14"), ("16", "14")]
    assert review.clean() == ""


def test_a_confirmation_of_another_reviewer_is_a_word_too(review: Review) -> None:
    review.run("confirm", "arnold-2010", "--arm", "A1", "--outcome", "overall_response", reviewer="CD")
    assert "CD says 14 (overrides/confirmations.csv:2)" in review.refused(*EVENTS)
    assert review.run(*EVENTS, "--overrule").code == 0


def test_with_double_extraction_a_second_word_is_taken_down(review: Review) -> None:
    config = review.folder / "config/config.yaml"
    text = config.read_text("utf-8")
    assert "double_extraction: false" in text
    config.write_text(text.replace("double_extraction: false", "double_extraction: true"), encoding="utf-8")
    review.run(*EVENTS)
    done = review.run(*with_value("16"), reviewer="CD")
    assert "AB says 15 (overrides/corrections.csv:2)" in done.flat
    assert [(row.value, row.was, row.adjudicated) for row in review.rows("corrections.csv")][1] == ("16", "14", False)
    assert review.clean().splitlines() == [
        "warning: overrides/corrections.csv:2: overall_response.events: 15 waits: CD says 16 (corrections.csv:3)",
        "warning: overrides/corrections.csv:3: overall_response.events: 16 waits: AB says 15 (corrections.csv:2)",
    ]
    assert "now 16 of 35 (corrected, pooled)" in review.run(*with_value("16"), reviewer="EF").flat, "a third decides"
    assert review.clean() == ""


# ---- files as they are -----------------------------------------------------------------------------------------------


def test_a_file_of_earlier_days(review: Review) -> None:
    path = review.folder / "overrides/corrections.csv"
    path.write_text("study;arm;field;value;was;reason;reviewer;date\r\n", encoding="cp1252", newline="")
    assert review.run(*EVENTS, "--date", "2026-11-01").code == 0
    added = path.read_bytes().splitlines(keepends=True)[1]
    arm = review.rows("corrections.csv")[0].arm
    assert added == f"arnold-2010;{arm};overall_response.events;15;14;misread;AB;2026-11-01\r\n".encode()


def test_a_file_that_is_not_there_yet(review: Review) -> None:
    (review.folder / "overrides/corrections.csv").unlink()
    assert review.refused(*with_value("many")) == 'events: "many" is not a whole number of 0 or more'
    done = review.run(*EVENTS)
    assert done.out.splitlines()[1].startswith("  arnold-2010,")
    assert [row.value for row in review.rows("corrections.csv")] == ["15"]


def test_lines_of_a_workbook_count_too(review: Review) -> None:
    (review.folder / "overrides/corrections.csv").unlink()
    book = Workbook()
    book.active.append(list(Correction.model_fields))
    line = {
        "study": "arnold-2010",
        "arm": "A1",
        "outcome": "overall_response",
        "field": "events",
        "value": "15",
        "was": "14",
    }
    signed = {"reason": "r", "reviewer": "CD", "date": "2026-11-01"}
    book.active.append([(line | signed).get(name, "") for name in Correction.model_fields])
    book.save(review.folder / "overrides/corrections.xlsx")
    assert "CD says 15 (overrides/corrections.xlsx:2)" in review.refused(*with_value("16"))
    assert review.run(*with_value("16", "--overrule")).code == 0
    assert sorted(row.was for row in review.rows("corrections.csv")) == ["14", "15"]
    assert review.clean() == ""


def test_strange_names_are_told_in_one_line(review: Review) -> None:
    for place in (1, 2, 5, 7):
        words = list(EVENTS)
        words[place] = "a\nb\x1b[31m" + 300 * "c"
        told = review.refused(*words)
        assert len(told) < 700
        assert "\x1b" not in told


def test_other_lines_that_are_wrong_come_first(review: Review) -> None:
    written(review.folder, "exclusions.csv", "study=nobody;reason=r;reviewer=AB;date=2026-11-01")
    assert review.refused(*EVENTS).startswith('overrides/exclusions.csv:2: study "nobody" is not known')


def test_a_conflict_of_git(review: Review) -> None:
    path = review.folder / "overrides/corrections.csv"
    path.write_text(path.read_text("utf-8") + "<<<<<<< HEAD\n=======\n>>>>>>> other\n", encoding="utf-8")
    assert review.refused(*EVENTS).startswith("overrides/corrections.csv:2: two people changed the same lines")


def test_a_file_that_is_open_in_a_spreadsheet(review: Review) -> None:
    (review.folder / "overrides/.~lock.corrections.csv#").write_text("", encoding="utf-8")
    assert "overrides/corrections.csv: is open in a spreadsheet" in review.refused(*EVENTS)
