"""The flow diagram counts what is left out by the protocol's codes, where studies have one."""

from __future__ import annotations

from dataclasses import replace

from report_rendered import Rendered

from pipeline.report.sections.flow import Step, data
from pipeline.report.studies_read import LeftOut


def test_studies_with_a_code_are_counted_together(reports: dict[str, Rendered]) -> None:
    inputs = reports["itp"].inputs
    codes = {"case report": "design", "review": "design", "no response proportion": "outcome"}
    studies = [s.model_copy(update={"code": codes.get(s.reason, "")}) for s in inputs.studies]
    left_out = {s.study: LeftOut(s.code, s.reason, by_reviewer=False) for s in studies if s.decision == "exclude"}
    steps = data(replace(inputs, studies=studies, left_out=left_out))["steps"]
    assert isinstance(steps, list)
    assessed = steps[2]
    assert isinstance(assessed, Step)
    words = inputs.settings.config.eligibility.reasons
    assert [(b.count, b.title) for b in assessed.leaving] == [
        (1, f"Excluded: {words['outcome']}"),
        (3, f"Excluded: {words['design']}"),
        (1, "Excluded: meta-analysis"),
        (1, "Excluded: not a study"),
    ]
    design = assessed.leaving[1]
    assert sorted(e.detail.split(":")[0] for e in design.entries) == ["case report", "case report", "review"]
    assert all(e.anchor.startswith("excluded-") for e in design.entries)
