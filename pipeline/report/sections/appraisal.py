"""Reviewers' judgements: risk of bias by study and item, certainty of evidence by outcome and class of regimens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from pipeline.appraisal.bias_tools import Tool, tools
from pipeline.report.certainty_lines import certainty_table, open_words
from pipeline.report.inputs import Inputs
from pipeline.report.plots.judgement_bars import bars_csv, judgement_bars
from pipeline.report.plots.paper import Drawing
from pipeline.report.plots.traffic_light import Judged, Light, lights_csv, traffic_light
from pipeline.report.section import Section
from pipeline.resolved import RiskOfBiasRow


@dataclass(frozen=True)
class Appraised:
    """What one tool gives: (item, what it is about) of each column, a line per study, and both plots."""

    tool: str
    ident: str
    source: str
    items: list[tuple[str, str]]
    lines: list[Judged]
    high: list[bool]
    lights: Drawing
    lights_csv: str
    bars: Markup
    bars_csv: str


def data(inputs: Inputs) -> Mapping[str, object]:
    included = [row.study for row in inputs.studies if row.decision == "include"]
    judged = {row.study for row in inputs.risk_of_bias}
    open_ones = [study for study in included if study not in judged]
    return {
        "tables": [_appraised(tool, inputs) for tool in tools().values() if _rows(tool, inputs)],
        "not_judged": [inputs.study[study].label for study in open_ones],
        "included": len(included),
        "certainty": certainty_table(inputs),
    }


def _rows(tool: Tool, inputs: Inputs) -> list[RiskOfBiasRow]:
    return [row for row in inputs.risk_of_bias if row.tool == tool.name]


def _appraised(tool: Tool, inputs: Inputs) -> Appraised:
    groups = [list(rows) for _, rows in groupby(_rows(tool, inputs), key=lambda row: (row.study, row.outcome))]
    items = [*tool.items.items(), ("Overall", "the study as a whole")]
    lines = [_line(inputs, rows) for rows in groups]
    ident = "-".join(tool.name.lower().split())
    return Appraised(
        tool=tool.name,
        ident=ident,
        source=tool.source,
        items=items,
        lines=lines,
        high=[rows[-1].high for rows in groups],
        lights=traffic_light(f"lights-{ident}", f"Risk of bias by {tool.name}: each study", items, lines),
        lights_csv=lights_csv(tool.name, items, lines),
        bars=judgement_bars(f"bars-{ident}", f"Risk of bias by {tool.name}: all studies", items, lines),
        bars_csv=bars_csv(tool.name, items, lines),
    )


def _line(inputs: Inputs, rows: Sequence[RiskOfBiasRow]) -> Judged:
    study = inputs.study.get(rows[0].study)
    return Judged(
        label=rows[0].study if study is None else study.label,
        detail=inputs.outcome_label(rows[0].outcome) if rows[0].outcome else "",
        lights=[Light(row.judgement or open_words(row.status), _behind(row)) for row in rows],
    )


def _behind(row: RiskOfBiasRow) -> str:
    """What supports it; who says what, where several do; what to look at again."""
    said = row.said if ";" in row.said else ""
    return "; ".join(part for part in (row.support, said, row.note) if part)


SECTION = Section("appraisal", "Risk of bias and certainty", data)
