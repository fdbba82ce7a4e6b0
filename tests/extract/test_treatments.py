"""Treatments of any specialty, short forms that a record defines, arms, and which arm a number belongs to.

All texts are our own; the expected arms and rows are what a reader takes from them.
"""

from __future__ import annotations

import pytest

from pipeline.candidates import Candidate
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.abbreviations import definitions, own_terms
from pipeline.extract.vocabulary import Vocabulary
from pipeline.extract.vocabulary.classes import without_classes
from pipeline.parsed import Citation, ParsedRecord, Section, Source


@pytest.fixture(scope="module")
def vocabulary(settings: Settings) -> Vocabulary:
    return Vocabulary(settings.drugs)


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def read(extractor: Extractor, text: str) -> Candidate:
    return extractor(
        ParsedRecord(
            record_id="r",
            source=Source(file="r.txt", span=(0, len(text))),
            citation=Citation(),
            text=text,
            raw=text,
            pieces=[(0, 0, len(text))],
            sections=[Section(title="Results", start=0, end=len(text))],
        )
    )


# ---- words for treatments ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("They took adriamycin and 5-FU.", {"doxorubicin", "fluorouracil"}),
        ("All got FOLFIRI.", {"fluorouracil", "irinotecan", "leucovorin"}),
        ("CsA or CSA was given.", {"cyclosporine"}),
        ("Usual care was offered.", {"treatment as usual"}),
        ("Co-trimoxazole was stopped.", {"sulfamethoxazole", "trimethoprim"}),
        ("Clomiphene, acyclovir and aspirin.", {"clomifene", "aciclovir", "acetylsalicylic acid"}),
        ("A nicotine patch was worn.", {"nicotine"}),
        ("Waitlist control or cognitive behaviour therapy.", {"waiting list", "cognitive behavioral therapy"}),
        (
            "They had pars plana vitrectomy with peeling of the internal limiting membrane.",
            {"vitrectomy", "ilm peeling"},
        ),
        (
            "Sealants of glass-ionomer cement; MTA; a total contact cast.",
            {"glass ionomer cement", "mineral trioxide aggregate", "off-loading cast"},
        ),
        ("Canalith repositioning (the Epley manoeuvre).", {"epley maneuver"}),
        ("Serum iron, insulin resistance and zinc deficiency were recorded.", set()),
        ("Children received oral iron or zinc supplementation.", {"iron", "zinc"}),
        ("Diuretic use did not change.", set()),
        ("Sham irradiation, sham laser or a sham visit.", {"sham radiotherapy", "sham laser", "sham"}),
        ("Megestrol acetate was taken.", {"megestrol"}),
        ("The antibody KL-T9 was safe. KL-T9 was given weekly.", {"kl-t9"}),
        ("We gave K27, a plant extract. K27 was safe.", {"k27"}),
        ("PD-L1 was expressed; patients with PD-L1 above 50% and CD20 levels; CD20 was low.", set()),
        ("AB12-doxorubicin was infused.", {"ab12-doxorubicin"}),
        ("A new antibody, brandnewumab, was given.", {"brandnewumab"}),
        ("XY1234 was given; XY1234 was safe.", {"xy1234"}),
        ("Serum sodium, glucose and water intake were recorded.", set()),
        ("The medicine was given at baseline.", set()),
        ("Trial NCT01234567, see NCT01234567.", set()),
        ("Dose levels were AB 200 mg and AB 200 mg.", set()),
    ],
)
def test_words_for_treatments(vocabulary: Vocabulary, text: str, names: set[str]) -> None:
    assert {name for term in vocabulary.find(text) for name in term.names} == names


def test_the_reviews_own_drugs_come_first_and_are_marked(vocabulary: Vocabulary) -> None:
    ours, other = vocabulary.find("Eltrombopag and omeprazole")
    assert (ours.own, other.own) == (True, False)


