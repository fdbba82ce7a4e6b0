"""Make pipeline/extract/vocabulary/drugs.csv: names of medicines and their synonyms, for texts of any specialty.

    python scripts/vocabulary.py drug_named_entity_recognition-2.0.9-py3-none-any.whl

The source is the dictionary inside that package (MIT licence), which gathers the open data of DrugBank's vocabulary
(CC0), MeSH and MedlinePlus (US government works). Left out: brands and synonyms that are everyday words or substances
that texts name without giving them (STOP), chemical formulas, and names of more than four words.
"""

from __future__ import annotations

import bz2
import csv
import pickle
import re
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

OUT = Path(__file__).parents[1] / "pipeline/extract/vocabulary/drugs.csv"
INSIDE = "drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2"
NAME = re.compile(r"[a-z0-9][a-z0-9'/ -]{2,38}[a-z0-9]$")
#: measured, made by the body, eaten or breathed, or an everyday word: a mention is seldom a treatment
STOP = frozenset(
    """
    water oxygen nitrogen carbon air glucose cholesterol creatinine urea bilirubin albumin hemoglobin
    haemoglobin sodium potassium chloride calcium phosphate iodine sulfur hydrogen helium lead mercury alcohol
    ethanol cocaine nicotine tobacco cannabis marijuana coffee tea sugar milk egg eggs wheat corn rice soy
    soybean peanut peanuts salt latex histamine serotonin dopamine norepinephrine acetylcholine adenosine
    glutamate glycine tyrosine phenylalanine tryptophan lactate lactose sucrose fructose galactose starch
    cellulose gelatin collagen fibrin fibrinogen plasma blood serum thrombin platelet platelets il-2 il-6 tnf
    tnf-alpha cortisol estradiol progesterone homocysteine uric acid hydroxyl ammonia acid base triglycerides
    triglyceride protein proteins peptide peptides lipid lipids antigen antibody antibodies control trial
    impact response advance complete secure relief today equal basis optimal unity stress-free balance effect
    effects focus journey phase start prevent protect result results normal novel all one two safe sure clear
    fast easy soft life ensure boost force allergen pollen dust iron copper zinc magnesium aluminum aluminium
    silver gold ferritin transferrin amylase lipase trypsin pepsin renin angiotensin bradykinin prothrombin
    factor endothelin leptin insulin-like ghrelin glucagon-like prolactin thyroglobulin androgen estrogen
    estrogens hormone hormones solution gel cream lotion oil powder spray tablet capsule dose agent agents
    nucleic acids dna rna virus bacteria yeast tumor necrosis factor formic acid arsenic radium uranium
    lithium-ion nitric oxide carbon dioxide carbon monoxide cyclin kinase adenine guanine thymine cytosine
    uracil thymidine uridine cytidine guanosine threonine serine valine acetate nitrate nitrite titanium
    varicella thyroid plasmin plasminogen fibronectin glutathione indium phenol nonpeptide leucine isoleucine
    alanine proline asparagine aspartate methionine lysine histidine citrate
    """.split()
)
#: substances that STOP takes apart at blanks but which are one name
STOP_PHRASES = frozenset(
    ("uric acid", "nitric oxide", "carbon dioxide", "carbon monoxide", "nucleic acids", "formic acid")
)


def main(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        data = pickle.loads(bz2.decompress(archive.read(INSIDE)))
    rows = synonyms(data)
    with OUT.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["name", "synonyms"])
        writer.writerows([name, "|".join(sorted(rows[name]))] for name in sorted(rows))
    print(f"{OUT}: {len(rows)} names, {sum(map(len, rows.values()))} synonyms")


def synonyms(data: dict) -> dict[str, set[str]]:
    """Name → its other names."""
    facts = data["drug_canonical_to_data"]
    rows: dict[str, set[str]] = defaultdict(set)
    for variant, canonicals in data["drug_variant_to_canonical"].items():
        known = [c for c in canonicals if medicine(c, facts.get(c, {}))]
        name = tidy(known[0]) if known else ""
        if name and usable(name):
            rows[name] |= {variant} - {name} if usable(variant) else set()
    return rows


def medicine(name: str, facts: dict) -> bool:
    """Registered as a drug by one of the sources and told of by another, or named as one word like an INN."""
    sources = sum(key in facts for key in ("medline_plus_id", "mesh_id", "wikipedia_url", "nhs_url"))
    return "medline_plus_id" in facts or ("drugbank_id" in facts and (sources > 0 or name.isalpha()))


def tidy(name: str) -> str:
    return re.sub(r"\bvitamin ([a-k]) (\d+)", r"vitamin \1\2", name.split(" (")[0].strip())


def usable(name: str) -> bool:
    short = len(name) < 5 and not re.search(r"\d.*-|-.*\d|^\d", name)
    return (
        bool(NAME.match(name))
        and not short
        and len(name.split()) <= 4
        and name not in STOP | STOP_PHRASES
        and not re.search(r"\d{3}|,|^\d+ |^[\d-]+$", name)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
