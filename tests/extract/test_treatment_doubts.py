"""What an arm was given, its part in the study, and when its rows wait because its treatment is open.

All texts are our own. What is expected is what a reader takes from them.
"""

from __future__ import annotations

import pytest

from pipeline.candidates import Candidate
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.proofs import Doubt
from pipeline.parsed import Citation, ParsedRecord, Section, Source


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def record(title: str, **sections: str) -> ParsedRecord:
    """A record with a title and sections in order, each under its name."""
    text, spans = title, [Section(title="Title", start=0, end=len(title))]
    sections = {name: sections[name] for name in ("methods", "results") if name in sections}
    for name, words in sections.items():
        text += "\n\n"
        spans.append(Section(title=name.capitalize(), start=len(text), end=len(text) + len(words)))
        text += words
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=spans,
    )


def read(extractor: Extractor, title: str, **sections: str) -> Candidate:
    """What is read of a record; one without results would be kept out with its arms."""
    return extractor(record(title, **{"results": "The overall response rate was 40%.", **sections}))


def drugs(c: Candidate) -> list[list[str]]:
    return [a.drugs for a in c.arms if a.role not in {"pooled", "subgroup"}]


def roles(c: Candidate) -> list[str]:
    return [a.role for a in c.arms if a.role not in {"pooled", "subgroup"}]


def waits(c: Candidate) -> set[str]:
    """The arms of which some number waits for the arm's treatment."""
    return {o.arm for o in c.outcomes if f"doubt: {Doubt.TREATMENT_OPEN}" in o.checks}


RESULTS = "Relapse was seen in 6 of 40 patients (15%) in the early group and 14 of 40 (35%) in the late group."


# ---- rows that wait --------------------------------------------------------------------------------------------------


def test_treatments_of_the_title_that_no_arm_has(extractor: Extractor) -> None:
    """Groups that the text takes from others are not the study's."""
    quoted = "Forty patients were randomised to cisplatin (n = 20) or carboplatin (n = 20)."
    results = "Relapse was seen in 5 of 20 patients (25%) on cisplatin and 8 of 20 patients (40%) on carboplatin."
    other = read(extractor, "Sorafenib for liver cancer: a randomised trial", methods=quoted, results=results)
    assert waits(other) == {"A1", "A2"}
    own = read(extractor, "Cisplatin for liver cancer: a randomised trial", methods=quoted, results=results)
    assert waits(own) == set()


def test_the_same_treatment_as_the_control(extractor: Extractor) -> None:
    """Something sets the arm apart from the control that was not found."""
    methods = "Eighty patients were randomised to an experimental group (n = 40) or a control group (n = 40). "
    results = (
        "Relapse was seen in 6 of 40 patients (15%) in the experimental group and 14 of 40 (35%) in the control group."
    )
    c = read(
        extractor,
        "A device for eczema: a randomised trial",
        methods=methods + "The experimental group received betamethasone under the device. "
        "The control group received betamethasone.",
        results=results,
    )
    assert drugs(c) == [["betamethasone"], ["betamethasone"]]
    assert waits(c) == {"A1"}


def test_two_doses_of_a_treatment_are_two_treatments(extractor: Extractor) -> None:
    c = read(
        extractor,
        "Two doses of sertraline: a randomised trial",
        methods="Eighty patients were randomised to sertraline 50 mg (n = 40) or sertraline 100 mg (n = 40).",
        results="Remission was seen in 12 of 40 patients (30%) on 50 mg and in 20 of 40 patients (50%) on 100 mg.",
    )
    assert waits(c) == set()


def test_nothing_known_of_an_arm(extractor: Extractor) -> None:
    methods = "Eighty patients were randomised to an early group (n = 40) or a late group (n = 40). "
    c = read(extractor, "A randomised trial in eczema", methods=methods, results=RESULTS)
    assert drugs(c) == [[], []]
    assert waits(c) == {"A1", "A2"}
    told = methods + "The early group received betamethasone and the late group received tacrolimus."
    assert waits(read(extractor, "A randomised trial in eczema", methods=told, results=RESULTS)) == set()


# ---- which part an arm has ---------------------------------------------------------------------------------------------


def test_usual_care_of_one_arm_is_not_lent_to_the_other(extractor: Extractor) -> None:
    c = read(
        extractor,
        "A nurse-led programme for asthma: a randomised trial",
        methods="Eighty patients were randomised to PNA (experimental group, n = 40) or usual care (control group, n = 40).",
        results="Relapse was seen in 6 of 40 patients (15%) in the PNA group and 14 of 40 (35%) in the usual care group.",
    )
    assert drugs(c)[1] == ["treatment as usual"]
    assert "treatment as usual" not in drugs(c)[0]
    assert roles(c) == ["experimental", "control"]