@pytest.mark.parametrize(
    ("text", "short", "names"),
    [
        ("adalimumab plus methotrexate (ADM)", "ADM", {"adalimumab", "methotrexate"}),
        ("T14 (omeprazole, amoxicillin and clarithromycin for 14 days)", "T14",
         {"omeprazole", "amoxicillin", "clarithromycin"}),
        ("triple therapy (omeprazole, amoxicillin, clarithromycin) or no therapy", "triple therapy",
         {"omeprazole", "amoxicillin", "clarithromycin"}),
    ],
)  # fmt: skip
def test_short_forms_for_treatments(vocabulary: Vocabulary, text: str, short: str, names: set[str]) -> None:
    assert own_terms(text, vocabulary.find(text), definitions(text))[short] == names


def short_forms(vocabulary: Vocabulary, text: str) -> dict[str, frozenset[str]]:
    return own_terms(text, vocabulary.find(text), definitions(text))


def test_short_forms_with_doses_name_the_same_drug(vocabulary: Vocabulary) -> None:
    text = "boric acid gel 250 mg (BA250), 500 mg (BA500) or placebo gel; sildenafil (SIL): SIL20, SIL40"
    found = short_forms(vocabulary, text)
    assert found["BA250"] == found["BA500"] == {"boric acid"}
    assert found["SIL20"] == found["SIL40"] == {"sildenafil"}


def test_short_forms_for_other_things_are_no_treatments(vocabulary: Vocabulary) -> None:
    text = "methotrexate-naive rheumatoid arthritis (MRA) and health assessment questionnaire (HAQ)"
    assert own_terms(text, vocabulary.find(text), definitions(text)) == {}
    assert {d.short for d in definitions(text)} == {"MRA", "HAQ"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Low-molecular-weight heparin (LMWH, enoxaparin 1 mg/kg) was given; LMWH was stopped.", {"enoxaparin"}),
        ("Chemotherapy (docetaxel and cisplatin) was given.", {"cisplatin", "docetaxel"}),
        ("Corticosteroids (n = 9) were given; prednisone was not.", {"corticosteroid", "prednisone"}),
        ("They received statins (ezetimibe was not allowed).", {"statin", "ezetimibe"}),
    ],
)
def test_a_class_stands_for_the_members_in_brackets_behind_it(
    vocabulary: Vocabulary, text: str, names: set[str]
) -> None:
    assert {name for term in vocabulary.find(text) for name in term.names} == names


def test_a_class_says_nothing_beside_its_members() -> None:
    assert without_classes(frozenset(["corticosteroid", "prednisone"])) == {"prednisone"}
    assert without_classes(frozenset(["corticosteroid", "azathioprine"])) == {"corticosteroid", "azathioprine"}


# ---- arms ----------------------------------------------------------------------------------------------------------

