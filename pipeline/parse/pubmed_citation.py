"""The citation of a record in PubMed's text exports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.identifiers import find_doi, registrations
from pipeline.parse.affiliations import addresses
from pipeline.parse.notices import named_kind, notice
from pipeline.parse.pubmed_paragraphs import Paragraph
from pipeline.parsed import Citation, Notice

#: `Journal. 2012 Mar 1;119(9):1967-72.`
_SOURCE = re.compile(
    r"(?P<journal>\S[^\n]{0,200}?)\. (?P<year>(?:1[89]|20)\d\d)\b(?P<date>[ A-Za-z\d/-]{0,25})"
    r"(?:;(?P<volume>[^(:;.]{0,40})(?:\((?P<issue>[^()]{0,60})\))?)?(?::(?P<pages>[A-Za-z]{0,8}\d[^.;\s]{0,40}))?"
)
_NUMBER = re.compile(r"\d{1,7}[.:]\s+")
_ID = re.compile(r"\b(?P<kind>DOI|doi|PMCID|PMID):\s*(?P<id>\S+)")
_NAME = re.compile(
    r"(?P<name>[^\W\d_][\w'’. -]{0,60}? [A-Z][A-Z-]{0,4}(?: (?:Jr|Sr|\d(?:st|nd|rd|th)))?)(?:\(\d{1,3}\))*[#*]*\.?$"
)
_MARKS = re.compile(r"(?:\(\d{1,3}\))+[#*]*|[#*]+$")
_INFORMATION = "Author information:"
_LANGUAGE = re.compile(r"\[Article in (?P<language>[^\]]{2,60})\]")
#: an author list is not searched for names beyond so many
_LOOKED_AT = 20


def is_authors(words: str) -> bool:
    """Are these words names with initials, as PubMed lists them? The first tells, and most of the next."""
    names = _split(words)[:_LOOKED_AT]
    return words.endswith(".") and bool(names) and 2 * sum(bool(_NAME.match(name)) for name in names) > len(names)


def names_of(words: str) -> list[str]:
    """Names without the numbers of their addresses."""
    return [name for part in _split(words.rstrip()) if (name := _MARKS.sub("", part).strip(" ."))]


def _split(words: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;]", words) if part.strip()]


def citation_of(
    raw: str,
    first: Paragraph,
    authors: Paragraph | None,
    language: Paragraph | None,
    abstract: Sequence[Paragraph],
    aside: Sequence[Paragraph] = (),
) -> Citation:
    """The citation of an abstract export's record; its title is set with the text."""
    source = _NUMBER.sub("", first.words(raw), count=1)
    told = _LANGUAGE.match(language.words(raw)) if language else None
    text = " ".join(paragraph.words(raw) for paragraph in abstract)
    notices = [found for paragraph in aside for found in _notices(raw, paragraph)]
    return _cited(
        source,
        _SOURCE.match(source),
        _ids(raw, first),
        authors=names_of(authors.words(raw)) if authors else [],
        affiliations=_addresses([paragraph.words(raw) for paragraph in aside]),
        registration=registrations(text),
        publication_types=["Retracted Publication"] if any(n.kind == "retraction in" for n in notices) else [],
        notices=notices,
        language=told["language"] if told else None,
    )


def _notices(raw: str, paragraph: Paragraph) -> Iterator[Notice]:
    """`Retraction in`, and below it a line or more for each notice."""
    kind = named_kind(raw[slice(*paragraph.lines[0])])
    if kind is None:
        return
    begins = [i for i, line in enumerate(paragraph.lines) if i and (i == 1 or _SOURCE.match(raw, *line))]
    for first, end in pairwise([*begins, len(paragraph.lines)]):
        lines = paragraph.lines[first:end]
        said = " ".join(raw[a:b] for a, b in lines)
        yield notice(kind, said, (lines[0][0], lines[-1][1]))


def _addresses(aside: Sequence[str]) -> list[str]:
    """Addresses out of what stands beside the abstract: `Author information: (1)Department of … (2)…`."""
    named = (words for words in aside if words.startswith(_INFORMATION))
    return addresses(part for words in named for part in re.split(r"(?:^|\s)\(\d{1,3}\)", words[len(_INFORMATION) :]))


def _cited(words: str, source: re.Match[str] | None, ids: dict[str, str], **more: object) -> Citation:
    part = source.groupdict() if source else {}
    year = re.search(r"\b(?:1[89]|20)\d\d\b", words)
    fields = {name: (part.get(name) or "").strip() or None for name in ("journal", "volume", "issue", "pages")}
    return Citation.model_validate(
        {
            **fields,
            "year": int(part["year"]) if part else int(year[0]) if year else None,
            "doi": find_doi(ids.get("doi", "")),
            "pmid": ids.get("pmid"),
            "pmcid": ids.get("pmcid"),
            "database": "PubMed",
            **more,
        }
    )


def _ids(raw: str, first: Paragraph) -> dict[str, str]:
    """Identifiers from the lines that start with their names, else from the citation."""
    found = _ids_in(first.words(raw))
    for m in re.finditer(r"(?m)^(?:DOI|PMCID|PMID):[^\r\n]*", raw.replace("\r", "\n")):
        found.update(_ids_in(m.group()))
    return found


def _ids_in(words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for m in _ID.finditer(words):
        value = m["id"].rstrip(".;,")
        if m["kind"] != "PMID" or re.fullmatch(r"\d{1,9}", value):
            found[m["kind"].lower()] = value
    return found


def summary_citation(raw: str, paragraph: Paragraph) -> tuple[Citation, tuple[int, int]]:
    """The citation of a summary, and where in the record its title stands.

    `1: Authors. Title. Journal. 2012 Mar 1;119(9):1967-72. doi: …. PMID: …; PMCID: ….`
    """
    # one character for each of the record, so that places hold
    words = re.sub(r"\s", " ", raw)
    number = _NUMBER.match(words)
    begin = number.end() if number else 0
    authors_end = _authors_end(words, begin)
    ids = _ID.search(words, authors_end)
    source = _source(words, authors_end, ids.start() if ids else len(words))
    title_end = source.start("journal") if source else ids.start() if ids else len(words)
    title_end = authors_end + len(words[authors_end:title_end].rstrip())
    authors = names_of(words[begin:authors_end]) if authors_end > begin else []
    cited = _cited(words, source, _ids_in(words[authors_end:]), authors=authors)
    return cited, (authors_end, title_end)


def _authors_end(words: str, begin: int) -> int:
    """Where the title starts: behind the first full stop, if names stand before it."""
    stop = words.find(". ", begin)
    return stop + 2 if stop > 0 and is_authors(words[begin : stop + 1].strip()) else begin


def _source(words: str, start: int, end: int) -> re.Match[str] | None:
    """Journal and date, before the identifiers, behind a full stop, question or exclamation mark."""
    for m in re.finditer(r"[.?!\]] +(?=\S[^.]{1,150}\. (?:1[89]|20)\d\d\b)", words[start:end]):
        found = _SOURCE.match(words, start + m.end(), end)
        if found:
            return found
    return None
