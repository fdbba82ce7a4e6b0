"""Certainty by GRADE: levels added up by hand; what is open; several reviewers; names as people write them."""

from __future__ import annotations

import datetime

import pytest

from pipeline.appraisal.certainty import ALL, CERTAINTY, Names, certainty, domains, level_of, rates_up, read_said
from pipeline.config import CertaintyConfig
from pipeline.errors import UserError
from pipeline.records import Certainty
from pipeline.resolved import CertaintyRow

NAMES = Names(["relapse", "response"], ["Rituximab", "Drug A + drug B"])
DAY = datetime.date(2026, 11, 1)
FINE = ["not serious", "not serious", "not serious", "not serious", "undetected"]
DOWN = ["risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias"]


def line(domain: str, judgement: str, **more: object) -> Certainty:
    given = {"outcome": "response", "domain": domain, "judgement": judgement, "reviewer": "AB", "date": DAY}
    return Certainty.model_validate(given | more)


def lines(*judgements: str, start: str = "low", **up: str) -> list[Certainty]:
    given = [line(d, j) for d, j in zip(DOWN, judgements, strict=True)]
    given += [line(d.replace("_", " "), j) for d, j in up.items()]
    return [given[0].model_copy(update={"start": start or None}), *given[1:]]


def rows(given: list[Certainty], config: CertaintyConfig | None = None) -> list[CertaintyRow]:
    return certainty(read_said([(f"certainty.csv:{i}", r) for i, r in enumerate(given, 2)], NAMES), NAMES, config)


def level(given: list[Certainty], config: CertaintyConfig | None = None) -> CertaintyRow:
    (row,) = [r for r in rows(given, config) if r.domain == CERTAINTY]
    return row


def test_the_domains_of_grade() -> None:
    assert [d for d in domains() if not rates_up(d)] == DOWN
    assert [d for d in domains() if rates_up(d)] == ["large effect", "dose response", "plausible confounding"]
    assert all(found[0].levels == 0 for found in domains().values())


@pytest.mark.parametrize(
    ("start", "judgements", "up", "value"),
    [
        ("high", FINE, {}, "high"),
        ("low", FINE, {}, "low"),
        ("high", ["serious", *FINE[1:]], {}, "moderate"),
        ("high", ["serious", "serious", *FINE[2:]], {}, "low"),
        ("high", ["very serious", "not serious", "not serious", "serious", "undetected"], {}, "very low"),
        ("high", ["extremely serious", *FINE[1:]], {}, "very low"),
        ("high", [*FINE[:3], "extremely serious", "undetected"], {}, "very low"),
        ("high", [*FINE[:4], "strongly suspected"], {}, "moderate"),
        ("high", [*FINE[:4], "very strongly suspected"], {}, "low"),
        ("high", ["very serious"] * 4 + ["strongly suspected"], {}, "very low"),  # 4 - 9, no lower than 1
        ("low", ["serious", *FINE[1:]], {}, "very low"),
        ("low", FINE, {"large_effect": "large"}, "moderate"),
        ("low", FINE, {"large_effect": "very large"}, "high"),
        ("low", FINE, {"dose_response": "yes", "plausible_confounding": "yes"}, "high"),
        ("low", FINE, {"large_effect": "very large", "dose_response": "yes"}, "high"),  # 2 + 3, no higher than 4
        ("low", FINE, {"large_effect": "no"}, "low"),
        ("low", ["serious", *FINE[1:]], {"large_effect": "very large"}, "moderate"),  # 2 - 1 + 2
    ],
)
def test_the_level_follows(start: str, judgements: list[str], up: dict[str, str], value: str) -> None:
    row = level(lines(*judgements, start=start, **up))
    assert (row.judgement, row.status) == (value, "derived")
    assert row.levels == ["very low", "low", "moderate", "high"].index(value) + 1


