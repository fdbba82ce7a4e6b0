"""Words on a terminal, which may be no wider than of old."""

from __future__ import annotations

from textwrap import wrap

WIDTH = 80


def wrapped(line: str) -> str:
    """The line in as many as it needs; names and paths are not cut."""
    if len(line) <= WIDTH:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return "\n".join(
        wrap(
            line.strip(),
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
