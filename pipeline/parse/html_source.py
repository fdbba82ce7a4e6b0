"""The tree of a saved page: its characters decoded as a browser would, damaged markup mended as browsers do."""

from __future__ import annotations

import codecs
import email
import email.policy
import re

from lxml import etree

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.xml_mending import without_illegal

_CHARSET = re.compile(rb"(?i)<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)")
_ARCHIVE = re.compile(rb"(?im)^content-type:\s*multipart/related")
#: what browsers take these names for
_WEB_NAMES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252"}
#: a reference to a character without its semicolon
_SHORT = re.compile(r"&#(?:\d{1,9}(?![\d;])|[xX][0-9A-Fa-f]{1,8}(?![0-9A-Fa-f;]))")
_REMEDY = "open the article in a browser and save the page again"


def page_tree(document: Document) -> tuple[etree._Element, list[str]]:
    """(root element, what the user should know of how the file was read). Raises Unreadable, and OSError."""
    text, problems = _text(document)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    data = without_illegal(_SHORT.sub(r"\g<0>;", text)).encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser) if data.strip() else None
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"is damaged HTML: {error.msg}", _REMEDY) from None
    if root is None:
        raise Unreadable("is a page without content", _REMEDY)
    if any("depth" in str(entry.message).lower() for entry in parser.error_log):
        problems.append("the page is nested too deeply to be read whole")
    return root, problems


def _text(document: Document) -> tuple[str, list[str]]:
    if _ARCHIVE.search(document.head[:4_000]):
        return _archived(document), []
    named = _CHARSET.search(document.head[:4_096])
    encoding = _known(named[1].decode("ascii")) if named else None
    if encoding in (None, "utf-8", "utf-16") or document.head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE)):
        return document.text(), [*document.problems]
    return document.path.read_bytes().decode(str(encoding), "replace"), []


def _known(name: str) -> str | None:
    """Python's name of an encoding that a page names; None if it is no encoding of text."""
    try:
        found = codecs.lookup(_WEB_NAMES.get(name.lower(), name))
    except LookupError:
        return None
    return found.name if getattr(found, "_is_text_encoding", True) else None


def _archived(document: Document) -> str:
    """The page in a web archive (MHTML). Raises Unreadable if there is none in it."""
    with document.path.open("rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload.decode(_known(str(part.get_content_charset() or "utf-8")) or "utf-8", "replace")
    raise Unreadable("is a web archive without a page in it", _REMEDY)
