"""What in config/ can be read, and yet is hardly meant: names that nothing has, and names that two things have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pipeline.config import Settings


def doubts(settings: Settings, config: Path) -> list[str]:
    """A line for each."""
    return [*_unknown(settings, config / "config.yaml"), *_twice(settings, config)]


def _unknown(settings: Settings, path: Path) -> Iterator[str]:
    """Classes of regimens that no arm can have."""
    drugs = [drug.name for drug in settings.drugs]
    classes = list(dict.fromkeys(drug.drug_class for drug in settings.drugs))
    for regimen in settings.config.analysis.regimen_classes:
        place = f'{path}: analysis.regimen_classes, "{regimen.name}"'
        for what, names, known in (("drug", regimen.drugs, drugs), ("drug_class", regimen.classes, classes)):
            for name in names:
                if name not in known:
                    yield f'{place}: no {what} of drugs.csv is "{name}"{_nearest(name, known)}'


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1, 0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _twice(settings: Settings, config: Path) -> Iterator[str]:
    """Names of which it is not clear what they mean."""
    drugs = {drug.name: [drug.name, *drug.synonyms] for drug in settings.drugs}
    for name, owners in _shared(drugs):
        yield f'{config / "drugs.csv"}: "{name}" is a name of {" and ".join(owners)}; take it from one'
    for file, what, names in (
        ("drugs.csv", "drug", [drug.name for drug in settings.drugs]),
        ("outcomes.csv", "outcome", [outcome.outcome for outcome in settings.outcomes]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f'{config / file}: {what} "{name}" is there twice'


def _shared(named: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Names that several rows have, with the rows; capitals tell abbreviations apart."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for owner, names in named.items():
        for name in dict.fromkeys(names):
            owners[name].append(owner)
    return ((name, found) for name, found in owners.items() if len(found) > 1)
