"""Comparisons between arms: the outcome and the arms of a printed effect, and what the counts say of it."""

from __future__ import annotations

import pytest

from pipeline.candidates import Candidate, Comparison
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.explain import explain
from pipeline.parsed import Citation, ParsedRecord, Section, Source

ARMS = "Patients were randomised: 40 patients received rituximab plus ATRA, and 20 patients received rituximab alone. "
#: 30 of 40 against 10 of 20: RD 0.25, RR 1.5, OR 3
RESPONSE = "A response was seen in 30 of 40 patients (75%) in the combination group and in 10 of 20 (50%) in the monotherapy group"


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def record(text: str, heading: str = "Results") -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[
            Section(title="Results", start=0, end=len(ARMS)),
            Section(title=heading, start=len(ARMS), end=len(text)),
        ],
    )


def read(extractor: Extractor, text: str, heading: str = "Results") -> Candidate:
    return extractor(record(ARMS + text, heading))


def said(c: Candidate) -> list[tuple[str, str, float, list[str], str]]:
    return [(x.outcome, x.measure, x.estimate, x.arms, x.status) for x in c.comparisons]


def only(c: Candidate) -> Comparison:
    (found,) = c.comparisons
    return found


def doubts(x: Comparison) -> list[str]:
    return [check.removeprefix("doubt: ") for check in x.checks if check.startswith("doubt: ")]


@pytest.mark.parametrize(
    ("printed", "measure", "estimate", "arms"),
    [
        ("RR 1.5; 95% CI 0.93 to 2.41", "RR", 1.5, ["A1", "A2"]),
        ("odds ratio 3.0 [95% CI 0.97-9.30]", "OR", 3.0, ["A1", "A2"]),
        ("difference 25 percentage points, 95% CI -1 to 51", "RD", 0.25, ["A1", "A2"]),
        ("risk ratio 0.67", "RR", 0.67, ["A2", "A1"]),
        ("P = .05; the between-group difference was 25% [-1 to 51%]", "RD", 0.25, ["A1", "A2"]),
        ("absolute risk reduction 25%", "RD", 0.25, ["A1", "A2"]),
    ],
)
def test_the_counts_confirm_it_and_say_which_arm_comes_first(
    extractor: Extractor, printed: str, measure: str, estimate: float, arms: list[str]
) -> None:
    c = read(extractor, f"{RESPONSE} ({printed}).")
    assert said(c) == [("overall_response", measure, estimate, arms, "accepted")]
    assert "estimate matches the counts" in only(c).checks
    assert all("printed comparison matches" in o.checks for o in c.outcomes if o.outcome == "overall_response")


def test_an_interval_of_the_counts_confirms_a_misprinted_estimate(extractor: Extractor) -> None:
    x = only(read(extractor, f"{RESPONSE} (between-group difference, 0.27; 95% CI, -0.01-0.51)."))
    assert (x.estimate, x.checks, x.status) == (0.27, ["interval matches the counts"], "accepted")


def test_counts_that_give_another_effect_raise_a_doubt(extractor: Extractor) -> None:
    c = read(extractor, f"{RESPONSE} (RR 1.9; 95% CI 1.2 to 3.0).")
    assert doubts(only(c)) == ["the text does not say which arm comes first", "the counts give 1.50 (0.93 to 2.41)"]
    assert only(c).status == "review"
    assert not any("printed comparison matches" in o.checks for o in c.outcomes)


def test_an_adjusted_effect_may_differ_from_the_counts(extractor: Extractor) -> None:
    x = only(read(extractor, f"{RESPONSE} (adjusted RR 1.9; 95% CI 1.2 to 3.0)."))
    assert (x.adjusted, doubts(x)) == (True, ["the text does not say which arm comes first"])


def test_percentages_alone_confirm_an_estimate(extractor: Extractor) -> None:
    sizes = "Patients were randomised to rituximab plus ATRA or to rituximab alone. "
    text = "Remission was seen in 64% with rituximab plus ATRA and in 32% with rituximab alone (RR 0.50)."
    x = only(extractor(record(sizes + text)))
    assert (x.arms, x.checks) == (["A2", "A1"], ["estimate matches the percentages"])


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("The hazard ratio for relapse in the combination group versus the monotherapy group was 0.6 (0.4-0.9).", ["A1", "A2"]),
        ("The hazard ratio for relapse in the monotherapy group versus the combination group was 1.6 (1.1-2.5).", ["A2", "A1"]),
        ("Relapse was rarer in the combination group than in the monotherapy group (HR 0.6, 0.4 to 0.9).", ["A1", "A2"]),
        ("Compared with the monotherapy group, relapse was rarer in the combination group (HR 0.6; 0.4 to 0.9).", ["A1", "A2"]),
    ],
)  # fmt: skip
def test_the_order_that_the_text_names(extractor: Extractor, text: str, arms: list[str]) -> None:
    x = only(read(extractor, f"{RESPONSE}. {text}"))
    assert (x.outcome, x.measure, x.arms, doubts(x)) == ("relapse", "HR", arms, [])
    assert x.status == "review", "nothing confirms it"


def test_where_no_order_is_named_it_is_in_doubt(extractor: Extractor) -> None:
    text = f"{RESPONSE}. Relapse did not differ between the groups (HR 0.9 [95% CI 0.6-1.4], p = 0.6)."
    x = only(read(extractor, text))
    assert doubts(x) == ["the arms are not named beside it", "the text does not say which arm comes first"]
    assert (x.p, x.p_is, x.evidence.text) == (0.6, "=", "HR 0.9 [95% CI 0.6-1.4], p = 0.6")


