"""Certainty of evidence by GRADE: reviewers' judgements of its domains, and the level that follows.

Start (4 high, 2 low), less what the five domains of limitations take, plus what the three reasons to rate up add,
never above high (4) or below very low (1): Guyatt 2008, BMJ 336:995-998; GRADE guidelines 3 and 9, J Clin Epidemiol
2011;64:401-406 and 1311-1316. Three levels for risk of bias: Schünemann 2019, J Clin Epidemiol 111:105-114; for
imprecision: Zeng 2022, J Clin Epidemiol 150:216-224.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipeline.appraisal.naming import Unknown, found
from pipeline.appraisal.standing import MISSING, Judgement, Standing, standing
from pipeline.config import CertaintyConfig
from pipeline.errors import UserError
from pipeline.records import Certainty
from pipeline.resolved import CertaintyRow
from pipeline.tables import read_rows

LEVELS = {1: "very low", 2: "low", 3: "moderate", 4: "high"}
STARTS = {"high": 4, "low": 2}
#: rows beside the domains
START, CERTAINTY = "start", "certainty"
#: the class of all arms together, as the pooled results name it
ALL = "overall"


class DomainRow(BaseModel):
    """A row of certainty_domains.csv: what a judgement of a domain takes or adds; `also` holds its other names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str
    judgement: str
    levels: int
    also: list[str]


@cache
def domains() -> dict[str, list[DomainRow]]:
    """Each domain with its judgements, the one without consequence first."""
    by_name: dict[str, list[DomainRow]] = defaultdict(list)
    for _, row in read_rows(Path(__file__).parent / "certainty_domains.csv", DomainRow):
        by_name[row.domain].append(row)
    return dict(by_name)


def rates_up(domain: str) -> bool:
    return any(row.levels > 0 for row in domains()[domain])


@dataclass(frozen=True)
class Said:
    """A line whose names are those of the configuration; `start` is told apart from its domain."""

    outcome: str
    regimen_class: str
    domain: str
    judgement: Judgement


@dataclass(frozen=True)
class Names:
    """What lines may name."""

    outcomes: Sequence[str]
    classes: Sequence[str]


def read_said(lines: Iterable[tuple[str, Certainty]], names: Names) -> list[Said]:
    """(place, line) of overrides/certainty.csv, checked. Raises UserError with every problem."""
    checked, problems = [], []
    for place, line in lines:
        try:
            checked += _said(line, names)
        except Unknown as unknown:
            problems.append(f"{place}: {unknown}")
    if problems:
        raise UserError("\n".join(problems))
    return checked


def _said(line: Certainty, names: Names) -> list[Said]:
    outcome = found("outcome", line.outcome, names.outcomes)
    regimens = found("regimen_class", line.regimen_class, [ALL, *names.classes]) if line.regimen_class else ALL
    domain = found("domain", line.domain, domains())
    known = domains()[domain]
    also = {other: row.judgement for row in known for other in row.also}
    value = found(f"judgement of {domain}", line.judgement, [row.judgement for row in known], also)

    def said(of: str, value: str, words: str) -> Said:
        judgement = Judgement(value, line.reviewer, line.date, words, line.adjudicated)
        return Said(outcome, regimens, of, judgement)

    start = [said(START, line.start, "")] if line.start is not None else []
    return [said(domain, value, line.explanation), *start]


def certainty(said: Iterable[Said], names: Names, config: CertaintyConfig | None = None) -> list[CertaintyRow]:
    """Rows for each outcome and class that is judged, in the order of `names`."""
    by_group: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in said:
        by_group[one.outcome, one.regimen_class].append(one)
    order = [(outcome, regimens) for outcome in names.outcomes for regimens in dict.fromkeys((ALL, *names.classes))]
    groups = [(o, c, by_group[o, c]) for o, c in order if (o, c) in by_group]
    return [row for o, c, lines in groups for row in _group(o, c, lines, config or CertaintyConfig())]


def _group(outcome: str, regimens: str, lines: Sequence[Said], config: CertaintyConfig) -> list[CertaintyRow]:
    by_domain: dict[str, list[Judgement]] = defaultdict(list)
    for line in lines:
        by_domain[line.domain].append(line.judgement)
    rows = [_start(outcome, regimens, standing(by_domain[START]), config)]
    for domain in domains():
        stands = standing(by_domain[domain])
        if stands != MISSING or not rates_up(domain):
            rows.append(_row(outcome, regimens, domain, stands, _levels(domain, stands.value)))
    return [*rows, _certainty(outcome, regimens, rows)]


def _levels(domain: str, judgement: str) -> int | None:
    return next((row.levels for row in domains()[domain] if row.judgement == judgement), None)


def _start(outcome: str, regimens: str, stands: Standing, config: CertaintyConfig) -> CertaintyRow:
    row = _row(outcome, regimens, START, stands, STARTS.get(stands.value))
    if stands != MISSING:
        return row
    update = {"judgement": config.start, "levels": STARTS[config.start], "status": "derived"}
    return row.model_copy(update=update | {"note": "by config's certainty.start"})


def _row(outcome: str, regimens: str, domain: str, stands: Standing, levels: int | None) -> CertaintyRow:
    return CertaintyRow(
        outcome=outcome,
        regimen_class=regimens,
        domain=domain,
        judgement=stands.value,
        levels=levels,
        status=stands.status,
        explanation=stands.words,
        said=stands.voices,
        reviewers=stands.reviewers,
        date=stands.date,
        note="",
    )


def _certainty(outcome: str, regimens: str, rows: Sequence[CertaintyRow]) -> CertaintyRow:
    """The level, if no row is open."""
    row = _row(outcome, regimens, CERTAINTY, MISSING, None)
    open_ = [r.domain for r in rows if r.levels is None]
    if open_:
        return row.model_copy(update={"note": f"open: {', '.join(open_)}"})
    level = level_of([r.levels for r in rows if r.levels is not None])
    update = {"judgement": LEVELS[level], "levels": level, "status": "derived", "note": _doubt(rows)}
    return row.model_copy(update=update)


def level_of(levels: Sequence[int]) -> int:
    """1 (very low) to 4 (high): the start and what is taken and added."""
    return min(4, max(1, sum(levels)))


def _doubt(rows: Sequence[CertaintyRow]) -> str:
    """GRADE rates up evidence that there is no reason to rate down."""
    levels = [r.levels for r in rows if r.levels is not None and r.domain != START]
    if any(n > 0 for n in levels) and any(n < 0 for n in levels):
        return "rated up though rated down, which GRADE advises against"
    return ""
