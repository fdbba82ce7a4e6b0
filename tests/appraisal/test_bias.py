"""Risk of bias: each rule by hand, from the tables of the tools' authors; several reviewers; outcomes of their own."""

from __future__ import annotations

import datetime

import pytest

from pipeline.appraisal.bias import (
    Names,
    high_risk,
    not_judged,
    of_outcome,
    read_said,
    risk_of_bias,
)
from pipeline.appraisal.bias_rules import RULES
from pipeline.appraisal.bias_tools import OVERALL, tools
from pipeline.appraisal.naming import found
from pipeline.config import ChecklistShares, RiskOfBiasConfig
from pipeline.errors import UserError
from pipeline.records import RiskOfBias
from pipeline.resolved import RiskOfBiasRow

STUDIES = {"arnold-2010": "arnold-2010", "12345": "arnold-2010", "smith-2011": "smith-2011"}
NAMES = Names(lambda name: STUDIES[found("study", name, STUDIES)], ["relapse", "response"])
DAY = datetime.date(2026, 11, 1)


def line(item: str, judgement: str, tool: str = "RoB 2", who: str = "AB", day: int = 1, **more: object) -> RiskOfBias:
    given = {"study": "arnold-2010", "tool": tool, "item": item, "judgement": judgement, "reviewer": who}
    return RiskOfBias.model_validate(given | {"date": DAY.replace(day=day)} | more)


def judged(tool: str, answers: str, **more: object) -> list[RiskOfBias]:
    """One line per item, in the tool's order; "-" leaves one out."""
    given = zip(tools()[tool].items, answers.split(","), strict=True)
    return [line(item, answer.strip(), tool, **more) for item, answer in given if answer.strip() != "-"]  # type: ignore[arg-type]


def rows(lines: list[RiskOfBias], config: RiskOfBiasConfig | None = None) -> list[RiskOfBiasRow]:
    return risk_of_bias(read_said([(f"risk_of_bias.csv:{i}", r) for i, r in enumerate(lines, 2)], NAMES), config)


def whole(lines: list[RiskOfBias], config: RiskOfBiasConfig | None = None) -> RiskOfBiasRow:
    (row,) = [r for r in rows(lines, config) if r.item == OVERALL]
    return row


def row(item: str, lines: list[RiskOfBias]) -> RiskOfBiasRow:
    return next(r for r in rows(lines) if r.item == item)


# ---- tools ----------------------------------------------------------------------------------------------------------


def test_the_tools_have_their_items() -> None:
    assert {name: len(t.items) for name, t in tools().items()} == {"RoB 2": 5, "ROBINS-I": 7, "JBI case series": 10}
    assert all(t.rule in RULES and t.source for t in tools().values())


