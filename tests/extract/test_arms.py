"""Which arms a study has: the many ways in which authors name groups and their sizes, and what only looks like groups.

All texts are our own. What is expected is what a reader takes from them: (label or treatments, size) of each arm.
"""

from __future__ import annotations

import pytest

from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.arms import FoundArm
from pipeline.extract.references import references
from pipeline.parsed import Citation, ParsedRecord, Section, Source


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def arms_record(text: str) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[Section(title="Results", start=0, end=len(text))],
    )


def arms(extractor: Extractor, text: str) -> list[FoundArm]:
    return extractor.find(arms_record(text)).arms


#: text → a word of each arm's label or treatments, and its size
GROUPS: dict[str, list[tuple[str, int | None]]] = {
    # a list of names, each with its size
    "Ninety adults were randomised (varenicline 46, patch 44).": [("varenicline", 46), ("patch", 44)],
    "The safety set held 240 patients: placebo 80, ABC20 81 and ABC40 79. They had been randomised by block.":
        [("placebo", 80), ("abc20", 81), ("abc40", 79)],
    "Sixty patients were randomised. Patients: pulsed, 21; continuous, 19; sham, 20.":
        [("pulsed", 21), ("continuous", 19), ("sham", 20)],
    "In all 120 were randomised: lansoprazole, n = 61; ranitidine, n = 59.": [("lansoprazole", 61), ("ranitidine", 59)],
    "We randomised 100 women to letrozole: 52 or clomiphene: 48.": [("letrozole", 52), ("clomi", 48)],
    # units that are no people
    "Ninety molars were randomly treated with formocresol (30 teeth), sealer X (30 teeth) or laser (30 teeth).":
        [("formocresol", 30), ("sealer", 30), ("laser", 30)],
    "Of 80 eyes randomised, 41 eyes were assigned to grid laser and 39 eyes to bevacizumab.":
        [("laser", 41), ("bevacizumab", 39)],
    "Wounds were randomised to honey (n = 24 wounds) or silver sulfadiazine (n = 26 wounds).":
        [("honey", 24), ("silver", 26)],
    # sizes with slashes
    "Patients were assigned to arm A: dexamethasone, arm B: dexamethasone plus rituximab or arm C: rituximab. "
    "150 were evaluable (A/B/C: 50/52/48).": [("dexamethasone", 50), ("rituximab", 52), ("rituximab", 48)],
    "Women were randomised to metronidazole 250 mg, metronidazole 500 mg or placebo. n = 84/83/85.":
        [("metronidazole", 84), ("metronidazole", 83), ("placebo", 85)],
    # groups of equal size
    "One hundred and fifty women were divided into three equal groups. Group I received letrozole, group II "
    "clomiphene and group III anastrozole.": [("letrozole", 50), ("clomi", 50), ("anastrozole", 50)],
    "Eighty patients were randomly and equally divided into the study group and the control group. The study group "
    "received acarbose and the control group received metformin.": [("study", 40), ("control", 40)],
    "Patients were randomised to omeprazole or ranitidine (45 patients in each group).":
        [("omeprazole", 45), ("ranitidine", 45)],
    "Patients were randomised to omeprazole, ranitidine or placebo, 30 per group.":
        [("omeprazole", 30), ("ranitidine", 30), ("placebo", 30)],
    # sizes that a later sentence gives
    "Patients were randomly allocated to imatinib 400 mg per day, imatinib 800 mg per day, or imatinib 400 mg per day "
    "plus cytarabine. Of the 300 patients, 98 received 400 mg, 102 received 800 mg, and 100 the combination.":
        [("imatinib", 98), ("imatinib", 102), ("cytarabine", 100)],
    "Patients were randomised to add-on rituximab or to continued dexamethasone only. Of 120 subjects, 80 received "
    "add-on and 40 did not.": [("rituximab", 80), ("dexamethasone", 40)],
    "Patients were randomly assigned to acarbose or placebo. A total of 167 patients were enrolled, of whom 84 received "
    "acarbose and 83 placebo.": [("acarbose", 84), ("placebo", 83)],
    "Sixty-one patients were randomised, 30 of whom to drug therapy and 31 to catheter ablation.":
        [("drug", 30), ("ablation", 31)],
    # sizes that only results print
    "Sixty patients were randomised to omeprazole or ranitidine. Ulcers healed in 25 of 31 patients on omeprazole and "
    "in 11 of 29 on ranitidine.": [("omeprazole", 31), ("ranitidine", 29)],
    "Patients were randomised to omeprazole or ranitidine. Ulcers healed in 25/31 with omeprazole and 11/29 with "
    "ranitidine. Pain went in 20/31 of the omeprazole group and in 15/29 of the ranitidine group.":
        [("omeprazole", 31), ("ranitidine", 29)],
    "Patients were randomised to omeprazole or ranitidine. Of the smokers, 5/11 healed with omeprazole and 3/9 with "
    "ranitidine.": [("omeprazole", None), ("ranitidine", None)],
    # doses
    "Starting doses were 200 mg once daily (n = 8), 400 mg once daily (n = 7) and 300 mg twice daily (n = 6). "
    "Rilzabrutinib was given to 21 patients in all.": [("rilzabrutinib", 8), ("rilzabrutinib", 7), ("rilzabrutinib", 6)],
    "Patients were randomised to placebo (n = 50) or to tofacitinib 5 mg (n = 51), 10 mg (n = 49) or 15 mg (n = 50).":
        [("placebo", 50), ("tofacitinib", 51), ("tofacitinib", 49), ("tofacitinib", 50)],
    "Patients were randomised to 1 of 3 treatment groups: omeprazole, 20 mg once daily; omeprazole, 10 mg once daily; or "
    "placebo.": [("20 mg", None), ("10 mg", None), ("placebo", None)],
    "In a randomised study of 220 patients we compared lofexidine (1 mg), buprenorphine (16 mg), and high-dose (60 mg) and "
    "low-dose (20 mg) methadone. There were 55 patients in each group.":
        [("lofexidine", 55), ("buprenorphine", 55), ("methadone", 55), ("methadone", 55)],
    # groups that several sentences explain
    "In this three-arm study patients were assigned 1:1:1. Arm A: dexamethasone 40 mg. Arm B: the same, with rituximab. "
    "Arm C: rituximab alone. 150 were evaluable (A/B/C: 50/52/48).":
        [("dexamethasone", 50), ("dexamethasone rituximab", 52), ("rituximab", 48)],
    # short forms with a dose
    "Adults took brivaracetam (BRV) or placebo (PBO). Randomised: PBO 98, BRV20 99, BRV50 99, BRV100 100.":
        [("placebo", 98), ("brivaracetam", 99), ("brivaracetam", 99), ("brivaracetam", 100)],
    # no word of allocation between the treatments
    "This randomised, double-blind study assessed the efficacy of etanercept (25 mg twice weekly) or placebo in 60 "
    "patients.": [("etanercept", None), ("placebo", None)],
    # what all groups were given, parts of names
    "Patients were divided into the experimental group and the control group. Both groups took dexamethasone for 4 days; "
    "the experimental group took in addition oseltamivir.": [("dexamethasone oseltamivir", None), ("dexamethasone", None)],
    "Adult smokers used cytisine or a nicotine patch; 600 were randomised (cytisine 301, patch 299).":
        [("cytisine", 301), ("nicotine patch", 299)],
    # a third way of naming the same
    "All adults whose second therapy had been splenectomy (58), rituximab (71) or a thrombopoietin agonist (93; "
    "eltrombopag in 60 and romiplostim in 33) were studied.":
        [("splenectomy", 58), ("rituximab", 71), ("eltrombopag", 93)],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GROUPS.items(), ids=range(len(GROUPS)))
