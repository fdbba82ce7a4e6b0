"""Risk of bias: reviewers' lines become one judgement per item, and one of each study as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.appraisal.bias_rules import overall
from pipeline.appraisal.bias_tools import OVERALL, Tool, tool, tools
from pipeline.appraisal.naming import Unknown, found
from pipeline.appraisal.standing import MISSING, Judgement, Standing, standing
from pipeline.config import RiskOfBiasConfig
from pipeline.errors import UserError
from pipeline.records import RiskOfBias
from pipeline.resolved import RiskOfBiasRow


@dataclass(frozen=True)
class Said:
    """A line whose names are those of the tables and of the tool."""

    study: str
    outcome: str
    tool: str
    item: str
    judgement: Judgement


@dataclass(frozen=True)
class Names:
    """What lines may name: `study` gives the study that a name is of, or raises Unknown."""

    study: Callable[[str], str]
    outcomes: Sequence[str]


def read_said(lines: Iterable[tuple[str, RiskOfBias]], names: Names) -> list[Said]:
    """(place, line) of overrides/risk_of_bias.csv, checked. Raises UserError with every problem."""
    checked, problems = [], []
    for place, line in lines:
        try:
            checked.append(_said(line, names))
        except Unknown as unknown:
            problems.append(f"{place}: {unknown}")
    if problems:
        raise UserError("\n".join(problems))
    return checked


def _said(line: RiskOfBias, names: Names) -> Said:
    study = names.study(line.study)
    outcome = found("outcome", line.outcome, names.outcomes) if line.outcome else ""
    kind = tool(line.tool)
    item = kind.item(line.item)
    value = kind.answer(item, line.judgement)
    judgement = Judgement(value, line.reviewer, line.date, line.support, line.adjudicated)
    return Said(study, outcome, kind.name, item, judgement)


def risk_of_bias(said: Iterable[Said], config: RiskOfBiasConfig | None = None) -> list[RiskOfBiasRow]:
    """Rows for each study, tool and outcome that is judged, by study; items without a line are missing.

    An outcome with a line of its own has all items: those without one of its own are those of the study.
    """
    config = config or RiskOfBiasConfig()
    by_study: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in said:
        by_study[one.study, one.tool].append(one)
    order = list(tools())
    rows: list[RiskOfBiasRow] = []
    for (study, name), lines in sorted(by_study.items(), key=lambda i: (i[0][0], order.index(i[0][1]))):
        for outcome in sorted({line.outcome for line in lines}):
            rows += _Group(study, outcome, tools()[name], _standings(lines, outcome)).rows(config)
    return rows


def _standings(lines: Sequence[Said], outcome: str) -> dict[str, Standing]:
    """Of each item with a line: of the outcome, else of the study."""
    by_item: dict[tuple[str, str], list[Judgement]] = defaultdict(list)
    for line in lines:
        by_item[line.item, line.outcome].append(line.judgement)
    items = dict.fromkeys(item for item, o in by_item if o in (outcome, ""))
    return {i: standing(by_item[i, outcome] if (i, outcome) in by_item else by_item[i, ""]) for i in items}


@dataclass(frozen=True)
class _Group:
    """A study judged by a tool, for an outcome or for all."""

    study: str
    outcome: str
    tool: Tool
    standings: Mapping[str, Standing] = field(default_factory=dict)

    def rows(self, config: RiskOfBiasConfig) -> list[RiskOfBiasRow]:
        items = [self._row(item, self.standings.get(item, MISSING), about) for item, about in self.tool.items.items()]
        return [*items, self._overall(config)]

    def _row(self, item: str, stands: Standing, about: str) -> RiskOfBiasRow:
        return RiskOfBiasRow(
            study=self.study,
            outcome=self.outcome,
            tool=self.tool.name,
            item=item,
            about=about,
            judgement=stands.value,
            status=stands.status,
            support=stands.words,
            said=stands.voices,
            reviewers=stands.reviewers,
            date=stands.date,
            high=False,
            note="",
        )

    def _overall(self, config: RiskOfBiasConfig) -> RiskOfBiasRow:
        """A reviewer's line, else what the tool's rule makes of the items, else open with what is missing."""
        answers = {item: s.value for item, s in self.standings.items() if s.value and item != OVERALL}
        verdict = overall(answers, self.tool, config.checklist)
        row = self._row(OVERALL, self.standings.get(OVERALL, MISSING), "the study as a whole")
        possible = verdict.possible
        if row.status == "missing":
            status = "derived" if verdict.value else "missing"
            row = row.model_copy(update={"judgement": verdict.value, "status": status, "note": verdict.note})
        elif row.judgement:
            row = row.model_copy(update={"note": self._against(row.judgement, verdict.least)})
            possible = (row.judgement,)
        return row.model_copy(update={"high": set(possible) <= set(config.high)})

    def _against(self, given: str, least: str) -> str:
        """What to look at again where a reviewer judges a study milder than its worst item."""
        scale = self.tool.overall
        milder = least in scale and scale.index(given) < scale.index(least)
        return f"milder than the items are by the tool's rule ({least})" if milder else ""


# ---- for the analyses -----------------------------------------------------------------------------------------------


def of_outcome(rows: Iterable[RiskOfBiasRow], outcome: str) -> list[RiskOfBiasRow]:
    """Of each study and tool the overall row that holds for an outcome: its own, else that of all."""
    chosen: dict[tuple[str, str], RiskOfBiasRow] = {}
    for row in rows:
        key = (row.study, row.tool)
        if row.item == OVERALL and row.outcome in (outcome, "") and (row.outcome or key not in chosen):
            chosen[key] = row
    return list(chosen.values())


def high_risk(rows: Iterable[RiskOfBiasRow], outcome: str) -> set[str]:
    """Studies that a sensitivity analysis of the outcome leaves out: by one of their tools at high risk."""
    return {row.study for row in of_outcome(rows, outcome) if row.high}


def not_judged(rows: Iterable[RiskOfBiasRow], outcome: str, studies: Iterable[str]) -> set[str]:
    """Those of `studies` that no tool judges as a whole yet, and that are not at high risk already."""
    return set(studies) - {row.study for row in of_outcome(rows, outcome) if row.judgement or row.high}
