"""Do small studies tell another story? Funnels, tests of their asymmetry, adjusted estimates, and what they prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.analysed import Analyses, Asymmetry, Point, SmallStudy
from pipeline.report.inputs import Inputs
from pipeline.report.plots.funnel import funnel_csv, funnel_plot
from pipeline.report.section import Section


@dataclass(frozen=True)
class Outcome:
    outcome: str
    label: str
    k: int
    funnel: Markup | None
    funnel_csv: str
    points: list[Point]
    filled: int
    found: SmallStudy | None
    first: Asymmetry | None
    not_done: dict[str, str]


def data(inputs: Inputs) -> Mapping[str, object]:
    confidence = inputs.settings.config.analysis.level
    return {"outcomes": [_outcome(a) for a in inputs.analyses if a.main is not None], "confidence": confidence}


def _outcome(a: Analyses) -> Outcome:
    points = a.funnels[0].points if a.funnels else []
    tests = [] if a.small_study is None else a.small_study.tests
    return Outcome(
        outcome=a.outcome,
        label=a.label,
        k=a.k,
        funnel=funnel_plot(f"funnel-{a.outcome}", f"{a.label}: funnel plot", a.funnels) if a.funnels else None,
        funnel_csv=funnel_csv(a.funnels),
        points=[p for p in points if not p.filled],
        filled=sum(p.filled for p in points),
        found=a.small_study,
        first=next((t for t in tests if t.recommended), None),
        not_done={str(part): why for part, why in a.not_done.items()},
    )


SECTION = Section("small_studies", "Small-study effects", data)
