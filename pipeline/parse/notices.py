"""Retractions, corrections and updates that a record names: by the words and tags of PubMed, Europe PMC and JATS."""

from __future__ import annotations

import re
from typing import get_args

from pipeline.identifiers import find_doi
from pipeline.parsed import Notice, NoticeKind

_KINDS: dict[str, NoticeKind] = {"".join(kind.split()): kind for kind in get_args(NoticeKind)}
#: tags of MEDLINE exports (https://www.nlm.nih.gov/bsd/mms/medlineelements.html)
TAGS: dict[str, NoticeKind] = {
    "RIN": "retraction in",
    "ROF": "retraction of",
    "PRIN": "partial retraction in",
    "PROF": "partial retraction of",
    "RRI": "retracted and republished in",
    "RRF": "retracted and republished from",
    "ECI": "expression of concern in",
    "ECF": "expression of concern for",
    "EIN": "erratum in",
    "EFR": "erratum for",
    "CRI": "corrected and republished in",
    "CRF": "corrected and republished from",
    "RPI": "republished in",
    "RPF": "republished from",
    "UIN": "update in",
    "UOF": "update of",
}
#: `related-article-type` of JATS: what JATS4R recommends, and what PMC writes
JATS: dict[str, NoticeKind] = {
    "retraction-forward": "retraction in",
    "retracted-article": "retraction of",
    "partial-retraction-forward": "partial retraction in",
    "partial-retraction": "partial retraction of",
    "expression-of-concern": "expression of concern in",
    "expression-of-concern-forward": "expression of concern in",
    "concern-forward": "expression of concern in",
    "object-of-concern": "expression of concern for",
    "correction-forward": "erratum in",
    "corrected-article": "erratum for",
    "republished-article": "republished in",
    "update-forward": "update in",
    "updated-article": "update of",
}
#: articles that are notices themselves: there, `expression-of-concern` names what the concern is about
_ABOUT: dict[NoticeKind, NoticeKind] = {"expression of concern in": "expression of concern for"}
_PMID = re.compile(r"\bPMID:\s{0,3}(\d{1,9})\b")


def named_kind(name: str) -> NoticeKind | None:
    """The kind of PubMed's "ErratumIn" and "Erratum in"; None for what says nothing of the article's standing."""
    return _KINDS.get("".join(name.lower().split()))


def notice(kind: NoticeKind, said: str, span: tuple[int, int] | None = None) -> Notice:
    """The notice that a line such as "Lancet. 2006 Jan 1;367(9504):1. PMID: 123" names."""
    pmid = _PMID.search(said)
    where = _PMID.sub("", said).strip(" .")
    return Notice(kind=kind, where=where, pmid=pmid[1] if pmid else None, doi=find_doi(said), span=span)


def printed(found: Notice) -> str:
    """`Erratum in: Lancet. 2006;367:1. PMID: 123`, for a reader that writes its source text."""
    return f"{found.kind.capitalize()}: {found.where}" + (f". PMID: {found.pmid}" if found.pmid else "")


def jats_kind(related: str, article: str) -> NoticeKind | None:
    """The kind of a `related-article-type` in an article of this `article-type`."""
    kind = JATS.get(related)
    return _ABOUT.get(kind, kind) if kind is not None and article in _NOTICES else kind


_NOTICES = frozenset({"retraction", "partial-retraction", "correction", "expression-of-concern", "addendum"})
