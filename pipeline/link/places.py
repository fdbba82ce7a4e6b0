"""Where a report comes from: institutions and cities of its authors' addresses, and hospitals that its text names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.link.titles import folded

#: a part of an address that names an institution; the other parts are departments, streets, cities, countries
_INSTITUTION = re.compile(
    r"hosp|univ|clinic|klini|institut|istituto|college|cent(?:er|re)|school|infirmary|ospedale|policlinico|academ"
    r"|foundation|charite|inst\b|ctr\b|med\b|krankenhaus|sanatori|chu\b|irccs"
)
_DEPARTMENT = re.compile(
    r"^(?:dep(?:t|artment)s?|division|div|section|unit|service|servicio|laborator|lab"
    r"|faculty|fac|school|program|state key|key)\b"
)
#: words that names of one institution have or lack
_WEAK = frozenset(
    """the of and for at in de la del di der und a affiliated first second third medical medicine hospital university
    univ hosp center centre school college institute clinic faculty department national general health
    sciences science research med ctr inst teaching key state people""".split()
)
_WORD = re.compile(r"[a-z0-9]+")
_SHORT = {
    "univ": "university",
    "hosp": "hospital",
    "ctr": "center",
    "centre": "center",
    "med": "medical",
    "inst": "institute",
    "coll": "college",
    "sch": "school",
    "dept": "department",
    "haematology": "hematology",
    "st": "saint",
}
#: a report with more institutions than this is of many centres, and shares one with many others
MANY = 12


def institutions(addresses: Iterable[str], hospitals: Iterable[str]) -> dict[str, str]:
    """Key → name as printed, of each institution; departments, streets and countries are left out."""
    found: dict[str, str] = {}
    for address in addresses:
        for name in _parts(address):
            found.setdefault(_key(name), name)
    for name in hospitals:
        if len(name.split()) > 1:
            found.setdefault(_key(name), name)
    found.pop("", None)
    return found


@lru_cache(maxsize=50_000)
def _parts(address: str) -> tuple[str, ...]:
    parts = [part.strip(" .;") for part in re.split(r"[,;]", address[:1000])]
    named = [p for p in parts if _INSTITUTION.search(folded(p)) and not _DEPARTMENT.match(folded(p))]
    return tuple(p for p in named if 2 <= len(p.split()) <= 14)


def _key(name: str) -> str:
    """Words of a name in order of the alphabet, abbreviations written out, without articles; "" if none tells."""
    words = {_SHORT.get(w, w) for w in _WORD.findall(folded(name))}
    return " ".join(sorted(words - {"the", "of", "and", "for", "at", "in", "de"})) if words - _WEAK else ""


@lru_cache(maxsize=50_000)
def _city(address: str) -> str:
    """The part before the country, without numbers: "…, 300020 Tianjin, China" is tianjin."""
    parts = [re.sub(r"[\w-]*\d[\w-]*", " ", folded(part)).strip(" .") for part in address[:1000].split(",")]
    words = [" ".join(_WORD.findall(part)) for part in parts]
    words = [w for w in words if w]
    last = words[-3:-1] if len(words) > 3 else words[-2:-1]
    return next((w for w in reversed(last) if len(w) > 3 and not _INSTITUTION.search(w)), "")


def cities(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(city for city in map(_city, addresses) if city)
