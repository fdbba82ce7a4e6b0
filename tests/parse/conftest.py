"""What the tests of parsing share: records of a file, and whether their spans lead back to it."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from pipeline.parse import BETWEEN, parse
from pipeline.parsed import ParsedRecord

HERE = Path(__file__).parent
DATA = HERE / "data"
SHARED = HERE.parents[1].parent / "shared"


def read_all(path: Path, name: str | None = None) -> list[ParsedRecord]:
    """The file's records; the test fails if anything is set aside."""
    rows = list(parse(path, name or str(path)))
    aside = [row for row in rows if not isinstance(row, ParsedRecord)]
    assert not aside
    return [row for row in rows if isinstance(row, ParsedRecord)]


def one(path: Path) -> ParsedRecord:
    (record,) = read_all(path)
    return record


def stored(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def written(records: Sequence[ParsedRecord]) -> str:
    """The source text that `python -m pipeline.parse` writes for PDF and XML."""
    return BETWEEN.join(record.raw for record in records)


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalpha()).lower()


def section(record: ParsedRecord, title: str) -> str:
    (found,) = [s for s in record.sections if s.title == title]
    return record.text[found.start : found.end]


def check_spans(record: ParsedRecord, source: str) -> None:
    """raw is the source's slice; a clean span maps to a slice with the same letters; repairs stand where they say."""
    a, b = record.source.span
    assert record.raw == source[a:b]
    pick = random.Random(record.record_id)
    places = [source_at for _, source_at, _ in record.pieces]
    parts = [(0, len(record.text))] if places == sorted(places) else [(s.start, s.end) for s in record.sections]
    for _ in range(8 if record.text else 0):
        start, end = (
            sorted(pick.randint(*pick.choice(parts)) for _ in range(2)) if len(parts) == 1 else pick.choice(parts)
        )
        if record.text[start - 1 : start + 1].isalpha() or record.text[end - 1 : end + 1].isalpha():
            start, end = _word_start(record.text, start), _word_end(record.text, end)
        at, to, words = record.quote(start, end)
        assert source[at:to] == words
        assert _within(letters(record.text[start:end]), letters(words))
    for repair in record.repairs:
        assert source[repair.start : repair.end] == repair.was
    for part in record.sections:
        assert 0 <= part.start < part.end <= len(record.text)
        assert record.text[part.start : part.end] == record.text[part.start : part.end].strip()


def _word_start(text: str, at: int) -> int:
    while at and text[at - 1].isalnum():
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isalnum():
        at += 1
    return at


def _within(clean: str, source: str) -> bool:
    """Does the source hold the clean letters in their order?"""
    rest = iter(source)
    return all(any(c == d for d in rest) for c in clean)