def test_patients_untreated_before_are_no_control(extractor: Extractor) -> None:
    methods = (
        "Previously untreated patients were randomised to rituximab (n = 40) or rituximab plus lenalidomide (n = 40)."
    )
    c = read(extractor, "Lenalidomide added in lymphoma: a randomised trial", methods=methods)
    assert roles(c) == ["control", "experimental"]
    both = read(extractor, "A randomised trial", methods=methods.replace("rituximab (", "an untreated group ("))
    assert roles(both)[0] == "control"


def test_label_of_the_arm_with_the_addition(extractor: Extractor) -> None:
    c = read(
        extractor,
        "Docetaxel with or without bevacizumab: a randomised trial",
        methods="We randomised 80 patients to docetaxel with or without bevacizumab.",
    )
    assert [a.label.lower() for a in c.arms if a.role == "experimental"] == ["docetaxel with bevacizumab"]


# ---- what all are given -------------------------------------------------------------------------------------------------


def test_support_is_no_part_of_the_arms(extractor: Extractor) -> None:
    methods = "Eighty patients were randomised to oxaliplatin (n = 40) or irinotecan (n = 40). "
    title = "Oxaliplatin or irinotecan: a randomised trial"
    support = "Prophylaxis of emesis with ondansetron was given to all patients. All patients were given allopurinol."
    assert drugs(read(extractor, title, methods=methods + support)) == [["oxaliplatin"], ["irinotecan"]]
    backbone = "All patients received capecitabine."
    both = drugs(read(extractor, title, methods=methods + backbone))
    assert both == [["capecitabine", "oxaliplatin"], ["capecitabine", "irinotecan"]]


def test_a_unit_of_dose_is_not_given(extractor: Extractor) -> None:
    methods = (
        "Eighty patients were randomised to an intervention group (n = 40) or a control group (n = 40). "
        "The intervention group received {} for a year."
    )
    unit = read(extractor, "A randomised trial", methods=methods.format("morphine-equivalent doses of opioids"))
    assert "morphine" not in drugs(unit)[0]
    given = read(extractor, "A randomised trial", methods=methods.format("morphine"))
    assert drugs(given)[0] == ["morphine"]


# ---- of whom a number is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "results",
    [
        "In all, 200 patients were randomised (abatacept, n = 100; adalimumab, n = 100), of whom 70 (70%) "
        "abatacept-treated and 60 (60%) adalimumab-treated patients were in remission.",
        "Remission was seen in 70 (70%) abatacept-treated and 60 (60%) adalimumab-treated patients.",
        "On abatacept 70 (70%) and on adalimumab 60 (60%) were in remission.",
        "Remission: abatacept 70 (70%), adalimumab 60 (60%).",
    ],
)
def test_the_name_on_the_number(extractor: Extractor, results: str) -> None:
    methods = "Patients were randomised to abatacept (n = 100) or adalimumab (n = 100)."
    c = read(extractor, "Abatacept or adalimumab: a randomised trial", methods=methods, results=results)
    assert {(o.arm, o.events) for o in c.outcomes if o.outcome == "remission"} == {("A1", 70), ("A2", 60)}


def test_the_first_patients_are_not_those_evaluated(extractor: Extractor) -> None:
    methods = "Patients were randomised to abatacept (n = 120) or adalimumab (n = 118). "
    interim = "An interim analysis was done when the first 80 patients on abatacept were assessable."
    sizes = [a.n for a in read(extractor, "A randomised trial", methods=methods + interim).arms]
    assert sizes[:2] == [120, 118]
    final = "In the abatacept group 110 patients were assessable."
    assert [a.n for a in read(extractor, "A randomised trial", methods=methods + final).arms][:2] == [110, 118]


def test_percentages_of_the_per_protocol_population(extractor: Extractor) -> None:
    """They are of fewer than the arm's size, which 100% does not show."""
    methods = "Patients were randomised to artesunate (n = 50) or quinine (n = 50)."
    title = "Artesunate or quinine: a randomised trial"

    def some(results: str) -> bool:
        cured = [o for o in read(extractor, title, methods=methods, results=results).outcomes if o.outcome == "cure"]
        assert cured
        return any(f"doubt: {Doubt.SOME_PATIENTS}" in o.checks for o in cured)

    rates = "cure rates were 100% with artesunate and 92% with quinine."
    assert some(f"In the per-protocol population, {rates}")
    assert some(f"In the PP population {rates}")
    assert some(f"At the interim analysis {rates}")
    assert some(f"The data monitoring committee saw that {rates}")
    assert not some(f"In the intention-to-treat population, {rates}")
    assert not some("In the per-protocol population 44 of 45 (98%) were cured with artesunate.")
