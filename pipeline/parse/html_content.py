"""Which part of a saved page is the article: furniture taken out, and the element that holds the rest."""

from __future__ import annotations

import re
from collections import Counter

from lxml import etree

from pipeline.parse.html_inline import BLOCKS, inline, is_block
from pipeline.parse.markup import NAMES

#: never for reading
_NEVER = frozenset(
    "script style noscript template iframe object embed svg canvas dialog audio video map link meta head".split()
)
#: for using the page, unless the page's prose stands in it
_CONTROLS = frozenset("nav aside form button select input textarea footer menu".split())
_ROLES = frozenset("navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar".split())
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")
#: words in the names of classes and ids of a page's furniture, and of reference lists
_FURNITURE = frozenset(
    """
    cookie cookies consent gdpr breadcrumb breadcrumbs navbar navigation sidebar share sharing social advert ads
    advertisement promo newsletter toolbar pagination recommended recommendations related similar metrics altmetric
    masthead references reflist bibliography citedby modal popup tooltip skip paywall login signin signup
    """.split()
)
_PHRASES = (
    "ref-list",
    "sr-only",
    "visually-hidden",
    "usa-sr-only",
    "cited-by",
    "cookie-",
    "site-header",
    "page-header",
)
_NAME_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
#: tags, roles and properties of a page's main part
_MAIN = frozenset({"article", "main", "articleBody"})
#: prose: paragraphs of so many words, most of them not in links
_SHORTEST_PROSE = 8


def prose_words(body: etree._Element) -> Counter[etree._Element]:
    """Words of the paragraphs in each element."""
    found: Counter[etree._Element] = Counter()
    for element in body.iter("p", "div", "li", "dd", "blockquote", "td"):
        words = _prose(element)
        if words:
            found[element] += words
            for above in element.iterancestors():
                found[above] += words
    return found


def _prose(element: etree._Element) -> int:
    """Words of a block that holds no other block, if it is a paragraph; else 0."""
    if any(map(is_block, element)):
        return 0
    words = inline(element).count(" ") + 1
    linked = sum(inline(a).count(" ") + 1 for a in element.iter("a"))
    return words if words >= _SHORTEST_PROSE and 2 * linked < words else 0


def strip_furniture(body: etree._Element) -> None:
    """Empty what is hidden or not the article; but nothing that holds half of the page's prose, whatever it is."""
    for element in [e for e in body.iter() if NAMES[e.tag] in _NEVER or _is_hidden(e)]:
        _drop(element)
    words = prose_words(body)
    half = words[body] / 2
    for element in list(body.iter()):
        if element is not body and _is_furniture(element) and (words[element] < half or not half):
            _drop(element)


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_furniture(element: etree._Element) -> bool:
    name = NAMES[element.tag]
    if name in _CONTROLS or (element.get("role") or "").lower() in _ROLES:
        return True
    if name not in BLOCKS and name not in ("span", "a"):
        return False
    called = f"{element.get('class') or ''} {element.get('id') or ''}"
    if not called.strip():
        return False
    if any(phrase in called.lower() for phrase in _PHRASES):
        return True
    first = (element.get("class") or element.get("id") or "").split()[:1]
    return any(word.lower() in _FURNITURE for part in first for word in _NAME_WORDS.findall(part))


def _drop(element: etree._Element) -> None:
    """Empty an element, so that nothing is read of it; the text behind it stays."""
    name, behind = "hr" if NAMES[element.tag] in BLOCKS else "script", element.tail
    element.clear()
    element.tag, element.tail = name, behind


def content_of(body: etree._Element) -> etree._Element:
    """The smallest element that holds all prose of the page, or of its main part if that has most of it."""
    words = prose_words(body)
    root = body
    for marked in body.iter():
        if _is_main(marked) and words[marked] * 10 >= words[body] * 9 and words[marked] <= words[root]:
            root = marked
    while True:
        inner = next((e for e in root if words[e] == words[root]), None)
        if inner is None or not words[root] or any(e is not inner and _has_heading(e) for e in root):
            return root
        if NAMES[inner.tag] not in ("div", "section", "article", "main", "span"):
            return root
        root = inner


def _is_main(element: etree._Element) -> bool:
    marks = (NAMES[element.tag], element.get("role"), element.get("itemprop"))
    return not _MAIN.isdisjoint(marks)


def _has_heading(element: etree._Element) -> bool:
    return next(element.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None
