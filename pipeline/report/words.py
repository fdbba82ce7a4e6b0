"""The analysis options in words, with metafor's name of each. Keys are those that config/config.yaml allows."""

from __future__ import annotations

MEASURES = {
    "PLO": "logit-transformed proportions",
    "PR": "raw proportions",
    "PLN": "log-transformed proportions",
    "PAS": "arcsine-square-root-transformed proportions",
    "PFT": "Freeman–Tukey double-arcsine-transformed proportions",
}

METHODS = {
    "EE": "a common (equal) effect, τ² = 0",
    "DL": "DerSimonian and Laird's estimator",
    "HE": "Hedges' estimator",
    "HS": "Hunter and Schmidt's estimator",
    "SJ": "Sidik and Jonkman's estimator",
    "ML": "maximum likelihood",
    "REML": "restricted maximum likelihood",
    "EB": "the empirical Bayes estimator",
    "PM": "Paule and Mandel's estimator",
}

TESTS = {
    "z": "the normal distribution",
    "t": "the t distribution on k − 1 degrees of freedom",
    "knha": "Knapp and Hartung's adjustment: their standard error and t on k − 1 degrees of freedom",
    "adhoc": "Knapp and Hartung's adjustment, never narrower than without it (ad hoc), t on k − 1 degrees of freedom",
}

#: of two treatments compared (config: analysis.comparative)
METHODS_TWO = METHODS | {
    "MH": "Mantel and Haenszel's method, one effect for all studies",
    "Peto": "Peto's method, one effect for all studies",
}
TESTS_TWO = TESTS | {
    "auto": "Knapp and Hartung's adjustment for three studies or more with τ² > 0, else the normal distribution"
}

PREDICTION = {
    "z": "normal quantiles around the pooled value, variance se² + τ²",
    "t": "t quantiles on k − 1 degrees of freedom around the pooled value, variance se² + τ²",
    "knha": "t quantiles on k − 1 degrees of freedom around the pooled value, variance se² + τ² with the adjusted se",
    "adhoc": "t quantiles on k − 1 degrees of freedom around the pooled value, variance se² + τ² with the adjusted se",
}

#: whose share a pooled rate is (config/outcomes.csv)
DENOMINATORS = {
    "enrolled": "all treated patients",
    "responders": "patients who had responded",
    "any": "the patients the report counts",
}

AUTHORITIES = {
    "accepted": "read by litpool and proved by the text",
    "confirmed": "confirmed by a reviewer",
    "corrected": "set by a reviewer",
    "added": "added by a reviewer",
    "waiting": "waits for a reviewer",
}
