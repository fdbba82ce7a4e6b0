"""Agreement of raters on categories beyond chance: Cohen's kappa, Fleiss' kappa, Gwet's AC1.

Vocabulary: n subjects, each put into one of q categories by several raters; p_o the share of pairs of ratings that
agree (with weights: agree in part), p_e the same expected by chance; each coefficient is (p_o - p_e)/(1 - p_e).

Kappa falls as one category takes over, however well raters agree (Feinstein & Cicchetti 1990, J Clin Epidemiol 43:543);
AC1 does not, and p_o stands beside both.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.stats import printing
from pipeline.stats.inference import Floats, Inference, Interval, one_of
from pipeline.stats.result import Result
from pipeline.stats.two_step import check_level

Ratings = Sequence[Hashable]

#: how much two categories that lie |i - j| of q - 1 steps apart agree (Cohen 1968, Psychol Bull 70:213)
WEIGHTS: dict[str, Callable[[Floats], Floats]] = {
    "unweighted": lambda apart: np.asarray(apart == 0, float),
    "linear": lambda apart: 1 - apart,
    "quadratic": lambda apart: 1 - apart**2,
}

ONE_CATEGORY = "all ratings are in one category: agreement by chance is certain, and what is beyond it is not defined"
NO_SUBJECT = "no subject was rated twice"
NO_WIDTH = "the large-sample standard error is 0 and gives no interval; see the interval of the share that agrees"
#: a standard error below this is 0 but for rounding
ZERO = 1e-10


@dataclass(frozen=True, kw_only=True)
class Kappa(Result):
    """Agreement beyond chance, 1 at most; `kappa` is the coefficient that `name` says, `n` the subjects with two or
    more ratings, `raters` the most ratings that a subject has.

    `kappa` is None where it is not defined, `se` and `ci` where there is none; `warnings` say why.
    """

    name: str
    n: int
    raters: int
    categories: tuple[Hashable, ...]
    weights: str
    level: float
    p_o: float | None
    p_e: float | None
    kappa: float | None
    se: float | None
    ci: Interval | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        how = "" if self.weights == "unweighted" else f", {self.weights} weights"
        title = f"{self.name} ({self.n} subjects, {self.raters} raters, {len(self.categories)} categories{how})"
        found = f"kappa {printing.number(self.kappa, 0)}, se {printing.number(self.se, 0)}"
        interval = f"{100 * self.level:g} % CI {printing.cell(self.ci)}"
        shares = f"agreement: observed {printing.number(self.p_o, 0)}, by chance {printing.number(self.p_e, 0)}"
        return "\n".join([title, "", f"{found}, {interval}", shares, *printing.notes(self.warnings)])


def cohen_kappa(
    first: Ratings,
    second: Ratings,
    weights: str = "unweighted",
    categories: Ratings | None = None,
    level: float = 0.95,
) -> Kappa:
    """Two raters of the same n subjects, (n,) each (Cohen 1960, Educ Psychol Meas 20:37; weighted: Cohen 1968).

    `weights` of WEIGHTS; other than unweighted they need `categories`, all in their order. Standard error for large n
    (Fleiss, Cohen & Everitt 1969, Psychol Bull 72:323), interval by the normal distribution, cut at -1 and 1. Raises
    ValueError that names the value and what is allowed.
    """
    if len(first) != len(second):
        raise ValueError(f"the raters judged {len(first)} and {len(second)} subjects: must be the same ones")
    known = _categories([first, second], weights, categories, level)
    if not len(first):
        return _undefined("Cohen's kappa", known, weights, level, NO_SUBJECT)
    w = _weights(weights, len(known))
    p = np.zeros_like(w)
    np.add.at(p, (_codes(first, known), _codes(second, known)), 1 / len(first))
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    p_o, p_e = float(np.sum(w * p)), float(rows @ w @ columns)
    size = {"n": len(first), "raters": 2, "p_o": p_o}
    if 1 - p_e < ZERO:
        return _undefined("Cohen's kappa", known, weights, level, ONE_CATEGORY, **size, p_e=1.0)
    kappa = (p_o - p_e) / (1 - p_e)
    moved = w - (1 - kappa) * ((w @ columns)[:, None] + rows @ w)
    variance = float(np.sum(p * moved**2)) - (kappa - p_e * (1 - kappa)) ** 2
    se = float(np.sqrt(max(variance, 0.0) / len(first))) / (1 - p_e)
    return _told("Cohen's kappa", known, weights, Inference(None, level), kappa, se, p_e=p_e, **size)


def fleiss_kappa(
    ratings: Sequence[Ratings],
    weights: str = "unweighted",
    categories: Ratings | None = None,
    level: float = 0.95,
) -> Kappa:
    """Several raters, not necessarily the same for each subject: `ratings` holds the categories that each subject was
    given, in any number (Fleiss 1971, Psychol Bull 76:378; for unequal numbers Gwet 2014, Handbook of Inter-Rater
    Reliability). A subject with one rating has no agreement, but its category counts in what chance expects.

    Standard error over subjects, also where kappa is not 0 (Gwet 2021, Educ Psychol Meas 81:781); interval by t on the
    subjects less one, cut at -1 and 1. With two raters this is Scott's pi, not Cohen's kappa. Else as `cohen_kappa`.
    """

    def chance(p: Floats, w: Floats) -> Floats:
        return np.asarray(w @ p)

    return _over_subjects("Fleiss' kappa", ratings, weights, categories, level, chance)


def gwet_ac1(ratings: Sequence[Ratings], categories: Ratings | None = None, level: float = 0.95) -> Kappa:
    """Gwet's AC1 (Gwet 2008, Br J Math Stat Psychol 61:29), for the ratings and with the inference of `fleiss_kappa`.

    By chance raters agree on subjects that are hard to place, not on all: a category that most subjects are in does not
    lower it. It depends on the number of categories; give `categories` where some were never chosen.
    """

    def chance(p: Floats, w: Floats) -> Floats:
        return np.asarray((1 - p) / (len(p) - 1) if len(p) > 1 else np.ones(1))

    return _over_subjects("Gwet's AC1", ratings, "unweighted", categories, level, chance)


def _over_subjects(
    name: str,
    ratings: Sequence[Ratings],
    weights: str,
    categories: Ratings | None,
    level: float,
    chance: Callable[[Floats, Floats], Floats],
) -> Kappa:
    """`chance(p, w)` of the mean shares p (q,) is what a rating in each category agrees with by chance, (q,)."""
    known = _categories(ratings, weights, categories, level)
    rated = [_codes(r, known) for r in ratings if len(r)]
    several = np.array([len(r) > 1 for r in rated], bool)
    n, m = int(several.sum()), len(rated)
    if not n:
        return _undefined(name, known, weights, level, NO_SUBJECT)
    counts = np.array([np.bincount(r, minlength=len(known)) for r in rated], float)
    w, total = _weights(weights, len(known)), counts.sum(axis=1)
    shares = counts / total[:, None]
    pairs = np.sum(counts * (counts @ w - 1), axis=1) / np.where(several, total * (total - 1), 1)
    p_o = float(pairs[several].mean())
    size = {"n": n, "raters": int(total.max()), "p_o": p_o}
    by_chance = shares @ chance(shares.mean(axis=0), w)
    p_e = float(by_chance.mean())
    if 1 - p_e < ZERO:
        return _undefined(name, known, weights, level, ONE_CATEGORY, **size, p_e=1.0)
    kappa = (p_o - p_e) / (1 - p_e)
    of_each = several * (m / n) * (pairs - p_e) / (1 - p_e) - 2 * (1 - kappa) * (by_chance - p_e) / (1 - p_e)
    se = float(np.sqrt(np.sum((of_each - kappa) ** 2) / (m * (m - 1)))) if m > 1 else 0.0
    return _told(name, known, weights, Inference(max(m - 1, 1), level), kappa, se, p_e=p_e, **size)


def _told(
    name: str, known: Ratings, weights: str, inference: Inference, kappa: float, se: float, **size: float
) -> Kappa:
    """With its interval, where the standard error gives one."""
    flat = se < ZERO
    low, high = inference.around(kappa, se)
    return Kappa(
        name=name,
        categories=tuple(known),
        weights=weights,
        level=inference.level,
        kappa=kappa,
        se=None if flat else se,
        ci=None if flat else (max(low, -1.0), min(high, 1.0)),
        warnings=(NO_WIDTH,) if flat else (),
        **size,  # type: ignore[arg-type]
    )


def _undefined(name: str, known: Ratings, weights: str, level: float, why: str, **size: float | None) -> Kappa:
    given = {"n": 0, "raters": 0, "p_o": None, "p_e": None} | size
    return Kappa(
        name=name,
        categories=tuple(known),
        weights=weights,
        level=level,
        kappa=None,
        se=None,
        ci=None,
        warnings=(why,),
        **given,  # type: ignore[arg-type]
    )


def _categories(ratings: Sequence[Ratings], weights: str, given: Ratings | None, level: float) -> list[Hashable]:
    """As given, or those that occur. Raises ValueError."""
    one_of("weights", weights, list(WEIGHTS))
    check_level(level)
    seen = list(dict.fromkeys(category for each in ratings for category in each))
    if given is None and weights != "unweighted":
        raise ValueError(f"{weights} weights need the categories in their order, got none")
    known = seen if given is None else list(dict.fromkeys(given))
    for category in seen:
        if category not in known:
            raise ValueError(f"category {category!r}: not one of {', '.join(map(repr, known))}")
    return known


def _codes(ratings: Ratings, known: Ratings) -> list[int]:
    number = {category: i for i, category in enumerate(known)}
    return [number[category] for category in ratings]


def _weights(name: str, q: int) -> Floats:
    """(q, q), 1 on the diagonal."""
    places = np.arange(q) / max(q - 1, 1)
    return WEIGHTS[name](np.abs(places[:, None] - places))
