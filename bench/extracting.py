"""The extract stage against spaCy's blank English tokenizer on the same texts, both on one core."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from bench.timing import Bench
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord

CONFIG = Path(__file__).parent.parent / "config"
#: of the export every third record, so that a round takes seconds
EVERY = 3


def benches(shared: Path) -> Iterator[Bench]:
    """All benchmarks of this stage: labelled abstracts and a PubMed export, parsed before the clock starts."""
    yield Bench("extraction", "abstracts", "spaCy tokenizer", 1, lambda: _extract(shared), lambda: _tokenize(shared))


@cache
def _records(shared: Path) -> list[ParsedRecord]:
    labelled = [row for path in sorted(shared.glob("gold/dev/*.txt")) for row in parse(path, str(path))]
    export = shared / "corpora/citations/pubmed_export.nbib"
    rows = [*labelled, *list(parse(export, str(export)))[::EVERY]]
    return [row for row in rows if isinstance(row, ParsedRecord)]


@cache
def _extractor() -> Any:
    from pipeline.config import load
    from pipeline.extract import Extractor

    return Extractor(load(CONFIG))


@cache
def _tokenizer() -> Any:
    import spacy

    return spacy.blank("en").tokenizer


def _extract(shared: Path) -> int:
    extract, records = _extractor(), _records(shared)
    for record in records:
        extract(record)
    return len(records)


def _tokenize(shared: Path) -> int:
    tokenizer, records = _tokenizer(), _records(shared)
    for record in records:
        tokenizer(record.text)
    return len(records)
