"""Paragraphs of a record in PubMed's text exports: their lines, what stands beside the abstract, the labels in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.parse.citation_record import Stretch
from pipeline.parse.lines import ends_sentence

_LINE = re.compile(r"[^\r\n]+|\r\n?|\n")
#: paragraphs that are no part of the abstract, by their first words, and by their first line
_ASIDE = re.compile(
    r"(?:Author information:|Collaborators?:|Publisher: Abstract available|Conflict of interest statement:|Copyright\b"
    r"|\([cC]\) ?\d{4}|©|Published by\b|\[No authors listed\]|Dataset described in\b|DOI:\s|PMCID:\s)"
)
_NOTE = re.compile(
    r"(?:Comment|Erratum|Update|Republished|Corrected and republished|Retraction|Retracted and republished"
    r"|Expression of concern|Original report|Summary for patients|Reprint) (?:in|on|for|of|from)"
)
_LABEL = re.compile(r"(?P<title>[A-Z][A-Z0-9]+(?:[ ,/&()'’–-]+[A-Z0-9]+){0,12}\)?):\s")
_OPEN_HYPHEN = re.compile(r"\w[-‐]$")
_SHARED_ENDING = re.compile(r"(?:and|or|to)\b")


@dataclass(frozen=True)
class Paragraph:
    """[start, end) of each line in the record, without the white space around it."""

    lines: list[tuple[int, int]]

    def words(self, raw: str) -> str:
        return " ".join(raw[a:b] for a, b in self.lines)


def paragraphs(raw: str) -> list[Paragraph]:
    """The record cut at blank lines."""
    found: list[Paragraph] = []
    breaks = 2
    for m in _LINE.finditer(raw):
        line = m.group().strip()
        if m.group()[0] in "\r\n":
            breaks += 1
        elif line:
            start = m.start() + m.group().index(line)
            if breaks > 1:
                found.append(Paragraph([]))
            found[-1].lines.append((start, start + len(line)))
            breaks = 0
    return found


def is_aside(raw: str, paragraph: Paragraph) -> bool:
    """Does the paragraph stand beside the abstract: addresses, comments, copyright?"""
    first = raw[slice(*paragraph.lines[0])]
    return bool(_ASIDE.match(first) or _NOTE.fullmatch(first))


def stretches(raw: str, found: Sequence[Paragraph]) -> list[Stretch]:
    """The paragraphs' lines to read one after the other: wrapped lines joined, paragraphs apart."""
    joined: list[Stretch] = []
    for i, paragraph in enumerate(found):
        for k, (start, end) in enumerate(paragraph.lines):
            if k:
                before = paragraph.lines[k - 1][1]
                joined.append((before, start, "" if _glued(raw, before, start) else " "))
            elif i:
                joined.append((found[i - 1].lines[-1][1], start, "\n\n"))
            joined.append((start, end, None))
    return joined


def _glued(raw: str, before: int, start: int) -> bool:
    """The line was broken behind a hyphen: no blank was left there, and it is not the "low-" of "low- and high-"."""
    if raw[before : before + 1] not in "\r\n" or not _OPEN_HYPHEN.search(raw, max(0, before - 2), before):
        return False
    return not _SHARED_ENDING.match(raw, start)


def labels(raw: str, lines: Sequence[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """(title, start, end) of the labels "METHODS: " that start a line after the end of a sentence."""
    found: list[tuple[str, int, int]] = []
    for i, (start, end) in enumerate(lines):
        m = _LABEL.match(raw, start, end)
        before = raw[slice(*lines[i - 1])] if i else "."
        if m and before[-1] not in ":;" and ends_sentence(before):
            found.append((m["title"], start, m.end()))
    return found
