"""Words of a JATS article's body, counted without the reader: what its text must hold."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter

WORD = re.compile(r"[a-z]{2,}|\d+(?:[.,]\d+)*")
#: apart from the text, or read otherwise than written
APART = frozenset({"table-wrap", "xref", "inline-formula", "disp-formula", "sup", "sub"})


def words(text: str) -> Counter[str]:
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", " ", text)
    return Counter(WORD.findall(unicodedata.normalize("NFKC", text).lower()))


def body_words(article: ET.Element) -> Counter[str]:
    """Words of the body's paragraphs without references, tables and formulas; the tree is cut."""
    body = article.find("body")
    if body is None:
        return Counter()
    for parent in list(body.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in APART:
                tail = child.tail
                child.clear()
                child.tail = f" {tail or ''}"
    inner = {q for p in body.iter("p") for q in p.iter("p") if q is not p}
    return words(" ".join("".join(p.itertext()) for p in body.iter("p") if p not in inner))
