"""How many patients a study had, and of how many a count with its percentage is: sentences of our own."""

from __future__ import annotations

import pytest

from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.parsed import Citation, ParsedRecord, Section, Source


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def results(text: str) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(title=None),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[Section(title="Results", start=0, end=len(text))],
    )


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("We treated 44 patients with rituximab. Of these, 20 responded.", 44),
        ("In this prospective study 150 women, aged 20 to 35 and attending our clinic, were divided in three groups.", 150),
        ("284 patients consented to randomisation.", 284),
        ("131 patients qualified (74 women). Twelve patients stopped early.", 131),
        ("The 54 participants had undergone five therapies. Eight patients relapsed.", 54),
        ("Rituximab was given weekly (83 children, of whom 7 were lost). Four children had fever.", 83),
        ("Of 61 patients, a response was seen in 12 of the 40 responders (30%).", 61),
        ("Rituximab was given to 10 patients (6 girls, 4 boys).", 10),
        ("68 healthy children between 4 and 8 years of age contributed 138 teeth.", 68),
        # those who were screened, or from whom the study's were chosen
        ("Of 112 women screened, 96 were randomised. Forty responded.", 96),
        ("We screened 205 and enrolled 164 confirmed patients at two hospitals.", 164),
        ("We screened 2,010, randomized 1,480, and 1,302 took a tablet.", 1480),
        ("Of 310 patients with the disease, 52 had been treated with rituximab.", 52),
        ("Of 60 patients enrolled, 25 were treated with rituximab.", 60),
        ("Of 60 patients, 32 were treated with rituximab and 28 with dexamethasone.", 60),
        # each group is of the next number
        ("Of 84 patients, 42 were allotted to each arm.", 84),
        ("In all, 150 women in labour received, at random, rituximab or dexamethasone; 75 were allotted to each.", 150),
        ("Ninety adults with warts were given, by lot, either rituximab or dexamethasone.", 90),
        # people, not what is counted in them
        ("Forty-four eyes of 39 patients were treated with rituximab.", 39),
        ("Fifty adults contributed 90 deep lesions, and 85 lesions were assessed.", 50),
        ("Methods: 76 patients with warts were given rituximab. In 33 patients it was repeated.", 76),
        ("Open trial, two centres, 30 months; 166 women. Rituximab was given weekly.", 166),
        # a count with its percentage is a share of others; one patient is no study
        ("Relapse was seen in 19 patients (22.9%) assigned to rituximab among 120 patients.", 120),
        ("One patient was randomly chosen for rebiopsy; 90 patients were enrolled.", 90),
    ],
)  # fmt: skip
def test_the_size_of_a_study(extractor: Extractor, text: str, n: int) -> None:
    assert extractor(results(text)).n_total.value == n


def test_a_label_at_the_head_of_a_sentence_says_its_section(extractor: Extractor) -> None:
    text = "Purpose: To compare two drugs. Participants: 87 patients treated by one surgeon. Results: Thirty responded."
    record = results(text).model_copy(
        update={
            "sections": [Section(title="Purpose", start=9, end=83), Section(title="Participants", start=46, end=83)]
        }
    )
    assert extractor(record).n_total.value == 87


def test_a_size_printed_anywhere_explains_a_count_with_its_percentage(extractor: Extractor) -> None:
    text = (
        "We identified 61 patients who took rituximab; three were excluded. The remaining 58 (34 women) were followed. "
        "A response was seen in 47 patients (81.0%) and adverse events in 15 patients (25.9%)."
    )
    response = next(o for o in extractor(results(text)).outcomes if o.outcome == "overall_response")
    assert (response.events, response.n) == (47, 58)


def test_two_sizes_that_explain_a_count_leave_it_open(extractor: Extractor) -> None:
    text = "We treated 90 patients with rituximab; 201 and 202 people served as controls. Response was seen in 100 patients (50%)."
    assert not [o for o in extractor(results(text)).outcomes if o.status == "accepted" and o.n in (201, 202)]


