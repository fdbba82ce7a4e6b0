"""What is different since the last version, why, and whether it matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.release.sentences import because, setting_sentence, shown_steps, signed_points
from pipeline.released import (
    CAUSES,
    EVIDENCE,
    STATUSES,
    BySearch,
    Cause,
    CodeChange,
    CumulativeOutcome,
    Estimate,
    OutcomeChange,
    Since,
    Step,
)
from pipeline.report.formats import estimate, points
from pipeline.report.inputs import Inputs
from pipeline.report.plots.intervals import IntervalRow, interval_plot
from pipeline.report.plots.numbers_csv import csv_text
from pipeline.report.section import Section

#: rows of a table that is open from the start
MOST_OPEN = 12


@dataclass(frozen=True)
class Way:
    """How a result came from then to now, step by step; `csv` holds the lines of the plot."""

    ident: str
    label: str
    svg: Markup
    csv: str
    rows: list[tuple[str, int, str, str]]
    shared: str


@dataclass(frozen=True)
class Searches:
    """A result search by search."""

    ident: str
    label: str
    svg: Markup
    csv: str
    rows: list[IntervalRow]


def data(inputs: Inputs) -> Mapping[str, object]:
    found = inputs.changes
    since = found.since
    return {
        "changes": found,
        "since": since,
        "statuses": STATUSES,
        "causes": CAUSES,
        "because": because,
        "estimate": _estimate,
        "label": inputs.outcome_label,
        "most_open": MOST_OPEN,
        "nothing": since is not None and _nothing(since),
        "records": "" if since is None else _records(since),
        "methods": [] if since is None else list(_methods(since)),
        "ways": [] if since is None else [_way(o, since) for o in since.outcomes if shown_steps(o)],
        "searches": [_searches(c) for c in found.cumulative],
        "confidence": inputs.settings.config.analysis.level,
    }


def _nothing(since: Since) -> bool:
    return not (since.studies or since.numbers or since.lines or any(o.steps for o in since.outcomes))


def _estimate(e: Estimate | None) -> str:
    return "nothing pooled" if e is None else estimate(e.proportion, e.ci)


def _records(since: Since) -> str:
    counts = (
        (len(since.new_files), "new file in corpus/", "new files in corpus/"),
        (len(since.new_records), "new record in a file of then", "new records in files of then"),
        (since.updated_records, "updated record", "updated records"),
        (since.removed_records, "record taken out", "records taken out"),
    )
    told = [f"{n} {one if n == 1 else many}" for n, one, many in counts if n]
    return ", ".join(told) or "no new record"


def _methods(since: Since) -> Iterator[str]:
    stages = [c.what for c in since.software if not c.before]
    yield from (_package(c) for c in since.software if c.before)
    if stages:
        yield f"The code of {', '.join(stages)} is another."
    yield from map(setting_sentence, since.settings)


def _package(change: CodeChange) -> str:
    return f"{change.what} {change.before} → {change.after}."


# ---- from then to now ----------------------------------------------------------------------------------------------


def _way(o: OutcomeChange, since: Since) -> Way:
    then = _row(f"Version {since.name}", o.before, "")
    between = [_step_row(step) for step in shown_steps(o)]
    drawn = [row for row in (then, *between, _row("Now", o.after, _whole(o), strong=True)) if row is not None]
    ident = f"since-{o.outcome}"
    heads = ("After", "k", "% (interval)", "Shift")
    title = f"{o.label}: from version {since.name} to now"
    reference = o.after.proportion if o.after is not None else drawn[-1].share if drawn else 0.0
    return Way(
        ident=ident,
        label=o.label,
        svg=interval_plot(ident, title, drawn, heads, reference),
        csv=_csv(drawn, "shift_in_percentage_points"),
        rows=[
            (_named(s.why), s.arms, _result(s), "—" if s.shift is None else signed_points(s.shift))
            for s in shown_steps(o)
        ],
        shared=_shared(o),
    )


def _csv(rows: Sequence[IntervalRow], last: str) -> str:
    columns = ("after", "k", "proportion", "ci_low", "ci_high", last)
    lines = ([row.label, row.note, row.share, *row.ci, row.last.replace("−", "-")] for row in rows)
    return csv_text(columns, ([*cells[:-1], _number(str(cells[-1]))] for cells in lines))


def _number(text: str) -> float | None:
    return None if not text else float(text.replace("±", ""))


def _row(label: str, e: Estimate | None, last: str, strong: bool = False) -> IntervalRow | None:
    if e is None or e.ci is None:
        return None
    return IntervalRow(label, e.proportion, e.ci, str(e.k), last, strong)


def _step_row(step: Step) -> IntervalRow | None:
    if step.proportion is None or step.ci is None:
        return None
    shift = "" if step.shift is None else signed_points(step.shift)
    return IntervalRow(_named(step.why), step.proportion, step.ci, str(step.k), shift)


def _named(why: list[Cause]) -> str:
    words = because(why)
    return words[:1].upper() + words[1:]


def _result(step: Step) -> str:
    return estimate(step.proportion, step.ci)


def _whole(o: OutcomeChange) -> str:
    return "" if o.matter.shift is None else signed_points(o.matter.shift)


def _shared(o: OutcomeChange) -> str:
    """How much of the shift is news of the world, and how much is how the review reads it."""
    if o.matter.shift is None or any(step.shift is None for step in o.steps):
        return ""
    news = _sum(step for step in o.steps if set(step.why) <= EVIDENCE)
    rest = _sum(step for step in o.steps if not set(step.why) <= EVIDENCE)
    return f"Evidence moved it by {points(news)}, reviewers, software, settings and method by {points(rest)}."


def _sum(steps: Iterator[Step]) -> float:
    return sum(step.shift for step in steps if step.shift is not None)


# ---- search by search ----------------------------------------------------------------------------------------------


def _searches(c: CumulativeOutcome) -> Searches:
    rows = [_search_row(step) for step in c.steps]
    ident = f"by-search-{c.outcome}"
    title = f"{c.label}, search by search"
    svg = interval_plot(ident, title, rows, ("Known after", "k", "% (interval)", "New arms"), rows[-1].share)
    return Searches(ident, c.label, svg, _csv(rows, "new_arms"), rows)


def _search_row(step: BySearch) -> IntervalRow:
    day = "before the first search on record" if step.date is None else step.date.isoformat()
    return IntervalRow(day, step.proportion, step.ci, str(step.k), str(step.new))


SECTION = Section("whats_new", "What’s new", data)
