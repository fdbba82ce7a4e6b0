"""The tables of studies and numbers: what they hold, who stands behind each number, and what rests on it."""

from __future__ import annotations

import pytest
from lxml import html
from report_rendered import Rendered

from pipeline.candidates import (
    Candidate,
    Definition,
    Eligibility,
    Evidence,
    Fact,
    Population,
    Registration,
    Size,
    Window,
)
from pipeline.linked import Study
from pipeline.parsed import Citation, Source
from pipeline.report.links import register_link
from pipeline.report.proofs import proofs, proofs_of_row
from pipeline.report.sections.outcomes import data as numbers_of
from pipeline.report.sections.overrides import data as decisions_of
from pipeline.report.sections.studies import _given, data as studies_of
from pipeline.report.study_facts import study_facts
from pipeline.report.study_pages.names import page_name
from pipeline.resolved import ArmRow

Reports = dict[str, Rendered]


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def evidence(start: int, words: str) -> Evidence:
    return Evidence(start=start, end=start + len(words), text=words)


def report_of(name: str, **facts: object) -> Candidate:
    return Candidate(
        record_id=name,
        source=Source(file=f"corpus/{name}.txt", span=(0, 100)),
        citation=Citation(),
        eligibility=Eligibility(decision="include", reason="reports a response"),
        design="randomised",
        population=Population(),
        n_total=Size(value=10, status="accepted", confidence=1.0),
        **facts,
    )


# ---- studies -------------------------------------------------------------------------------------------------------


def test_facts_of_all_reports_are_told_once_and_registrations_all() -> None:
    several = Fact(value=18, unit="months", status="review", evidence=evidence(40, "18 months"))
    main = report_of("a", registration=[Registration(id="NCT01234567")], followup_months=several)
    later = report_of(
        "b",
        registration=[
            Registration(id="NCT01234567"),
            Registration(id="ISRCTN12345678", evidence=evidence(1, "ISRCTN")),
        ],
        followup_months=several.model_copy(update={"value": 30.0}),
        centre_count=Fact(value=7, unit="centres", status="accepted", evidence=evidence(5, "seven hospitals")),
        enrolment=Window(start="2005-03", end="2007-12", evidence=evidence(9, "from March 2005")),
        baseline=Fact(name="count", value=13, unit="10^9/L", status="accepted", evidence=evidence(70, "13")),
    )
    found = study_facts(Study(study="s", label="S", reports=[], candidate=main, further=[later]))
    assert [(f.what, f.words, f.sure, f.place[1]) for f in found] == [
        ("Registered", "NCT01234567", True, "a"),
        ("Registered", "ISRCTN12345678", True, "b"),
        ("Patients taken in", "2005-03 to 2007-12", True, "b"),
        ("Centres", "7", True, "b"),
        ("Follow-up", "18 months", False, "a"),
        ("Before treatment", "count 13 10^9/L", True, "b"),
    ]
    assert [f.link for f in found[:2]] == ["https://clinicaltrials.gov/study/NCT01234567", None]


@pytest.mark.parametrize("number", ["NCT0123456", "NCT012345678", "ISRCTN12345678", "javascript:NCT01234567"])
def test_a_number_of_another_form_is_no_link(number: str) -> None:
    assert register_link(number) is None


@pytest.mark.parametrize(
    ("drugs", "regimen", "lines"),
    [
        ("a + b", "a; b", ["a + b"]),
        ("a + b", "a 10 mg daily; b", ["a 10 mg daily", "b"]),
        ("a + b", "a 10 mg daily", ["a + b", "a 10 mg daily"]),
        ("a", "", ["a"]),
        ("", "", []),
    ],
)
def test_doses_are_told_and_no_drug_twice(drugs: str, regimen: str, lines: list[str]) -> None:
    row = ArmRow(study="s", arm="A1", label="", role="single", drugs=drugs, regimen_class="", regimen=regimen, n=1,
                 authority="accepted", evidence_start=None, evidence_end=None)  # fmt: skip
    assert _given(row, drugs.split(" + ")) == lines


def test_a_label_that_only_repeats_the_drugs_is_left_out(reports: Reports) -> None:
    shown = {s.row.study: [arm.label for arm in s.arms] for s in studies_of(reports["itp"].inputs)["studies"]}
    assert shown["tanaka-2006"] == ["single-dose rituximab"]
    inputs = reports["itp"].inputs
    arms = [arm.model_copy(update={"label": "Rituximab"}) for arm in inputs.arms if arm.study == "tanaka-2006"]
    bare = type(inputs)(**{name: getattr(inputs, name) for name in inputs.__dataclass_fields__} | {"arms": arms})
    (tanaka,) = [s for s in studies_of(bare)["studies"] if s.row.study == "tanaka-2006"]
    assert [arm.label for arm in tanaka.arms] == [""]


# ---- numbers -------------------------------------------------------------------------------------------------------


def test_checks_and_doubts_are_told_apart() -> None:
    told = proofs_of_row("count matches percent; doubt: of all patients or of those evaluated ; parts add up")
    assert told.checks == ("count matches percent", "parts add up")
    assert told.doubts == ("of all patients or of those evaluated",)
    assert proofs(["", "doubt: x"]).doubts == ("x",)
    assert proofs_of_row("").checks == ()