@pytest.mark.parametrize(
    ("tool", "item", "judgement", "read"),
    [
        ("RoB 2", "D1", "low", ("RoB 2", "D1", "low")),
        ("rob2", "d5", "Some Concerns", ("RoB 2", "D5", "some concerns")),
        ("RoB 2", "1", "SC", ("RoB 2", "D1", "some concerns")),
        ("ROBINS-I", "bias due to confounding", "NI", ("ROBINS-I", "D1", "no information")),
        ("robins i", "Overall", "critical", ("ROBINS-I", "overall", "critical")),
        ("JBI", "10", "N/A", ("JBI case series", "Q10", "not applicable")),
        ("JBI case series", "q3", "Y", ("JBI case series", "Q3", "yes")),
        ("JBI case series", "overall", "moderate", ("JBI case series", "overall", "moderate")),
    ],
)
def test_names_are_read_as_people_write_them(tool: str, item: str, judgement: str, read: tuple[str, str, str]) -> None:
    (said,) = read_said([("x:2", line(item, judgement, tool))], NAMES)
    assert (said.tool, said.item, said.judgement.value) == read


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (line("D1", "low", study="arnold-2011"), 'x:2: study "arnold-2011" is not known (known: arnold-2010, 12345, smith-2011)'),
        (line("D1", "low", "RoB 3"), 'tool "RoB 3" is not known (known: RoB 2, ROBINS-I, JBI case series)'),
        (line("D6", "low"), 'item of RoB 2 "D6" is not known (known: D1, D2, D3, D4, D5, overall)'),
        (line("D1", "medium"), 'judgement of RoB 2 D1 "medium" is not known (known: low, some concerns, high)'),
        (line("D1", "yes"), "known: low, some concerns, high"),
        (line("Q1", "low", "JBI"), "known: yes, no, unclear, not applicable"),
        (line("overall", "yes", "JBI"), "known: low, moderate, high"),
        (line("D1", "low", outcome="cure"), 'outcome "cure" is not known'),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_with_what_is(given: RiskOfBias, message: str) -> None:
    with pytest.raises(UserError) as error:
        read_said([("x:2", given)], NAMES)
    assert message in str(error.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(UserError) as error:
        read_said([("x:2", line("D9", "low")), ("x:3", line("D1", "low")), ("x:4", line("D1", "bad"))], NAMES)
    assert [m.split(" ")[0] for m in str(error.value).splitlines()] == ["x:2:", "x:4:"]


def test_a_study_may_be_named_by_its_record() -> None:
    assert whole([line("D1", "high", study="12345")]).study == "arnold-2010"


# ---- rules of the tools ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tool", "answers", "value", "high"),
    [
        # Cochrane Handbook, chapter 8
        ("RoB 2", "low, low, low, low, low", "low", False),
        ("RoB 2", "low, some concerns, low, low, low", "some concerns", False),
        ("RoB 2", "low, some concerns, low, high, low", "high", True),
        ("RoB 2", "-, -, -, high, -", "high", True),  # no other domain can make it milder or worse
        ("RoB 2", "low, low, low, low, -", "", False),
        # Sterne 2016
        ("ROBINS-I", "low, low, low, low, low, low, low", "low", False),
        ("ROBINS-I", "low, moderate, low, low, low, low, low", "moderate", False),
        ("ROBINS-I", "low, moderate, serious, low, low, low, low", "serious", True),
        ("ROBINS-I", "low, moderate, serious, critical, low, low, low", "critical", True),
        ("ROBINS-I", "no information, moderate, low, low, low, low, low", "no information", False),
        ("ROBINS-I", "no information, moderate, serious, low, low, low, low", "serious", True),
        ("ROBINS-I", ",".join(["no information"] * 7), "no information", False),
        ("ROBINS-I", "-, -, serious, low, low, low, low", "", True),  # serious or critical: high in any case
        ("ROBINS-I", "critical, -, -, -, -, -, -", "critical", True),
        # no rule is published
        ("JBI case series", "yes, yes, yes, yes, yes, yes, yes, yes, yes, yes", "", False),
    ],
)  # fmt: skip
def test_the_rule_of_the_tool(tool: str, answers: str, value: str, high: bool) -> None:
    row = whole(judged(tool, answers))
    assert (row.judgement, row.high) == (value, high)
    assert row.status == ("derived" if value else "missing")


def test_an_open_whole_says_what_is_missing() -> None:
    assert whole(judged("RoB 2", "low, -, low, low, -")).note == "open: D2, D5"
    assert whole(judged("RoB 2", "-, -, -, high, -")).note == "whatever D1, D2, D3, D5"
    assert "2 domains with some concerns" in whole(judged("RoB 2", "some concerns, low, some concerns, low, low")).note
    assert "key ones" in whole(judged("ROBINS-I", "low, NI, low, low, low, low, low")).note


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        ("yes, yes, yes, yes, yes, yes, yes, no, no, no", "low"),  # 7 of 10
        ("yes, yes, yes, yes, yes, yes, no, no, unclear, no", "moderate"),  # 6 of 10: unclear is no yes
        ("yes, yes, yes, yes, yes, no, no, no, no, no", "moderate"),  # 5 of 10
        ("yes, yes, yes, yes, no, no, no, no, no, no", "high"),
        ("yes, yes, yes, yes, yes, yes, na, na, no, no", "low"),  # 6 of 8 = 75%
        ("na, na, na, na, na, na, na, na, na, na", ""),
    ],
)
def test_shares_of_a_protocol(answers: str, value: str) -> None:
    config = RiskOfBiasConfig(checklist=ChecklistShares(low=70, moderate=50))
    row = whole(judged("JBI case series", answers), config)
    assert (row.judgement, row.high) == (value, value == "high")


def test_without_shares_the_count_is_told() -> None:
    note = whole(judged("JBI case series", "yes, yes, yes, yes, yes, yes, yes, no, unclear, na")).note
    assert note.startswith("7 of 9 applicable items are yes; no rule for the whole is published")


def test_a_given_whole_stands() -> None:
    lines = judged("RoB 2", "some concerns, some concerns, low, low, low")
    given = whole([*lines, line("overall", "high")])
    assert (given.judgement, given.status, given.high, given.note) == ("high", "judged", True, "")
    milder = whole([*judged("RoB 2", "high, low, low, low, low"), line("overall", "some concerns")])
    assert (milder.judgement, milder.high) == ("some concerns", False)
    assert milder.note == "milder than the items are by the tool's rule (high)"
    alone = whole([line("overall", "low", "JBI")])
    assert (alone.judgement, alone.status) == ("low", "judged")


