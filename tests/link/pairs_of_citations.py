"""Citations in one line, as people write them, and the verdict on two of them."""

from __future__ import annotations

import re

from pipeline.link.citation_keys import keys_of
from pipeline.link.same_record import verdict
from pipeline.parsed import Citation

_PLACE = re.compile(r"(?P<volume>[^(:]*)(?:\((?P<issue>[^:]*)\))?(?::(?P<pages>.*))?")


def cited(line: str) -> Citation:
    """`authors | year | title | journal | volume(issue):pages | doi … pmid … type …`; any of them may be empty."""
    authors, year, title, journal, place, *more = [part.strip() or None for part in line.split("|")]
    where = _PLACE.fullmatch(place or "")
    further = dict(re.findall(r"(doi|pmid|pmcid|language) (\S+)", (more[0] if more else None) or ""))
    kinds = re.findall(r"type ([^;]+)", (more[0] if more else None) or "")
    return Citation(
        authors=authors.split("; ") if authors else [],
        year=int(year) if year else None,
        title=title,
        journal=journal,
        **{k: v for k, v in (where.groupdict() if where else {}).items() if v},
        **further,
        publication_types=kinds,
    )


def compared(a: str, b: str) -> str | None:
    """The verdict, which must not depend on which comes first."""
    x, y = keys_of(cited(a)), keys_of(cited(b))
    one, two = verdict(x, y), verdict(y, x)
    assert one == two, f"{one} | {two}"
    return one.verdict if one else None
