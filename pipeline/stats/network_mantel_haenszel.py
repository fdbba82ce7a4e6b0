"""Network meta-analysis of odds ratios by Mantel and Haenszel, for rare events: nothing is added to empty cells.

Efthimiou, Rücker, Schwarzer, Higgins, Egger & Salanti (2019, Stat Med 38:2992), as netmeta's `netmetabin`: the studies
of each design are pooled by the Mantel-Haenszel odds ratios of several groups (Greenland 1989, Biometrics 45:183), and
the designs by generalised least squares. x, y, z number the T arms of a design, events a and non-events b, (k, T).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import Floats
from pipeline.stats.inference import Inference, one_of
from pipeline.stats.network_arms import Arms, check_connected, checked_arms, informative_arms
from pipeline.stats.network_designs import design_name, designs_of, q_test
from pipeline.stats.network_effects import differences, network_effects
from pipeline.stats.network_result import NetworkMH
from pipeline.stats.two_step import check_level
from pipeline.stats.zero_cells import Flags


@dataclass(frozen=True, eq=False)
class Pooled:
    """Log odds ratios of a design's treatments (by name) against its first, (T - 1,), and their covariance."""

    treatments: tuple[str, ...]
    name: str
    mu: Floats
    covariance: Floats
    k: int


def pool_network_mh(
    study: Sequence[Hashable],
    treatment: Sequence[Hashable],
    events: ArrayLike,
    n: ArrayLike,
    level: float = 0.95,
    reference: str | None = None,
) -> NetworkMH:
    """Common odds ratios of a network, from arms as `pool_network` takes them.

    Left out, with warnings: studies without events, or without non-events; arms of a design that have none of either in
    all its studies; designs that are left with one arm, or without a finite odds ratio. Raises ValueError that names
    the value and what is allowed, or the parts of a network that is not connected.
    """
    check_level(level)
    arms, warnings = informative_arms(checked_arms(study, treatment, events, n), "OR")
    check_connected(arms)
    found, keep, lost = _designs(arms)
    left = arms.kept(keep)
    if not len(left.treatments):
        raise ValueError("no design has events and non-events in two of its arms: Mantel-Haenszel has no odds ratio")
    check_connected(left)
    if reference is not None:
        one_of("reference", reference, left.treatments)
    theta, covariance, q = _least_squares(found, left.treatments)
    normal = Inference(None, level)
    mu, se = differences(theta, covariance)
    return NetworkMH(
        measure="OR",
        level=level,
        treatments=left.treatments,
        reference=left.treatments[0] if reference is None else reference,
        k=sum(design.k for design in found),
        designs=tuple(design.name for design in found),
        common=network_effects(left.treatments, mu, se, normal, (se, normal)),
        inconsistency=q_test(q, sum(len(design.mu) for design in found) - len(theta)),
        warnings=(*warnings, *lost),
    )


def _designs(arms: Arms) -> tuple[list[Pooled], Flags, list[str]]:
    """The designs that have an estimate, which arms (N,) they use, and what is left out."""
    of_study = designs_of(arms.study, arms.treatment)
    found, keep, lost = [], np.zeros(len(arms.study), bool), []
    for design in sorted(set(of_study)):
        studies = np.array([d == design for d in of_study])
        at = np.flatnonzero(studies[arms.study]).reshape(-1, len(design))
        a, b, name = arms.events[at], (arms.n - arms.events)[at], design_name(arms.treatments, design)
        both = (a.sum(axis=0) > 0) & (b.sum(axis=0) > 0)
        if both.sum() < 2 or not _finite(a[:, both], b[:, both]):
            lost.append(f"left out: design {name}: its studies give no finite odds ratio")
            continue
        names = [arms.treatments[t] for t in design]
        if not both.all():
            gone = ", ".join(t for t, kept in zip(names, both, strict=True) if not kept)
            lost.append(f"left out: {gone} in design {name}: all or none had the event in all its studies")
        mu, covariance = pool_design(a[:, both], b[:, both])
        treatments = tuple(t for t, kept in zip(names, both, strict=True) if kept)
        found.append(Pooled(treatments, name, mu, covariance, len(at)))
        keep[at[:, both]] = True
    return found, keep, lost


def _finite(a: Floats, b: Floats) -> bool:
    return bool((_totals(a, b) > 0).all())


def _crossed(a: Floats, b: Floats) -> Floats:
    """(k, T, T): a_x b_y over the study's size."""
    size = (a + b).sum(axis=1)
    return np.asarray(a[:, :, None] * b[:, None, :] / size[:, None, None])


