"""What of a report tells whose patients it is about, in a form that can be compared; made once per report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.candidates import RETRACTED, Candidate
from pipeline.link.citation_keys import is_meeting, read_pages
from pipeline.link.people import Person, people
from pipeline.link.places import cities, institutions
from pipeline.link.titles import folded, read_title

#: kept out as what has no patients of its own, or none that a review pools
_NO_PATIENTS = frozenset(["review", "guideline", "preclinical"])
#: treatments that say little of what was tested
_BESIDE = frozenset(["placebo", "no treatment", "observation", "standard care", "supportive care"])
#: registers of reviews, not of trials
_NO_TRIAL = ("CRD",)
_REGISTER = re.compile(r"^[A-Za-z]+")
_STOP = frozenset(
    "a an the of in on for with and or to by from at as is are versus vs using study trial results".split()
)
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Profile:
    index: int
    #: tells the report from others whatever its index
    key: tuple[int, str, str, int]
    name: str
    #: may it share patients with another, rather than only belong to a study?
    has_patients: bool
    registered: frozenset[str]
    #: the one number in each register, where no register has two
    own_numbers: frozenset[str]
    own_trial: str
    trials: frozenset[str]
    drugs: frozenset[str]
    n: int | None
    counts: frozenset[tuple[str, int, int]]
    people: tuple[Person, ...]
    places: dict[str, str]
    cities: frozenset[str]
    window: tuple[int, int] | None
    window_words: str
    year: int | None
    title: str
    age: str
    design: str
    centres: int | None
    meeting: bool
    notice: str
    #: keys of the people
    names: frozenset[str]
    kin: dict[str, str] = field(default_factory=dict)
    #: kinds of kinship that the title says
    titled: frozenset[str] = frozenset()

    @property
    def pooled(self) -> bool:
        return "pooled" in self.kin or self.design == "meta-analysis"

    @property
    def registry(self) -> bool:
        return "registry" in self.titled


_WITH_PATIENTS = frozenset(
    ["", RETRACTED, "no response proportion", "too few patients", "not a study", "meta-analysis"]
)


def profile(index: int, report: Candidate, notice: str | None = None) -> Profile | None:
    """None for a report that is of no patients: a review, a guideline, work on animals. `notice`: of its title, where
    that was read already."""
    c = report.citation
    pooled = any(k.kind == "pooled" for k in report.kinship)
    reason = report.eligibility.reason if report.eligibility.decision == "exclude" else ""
    notice = read_title(c.title).notice if notice is None else notice
    if (reason in _NO_PATIENTS and notice != "erratum") or (reason == "meta-analysis" and not pooled):
        return None
    numbers = frozenset(
        r for r in [*c.registration, *(r.id for r in report.registration)] if not r.startswith(_NO_TRIAL)
    )
    titles = frozenset(t.name for t in report.trial_names if t.evidence.text in (c.title or ""))
    trials = frozenset(_plain_name(t.name) for t in report.trial_names)
    persons = tuple(people(c.authors))
    return Profile(
        index=index,
        key=key_of(c.year, report.record_id, report.source.file, report.source.span[0]),
        name=_label(report),
        has_patients=reason in _WITH_PATIENTS,
        registered=numbers,
        own_numbers=numbers if one_trial(numbers) else frozenset(),
        own_trial=_own(frozenset(map(_plain_name, titles)), trials),
        trials=trials,
        drugs=_drugs(report),
        n=report.n_total.value,
        counts=frozenset((o.outcome, o.events, o.n) for o in report.outcomes if o.events and o.n),
        people=persons,
        places=institutions(c.affiliations, (centre.name for centre in report.centres)),
        cities=cities(c.affiliations),
        window=(_months(report.enrolment.start), _months(report.enrolment.end)) if report.enrolment else None,
        window_words=" ".join(report.enrolment.evidence.text.split()) if report.enrolment else "",
        year=c.year,
        title=" ".join(w for w in _WORD.findall(folded(c.title or "")) if w not in _STOP),
        age=report.population.age,
        design=report.design,
        centres=int(report.centre_count.value) if report.centre_count else None,
        meeting=is_meeting(c, read_pages(c.pages)),
        notice=notice,
        names=names_of(persons),
        kin={k.kind: " ".join(k.evidence.text.split()) for k in report.kinship},
        titled=frozenset(k.kind for k in report.kinship if k.title),
    )


def key_of(year: int | None, record_id: str, file: str, start: int) -> tuple[int, str, str, int]:
    return year or 0, record_id, file, start


def names_of(persons: Iterable[Person]) -> frozenset[str]:
    return frozenset(person.key for person in persons)


def one_trial(numbers: Iterable[str]) -> bool:
    """Do the numbers name one trial: at most one of each register? (A trial may be in two registers.)"""
    listed = [_register(number) for number in numbers]
    return bool(listed) and len(set(listed)) == len(listed)


def _register(number: str) -> str:
    """The register that a number is of: its letters, or EudraCT for a number without any."""
    letters = _REGISTER.match(number)
    return letters.group().upper() if letters else "EUDRACT"


def _own(titled: frozenset[str], trials: frozenset[str]) -> str:
    """The name of the report's own trial: the only one of its title, else the only one of its text."""
    only = titled or trials
    return next(iter(only)) if len(only) == 1 else ""


def _plain_name(name: str) -> str:
    """PHOENIX 1, PHOENIX-1 and Phoenix1 are one name; KEYNOTE-024 is KEYNOTE-24."""
    letters = re.sub(r"[^a-z0-9*]", "", folded(name))
    return re.sub(r"(?<=\D)0+(?=\d)", "", letters)


def _drugs(report: Candidate) -> frozenset[str]:
    """Treatments of the arms, else those of the title; not what all were given beside."""
    arms = frozenset(d for arm in report.arms for d in arm.drugs) - _BESIDE
    return arms or frozenset(report.drugs_in_title) - _BESIDE


def _months(year_month: str) -> int:
    year, month = year_month.split("-")
    return 12 * int(year) + int(month) - 1


def _label(report: Candidate) -> str:
    """What a person calls the report: Arnold 2010."""
    c = report.citation
    persons = people(c.authors[:1])
    family = persons[0].family.capitalize() if persons else ""
    return f"{family} {c.year}" if family and c.year else report.record_id
