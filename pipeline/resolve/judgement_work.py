"""Judgements that are open: reviewers who differ, and items of a tool or of GRADE that nobody has judged yet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from pipeline.appraisal.bias_tools import OVERALL, tools
from pipeline.appraisal.certainty import ALL, CERTAINTY, START, STARTS, domains
from pipeline.parsed import Row
from pipeline.records import Certainty, RiskOfBias
from pipeline.resolve.judgements import Judged
from pipeline.resolved import CertaintyRow, RiskOfBiasRow, StudyRow, WorkRow

DISAGREEMENT = "disagreement"
MISSING = "missing"


def judgement_work(judged: Judged, studies: Iterable[StudyRow] = ()) -> list[WorkRow]:
    """Each with a line to fill in; disagreements first, whose line decides between the reviewers. Nothing is asked of
    those of `studies` that are excluded."""
    excluded = {study.study for study in studies if study.decision == "exclude"}
    of_bias = [row for row in judged.risk_of_bias if row.study not in excluded]
    rows = [*_bias(of_bias), *_certainty(judged.certainty)]
    return sorted(rows, key=lambda row: not row.value)


def _bias(rows: Iterable[RiskOfBiasRow]) -> Iterator[WorkRow]:
    for _, group in groupby(rows, key=lambda row: (row.study, row.tool, row.outcome)):
        for row in _open(list(group)):
            yield _bias_row(row)


def _open(group: Sequence[RiskOfBiasRow]) -> list[RiskOfBiasRow]:
    """The rows of a study to judge: not the whole that follows from its items, nor items where a reviewer gave it."""
    *items, whole = group
    differ = [row for row in group if row.status == DISAGREEMENT]
    missing = [row for row in items if row.status == MISSING]
    if whole.status in (MISSING, "derived"):
        differ += missing or ([whole] if whole.status == MISSING and not differ else [])
    return differ


def _bias_row(row: RiskOfBiasRow) -> WorkRow:
    tool = tools()[row.tool]
    answers = tool.overall if row.item == OVERALL else tool.answers
    cells = {"study": row.study, "tool": row.tool, "item": row.item, "outcome": row.outcome}
    field = f"{row.tool} {row.item}{f' for {row.outcome}' if row.outcome else ''}: {row.about}"
    return _row(row.study, field, row, row.note or _known(answers), RiskOfBias, cells)


def _certainty(rows: Iterable[CertaintyRow]) -> Iterator[WorkRow]:
    for row in rows:
        if row.status not in (DISAGREEMENT, MISSING) or row.domain == CERTAINTY:
            continue
        regimens = "" if row.regimen_class == ALL else row.regimen_class
        cells = {"outcome": row.outcome, "regimen_class": regimens, "domain": row.domain}
        answers = list(STARTS) if row.domain == START else [d.judgement for d in domains()[row.domain]]
        if row.domain == START:
            cells |= {"domain": "DOMAIN", "start": "START"}
        field = f"certainty of {row.outcome}, {row.regimen_class}: {row.domain}"
        yield _row("", field, row, _known(answers), Certainty, cells)


def _known(answers: Iterable[str]) -> str:
    return f"one of {', '.join(answers)}"


def _row(
    study: str,
    field: str,
    row: RiskOfBiasRow | CertaintyRow,
    why: str,
    model: type[Row],
    cells: Mapping[str, str],
) -> WorkRow:
    """A disagreement shows who said what, and its line adjudicates."""
    filled = {"judgement": "JUDGEMENT", "reviewer": "REVIEWER", "date": "DATE"} | dict(cells)
    if row.status == DISAGREEMENT:
        filled["adjudicated"] = "yes"
    return WorkRow(
        study=study,
        arm="",
        field=field,
        value=row.said if row.status == DISAGREEMENT else "",
        why=f"reviewers differ; {why}" if row.status == DISAGREEMENT else f"not judged; {why}",
        evidence="",
        file="",
        start=None,
        end=None,
        line=_line(filled.get(name, "") for name in model.model_fields),
        line_for="risk_of_bias.csv" if model is RiskOfBias else "certainty.csv",
    )


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
