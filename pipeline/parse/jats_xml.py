"""The articles of an XML file, parsed without the network, without entities, within lxml's limits of depth and size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.xml_mending import Mended

_REMEDY = "download the article's XML again"
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}\?>")
#: makes names such as &alpha; something to look up, where without a document type they are an error
_DOCTYPE = b'<!DOCTYPE article SYSTEM "none">'
_BOM = b"\xef\xbb\xbf"
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_pis": True,
    "remove_comments": True,
}

#: an article and what the user should know of how its file was read
Article = tuple[etree._Element, list[str]]


def articles(document: Document) -> Iterator[Article]:
    """The `article` elements of a file, one after the other; each may be used only until the next is asked for.

    Bytes and characters that no XML may hold are mended. Raises Unreadable for XML that is damaged otherwise, after the
    articles before the damage, and OSError.
    """
    root = _ROOT.search(document.head)
    try:
        if root is not None and root[1] == b"article":
            yield _whole(document)
        else:
            with Mended(document) as mended:
                for element in _one_by_one(_WithDoctype(mended)):
                    yield element, mended.problems
    except etree.XMLSyntaxError as error:
        raise _unreadable(error) from None


def _whole(document: Document) -> Article:
    """A file that is one article; as stored, for speed, and mended only if it must be."""
    try:
        return etree.fromstring(_with_doctype(document.path.read_bytes()), etree.XMLParser(**_OPTIONS)), []
    except etree.XMLSyntaxError:
        with Mended(document) as mended:
            data = b"".join(iter(lambda: mended.read(1 << 20), b""))
        if not mended.problems:
            raise
        return etree.fromstring(_with_doctype(data), etree.XMLParser(**_OPTIONS)), mended.problems


def _one_by_one(source: Any) -> Iterator[etree._Element]:
    """Articles within a set or an envelope; what has been read is forgotten, so that memory stays flat."""
    for _, element in etree.iterparse(source, events=("end",), tag="{*}article", **_OPTIONS):
        yield element
        element.clear()
        place: etree._Element | None = element
        while place is not None:
            while place.getprevious() is not None:
                del place.getparent()[0]  # type: ignore[union-attr]
            place = place.getparent()


def _with_doctype(data: bytes) -> bytes:
    """The start of a file with a document type put after its XML declaration, if it has none."""
    if b"\0" in data[:100] or b"<!DOCTYPE" in data[:65_536]:
        return data
    data = data.removeprefix(_BOM)
    declaration = _DECLARATION.match(data)
    at = declaration.end() if declaration else 0
    return data[:at].lstrip() + _DOCTYPE + data[at:]


class _WithDoctype:
    """A file of bytes whose start has a document type."""

    def __init__(self, file: Mended) -> None:
        self._file = file
        self._first = True

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        if self._first:
            self._first = False
            return _with_doctype(data)
        return data


def _unreadable(error: etree.XMLSyntaxError) -> Unreadable:
    message = error.msg or "it is not XML"
    if "Excessive depth" in message or "huge" in message.lower():
        return Unreadable(f"is XML beyond the limits of depth and size: {message}", _REMEDY)
    return Unreadable(f"is damaged XML: {message}", _REMEDY)
