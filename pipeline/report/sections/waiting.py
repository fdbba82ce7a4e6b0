"""What still needs a reviewer, with the words and a line ready for a file of overrides/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.overrides import FILES
from pipeline.report.inputs import Inputs
from pipeline.report.listing import MOST
from pipeline.report.quotes import Quote
from pipeline.report.section import Section
from pipeline.resolved import WorkRow


@dataclass(frozen=True)
class Item:
    row: WorkRow
    study: str
    arm: str
    quote: Quote | None


def data(inputs: Inputs) -> Mapping[str, object]:
    return {
        "to_decide": [
            (inputs.outcome_label(row.outcome), row)
            for row in inputs.to_decide
            if row.waiting and row.result is not None
        ],
        "items": [_item(inputs, row) for row in inputs.worklist[:MOST]],
        "count": len(inputs.worklist),
        "columns": [
            (name, ",".join(FILES[name].model_fields)) for name in sorted({r.line_for for r in inputs.worklist})
        ],
    }


def _item(inputs: Inputs, row: WorkRow) -> Item:
    study, arm = inputs.study.get(row.study), inputs.arm.get((row.study, row.arm))
    return Item(
        row=row,
        study=row.study if study is None else study.label,
        arm="" if arm is None else arm.label,
        quote=_quote(inputs, row),
    )


def _quote(inputs: Inputs, row: WorkRow) -> Quote | None:
    """In its context where the text is at hand, else as the worklist has it."""
    study = inputs.study.get(row.study)
    if study is not None and study.file == row.file:
        found = inputs.quote(row.study, row.start, row.end)
        if found is not None:
            return found
    if not row.evidence or row.start is None or row.end is None:
        return None
    return Quote("", row.evidence, "", row.file, row.start, row.end)


SECTION = Section("waiting", "Still needs a reviewer", data)
