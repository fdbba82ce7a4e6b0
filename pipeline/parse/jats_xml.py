"""The articles of an XML file, parsed without the network, without entities, within lxml's limits of depth and size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from pipeline.parse.document import Document, Unreadable

_REMEDY = "download the article's XML again"
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}\?>")
#: makes names such as &alpha; something to look up, where without a document type they are an error
_DOCTYPE = b'<!DOCTYPE article SYSTEM "none">'
_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_pis": True,
    "remove_comments": True,
}


def articles(document: Document) -> Iterator[etree._Element]:
    """The `article` elements of a file, one after the other; each may be used only until the next is asked for.

    Raises Unreadable for XML that is damaged, after the articles before the damage.
    """
    root = _ROOT.search(document.head)
    try:
        with document.path.open("rb") as file:
            source: Any = file if b"<!DOCTYPE" in document.head or not _is_ascii(document.head) else _WithDoctype(file)
            if root is not None and root[1] == b"article":
                yield etree.parse(source, etree.XMLParser(**_OPTIONS)).getroot()
            else:
                yield from _one_by_one(source)
    except etree.XMLSyntaxError as error:
        raise _unreadable(error) from None


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


def _is_ascii(head: bytes) -> bool:
    return b"\0" not in head[:100]


class _WithDoctype:
    """A file of bytes with a document type put after its XML declaration."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._first = True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if self._first:
            self._first = False
            declaration = _DECLARATION.match(data.removeprefix(b"\xef\xbb\xbf"))
            at = declaration.end() if declaration else 0
            data = data.removeprefix(b"\xef\xbb\xbf")
            return data[:at] + _DOCTYPE + data[at:]
        return data


def _unreadable(error: etree.XMLSyntaxError) -> Unreadable:
    message = error.msg or "it is not XML"
    if "Excessive depth" in message or "huge" in message.lower():
        return Unreadable(f"is XML beyond the limits of depth and size: {message}", _REMEDY)
    return Unreadable(f"is damaged XML: {message}", _REMEDY)
