"""Inputs that could not be read, with what to do about each."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.inputs import Inputs
from pipeline.report.section import Section


def data(inputs: Inputs) -> Mapping[str, object]:
    return {"rows": inputs.set_aside}


SECTION = Section("set_aside", "Inputs set aside", data)
