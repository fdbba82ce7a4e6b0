"""Damages files: a few random edits of the kinds that broken disks, editors, mail programs and attackers make."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

#: bytes that readers stumble over: other encodings, marks, unbalanced brackets, long runs, numbers out of range
HOSTILE = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\r",
    b"\r\n\r\n",
    b"\n\n",
    b"\x0c",
    b"\x1a",
    b"\t",
    b"(" * 400,
    b"[" * 400,
    b"<a>" * 400,
    b"{" * 400,
    b"9" * 4000,
    b"-1",
    b"1e309",
    b"%(s",
    b"\\",
    b'"',
    b"'",
    b"&x;",
    b"&#0;",
    b"&#x110000;",
    b"<![CDATA[",
    b"<!--",
    b"]]>",
    b"$30 3 109/L",
    b"(n 5 112)",
    "\u202e".encode(),
    "\u00ad".encode(),
    "ﬁ".encode(),
    "א".encode() * 50,
    b" " * 3000,
    b"a" * 3000,
    b"-\n" * 300,
]
_LARGEST = 60_000

Edit = Callable[[bytes, Random, Sequence[bytes]], bytes]


def mutate(seed: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """The seed after one to six edits; `others` are files of the same format, to take pieces from."""
    data = seed
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        edit = random.choice(EDITS)
        data = edit(data, random, others)
    return data[:_LARGEST]


def _span(data: bytes, random: Random) -> tuple[int, int]:
    """A piece of the data, short more often than long."""
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 4, 20, 100, 1000)))


def _flip(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _drop(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _cut(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _repeat(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[start:end] * random.choice((2, 3, 50)) + data[end:]


def _insert(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(HOSTILE) + data[at:]


def _splice(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    start, end = _span(other, random)
    at = random.randrange(len(data) + 1)
    return data[:at] + other[start:end] + data[at:]


def _swap_lines(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    a, b = random.randrange(len(lines)), random.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def _swap_words(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """One of the format's own words (tags, keys, numbers) in place of another."""
    words = [m.span() for m in re.finditer(rb"\w+", data)]
    known = re.findall(rb"\w+", random.choice(others))
    if not words or not known:
        return data
    start, end = random.choice(words)
    return data[:start] + random.choice(known) + data[end:]


def _recode(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    return data.decode("utf-8", "replace").encode(random.choice(("utf-16", "cp1252", "utf-16-be")), "replace")


EDITS: list[Edit] = [_flip, _drop, _cut, _repeat, _insert, _splice, _swap_lines, _swap_words, _swap_words, _recode]
