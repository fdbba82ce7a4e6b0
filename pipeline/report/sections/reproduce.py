"""How to get the same page again: versions, commands, hashes of what it was made from."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.release.software import code
from pipeline.report.downloads import ARCHIVE
from pipeline.report.inputs import Inputs
from pipeline.report.listing import MOST
from pipeline.report.section import Section
from pipeline.report.versions import lock, versions


def data(inputs: Inputs) -> Mapping[str, object]:
    return {
        "archive": ARCHIVE,
        "versions": versions(),
        "lock": lock(),
        "code": code(),
        "fingerprints": inputs.fingerprints[:MOST],
        "count": len(inputs.fingerprints),
    }


SECTION = Section("reproduce", "Reproduce", data)
