"""Tables of full texts: small tables of our own, with what a reader would note down; and the articles of ../shared."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from pipeline.config import Settings
from pipeline.extract import Extractor, table_grid, table_shares as table_shares_module, table_sums
from pipeline.extract.arms import FoundArm
from pipeline.extract.reading import Reader
from pipeline.extract.table_cells import portion, read_cell
from pipeline.extract.table_rows import TableShare
from pipeline.extract.table_shares import table_shares
from pipeline.extract.table_sizes import table_sizes
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, Source, Table
from pipeline.table_text import with_tables

TEXT = "The response is shown in Table 2. Harms are listed in Table 3."
BOTH = FoundArm(
    "danazol plus tretinoin", frozenset(["danazol", "tretinoin"]), 40, 0, 0, frozenset(["danazol", "tretinoin"])
)
ALONE = FoundArm("danazol alone", frozenset(["danazol"]), 20, 0, 0, frozenset(["danazol"]))
ARMS = [BOTH, ALONE]
HEAD = ["", "Danazol + tretinoin (n = 40)", "Danazol (n = 20)"]


@pytest.fixture(scope="module")
def reader(settings: Settings) -> Reader:
    return Reader(settings)


def table(rows: list[list[str]], caption: str = "Table 2. Response to treatment", **more: Any) -> Table:
    return Table(caption=caption, rows=rows, **more)


def record(*tables: Table, text: str = TEXT) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.nxml", span=(0, len(text))),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        tables=list(tables),
    )


def shares(reader: Reader, rows: list[list[str]], arms: list[FoundArm] = ARMS, **more: Any) -> list[TableShare]:
    return table_shares(record(table(rows, **more)), arms, reader)


def values(found: list[TableShare]) -> set[tuple[int | None, str, int | None, int | None, float | None]]:
    return {(s.arm, s.outcome, s.events, s.n, s.percent.value if s.percent else None) for s in found}


# ---- cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("7 (10.3)", "np", (7, None, 10.3)),
        ("7 (10.3%)", None, (7, None, 10.3)),
        ("7(10%)", None, (7, None, 10.0)),
        ("1,204 (61·5)", "np", (1204, None, 61.5)),
        ("38 (28)", "pn", (28, None, 38.0)),
        ("13/69 (18.84%)", None, (13, 69, 18.84)),
        ("47.06% (8/17)", None, (8, 17, 47.06)),
        ("0/35(0%)", None, (0, 35, 0.0)),
        ("12 of 15", None, (12, 15, None)),
        ("71.4%", None, (None, None, 71.4)),
        ("71.4", "p", (None, None, 71.4)),
        ("(95.4)", "p", (None, None, 95.4)),
        ("0.80", "f", (None, None, 80.0)),
        ("12", "n", (12, None, None)),
        ("0", "np", (0, None, None)),
        ("1 (<1%)", None, (1, None, None)),
        ("1 (0.9)†", "np", (1, None, 0.9)),
        ("43 (62.3)/323.6", "np", (43, None, 62.3)),
        ("25 (41.7) (95% CI, 29.1–55.1%)", "np", (25, None, 41.7)),
        ("34 responders", "n", (34, None, None)),
    ],
)  # fmt: skip
def test_cells_are_read_as_their_unit_says(text: str, unit: Any, expected: tuple[object, ...]) -> None:
    cell = read_cell(text)
    assert cell is not None
    read = portion(cell, unit, [])
    assert read is not None
    assert (read.events, read.n, read.percent.value if read.percent else None) == expected


@pytest.mark.parametrize(
    "text",
    ["", "–", "NA", "p=0.04", "<0.001", "61 (36–74) years", "23 to 40", "-7.5 (1.4)", "2/6/1", "1e9", "Yes", "9 (20.0", "x" * 500],
)  # fmt: skip
def test_other_cells_hold_no_share(text: str) -> None:
    cell = read_cell(text)
    assert cell is None or portion(cell, "np", []) is None


@pytest.mark.parametrize(
    ("text", "unit", "sizes"),
    [
        ("54 (11)", None, [522]),  # a mean with its standard deviation
        ("12.5 (3.1)", "np", [40]),
        ("20", None, [40]),  # a count or a percentage
        ("61 (36–74)", "n", [100]),  # a median with its range
        ("50/40", None, []),
        ("120%", None, []),
        ("3.4", "n", []),
    ],
)
def test_numbers_that_stay_open_give_nothing(text: str, unit: Any, sizes: list[int]) -> None:
    cell = read_cell(text)
    assert cell is None or portion(cell, unit, sizes) is None


def test_a_pair_without_a_unit_is_what_a_size_makes_of_it() -> None:
    cell = read_cell("10 (25)")
    assert cell is not None
    assert portion(cell, None, [41]) is None
    read = portion(cell, None, [40])
    assert read is not None
    assert read.events == 10


def test_the_interval_behind_a_share_is_kept() -> None:
    cell = read_cell("62.5% (95% CI 45.8 to 77.3)")
    assert cell is not None
    assert cell.interval is not None
    assert (cell.interval.value, cell.interval.high) == (45.8, 77.3)


# ---- arms as columns ----------------------------------------------------------------------------------------------


def test_counts_and_percentages_under_arms_with_sizes(reader: Reader) -> None:
    rows = [HEAD, ["Complete response", "10 (25.0)", "2 (10.0)"], ["Overall response", "25 (62.5)", "8 (40.0)"]]
    found = shares(reader, rows)
    assert values(found) == {
        (0, "complete_response", 10, 40, 25.0),
        (1, "complete_response", 2, 20, 10.0),
        (0, "overall_response", 25, 40, 62.5),
        (1, "overall_response", 8, 20, 40.0),
    }
    assert all({"count matches percent", "denominator is the arm's size"} <= set(s.checks) for s in found)
    assert [s.name for s in found] == ["Complete response"] * 2 + ["Overall response"] * 2


def test_a_share_leads_to_its_cell_and_to_the_sentence_that_points_to_the_table(reader: Reader) -> None:
    (first, _) = shares(reader, [HEAD, ["CR", "10 (25)", "2 (10)"]])
    assert (first.table, first.number, first.row, first.column, first.cell) == (0, "2", 1, 1, "10 (25)")
    assert first.located == "mention"
    assert TEXT[slice(*first.span)] == "The response is shown in Table 2."


def test_a_table_that_nothing_points_to_says_so(reader: Reader) -> None:
    rows = [HEAD, ["CR", "10 (25)", "2 (10)"]]
    found = shares(reader, rows, caption="Table 7. Response")
    assert {(s.located, s.span) for s in found} == {("nowhere", (0, 0))}


def test_a_table_within_the_text_gives_the_cell_itself(reader: Reader) -> None:
    text = "Results\nTable 2. Response\nOutcome Danazol + tretinoin (n = 40) Danazol (n = 20)\nCR 10 (25) 2 (10)\nEnd."
    rows = [["Outcome", *HEAD[1:]], ["CR", "10 (25)", "2 (10)"]]
    whole = Table(caption="Table 2. Response", rows=rows, span=(8, len(text) - 5))
    found = table_shares(record(whole, text=text), ARMS, reader)
    assert [(s.located, text[slice(*s.span)]) for s in found] == [("cell", "10 (25)"), ("cell", "2 (10)")]


def test_columns_that_compare_are_no_arms(reader: Reader) -> None:
    head = [*HEAD, "Difference (95% CI)", "P value", "All patients (n = 60)"]
    rows = [head, ["Overall response, n (%)", "25 (62.5)", "8 (40.0)", "22.5 (3 to 45)", "0.04", "33 (55.0)"]]
    assert values(shares(reader, rows)) == {
        (0, "overall_response", 25, 40, 62.5),
        (1, "overall_response", 8, 20, 40.0),
        (None, "overall_response", 33, 60, 55.0),
    }


def test_a_column_of_all_that_is_smaller_than_the_arms_is_not_of_all(reader: Reader) -> None:
    rows = [[*HEAD, "Total (n = 30)"], ["CR", "10 (25)", "2 (10)", "9 (30)"]]
    assert {s.arm for s in shares(reader, rows)} == {0, 1}


def test_percentages_alone_and_counts_alone_follow_their_unit(reader: Reader) -> None:
    rows = [
        HEAD,
        ["Overall response (%)", "62.5", "40.0"],
        ["No. of patients with relapse", "5", "1"],
        ["Remission", "12", "3"],
    ]
    assert values(shares(reader, rows)) == {
        (0, "overall_response", None, 40, 62.5),
        (1, "overall_response", None, 20, 40.0),
        (0, "relapse", 5, 40, None),
        (1, "relapse", 1, 20, None),
    }


def test_the_notes_tell_the_unit_and_short_forms(reader: Reader) -> None:
    rows = [HEAD, ["BOR", "25", "8"]]
    notes = ["Values are numbers of patients.", "BOR, best overall response; NA, not applicable"]
    assert values(shares(reader, rows, footnotes=notes)) == {
        (0, "overall_response", 25, 40, None),
        (1, "overall_response", 8, 20, None),
    }


def test_a_count_and_its_percentage_in_columns_of_their_own(reader: Reader) -> None:
    rows = [
        ["", *[HEAD[1]] * 2, *[HEAD[2]] * 2],
        ["", "No.", "%", "No.", "%"],
        ["Overall response", "25", "62.5", "8", "40.0"],
    ]
    assert values(shares(reader, rows, header_rows=2)) == {
        (0, "overall_response", 25, 40, 62.5),
        (1, "overall_response", 8, 20, 40.0),
    }


def test_a_row_of_sizes_outweighs_the_head(reader: Reader) -> None:
    rows = [HEAD, ["No. of evaluable patients", "36", "18"], ["Overall response", "27 (75.0)", "9 (50.0)"]]
    assert values(shares(reader, rows)) == {(0, "overall_response", 27, 36, 75.0), (1, "overall_response", 9, 18, 50.0)}


def test_sizes_that_no_head_states_follow_from_counts_and_percentages(reader: Reader) -> None:
    one = FoundArm("danazol", frozenset(["danazol"]), None, 0, 0)
    rows = [["", "No. of patients (%)"], ["Complete response", "7 (14.6)"], ["Partial response", "27 (56.3)"]]
    assert values(shares(reader, rows, [one])) == {
        (0, "complete_response", 7, 48, 14.6),
        (0, "partial_response", 27, 48, 56.3),
    }


def test_a_count_and_percentage_that_no_size_makes_agree_have_no_denominator(reader: Reader) -> None:
    rows = [HEAD, ["CR", "10 (35%)", "2 (10%)"]]
    assert values(shares(reader, rows)) == {
        (0, "complete_response", 10, None, 35.0),
        (1, "complete_response", 2, 20, 10.0),
    }


def test_counts_that_add_up_to_the_arm_are_counts(reader: Reader) -> None:
    rows = [HEAD, ["CR", "10", "2"], ["PR", "15", "6"], ["Stable disease", "9", "7"], ["PD", "6", "6"]]
    found = shares(reader, rows)  # 10 + 15 + 9 + 6 = 40; 2 + 6 + 7 + 6 = 21, one more than there are
    assert {(s.arm, s.outcome, s.events, s.n) for s in found} == {
        (0, "complete_response", 10, 40),
        (0, "partial_response", 15, 40),
        (0, "other", 9, 40),
    }
    assert all("parts add up" in s.checks for s in found)


def test_headings_give_times_and_short_labels_their_sense(reader: Reader) -> None:
    rows = [
        HEAD,
        ["Response at week 12, n (%)", "", ""],
        ["Complete response", "10 (25.0)", "2 (10.0)"],
        ["Response at week 24, n (%)", "", ""],
        ["Complete response", "12 (30.0)", "1 (5.0)"],
    ]
    found = shares(reader, rows)
    assert {(s.arm, s.events, s.timepoint) for s in found} == {
        (0, 10, "week 12"), (1, 2, "week 12"), (0, 12, "week 24"), (1, 1, "week 24"),
    }  # fmt: skip


def test_parts_of_the_patients_give_nothing(reader: Reader) -> None:
    rows = [
        HEAD,
        ["Women", "", ""],
        ["Complete response", "5 (25.0)", "1 (10.0)"],
        ["Age over 60", "3 (15.0)", "1 (5.0)"],
    ]
    assert shares(reader, rows) == []


@pytest.mark.parametrize(
    "label",
    [
        "No response", "Not cured", "Non-responders", "Time to response", "Treatment failure", "n-PR", "CR, unconfirmed by biopsy",
        "Antibody response", "Death or relapse", "AE leading to death", "Relapse in women", "Grade 1-2 adverse events", "Age",
        "Loss of response", "Duration of response", "Response to vaccination",
    ],
)  # fmt: skip
def test_labels_that_say_something_else_give_nothing(reader: Reader, label: str) -> None:
    assert shares(reader, [HEAD, [label, "10 (25.0)", "2 (10.0)"]]) == []


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("CR", "complete_response"),
        ("Complete response (CR), n (%)", "complete_response"),
        ("CR + PR", "overall_response"),
        ("Overall response (CR + PR)", "overall_response"),
        ("Number of responders", "overall_response"),
        ("Best overall response, no. (%)", "overall_response"),
        ("Patients who relapsed", "relapse"),
        ("Remission at 6 months", "remission"),
        ("Sustained response", "sustained_response"),
        ("Deaths", "death"),
    ],
)
def test_labels_that_name_an_outcome(reader: Reader, label: str, outcome: str) -> None:
    found = shares(reader, [HEAD, [label, "10 (25.0)", "2 (10.0)"]])
    assert values(found) == {(0, outcome, 10, 40, 25.0), (1, outcome, 2, 20, 10.0)}


def test_short_labels_take_their_noun_from_the_heading(reader: Reader) -> None:
    answers = [["Response", "", ""], ["Yes", "25 (62.5)", "8 (40)"], ["No", "15 (37.5)", "12 (60)"]]
    expected = {(0, "overall_response", 25, 40, 62.5), (1, "overall_response", 8, 20, 40.0)}
    assert values(shares(reader, [HEAD, *answers], caption="Table 2. Results")) == expected
    rows = [
        ["Response", *HEAD[1:]],
        ["Complete", "10 (25)", "2 (10)"],
        ["Partial", "15 (37.5)", "6 (30)"],
        ["None", "15 (37.5)", "12 (60)"],
    ]
    assert values(shares(reader, rows, caption="Table 2. Results")) == {
        (0, "complete_response", 10, 40, 25.0),
        (1, "complete_response", 2, 20, 10.0),
        (0, "partial_response", 15, 40, 37.5),
        (1, "partial_response", 6, 20, 30.0),
    }
    assert shares(reader, [["Age", *HEAD[1:]], *rows[1:]], caption="Table 2. Results") == []


def test_the_size_of_the_nearest_head_holds_for_a_percentage_alone(reader: Reader) -> None:
    rows = [HEAD, ["No. of evaluable patients", "38", "19"], ["Overall response (%)", "70", "42.1"]]
    # 42.1 % of 19 are 8; no count of 38 is 70 % (26 are 68.4 %, 27 are 71.1 %), and the arm's 40 are not asked
    assert values(shares(reader, rows)) == {
        (0, "overall_response", None, None, 70.0),
        (1, "overall_response", None, 19, 42.1),
    }


def test_fractions_of_other_denominators(reader: Reader) -> None:
    rows = [HEAD, ["Relapse, No./total No. (%)", "5/25 (20)", "3/8 (37.5)"]]
    assert values(shares(reader, rows)) == {(0, "relapse", 5, 25, 20.0), (1, "relapse", 3, 8, 37.5)}


def test_one_outcome_with_two_values_gives_neither(reader: Reader) -> None:
    rows = [HEAD, ["CR", "10 (25.0)", "2 (10.0)"], ["PR", "4 (10.0)", "3 (15.0)"], ["CR", "12 (30.0)", "4 (20.0)"]]
    assert {s.outcome for s in shares(reader, rows)} == {"partial_response"}


# ---- other layouts --------------------------------------------------------------------------------------------------


def test_arms_as_rows(reader: Reader) -> None:
    rows = [
        ["Group", "n", "Complete response", "Response rate", "P"],
        ["Danazol + tretinoin", "40", "10 (25.0%)", "25/40 (62.5%)", "0.04"],
        ["Danazol alone", "20", "2 (10.0%)", "8/20 (40.0%)", ""],
    ]
    assert values(shares(reader, rows)) == {
        (0, "complete_response", 10, 40, 25.0),
        (1, "complete_response", 2, 20, 10.0),
        (0, "overall_response", 25, 40, 62.5),
        (1, "overall_response", 8, 20, 40.0),
    }


def test_a_column_known_by_its_size_and_the_one_that_is_left(reader: Reader) -> None:
    rows = [["", "Group X (n = 40)", "Group Y (n = 20)"], ["CR", "10 (25)", "2 (10)"]]
    assert values(shares(reader, rows)) == {
        (0, "complete_response", 10, 40, 25.0),
        (1, "complete_response", 2, 20, 10.0),
    }
    rows = [["", "Case (n = 38)", "Danazol (n = 19)"], ["CR", "19 (50)", "2 (10.5)"]]
    assert values(shares(reader, rows)) == {
        (0, "complete_response", 19, 38, 50.0),
        (1, "complete_response", 2, 19, 10.5),
    }


def test_columns_of_unknown_groups_give_nothing(reader: Reader) -> None:
    rows = [["", "Men (n = 33)", "Women (n = 27)"], ["CR", "11 (33.3)", "1 (3.7)"]]
    assert shares(reader, rows) == []


def test_a_column_of_another_drug_is_no_arm(reader: Reader) -> None:
    rows = [["", "Danazol + rituximab", "Danazol"], ["CR, n (%)", "11 (33.3)", "2 (10.0)"]]
    assert values(shares(reader, rows)) == {(1, "complete_response", 2, 20, 10.0)}


def test_heads_that_come_again_further_down(reader: Reader) -> None:
    rows = [
        HEAD,
        ["Complete response", "10 (25.0)", "2 (10.0)"],
        ["After one year", "Danazol (n = 18)", "Danazol + tretinoin (n = 36)"],
        ["Relapse", "6 (33.3)", "9 (25.0)"],
    ]
    assert values(shares(reader, rows)) == {
        (0, "complete_response", 10, 40, 25.0),
        (1, "complete_response", 2, 20, 10.0),
        (1, "relapse", 6, 18, 33.3),
        (0, "relapse", 9, 36, 25.0),
    }


def test_one_arm_only(reader: Reader) -> None:
    one = FoundArm("danazol", frozenset(["danazol"]), 25, 0, 0)
    rows = [["Response", "n (%)"], ["CR", "7 (28)"], ["PR", "4 (16)"], ["Total", "25"]]
    assert values(shares(reader, rows, [one])) == {
        (0, "complete_response", 7, 25, 28.0),
        (0, "partial_response", 4, 25, 16.0),
    }


LOST = "Danazol + tretinoin Danazol Difference n = 40 Proportions n = 20 Proportions"


def test_heads_run_together_by_a_text_layer_are_told_by_their_sizes(reader: Reader) -> None:
    text = f"Table 2. Response\n{LOST}\nCR 10 0.25 2 0.10 0.15\nOverall response 25 0.63 8 0.40 0.23\n"
    rows = [[LOST, "", "", "", "", ""], ["CR", "10", "0.25", "2", "0.10", "0.15"],
            ["Overall response", "25", "0.63", "8", "0.40", "0.23"]]  # fmt: skip
    whole = Table(caption="Table 2. Response", rows=rows, span=(0, len(text)))
    found = table_shares(record(whole, text=text), ARMS, reader)
    assert values(found) == {
        (0, "complete_response", 10, 40, 25.0),
        (1, "complete_response", 2, 20, 10.0),
        (0, "overall_response", 25, 40, 63.0),
        (1, "overall_response", 8, 20, 40.0),
    }
    assert [text[slice(*s.span)] for s in found] == ["10 0.25", "2 0.10", "25 0.63", "8 0.40"]


def test_heads_run_together_tell_nothing_where_the_numbers_do_not_agree(reader: Reader) -> None:
    rows = [[LOST, "", "", "", "", ""], ["CR", "10", "0.25", "2", "0.10", "0.15"],
            ["Overall response", "25", "0.73", "8", "0.40", "0.23"]]  # fmt: skip
    assert shares(reader, rows) == []


def test_the_only_column_is_of_all_or_of_the_arm_that_the_caption_names(reader: Reader) -> None:
    rows = [["", "No. of patients (%)"], ["Complete response", "12 (20.0)"], ["Overall response", "33 (55.0)"]]
    all_of_60 = {(None, "complete_response", 12, 60, 20.0), (None, "overall_response", 33, 60, 55.0)}
    assert values(shares(reader, rows, caption="Table 2. Response rates")) == all_of_60
    assert shares(reader, rows, caption="Table 2. Response rates in splenectomised patients") == []
    rows = [["", "No. of patients (%)"], ["Complete response", "2 (10.0)"], ["Overall response", "8 (40.0)"]]
    of_one = {(1, "complete_response", 2, 20, 10.0), (1, "overall_response", 8, 20, 40.0)}
    assert values(shares(reader, rows, caption="Table 2. Response to danazol alone")) == of_one
    assert shares(reader, rows, caption="Table 2. Response rates") == []


# ---- kinds of tables ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "caption",
    [
        "Table 1. Baseline characteristics", "Table 4. Factors associated with response", "Table 5. Response in published studies",
        "Table 2. Response by subgroups of age", "Table 6. Schedule of visits",
    ],
)  # fmt: skip
def test_tables_of_other_things_give_no_shares(reader: Reader, caption: str) -> None:
    assert shares(reader, [HEAD, ["Complete response", "10 (25.0)", "2 (10.0)"]], caption=caption) == []


def test_a_table_with_age_and_sex_is_of_what_patients_brought_along(reader: Reader) -> None:
    status = ["Disease status", "", ""], ["Relapsed", "10 (25.0)", "2 (10.0)"]
    assert shares(reader, [HEAD, *status], caption="Table 2. Patients") == []
    rows = [HEAD, ["Median age, years", "46", "44"], ["Relapsed, n (%)", "10 (25.0)", "2 (10.0)"]]
    assert shares(reader, rows, caption="Table 2. Patients") == []


def test_tables_of_harms_give_patients_with_any_and_with_serious_events(reader: Reader) -> None:
    rows = [
        HEAD,
        ["Any adverse event", "30 (75.0)", "9 (45.0)"],
        ["Nausea", "12 (30.0)", "2 (10.0)"],
        ["Infection", "4 (10.0)", "1 (5.0)"],
        ["Grade 3–4 adverse events", "4 (10.0)", "1 (5.0)"],
        ["Death", "1 (2.5)", "0 (0.0)"],
        ["Response", "3 (7.5)", "0"],
    ]
    assert values(shares(reader, rows, caption="Table 3. Adverse events")) == {
        (0, "adverse_event", 30, 40, 75.0),
        (1, "adverse_event", 9, 20, 45.0),
        (0, "serious_adverse_event", 4, 40, 10.0),
        (1, "serious_adverse_event", 1, 20, 5.0),
        (0, "death", 1, 40, 2.5),
        (1, "death", 0, 20, 0.0),
    }


@pytest.mark.parametrize(
    "label",
    ["Local recurrence", "Early relapse", "Clinical relapse", "Relapse (distant)", "Relapse (local)", "Response (women)",
     "Deaths (cardiac)", "Late death"],
)  # fmt: skip
def test_a_kind_or_a_part_is_not_the_outcome(reader: Reader, label: str) -> None:
    assert shares(reader, [HEAD, [label, "10 (25)", "2 (10)"]], caption="Table 2. Results, n (%)") == []


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("Recurrence", "relapse"),
        ("Tumour recurrence (relapse)", "relapse"),
        ("Clinical response", "overall_response"),
        ("Objective response (RECIST)", "overall_response"),
        ("Response (complete plus partial)", "overall_response"),
        ("Initial response (confirmed)", "overall_response"),
        ("Deaths (n, %)", "death"),
    ],
)
def test_words_that_labels_need_leave_the_outcome_whole(reader: Reader, label: str, outcome: str) -> None:
    found = shares(reader, [HEAD, [label, "10 (25)", "2 (10)"]], caption="Table 2. Results, n (%)")
    assert values(found) == {(0, outcome, 10, 40, 25.0), (1, outcome, 2, 20, 10.0)}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (("(n = 40)", "(n = 20)"), {(0, "relapse", 10, 40, 25.0), (1, "relapse", 2, 20, 10.0)}),
        (("(n = 40)", "(n = 21)"), set()),  # no arm has this size, so nothing proves whose the second column is
        (("(n = 20)", "(n = 40)"), set()),  # the first head is not the arm of this size
    ],
)
def test_a_head_that_runs_into_its_neighbour(
    reader: Reader, sizes: tuple[str, str], expected: set[tuple[object, ...]]
) -> None:
    """As a text layer gives it: the second column is that of danazol alone."""
    rows = [
        ["", "Danazol plus tretinoin", "Danazol plus tretinoin Danazol alone"],
        ["", *sizes],
        ["Relapse", "10 (25.0)", "2 (10.0)"],
    ]
    assert {v for v in values(shares(reader, rows, header_rows=2)) if v[0] == 1} == {v for v in expected if v[0] == 1}
    if expected:
        assert values(shares(reader, rows, header_rows=2)) == expected


@pytest.mark.parametrize(
    ("caption", "found"),
    [
        ("Table 3. Responses and safety", {"overall_response", "death"}),
        ("Table 3. Safety and efficacy", {"overall_response", "death"}),
        ("Table 3. Safety outcomes", {"death"}),
        ("Table 3. Adverse events", {"death"}),
    ],
)
def test_a_table_of_harms_tells_responses_only_if_its_caption_does(
    reader: Reader, caption: str, found: set[str]
) -> None:
    rows = [HEAD, ["Response", "10 (25.0%)", "2 (10.0%)"], ["Death", "1 (2.5%)", "0 (0.0%)"]]
    assert {s.outcome for s in shares(reader, rows, caption=caption)} == found


def test_an_arm_of_some_of_the_patients_is_not_the_arm(reader: Reader) -> None:
    rows = [["", "Danazol + tretinoin (women)", "Danazol alone (women)"], ["Relapse", "5 (25%)", "1 (10%)"]]
    assert shares(reader, rows) == []


def test_grades_of_harms_in_columns_of_their_own(reader: Reader) -> None:
    rows = [
        ["", *[HEAD[1]] * 2, *[HEAD[2]] * 2],
        ["", "Any grade", "Grade 1", "Any grade", "Grade 1"],
        ["Any adverse event", "30 (75)", "4 (10)", "9 (45)", "1 (5)"],
    ]
    found = shares(reader, rows, caption="Table 3. Adverse events", header_rows=2)
    assert values(found) == {(0, "adverse_event", 30, 40, 75.0), (1, "adverse_event", 9, 20, 45.0)}


def test_sizes_of_arms_also_from_tables_of_baseline_characteristics(reader: Reader) -> None:
    base = table(
        [[*HEAD, "Total (n = 60)"], ["Age", "46 (12)", "44 (11)", "45 (12)"]], "Table 2. Baseline characteristics"
    )
    found = table_sizes(record(base), ARMS, reader)
    assert [(s.arm, s.n, s.label) for s in found] == [(0, 40, HEAD[1]), (1, 20, HEAD[2]), (None, 60, "Total (n = 60)")]


# ---- anything goes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [[""]],
        [["CR"]],
        [["CR", "7 (28)"], ["PR"]],
        [["", ""], ["", ""]],
        [["(" * 5000, "n = " * 5000], ["CR", "9" * 5000], ["CR", "1 (" * 3000]],
        [["\x00", "\u202e(n = 5)"], ["CR\n", "٣ (٢)"]],
    ],
)
def test_odd_tables_give_nothing_and_do_no_harm(reader: Reader, rows: list[list[str]]) -> None:
    assert shares(reader, rows) == []


LONG = [HEAD, *([f"CR at week {i}", "10 (25)", "2 (10)"] for i in range(400))]
WIDE = [
    ["Group", *(f"CR at week {i}" for i in range(400))],
    *([name, *["10 (25)"] * 400] for name in ("Danazol alone", "Both")),
]


@pytest.mark.parametrize("rows", [LONG, WIDE, [list(cells) for cells in zip(*LONG, strict=True)]])
def test_the_cost_grows_with_the_cells(reader: Reader, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]]) -> None:
    calls = 0

    def counted(text: str) -> Any:
        nonlocal calls
        calls += 1
        return read_cell(text)

    for module in (table_sums, table_grid, table_shares_module):
        monkeypatch.setattr(module, "read_cell", counted)
    shares(reader, rows)
    assert calls <= 8 * sum(map(len, rows))


_TEXTS = st.sampled_from(
    """CR|PR|Overall response|Relapse|Death|Any adverse event|Response|Yes|No|Total|Danazol|Danazol + tretinoin (n = 40)|Danazol (n=20)
    |n|n (%)|%|P|Week 12|10 (25)|10 (25.0%)|2/20 (10%)|25|0.25|40|n = 12|-|0|99999|(|CI|95% CI|10 (25) (12-41)|Women|Table 2|1.|a)""".split(
        "|"
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_TEXTS, max_size=6), max_size=9), st.integers(0, 3), st.booleans())
def test_whatever_a_table_holds_its_shares_are_possible(
    reader: Reader, rows: list[list[str]], header_rows: int, one: bool
) -> None:
    found = shares(reader, rows, [BOTH] if one else ARMS, header_rows=min(header_rows, len(rows)))
    assert found == shares(reader, rows, [BOTH] if one else ARMS, header_rows=min(header_rows, len(rows)))
    for share in found:
        assert share.events is not None or share.percent is not None
        assert share.events is None or share.n is None or 0 <= share.events <= share.n
        assert share.percent is None or 0 <= share.percent.value <= 100
        assert rows[share.row][share.column] in share.cell


# ---- the words behind a number --------------------------------------------------------------------------------------


def test_the_evidence_of_a_number_from_a_table_is_its_cell(settings: Settings) -> None:
    text = (
        "Forty adults were randomised to danazol plus tretinoin (n = 20) or danazol alone (n = 20). "
        "Table 2 gives the responses, which 13 of 40 patients (32.5%) had."
    )
    rows = [["", "Danazol + tretinoin (n = 20)", "Danazol (n = 20)"], ["Complete response", "9 (45)", "4 (20)"]]
    made = with_tables(record(table(rows, caption="Table 2. Response, n (%)"), text=text))
    found = [o for o in Extractor(settings)(made).outcomes if o.outcome == "complete_response"]
    assert [(o.events, o.n, o.evidence.text) for o in found] == [(9, 20, "9 (45)"), (4, 20, "4 (20)")]
    assert all(made.raw[o.evidence.start : o.evidence.end] == o.evidence.text for o in found)


def test_what_is_written_of_tables_is_not_read_as_sentences(settings: Settings) -> None:
    text = "Forty patients received danazol. Of 40 patients, 10 (25%) responded."
    rows = [["", "Note"], ["Of 40 patients, 31 (77.5%) relapsed.", "Of 40 patients, 33 (82.5%) responded."]]
    extract = Extractor(settings)
    plain, with_table = extract(record(text=text)), extract(with_tables(record(table(rows), text=text)))
    assert [(o.outcome, o.events, o.n) for o in plain.outcomes] == [("overall_response", 10, 40)]
    assert with_table.model_dump(exclude={"source", "text_hash"}) == plain.model_dump(exclude={"source", "text_hash"})


# ---- the articles of ../shared --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def articles(shared: Path) -> list[ParsedRecord]:
    paths = sorted((shared / "corpora" / "jats").glob("*.nxml"))
    return [row for path in paths for row in parse(path, str(path)) if isinstance(row, ParsedRecord)]


def test_shares_of_articles_print_what_their_cells_print(reader: Reader, articles: list[ParsedRecord]) -> None:
    """Arms by the columns' own names, so that this holds whatever arms the text gives."""
    seen = 0
    for article in articles:
        for share in table_shares(article, _arms_of_heads(article), reader):
            where = article.tables[share.table]
            assert where.rows[share.row][share.column] in share.cell
            numbers = [float(n.replace("·", ".")) for n in re.findall(r"\d+(?:[.·]\d+)?", share.cell)]
            assert share.events is None or share.events in numbers
            assert share.percent is None or share.percent.value in numbers
            assert share.located == "cell"
            assert article.words(*share.span).replace(" | ", " ") == share.cell
            seen += 1
    assert seen > 30


def _arms_of_heads(article: ParsedRecord) -> list[FoundArm]:
    """A plain reading of the heads: the first two different ones that end in a size."""
    found: dict[str, int] = {}
    for t in article.tables:
        for cell in (c for row in t.rows[:2] for c in row):
            match = re.fullmatch(r"(?P<name>[A-Za-z][\w +-]{1,40}?) ?\([nN] ?= ?(?P<n>\d+)\)", cell)
            if match and len(found) < 2:
                found.setdefault(match["name"], int(match["n"]))
    return [FoundArm(name, frozenset(), n, 0, 0, frozenset([name.lower()])) for name, n in found.items()]
