"""Tables that stand in a text layer as lines: found under their captions, split into cells where rows can be told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.parse import headings
from pipeline.parse.hyphens import word_set
from pipeline.parse.lines import Line, ends_sentence, is_caption
from pipeline.parsed import Table

_TABLE = re.compile(r"(?i)(?:supplementary )?table\s+[A-Z]?\d{1,3}[.:]?(?=\s|$)")
_VALUE = r"[<>≤≥~−+-]?\d[\d,]*(?:\.\d+)?%?"
#: a number with what may follow it in its cell: (12.5), (0.1-0.3), ± 2, /12, a footnote mark
_CELL = (
    rf"(?:(?:{_VALUE}|\.\d+)(?:\s?(?:±|/|–|-|to)\s?[−-]?[\d.]+)?%?(?:\s?[(\[][^()\[\]]{{1,40}}[)\]])?[*†‡§a-d]?"
    r"|NA|NR|ND|NS|—|–)"
)
_ROW = re.compile(rf"(?P<label>.*?)(?:^|\s)(?P<cells>{_CELL}(?:\s+{_CELL})*)$")
_CELLS = re.compile(_CELL)
_NOTE = re.compile(
    r"(?:[*†‡§¶‖#]|[a-d](?=[A-Z])|(?:values|data|numbers|abbreviations?|notes?)\b|[\w-]{1,12}, [a-z])", re.I
)
_STUBS = word_set(
    """
    characteristic characteristics event events outcome outcomes variable variables parameter
    """
)
#: prose: this many wrapped lines of sentences end a table
_PROSE_LINES = 3
_MOST_LINES = 150
#: a line longer than this is no row of a table, in characters
_LONGEST_ROW = 400


def regions(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """[first, last + 1) indexes of lines of each table, its caption and footnotes included."""
    found: list[tuple[int, int]] = []
    i = 0
    while i < len(lines):
        if _TABLE.match(lines[i].text) and is_caption(lines[i], lines[i - 1] if i else None):
            stop = _stop(lines, i + 1)
            if stop > i + 1:
                found.append((i, stop))
            i = stop
        else:
            i += 1
    return found


def _stop(lines: Sequence[Line], i: int) -> int:
    """The first line after a table whose caption stands before line i."""
    for k in range(i, min(len(lines), i + _MOST_LINES)):
        line = lines[k]
        if line.page or is_caption(line, lines[k - 1]) or (line.blank_before and _starts_prose(lines, k)):
            return k
    return min(len(lines), i + _MOST_LINES)


def _starts_prose(lines: Sequence[Line], k: int) -> bool:
    """Long lines in a row without a row's numbers, and no footnote: three, or two below a usual heading."""
    if _NOTE.match(lines[k].text):
        return False
    first, least = (k + 1, _PROSE_LINES - 1) if headings.is_known(lines[k].text) else (k, _PROSE_LINES)
    block = lines[first : first + least]
    if len(block) < least or any(line.blank_before or line.page for line in block[first == k :]):
        return False
    return all(len(line.text) >= 50 and not _is_row(line.text) for line in block)


def _as_row(text: str) -> re.Match[str] | None:
    """The line's label and cells, if it ends in cells."""
    return _ROW.match(text) if len(text) <= _LONGEST_ROW else None


def _is_row(text: str) -> bool:
    m = _as_row(text)
    return m is not None and len(_CELLS.findall(m["cells"])) >= 2


def read_table(text: str, start: int, end: int) -> Table | None:
    """The table at text[start:end] (clean, one line per row), or None where fewer than two rows can be told."""
    lines = [line.strip() for line in text[start:end].split("\n") if line.strip()]
    caption, body = _caption(lines)
    notes_from = _notes(body)
    rows = _rows(body[:notes_from])
    width = _width(rows)
    if width == 0:
        return None
    table = _even(rows, width)
    header = next(i for i, row in enumerate(table) if any(row[1:]) and _VALUE_START.match(next(filter(None, row[1:]))))
    if sum(bool(any(row[1:])) for row in table[header:]) < 2:
        return None
    if header > 1 and any(not any(row[1:]) for row in table[header:]):
        header -= 1  # the body is divided by lines of their own, so the last line above the numbers is one, too
    return Table(
        caption=caption,
        rows=[*_header(table[:header], width), *table[header:]],
        header_rows=min(header, 1),
        footnotes=[note for note in body[notes_from:] if note],
        span=(start, end),
    )


_VALUE_START = re.compile(r"[<>≤≥~−+.-]?\d|NA|NR|ND|NS|—|–")


def _caption(lines: list[str]) -> tuple[str, list[str]]:
    """The caption goes on as long as its lines do not end like one and are no row."""
    caption, k = lines[0], 1
    if re.fullmatch(_TABLE, caption) and len(lines) > 1:
        caption, k = f"{caption} {lines[1]}", 2
    return caption, lines[k:]


def _notes(body: Sequence[str]) -> int:
    """Where the footnotes start: after the last row with cells, at the first line that reads like a note."""
    last = max((i for i, line in enumerate(body) if _as_row(line) and not ends_sentence(line)), default=-1)
    return next((i for i in range(last + 1, len(body)) if _NOTE.match(body[i]) or ends_sentence(body[i])), len(body))


def _rows(body: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(label, cells) of each line; a label on lines of its own goes to the cells below it."""
    rows: list[tuple[str, list[str]]] = []
    for line in body:
        m = _as_row(line)
        cells = [c.group() for c in _CELLS.finditer(m["cells"])] if m else []
        label = m["label"].strip() if m else line
        if cells and not label and rows and not rows[-1][1] and len(cells) < 3 and rows[-1][0][:1].islower():
            label = rows.pop()[0]
            while rows and not rows[-1][1] and label[:1].islower():
                label = f"{rows.pop()[0]} {label}"
        rows.append((label, cells))
    return rows


def _width(rows: Sequence[tuple[str, list[str]]]) -> int:
    """Cells beside the label that most rows have; 0 if no two rows have cells."""
    counts = Counter(len(cells) - (not label and len(cells) > 2) for label, cells in rows if cells)
    return max(counts, key=lambda n: (counts[n], n)) if sum(counts.values()) >= 2 else 0


def _even(rows: Sequence[tuple[str, list[str]]], width: int) -> list[list[str]]:
    """Rows of one label and `width` cells: a first cell too many is the label, surplus cells belong to the label."""
    table = []
    for label, cells in rows:
        surplus = max(0, len(cells) - width)
        label = " ".join([label, *cells[:surplus]]).strip()
        cells = cells[surplus:]
        table.append([label, *cells, *[""] * (width - len(cells))])
    return table


def _header(rows: Sequence[list[str]], width: int) -> list[list[str]]:
    """One header row: the lines above the first row of numbers, split after each size "(n = 12)" if that fits."""
    if not rows:
        return []
    words = " ".join(" ".join(filter(None, row)) for row in rows)
    parts = [part.strip() for part in re.split(r"(?<=\))\s+(?=\S)", words)]
    first, _, rest = words.partition(" ")
    if first.lower() in _STUBS:
        parts = [part.strip() for part in re.split(r"(?<=\))\s+(?=\S)", rest)]
        if len(parts) == width:
            return [[first, *parts]]
        return [[first, rest, *[""] * (width - 1)]]
    return [["", *parts]] if len(parts) == width else [[words, *[""] * width]]
