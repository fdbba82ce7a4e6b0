"""Which records corpus/ holds already, and in which state: what need not come again.

Only citations count: that an article's PDF is there does not keep its record in PubMed from being taken. Of exports
that an update wrote, each record's state is known, so that only a changed one comes again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.files import printable
from pipeline.limits import Limits
from pipeline.parse import choose
from pipeline.parse.cited import Cited, read_cited
from pipeline.parse.document import Document, Unreadable
from pipeline.parsed import Citation
from pipeline.searched import SearchRow
from pipeline.update import SOURCES, load_source
from pipeline.update.source import Names, Piece, Source
from pipeline.update.waiting import Passing
from pipeline.workflow import sources

#: what these read is an article, not a database's citation of it; "" is nothing that can be read
_UNCITED = frozenset({"PDF", "saved page", "plain text", ""})
#: as an entry of an index: names, and the state ("" if it is not known)
Entry = tuple[Names, str]


class Known:
    """Records by name. Later entries replace the state of earlier ones."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._states: dict[str, str] = {}
        for names, state in entries:
            self.add(names, state)

    def add(self, names: Names, state: str) -> None:
        """A record that is there now."""
        for name in names:
            self._states[name] = state

    def has(self, names: Names) -> bool:
        return any(name in self._states for name in names)

    def is_in_state(self, names: Names, state: str) -> bool:
        """Is the record there just so?"""
        return self._states.get(names[0]) == state


def state(of: Source, piece: Piece) -> str:
    """Equal for equal states of a record."""
    return hashlib.blake2b(of.state_of(piece.data), digest_size=12).hexdigest()


def read_known(corpus: Path, searched: Iterable[SearchRow], index: Path) -> Known:
    """What corpus/ holds, oldest update first. `index` is a folder that keeps what each file's content says."""
    order = {row.file: (number, row) for number, row in enumerate(searched, 1) if row.file}
    ordered = sorted((*_export_of(name, order), name) for name in sources(corpus))
    rows = dict(order.values())
    return Known(entry for number, name in ordered for entry in _entries(corpus / name, rows.get(number), index))


def _export_of(name: str, order: dict[str, tuple[int, SearchRow]]) -> tuple[int]:
    """The number of the line whose export the file is, or is in; 0 for a file that no update wrote."""
    number, _ = order.get(name) or order.get(name.partition("/")[0]) or (0, None)
    return (number,)


def _entries(path: Path, row: SearchRow | None, index: Path) -> list[Entry]:
    """Of one file, from the index if it has the same content there."""
    of = _source_of(row)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    kept = index / f"{digest[:32]}-{of.name if of else 'cited'}.json"
    try:
        return [(tuple(names), state) for names, state in json.loads(kept.read_text("utf-8"))]
    except (OSError, ValueError):
        entries = list(_read(path, of))
    _keep(kept, entries)
    return entries


def _source_of(row: SearchRow | None) -> Source | None:
    """The source of an export that an update wrote."""
    labels = {load_source(name).label: load_source(name) for name in SOURCES} if row is not None and row.search else {}
    return labels.get(row.source) if row is not None else None


def _read(path: Path, of: Source | None) -> Iterator[Entry]:
    if of is not None:
        try:
            yield from [(piece.names, state(of, piece)) for piece in of.pieces(path.read_bytes())]
        except Passing:  # somebody changed it since; as any file, it may still be read
            pass
        else:
            return
    reader = _reader(path)
    if reader not in _UNCITED:
        for row in read_cited([path], Limits()):
            if isinstance(row, Cited):
                names = full_text_names(row.citation) if reader == "JATS article" else names_of(row.citation)
                yield from [(names, "")] if names else []


def _reader(path: Path) -> str:
    try:
        return choose(Document.open(path, printable(str(path)), cited_only=True)).name
    except (Unreadable, OSError):
        return ""


def full_text_names(citation: Citation) -> Names:
    """What an article's full text is known by, which is another thing than its citation."""
    return (f"fulltext:{citation.pmcid}",) if citation.pmcid else ()


def names_of(citation: Citation) -> Names:
    """What a citation is known by: a DOI only without a PMID, for abstracts of one meeting share their issue's."""
    pmid = (
        [f"pmid:{int(citation.pmid)}"] if citation.pmid and citation.pmid.isascii() and citation.pmid.isdigit() else []
    )
    doi = [f"doi:{citation.doi.lower()}"] if citation.doi else []
    return tuple(pmid or doi)


def _keep(path: Path, entries: list[Entry]) -> None:
    """An index that cannot be written is made again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        part.write_text(json.dumps(entries), encoding="utf-8")
        part.replace(path)
    except OSError:
        pass
