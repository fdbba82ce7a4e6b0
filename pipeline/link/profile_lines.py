"""Profiles as lines of JSON: smaller than in memory, for of most records only their keys are looked at."""

from __future__ import annotations

import json
from typing import Any

from pipeline.link.cards import Card
from pipeline.link.people import Person
from pipeline.link.profiles import Profile, key_of, names_of

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def line_of(p: Profile) -> bytes:
    """What `read` takes, beside the report's card."""
    said = (
        p.name,
        p.has_patients,
        sorted(p.registered),
        sorted(p.own_numbers),
        p.own_trial,
        sorted(p.trials),
        sorted(p.drugs),
        p.n,
        sorted(p.counts),
        [(person.family, person.initials, person.given) for person in p.people],
        p.places,
        sorted(p.cities),
        p.window,
        p.window_words,
        p.title,
        p.age,
        p.design,
        p.centres,
        p.meeting,
        p.notice,
        p.kin,
        sorted(p.titled),
    )
    return _encoded(said).encode("utf-8", "surrogatepass")


def read(line: bytes, card: Card, index: int) -> Profile:
    """The profile of the report with this card."""
    said: list[Any] = json.loads(line.decode("utf-8", "surrogatepass"))
    name, patients, registered, own, own_trial, trials, drugs, n, counts, persons, places, cities, window, *rest = said
    words, title, age, design, centres, meeting, notice, kin, titled = rest
    people = tuple(Person(*person) for person in persons)
    return Profile(
        index=index,
        key=key_of(card.year, *card.place[:3]),
        name=name,
        has_patients=patients,
        registered=frozenset(registered),
        own_numbers=frozenset(own),
        own_trial=own_trial,
        trials=frozenset(trials),
        drugs=frozenset(drugs),
        n=n,
        counts=frozenset(map(tuple, counts)),
        people=people,
        places=places,
        cities=frozenset(cities),
        window=None if window is None else (window[0], window[1]),
        window_words=words,
        year=card.year,
        title=title,
        age=age,
        design=design,
        centres=centres,
        meeting=meeting,
        notice=notice,
        names=names_of(people),
        kin=kin,
        titled=frozenset(titled),
    )