def test_levels_stay_in_their_bounds() -> None:
    assert [level_of(n) for n in ([4], [2, -1, -2], [4, 1], [2, -1, 1], [2, 1, 1, 1])] == [4, 1, 4, 2, 4]


def test_rating_up_what_was_rated_down_is_doubted() -> None:
    assert "advises against" in level(lines("serious", *FINE[1:], large_effect="large")).note
    assert level(lines(*FINE, large_effect="large")).note == ""


def test_what_is_open_leaves_the_level_open() -> None:
    row = level([line("risk of bias", "serious"), line("imprecision", "not serious")])
    assert (row.judgement, row.levels) == ("", None)
    assert row.note == "open: inconsistency, indirectness, publication bias"


def test_a_reason_to_rate_up_need_not_be_judged() -> None:
    found = rows(lines(*FINE))
    assert [r.domain for r in found] == ["start", *DOWN, "certainty"]


def test_where_it_starts() -> None:
    high = CertaintyConfig(start="high")
    assert level(lines(*FINE, start="")).judgement == "low"
    assert level(lines(*FINE, start=""), high).judgement == "high"
    assert level(lines(*FINE, start="low"), high).judgement == "low"
    (start,) = [r for r in rows(lines(*FINE, start=""), high) if r.domain == "start"]
    assert (start.judgement, start.levels, start.note) == ("high", 4, "by config's certainty.start")


def test_reviewers_who_differ_on_the_start_or_a_domain() -> None:
    given = [*lines(*FINE), line("risk of bias", "serious", reviewer="CD", start="high")]
    row = level(given)
    assert (row.judgement, row.note) == ("", "open: start, risk of bias")
    later = datetime.date(2026, 11, 2)
    given.append(line("risk of bias", "serious", reviewer="EF", start="high", date=later, explanation="open label"))
    assert level(given).judgement == "moderate"  # 4 - 1
    (bias,) = [r for r in rows(given) if r.domain == "risk of bias"]
    assert (bias.status, bias.explanation, bias.said) == ("adjudicated", "open label", "AB: not serious; CD: serious; EF: serious")  # fmt: skip


def test_classes_and_outcomes_in_the_review_s_order() -> None:
    given = [line("imprecision", "serious", outcome=o, regimen_class=c) for o in ("response", "relapse") for c in ("rituximab", "")]  # fmt: skip
    found = [(r.outcome, r.regimen_class) for r in rows(given) if r.domain == CERTAINTY]
    assert found == [("relapse", ALL), ("relapse", "Rituximab"), ("response", ALL), ("response", "Rituximab")]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (line("imprecision", "serious", outcome="cure"), 'x:2: outcome "cure" is not known (known: relapse, response)'),
        (line("imprecision", "serious", regimen_class="Drug C"), "known: overall, Rituximab, Drug A + drug B"),
        (line("precision", "serious"), 'domain "precision" is not known (known: risk of bias, inconsistency, '),
        (line("inconsistency", "extremely serious"), "(known: not serious, serious, very serious)"),
        (line("dose response", "large"), "(known: no, yes)"),
        (line("publication bias", "maybe"), "(known: undetected, strongly suspected, very strongly suspected)"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is(given: Certainty, message: str) -> None:
    with pytest.raises(UserError) as error:
        read_said([("x:2", given)], NAMES)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("domain", "judgement", "read"),
    [
        ("Risk of bias", "Very Serious", ("risk of bias", "very serious")),
        ("publication-bias", "likely", ("publication bias", "strongly suspected")),
        ("Publication bias", "not serious", ("publication bias", "undetected")),
        ("dose-response", "gradient", ("dose response", "yes")),
        ("imprecision", "none", ("imprecision", "not serious")),
    ],
)
def test_names_are_read_as_people_write_them(domain: str, judgement: str, read: tuple[str, str]) -> None:
    (said,) = read_said([("x:2", line(domain, judgement))], NAMES)
    assert (said.domain, said.judgement.value) == read
