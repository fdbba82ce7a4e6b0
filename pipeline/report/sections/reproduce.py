"""How to get the same page again: versions, commands, hashes of what it was made from."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report.downloads import downloads, held
from pipeline.report.inputs import Inputs
from pipeline.report.section import Section
from pipeline.report.versions import versions


def data(inputs: Inputs) -> Mapping[str, object]:
    files = downloads(inputs)
    return {"files": files, "held": held(files), "versions": versions(), "fingerprints": inputs.fingerprints}


SECTION = Section("reproduce", "Reproduce", data)
