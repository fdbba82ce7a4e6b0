"""Retractions across files: a notice in one file, or a newer copy of a record, retracts a report that another file has.

A retraction counts wherever it is told; an older export that does not know of it hides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pipeline.candidates import RETRACTED, Candidate, Eligibility
from pipeline.link.citation_keys import plain_doi
from pipeline.link.journals import journal_names, journals_agree
from pipeline.link.title_pairs import telling
from pipeline.link.titles import article_of, read_title
from pipeline.parsed import Citation, Notice

#: how a notice speaks of the article, and how the article speaks of the notice
_BY_NOTICE = {
    "retraction of": "retraction in",
    "retracted and republished from": "retracted and republished in",
    "partial retraction of": "partial retraction in",
    "expression of concern for": "expression of concern in",
    "erratum for": "erratum in",
    "corrected and republished from": "corrected and republished in",
    "republished from": "republished in",
    "update of": "update in",
}
_RETRACTS = frozenset({"retraction in", "retracted and republished in"})
#: words of a title that no two articles of a journal share by chance
TELLING = 6


def tells_of_others(c: Citation) -> bool:
    """May it be a notice about another record? Most are none, and need not be kept."""
    return bool(c.notices) or "retraction" in (c.title or "").lower()


def retracted(report: Candidate) -> bool:
    return report.eligibility.decision == "exclude" and report.eligibility.reason == RETRACTED


def with_notices(report: Candidate, found: Sequence[Notice]) -> Candidate:
    """The report with the notices that other records are about it; one that is retracted is excluded."""
    known = {(n.kind, i) for n in report.citation.notices for i in (n.pmid, n.doi) if i}
    new = [n for n in found if not any((n.kind, i) in known for i in (n.pmid, n.doi) if i)]
    if new:
        notices = [*report.citation.notices, *new]
        report = report.model_copy(update={"citation": report.citation.model_copy(update={"notices": notices})})
    return marked(report) if any(n.kind in _RETRACTS for n in report.citation.notices) else report


def marked(report: Candidate) -> Candidate:
    """The report as a retracted one; a report that is kept out anyway stays as it is."""
    if report.eligibility.decision == "exclude":
        return report
    return report.model_copy(update={"eligibility": Eligibility(decision="exclude", reason=RETRACTED)})


class Told:
    """What records say of others: by identifier, and, for a notice that names none, by its title and journal."""

    def __init__(self, records: Iterable[Candidate]) -> None:
        self._by_id: defaultdict[str, dict[str, Notice]] = defaultdict(dict)
        self._by_title: defaultdict[str, list[tuple[Citation, Notice]]] = defaultdict(list)
        for record in sorted(records, key=lambda r: (r.record_id, r.source.file, r.source.span)):
            for n in record.citation.notices:
                if n.kind in _BY_NOTICE:
                    for name in filter(None, identifiers(n.pmid, n.doi)):
                        self._by_id[name].setdefault(f"{n.kind} {_who(record)}", _seen_from(record, n))
            self._add_titled(record)

    def _add_titled(self, record: Candidate) -> None:
        title = read_title(record.citation.title)
        named = any(n.kind in _BY_NOTICE and (n.pmid or n.doi) for n in record.citation.notices)
        if title.notice == "retraction" and not named and telling(title) >= TELLING:
            said = Notice(kind="retraction of")
            self._by_title[_without(record.citation.title)].append((record.citation, _seen_from(record, said)))

    @property
    def names(self) -> set[str]:
        """PMIDs and DOIs (as `identifiers` gives them) and titles of the records that they are about."""
        return self._by_id.keys() | self._by_title.keys()

    def of(self, report: Candidate) -> list[Notice]:
        c = report.citation
        by_id: dict[str, Notice] = {}
        for name in filter(None, identifiers(c.pmid, c.doi)):
            by_id |= self._by_id.get(name, {})
        return [*by_id.values(), *self._titled(c)]

    def _titled(self, c: Citation) -> Iterator[Notice]:
        title = read_title(c.title)
        if not title.notice and telling(title) >= TELLING:
            for other, notice in self._by_title.get(title.text, ()):
                if _one_journal(c, other) and (c.year is None or other.year is None or c.year <= other.year):
                    yield notice


def _without(title: str | None) -> str:
    """The title of the article that a retraction names, as titles are compared."""
    return read_title(article_of(title or "")).text


def _one_journal(a: Citation, b: Citation) -> bool:
    return journals_agree(journal_names(a.journal or ""), journal_names(b.journal or "")) == "same"


def _seen_from(notice: Candidate, said: Notice) -> Notice:
    """As the article would print it."""
    c = notice.citation
    place = ". ".join(part for part in (c.journal, str(c.year) if c.year is not None else None) if part)
    where = f"{place} (record {notice.record_id})" if place else f"record {notice.record_id}"
    return Notice.model_validate({"kind": _BY_NOTICE[said.kind], "where": where, "pmid": c.pmid, "doi": c.doi})


def _who(record: Candidate) -> str:
    return next(filter(None, identifiers(record.citation.pmid, record.citation.doi)), record.record_id)


def identifiers(pmid: str | None, doi: str | None) -> tuple[str, str]:
    """PMID and DOI as they are compared; "" for one that is not there."""
    number, name = (pmid or "").strip().lstrip("0"), plain_doi(doi)
    return f"pmid {number}" if number else "", f"doi {name}" if name else ""
