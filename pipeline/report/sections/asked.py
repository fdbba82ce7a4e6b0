"""What was asked: outcomes, eligibility, acceptance, the model."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.inputs import Inputs
from pipeline.report.section import Section
from pipeline.report.words import DENOMINATORS, MEASURES, METHODS, PREDICTION, TESTS


def data(inputs: Inputs) -> Mapping[str, object]:
    config = inputs.settings.config
    defined = {row.outcome: row for row in inputs.settings.outcomes}
    asked = config.analysis.outcomes
    return {
        "asked": [defined[name] for name in asked],
        "others": [row for row in inputs.settings.outcomes if row.outcome not in asked],
        "denominators": DENOMINATORS,
        "config": config,
        "measure": MEASURES[config.analysis.measure],
        "method": METHODS[config.analysis.method],
        "test": TESTS[config.analysis.test],
        "prediction": PREDICTION[config.analysis.test],
        "drugs": inputs.settings.drugs,
    }


SECTION = Section("asked", "What was asked", data)