def test_an_order_not_named_is_that_of_the_other_comparisons(extractor: Extractor) -> None:
    text = f"{RESPONSE} (RR 0.67). Relapse did not differ between the groups (RR 0.9 [95% CI 0.6-1.4])."
    assert [x.arms for x in read(extractor, text).comparisons] == [["A2", "A1"], ["A2", "A1"]]


def test_each_effect_of_a_sentence_has_its_own_outcome(extractor: Extractor) -> None:
    text = (
        f"{RESPONSE}. With rituximab plus ATRA there were more complete responses (OR 2.1, 1.1 to 4.0) and fewer relapses "
        "(OR 0.5, 0.2 to 0.9) than with rituximab alone; the odds ratios for remission and death were 1.4 (p = 0.03) and "
        "0.8 (p = 0.7), respectively."
    )
    found = [(x.outcome, x.estimate, x.arms) for x in read(extractor, text).comparisons]
    assert found == [
        ("complete_response", 2.1, ["A1", "A2"]),
        ("relapse", 0.5, ["A1", "A2"]),
        ("remission", 1.4, ["A1", "A2"]),
        ("death", 0.8, ["A1", "A2"]),
    ]


def test_the_hazard_of_relapse_free_survival_is_of_relapse(extractor: Extractor) -> None:
    text = "{} was longer in the combination group than in the monotherapy group (HR 0.6, 0.4 to 0.9)."
    assert only(read(extractor, f"{RESPONSE}. {text.format('Relapse-free survival')}")).outcome == "relapse"
    assert only(read(extractor, f"{RESPONSE}. {text.format('Overall survival')}")).outcome == "survival"


def test_the_kind_of_analysis_is_noted(extractor: Extractor) -> None:
    text = f"{RESPONSE} (RR 1.5). Sensitivity analyses (between-group difference 0.20, 95% CI 0.01-0.39) agreed."
    first, second = read(extractor, text).comparisons
    assert (first.analysis, second.analysis) == (None, "sensitivity analysis")
    assert (second.outcome, second.estimate) == ("overall_response", 0.2), "of the outcome before"


@pytest.mark.parametrize(
    "sentence",
    [
        "Response was predicted by young age (OR 2.1, 95% CI 1.2-3.4).",
        "Complete response (OR 2.1, 95% CI 1.2-3.4) was associated with sustained response.",
        "In multivariate analysis age was related to relapse in the combination group (HR 2.1, 95% CI 1.2-3.4).",
        "Relapse was more common in men than in women (RR 2.1, 95% CI 1.2-3.4).",
        "Relapse differed between patients who were or were not smokers in the combination group (RR 2.1, 1.2-3.4).",
        "Relapse was common in patients without anaemia (RR 2.1, 95% CI 1.2-3.4).",
        "A previous trial found fewer relapses with rituximab plus ATRA than with rituximab alone (RR 0.5, 0.3-0.8).",
        "Death, stroke or infarction was rarer with rituximab plus ATRA than with rituximab alone (RR 0.5, 0.3-0.8).",
        "Platelets rose faster with rituximab plus ATRA than with rituximab alone (HR 2.1, 1.2-3.4); relapse was rare.",
    ],
)
def test_what_is_no_comparison_of_the_arms(extractor: Extractor, sentence: str) -> None:
    assert read(extractor, f"{RESPONSE}. {sentence}").comparisons == []


def test_a_treatment_may_be_associated_with_less(extractor: Extractor) -> None:
    text = f"{RESPONSE}. Rituximab plus ATRA was associated with fewer relapses than rituximab alone (HR 0.6, 0.4-0.9)."
    assert said(read(extractor, text)) == [("relapse", "HR", 0.6, ["A1", "A2"], "review")]


def test_a_comparison_within_some_of_the_patients_is_in_doubt(extractor: Extractor) -> None:
    text = (
        f"{RESPONSE}. Among women with diabetes, relapse was rarer with rituximab plus ATRA than with rituximab alone "
        "(RR 0.5, 0.3 to 0.8)."
    )
    assert "speaks of some of the patients only" in doubts(only(read(extractor, text)))
    text = (
        f"{RESPONSE}. With rituximab plus ATRA fewer relapsed than with rituximab alone (carriers: 25% vs 40%; OR 0.4; "
        "95% CI 0.2 to 0.8)."
    )
    assert "speaks of some of the patients only" in doubts(only(read(extractor, text)))


@pytest.mark.parametrize("heading", ["Methods", "Background", "Conclusion"])
def test_only_results_are_read(extractor: Extractor, heading: str) -> None:
    text = f"{RESPONSE} (RR 1.5)."
    assert len(read(extractor, text).comparisons) == 1
    assert read(extractor, text, heading).comparisons == []


def test_a_study_of_one_arm_has_none(extractor: Extractor) -> None:
    text = "Thirty patients were enrolled and treated with danazol. Of the 30 patients, 21 (70%) responded (OR 2.1, 1.2-3.4)."
    assert extractor(record(text)).comparisons == []


def test_the_evidence_is_a_slice_of_the_source(extractor: Extractor) -> None:
    text = f"{RESPONSE} (RR 1.5; 95% CI 0.93 to 2.41)."
    e = only(read(extractor, text)).evidence
    assert (ARMS + text)[e.start : e.end] == e.text == "RR 1.5; 95% CI 0.93 to 2.41"


def test_they_are_explained(extractor: Extractor) -> None:
    shown = " ".join(
        explain(extractor, extractor.find(record(f"{ARMS}{RESPONSE} (RR 1.5; 95% CI 0.93 to 2.41)."))).split()
    )
    assert "Comparisons of arms A1 over A2 overall_response (“response”): RR 1.5 (0.93 to 2.41), “RR 1.5;" in shown
    assert "+ estimate matches the counts + interval matches the counts = accepted" in shown
