"""What proves a value and what does not: short texts in our own words, with what is accepted of them."""

from __future__ import annotations

import pytest

from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.arithmetic import chance_of_fit
from pipeline.extract.proofs import WEIGHTS_BY_KIND, Check, raw_score
from pipeline.extract.quantities import Quantity
from tests.extract.test_extract import TWO_ARMS, read, rows

ONE_ARM = "Thirty-eight patients were enrolled and treated with danazol. "


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def test_checks_of_one_kind_count_once() -> None:
    of_whom = [Check.ARM_SIZE, Check.ARMS_ADD_UP, Check.SIZE_AGAIN]
    assert raw_score(of_whom, ()) == raw_score([Check.ARMS_ADD_UP], ()) == 0.8
    assert raw_score([Check.COUNT_MATCHES_PERCENT, Check.EXACT_PERCENT, Check.SIZE_PRINTED], ()) == 0.93


def test_checks_of_two_kinds_fail_independently() -> None:
    assert raw_score([Check.SIZE_PRINTED, Check.ARM_SIZE], ()) == pytest.approx(1 - 0.2 * 0.5)
    assert sum(map(len, WEIGHTS_BY_KIND)) == len(set(Check))


@pytest.mark.parametrize(("n", "decimals", "chance"), [(38, 2, 39 / 10001), (38, 1, 39 / 1001), (60, 0, 61 / 101)])
def test_a_percentage_fits_by_chance_the_more_often_the_fewer_decimals_it_has(
    n: int, decimals: int, chance: float
) -> None:
    assert chance_of_fit(n, Quantity("PERCENT", 0, 0, 50.0, decimals=decimals)) == pytest.approx(chance)
    assert chance_of_fit(500, Quantity("PERCENT", 0, 0, 50.0, decimals=0)) == 1


@pytest.mark.parametrize(
    ("sentence", "accepted"),
    [
        ("The overall response rate was 65.8%.", {(25, 38)}),
        ("An overall response was observed in 65.79%.", {(25, 38)}),
        ("The overall response rate was 66%.", set()),  # 41 of 100 whole percentages are some count of 38
        ("Of these, 31 patients had a second course, and the overall response rate was 65.8%.", set()),
    ],
)
def test_a_percentage_alone_proves_a_size_that_it_would_seldom_fit(
    extractor: Extractor, sentence: str, accepted: set[tuple[int, int]]
) -> None:
    found = rows(read(extractor, ONE_ARM + sentence), "accepted")
    assert {(events, n) for _, _, events, n in found} == accepted


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        # a size that is only computed agrees by construction
        ("Eighty patients were enrolled and treated with danazol. Overall response was seen in 45 patients (64.3%).", set()),
        # it is printed as a number of people
        ("Eighty patients were enrolled and treated with danazol. Ten left early, and the remaining 70 patients were "
         "followed. Overall response was seen in 45 patients (64.3%).", {("overall_response", 45, 70)}),
    ],
)  # fmt: skip
def test_a_size_that_is_only_computed_proves_nothing(
    extractor: Extractor, text: str, accepted: set[tuple[str, int, int]]
) -> None:
    found = rows(read(extractor, text), "accepted")
    assert {(outcome, events, n) for _, outcome, events, n in found} == accepted


@pytest.mark.parametrize(
    ("of_men", "of_women", "proved"),
    [(6, 14, True), (7, 14, False)],
)
def test_parts_of_the_patients_that_give_the_whole_are_proved(
    extractor: Extractor, of_men: int, of_women: int, proved: bool
) -> None:
    text = (
        "Forty patients were enrolled and treated with danazol. Overall response was seen in 20 of 40 patients. "
        f"A response was seen in {of_men} of 15 with and in {of_women} of 25 without a spleen."
    )
    c = read(extractor, text)
    parts = {(o.events, o.n) for o in c.outcomes if Check.PARTS_ADD_UP in o.checks}
    assert parts == ({(6, 15), (14, 25), (20, 40)} if proved else set())
    roles = {a.n: a.role for a in c.arms}
    assert roles[15] == "subgroup"


def test_arms_that_give_the_whole_are_no_parts(extractor: Extractor) -> None:
    text = TWO_ARMS + (
        "Overall, 35 of 60 patients achieved CR. CR was seen in 25 of 40 patients in the combination group and 10 of 20 in the "
        "monotherapy group."
    )
    c = read(extractor, text)
    assert {("A1", "complete_response", 25, 40), ("A2", "complete_response", 10, 20)} <= rows(c, "accepted")
    assert all(a.role != "subgroup" for a in c.arms)


def test_counts_and_percentages_of_two_lists_are_one_share_each(extractor: Extractor) -> None:
    text = (
        "In all, 120 patients were randomised to rituximab or danazol. Sustained response was kept in 30 patients of the "
        "rituximab group, against 19 patients of the danazol group ({}% versus {}%)."
    )
    of_both = {("A1", "sustained_response", 30, 60), ("A2", "sustained_response", 19, 60)}
    assert of_both <= rows(read(extractor, text.format("50.0", "31.7")))
    assert not of_both & rows(read(extractor, text.format("44.0", "36.2")))