def test_groups(extractor: Extractor, text: str, expected: list[tuple[str, int | None]]) -> None:
    found = arms(extractor, text + " The response rate was 50%.")
    assert [a.n for a in found] == [n for _, n in expected]
    named = [" ".join([a.label.lower(), *a.drugs]) for a in found]
    assert all(w in name for name, (word, _) in zip(named, expected, strict=True) for w in word.split()), named


#: texts of one group, however many treatments and numbers they name
ONE_GROUP = [
    "Prior therapy: corticosteroids (9), immunoglobulin (9), vincristine (4). Nine children were treated with ciclosporin.",
    "Of 402 patients with cytopenia, 46 had been treated with mycophenolate for thrombocytopenia.",
    "Of 310 women screened, 52 received letrozole.",
    "Forty patients received rituximab; 12 had been given azathioprine and 9 ciclosporin before.",
    "Concomitant drugs were prednisone (20), azathioprine (8) and methotrexate (5). All 33 patients took infliximab.",
    "Ninety infants were given propranolol for haemangiomas: periocular 31, facial 38, airway 6, ulcerated 15.",
    "After auxiliary treatments (lithotripsy 14, ureteroscopy 9) 90 of 100 patients were free of stones.",
    "Rescue treatment consisted of prednisone (n = 6), immunoglobulin (n = 4) and platelets (n = 2). Thirty patients were "
    "treated with danazol.",
    "Thirty patients were treated with danazol. Side effects were acne (4), weight gain (3) and raised enzymes (2).",
    "Fifty patients were treated with rituximab; ITP was newly diagnosed in 10, persistent in 15 and chronic in 25.",
]  # fmt: skip


