"""One citation as several databases write it, and what happens to any record on its way."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from pipeline.parsed import Citation

Change = Callable[[Citation, random.Random], Citation]


def found(kind: str, item: Citation, draw: random.Random) -> Iterator[tuple[str, Citation]]:
    """The item in some of the databases; old exports are often found twice in one."""
    for database, (share, written) in DATABASES.items():
        if kind == "preprint" and database not in ("embase", "scopus", "pubmed"):
            continue
        if kind == "register" and database not in ("central",):
            share = 0.0
        if draw.random() < share:
            yield database, _damaged(written(item, draw), draw)


def _pubmed(c: Citation, draw: random.Random) -> Citation:
    pages = _cut(c.pages)
    return _as(c, title=f"{(c.title or '').rstrip('.')}.", journal=_abbreviated(c.journal), pages=pages, authors=[_initials(a) for a in c.authors])  # fmt: skip


def _embase(c: Citation, draw: random.Random) -> Citation:
    authors = [_initials(a, comma="", dots=True) for a in c.authors]
    meeting = "Conference Abstract" in c.publication_types
    journal = f"{c.journal}. Conference: {draw.randint(3, 40)}th Annual Meeting" if meeting and draw.random() < 0.5 else c.journal  # fmt: skip
    volume, issue, pages = c.volume, c.issue, c.pages
    if c.issue and draw.random() < 0.3:
        volume, issue = f"{c.volume} ({c.issue})", None
    if draw.random() < 0.15:
        volume, pages = f"{volume or ''} (no pagination)", None
    return _as(c, authors=authors, journal=journal, volume=volume, issue=issue, pages=pages, pmid=None, pmcid=None, doi=_half(c.doi, draw, 0.7))  # fmt: skip


def _central(c: Citation, draw: random.Random) -> Citation:
    place = draw.choice(("", "", " (London, England)", " (baltimore, md.)"))
    pages = (_cut(c.pages) or "").replace("-", "‐") or None
    return _as(
        c,
        title=_sentence(c.title),
        authors=[_initials(a) for a in c.authors] if draw.random() > 0.08 else [],
        journal=f"{_sentence(c.journal)}{place}" if c.journal and "/" not in c.journal else c.journal,
        pages=pages if draw.random() > 0.1 else None,
        pmid=_half(c.pmid, draw, 0.4),
        doi=_half(c.doi, draw, 0.5),
    )


def _wos(c: Citation, draw: random.Random) -> Citation:
    title = _plain(c.title).replace(": ", " - ")
    capitals = draw.random() < 0.5
    first, dash, _ = (c.pages or "").partition("-")
    pages = f"{first}-+" if dash and draw.random() < 0.2 else c.pages
    return _as(
        c,
        title=title.upper() if capitals else title,
        authors=[_plain(_initials(a, comma=",")).replace(" ", "", a.count(" ") > 9) for a in c.authors],
        journal=_plain(c.journal).upper() if c.journal else None,
        pages=pages,
        pmid=None,
        pmcid=None,
        doi=_half(c.doi, draw, 0.6),
    )


def _scopus(c: Citation, draw: random.Random) -> Citation:
    authors = [_initials(a, comma=",", dots=True).replace(". ", ".") for a in c.authors]
    return _as(c, authors=authors, pmid=None, pmcid=None, doi=_half(c.doi, draw, 0.85), issue=_half(c.issue, draw, 0.7))


def _cinahl(c: Citation, draw: random.Random) -> Citation:
    return _as(
        c,
        title=f"{(c.title or '').title()}.",
        authors=[_initials(a) for a in c.authors[:3]],
        doi=None,
        pmid=None,
        pmcid=None,
    )


def _psycinfo(c: Citation, draw: random.Random) -> Citation:
    pages = draw.choice((c.pages, c.pages, "No Pagination Specified"))
    return _as(c, pages=pages, pmid=None, pmcid=None, doi=_half(c.doi, draw, 0.6))


DATABASES: dict[str, tuple[float, Change]] = {
    "pubmed": (0.6, _pubmed),
    "embase": (0.7, _embase),
    "central": (0.4, _central),
    "wos": (0.4, _wos),
    "scopus": (0.4, _scopus),
    "cinahl": (0.2, _cinahl),
    "psycinfo": (0.1, _psycinfo),
}


def _as(c: Citation, **changed: object) -> Citation:
    return c.model_copy(update=changed)


def _half(value: str | None, draw: random.Random, share: float) -> str | None:
    return value if draw.random() < share else None


def _cut(pages: str | None) -> str | None:
    """1137-1142 → 1137-42"""
    first, dash, last = (pages or "").partition("-")
    if not dash or len(first) != len(last):
        return pages
    same = next((i for i in range(len(first)) if first[i] != last[i]), len(first) - 1)
    return f"{first}-{last[same:]}"


def _initials(name: str, comma: str = "", dots: bool = False) -> str:
    family, _, given = name.partition(", ")
    letters = [part[0] for part in given.replace(".", " ").split()]
    said = " ".join(f"{letter}." for letter in letters) if dots else "".join(letters)
    return f"{family}{comma} {said}".strip()


def _abbreviated(journal: str | None) -> str | None:
    words = [w for w in re.findall(r"[\w]+", journal or "") if w.lower() not in ("of", "the", "and", "für", "for")]
    return journal if len(words) < 2 else " ".join(_SHORT.get(w, w[: 5 if len(w) > 6 else len(w)]) for w in words)


_SHORT = {"Journal": "J", "International": "Int", "American": "Am", "Public": "Public", "Therapeutics": "Ther"}


def _sentence(text: str | None) -> str | None:
    return text and text[0].upper() + text[1:].lower()


def _plain(text: str | None) -> str:
    text = (text or "").replace("β", "beta").replace("α", "alpha").replace("ü", "u").replace("ö", "o")
    return text.replace("í", "i").replace("á", "a").replace("é", "e").replace("&", "and")


# ---- damage ---------------------------------------------------------------------------------------------------------


def _damaged(c: Citation, draw: random.Random) -> Citation:
    """What happens to any record on its way: each in a few of a hundred."""
    for share, damage in DAMAGE:
        if draw.random() < share:
            c = damage(c, draw)
    return c


def _typing(c: Citation, draw: random.Random) -> Citation:
    title = c.title or ""
    at = draw.randrange(max(1, len(title) - 1))
    return _as(
        c, title=title[:at] + draw.choice(("", "e", title[at + 1 : at + 2] + title[at : at + 1])) + title[at + 1 :]
    )


def _subtitle(c: Citation, draw: random.Random) -> Citation:
    return _as(c, title=(c.title or "").split(": ", maxsplit=1)[0])


def _shifted(c: Citation, years: int) -> int:
    return (c.year or 2000) + years


def _year(c: Citation, draw: random.Random) -> Citation:
    return _as(c, year=_shifted(c, draw.choice((-1, 1))))


def _ahead(c: Citation, draw: random.Random) -> Citation:
    return _as(c, year=_shifted(c, draw.choice((-1, 0))), volume=None, issue=None, pages=None)


def _marks(c: Citation, draw: random.Random) -> Citation:
    title = (c.title or "").replace("β", "&beta;").replace("α", "<i>α</i>").replace(" and ", " &amp; ")
    return _as(c, title=title)


DAMAGE: list[tuple[float, Change]] = [
    (0.03, _typing),
    (0.02, _subtitle),
    (0.02, _year),
    (0.03, _ahead),
    (0.05, _marks),
    (0.02, lambda c, draw: _as(c, title=f"{(c.title or '').rstrip('.')} {draw.choice(('[Review]', '[German]', '(English)', '[Article in German]', '[abstract]'))}")),
    (0.02, lambda c, draw: _as(c, title=f"[{(c.title or '').rstrip('.')}].")),
    (0.02, lambda c, draw: _as(c, title=(c.title or "")[:100])),
    (0.03, lambda c, draw: _as(c, authors=[])),
    (0.02, lambda c, draw: _as(c, authors=c.authors[:1])),
    (0.02, lambda c, draw: _as(c, authors=[" and ".join(c.authors)] if c.authors else [])),
    (0.02, lambda c, draw: _as(c, authors=["Anonymous"])),
    (0.01, lambda c, draw: _as(c, year=None)),
    (0.01, lambda c, draw: _as(c, journal=None)),
    (0.02, lambda c, draw: _as(c, volume=None)),
    (0.03, lambda c, draw: _as(c, issue=None)),
    (0.05, lambda c, draw: _as(c, pages=(c.pages or "").split("-")[0] or None)),
    (0.04, lambda c, draw: _as(c, pages=None)),
]  # fmt: skip
