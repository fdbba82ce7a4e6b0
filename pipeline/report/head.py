"""The top of the page: title, question, the answer, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.pooled import PooledOutcome
from pipeline.released import Changes, OutcomeChange, Since, Version
from pipeline.report.fits import Fit, fit_of
from pipeline.report.formats import points
from pipeline.report.inputs import Inputs
from pipeline.report.listing import first
from pipeline.resolved import BY_REVIEWER, StudyRow

#: retracted studies that the page begins with
MOST_RETRACTED = 20
_TAKEN_OUT = "Retracted and taken out"


@dataclass(frozen=True)
class Answer:
    """The pooled result of the main outcome."""

    label: str
    k: int
    studies: int
    events: int
    n: int
    fit: Fit


@dataclass(frozen=True)
class Retracted:
    """A study with a retracted report, and what became of it; `reason` is a reviewer's, who decided otherwise."""

    label: str
    state: str
    #: the id in the page that tells of it
    place: str
    notices: str
    reason: str = ""


@dataclass(frozen=True)
class Living:
    """Which version the page is, how long it was searched, and what the last update did; words for two lines."""

    version: str
    #: what PRISMA-LSR asks of the version: status, trigger, next search
    facts: list[str]
    searched: list[str]
    #: of the main outcome, against the version before; empty without one
    change: str
    likely: bool


@dataclass(frozen=True)
class Head:
    title: str
    question: str
    authors: list[str]
    confidence: float
    main_label: str
    #: null where nothing can be pooled
    answer: Answer | None
    included: int
    accepted: int
    corrected: int
    waiting: int
    set_aside: int
    stale: int
    #: studies with a retracted report, those that a reviewer kept in first; of those taken out only some
    retracted: list[Retracted]
    more_retracted: int
    living: Living


def head(inputs: Inputs) -> Head:
    config = inputs.settings.config
    outcome = next(iter(config.analysis.outcomes), "")
    main = next((pooled for pooled in inputs.pooled if pooled.outcome == outcome), None)
    retracted = sorted(
        (_retracted(row) for row in inputs.studies if row.retracted), key=lambda r: r.state, reverse=True
    )
    told = first(retracted, lambda r: r.state != _TAKEN_OUT, MOST_RETRACTED)
    return Head(
        title=config.review.title,
        question=config.review.question,
        authors=config.review.authors,
        confidence=config.analysis.level,
        main_label=inputs.outcome_label(outcome),
        answer=None if main is None else _answer(main),
        included=sum(row.decision == "include" for row in inputs.studies),
        accepted=sum(row.authority == "accepted" for row in inputs.outcomes),
        corrected=sum(row.authority in BY_REVIEWER for row in inputs.outcomes),
        waiting=len(inputs.worklist),
        set_aside=len(inputs.set_aside),
        stale=sum(row.effect == "stale" for row in inputs.decisions),
        retracted=told,
        more_retracted=len(retracted) - len(told),
        living=_living(inputs.changes, outcome),
    )


def _living(changes: Changes, outcome: str) -> Living:
    last = changes.versions[-1] if changes.versions else None
    searched = [f"{s.source} {s.last.isoformat()}" for s in changes.searches]
    main = None if changes.since is None else next((o for o in changes.since.outcomes if o.outcome == outcome), None)
    return Living(
        version="Not released yet" if last is None else _version(changes.version, last),
        facts=[] if last is None else _facts(last),
        searched=searched,
        change="" if main is None or changes.since is None else _change(main, changes.since),
        likely=main is not None and main.matter.verdict == "likely",
    )


def _version(version: str, last: Version) -> str:
    day = last.date.isoformat()
    return f"Version {version} of {day}" if version else f"Changed since version {last.name} of {day}, not released"


def _facts(last: Version) -> list[str]:
    following = [] if last.next_search is None else [f"next search {last.next_search.isoformat()}"]
    return [last.status, f"trigger: {last.trigger}", *following]


def _change(main: OutcomeChange, since: Since) -> str:
    words = {
        "likely": "the conclusion is likely to change",
        "unlikely": "the conclusion is unlikely to change",
        "first": "pooled for the first time",
        "gone": "nothing is pooled any more",
    }
    shift = "" if main.matter.shift is None else f"{points(main.matter.shift)}; "
    return f"since version {since.name}: {shift}{words[main.matter.verdict]}"


def _retracted(row: StudyRow) -> Retracted:
    if row.decision == "exclude":
        return Retracted(row.label, _TAKEN_OUT, f"excluded-{row.study}", row.notices)
    kept = row.decision == "include"
    state, place = ("Retracted, still in", f"study-{row.study}") if kept else ("Retracted, waits", "waiting")
    return Retracted(row.label, state, place, row.notices, row.reason)


def _answer(main: PooledOutcome) -> Answer | None:
    group = main.overall
    fit = fit_of(group.fits.get("iv")) if group is not None else None
    if group is None or fit is None or fit.proportion is None:
        return None
    studies = len({effect.study for effect in main.effects})
    return Answer(main.label, group.k, studies, group.events, group.n, fit)