def test_each_pooled_number_says_who_and_what_the_result_is_without_it(reports: Reports) -> None:
    report = reports["itp"]
    pooled = [n for group in numbers_of(report.inputs)["groups"] for n in group.numbers if n.row.pooled]
    assert len(pooled) == len(report.inputs.audit) > 0
    for number in pooled:
        assert number.audit is not None
        assert (number.audit.events, number.audit.n) == (number.row.events, number.row.n)
    text = words_of(report.page.get_element_by_id("outcomes"))
    assert text.count("without: 69.0 %") == len(pooled)
    corrected = sum(row.authority == "corrected" for row in report.inputs.audit)
    assert (
        f"Behind the {len(pooled)} pooled numbers: {len(pooled) - corrected} accepted, {corrected} corrected." in text
    )


def test_the_number_on_which_most_rests_is_named(reports: Reports) -> None:
    inputs = reports["itp"].inputs
    audit = [row.model_copy(update={"without": 0.65}) if row.study == "ito-2021" and row.arm == "A2" else row
             for row in inputs.audit]  # fmt: skip
    told = type(inputs)(**{name: getattr(inputs, name) for name in inputs.__dataclass_fields__} | {"audit": audit})
    first = numbers_of(told)["telling"][0]
    assert (first.label, first.number.row.study, first.number.row.arm) == ("Overall response", "ito-2021", "A2")
    assert first.number.shift == pytest.approx(-0.05)


def test_a_number_that_nobody_asks_for_is_not_said_to_be_pooled(reports: Reports) -> None:
    inputs = reports["itp"].inputs
    relapse = next(row for row in inputs.outcomes if row.outcome == "relapse").model_copy(update={"pooled": True})
    assert inputs.why_not_pooled(relapse) == "the outcome is not asked for"
    assert inputs.why_not_pooled(next(row for row in inputs.outcomes if row.pooled)) == ""


def test_a_number_has_the_definition_of_its_own_report(reports: Reports) -> None:
    inputs = reports["itp"].inputs
    linked = dict(inputs.linked)
    study = linked["robak-2007"]
    told = Definition(
        outcome="overall_response", text="a count above 30", evidence=evidence(0, "response meant a count above 30")
    )
    linked["robak-2007"] = study.model_copy(
        update={"candidate": study.candidate.model_copy(update={"definitions": [told]})}
    )
    given = type(inputs)(**{name: getattr(inputs, name) for name in inputs.__dataclass_fields__} | {"linked": linked})
    numbers = [n for group in numbers_of(given)["groups"] for n in group.numbers if n.row.study == "robak-2007"]
    assert {(n.row.outcome, n.defined) for n in numbers} == {("overall_response", "a count above 30")}
    assert [f.words for f in study_facts(linked["robak-2007"])] == ["overall response: a count above 30"]


def test_whom_and_when_have_columns(reports: Reports) -> None:
    rows = reports["itp"].page.xpath("//h3[@id='outcomes-overall_response']/following-sibling::div[1]//tbody/tr[1]")
    told = {words_of(row[0]).split(" A")[0]: [words_of(cell) for cell in row[1:4]] for row in rows}
    assert told["Robak 2007"] == ["response", "1 day", "enrolled"]
    assert told["Wu 2022"] == ["overall response", "1 year", "enrolled"]
    relapse = reports["itp"].page.xpath("//h3[@id='outcomes-relapse']/following-sibling::div[1]//tbody/tr[1]")
    assert {words_of(row[3]) for row in relapse} == {"responders"}


# ---- decisions -----------------------------------------------------------------------------------------------------


def test_a_decision_leads_to_its_study_and_back(reports: Reports) -> None:
    report = reports["itp"]
    for i, row in enumerate(report.inputs.decisions, 1):
        line = report.page.get_element_by_id(f"decision-{i}")
        assert words_of(line[-1]) == f"{row.file}:{row.line}"
        assert line.xpath(".//@href") == [f"studies/{page_name(row.study)}#history"]
        page = html.document_fromstring((report.path.parent / "studies" / page_name(row.study)).read_bytes())
        assert f"../index.html#decision-{i}" in page.xpath("//section[h2/@id='history']//@href")


def test_the_history_says_what_rests_on_a_study(reports: Reports) -> None:
    path = reports["itp"].path.parent / "studies" / page_name("podolanczuk-2009")
    rows = html.document_fromstring(path.read_bytes()).xpath(
        "//h3[.='Pooled numbers, and what rests on them']/following-sibling::div[1]//tbody/tr"
    )
    assert [words_of(cell) for cell in rows[0]] == [
        "A1 Overall response", "14 of 35", "12 of 16", "corrected AB, 2026-11-20", "counted in the table",
        "70.0 %", "69.0 %", "68.0 %",
    ]  # fmt: skip


def test_what_litpool_accepted_and_a_reviewer_changed_is_listed(reports: Reports) -> None:
    inputs = reports["itp"].inputs
    changes = {"machine": "8 of 16", "machine_accepted": True, "decided": "2026-11-20", "reviewers": "CV"}
    same = {**changes, "machine": "14 of 19", "authority": "confirmed"}
    rows = [
        row.model_copy(update=changes if row.authority == "corrected" else same if row.study == "arnold-2010" else {})
        for row in inputs.outcomes
    ]
    told = type(inputs)(**{name: getattr(inputs, name) for name in inputs.__dataclass_fields__} | {"outcomes": rows})
    wrong = decisions_of(told)["wrong"]
    assert [(w.study, w.outcome, w.row.machine) for w in wrong if w.row.outcome == "overall_response"] == [
        ("Podolanczuk 2009", "Overall response", "8 of 16")
    ]
