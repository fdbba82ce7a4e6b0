"""What kind of value a field holds, and when two values of it are the same."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

Kind = Literal["count", "category", "text"]
COUNT: Kind = "count"
CATEGORY: Kind = "category"
TEXT: Kind = "text"

COUNTS = frozenset({"events", "n", "n_total", "percent"})
#: a confirmation of a whole row has no field: its value is "25 of 35"
TEXTS = frozenset({"", "drugs", "label", "name", "regimen", "timepoint", "notices"})


def kind_of(field: str) -> Kind:
    """Of a field such as n_total, or relapse.events; what is neither a count nor free text is a category."""
    column = field.rpartition(".")[2]
    return COUNT if column in COUNTS else TEXT if column in TEXTS else CATEGORY


def number(value: str) -> float | None:
    """None where the text is not a finite number."""
    try:
        found = float(value) if "_" not in value else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) else None


@lru_cache(maxsize=65536)  # the rows of a study are compared with each line on it
def same_text(field: str, value: str) -> str:
    """What two values of the field have in common if, and only if, they are the same: numbers by size, drugs in any
    order, 25/35 and 25 of 35, everything else without regard to case and blanks."""
    text = " ".join(value.split()).casefold()
    found = number(text) if kind_of(field) == COUNT else None
    if found is not None:
        return f"{found:.10g}"
    if field == "drugs":
        return " + ".join(sorted(d.strip() for d in text.replace("|", "+").split("+") if d.strip()))
    if field == "":
        return " of ".join(part.strip() for part in text.replace("/", " of ").split(" of "))
    return text


def same_value(field: str, a: str, b: str) -> bool:
    return same_text(field, a) == same_text(field, b)
