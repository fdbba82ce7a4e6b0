"""Comparisons and networks in the R script: the counts of each trial, with litpool's numbers to print beside R's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.analysed import Analyses
from pipeline.compared import Contrast, NetworkResult, TrialSet
from pipeline.stats.r_script import lines, number, text, vector

FUNCTIONS = Path(__file__).with_name("metafor_compared.R")
END = """
cat("\\nLargest difference from litpool's effects:", format(max(abs(apart), 0), digits = 2), "\\n")
"""


def compared_script(analysed: Sequence[Analyses]) -> str:
    """Empty where nothing is compared that could be pooled."""
    found = [call for a in analysed for call in _calls(a)]
    return FUNCTIONS.read_text("utf-8") + "".join(found) + END if found else ""


def _calls(a: Analyses) -> Iterable[str]:
    if a.comparative is None:
        return
    for contrast in a.comparative.contrasts:
        for of_kind in contrast.sets:
            if of_kind.pooled:
                yield _compared(a.label, contrast, of_kind)
    for of_networks in a.comparative.networks:
        for net in of_networks.networks:
            yield _network(a.label, net)


def _compared(label: str, contrast: Contrast, of_kind: TrialSet) -> str:
    title = f"{label}: {contrast.first} against {contrast.second}, {of_kind.kind}"
    trials = of_kind.trials
    data = {
        "study": f"c({lines(text(t.label) for t in trials)})",
        "events1": vector(str(t.first.events) for t in trials),
        "n1": vector(str(t.first.n) for t in trials),
        "events2": vector(str(t.second.events) for t in trials),
        "n2": vector(str(t.second.n) for t in trials),
    }
    ours = {
        "measure": vector(text(p.measure) for p in of_kind.pooled),
        "method": vector(text(p.method) for p in of_kind.pooled),
        "test": vector(text(p.test) for p in of_kind.pooled),
        "estimate": vector(number(p.estimate) for p in of_kind.pooled),
    }
    return f"\ncompared(\n  {text(title)},\n{_frame(data)},\n{_frame(ours)}\n)\n"


def _network(label: str, net: NetworkResult) -> str:
    title = f"{label}, {net.kind} {'trials' if net.kind == 'randomised' else 'studies'}"
    data = {
        "study": f"c({lines(text(a.study) for a in net.data)})",
        "treatment": f"c({lines(text(a.treatment) for a in net.data)})",
        "events": vector(str(a.events) for a in net.data),
        "n": vector(str(a.n) for a in net.data),
    }
    ours = {
        "treatment": f"c({lines(text(line.treatment) for line in net.against)})",
        "estimate": vector(number(line.estimate) for line in net.against),
    }
    options = f"measure = {text(net.measure)}, method = {text(net.method)}, reference = {text(net.reference)}"
    return f"\nnetwork(\n  {text(title)},\n{_frame(data)},\n  {options},\n{_frame(ours)}\n)\n"


def _frame(columns: dict[str, str]) -> str:
    inside = ",\n".join(f"    {name} = {cells}" for name, cells in columns.items())
    return f"  data.frame(\n{inside}\n  )"
