"""What `litpool dedupe` tells a person: how many records of which file are duplicates, and what is left to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pipeline.files import printable
from pipeline.link.merged import Merged
from pipeline.link.possible import told as pair_lines
from pipeline.parse.cited import Cited

#: pairs that are shown; the table has all
MOST = 10
#: characters of a line that quotes a record
_WIDTH = 160
_HEADINGS = ("records", "kept", "twice in it", "kept elsewhere")


def summary(merged: Merged, table_is_written: bool) -> Iterator[str]:
    """Lines for a terminal."""
    records, unique = len(merged.records), len(set(merged.kept))
    yield (
        f"{_counted(records, 'record')}: {_counted(unique, 'article')}, "
        f"{_counted(records - unique, 'duplicate')}, {_counted(len(merged.doubts), 'pair')} to look at"
    )
    yield ""
    yield from _table("file", _counts(merged, lambda r: r.file))
    by_database = _counts(merged, lambda r: r.citation.database or "(not told)")
    if len(by_database) > 1:
        yield ""
        yield from _table("database", by_database)
    if merged.doubts:
        yield ""
        yield from _doubts(merged, table_is_written)


def _counts(merged: Merged, source: Callable[[Cited], str]) -> list[tuple[str, tuple[int, ...]]]:
    """Source → records, records kept, duplicates of a record kept from the same source, of one kept from another."""
    names = [source(record) for record in merged.records]
    total = Counter(names)
    kept = Counter(name for i, name in enumerate(names) if merged.kept[i] == i)
    within = Counter(name for i, name in enumerate(names) if merged.kept[i] != i and names[merged.kept[i]] == name)
    return [(name, (n, kept[name], within[name], n - within[name] - kept[name])) for name, n in sorted(total.items())]


def _table(heading: str, counts: Sequence[tuple[str, tuple[int, ...]]]) -> Iterator[str]:
    rows = [(heading, _HEADINGS), *((name, tuple(f"{n:,}" for n in numbers)) for name, numbers in counts)]
    if len(counts) > 1:
        sums = (sum(column) for column in zip(*(numbers for _, numbers in counts), strict=True))
        rows.append(("all", tuple(f"{n:,}" for n in sums)))
    left = max(len(name) for name, _ in rows)
    widths = [max(len(cells[i]) for _, cells in rows) for i in range(len(_HEADINGS))]
    for name, cells in rows:
        yield "  ".join([name.ljust(left), *(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))])


def _doubts(merged: Merged, table_is_written: bool) -> Iterator[str]:
    yield "May be one article, and are not merged (a person decides):"
    for number, doubt in enumerate(merged.doubts[:MOST], 1):
        first, *others = (_short(line) for line in pair_lines(merged, doubt))
        yield f"{number:3}. {first}"
        yield from (f"     {line}" for line in others)
    more = len(merged.doubts) - MOST
    if more > 0:
        yield f"… and {more:,} more."
    if not table_is_written:
        yield ""
        yield "To decide in a table with the columns of overrides/links.csv: --possible OUT.csv"


def _short(line: str) -> str:
    shown = printable(line)
    return shown if len(shown) <= _WIDTH else f"{shown[: _WIDTH - 1]}…"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