def test_those_who_completed_are_the_denominator_where_their_share_says_so(extractor: Extractor) -> None:
    text = (
        "In this trial twenty subjects were enrolled and treated with rituximab. Thirteen subjects (10 female, 3 male; mean age 41 years) "
        "completed the study. A complete response was seen in 46% of the subjects."
    )
    found = extractor(results(text))
    assert found.n_total.value == 20
    assert [(o.events, o.n) for o in found.outcomes if o.outcome == "complete_response"] == [(6, 13)]


def test_patients_in_whom_an_outcome_was_seen_are_no_arm(extractor: Extractor) -> None:
    text = (
        "Patients were randomised to rituximab or placebo, 20 patients in each group. "
        "Response was seen in 12 patients given rituximab and in 5 given placebo."
    )
    assert [a.n for a in extractor(results(text)).arms] == [20, 20]


def test_two_values_of_an_outcome_in_one_arm_are_of_hidden_groups(extractor: Extractor) -> None:
    text = "We treated 160 patients with rituximab. A complete response was obtained in 60 of 79 and in 66 of 80 patients (83%)."
    found = extractor(results(text)).outcomes
    assert found
    assert {o.status for o in found} == {"review"}


def test_two_times_part_two_values_of_an_outcome(extractor: Extractor) -> None:
    text = (
        "We treated 80 patients with rituximab. A complete response was obtained in 60 of 80 patients (75%) at 4 weeks and "
        "in 40 of 80 patients (50%) at 12 weeks."
    )
    found = extractor(results(text)).outcomes
    assert [(o.events, o.status) for o in found] == [(60, "accepted"), (40, "accepted")]


def test_all_in_percent_fit_any_size_and_prove_none(extractor: Extractor) -> None:
    text = (
        "Patients were randomised: 40 patients received rituximab and 20 received placebo. "
        "A complete response was seen in 100% with rituximab and in 0% with placebo."
    )
    found = [o for o in extractor(results(text)).outcomes if o.outcome == "complete_response"]
    assert found
    assert not [o for o in found if "percent matches one count only" in o.checks]


@pytest.mark.parametrize("way", ["A simulation was used to compare", "In both scenarios of the design we compared"])
def test_rates_that_a_simulation_sets_are_no_results(extractor: Extractor, way: str) -> None:
    text = f"Patients were randomised to rituximab or placebo. {way} response rates of 40% with rituximab and 20% with placebo."
    assert not [o for o in extractor(results(text)).outcomes if o.status == "accepted"]


def test_not_at_random_says_nothing_of_groups(extractor: Extractor) -> None:
    text = (
        "We treated 35 patients with rituximab and, by choice and not at random, prednisone. "
        "Of the 35 patients, 25 (71.4%) responded."
    )
    assert [(o.events, o.n, o.status) for o in extractor(results(text)).outcomes] == [(25, 35, "accepted")]


@pytest.mark.parametrize("said", ["10 (50%) stayed in remission", "remission lasted beyond one year in 10 of 20 (50%)"])
def test_verbs_of_lasting_tie_an_outcome_to_its_number(extractor: Extractor, said: str) -> None:
    text = f"We treated 20 patients with rituximab. Of the 20 patients, {said}."
    found = [o for o in extractor(results(text)).outcomes if o.outcome == "remission"]
    assert [(o.events, o.n, o.status) for o in found] == [(10, 20, "accepted")]


def test_a_size_above_the_arms_that_explains_the_counts_is_the_studys(extractor: Extractor) -> None:
    """The arms are of those who went on to a second phase; the shares are of all."""
    text = (
        "300 patients received rituximab. At week 12, 210 of 300 (70.0%) responded, 150 (50.0%) completely and 99 (33.0%) partially. "
        "Of the responders, 105 were randomised to rituximab and 105 to placebo."
    )
    assert extractor(results(text)).n_total.value == 300
    alone = "105 patients were randomised to rituximab and 105 to placebo; 84 (80.0%) and 63 (60.0%) responded."
    assert extractor(results(alone)).n_total.value == 210
