"""The sections of the report, in the order of the page. A new one is a module, a template and a line here."""

from __future__ import annotations

from pipeline.report.section import Section
from pipeline.report.sections import (
    appraisal,
    asked,
    checklists,
    comparative,
    excluded,
    findings,
    flow,
    forest,
    heterogeneity,
    methods,
    network,
    outcomes,
    overrides,
    reproduce,
    sensitivity,
    set_aside,
    small_studies,
    studies,
    waiting,
    whats_new,
)

SECTIONS: tuple[Section, ...] = (
    whats_new.SECTION,
    asked.SECTION,
    flow.SECTION,
    findings.SECTION,
    forest.SECTION,
    sensitivity.SECTION,
    comparative.SECTION,
    network.SECTION,
    heterogeneity.SECTION,
    small_studies.SECTION,
    appraisal.SECTION,
    studies.SECTION,
    outcomes.SECTION,
    waiting.SECTION,
    excluded.SECTION,
    set_aside.SECTION,
    overrides.SECTION,
    methods.SECTION,
    reproduce.SECTION,
    checklists.SECTION,
)
