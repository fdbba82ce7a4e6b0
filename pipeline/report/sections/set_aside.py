"""Inputs that could not be read, with what to do about each."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.inputs import Inputs
from pipeline.report.listing import MOST
from pipeline.report.section import Section


def data(inputs: Inputs) -> Mapping[str, object]:
    return {"rows": inputs.set_aside[:MOST], "left": max(0, len(inputs.set_aside) - MOST)}


SECTION = Section("set_aside", "Inputs set aside", data)
