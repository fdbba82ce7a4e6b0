"""The words behind a value, in the text around them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.parsed import ParsedRecord, Repair
from pipeline.table_text import table_at

#: characters of context on each side
CONTEXT = 260

_SENTENCE_END = re.compile(r"[.!?]\s+(?=\S)|\n\s*\n")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True)
class Quote:
    """`words` are characters [start, end) of the source text of `file`; `before` and `after` stand around them."""

    before: str
    words: str
    after: str
    file: str
    start: int
    end: int
    page: int | None = None
    #: what the parser read otherwise than it is printed, within the words
    repairs: tuple[Repair, ...] = ()


def quote(record: ParsedRecord, start: int, end: int, context: int = CONTEXT) -> Quote | None:
    """Source characters [start, end) of a record with up to `context` characters around; None if not within it."""
    first, last = record.source.span
    if not first <= start <= end <= min(last, first + len(record.raw)):
        return None
    a, b = start - first, end - first
    return Quote(
        before=_before(record.raw[:a], context),
        words=record.raw[a:b],
        after=_after(record.raw[b:], context),
        file=record.source.file,
        start=start,
        end=end,
        page=page_of(record, start),
        repairs=tuple(r for r in record.repairs if r.start < end and start < r.end),
    )


def page_of(record: ParsedRecord, at: int) -> int | None:
    """The printed page (1-based) on which the source character `at` stands, where the source has pages."""
    for page in record.pages:
        low, high = record.alignment.to_source(page.start, page.end)
        if low <= at < high:
            return page.page
    table = table_at(record, at - record.source.span[0])
    if table is not None and table.page is not None:
        return table.page
    return record.source.page


def _before(text: str, context: int) -> str:
    """The end of `text`, from a sentence's start if one is near, else from a word's start after an ellipsis."""
    if len(text) <= context:
        return text.lstrip()
    tail = text[-context:]
    sentence = _SENTENCE_END.search(tail)
    if sentence is not None:
        return tail[sentence.end() :]
    space = _SPACE.search(tail)
    return "… " + (tail[space.end() :] if space else tail)


def _after(text: str, context: int) -> str:
    """The start of `text`, up to a sentence's end if one is near, else up to a word's end before an ellipsis."""
    if len(text) <= context:
        return text.rstrip()
    head = text[:context]
    ends = [m.start() + 1 for m in _SENTENCE_END.finditer(head)]
    if ends:
        return head[: ends[-1]].rstrip()
    cut = max((m.start() for m in _SPACE.finditer(head)), default=context)
    return head[:cut] + " …"
