"""Records of an XML export, one after the other: cut out of the file as text, each parsed alone.

So memory is flat, a damaged record costs no other, and no document type, entity or network is ever looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from html.entities import html5

from lxml import etree

from pipeline.parse.citation_record import make_record
from pipeline.parse.document import Document, Unreadable
from pipeline.parse.tagged import blocks, too_long
from pipeline.parsed import Citation, ParsedRecord, SetAside

_ENTITIES = re.compile(r"<!ENTITY\b")
#: an ampersand that is no reference that XML itself knows
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)(?:(\w{1,32});)?")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SUPERSCRIPT = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_EXPONENT = re.compile(r"\s*[-−–+]?\d{1,4}[-−–+]?\s*")


def elements(document: Document, *names: str) -> Iterator[etree._Element | SetAside]:
    """Elements of these names, which do not hold each other. Raises Unreadable for a file that declares entities."""
    if _ENTITIES.search(document.head_text):
        raise Unreadable("declares XML entities of its own, which no export does", "export it again from the database")
    either = "|".join(names)
    start, end = re.compile(rf"<(?:{either})(?=[\s>])"), re.compile(rf"</(?:{either})\s{{0,9}}>")
    number = 0
    for block in blocks(document, start):
        if not (block.too_long or start.match(block.text)):
            continue
        number += 1
        last = end.search(block.text)
        if block.too_long:
            yield too_long(document, block, number)
        elif last is None:
            yield _damaged(document, number, "its end tag is missing")
        else:
            yield _element(document, number, block.text[: last.end()])


def _element(document: Document, number: int, text: str) -> etree._Element | SetAside:
    try:
        return etree.fromstring(_REFERENCE.sub(_known, _ILLEGAL.sub(" ", text)), _parser())
    except etree.XMLSyntaxError as error:
        return _damaged(document, number, str(error.msg or "it is not XML"))


@cache
def _parser() -> etree.XMLParser:
    """One for all records: to make it takes as long as to read a record."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _known(m: re.Match[str]) -> str:
    """A named character of HTML as itself; any other ampersand as a plain one."""
    character = html5.get(f"{m[1]};") if m[1] else None
    return escape(character) if character else f"&amp;{m.group()[1:]}"


def _damaged(document: Document, number: int, why: str) -> SetAside:
    reason = f"this record is damaged XML: {why}"
    return SetAside(set_aside=document.name, record=f"number {number}", reason=reason, remedy="export it again")


def words(element: etree._Element | None) -> str:
    """What an element says, on one line; raised numbers as such (10⁹)."""
    if element is None:
        return ""
    if not len(element):
        return " ".join((element.text or "").split())
    if len(element) == 1 and (styled := _in_one_style(element, element[0])) is not None:
        return " ".join(styled.split())
    parts: list[str] = []
    _collect(element, parts)
    return " ".join("".join(parts).split())


def _in_one_style(element: etree._Element, child: etree._Element) -> str | None:
    """What an element says whose only child has all of it, as EndNote writes; None where something may be raised."""
    if len(child) or "sup" in (element.tag, child.tag) or element.get("face") or child.get("face") == "superscript":
        return None
    return f"{element.text or ''}{child.text or ''}{child.tail or ''}"


def paragraphs(element: etree._Element | None) -> list[str]:
    """What an element says, line by line."""
    if element is None:
        return []
    parts: list[str] = []
    _collect(element, parts)
    lines = re.split(r"[\r\n]+", "".join(parts))
    return [line for line in (" ".join(line.split()) for line in lines) if line]


def _collect(element: etree._Element, parts: list[str]) -> None:
    """Texts in order; lxml's limit of depth (256) bounds the recursion."""
    raised = element.tag == "sup" or element.get("face") == "superscript"
    text = element.text or ""
    parts.append(text.strip().translate(_SUPERSCRIPT) if raised and _EXPONENT.fullmatch(text) else text)
    for child in element:
        _collect(child, parts)
        parts.append(child.tail or "")


def first(element: etree._Element, *paths: str) -> str | None:
    """The words of the first of these paths that has some."""
    return next((found for path in paths if (found := words(element.find(path)))), None)


def every(element: etree._Element, path: str) -> list[str]:
    """The words of every element at the path."""
    return [found for e in element.iterfind(path) if (found := words(e))]


def text_record(
    document: Document,
    title: str,
    abstract: list[tuple[str, str]],
    cited: Citation,
    problems: list[str],
    notices: Sequence[str] = (),
) -> ParsedRecord:
    """A record whose source text is title and paragraphs; a paragraph is (label or "", words).

    `notices` stand behind them, a line for each notice of the citation, and are no part of the text to read.
    """
    parts = [title] if title else []
    labels: list[tuple[str, int, int]] = []
    spans: list[tuple[int, int]] = []
    at = len(title)
    for label, said in abstract:
        at += 2 if at else 0
        head = f"{label}: " if label else ""
        if label:
            labels.append((label, at, at + len(head)))
        parts.append(head + said)
        spans.append((at, at + len(parts[-1])))
        at = spans[-1][1]
    body: list[tuple[int, int, str | None]] = []
    for i, (start, end) in enumerate(spans):
        body += [(spans[i - 1][1], start, "\n\n")] if i else []
        body.append((start, end, None))
    top: list[tuple[int, int, str | None]] = [(0, len(title), None)] if title else []
    raw = "\n\n".join(parts)
    raw, cited = (raw, cited) if document.cited_only else _with_notices(raw, cited, notices)
    return make_record(document, 0, raw, top, body, cited, labels=labels, problems=problems)


def _with_notices(raw: str, cited: Citation, lines: Sequence[str]) -> tuple[str, Citation]:
    """The source text with the lines behind it, and each notice with the place of its line."""
    placed = []
    for found, line in zip(cited.notices, lines, strict=True):
        raw += "\n\n" if raw else ""
        placed.append(found.model_copy(update={"span": (len(raw), len(raw) + len(line))}))
        raw += line
    return (raw, cited.model_copy(update={"notices": placed})) if placed else (raw, cited)