def test_a_percentage_of_other_patients_does_not_state_a_value_again(extractor: Extractor) -> None:
    text = "One hundred patients received danazol. Overall response was seen in 81 of 100 patients. {}"
    same = read(extractor, text.format("At the end, the overall response rate was 81% of the 100 patients."))
    other = read(extractor, text.format("At the end, the overall response rate was 81% of the 57 patients."))

    def again(c: object) -> bool:
        return any(Check.STATED_AGAIN in o.checks for o in c.outcomes if o.events == 81)  # type: ignore[attr-defined]

    assert again(same)
    assert not again(other)


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("Overall response was seen in 9 of 26 patients with a spleen.", True),
        (
            "Overall response was seen in 35 of 38 patients who were evaluable.",
            False,
        ),  # nearly all of them: the arm's own
    ],
)
def test_a_part_of_the_patients_is_a_subgroup(extractor: Extractor, sentence: str, part: bool) -> None:
    text = "Forty patients were enrolled and treated with danazol. Overall response was seen in 20 of 40 patients. "
    c = read(extractor, text + sentence)
    last = c.outcomes[-1]
    assert ({a.arm: a.role for a in c.arms}[last.arm] == "subgroup") == part
    assert (Check.PART_SIZE in last.checks) == part


def test_percentages_of_several_arms_prove_together_what_none_does_alone(extractor: Extractor) -> None:
    text = (
        "Patients were randomised: 98 patients received rituximab, 99 patients received danazol and 97 patients received "
        "dapsone. The response rate was {}% with rituximab, 27.3% with danazol and 32.0% with dapsone."
    )
    fits = read(extractor, text.format("20.4"))
    assert sum(Check.EXACT_PERCENT in o.checks for o in fits.outcomes) == 3
    fails = read(extractor, text.format("20.9"))
    assert not any(Check.EXACT_PERCENT in o.checks for o in fails.outcomes)


@pytest.mark.parametrize(
    ("sentence", "accepted"),
    [
        ("In those above 60 years, 9 of 15 responded.", True),
        ("Of those with a spleen, 9 of 26 responded.", True),
        ("When treated for a second time, 9 of 15 responded.", False),
        ("Of those who had relapsed, 9 of 15 responded.", False),
    ],
)
def test_a_part_with_its_own_size_is_accepted_as_a_part_of_the_treated(
    extractor: Extractor, sentence: str, accepted: bool
) -> None:
    text = "Forty patients were enrolled and treated with danazol. Overall response was seen in 20 of 40 patients. "
    found = rows(read(extractor, text + sentence), "accepted")
    assert ("A1", "overall_response", 20, 40) in found
    assert bool({r for r in found if r[2] == 9}) == accepted


@pytest.mark.parametrize(("second", "accepted"), [(15, True), (14, False)])
def test_parts_whose_counts_and_sizes_both_add_up_are_of_the_outcome_of_the_whole(
    extractor: Extractor, second: int, accepted: bool
) -> None:
    text = (
        "Forty patients were enrolled and treated with danazol. Overall response was seen in 20 of 40 patients (50%). "
        f"The response rate did not depend on the spleen: 5/14 versus {second}/26."
    )
    found = {(o.events, o.n): o.status for o in read(extractor, text).outcomes}
    assert (found[5, 14] == found[second, 26] == "accepted") == accepted


def test_evaluated_patients_of_all_arms_that_make_up_nearly_all_are_no_part(extractor: Extractor) -> None:
    text = (
        "Patients were randomised: 84 patients received rituximab, 84 patients received danazol and 84 patients received "
        "dapsone. Cure was seen in 54 ({}%) on rituximab, 62 ({}%) on danazol and 45 ({}%) on dapsone. Counting the "
        "missing as failures, cure was 64.3%, 73.8% and 53.6% on rituximab, danazol and dapsone."
    )
    evaluated = {("A1", "cure", 54, 71), ("A2", "cure", 62, 73), ("A3", "cure", 45, 70)}
    assert evaluated <= rows(read(extractor, text.format("76", "85", "64")), "accepted")
    fewer = rows(read(extractor, text.format("90", "95", "80")), "accepted")  # 60, 65 and 56 of 252
    assert {n for *_, n in fewer} == {84}


@pytest.mark.parametrize("said", ["came to 52.5%", "was limited to 21 of the 40", "was seen in 21 of the 40"])
def test_verbs_that_only_lead_to_the_number_tie_it_to_the_outcome(extractor: Extractor, said: str) -> None:
    text = "Forty patients were enrolled and treated with danazol. The overall response {}."
    assert ("A1", "overall_response", 21, 40) in rows(read(extractor, text.format(said)), "accepted")
    assert not rows(read(extractor, text.format(said.replace(" ", " the costs, which ", 1))), "accepted")


@pytest.mark.parametrize(("partial", "doubted"), [(9, False), (8, True), (14, False)])
def test_parts_that_contradict_the_whole_leave_all_three_in_doubt(
    extractor: Extractor, partial: int, doubted: bool
) -> None:
    text = (
        "Forty patients were enrolled and treated with danazol. Complete response was seen in 5 of 40 patients and partial "
        f"response in {partial} of 40 patients. The overall response was seen in 14 of 40 patients (35%)."
    )  # partial responses of 14 are those at least partial
    found = read(extractor, text).outcomes
    assert len(found) == 3
    assert {o.status for o in found} == {"review" if doubted else "accepted"}


@pytest.mark.parametrize(("total", "percent", "accepted"), [(105, 89, True), (104, 88, False)])
def test_counts_of_all_arms_that_give_the_count_of_all_patients_prove_each_other(
    extractor: Extractor, total: int, percent: int, accepted: bool
) -> None:
    text = (
        "Patients were randomised: 70 patients received rituximab and 48 patients received danazol. The response rate was "
        f"{percent}% ({total} of all 118 patients). Response was seen in 60 patients on rituximab and in 45 on danazol."
    )
    of_arms = {("A1", "overall_response", 60, 70), ("A2", "overall_response", 45, 48)}
    found = read(extractor, text)
    assert of_arms <= rows(found)
    assert (of_arms <= rows(found, "accepted")) == accepted