@pytest.mark.parametrize("text", ONE_GROUP, ids=range(len(ONE_GROUP)))
def test_one_group(extractor: Extractor, text: str) -> None:
    assert len(arms(extractor, text + " The response rate was 50%.")) == 1


@pytest.mark.parametrize(
    ("sentence", "order"),
    [
        ("The response rate was 60% in the high-dose arm and 30% in the low-dose arm.", [1, 0]),
        ("The response rate was 60% with the higher dose and 30% with the lower dose.", [1, 0]),
        ("The response rate was 60% in patients given 20 mg and 30% in those given 5 mg.", [1, 0]),
        ("A high response rate of 60% was seen with 5 mg.", [0]),
    ],
)
def test_words_for_doses(extractor: Extractor, sentence: str, order: list[int]) -> None:
    record = arms_record(
        "Patients were randomised to tofacitinib 5 mg (n = 50) or tofacitinib 20 mg (n = 50). " + sentence
    )
    found = extractor.find(record)
    assert [r.arm for r in references(found.readings[-1], found.arms)] == order


@pytest.mark.parametrize(
    ("text", "evaluated"),
    [
        ("Fifty patients were assigned to omeprazole and 48 to ranitidine. Of the 90 patients with endoscopy, 40 of the 44 "
         "in the omeprazole group and 8 of the 46 in the ranitidine group were cured.", [44, 46]),
        ("Fifty patients were assigned to omeprazole and 48 to ranitidine. Of the smokers, 10 of the 14 in the omeprazole "
         "group and 8 of the 16 in the ranitidine group were cured.", [None, None]),
        ("Fifty patients were assigned to omeprazole and 48 to ranitidine. Forty-four of the omeprazole group were "
         "evaluable.", [44, None]),
    ],
)  # fmt: skip
def test_evaluated(extractor: Extractor, text: str, evaluated: list[int | None]) -> None:
    assert [a.evaluable for a in arms(extractor, text + " The response rate was 50%.")] == evaluated


def test_sizes_tell_the_arms(extractor: Extractor) -> None:
    record = arms_record(
        "Patients were randomised to imatinib 400 mg (n = 52), imatinib 800 mg (n = 54) or placebo (n = 53). A complete "
        "response was seen in 18 of 54, 28 of 52 and 16 of 53 patients (p = 0.4 for 400 mg)."
    )
    assert [(o.arm, o.events, o.n) for o in extractor(record).outcomes] == [
        ("A2", 18, 54), ("A1", 28, 52), ("A3", 16, 53),
    ]  # fmt: skip


def test_parts_whose_sizes_stand_beside_the_arms(extractor: Extractor) -> None:
    record = arms_record(
        "We randomised 139 patients: 92 received rituximab (83 with chronic disease) and 47 placebo (41 with chronic "
        "disease). A sustained response was seen in 15 of 83 given rituximab and 2 of 41 given placebo."
    )
    found = extractor(record)
    part = {a.arm: (a.role, a.n) for a in found.arms}
    assert [part[o.arm] for o in found.outcomes] == [("subgroup", 83), ("subgroup", 41)]
