"""The network of treatments, where studies connect three or more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.analysed import Analyses
from pipeline.compared import Estimate, LeagueCell, NetworkResult, NetworkSet, Node
from pipeline.report.effects import NAMES, effect, effect_interval, head
from pipeline.report.inputs import Inputs
from pipeline.report.plots.effect_forest import EffectRow, Heads, effect_forest
from pipeline.report.plots.network_graph import network_graph
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.plots.paper import Drawing
from pipeline.report.section import Section
from pipeline.report.words import METHODS

ABOUT = {
    "randomised": "Randomised trials",
    "all": "All studies, also those without randomisation",
}
#: where a P-score says that estimates differ, and where Q and direct evidence say that parts of a network disagree
ALPHA = 0.05
#: columns of a league table that fit on paper; of one that is wider, those of a panel
WIDEST, PANEL = 14, 12


@dataclass(frozen=True)
class Cell:
    """Of the league table: above the diagonal what studies compare directly, below it the whole network."""

    value: str
    ci: str
    kind: str


@dataclass(frozen=True)
class Panel:
    """Some columns of the league table, each with its number, and of every row its cells there."""

    columns: list[tuple[int, Node]]
    rows: list[tuple[Node, list[Cell]]]


@dataclass(frozen=True)
class Drawn:
    """A network with its plots; a league table that is too wide for paper comes in several panels."""

    ident: str
    net: NetworkResult
    graph: Markup
    graph_csv: str
    forest: Drawing
    forest_csv: str
    league: list[Panel]
    disagreeing: int
    reference_wanted: str


@dataclass(frozen=True)
class Part:
    """The networks of one kind of studies, or a sentence."""

    about: str
    drawn: list[Drawn]
    why: str
    parts: list[str]
    folded: bool


@dataclass(frozen=True)
class Outcome:
    outcome: str
    label: str
    better: str
    parts: list[Part]


def data(inputs: Inputs) -> Mapping[str, object]:
    asked = inputs.settings.config.analysis.comparative
    found = [_outcome(inputs, a) for a in inputs.analyses if a.comparative is not None]
    drawn = [o for o in found if any(p.drawn for p in o.parts)]
    return {
        "outcomes": drawn,
        "without": [o for o in found if o not in drawn],
        "confidence": inputs.settings.config.analysis.level,
        "measure": asked.measure,
        "name": NAMES[asked.measure],
        "methods": METHODS,
        "alpha": ALPHA,
    }


def _outcome(inputs: Inputs, a: Analyses) -> Outcome:
    assert a.comparative is not None
    positive = all(o.positive for o in inputs.settings.outcomes if o.outcome == a.outcome)
    wanted = inputs.settings.config.analysis.comparative.reference
    return Outcome(
        outcome=a.outcome,
        label=a.label,
        better="more often" if positive else "less often",
        parts=[_part(a, s, wanted) for s in a.comparative.networks],
    )


def _part(a: Analyses, s: NetworkSet, wanted: str) -> Part:
    return Part(
        about=ABOUT[s.kind],
        drawn=[_drawn(a, n, f"{a.outcome}-{s.kind}-{i}", wanted) for i, n in enumerate(s.networks, 1)],
        why=s.why,
        parts=[", ".join(names) for names in s.parts] if len(s.parts) > 1 else [],
        folded=s.kind == "all" and bool(s.networks) and bool(a.comparative and a.comparative.networks[0].networks),
    )


def _drawn(a: Analyses, net: NetworkResult, ident: str, wanted: str) -> Drawn:
    return Drawn(
        ident=ident,
        net=net,
        graph=network_graph(f"network-{ident}", f"{a.label}: network of treatments", net.nodes, net.edges),
        graph_csv=csv_text(
            ("first", "second", "studies", "patients"), ((e.first, e.second, e.studies, e.patients) for e in net.edges)
        ),
        forest=_forest(a, net, ident),
        forest_csv=_forest_csv(net),
        league=league(net),
        disagreeing=sum(s.p < ALPHA for s in net.split),
        reference_wanted=wanted if wanted and wanted != net.reference else "",
    )


# ---- against the reference ------------------------------------------------------------------------------------------


def _forest(a: Analyses, net: NetworkResult, ident: str) -> Drawing:
    score = {n.name: n.p_score for n in net.nodes}
    rows = [
        EffectRow(
            "study", line.treatment, str(line.direct), "", line.estimate, line.ci, None,
            f"{score[line.treatment]:.2f}", wide=line.pi,
        )
        for line in net.against
    ]  # fmt: skip
    estimate = f"{head(net.measure)} ({net.level:g} % CI)"
    heads = Heads("Treatment", "Direct", "", estimate, "P-score", "less often than with the reference", "more often")
    title = f"{a.label}: treatments against {net.reference}"
    return effect_forest(f"against-{ident}", title, rows, heads, net.measure)


def _forest_csv(net: NetworkResult) -> str:
    score = {n.name: n.p_score for n in net.nodes}
    names = (net.measure, f"{net.measure}_low", f"{net.measure}_high", "pi_low", "pi_high")
    return csv_text(
        ("treatment", "reference", "direct_studies", *names, "p", "p_score"),
        (
            (
                line.treatment, net.reference, line.direct, line.estimate, *line.ci, *(line.pi or (None, None)),
                line.p, score[line.treatment],
            )
            for line in net.against
        ),
    )  # fmt: skip


# ---- the league table -----------------------------------------------------------------------------------------------


def league(net: NetworkResult) -> list[Panel]:
    """In every cell the treatment with the higher P-score stands against the other."""
    numbered = list(enumerate(net.nodes, 1))
    wide = len(numbered) if len(numbered) <= WIDEST else PANEL
    return [_panel(net, numbered[i : i + wide]) for i in range(0, len(numbered), wide)]


def _panel(net: NetworkResult, columns: list[tuple[int, Node]]) -> Panel:
    of = {(c.row, c.column): c for c in net.league}
    rows = [(row, [_cell(net, of, row, column) for _, column in columns]) for row in net.nodes]
    return Panel(columns, rows)


def _cell(net: NetworkResult, of: Mapping[tuple[str, str], LeagueCell], row: Node, column: Node) -> Cell:
    if row.name == column.name:
        return Cell("", "", "self")
    if (row.name, column.name) in of:  # the row is the better one: direct evidence
        found = of[row.name, column.name].direct
        return Cell("", "", "none") if found is None else _printed(net, found, "direct")
    return _printed(net, of[column.name, row.name].network, "network")


def _printed(net: NetworkResult, found: Estimate, kind: str) -> Cell:
    return Cell(effect(found.estimate, net.measure), effect_interval(found.ci, net.measure), kind)


SECTION = Section("network", "Network", data)
