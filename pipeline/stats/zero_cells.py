"""What is added to the cells of studies that have an empty one, as metafor's `add`, `to` and `drop00` say it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.inference import one_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: all studies, those with an empty cell, all as soon as one has an empty cell, none
TO = ("all", "only0", "if0all", "none")


def corrected(cells: Floats, add: float, to: str) -> Floats:
    """`cells` (c, k), the c counts of each study, with `add` in every cell of the studies that `to` (of TO) names.

    Raises ValueError that names the value and what is allowed.
    """
    one_of("to", to, TO)
    if not 0 <= add < np.inf:
        raise ValueError(f"add = {add}: must be a number of 0 or more (1/2 is usual)")
    empty = (cells == 0).any(axis=0)
    chosen = {"all": np.ones_like(empty), "only0": empty, "if0all": np.full_like(empty, empty.any())}
    return np.asarray(cells + add * chosen.get(to, np.zeros_like(empty)))


def as_missing(yi: Floats, vi: Floats) -> tuple[Floats, Floats]:
    """Both NaN where one of the two is not finite: the study has no effect on this scale."""
    lost = ~(np.isfinite(yi) & np.isfinite(vi))
    return np.where(lost, np.nan, yi), np.where(lost, np.nan, vi)


def usable(yi: Floats, vi: Floats) -> Flags:
    """Studies that inverse-variance weights can be given to. Raises ValueError where none is left."""
    kept = np.isfinite(yi) & (vi > 0)
    if not kept.any():
        raise ValueError(f"no study has an effect with a variance above 0: add something, to {', '.join(TO[:3])}")
    return kept


def correction_notes(add: float, to: str, some: int, k: int, cells: str, which: str) -> list[str]:
    """The warning that `add` was put to `cells` of the `some` of k studies `which` need it, or of all."""
    if add > 0 and some > 0 and to == "only0":
        return [f"{add:g} was added to {cells} of {some} of {k} studies, which {which}"]
    if add > 0 and (to == "all" or (to == "if0all" and some > 0)):
        return [f"{add:g} was added to {cells} of all studies"]
    return []


def left_out(kept: Flags, why: str) -> tuple[str, ...]:
    """The warning that names the studies left out, counted from 1; none where all are kept."""
    if kept.all():
        return ()
    numbers = [str(i + 1) for i in np.flatnonzero(~kept)]
    shown = ", ".join(numbers[:10]) + (f" and {len(numbers) - 10} more" if len(numbers) > 10 else "")
    return (f"left out: {'study' if len(numbers) == 1 else 'studies'} {shown}: {why}",)
