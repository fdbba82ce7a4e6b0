"""Names as people write them: found whatever their case, blanks and hyphens, or refused with those that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pipeline.tables import shown

#: names that an error lists at most, and those that are seen at a glance
LISTED, FEW = 40, 12
#: characters of a name that are compared for nearness, which takes their square
LONGEST = 100


class Unknown(ValueError):
    """A name that is not known, what is, and which is near."""


def plain(name: str) -> str:
    """What two spellings of one name have in common: "RoB 2", "rob-2"."""
    return "".join(c for c in name.casefold() if c.isalnum())


def found(what: str, name: str, known: Iterable[str], also: Mapping[str, str] | None = None) -> str:
    """The one of `known` that `name` is; `also` gives other names of some. Raises Unknown, too, where it is several."""
    names = dict.fromkeys(known)
    if name in names:
        return name
    spelled = {plain(other): {right} for other, right in (also or {}).items()}
    for one in names:
        spelled.setdefault(plain(one), set()).add(one)
    fitting = sorted(spelled.get(plain(name), ()))
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Unknown(f'{what} "{shown(name)}" may be each of {", ".join(fitting)}; write one as it stands here')
    raise Unknown(f'{what} "{shown(name)}" is not known ({_hint(name, list(names), spelled)})')


def _hint(name: str, names: list[str], spelled: Mapping[str, set[str]]) -> str:
    near = list(
        dict.fromkeys(n for s in get_close_matches(plain(name)[:LONGEST], spelled, 3, 0.5) for n in sorted(spelled[s]))
    )
    nearest = f"nearest: {', '.join(near)}; " if near and len(names) > FEW else ""
    listed = ", ".join(names[:LISTED]) or "none"
    return f"{nearest}known: {listed}{', …' if len(names) > LISTED else ''}"