def _totals(a: Floats, b: Floats) -> Floats:
    """(T, T): C_xy, the sum of a_x b_y / size over the studies; 1 on the diagonal, where no odds ratio needs it."""
    total = np.asarray(_crossed(a, b).sum(axis=0))
    np.fill_diagonal(total, 1.0)
    return total


def pool_design(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Log odds ratios of T arms against the first, (T - 1,), and their covariance, from k studies of one design.

    The Mantel-Haenszel estimates L_xy of pairs do not add up; their means L_x = Σ_z L_xz / T do, as L_x - L_y
    (Mickey & Elashoff 1985). With two arms this is Mantel and Haenszel's odds ratio, its variance that of Robins,
    Breslow & Greenland.
    """
    total = _totals(a, b)
    arms = len(total)
    pairs = np.log(total / total.T)
    spread = _covariance_of_sums(a, b) / arms**2
    contrast = np.hstack([-np.ones((arms - 1, 1)), np.eye(arms - 1)])
    return contrast @ pairs.sum(axis=1) / arms, contrast @ spread @ contrast.T


def _covariance_of_sums(a: Floats, b: Floats) -> Floats:
    """(T, T): of the sums Σ_z L_xz. L of four different arms have no covariance; L_xy = -L_yx."""
    own, shared = _variances(a, b), _covariances(a, b)
    covariance = shared.sum(axis=0) - own  # Σ_z cov(L_xz, L_yz), and cov(L_xy, L_yx)
    through = shared.sum(axis=2)  # Σ_z cov(L_xy, L_xz)
    covariance = np.asarray(covariance - through - through.T)
    np.fill_diagonal(covariance, own.sum(axis=1) + shared.sum(axis=(1, 2)))
    return covariance


def _variances(a: Floats, b: Floats) -> Floats:
    """var(L_xy), (T, T), 0 on the diagonal."""
    c = _crossed(a, b)
    d = (a[:, :, None] + b[:, None, :]) / (a + b).sum(axis=1)[:, None, None]
    turned, total = c.swapaxes(1, 2), _totals(a, b)
    same = (c * d).sum(axis=0) / total**2
    mixed = (c * d.swapaxes(1, 2) + turned * d).sum(axis=0) / (total * total.T)
    variance = (same + same.T + mixed) / 2
    np.fill_diagonal(variance, 0.0)
    return np.asarray(variance)


def _covariances(a: Floats, b: Floats) -> Floats:
    """cov(L_xy, L_xz), [x, y, z] of (T, T, T), 0 where two of the three are the same."""
    total, n = _totals(a, b), a + b
    size = n.sum(axis=1)
    towards, back = total[:, :, None], total.T[:, :, None]  # C_xy, C_yx
    towards2, back2 = total[:, None, :], total.T[:, None, :]  # C_xz, C_zx

    def triple(x: Floats, y: Floats, z: Floats) -> Floats:
        return np.asarray(np.einsum("sx,sy,sz->xyz", x / size[:, None] ** 2, y, z))

    covariance = (
        triple(a, b, b) / (towards * towards2)
        + triple(n, b, a) / (towards * back2)
        + triple(n, a, b) / (back * towards2)
        + triple(b, a, a) / (back * back2)
    ) / 3
    x, y, z = np.indices(covariance.shape)
    return np.where((x != y) & (x != z) & (y != z), covariance, 0.0)


def _least_squares(found: Sequence[Pooled], treatments: tuple[str, ...]) -> tuple[Floats, Floats, float]:
    """Effects against the first treatment, their covariance, and Q between the designs."""
    place = {t: i for i, t in enumerate(treatments)}
    columns = [_columns([place[t] for t in design.treatments], len(treatments)) for design in found]
    weighed = [np.linalg.solve(d.covariance, x).T for d, x in zip(found, columns, strict=True)]
    information = sum(w @ x for w, x in zip(weighed, columns, strict=True))
    covariance = np.linalg.inv(information)
    theta = covariance @ sum(w @ d.mu for w, d in zip(weighed, found, strict=True))
    gaps = [d.mu - x @ theta for d, x in zip(found, columns, strict=True)]
    q = sum(float(g @ np.linalg.solve(d.covariance, g)) for g, d in zip(gaps, found, strict=True))
    return theta, np.asarray(covariance, float), q


def _columns(at: Sequence[int], size: int) -> Floats:
    """Each treatment of a design less its first, in the effects against the network's first, which has no column."""
    return np.asarray((np.eye(size)[list(at[1:])] - np.eye(size)[at[0]])[:, 1:])
