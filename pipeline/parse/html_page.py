"""Reader of saved pages of articles (HTML, XHTML, MHTML). Its source text is the text that it reads out."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.flow import Flow
from pipeline.parse.headings import is_known
from pipeline.parse.html_body import read_content
from pipeline.parse.html_content import content_of, strip_furniture
from pipeline.parse.html_inline import inline
from pipeline.parse.html_meta import citation_of, is_article, linked_data, meta_of, title_in
from pipeline.parse.html_source import page_tree
from pipeline.parsed import ParsedRecord, Source
from pipeline.table_text import with_tables

#: fewest words of an article's page; of a page that does not say that it is one; of a full text
_LEAST_WORDS, _LEAST_UNNAMED, _LEAST_FULL = 40, 150, 600
_REMEDY = "open the article in a browser, wait until its text shows, and save the page again"


def read(document: Document) -> Iterator[ParsedRecord]:
    """The page's article. Raises Unreadable for a page that shows none."""
    root, problems = page_tree(document)
    meta, linked = meta_of(root), linked_data(root)
    title = title_in(root, meta, linked)
    flow = Flow(problems=problems)
    flow.title(title)
    body = next(root.iter("body"), None)
    if body is not None:
        strip_furniture(body)
        read_content(content_of(body), title, flow)
    words = flow.text().count(" ") - title.count(" ")
    _check(body, words, named=is_article(meta, linked), flow=flow)
    if words < _LEAST_FULL and not _has_methods(flow):
        flow.problem("the page holds no full text, only the abstract")
    whole = flow.text()
    record = ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(whole))),
        citation=citation_of(meta, linked, title, whole),
        text=whole,
        raw=whole,
        pieces=[(0, 0, len(whole))],
        sections=flow.in_order(),
        tables=flow.tables,
        problems=flow.problems,
    )
    yield with_tables(record)


def _check(body: etree._Element | None, words: int, *, named: bool, flow: Flow) -> None:
    """Raises Unreadable for a page with too few words, or one that only lists links."""
    if words < _LEAST_WORDS:
        raise Unreadable(
            "is a saved page without an article's text (a login, a notice, or a page that loads later)", _REMEDY
        )
    if named or any(s.title == "abstract" or is_known(s.title) for s in flow.sections):
        return
    linked = sum(inline(link).count(" ") + 1 for link in body.iter("a")) if body is not None else 0
    if words < _LEAST_UNNAMED or 3 * linked > words:
        raise Unreadable("is a saved page that shows no article (a list, a search, or a notice)", _REMEDY)


def _has_methods(flow: Flow) -> bool:
    """Is there a usual section outside of the abstract?"""
    abstract = next((s for s in flow.sections if s.title == "abstract"), None)
    rest = [s for s in flow.sections if s.title not in ("title", "abstract")]
    return any(is_known(s.title) and (abstract is None or s.start >= abstract.end) for s in rest)
