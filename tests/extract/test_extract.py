"""Whole records: short texts in our own words, with what a reader would note down."""

from __future__ import annotations

import pytest

from pipeline.candidates import Candidate
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.parsed import Citation, ParsedRecord, Section, Source


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def read(extractor: Extractor, text: str, title: str | None = None) -> Candidate:
    """The candidate of a record whose results are the whole text."""
    record = ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(title=title),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[Section(title="Results", start=0, end=len(text))],
    )
    return extractor(record)


def rows(candidate: Candidate, status: str | None = None) -> set[tuple[str, str, int | None, int | None]]:
    return {(o.arm, o.outcome, o.events, o.n) for o in candidate.outcomes if status in (None, o.status)}


TWO_ARMS = (
    "Patients were randomised: 40 patients received rituximab plus ATRA, and 20 patients received rituximab alone. "
)


def test_a_count_and_a_percentage_that_agree_are_accepted(extractor: Extractor) -> None:
    c = read(
        extractor, "Thirty patients were enrolled and treated with danazol. Of the 30 patients, 21 (70%) responded."
    )
    assert rows(c, "accepted") == {("A1", "overall_response", 21, 30)}
    assert (c.n_total.value, c.arms[0].drugs) == (30, ["danazol"])


def test_a_percentage_that_does_not_agree_is_not(extractor: Extractor) -> None:
    c = read(
        extractor, "Thirty patients were enrolled and treated with danazol. Of the 30 patients, 21 (80%) responded."
    )
    assert rows(c, "accepted") == set()
    assert c.outcomes, "it is shown to a person"


def test_responders_of_whom_two_things_are_told_are_not_those_evaluated(extractor: Extractor) -> None:
    whole = "Thirty patients were treated with danazol. Of the 30 patients, 21 (70%) responded. "
    of_them = "Of the 21 patients who had responded, 3 (14.3%) relapsed and 9 (42.9%) were in remission."
    assert [a.n for a in read(extractor, whole + of_them).arms] == [30]
    fewer = "Thirty patients were treated with danazol. Results are of 21 patients: 3 (14.3%) relapsed, 9 (42.9%) responded."
    assert [a.n for a in read(extractor, fewer).arms] == [21]


def test_a_lone_count_waits(extractor: Extractor) -> None:
    c = read(extractor, "Thirty patients were enrolled and treated with danazol. Remission was seen in 12 patients.")
    assert rows(c, "accepted") == set()
    assert ("A1", "remission", 12, 30) in rows(c)


def test_arms_in_either_order(extractor: Extractor) -> None:
    text = TWO_ARMS + "CR was seen in {} patients in the {} group and {} patients in the {} group."
    one = read(extractor, text.format("20 (50%)", "combination", "5 (25%)", "monotherapy"))
    other = read(extractor, text.format("5 (25%)", "monotherapy", "20 (50%)", "combination"))
    assert rows(one) == rows(other) == {("A1", "complete_response", 20, 40), ("A2", "complete_response", 5, 20)}


def test_respectively_pairs_lists(extractor: Extractor) -> None:
    listed = "In all, 24 (60%) and 10 (25%) patients achieved sustained response and CR, respectively."
    c = read(extractor, "Forty patients were enrolled and received danazol. " + listed)
    assert rows(c, "accepted") == {("A1", "sustained_response", 24, 40), ("A1", "complete_response", 10, 40)}


def test_relapse_is_a_share_of_those_who_responded(extractor: Extractor) -> None:
    c = read(extractor, "Thirty patients were enrolled and treated with danazol. "
                        "Of the 30 patients, 20 (66.7%) responded, of whom 8 (40%) relapsed.")  # fmt: skip
    relapse = next(o for o in c.outcomes if o.outcome == "relapse")
    assert (relapse.events, relapse.n, relapse.denominator) == (8, 20, "responders")


def test_a_response_beside_the_complete_ones_is_short_of_complete(extractor: Extractor) -> None:
    """By arithmetic: 8 and 12 are the 20, 15 are more than the 8."""
    enrolled = "Forty patients were enrolled and treated with danazol. Overall response was seen in 20 (50%). "
    apart = read(extractor, enrolled + "CR was seen in 8 (20%) and response in 12 (30%).")
    assert ("A1", "partial_response", 12, 40) in rows(apart, "accepted")
    within = read(extractor, enrolled + "CR was seen in 8 (20%) and response at week 4 in 15 (37.5%).")
    assert ("A1", "overall_response", 15, 40) in rows(within)
    fewer = read(extractor, "Forty patients were enrolled and treated with danazol. "
                            "CR was seen in 18 (45%) and response in 12 (30%).")  # fmt: skip
    assert ("A1", "partial_response", 12, 40) in rows(fewer, "review")


