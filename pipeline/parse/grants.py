"""Who paid, as databases tell it: names of agencies without the numbers of their grants."""

from __future__ import annotations

from collections.abc import Iterable


def agencies(grants: Iterable[str]) -> list[str]:
    """Of PubMed's lines `number/acronym/agency/country`, of which only the last two are always there; each once. A list
    that was cut ends in `etc.`"""
    named = (grant.split("/")[-2] if "/" in grant else grant for grant in grants)
    return [name for name in once(named) if name != "etc."]


def once(names: Iterable[str]) -> list[str]:
    """Without those that are empty, in order."""
    return list(dict.fromkeys(tidy for name in names if (tidy := " ".join(name.split()))))
