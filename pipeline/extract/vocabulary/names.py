"""What the names of `drugs.csv` stand for: the substances of a fixed combination, without the form they are given in, by
their international nonproprietary names (`inn.csv` holds those that other names are usual for in the United States or
in older texts)."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
#: endings that name how a substance is given ("nicotine patch"), not the substance
_FORM = re.compile(
    r" (?:otic|nasal(?: (?:gel|powder|solution|spray))?|patch|vaginal|gum|lozenges?|buccal|sublingual(?: spray| and buccal)?"
    r"|spray|urogenital|implant|inhalation|lipid complex|liposomal)$"
)
#: four letters that the FDA adds to the name of a biological medicine: "burosumab-twza"
_SUFFIX = re.compile(r"(?<=[a-z]{4})-(?!only)[a-z]{4}$")


def substances(name: str) -> frozenset[str]:
    """The substances that a name of `drugs.csv` stands for.

    >>> sorted(substances("acetaminophen and codeine"))
    ['codeine', 'paracetamol']
    >>> sorted(substances("burosumab-twza"))
    ['burosumab']
    """
    whole = _inn().get(name)
    parts = [name] if whole is not None else re.split(r" and |/", _FORM.sub("", name))
    return frozenset(one for part in parts for one in _inn().get(part, _SUFFIX.sub("", part)).split("|"))


@cache
def _inn() -> dict[str, str]:
    with (HERE / "inn.csv").open(encoding="utf-8", newline="") as rows:
        return {row["name"]: row["inn"] for row in csv.DictReader(rows)}
