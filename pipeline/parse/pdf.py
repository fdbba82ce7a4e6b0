"""Reader of PDFs with a text layer. Its source text is the text that it reads out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from pipeline.parse.document import Document, Unreadable
from pipeline.parse.identity import find_doi, registrations
from pipeline.parse.pdf_areas import Caption
from pipeline.parse.pdf_chars import Run, by_direction
from pipeline.parse.pdf_glyphs import GlyphReader
from pipeline.parse.pdf_page import TextLine, read_lines
from pipeline.parse.pdf_tables import read_tables
from pipeline.parse.prose import Reading, article_lines, read_prose
from pipeline.parsed import Citation, Page, ParsedRecord, Repair, Source, Table

#: a page with fewer letters has no text layer worth the name
_FEWEST_LETTERS = 40
#: lines so near to the top or bottom edge (share of the page) may be running heads
_MARGIN = 0.12
#: `[3]`, `[4, 7–9]` after a word
_CITATION = re.compile(r"(?<=[A-Za-z,.)”\"’])\s?\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]")
_CAPTION = re.compile(r"(?i)table\s+[A-Z]?\d{1,3}\s*(?:[.:|—–-]|$|\s[A-Z(])")
_TABLE = re.compile(r"(?i)\s*table\s+[A-Z]?\d{1,3}\b")


def read(document: Document) -> Iterator[ParsedRecord]:
    """One record. Raises Unreadable for a file that is encrypted, damaged, empty, or made of pictures only."""
    sheets = _pages(document)
    letters = sum(c.isalpha() for sheet in sheets for line in sheet.lines for c in line.text)
    if letters < _FEWEST_LETTERS * len(sheets) ** 0.5:
        remedy = "run text recognition on it, for instance `ocrmypdf in.pdf out.pdf`"
        raise Unreadable("has no text layer: its pages are pictures", remedy)
    kept = _without_running_heads(sheets)
    source, starts = _page_text(kept)
    reading = read_prose(source, article_lines(source, 0, len(source), running_heads=False))
    tables = read_tables(document.path, _captions(kept, sheets), [sheet.words for sheet in sheets])
    title = _title(kept)
    yield _record(document, reading, starts, title, tables)


@dataclass(frozen=True)
class _Sheet:
    """What a page holds; `words` by their turn, only where a table may be."""

    lines: list[TextLine]
    height: float
    words: dict[int, list[Run]]


def _pages(document: Document) -> list[_Sheet]:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(document.path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("is encrypted", "save a copy without a password") from None
        raise Unreadable("is a damaged PDF", "download it again, or print it to a new PDF") from None
    try:
        if len(pdf) == 0:
            raise Unreadable("has no pages", "download it again")
        reader = GlyphReader()
        return [_page(page, reader) for page in pdf]
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"is a damaged PDF: {error}", "download it again, or print it to a new PDF") from None
    finally:
        pdf.close()


def _page(page: Any, reader: GlyphReader) -> _Sheet:
    textpage = page.get_textpage()
    try:
        characters = by_direction(reader.read(textpage))
        lines, height = read_lines(characters), page.get_height()
    finally:
        textpage.close()
        page.close()
    turns = {line.turn for line in lines if _CAPTION.match(line.text)}
    return _Sheet(lines, height, {turn: characters.words(turn) for turn in turns})


def _without_running_heads(sheets: Sequence[_Sheet]) -> list[list[TextLine]]:
    """Lines of each page, less page numbers and lines that stand on several pages near the edge."""
    counts = Counter(m for s in sheets for m in {_mask(line) for line in s.lines if _at_edge(line, s.height)})
    least = max(2, round(0.25 * len(sheets)))

    def is_running(line: TextLine, height: float) -> bool:
        mask = _mask(line)
        return _at_edge(line, height) and (counts[mask] >= least or not mask.strip("# |-–"))

    return [[line for line in sheet.lines if not is_running(line, sheet.height)] for sheet in sheets]


def _mask(line: TextLine) -> str:
    return re.sub(r"\d+", "#", line.text)


def _at_edge(line: TextLine, height: float) -> bool:
    return not line.turn and (line.y0 < _MARGIN * height or line.y1 > (1 - _MARGIN) * height)


def _page_text(pages: Sequence[Sequence[TextLine]]) -> tuple[str, list[int]]:
    """All pages as text, a form feed between, blank lines where the page has space; and where each page starts."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    bracketed = _cites_in_brackets(pages)
    for lines in pages:
        starts.append(length)
        pitch = _pitch(lines)
        text = ""
        for i, line in enumerate(lines):
            text += ("" if i == 0 else "\n\n" if _new_block(lines[i - 1], line, pitch) else "\n") + line.text
        if bracketed:
            text = _CITATION.sub("", text)
        text += "\n\f"
        parts.append(text)
        length += len(text)
    return "".join(parts), starts


