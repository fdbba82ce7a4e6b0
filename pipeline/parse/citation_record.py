"""The record of one citation: its title and abstract, taken from stretches of the source, and what it is cited by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from pipeline.parse.document import Document
from pipeline.parse.labels import find_labelled
from pipeline.parse.lines import ends_sentence
from pipeline.parse.prose import Writer
from pipeline.parse.repairs import find_repairs
from pipeline.parse.sections import Heading
from pipeline.parsed import Citation, ParsedRecord, Repair, Source
from pipeline.spans import Piece, TextBuilder

#: (start, end, text) of a stretch of the source: copied where text is None, else read as `text`
Stretch = tuple[int, int, str | None]

NO_TEXT = "has neither title nor abstract"
_LINE = re.compile(r"\S(?:[^\r\n]*\S)?")
#: (words of which one must be there, what a repair starts from): a quick look before the rules of `repairs`
_SUSPECT = [
    (("10",), re.compile(r"10(?:[3-9]|1[0-2]|\()[\d)]*\s?/")),
    (("<",), re.compile(r"</?[A-Za-z]")),
    (("&",), re.compile(r"&#?\w{2,8};")),
    (("(2",), re.compile(r"\(2[\d.]*\s?(?:[-–−,]|to)\s?[\d.]")),
    (("CI",), re.compile(r"CI\s?[,:=]?\s?[(\[]?2[\d.]*\s?(?:[-–−,]|to)\s?[\d.]")),
    (("#", " ,", " .", "P 5", "p 5"), re.compile(r"[5,.#](?<=[Pp] [5,.#]) ?0?\.\d")),
    ((" 5 ", " 6 "), re.compile(r"[56](?<= [56]) (?:[-−]?\.?\d|S[DE]|standard)")),
    (tuple("ﬀﬁﬂﬃﬄ"), re.compile("[ﬀ-ﬄ]")),
]


def line_spans(raw: str, start: int, end: int) -> list[tuple[int, int]]:
    """Lines of raw[start:end] that hold something, without the white space around them."""
    return [m.span() for m in _LINE.finditer(raw, start, end)]


def joined(raw: str, spans: Sequence[tuple[int, int]], *, wrapped: bool) -> list[Stretch]:
    """Lines one after the other: wrapped lines with a blank between, others closed by the end of a sentence."""
    stretches: list[Stretch] = []
    for i, (start, end) in enumerate(spans):
        if i:
            before = spans[i - 1]
            closed = not wrapped and ends_sentence(raw[before[0] : before[1]])
            stretches.append((before[1], start, "\n\n" if closed else " "))
        stretches.append((start, end, None))
    return stretches


def make_record(
    document: Document,
    at: int,
    raw: str,
    title: Sequence[Stretch],
    abstract: Sequence[Stretch],
    cited: Citation,
    *,
    labels: Sequence[tuple[str, int, int]] = (),
    problems: Sequence[str] = (),
) -> ParsedRecord:
    """The record whose reading text is title, blank line, abstract; `raw` stands at `at` of the source text.

    `labels` are (title, start, end) of labels in raw that the format marks as such.
    """
    reading = _Reading(raw, at)
    reading.write(title)
    if document.cited_only:
        return _cited_only(document, raw, "".join(reading.parts), abstract, cited, problems)
    title_span = (0, reading.length) if reading.length else None
    if title and abstract:
        end = title[-1][1]
        reading.add("\n\n", end, min(end + 2, max(end, abstract[0][0])) - end)
    reading.write(abstract)
    text = "".join(reading.parts)
    own = list(_placed(reading.pieces, at, labels)) if labels else []
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(at, at + len(raw))),
        citation=cited.model_copy(update={"title": text[: title_span[1]]}) if title_span else cited,
        text=text,
        raw=raw,
        pieces=reading.pieces or [(0, at, 0)],
        sections=find_labelled(text, title_span, own),
        repairs=sorted(reading.repairs, key=lambda repair: repair.start),
        problems=[*document.problems, *problems, *([] if text else [NO_TEXT])],
    )


def _cited_only(
    document: Document, raw: str, title: str, abstract: Sequence[Stretch], cited: Citation, problems: Sequence[str]
) -> ParsedRecord:
    """The record without what costs time and a citation does not need: sections, repairs, and the way to the source."""
    said = "".join(raw[start:end] if text is None else text for start, end, text in abstract)
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(raw))),
        citation=cited.model_copy(update={"title": title}) if title else cited,
        text="\n\n".join(part for part in (title, said) if part),
        raw=raw,
        pieces=[],
        problems=list(problems),
    )


class _Reading:
    """The text as it grows."""

    def __init__(self, raw: str, at: int) -> None:
        self.raw = raw
        self.at = at
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self.repairs: list[Repair] = []
        self.length = 0

    def add(self, text: str, start: int, size: int) -> None:
        """Append `text`, which stands for `size` characters of raw from `start` on."""
        if text:
            self.parts.append(text)
            self.pieces.append((self.length, self.at + start, size))
            self.length += len(text)

    def write(self, stretches: Sequence[Stretch]) -> None:
        """Append the stretches, with repairs made and with plain spaces."""
        if not stretches:
            return
        parts = [self.raw[start:end] if text is None else text for start, end, text in stretches]
        line = "".join(parts).replace("\n\n", " ")
        # printable text has plain spaces only, and nothing that is not seen
        plain = line.isprintable()
        seen = plain and "  " not in line and _is_copied(stretches) and not _is_suspect(line)
        repairs = [] if seen else repairs_of(self.raw, stretches[0][0], stretches[-1][1])
        if plain and not repairs:
            self._copy(stretches, parts)
        else:
            self._repair(stretches, repairs)

    def _copy(self, stretches: Sequence[Stretch], parts: Sequence[str]) -> None:
        """Append the stretches, which read `parts`, as they are."""
        *starts, self.length = accumulate(map(len, parts), initial=self.length)
        at = self.at
        places = zip(starts, stretches, parts, strict=True)
        self.pieces += [(place, at + start, end - start) for place, (start, end, _), words in places if words]
        self.parts += parts

    def _repair(self, stretches: Sequence[Stretch], repairs: Sequence[Repair]) -> None:
        made: list[Repair] = []
        last = done = 0
        for start, end, text in stretches:
            start = max(start, done)  # what a repair has replaced is not read again
            if start >= end and start == done:
                continue
            if text is not None:
                self.add(text, start, end - start)
                continue
            first = last
            while last < len(repairs) and repairs[last].start < end:
                last += 1
            here = [repair for repair in repairs[first:last] if repair.start >= start]
            words = self.raw[start:end]
            if here or not words.isprintable():
                self._clean(start, end, here)
                done = max(done, *(repair.end for repair in here)) if here else done
            else:
                self.add(words, start, end - start)
            made += here
        self.repairs += [moved(repair, self.at) for repair in made]

    def _clean(self, start: int, end: int, repairs: Sequence[Repair]) -> None:
        builder = TextBuilder(self.raw)
        Writer(builder, repairs).keep(start, end)
        text, alignment = builder.build()
        if text:
            self.parts.append(text)
            self.pieces += [(self.length + a, self.at + b, size) for a, b, size in alignment.pieces]
            self.length += len(text)


def _is_copied(stretches: Sequence[Stretch]) -> bool:
    """Does nothing but white space stand for other characters than the source has?"""
    return all(text is None or text.isspace() for text in {text for _, _, text in stretches})


def repairs_of(raw: str, start: int, end: int) -> list[Repair]:
    """Repairs of raw[start:end], with offsets in raw; most abstracts need none, and a quick look shows it."""
    text = raw[start:end]
    if _is_suspect(" ".join(text.split())):
        return [moved(repair, start) for repair in find_repairs(text)]
    return []


def _is_suspect(text: str) -> bool:
    """May there be something to repair? The text has single blanks only."""
    for words, pattern in _SUSPECT:
        for word in words:
            if word in text and pattern.search(text):
                return True
    return False


def moved(repair: Repair, by: int) -> Repair:
    return repair.model_copy(update={"start": repair.start + by, "end": repair.end + by}) if by else repair


def _placed(pieces: Sequence[Piece], at: int, labels: Sequence[tuple[str, int, int]]) -> Iterator[Heading]:
    """Labels where they stand in the text: each starts a stretch of its own."""
    places = {source - at: clean for clean, source, _ in pieces}
    for title, start, end in labels:
        if start in places:
            yield Heading(title, places[start], places[start] + end - start)
