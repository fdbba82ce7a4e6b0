"""Is the conclusion likely to change? What the numbers can say of it, for one outcome.

When to update is a question of whether what is new may change the conclusion (Garner P et al. BMJ 2016;354:i3507).
Four things speak for it here: the result crossed a threshold that the review set; its interval came to lie on another
side of one, which bears on how sure the conclusion is; the result moved by what the review calls a shift that matters;
or it lies outside the interval of then. None of them says what caused the shift: the steps beside it do.
"""

from __future__ import annotations

from typing import Literal

from pipeline.config import Living, Threshold
from pipeline.released import Crossed, Estimate, Interval, Matter

Side = Literal["above", "below", "across", "no interval"]

_SIDES: dict[Side, str] = {
    "above": "above it",
    "below": "below it",
    "across": "on both sides of it",
    "no interval": "not known",
}


def matter(outcome: str, before: Estimate | None, after: Estimate | None, living: Living) -> Matter:
    if before is None or after is None:
        return _one_side(before, after)
    shift = after.proportion - before.proportion
    crossed = [_crossed(t, before, after) for t in living.thresholds if t.outcome == outcome]
    found = Matter(
        verdict="unlikely",
        shift=shift,
        of_interval=_of_interval(abs(shift), before.ci),
        in_interval=_within(after.proportion, before.ci),
        in_prediction=_within(after.proportion, before.pi),
        limit=living.shift,
        thresholds=crossed,
    )
    reasons = _reasons(found)
    return found.model_copy(update={"verdict": "likely" if reasons else "unlikely", "why": reasons or [_calm(found)]})


def _one_side(before: Estimate | None, after: Estimate | None) -> Matter:
    if after is not None:
        return Matter(verdict="first", why=["Nothing was pooled before."])
    return Matter(verdict="gone", why=["Nothing can be pooled any more." if before else "Nothing was pooled, or is."])


def _crossed(t: Threshold, before: Estimate, after: Estimate) -> Crossed:
    turned = (before.proportion < t.proportion) != (after.proportion < t.proportion)
    sides = _side(before.ci, t.proportion), _side(after.ci, t.proportion)
    return Crossed(proportion=t.proportion, meaning=t.meaning, before=sides[0], after=sides[1], turned=turned)


def _side(ci: Interval | None, threshold: float) -> Side:
    if ci is None:
        return "no interval"
    return "above" if ci[0] >= threshold else "below" if ci[1] < threshold else "across"


def _of_interval(shift: float, ci: Interval | None) -> float | None:
    return None if ci is None or ci[1] <= ci[0] else shift / ((ci[1] - ci[0]) / 2)


def _within(value: float, interval: Interval | None) -> bool | None:
    return None if interval is None else interval[0] <= value <= interval[1]


# ---- in words ------------------------------------------------------------------------------------------------------


def _reasons(m: Matter) -> list[str]:
    found = [f"The result crossed {_named(c)}." for c in m.thresholds if c.turned]
    found += [
        f"The interval, then {_SIDES[c.before]}, is now {_SIDES[c.after]}: {_named(c)}."
        for c in m.thresholds
        if not c.turned and c.before != c.after and "no interval" not in (c.before, c.after)
    ]
    if m.limit is not None and m.shift is not None and abs(m.shift) >= m.limit:
        found.append(f"It moved by {_points(m.shift)}; the review calls {_points(m.limit)} a shift that matters.")
    if m.in_interval is False:
        beyond = ", and outside the prediction interval" if m.in_prediction is False else ""
        found.append(f"The result lies outside the interval of then{beyond}.")
    return found


def _calm(m: Matter) -> str:
    if m.shift is not None and abs(m.shift) < 0.0005:
        return "The result is the same."
    parts = [] if m.of_interval is None else [f"{round(100 * m.of_interval)} % of half the interval of then"]
    parts += ["within that interval"] if m.in_interval else []
    parts.append("no threshold crossed" if m.thresholds else "the review sets no threshold for it")
    moved = "" if m.shift is None else _points(m.shift)
    return f"It moved by {moved}: {', '.join(parts)}."


def _named(c: Crossed) -> str:
    return f"the threshold of {100 * c.proportion:g} % ({c.meaning})"


def _points(shift: float) -> str:
    return f"{abs(100 * shift):.1f} percentage points"
