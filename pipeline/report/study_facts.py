"""What the reports tell of a study besides its arms and results: registration, when and where, follow-up, patients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.candidates import Candidate, Evidence, Fact as Number, Window
from pipeline.linked import Study
from pipeline.report.links import register_link

Place = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """`words` of a fact; `sure` is false where the text gives several; `evidence` is in the report at `place`."""

    what: str
    words: str
    place: Place
    evidence: Evidence | None = None
    link: str | None = None
    sure: bool = True


#: facts that are numbers: what they are called, and where a candidate has them
_NUMBERS: tuple[tuple[str, Callable[[Candidate], Number | None]], ...] = (
    ("Centres", lambda c: c.centre_count),
    ("Follow-up", lambda c: c.followup_months),
    ("Time to response", lambda c: c.time_to_response_days),
    ("Earlier lines of treatment", lambda c: c.prior_lines_median),
    ("Before treatment", lambda c: c.baseline),
)


def study_facts(study: Study) -> list[Found]:
    """Each fact once, from the first report that has it."""
    first: dict[tuple[str, str], Found] = {}
    for candidate in (study.candidate, *study.further):
        for found in _of_report(candidate):
            several = found.what in (REGISTERED, DEFINED, FUNDING)
            first.setdefault((found.what, found.words if several else ""), found)
    return sorted(first.values(), key=lambda f: _ORDER.index(f.what))


REGISTERED, ENROLLED, DEFINED, FUNDING = "Registered", "Patients taken in", "Defined", "Funding"
_ORDER = (REGISTERED, ENROLLED, *(what for what, _ in _NUMBERS), DEFINED, FUNDING)


def _of_report(candidate: Candidate) -> Iterator[Found]:
    place = candidate.source.file, candidate.record_id
    for number in candidate.registration:
        yield Found(REGISTERED, number.id, place, number.evidence, register_link(number.id))
    if candidate.enrolment is not None:
        yield Found(ENROLLED, _window(candidate.enrolment), place, candidate.enrolment.evidence)
    for defined in candidate.definitions:
        name = defined.outcome.replace("_", " ")
        yield Found(DEFINED, f"{name}: {defined.text}", place, defined.evidence)
    for paid in candidate.funding:
        yield Found(FUNDING, paid.text, place, paid.evidence)
    for what, of in _NUMBERS:
        number_of = of(candidate)
        if number_of is not None:
            yield Found(what, _number(number_of), place, number_of.evidence, sure=number_of.status == "accepted")


def _window(window: Window) -> str:
    return window.start if window.start == window.end else f"{window.start} to {window.end}"


def _number(fact: Number) -> str:
    """A centre needs no unit; a fact with a name of its own has it in front."""
    if fact.unit in ("centres", "lines"):
        return f"{fact.value:g}"
    return f"{fact.name} {fact.value:g} {fact.unit}" if fact.name else f"{fact.value:g} {fact.unit}"