def test_a_rounded_percentage_repeats_the_counted_row(extractor: Extractor) -> None:
    arms = "Patients were randomised: 158 patients received rituximab, and 159 patients received danazol. "
    told = "A response was seen in 68% with rituximab and 67% with danazol."
    again = "A response was seen in 107 of 158 patients with rituximab and 106 of 159 patients with danazol. "
    c = read(extractor, arms + again + told)
    assert rows(c) == {("A1", "overall_response", 107, 158), ("A2", "overall_response", 106, 159)}


def test_zero_is_a_number(extractor: Extractor) -> None:
    c = read(
        extractor, "Fifteen patients were enrolled and treated with danazol. CR was seen in 0 of 15 patients (0%)."
    )
    assert rows(c, "accepted") == {("A1", "complete_response", 0, 15)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Response was defined as platelets above 30 in 50% of visits.",
        "Time to response was 20 days in 18 (60%) patients.",
        "There was no response in 9 (30%) patients.",
        "In a previous study, 18 (60%) patients responded.",
        "Responders were older in 18 (60%) cases.",
    ],
)
def test_what_is_no_outcome_is_not_accepted(extractor: Extractor, sentence: str) -> None:
    c = read(extractor, "Thirty patients were enrolled and treated with danazol. " + sentence)
    assert rows(c, "accepted") == set()


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("ITP: a systematic review", "We searched PubMed. In 40 patients 20 (50%) responded.", "review"),
        ("Rituximab: a meta-analysis", "Of 400 patients, 200 (50%) responded.", "meta-analysis"),
        ("Rituximab in a case report", "She was treated and responded.", "case report"),
        ("Study protocol", "Patients will be randomised to rituximab or placebo.", "protocol"),
        ("Platelets in mice", "In vitro and in mice, 8 of 10 (80%) responded to treatment.", "preclinical"),
        ("Bleeding in ITP", "Forty patients were enrolled. Gums bled in 20 (50%).", "no response proportion"),
        ("What is ITP", "A disease. First responses to rituximab reach 60-70%.", "not a study"),
    ],
)
def test_exclusions(extractor: Extractor, title: str, text: str, reason: str) -> None:
    c = read(extractor, text, title)
    assert (c.eligibility.decision, c.eligibility.reason) == ("exclude", reason)
    assert c.outcomes == []
    assert c.arms == []


def test_evidence_is_the_source(extractor: Extractor) -> None:
    text = TWO_ARMS + "OR was seen in 30 (75%) patients in the combination group."
    for o in read(extractor, text).outcomes:
        assert text[o.evidence.start : o.evidence.end] == o.evidence.text


def test_doses(extractor: Extractor) -> None:
    c = read(extractor, "Thirty patients were enrolled and received rituximab 100 mg weekly for 6 weeks. "
                        "Of the 30 patients, 21 (70%) responded.")  # fmt: skip
    dose = c.arms[0].regimen[0]
    assert (dose.drug, dose.dose, dose.unit, dose.schedule, dose.duration) == (
        "rituximab",
        100,
        "mg",
        "weekly",
        "6 weeks",
    )


THIRTY_OF_40 = "Forty patients were enrolled and treated with danazol. Of the 40 patients, 30 (75%) responded"


@pytest.mark.parametrize(
    ("words", "row"),
    [
        (", of whom 12 relapsed.", ("A1", "relapse", 12, 30)),
        ("; 12 of these relapsed later.", ("A1", "relapse", 12, 30)),
        (", 12 patients relapsed and 9 patients regained remission with rituximab.", ("A1", "remission", 9, 12)),
    ],
)
def test_words_that_take_up_the_patients_just_counted_name_the_denominator(
    extractor: Extractor, words: str, row: tuple[str, str, int, int]
) -> None:
    assert row in rows(read(extractor, THIRTY_OF_40 + words), "accepted")


