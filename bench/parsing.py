"""The parse stage against the bare libraries on the same files."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.timing import Bench
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord


def benches(corpora: Path) -> Iterator[Bench]:
    """All benchmarks of this stage, on the files of `corpora`."""
    pdfs = sorted(corpora.glob("pdf/*.pdf"))
    articles = sorted(corpora.glob("jats/*.nxml"))
    pubmed = [corpora / "citations/pubmed_export.nbib"]
    ris = [corpora / "citations/asysd_zotero_export.ris"]
    yield Bench("PDF text", "pages", "pypdfium2 text", 0.5, lambda: _pdf_text(pdfs), lambda: _pypdfium2(pdfs))
    yield Bench("MEDLINE", "records", "Bio.Medline", 5, lambda: _records(pubmed), lambda: _medline(pubmed))
    yield Bench("RIS", "records", "rispy", 5, lambda: _records(ris), lambda: _rispy(ris))
    yield Bench("JATS", "articles", "lxml parse", 1 / 3, lambda: _records(articles), lambda: _lxml(articles))


def _records(paths: Sequence[Path]) -> int:
    return sum(isinstance(row, ParsedRecord) for path in paths for row in parse(path, str(path)))


def _pdf_text(paths: Sequence[Path]) -> int:
    from pipeline.parse.pdf import text_pages

    return sum(len(text_pages(path)) for path in paths)


def _pypdfium2(paths: Sequence[Path]) -> int:
    import pypdfium2

    pages = 0
    for path in paths:
        document = pypdfium2.PdfDocument(path)
        for page in document:
            page.get_textpage().get_text_range()
            pages += 1
        document.close()
    return pages


def _medline(paths: Sequence[Path]) -> int:
    from Bio import Medline

    found = 0
    for path in paths:
        with path.open(encoding="utf-8") as file:
            found += len(list(Medline.parse(file)))
    return found


def _rispy(paths: Sequence[Path]) -> int:
    import rispy

    found = 0
    for path in paths:
        with path.open(encoding="utf-8-sig") as file:
            found += len(rispy.load(file))
    return found


def _lxml(paths: Sequence[Path]) -> int:
    from lxml import etree

    for path in paths:
        etree.parse(io.BytesIO(path.read_bytes()))
    return len(paths)
