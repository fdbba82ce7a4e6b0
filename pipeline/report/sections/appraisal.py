"""Reviewers' judgements: risk of bias by study and item, certainty of evidence by outcome and class of regimens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.appraisal.bias_tools import OVERALL, Tool, tools
from pipeline.appraisal.certainty import ALL, CERTAINTY, START, domains, rates_up
from pipeline.report.inputs import Inputs
from pipeline.report.section import Section
from pipeline.resolved import CertaintyRow, RiskOfBiasRow

#: how an answer looks; of a checklist, and of a scale by its place
_LOOKS = {"yes": "good", "no": "bad", "unclear": "fair", "not applicable": "none", "no information": "none"}


@dataclass(frozen=True)
class Cell:
    """A judgement in a few words, how it looks, and what is behind it."""

    text: str
    look: str
    behind: str


@dataclass(frozen=True)
class Line:
    """A study judged by a tool, or an outcome and class judged by GRADE."""

    name: str
    detail: str
    cells: list[Cell]
    high: bool = False


@dataclass(frozen=True)
class Judged:
    """A table of one tool: (item, what it is about) of each column, and a line per study."""

    tool: str
    source: str
    items: list[tuple[str, str]]
    lines: list[Line]


def data(inputs: Inputs) -> Mapping[str, object]:
    included = [row.study for row in inputs.studies if row.decision == "include"]
    judged = {row.study for row in inputs.risk_of_bias}
    return {
        "tables": [_table(tool, inputs) for tool in tools().values() if _rows(tool, inputs)],
        "not_judged": sum(study not in judged for study in included),
        "included": len(included),
        "domains": list(domains()),
        "certainty": [_certainty(inputs, list(rows)) for _, rows in groupby(inputs.certainty, key=_body)],
    }


def _rows(tool: Tool, inputs: Inputs) -> list[RiskOfBiasRow]:
    return [row for row in inputs.risk_of_bias if row.tool == tool.name]


def _table(tool: Tool, inputs: Inputs) -> Judged:
    groups = groupby(_rows(tool, inputs), key=lambda row: (row.study, row.outcome))
    return Judged(
        tool=tool.name,
        source=tool.source,
        items=[*tool.items.items(), ("Overall", "the study as a whole")],
        lines=[_line(inputs, tool, list(rows)) for _, rows in groups],
    )


def _line(inputs: Inputs, tool: Tool, rows: Sequence[RiskOfBiasRow]) -> Line:
    study = inputs.study.get(rows[0].study)
    return Line(
        name=rows[0].study if study is None else study.label,
        detail=inputs.outcome_label(rows[0].outcome) if rows[0].outcome else "",
        cells=[_cell(row, tool) for row in rows],
        high=rows[-1].high,
    )


def _cell(row: RiskOfBiasRow, tool: Tool) -> Cell:
    scale = tool.overall if row.item == OVERALL else tool.answers
    return Cell(row.judgement or _open(row), _look(row.judgement, scale), _behind(row.support, row))


def _open(row: RiskOfBiasRow | CertaintyRow) -> str:
    return "reviewers differ" if row.status == "disagreement" else "open"


def _look(judgement: str, scale: Sequence[str]) -> str:
    """The best and the worst of a scale stand out; what is open and what does not apply stand back."""
    if not judgement:
        return "none"
    if judgement in _LOOKS:
        return _LOOKS[judgement]
    ordered = [answer for answer in scale if answer not in _LOOKS]
    place = ordered.index(judgement) if judgement in ordered else 0
    return "good" if place == 0 else "fair" if place == 1 else "bad"


def _behind(words: str, row: RiskOfBiasRow | CertaintyRow) -> str:
    return "; ".join(part for part in (words, row.said, row.note) if part)


# ---- certainty ------------------------------------------------------------------------------------------------------


def _body(row: CertaintyRow) -> tuple[str, str]:
    return row.outcome, row.regimen_class


def _certainty(inputs: Inputs, rows: Sequence[CertaintyRow]) -> Line:
    """Start, each domain, the level; reasons to rate up that nobody gave are empty."""
    of = {row.domain: row for row in rows}
    columns = [START, *domains(), CERTAINTY]
    regimens = "All regimens" if rows[0].regimen_class == ALL else rows[0].regimen_class
    return Line(inputs.outcome_label(rows[0].outcome), regimens, [_domain(of.get(name), name) for name in columns])


def _domain(row: CertaintyRow | None, name: str) -> Cell:
    if row is None:
        return Cell("—", "none", "")
    text = f"{row.judgement}{_step(row)}" if row.judgement else _open(row)
    return Cell(text, _certainty_look(row, name), _behind(row.explanation, row))


def _step(row: CertaintyRow) -> str:
    known = row.levels is not None and row.domain in domains() and row.levels != 0
    return f" ({row.levels:+d})".replace("-", "−") if known else ""


def _certainty_look(row: CertaintyRow, name: str) -> str:
    if row.levels is None or name == START:
        return "none"
    if name == CERTAINTY:
        return "good" if row.levels >= 3 else "fair" if row.levels == 2 else "bad"
    if row.levels == 0:
        return "none" if rates_up(name) else "good"
    return "good" if row.levels > 0 else "fair" if row.levels == -1 else "bad"


def levels(inputs: Inputs, outcome: str) -> Iterable[tuple[str, str]]:
    """(class, level) of each body of evidence of an outcome whose certainty is known, all regimens first."""
    for row in inputs.certainty:
        if row.outcome == outcome and row.domain == CERTAINTY and row.judgement:
            yield "all regimens" if row.regimen_class == ALL else row.regimen_class, row.judgement


SECTION = Section("appraisal", "Risk of bias and certainty", data)
