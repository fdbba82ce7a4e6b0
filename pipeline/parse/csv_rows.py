"""Rows of a CSV or TSV file with the places of their cells, which the csv module of Python does not tell.

Cells are as RFC 4180 has them. A quotation mark inside an unquoted cell is a plain character, and so is one inside a
quoted cell that no delimiter follows. A quotation mark that never closes costs its own line only.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

#: (start, end) of a cell's words in the row, without quotation marks
Cell = tuple[int, int]

#: a row that goes on for more characters than this does not close (a cell of Excel holds 32,767)
LONGEST_ROW = 400_000
#: how often the file may be read again, on the whole, where a quotation mark did not close
_AGAIN = 6
NOT_CLOSED = "a quotation mark in this row does not close"


class Row(NamedTuple):
    """A row at offset `at` of the file; `raw` is without its line end, `line` counts from 1."""

    at: int
    line: int
    raw: str
    cells: list[Cell]
    problem: str | None = None

    def value(self, column: int) -> str:
        """What the cell says; "" for a column that the row has not."""
        if column >= len(self.cells):
            return ""
        words = self.raw[slice(*self.cells[column])]
        return words.replace('""', '"') if '""' in words and self.is_quoted(column) else words

    def is_quoted(self, column: int) -> bool:
        """Do doubled quotation marks in the cell stand for one?"""
        start = self.cells[column][0]
        return start > 0 and self.raw[start - 1] == '"'


class _Grammar:
    """Patterns of cells with this delimiter."""

    def __init__(self, delimiter: str) -> None:
        d = re.escape(delimiter)
        self.plain = re.compile(rf"[^{d}\r\n]*+")
        self.opening = re.compile(r'(?: {0,2}")?')
        #: up to the mark that closes a quoted cell, or to the end of the text
        self.inside = re.compile(rf'(?:[^"]++|""|"(?! {{0,9}}(?:[{d}\r\n]|\Z)))*+')
        self.blanks = re.compile(r'"? {0,9}')
        self.loose = re.compile(r'(?<!")"(?:"")*(?!")')


class _Scan:
    """Cells of one row, told line by line."""

    def __init__(self, grammar: _Grammar) -> None:
        self.grammar = grammar
        self.lines: list[str] = []
        self.size = 0
        self.cells: list[Cell] = []
        #: where the quoted cell begins that is not closed yet
        self.opened: int | None = None
        #: has a mark within a quoted cell been taken for a plain character?
        self.loose = False

    def add(self, line: str) -> bool:
        """Take the row's next line; False if a quoted cell goes on in the line after it."""
        base, at = self.size, 0
        self.lines.append(line)
        self.size += len(line)
        while True:
            if self.opened is None:
                begin = _end(self.grammar.opening, line, at)
                self.opened = base + begin if begin > at else None
                if self.opened is None:
                    end = _end(self.grammar.plain, line, at)
                    self.cells.append((base + at, base + end))
                at = begin
            if self.opened is not None:
                end = _end(self.grammar.inside, line, at)
                self.loose = self.loose or self.grammar.loose.search(line, at, end) is not None
                if end == len(line):
                    return False
                self.cells.append((self.opened, base + end))
                self.opened = None
                end = _end(self.grammar.blanks, line, end)
            if end >= len(line) or line[end] in "\r\n":
                return True
            at = end + 1

    def add_alone(self, line: str) -> None:
        """Take the row's only line: what is open at its end is plain."""
        if not self.add(line):
            at = self.opened or 0
            while True:
                end = _end(self.grammar.plain, line, at)
                self.cells.append((at, end))
                if end >= len(line) or line[end] in "\r\n":
                    break
                at = end + 1


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where a pattern ends that always matches."""
    m = pattern.match(text, at)
    return m.end() if m else at


class Rows:
    """The rows of a file, one after the other, from its lines with their offsets.

    `width` is the number of cells of a whole row, once that is known.
    """

    def __init__(self, lines: Iterator[tuple[int, str]], delimiter: str) -> None:
        self.width = 0
        self._lines = lines
        self._put_back: deque[tuple[int, str]] = deque()
        self._grammar = _Grammar(delimiter)
        self._number = 0
        #: characters that may still be read again
        self._spare = 0

    def __iter__(self) -> Iterator[Row]:
        while (first := self._next()) is not None:
            yield self._row(*first)

    def _next(self) -> tuple[int, str] | None:
        if self._put_back:
            return self._put_back.popleft()
        found = next(self._lines, None)
        self._spare += _AGAIN * len(found[1]) if found is not None else 0
        return found

    def _row(self, at: int, line: str) -> Row:
        self._number += 1
        number = self._number
        if at == 0 and line.startswith("\ufeff"):
            at, line = 1, line[1:]
        scan = _Scan(self._grammar)
        closed = self._whole(scan, line)
        if closed and not (scan.loose and self._swallowed(scan)):
            self._number += len(scan.lines) - 1
            return Row(at, number, "".join(scan.lines).rstrip("\r\n"), scan.cells)
        self._return(at, scan.lines)
        alone = _Scan(self._grammar)
        alone.add_alone(line)
        return Row(at, number, line.rstrip("\r\n"), alone.cells, NOT_CLOSED)

    def _whole(self, scan: _Scan, line: str) -> bool:
        """Scan the row that starts with this line; is it closed?"""
        closed = scan.add(line)
        while not closed and scan.size < LONGEST_ROW and scan.size - len(line) < self._spare:
            more = self._next()
            if more is None:
                return False
            closed = scan.add(more[1])
        return closed

    def _swallowed(self, scan: _Scan) -> bool:
        """Has a mark that does not close swallowed the next row? Then that row is whole by itself."""
        if len(scan.lines) == 1:
            return False
        following = _Scan(self._grammar)
        whole = following.add(scan.lines[1]) and not following.loose
        return len(scan.cells) != self.width or (whole and len(following.cells) == self.width)

    def _return(self, at: int, lines: list[str]) -> None:
        """All lines but the first will be read again."""
        places = []
        for before, line in pairwise(lines):
            at += len(before)
            places.append((at, line))
            self._spare -= len(line)
        self._put_back.extendleft(reversed(places))
