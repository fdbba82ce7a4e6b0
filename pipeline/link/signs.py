"""Signs for and against a relation of two reports, each by its name in `evidence_weights` and in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz.fuzz import ratio, token_set_ratio

from pipeline.link.people import shared
from pipeline.link.places import MANY
from pipeline.link.profiles import Profile

#: from this many patients on, equal sizes are no chance
NOT_SMALL = 30
#: years of publication
FEW_YEARS, MANY_YEARS = 3, 9
TITLES_EQUAL, TITLES_ALIKE = 92.0, 72.0
#: kinds of reports beside the main one, whose numbers differ from its
LATER = ("later", "interim", "part", "protocol")
BESIDE = (*LATER, "extension")


class Sign(NamedTuple):
    """`words` are empty for a sign that needs no telling."""

    name: str
    words: str = ""


def signs(a: Profile, b: Profile) -> list[Sign]:
    """What two reports have in common and where they differ, each sign once."""
    parts = (_registration, _trial, _title, _drugs, _authors, _size, _when, _where, _kind)
    found: dict[str, Sign] = {}
    for part in parts:
        for sign in part(a, b):
            found.setdefault(sign.name, sign)
    return list(found.values())


def _registration(a: Profile, b: Profile) -> Iterator[Sign]:
    both = sorted(a.own_numbers & b.own_numbers)
    if both:
        of_registry = a.registry or b.registry
        yield Sign("same registry" if of_registry else "registration", f"both: registered as {both[0]}")
    elif _contradict(a, b):
        yield Sign("other registration", f"{_listed(a.registered)} in {a.name}, {_listed(b.registered)} in {b.name}")
    common = sorted(a.registered & b.registered)
    if common and not both:
        many = a if len(a.registered) >= len(b.registered) else b
        yield Sign("number among several", f"{common[0]} is among {len(many.registered)} numbers in {many.name}")


def _contradict(a: Profile, b: Profile) -> bool:
    """Has a register numbers for both, and none in common?"""
    letters = [{number[:3] for number in p.registered} for p in (a, b)]
    return bool(letters[0] & letters[1]) and not a.registered & b.registered


def _listed(numbers: frozenset[str]) -> str:
    return ", ".join(sorted(numbers))


def _trial(a: Profile, b: Profile) -> Iterator[Sign]:
    if a.own_trial and a.own_trial == b.own_trial:
        of_registry = a.registry or b.registry
        yield Sign("same registry" if of_registry else "trial name", f"both: {a.own_trial.upper()}")
    elif a.own_trial and b.own_trial:
        yield Sign("other trial name", f"{a.own_trial.upper()} in {a.name}, {b.own_trial.upper()} in {b.name}")
    for p, q in ((a, b), (b, a)):
        if q.own_trial and q.own_trial != p.own_trial and q.own_trial in p.trials:
            said = f"{p.name} names {q.own_trial.upper()}, the trial of {q.name}"
            yield Sign("pools the other's trial" if p.pooled else "names the other's trial", said)
        elif "extension" in p.kin and "extension" not in q.kin and _apart(p, q):
            yield Sign("prolongs the other's trial", f"{p.name}: “{p.kin['extension']}”")


def _apart(a: Profile, b: Profile) -> bool:
    """Has each a number or a name of its own?"""
    return _contradict(a, b) or bool(a.own_trial and b.own_trial and a.own_trial != b.own_trial)


def _title(a: Profile, b: Profile) -> Iterator[Sign]:
    alike = ratio(a.title, b.title) if a.title and b.title else 0.0
    if alike >= TITLES_EQUAL:
        yield Sign("titles equal", f"titles {alike:.0f} % alike")
    elif alike and token_set_ratio(a.title, b.title) >= TITLES_ALIKE:
        yield Sign("titles alike", "titles alike")


def _drugs(a: Profile, b: Profile) -> Iterator[Sign]:
    if not (a.drugs and b.drugs):
        return
    both = a.drugs & b.drugs
    if a.drugs == b.drugs:
        yield Sign("same drugs", f"both: {' + '.join(sorted(both))}")
    elif both:
        yield Sign("a drug in common", f"{' + '.join(sorted(both))} in both")
    else:
        yield Sign("other drugs", f"{' + '.join(sorted(a.drugs))} and {' + '.join(sorted(b.drugs))}")


def _authors(a: Profile, b: Profile) -> Iterator[Sign]:
    both = shared(a.people, b.people)
    fewest = min(len(a.people), len(b.people))
    known = f"authors in common: {', '.join(both.names[:4])}{' …' if len(both.names) > 4 else ''}"
    if both.rare >= 4 or (both.rare >= 2 and 2 * len(both.names) >= fewest) or len(both.names) >= 8:
        yield Sign("many authors", f"{len(both.names)} {known}")
    elif both.rare >= 2 or len(both.names) >= 4:
        yield Sign("several authors", f"{len(both.names)} {known}")
    elif both.names:
        yield Sign("an author", known)
    elif fewest >= 2:
        yield Sign("no author in common", "no author in common")
    if both.first:
        yield Sign("first author")


def explained(a: Profile, b: Profile) -> bool:
    """Does one say why its size is another?"""
    return any(kind in p.kin for p in (a, b) for kind in BESIDE) or a.meeting != b.meeting


def _size(a: Profile, b: Profile) -> Iterator[Sign]:
    if a.n is not None and b.n is not None:
        if a.n == b.n:
            yield Sign("same size" if a.n >= NOT_SMALL else "same small size", f"both: {a.n} patients")
        else:
            said = f"{a.n} patients in {a.name}, {b.n} in {b.name}"
            yield Sign("other sizes, explained" if explained(a, b) else "other sizes", said)
    equal = sorted(c for c in a.counts & b.counts if c[1] >= 3 and c[2] >= 10)
    if equal:
        outcome, events, n = equal[0]
        yield Sign("same counts", f"both: {outcome.replace('_', ' ')} in {events} of {n}")


def _when(a: Profile, b: Profile) -> Iterator[Sign]:
    if a.window and b.window:
        if a.window == b.window:
            yield Sign("same window", f"both: patients {a.window_words}")
        elif a.window[0] <= b.window[1] and b.window[0] <= a.window[1]:
            yield Sign("windows overlap", f"patients {a.window_words} and {b.window_words}")
        else:
            yield Sign("windows apart", f"patients {a.window_words} and {b.window_words}")
    elif a.year is not None and b.year is not None:
        apart = abs(a.year - b.year)
        if apart >= MANY_YEARS:
            yield Sign("many years apart", f"published {a.year} and {b.year}")
        elif apart <= FEW_YEARS:
            yield Sign("few years apart", f"published {a.year} and {b.year}")


def _where(a: Profile, b: Profile) -> Iterator[Sign]:
    both = a.places.keys() & b.places.keys()
    if both and len(a.places) <= MANY and len(b.places) <= MANY:
        yield Sign("same institution", f"both: {a.places[min(both)]}")
    elif a.cities & b.cities:
        yield Sign("same city", f"both: {min(a.cities & b.cities).title()}")
    elif a.places and b.places and not both:
        yield Sign("other institutions")
    if a.centres is not None and b.centres is not None and min(a.centres, b.centres) == 1 < max(a.centres, b.centres):
        yield Sign("one centre and many", f"{a.centres} centres in {a.name}, {b.centres} in {b.name}")


def _kind(a: Profile, b: Profile) -> Iterator[Sign]:
    for p in (a, b):
        kind = next((k for k in LATER if k in p.kin), None)
        if kind is not None:
            yield Sign("a later or partial report", f"{p.name}: “{p.kin[kind]}”")
            break
    first, then = (a, b) if a.meeting else (b, a)
    gap = (then.year or 0) - (first.year or 0)
    if first.meeting and not then.meeting and first.year is not None and 0 <= gap <= 5:
        yield Sign("abstract, then paper", f"meeting abstract {first.name}, paper {then.name}")
    if a.registry and b.registry:
        yield Sign("both registries", "both: of a registry")
    for p in (a, b):
        if p.pooled:
            yield Sign("pooled", f"{p.name}: “{p.kin.get('pooled', 'pooled')}”")
            break
    if {a.age, b.age} == {"adult", "paediatric"}:
        yield Sign("other ages", "children and adults")
    designs = {a.design, b.design}
    if designs == {"randomised"}:
        yield Sign("two trials")
    elif "randomised" in designs and designs & {"single-arm retrospective", "case series"}:
        yield Sign("other designs", "a randomised trial and a series")
