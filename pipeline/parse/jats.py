"""Reader of JATS articles (.nxml, .xml of PMC and publishers). Its source text is the text that it reads out."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.flow import Flow
from pipeline.parse.jats_body import read_parts
from pipeline.parse.jats_front import meta_of, read_abstracts, read_citation, read_funding, title_of
from pipeline.parse.jats_inline import character
from pipeline.parse.jats_xml import articles
from pipeline.parse.markup import child
from pipeline.parsed import ParsedRecord, Source
from pipeline.table_text import with_tables

#: unknown entities that a problem names
_MOST_NAMED = 5


def read(document: Document) -> Iterator[ParsedRecord]:
    """One record per article. Raises Unreadable for XML that is damaged or holds no article."""
    found = False
    for article, problems in articles(document):
        found = True
        yield _record(document, article, problems)
    if not found:
        raise Unreadable("holds no JATS article", "download the article's XML again")


def _record(document: Document, article: etree._Element, problems: list[str]) -> ParsedRecord:
    flow = Flow(problems=[*problems])
    meta = meta_of(article)
    title = title_of(meta)
    flow.title(title)
    read_abstracts(meta, flow)
    front = flow.length
    read_parts(article, flow)
    if child(article, "body") is None and flow.length:
        flow.problem("the file holds no full text" + (", only the abstract" if front > len(title) else ""))
    read_funding(meta, flow)
    whole = flow.text()
    _say_unknown(article, whole, flow)
    record = ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(whole))),
        citation=read_citation(article, meta, title, whole),
        text=whole,
        raw=whole,
        pieces=[(0, 0, len(whole))],
        sections=flow.in_order(),
        tables=flow.tables,
        problems=flow.problems + ([] if whole else ["has neither title nor abstract"]),
    )
    return with_tables(record)


def _say_unknown(article: etree._Element, whole: str, flow: Flow) -> None:
    """Entities that are no known character stand in the text by their names, and that is said."""
    if "&" not in whole:  # to look at each element takes long
        return
    names = dict.fromkeys(str(getattr(e, "name", "")) for e in article.iter(etree.Entity))
    unknown = [f"&{name};" for name in names if character(name) == f"&{name};"]
    if unknown:
        more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
        flow.problem(f"not resolved, for they are no known characters: {', '.join(unknown[:_MOST_NAMED])}{more}")
