"""A fuzz target per reader: what it gets, and what must hold for whatever comes out."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.limits import Limits
from pipeline.parse import READERS, Reader, choose, read_with
from pipeline.parse.document import Document, Unreadable
from pipeline.parsed import ParsedRecord, SetAside
from tests.fuzz.mutate import mutate
from tests.parse import make_pdf

DATA = Path(__file__).parents[1] / "parse" / "data"
#: formats whose parts are packed
_ZIP = b"PK\x03\x04"


@cache
def seeds() -> dict[str, list[bytes]]:
    """Good small files by the name of their reader."""
    found: dict[str, list[bytes]] = {reader.name: [] for reader in READERS}
    for path in sorted(p for p in DATA.rglob("*") if p.is_file()):
        found[choose(Document.open(path, path.name)).name].append(path.read_bytes())
    found["PDF"] += _pdfs()
    return found


def _pdfs() -> list[bytes]:
    """A typeset article with its streams packed, and a page whose text operators lie open to edits."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        canvas = Canvas(str(path), pagesize=A4, pageCompression=0, invariant=True)
        canvas.drawString(60, 780, "Table 1. Outcomes by group, n (%)")
        for i, row in enumerate(make_pdf.TABLE):
            for j, cell in enumerate(row):
                canvas.drawString(60 + 150 * j, 760 - 16 * i, cell)
        for i, line in enumerate(make_pdf.LEFT[:4]):
            canvas.drawString(60, 600 - 12 * i, line)
        canvas.showPage()
        canvas.save()
        return [path.read_bytes(), make_pdf.two_columns(path).read_bytes()]


def make(reader: str, number: int, seed: int) -> bytes:
    """Input `number` of a reader: the same one on every machine."""
    random = Random(f"{seed} {reader} {number}")
    files = seeds()[reader]
    chosen = random.choice(files)
    if chosen.startswith(_ZIP) and random.random() < 0.9:
        return _repacked(chosen, random)
    return mutate(chosen, files, random)


def _repacked(packed: bytes, random: Random) -> bytes:
    """A packed file with one of its parts damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        parts = [old.read(name) for name in names]
        at = random.randrange(len(names))
        for i, name in enumerate(names):
            new.writestr(name, mutate(parts[i], parts, random) if i == at else parts[i])
    return out.getvalue()


def check(reader: Reader, path: Path) -> None:
    """Read the file and check what comes out. Raises if the reader does, or if a row is not sound."""
    try:
        document = Document.open(path, path.name, Limits(pages=20))
        rows = list(read_with(reader, document))
        text = None if reader.writes_text else document.text()
    except Unreadable as problem:
        rows, text = [SetAside(set_aside=path.name, reason=problem.reason, remedy=problem.remedy)], None
    for row in rows:
        assert _sound(row), row
        if text is not None and isinstance(row, ParsedRecord):
            assert row.raw == text[slice(*row.source.span)]


def _sound(row: ParsedRecord | SetAside) -> bool:
    if isinstance(row, SetAside):
        return bool(row.reason and row.remedy)
    start, end = row.source.span
    places = [(0, len(row.text))] + [(s.start, s.end) for s in row.sections] + [(p.start, p.end) for p in row.pages]
    whole = row.quote(0, len(row.text))
    return (
        end - start == len(row.raw)
        and start <= whole[0] <= whole[1] <= end
        and all(0 <= a <= b <= len(row.text) for a, b in places)
        and all(start <= r.start <= r.end <= end for r in row.repairs)
        and not re.search(r"[\ud800-\udfff]", row.text + row.raw)
        and bool(row.model_dump_json())
    )


def targets(names: Sequence[str]) -> list[Reader]:
    """The readers that are named, or all. Raises SystemExit that lists the known ones."""
    known = {reader.name: reader for reader in READERS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f'no reader "{unknown[0]}" (known: {", ".join(known)})')
    return [known[name] for name in names] if names else READERS
