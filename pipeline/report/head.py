"""The top of the page: title, question, the answer, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.pooled import PooledOutcome
from pipeline.report.fits import Fit, fit_of
from pipeline.report.inputs import Inputs
from pipeline.resolved import BY_REVIEWER, StudyRow


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
    #: studies with a retracted report, those that a reviewer kept in first
    retracted: list[Retracted]


def head(inputs: Inputs) -> Head:
    config = inputs.settings.config
    outcome = next(iter(config.analysis.outcomes), "")
    main = next((pooled for pooled in inputs.pooled if pooled.outcome == outcome), None)
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
        retracted=sorted(
            (_retracted(row) for row in inputs.studies if row.retracted), key=lambda r: r.state, reverse=True
        ),
    )


def _retracted(row: StudyRow) -> Retracted:
    if row.decision == "exclude":
        return Retracted(row.label, "Retracted and taken out", f"excluded-{row.study}", row.notices)
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
