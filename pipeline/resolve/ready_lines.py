"""Lines ready to be put into a file of overrides/, with reason, reviewer and date to fill in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from pipeline.linked import LinkRow
from pipeline.parsed import Row
from pipeline.records import Confirmation, Correction, Inclusion, LinkDecision

_TO_FILL = {"reason": "REASON", "reviewer": "REVIEWER", "date": "DATE"}


def correction(cells: Mapping[str, str]) -> str:
    return _line(Correction, cells)


def confirmation(cells: Mapping[str, str]) -> str:
    return _line(Confirmation, cells)


def inclusion(study: str, was: str) -> str:
    """Of a study that waits; to take it out, the same line goes to exclusions.csv."""
    return _line(Inclusion, {"study": study, "was": was})


def link(row: LinkRow) -> str:
    """To say otherwise, `relation` is another one."""
    return _line(LinkDecision, {"record_a": row.record_a, "record_b": row.record_b, "relation": row.relation})


def _line(model: type[Row], cells: Mapping[str, str]) -> str:
    filled = _TO_FILL | dict(cells)
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([filled.get(name, "") for name in model.model_fields])
    return out.getvalue()
