"""Columns of moderators as given: numbers, or the labels of a factor, with what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.formula import ALLOWED, Variable
from pipeline.stats.zero_cells import Flags

#: a table of moderators: columns by name, each of shape (k,); a pandas.DataFrame will do
Data = Mapping[str, Any]

#: how many names an error lists
SHOWN = 20


@dataclass(frozen=True, eq=False)
class Column:
    """`numbers` (k,), NaN where missing, or None for a factor; `labels` (k,), None where missing."""

    numbers: Floats | None
    labels: tuple[str | None, ...]

    @property
    def missing(self) -> Flags:
        return np.array([label is None for label in self.labels], bool)


def column(data: Data, variable: Variable) -> Column:
    """The column that a variable of a formula means. Raises ValueError that names it and what there is."""
    name = variable.column
    if name not in data:
        raise ValueError(f'mods: there is no column "{name}" (columns: {listed(list(data))}); {ALLOWED}')
    values = data[name]
    if isinstance(values, (str, Real)) or not isinstance(values, Iterable):
        values = [values]
    cells = [None if is_missing(v) else v for v in values]
    there = [v for v in cells if v is not None]
    numeric = [isinstance(v, Real) and not isinstance(v, (bool, np.bool_)) for v in there]
    if any(numeric) and not all(numeric):
        odd = next(v for v, number in zip(there, numeric, strict=True) if not number)
        raise ValueError(f'mods: column "{name}" mixes numbers and text ("{odd}")')
    labels = tuple(None if v is None else label(v) for v in cells)
    if not all(numeric) or not there or variable.factor:
        return Column(None, labels)
    numbers = np.array([math.nan if v is None else float(v) for v in cells])
    if np.isinf(numbers).any():
        raise ValueError(f'mods: column "{name}" has an infinite value')
    return Column(numbers, labels)


def is_missing(value: object) -> bool:
    """None, NaN, empty text, and what pandas writes for a missing value."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return (isinstance(value, Real) and math.isnan(value)) or type(value).__name__ in ("NAType", "NaTType")


def label(value: object) -> str:
    """A level as text: 1999 for 1999.0."""
    if isinstance(value, Real) and not isinstance(value, (bool, np.bool_)):
        number = float(value)
        return str(int(number)) if number.is_integer() else str(number)
    return str(value).strip()


def levels(labels: Iterable[str | None]) -> tuple[str, ...]:
    """Distinct labels in order: as numbers where all are, else by the alphabet. The first is the reference."""
    distinct = {text for text in labels if text is not None}
    try:
        return tuple(sorted(distinct, key=lambda text: (float(text), text)))
    except ValueError:
        return tuple(sorted(distinct, key=lambda text: (text.casefold(), text)))


def listed(names: Sequence[object]) -> str:
    """Names for an error."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (", ".join(map(str, names[:SHOWN])) or "none") + more