def _captions(pages: Sequence[Sequence[TextLine]], sheets: Sequence[_Sheet]) -> list[Caption]:
    """First lines of table captions: "Table 3" at the start of a line that goes on like one."""
    found = []
    for i, lines in enumerate(pages):
        for line in lines:
            if _CAPTION.match(line.text):
                column = [other for other in lines if (other.block, other.turn) == (line.block, line.turn)]
                left, right = min(other.x0 for other in column), max(other.x1 for other in column)
                found.append(Caption(i, line.turn, line.text, line.x0, line.x1, -line.y1, -line.y0, left, right))
    return found


def _cites_in_brackets(pages: Sequence[Sequence[TextLine]]) -> bool:
    """Does the article number its references as [1], [2, 3]? Then such numbers are no counts."""
    cited = {
        int(n) for page in pages for line in page for n in re.findall(r"[A-Za-z,.)] \[(\d{1,3})[\],–-]", line.text)
    }
    return len(cited) >= 5 and min(cited) <= 3


def _pitch(lines: Sequence[TextLine]) -> float:
    """The usual distance between lines, in points."""
    gaps = sorted(a.y0 - b.y0 for a, b in pairwise(lines) if a.block == b.block and a.y0 > b.y0)
    return gaps[len(gaps) // 2] if gaps else 12.0


def _new_block(before: TextLine, line: TextLine, pitch: float) -> bool:
    """Another column, size or paragraph."""
    if before.block != line.block or abs(before.height - line.height) > 0.1 * before.height:
        return True
    if before.y0 - line.y0 > 1.35 * pitch:
        return True
    indented = 3 < line.x0 - before.x0 < 40
    return indented and before.text.rstrip()[-1:] in ".!?:"


def _title(pages: Sequence[Sequence[TextLine]]) -> str | None:
    """The lines of the largest print on the first page that are long enough for a title."""
    groups: list[list[TextLine]] = []
    for line in pages[0] if pages else ():
        if groups and abs(groups[-1][0].height - line.height) < 0.06 * line.height:
            groups[-1].append(line)
        else:
            groups.append([line])
    texts = [(group[0].height, " ".join(line.text for line in group)) for group in groups]
    titles = [(size, text) for size, text in texts if 25 <= len(text) <= 350 and text.count(" ") >= 4]
    body = median([size for size, text in texts for _ in range(len(text))]) if texts else 0.0
    size, title = max(titles, key=lambda t: t[0], default=(0.0, None))
    return title if size > 1.15 * body else None


def _record(
    document: Document, reading: Reading, starts: Sequence[int], title: str | None, tables: Sequence[Table]
) -> ParsedRecord:
    """The reading text becomes the source text, so places of repairs and pages move to it."""
    clean = [piece[0] for piece in reading.pieces]
    origin = [piece[1] for piece in reading.pieces]

    def place(at: int) -> int:
        i = bisect_right(origin, at) - 1
        return clean[max(i, 0)] + (min(at - origin[i], reading.pieces[i][2]) if i >= 0 else 0)

    ends = [*starts[1:], reading.span[1]]
    pages = [
        Page(page=i + 1, start=min(place(a), len(reading.text)), end=min(place(b), len(reading.text)))
        for i, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]
    repairs = [_moved(repair, place(repair.start)) for repair in reading.repairs]
    found = [*tables, *_others(reading.tables, tables, pages)]
    front = reading.text[: pages[0].end] if pages else ""
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(reading.text)), page=1),
        citation=Citation(title=title, doi=_doi(front), registration=registrations(front)),
        text=reading.text,
        raw=reading.text,
        pieces=[(0, 0, len(reading.text))],
        sections=reading.sections,
        tables=found,
        repairs=[repair for repair in repairs if reading.text[repair.start : repair.end] == repair.now],
        pages=pages,
    )


def _moved(repair: Repair, at: int) -> Repair:
    return repair.model_copy(update={"start": at, "end": at + len(repair.now)})


def _others(in_text: Sequence[Table], found: Sequence[Table], pages: Sequence[Page]) -> list[Table]:
    """Tables that only the lines of the text gave."""
    known = {m.group().lower() for table in found if (m := _TABLE.match(table.caption))}
    rest = [table for table in in_text if (m := _TABLE.match(table.caption)) and m.group().lower() not in known]
    return [table.model_copy(update={"page": _page_of(table, pages)}) for table in rest]


def _page_of(table: Table, pages: Sequence[Page]) -> int | None:
    start = table.span[0] if table.span else 0
    return next((page.page for page in pages if page.start <= start < page.end), None)


def _doi(front: str) -> str | None:
    """The article's own DOI: the one on its first page, or the first that says so."""
    m = re.search(r"(?i)doi(?:\.org/|:\s*|\s+)(10\.\d{4,9}/\S+[^\s.,;)\]])", front)
    return re.split("https?:", m[1].lower())[0] if m else find_doi(front)