@pytest.mark.parametrize(
    "words",
    [
        ", and 12 relapsed.",
        ", 20 without prednisone, of whom 12 relapsed.",
        ", 12 patients relapsed, 4 moved away and 9 patients regained remission.",
    ],
)
def test_others_counted_between_leave_it_open(extractor: Extractor, words: str) -> None:
    accepted = rows(read(extractor, THIRTY_OF_40 + words), "accepted")
    assert accepted == {("A1", "overall_response", 30, 40)}


IN_REMISSION = THIRTY_OF_40 + " and 12 of them relapsed. The other 18 patients remained in remission. "


@pytest.mark.parametrize(
    "words",
    [
        "Seven patients had stable counts after stopping all drugs and the other 11 went on with a low dose.",
        "Seven patients still had safe counts without treatment, and the remaining 11 took a low dose.",
        "Eleven patients took a low dose, and the other 7 kept stable counts off all medication.",
    ],
)
def test_those_in_remission_are_parted_into_off_and_on_treatment(extractor: Extractor, words: str) -> None:
    assert ("A1", "remission", 7, 18) in rows(read(extractor, IN_REMISSION + words), "accepted")


@pytest.mark.parametrize(
    "words",
    [
        "Seven patients stopped treatment because of side effects and the other 11 remained on a low dose.",
        "Seven patients had stable counts after stopping all drugs and the other 10 went on with a low dose.",
        "Seven patients had stable counts on treatment and the other 11 had low counts.",
    ],
)
def test_stopping_for_a_reason_or_parts_that_do_not_add_up_are_no_remission(extractor: Extractor, words: str) -> None:
    assert ("A1", "remission", 18, 30) in rows(read(extractor, IN_REMISSION + words))
    assert ("A1", "remission", 7, 18) not in rows(read(extractor, IN_REMISSION + words))


LASTING = "Twenty adults were enrolled and treated with danazol. Nine patients had a durable response"


@pytest.mark.parametrize(
    "words",
    [
        ". Five others had transient responses. Counts doubled in these 14 patients.",
        ", and another 5 patients responded temporarily. The 14 responders were younger.",
    ],
)
def test_lasting_and_passing_responses_give_all_where_their_sum_is_printed(extractor: Extractor, words: str) -> None:
    both = {("A1", "overall_response", 14, 20), ("A1", "sustained_response", 9, 20)}
    assert rows(read(extractor, LASTING + words), "accepted") == both


@pytest.mark.parametrize(
    "words",
    [
        ". Five others had transient responses. Counts doubled in these 13 patients.",
        ". Five others had transient rashes. Counts doubled in these 14 patients.",
        ". Five had transient responses. Counts doubled in these 14 patients.",
    ],
)
def test_no_sum_of_responses_that_the_text_does_not_prove(extractor: Extractor, words: str) -> None:
    c = read(extractor, LASTING + words)
    assert rows(c, "accepted") == set()
    assert ("A1", "overall_response", 14, 20) not in rows(c)


EXPOSED = (
    "Forty patients were enrolled and treated with danazol. Sixteen patients had been exposed to azathioprine. "
    "Overall 28 of 40 patients (70%) responded. "
)


@pytest.mark.parametrize(
    "words",
    [
        "Rates were alike in patients who had been exposed to azathioprine (63% CR, 25% PR).",
        "In patients with azathioprine before, 63% achieved a CR and 25% a PR.",
    ],
)
def test_percentages_of_a_part_whose_number_stands_elsewhere(extractor: Extractor, words: str) -> None:
    c = read(extractor, EXPOSED + words)
    assert {("A2", "complete_response", 10, 16), ("A2", "partial_response", 4, 16)} <= rows(c, "accepted")
    assert [(a.role, a.n, a.drugs) for a in c.arms[1:]] == [("subgroup", 16, ["danazol"])]


@pytest.mark.parametrize(
    "words",
    [
        # of the others
        "Rates were alike in patients who had not been exposed to azathioprine (63% CR, 25% PR).",
        # nobody says how many
        "Rates were alike in patients who had an enlarged spleen (63% CR, 25% PR).",
        # sixteen patients do not give them
        "Rates were alike in patients who had been exposed to azathioprine (60% CR, 25% PR).",
    ],
)
def test_percentages_of_a_part_of_unknown_size_wait(extractor: Extractor, words: str) -> None:
    c = read(extractor, EXPOSED + words)
    assert rows(c, "accepted") == {("A1", "overall_response", 28, 40)}
    assert all(n != 16 for _, _, _, n in rows(c))
