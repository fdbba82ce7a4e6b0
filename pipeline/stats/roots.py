"""tau² at which the generalised Q has a given value."""

from __future__ import annotations

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.sample import Sample

#: a tau² below this share of the mean sampling variance is 0
NEGLIGIBLE = 1e-9
#: a step of Newton's that is this small beside tau² + v is the last: what remains is about its square
LAST_STEP = 1e-8
#: stands for a slope of 0, which Q has where it is 0
TINY = 1e-300
#: far more steps than a root takes
STEPS = 200


def q_root(sample: Sample, target: Floats | float) -> Floats:
    """tau² (…, *shape) at which Q(tau²) = sum w (y - Xb)² equals `target` (…, *shape), above 0; 0 where Q is below it
    already at 0 (Q only falls).

    Newton's steps on 1/Q. With the eigenvalues l_j of the variances within the residual space, Q is a sum of
    z_j² / (l_j + tau²), so 1/Q is a weighted harmonic mean: increasing and concave. The steps therefore rise to the
    root from 0 and never pass it.
    """
    target = np.asarray(target, float)
    tau2: Floats = np.zeros(np.broadcast_shapes(target.shape, sample.shape))
    q, fall = sample.q_at_zero
    least = sample.variances[0]
    for _ in range(STEPS):
        step = np.maximum(q * (q / target - 1), 0.0) / np.maximum(fall, TINY)
        tau2 = tau2 + step
        if (step <= LAST_STEP * (tau2 + least)).all():
            break
        q, fall = sample.generalised_q(tau2)
    return without_negligible(sample, tau2)


def without_negligible(sample: Sample, tau2: Floats) -> Floats:
    """0 in place of what is only rounding error beside the sampling variances."""
    return np.where(tau2 < NEGLIGIBLE * sample.variances[1], 0.0, tau2)
