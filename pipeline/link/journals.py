"""Names of journals: full, abbreviated (ISO 4), as initials, with a publisher's or a conference's words behind."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from pipeline.link.titles import folded, split_words

Names = tuple[tuple[str, ...], ...]

_STOP = set(
    "the of and for in on a an de la le les des du et der die das und fur y e del di und zur i supplement supplements "
    "suppl supplementum online print electronic resource journal official conference abstracts abstract".split()
)
#: what follows is not the journal's name
_TAIL = re.compile(
    r"(?i) ?(?:[.,] conference\b"
    r"| : (?:the )?(?:(?:an )?official|organ|offizielle|a journal|journal|publication|[a-z]{2,8}$)"
    r"|: (?:an?|the) (?:[a-z]+ )?journal\b"
    r"|\bofficial (?:journal|publication|organ)\b).*$"
    r"| (?:of the united states of america|u\.? ?s\.? ?a)\.?$"
)
_PARENTHESIS = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_PARTS = re.compile(r"\s[=/]\s")
#: "journal" is left out of names, but an abbreviation writes it as J
_JOURNAL = {"j", "jour", "journ", "journal", "jnl"}


@lru_cache(maxsize=50_000)
def journal_names(journal: str) -> Names:
    """Each name in the text ("A = B") as its telling words; () if there is none."""
    bare = " ".join(_PARENTHESIS.sub(" ", journal).split())
    names = (tuple(_telling(_TAIL.sub("", part))) for part in _PARTS.split(bare))
    return tuple(name for name in names if name)


def _telling(name: str) -> list[str]:
    words = split_words(folded(name.replace("'", "").replace("’", "")))
    return [w for w in words if w not in _STOP and w not in _JOURNAL] or [w for w in words if w not in _STOP] or words


@lru_cache(maxsize=50_000)
def journals_agree(a: Names, b: Names) -> Literal["same", "longer", "other"] | None:
    """ "longer": one name goes on where the other ends. None if a name is missing."""
    if not a or not b:
        return None
    found = {_compare(x, y) for x in a for y in b}
    return "same" if "same" in found else "longer" if "longer" in found else "other"


def _compare(a: tuple[str, ...], b: tuple[str, ...]) -> Literal["same", "longer", "other"]:
    if a == b or "".join(a) == "".join(b):
        return "same"
    short, long = sorted((a, b), key=lambda n: (len(n), sum(map(len, n))))
    if all(y is not None and _shortened(x, y) for x, y in zip_longest(short, long[: len(short)])):
        return "same" if len(short) == len(long) else "longer"
    return "same" if _initials(short, long) else "other"


def _shortened(x: str, y: str) -> bool:
    """Is the shorter of two words an abbreviation of the other (surg/surgery, natl/national, med/medizin)?"""
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if long.startswith(short):
        return True
    if short[0] != long[0] or len(short) < 3:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """JAMA, PNAS, BMJ: one word of the first letters of the others, with or without J for "journal"."""
    if len(short) != 1 or len(long) < 2:
        return False
    first = "".join(word[0] for word in long)
    return short[0] in (first, "j" + first, first + "j") or short[0].replace("j", "", 1) == first
