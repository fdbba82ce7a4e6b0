"""Summary of findings: outcome × regimen class, both models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.pooled import Pooled, PooledOutcome
from pipeline.report.certainty_lines import levels
from pipeline.report.fits import Fit, fit_of
from pipeline.report.inputs import Inputs
from pipeline.report.plots.forest_rows import class_test
from pipeline.report.section import Section


@dataclass(frozen=True)
class Line:
    """A set of arms and what each model makes of it."""

    name: str
    whole: bool
    k: int
    events: int
    n: int
    iv: Fit | None
    glmm: Fit | None
    #: of the evidence, by GRADE; empty where nobody judged it
    certainty: str = ""


@dataclass(frozen=True)
class Finding:
    outcome: str
    label: str
    lines: list[Line]
    test: str
    otherwise: list[Line]
    warnings: list[str]


def data(inputs: Inputs) -> Mapping[str, object]:
    findings = [_finding(inputs, result) for result in inputs.pooled]
    return {
        "findings": findings,
        "judged": any(line.certainty for finding in findings for line in finding.lines),
        "confidence": inputs.settings.config.analysis.level,
    }


def _finding(inputs: Inputs, result: PooledOutcome) -> Finding:
    level = dict(levels(inputs, result.outcome))
    groups = ([result.overall] if result.overall is not None else []) + result.by_class
    return Finding(
        outcome=result.outcome,
        label=result.label,
        lines=[
            _line(group, group is result.overall, level.get("all regimens" if group is result.overall else group.name))
            for group in groups
        ],
        test="" if result.class_test is None else class_test(result.class_test),
        otherwise=[_line(group, False) for group in result.sensitivity],
        warnings=list(dict.fromkeys(_warnings(groups, result))),
    )


def _line(group: Pooled, whole: bool, certainty: str | None = None) -> Line:
    iv, glmm = fit_of(group.fits.get("iv")), fit_of(group.fits.get("glmm"))
    name = "All regimens" if whole else group.name
    return Line(name, whole, group.k, group.events, group.n, iv, glmm, certainty or "")


def _warnings(groups: Iterable[Pooled], result: PooledOutcome) -> Iterable[str]:
    """Each warning with the set it is about, once."""
    for group in groups:
        name = "all regimens" if group is result.overall else group.name
        for warning in group.warnings:
            yield f"{name}: {warning}"
        for model in sorted(group.fits):
            fit = fit_of(group.fits[model])
            for warning in fit.warnings if fit is not None else ():
                if warning not in group.warnings:
                    yield f"{name}, {model}: {warning}"


SECTION = Section("findings", "Summary of findings", data)
