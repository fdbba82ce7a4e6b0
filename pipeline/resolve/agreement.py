"""Agreement of two reviewers or more, field by field.

What is measured depends on the field:

- **Categories** (decisions, design, age, judgements of bias): the share of cells with the same value, and kappa,
  weighted where the categories have an order; Gwet's AC1 beside it, as kappa falls where one has almost all.
- **Counts** (events, n, n_total): the share with the same number, and the intraclass correlation ICC(1,1). Kappa has
  no meaning for them: every number would be a category of its own. The correlation compares differences with the
  spread of the studies' sizes, so that it is high wherever sizes differ much; the share is what to read first.
- **Text** (drugs, labels, names): only the share.

Orwin (1994, in: The Handbook of Research Synthesis, ch. 10) advises the rate of agreement, kappa and the intraclass
correlation for these; the Cochrane Handbook (5.1, 7.2.6 and 7.6.5) says to look at each disagreement rather than at
kappa's size.

Agreement is that of votes given before reviewers talk: each reviewer's first vote on a cell counts, those of
adjudicators do not. It is too high where a reviewer saw what the other had said, which these lines cannot tell.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from pipeline.last_word import person
from pipeline.resolve.cells import CATEGORY, COUNT, kind_of, number, same_text
from pipeline.resolved import AgreementRow
from pipeline.stats.one_share import wilson_of_one

if TYPE_CHECKING:
    from pipeline.stats.agreement import Kappa

#: reviewers' row that holds all of them
ALL = "all"

Scales = Mapping[str, Sequence[str]]
#: reviewer → value
Said = dict[str, str]


class Cell(NamedTuple):
    """What a vote is about; parts that a field does not need are empty."""

    study: str
    arm: str
    outcome: str
    timepoint: str
    field: str


@dataclass(frozen=True, kw_only=True)
class Vote:
    """A reviewer says that the cell holds the value (empty: that the report does not tell it).

    `adjudicates` marks one that decides between others, or that knowingly overrules another: it settles the cell, and
    is no independent judgement.
    """

    study: str
    arm: str = ""
    outcome: str = ""
    timepoint: str = ""
    field: str
    value: str
    reviewer: str
    date: datetime.date
    adjudicates: bool = False

    @property
    def cell(self) -> Cell:
        return Cell(self.study, self.arm, self.outcome, self.timepoint, self.field)


def agreement(
    votes: Iterable[Vote], scales: Scales | None = None, independent: int = 2, level: float = 0.95
) -> list[AgreementRow]:
    """One row per field and pair of reviewers, and, where more than two took part, one of all before them.

    `scales` gives the categories of ordered fields in their order (field → values); a value outside of its scale makes
    the field unordered, and the row says so. `independent` is how many reviewers the protocol asks for: of a cell's
    reviewers, in the order of their votes, those after that many count as adjudicators.
    """
    by_field: dict[str, list[Said]] = defaultdict(list)
    for cell, said in independent_votes(votes, independent).items():
        if len(said) > 1:
            by_field[cell.field].append(said)
    rows = []
    for field, cells in sorted(by_field.items()):
        scale = [same_text(field, v) for v in (scales or {}).get(field, ())]
        pairs = sorted({pair for said in cells for pair in combinations(sorted(said), 2)})
        if len(pairs) > 1:
            rows.append(_row(field, scale, ALL, [list(said.values()) for said in cells], level))
        for pair in pairs:
            both = [[said[name] for name in pair] for said in cells if set(pair) <= set(said)]
            rows.append(_row(field, scale, " & ".join(pair), both, level))
    return rows


def independent_votes(votes: Iterable[Vote], independent: int = 2) -> dict[Cell, Said]:
    """Of each cell the first vote of each of its first `independent` reviewers; those who adjudicate are left out."""
    found: dict[Cell, Said] = defaultdict(dict)
    for vote in _in_order(votes):
        said = found[vote.cell]
        if not vote.adjudicates and vote.reviewer not in said and len(said) < independent:
            said[vote.reviewer] = vote.value
    return dict(found)


def _in_order(votes: Iterable[Vote]) -> list[Vote]:
    """By date, as given within a day; a reviewer is the same person however the name is capitalised."""
    spelling: dict[str, str] = {}
    ordered = sorted(votes, key=lambda v: v.date)
    for vote in ordered:
        spelling.setdefault(person(vote.reviewer), vote.reviewer.strip())
    return [replace(vote, reviewer=spelling[person(vote.reviewer)]) for vote in ordered]


# ---- one row --------------------------------------------------------------------------------------------------------


def _row(field: str, scale: list[str], reviewers: str, cells: list[list[str]], level: float) -> AgreementRow:
    """`cells` holds each cell's values, in the order of the reviewers where these are a pair."""
    kind = kind_of(field)
    values = [[same_text(field, value) for value in cell] for cell in cells]
    agreeing = sum(len(set(cell)) == 1 for cell in values)
    low, high = wilson_of_one(agreeing, len(cells), level)
    row = AgreementRow(
        field=field,
        kind=kind,
        reviewers=reviewers,
        cells=len(cells),
        agreeing=agreeing,
        share=agreeing / len(cells),
        share_low=low,
        share_high=high,
        statistic="",
        value=None,
        value_low=None,
        value_high=None,
        ac1=None,
        note="",
    )
    if kind == COUNT:
        return row.model_copy(update=_correlation(cells, level))
    if kind == CATEGORY:
        return row.model_copy(update=_kappa(values, scale, reviewers == ALL, level))
    return row.model_copy(update={"note": "free text: only whether it is the same"})


def _correlation(cells: list[list[str]], level: float) -> Mapping[str, object]:
    from pipeline.stats.intraclass import intraclass_correlation

    numbers = [[number(value) for value in cell] for cell in cells]
    known = [[x for x in cell if x is not None] for cell in numbers if None not in cell]
    found = intraclass_correlation(known, level)
    left_out = len(cells) - len(known)
    notes = [f"{left_out} of the cells hold no number for one of the reviewers"] if left_out else []
    low, high = found.ci or (None, None)
    named = {"statistic": "ICC(1,1)", "value": found.icc, "value_low": low, "value_high": high}
    return {**named, "note": "; ".join([*found.warnings, *notes])}


def _kappa(values: list[list[str]], scale: list[str], several: bool, level: float) -> Mapping[str, object]:
    from pipeline.stats.agreement import gwet_ac1

    beyond = sorted({value for cell in values for value in cell} - set(scale)) if scale else []
    ordered = bool(scale) and not beyond
    found = _coefficient(values, scale if ordered else None, several, level)
    notes = [*found.warnings, *(f'"{value}" is not on the scale: no weights' for value in beyond)]
    low, high = found.ci or (None, None)
    return {
        "statistic": found.name + (f", {found.weights} weights" if ordered else ""),
        "value": found.kappa,
        "value_low": low,
        "value_high": high,
        "ac1": gwet_ac1(values, scale if ordered else None, level).kappa,
        "note": "; ".join(notes),
    }


def _coefficient(values: list[list[str]], scale: list[str] | None, several: bool, level: float) -> Kappa:
    from pipeline.stats.agreement import cohen_kappa, fleiss_kappa

    weights = "unweighted" if scale is None else "linear"
    if several:
        return fleiss_kappa(values, weights, scale, level)
    first, second = zip(*values, strict=True)
    return cohen_kappa(first, second, weights, scale, level)
