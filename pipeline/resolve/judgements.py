"""Reviewers' judgements of overrides/, checked against the tables: risk of bias, certainty, codes of reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.appraisal import bias, certainty as grade, reasons
from pipeline.appraisal.naming import Unknown
from pipeline.config import Settings
from pipeline.errors import Problems, UserError
from pipeline.files import printable
from pipeline.overrides import FILES
from pipeline.overrides.reading import read_placed
from pipeline.records import Certainty, RiskOfBias
from pipeline.resolve import lookup
from pipeline.resolve.tables import Tables
from pipeline.resolved import HIGH_RISK, CertaintyRow, OutcomeRow, RiskOfBiasRow
from pipeline.tables import Model


@dataclass(frozen=True)
class Judged:
    """The tables, and what each line said."""

    risk_of_bias: list[RiskOfBiasRow]
    certainty: list[CertaintyRow]
    bias_said: list[bias.Said]
    certainty_said: list[grade.Said]


def judge(tables: Tables, folder: Path, settings: Settings) -> Judged:
    """Reads risk_of_bias.csv and certainty.csv, and checks the codes of all files. `tables` are finished: its classes
    are those that lines may name. Raises UserError with every problem."""
    problems = Problems()
    with problems.kept():
        bias_said = bias.read_said(_placed(folder, "risk_of_bias.csv", RiskOfBias), _bias_names(tables, settings))
    with problems.kept():
        names = certainty_names(tables, settings)
        certainty_said = grade.read_said(_placed(folder, "certainty.csv", Certainty), names)
    with problems.kept():
        check_codes(folder, settings)
    problems.tell()
    return Judged(
        bias.risk_of_bias(bias_said, settings.config.risk_of_bias),
        grade.certainty(certainty_said, names, settings.config.certainty),
        bias_said,
        certainty_said,
    )


def studies_named(folder: Path) -> set[str]:
    """What the lines on risk of bias call their studies; `judge` tells what is wrong with them."""
    try:
        return {line.study for _, line in _placed(folder, "risk_of_bias.csv", RiskOfBias)}
    except UserError:
        return set()


def check_codes(folder: Path, settings: Settings) -> None:
    """The codes in every file that has some. Raises UserError; problems of reading are told by who applies the file."""
    told: list[str] = []
    for name, model in FILES.items():
        if "code" in model.model_fields:
            told += reasons.problems(_codes(folder, name, model), settings.config.eligibility.reasons)
    if told:
        raise UserError("\n".join(told))


def _codes(folder: Path, name: str, model: type[Model]) -> list[tuple[str, str]]:
    try:
        return [(place, str(getattr(row, "code", ""))) for place, row in _placed(folder, name, model)]
    except UserError:
        return []


def _placed(folder: Path, name: str, model: type[Model]) -> Iterable[tuple[str, Model]]:
    return [(line.place, line.row) for line in read_placed(folder / name, model)]


def _bias_names(tables: Tables, settings: Settings) -> bias.Names:
    return bias.Names(_study_of(tables), [o.outcome for o in settings.outcomes])


def _study_of(tables: Tables) -> Callable[[str], str]:
    def study(name: str) -> str:
        try:
            return tables.lookup.find(name).study
        except lookup.Unknown as unknown:
            raise Unknown(printable(str(unknown))) from None

    return study


def certainty_names(tables: Tables, settings: Settings) -> grade.Names:
    """Outcomes in the analysis' order, then the others; classes of the configuration, then those of other arms."""
    outcomes = dict.fromkeys([*settings.config.analysis.outcomes, *(o.outcome for o in settings.outcomes)])
    named = [c.name for c in settings.config.analysis.regimen_classes]
    others = sorted({arm.regimen_class for arm in tables.arms if arm.regimen_class})
    return grade.Names(list(outcomes), list(dict.fromkeys([*named, *others])))


def mark_high_risk(outcomes: Iterable[OutcomeRow], rows: Sequence[RiskOfBiasRow]) -> list[OutcomeRow]:
    """The rows, where pooled ones of studies at high risk of bias are marked for the analysis without them."""
    high = cache(lambda outcome: bias.high_risk(rows, outcome))
    return [_marked(row) if row.pooled and row.study in high(row.outcome) else row for row in outcomes]


def _marked(row: OutcomeRow) -> OutcomeRow:
    return row.model_copy(update={"sensitivity": " + ".join(filter(None, (row.sensitivity, HIGH_RISK)))})