#: text → (drugs, size) of each arm, in the order named
ARMS = {
    "Ninety patients were randomised to omeprazole (n = 46) or ranitidine (n = 44).":
        [({"omeprazole"}, 46), ({"ranitidine"}, 44)],
    "Of 90 randomised patients, 46 were assigned to omeprazole and 44 to ranitidine.":
        [({"omeprazole"}, 46), ({"ranitidine"}, 44)],
    "Patients were randomised to lansoprazole plus amoxicillin (50) or lansoprazole alone (52).":
        [({"lansoprazole", "amoxicillin"}, 50), ({"lansoprazole"}, 52)],
    "Patients were randomly assigned to receive either fluoxetine, sertraline or placebo.":
        [({"fluoxetine"}, None), ({"sertraline"}, None), ({"placebo"}, None)],
    "Patients were randomised to cisplatin with or without bevacizumab.":
        [({"cisplatin"}, None), ({"bevacizumab", "cisplatin"}, None)],
    "They were randomised to receive oral ondansetron 4, 8 and 16 mg.":
        [],
    "They were randomised to one of the following: ondansetron 4 mg, 8 mg, or placebo.":
        [({"ondansetron"}, None), ({"ondansetron"}, None), ({"placebo"}, None)],
    "Patients were randomised to montelukast (n = 40) or placebo (n = 41). Both groups also took oral budesonide.":
        [({"budesonide", "montelukast"}, 40), ({"budesonide", "placebo"}, 41)],
    "Women took metronidazole for 7 days and were then randomised to clindamycin (n = 40) or placebo (n = 41).":
        [({"clindamycin", "metronidazole"}, 40), ({"metronidazole", "placebo"}, 41)],
    "Patients were randomised to sertraline (n = 40) or placebo (n = 41). All patients had failed fluoxetine.":
        [({"sertraline"}, 40), ({"placebo"}, 41)],
    "Patients were randomised to amoxicillin (500 mg every 8 hours) for 7 days and tinidazole (2 g) for 3 days (40 patients) "
    "or doxycycline (100 mg) and ofloxacin (200 mg twice daily) for 7 days (41 patients).":
        [({"amoxicillin", "tinidazole"}, 40), ({"doxycycline", "ofloxacin"}, 41)],
    "Smokers were randomised to varenicline (n = 40) or a nicotine patch (n = 41).":
        [({"varenicline"}, 40), ({"nicotine"}, 41)],
    "We compared nicotine patches with varenicline. In all, 81 smokers were randomised (varenicline 40, patches 41).":
        [({"varenicline"}, 40), ({"nicotine"}, 41)],
    "Patients were randomised to corticosteroids (prednisolone 40 mg) in 40 or no treatment in 41.":
        [({"prednisolone"}, None), ({"observation"}, None)],
    "Patients were randomised to receive (group B) or not (group A) rifaximin.":
        [({"rifaximin"}, None), ({"observation"}, None)],
}  # fmt: skip


@pytest.mark.parametrize(("text", "arms"), ARMS.items(), ids=range(len(ARMS)))
def test_arms(extractor: Extractor, text: str, arms: list[tuple[set[str], int | None]]) -> None:
    c = read(extractor, text + " The overall response rate was 50%.")
    found = [(set(a.drugs), a.n) for a in c.arms if a.role not in {"pooled", "subgroup"}]
    assert found == arms if arms else len(found) <= 1


def test_counts_of_an_outcome_are_no_sizes(extractor: Extractor) -> None:
    c = read(extractor, "Sixty patients were randomised to a cast or a shoe. Ulcers were cured in 13 (50%) patients in the "
                        "cast group and 5 (21%) patients in the shoe group.")  # fmt: skip
    assert not any(a.n in {5, 13} for a in c.arms)


# ---- which arm a number belongs to ---------------------------------------------------------------------------------

TWO = "Patients were randomised to omeprazole (n = 50) or ranitidine (n = 40). "
#: sentence → events of omeprazole, events of ranitidine
PAIRS = {
    "Ulcers were cured in 40 (80%) patients on omeprazole and 20 (50%) on ranitidine.": (40, 20),
    "Cure rates were 80% and 50% with omeprazole and ranitidine, respectively.": (40, 20),
    "The cure rates of ranitidine and omeprazole were 50% and 80%, respectively.": (40, 20),
    "The cure rate was higher with omeprazole than with ranitidine (80% vs. 50%).": (40, 20),
    "Compared with ranitidine, omeprazole had a higher cure rate (80% vs 50%, p = 0.003).": (40, 20),
    "In the omeprazole group, 40 patients (80%) were cured, compared with 20 (50%) in the ranitidine group.": (40, 20),
    "The cure rate was 80% (40 of 50) for omeprazole and 50% (20/40) for ranitidine.": (40, 20),
    "A cure was seen in 40 of 50 patients in the omeprazole group (80%) and 20 of 40 in the ranitidine group (50%).":
        (40, 20),
    "All patients were cured.": (50, 40),
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "events"), PAIRS.items(), ids=range(len(PAIRS)))
def test_pairs(extractor: Extractor, sentence: str, events: tuple[int, int]) -> None:
    c = read(extractor, TWO + sentence)
    drug = {a.arm: a.drugs[0] for a in c.arms if len(a.drugs) == 1}
    found = {(drug[o.arm], o.events, o.n) for o in c.outcomes if o.outcome == "cure" and o.arm in drug}
    assert found == {("omeprazole", events[0], 50), ("ranitidine", events[1], 40)}


