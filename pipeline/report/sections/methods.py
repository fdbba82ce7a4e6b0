"""The methods, written from the configuration and from what the code did."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.inputs import Inputs
from pipeline.report.section import Section
from pipeline.report.versions import LITPOOL, version_of
from pipeline.report.words import MEASURES, METHODS, PREDICTION, TESTS


def data(inputs: Inputs) -> Mapping[str, object]:
    config = inputs.settings.config
    analysis = config.analysis
    return {
        "config": config,
        "version": version_of(LITPOOL),
        "outcomes": [inputs.outcome_label(name) for name in analysis.outcomes],
        "measure": MEASURES[analysis.measure],
        "method": METHODS[analysis.method],
        "test": TESTS[analysis.test],
        "prediction": PREDICTION[analysis.test],
        "records": sum(len(study.reports) for study in inputs.linked.values()),
        "files": len({report.file for study in inputs.linked.values() for report in study.reports}),
        "numbers": len(inputs.outcomes),
        "accepted": sum(row.authority == "accepted" for row in inputs.outcomes),
        "corrected": sum(row.authority == "corrected" for row in inputs.outcomes),
        "waiting": sum(row.authority == "waiting" for row in inputs.outcomes),
    }


SECTION = Section("methods", "Methods", data)