def test_a_whole_may_be_judged_where_information_is_missing() -> None:
    lines = judged("ROBINS-I", "no information, moderate, low, low, low, low, low")
    assert whole([*lines, line("overall", "moderate", "ROBINS-I")]).note == ""
    assert "milder" in whole([*lines, line("overall", "low", "ROBINS-I")]).note


# ---- reviewers ------------------------------------------------------------------------------------------------------


def test_two_who_agree_and_two_who_do_not() -> None:
    both = row("D1", [line("D1", "low"), line("D1", "low", who="CD")])
    assert (both.judgement, both.status, both.reviewers, both.said) == ("low", "agreed", "AB & CD", "AB: low; CD: low")
    differ = row("D1", [line("D1", "low"), line("D1", "high", who="CD")])
    assert (differ.judgement, differ.status, differ.said) == ("", "disagreement", "AB: low; CD: high")
    lines = [*judged("RoB 2", "low, low, low, low, low"), line("D2", "some concerns", who="CD")]
    assert (whole(lines).judgement, whole(lines).note) == ("", "open: D2")


@pytest.mark.parametrize(
    ("last", "value", "status"),
    [
        (line("D1", "some concerns", who="EF", day=2), "some concerns", "adjudicated"),
        (line("D1", "high", who="AB", day=2, adjudicated=True), "high", "adjudicated"),
        (line("D1", "high", who="ab ", day=2), "high", "agreed"),  # AB came round
        (line("D1", "some concerns", who="CD", day=2), "", "disagreement"),
    ],
)
def test_who_decides(last: RiskOfBias, value: str, status: str) -> None:
    stands = row("D1", [last, line("D1", "low"), line("D1", "high", who="CD")])
    assert (stands.judgement, stands.status) == (value, status)


def test_words_and_dates_are_those_behind_the_judgement() -> None:
    lines = [
        line("D1", "low", support="sealed envelopes, p. 3"),
        line("D1", "high", who="CD", support="not told"),
        line("D1", "low", who="EF", day=9, support="the authors wrote to us"),
    ]
    stands = row("D1", lines)
    assert (stands.support, stands.date) == ("the authors wrote to us", "2026-11-09")


# ---- outcomes -------------------------------------------------------------------------------------------------------


def test_an_outcome_has_its_own_judgement() -> None:
    lines = [*judged("RoB 2", "low, low, low, low, low"), line("D3", "high", outcome="relapse")]
    by_item = {(r.outcome, r.item): r.judgement for r in rows(lines)}
    assert (by_item["", "overall"], by_item["relapse", "overall"]) == ("low", "high")
    assert (by_item["relapse", "D1"], by_item["", "D3"], by_item["relapse", "D3"]) == ("low", "low", "high")
    assert high_risk(rows(lines), "relapse") == {"arnold-2010"}
    assert high_risk(rows(lines), "response") == set()
    assert [r.outcome for r in of_outcome(rows(lines), "relapse")] == ["relapse"]


def test_a_study_by_two_tools_and_studies_that_nobody_judged() -> None:
    lines = [
        *judged("RoB 2", "low, low, low, low, low"),
        line("overall", "high", "JBI"),
        line("Q1", "yes", "JBI", study="smith-2011"),
    ]
    judged_ = rows(lines)
    assert [(r.study, r.tool) for r in judged_ if r.item == OVERALL] == [("arnold-2010", "RoB 2"), ("arnold-2010", "JBI case series"), ("smith-2011", "JBI case series")]  # fmt: skip
    assert high_risk(judged_, "response") == {"arnold-2010"}
    assert not_judged(judged_, "response", ["arnold-2010", "smith-2011", "doe-2012"]) == {"smith-2011", "doe-2012"}


def test_what_counts_as_high_is_the_protocol_s() -> None:
    strict = RiskOfBiasConfig(high=["high", "some concerns"])
    assert whole(judged("RoB 2", "some concerns, low, low, low, low"), strict).high
    assert whole(judged("RoB 2", "some concerns, -, low, low, low"), strict).high
    odd = RiskOfBiasConfig(high=["moderate", "serious", "critical"])
    assert whole(judged("ROBINS-I", "moderate, low, low, low, low, low, low"), odd).high
    assert not whole(judged("ROBINS-I", "moderate, low, low, low, low, low, -"), odd).high, (
        "it may become no information"
    )
    assert not whole(judged("RoB 2", "low, -, low, low, low"), strict).high