def test_outcomes_in_a_row_share_their_arm(extractor: Extractor) -> None:
    c = read(
        extractor, TWO + "In the omeprazole group there were 5 CR and 10 PR; in the ranitidine group 2 CR and 4 PR."
    )
    drug = {a.arm: a.drugs[0] for a in c.arms if len(a.drugs) == 1}
    found = {(drug[o.arm], o.outcome, o.events) for o in c.outcomes if o.outcome != "overall_response"}
    assert found == {
        ("omeprazole", "complete_response", 5),
        ("omeprazole", "partial_response", 10),
        ("ranitidine", "complete_response", 2),
        ("ranitidine", "partial_response", 4),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Omeprazole reduced the relapse rate by 56% and ranitidine by 30%.",
        "The probability of cure was 80% with omeprazole and 50% with ranitidine.",
        "There was a 20% improvement in cure with omeprazole.",
        "The antibody response was 80% with omeprazole and 50% with ranitidine.",
        "Patients in the eradication group were older (80% vs. 50%).",
    ],
)
def test_what_is_no_share_is_not_accepted(extractor: Extractor, sentence: str) -> None:
    c = read(extractor, TWO + sentence)
    assert [o for o in c.outcomes if o.status == "accepted"] == []


def test_a_part_of_the_patients_is_filed_as_one(extractor: Extractor) -> None:
    c = read(
        extractor,
        TWO + "Cure was seen in 40 of 50 (80%) patients on omeprazole and in 6 of 12 (50%) smokers on omeprazole.",
    )
    roles = {a.arm: a.role for a in c.arms}
    assert {(o.events, o.n, roles[o.arm] == "subgroup") for o in c.outcomes if o.outcome == "cure"} == {
        (40, 50, False),
        (6, 12, True),
    }


def test_a_percentage_without_a_size_is_kept_as_printed(extractor: Extractor) -> None:
    c = read(extractor, "Patients were randomised to omeprazole or ranitidine. The cure rate was 80% with omeprazole and "
                        "50% with ranitidine.")  # fmt: skip
    assert {(o.events, o.n, o.percent) for o in c.outcomes} == {(None, None, 80.0), (None, None, 50.0)}


def test_a_count_of_what_did_not_happen_takes_no_outcome_behind_it(extractor: Extractor) -> None:
    c = read(extractor, "Of 60 enrolled patients on omeprazole, 12 showed no progression and 20 had a recurrence.")
    assert (12, "relapse") not in {(o.events, o.outcome) for o in c.outcomes}


# ---- the treatments of a study's only arm --------------------------------------------------------------------------

#: text of a study of one arm → its drugs
ONLY_ARM = {
    "Forty patients were given capecitabine. Later, four patients received radiotherapy.": {"capecitabine"},
    "Forty patients were given capecitabine, and all of the 40 patients underwent radiotherapy.":
        {"capecitabine", "radiotherapy"},
    "Forty patients received cisplatin with gemcitabine. Nine patients with relapse were given docetaxel.":
        {"cisplatin", "gemcitabine"},
    "Forty patients took lithium in combination with any one of lamotrigine and quetiapine.":
        {"lithium", "lamotrigine", "quetiapine"},
    "Forty patients who had failed infliximab were treated with vedolizumab.": {"vedolizumab"},
    "Forty patients were treated with etanercept, as in the trial against placebo.": {"etanercept"},
    "Forty patients underwent percutaneous nephrolithotomy. When needed, ceftriaxone was given.":
        {"percutaneous nephrolithotomy"},
}  # fmt: skip


@pytest.mark.parametrize(("text", "drugs"), ONLY_ARM.items(), ids=range(len(ONLY_ARM)))
def test_treatments_of_the_only_arm(extractor: Extractor, text: str, drugs: set[str]) -> None:
    c = read(extractor, f"This study had one arm. {text} The response rate was 50%.")
    assert set(c.arms[0].drugs) == drugs
