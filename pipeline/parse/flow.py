"""The reading text of a marked-up article as it grows: paragraphs, the sections around them, tables beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.parse.headings import tidy as tidy_heading
from pipeline.parse.sections import find_sections
from pipeline.parsed import Section, Table

#: between two paragraphs
BREAK = "\n\n"


@dataclass
class Flow:
    """Paragraphs with blank lines between; sections and tables on the way; what the user should know."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    sections: list[Section] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    _said: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._said = set(self.problems)

    def paragraph(self, text: str) -> None:
        """Append a paragraph; nothing for an empty one."""
        if not text:
            return
        if self.length:
            self.parts.append(BREAK)
            self.length += len(BREAK)
        self.parts.append(text)
        self.length += len(text)

    def title(self, text: str) -> None:
        """Append the article's title as the section "title"."""
        start = self.length
        self.paragraph(text)
        self.close("title", start)

    def close(self, title: str, start: int) -> None:
        """Say that everything that came after the text had `start` characters was the section `title`."""
        if start:
            start += len(BREAK)
        title = tidy_heading(title)
        if title and self.length > start:
            self.sections.append(Section(title=title, start=start, end=self.length))

    def run_in_sections(self, start: int) -> None:
        """Headings that are only words at the start of a paragraph, in what came after `start` characters."""
        begin = start + len(BREAK) if start else 0
        for found in find_sections(self._since(begin), [], None):
            if found.title != "abstract":
                self.sections.append(Section(title=found.title, start=found.start + begin, end=found.end + begin))

    def _since(self, begin: int) -> str:
        """What came after `begin` characters, where a part begins."""
        at, parts = self.length, list[str]()
        for part in reversed(self.parts):
            if at <= begin:
                break
            parts.append(part)
            at -= len(part)
        return "".join(reversed(parts))

    def problem(self, text: str) -> None:
        """Say it once."""
        if text not in self._said:
            self._said.add(text)
            self.problems.append(text)

    def text(self) -> str:
        return "".join(self.parts)

    def in_order(self) -> list[Section]:
        """Sections by their start, an outer one before those within it."""
        return sorted(self.sections, key=lambda s: (s.start, -s.end))
