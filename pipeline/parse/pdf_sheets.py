"""Opening a PDF and reading its pages: lines in reading order, and what tables need where a caption stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.parse.document import Unreadable
from pipeline.parse.pdf_chars import Run, by_direction
from pipeline.parse.pdf_glyphs import GlyphReader
from pipeline.parse.pdf_page import TextLine, read_lines
from pipeline.parse.pdf_rules import Rules, read_strokes

#: the first line of a caption: "Table 3" with a stop, alone, or before a capital
CAPTION = re.compile(r"(?i:table)\s+(?:[A-Z]?\d{1,3}|[IVX]{1,5})\s*(?:[.:|—–-]|$|\s(?:[A-Z(]|[a-z]+ed\b))|TABLE\s+\S")
_AGAIN = "download it again, or print it to a new PDF"
#: a page with fewer letters has no text layer worth the name
_FEWEST_LETTERS = 20
#: most pages that a message names one by one
_NAMED = 12


@dataclass(frozen=True)
class Sheet:
    """What a page holds; `words` and `rules` by the turn of the text, only where a table may be."""

    lines: list[TextLine] = field(default_factory=list)
    height: float = 0.0
    words: dict[int, list[Run]] = field(default_factory=dict)
    rules: dict[int, Rules] = field(default_factory=dict)
    captioned: bool = False
    damaged: bool = False


def read_sheets(path: Path, most: int, *, for_tables: bool = True) -> tuple[list[Sheet], list[str]]:
    """The first `most` pages, and what a reader of them should know.

    Raises Unreadable for a file that is encrypted, damaged, without pages, or without text.
    """
    with opened(path) as pdf:
        count = len(pdf)
        reader = GlyphReader()
        sheets: list[Sheet] = []
        for number in range(min(count, most)):
            before = sheets[-1].words if sheets and sheets[-1].captioned else ()
            sheets.append(read_sheet(pdf, number, reader, before if for_tables else None))
    _check(sheets)
    return sheets, [*_problems(sheets), *_beyond(count, most)]


def read_metadata(path: Path) -> dict[str, str]:
    """What the file says of itself: Title, Author, Subject and so on. Raises Unreadable."""
    with opened(path) as pdf:
        return dict(pdf.get_metadata_dict(skip_empty=True))


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The pypdfium2 document; one with an empty user password opens like any other. Raises Unreadable, OSError."""
    import pypdfium2

    with path.open("rb") as file:  # opened here: pdfium takes every name for UTF-8, which not every locale writes
        try:
            pdf = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise Unreadable("is encrypted", "save a copy without a password") from None
            raise Unreadable("is a damaged PDF", _AGAIN) from None
        try:
            if len(pdf) == 0:
                raise Unreadable("has no pages", "download it again")
            yield pdf
        finally:
            pdf.close()


def read_sheet(pdf: Any, number: int, reader: GlyphReader, before: Iterable[int] | None) -> Sheet:
    """Page `number` (0-based) of a pypdfium2 document; an empty one if it is damaged.

    `before` are the turns of the page before with tables, which may go on here; None: tables are not asked for.
    """
    import pypdfium2

    try:
        page = pdf[number]
    except pypdfium2.PdfiumError:
        return Sheet(damaged=True)
    try:
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError:
        page.close()
        return Sheet(damaged=True)
    try:
        return _sheet(page, textpage, reader, before)
    finally:
        textpage.close()
        page.close()


def _sheet(page: Any, textpage: Any, reader: GlyphReader, before: Iterable[int] | None) -> Sheet:
    characters = by_direction(reader.read(textpage))
    lines, height = read_lines(characters), page.get_height()
    own = {line.turn for line in lines if CAPTION.match(line.text)}
    if before is None or not (turns := own.union(before)):
        return Sheet(lines, height)
    strokes = read_strokes(page)
    words = {turn: characters.words(turn) for turn in turns}
    rules = {turn: strokes.rules(turn) for turn in turns}
    return Sheet(lines, height, words, rules, captioned=bool(own))


def _check(sheets: Sequence[Sheet]) -> None:
    """Raises Unreadable if the pages hold no text that one could read."""
    if all(sheet.damaged for sheet in sheets):
        raise Unreadable("is a damaged PDF: none of its pages can be read", _AGAIN)
    if not _has_letters(sheets, _FEWEST_LETTERS * len(sheets) ** 0.5):
        if sum(len(line.text) for sheet in sheets for line in sheet.lines) > 10 * _FEWEST_LETTERS * len(sheets):
            remedy = "run text recognition on its pictures, for instance `ocrmypdf --force-ocr in.pdf out.pdf`"
            raise Unreadable("has fonts that do not say which letters they print", remedy)
        remedy = "run text recognition on it, for instance `ocrmypdf in.pdf out.pdf`"
        raise Unreadable("has no text layer: its pages are pictures", remedy)


def _has_letters(sheets: Sequence[Sheet], least: float) -> bool:
    """Do the pages hold so many? They are not counted further."""
    found = 0
    for text in (line.text for sheet in sheets for line in sheet.lines):
        found += sum(map(str.isalpha, text))
        if found >= least:
            return True
    return False


def _problems(sheets: Sequence[Sheet]) -> Iterator[str]:
    damaged = [i + 1 for i, sheet in enumerate(sheets) if sheet.damaged]
    if damaged:
        yield f"{_named(damaged)} damaged and could not be read: {_AGAIN}"
    empty = [i + 1 for i, sheet in enumerate(sheets) if not sheet.damaged and not sheet.lines]
    if empty:
        yield f"{_named(empty)} without text: if they are scans, `ocrmypdf --skip-text in.pdf out.pdf` reads them"


def _named(pages: Sequence[int]) -> str:
    names = ", ".join(map(str, pages[:_NAMED])) + (", …" if len(pages) > _NAMED else "")
    return f"page {names} is" if len(pages) == 1 else f"pages {names} ({len(pages)} of them) are"


def _beyond(count: int, most: int) -> Iterator[str]:
    if count > most:
        yield f"only the first {most} of {count} pages were read: raise `pages` under `parse:` in config/config.yaml"
