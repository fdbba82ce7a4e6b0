"""The sets of labelled records: those of SHARED and our own under tests/gold, with the records they are labels of."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from pipeline.extract import Extractor
from pipeline.limits import Limits
from pipeline.parse.worker import read_files
from pipeline.parsed import ParsedRecord

ROOT = Path(__file__).parent.parent
OWN = ROOT / "tests/gold"
#: the labels that rules may be written with, and those that only measure them
DEVELOP, HELD = "develop", "held"


class GoldSet(NamedTuple):
    """Labels of one kind. `held`: their errors are not shown, so that no rule is written with them."""

    name: str
    labels: Path
    records: Callable[[], Iterable[tuple[str, ParsedRecord]]]
    held: bool = False

    def load(self) -> dict[str, dict[str, Any]]:
        """The labels by the ids of their records."""
        found = (json.loads(path.read_text("utf-8")) for path in sorted(self.labels.glob("*.json")))
        return {label["id"]: label for label in found}

    def extracted(self, extract: Extractor) -> Iterator[dict[str, Any]]:
        """The candidates of the records as JSON objects, named as the labels name them."""
        for name, record in self.records():
            yield extract(record).model_dump(mode="json") | {"record_id": name}


def sets(shared: Path) -> list[GoldSet]:
    """Every set whose labels and texts are here; without SHARED those in our own words alone."""
    found = [_own(kind, half) for half in (DEVELOP, HELD) for kind in ("itp", "medicine")]
    if shared.is_dir():
        gold = shared / "gold"
        found = [
            GoldSet("seeds", gold / "seeds", lambda: _texts(gold / "seeds/docs")),
            GoldSet("dev", gold / "dev", lambda: _texts(gold / "dev")),
            *found,
            *(_pubmed(shared, half) for half in (DEVELOP, HELD)),
        ]
    return [gold for gold in found if any(gold.labels.glob("*.json"))]


def _own(kind: str, half: str) -> GoldSet:
    folder = OWN / kind / half
    return GoldSet(f"{kind}, {half}", folder, lambda: _texts(folder), half == HELD)


def _pubmed(shared: Path, half: str) -> GoldSet:
    """Labels of records of the PubMed exports in SHARED, found by their PMID."""
    folder = OWN / "pubmed" / half

    def records() -> Iterator[tuple[str, ParsedRecord]]:
        wanted = {path.stem for path in folder.glob("*.json")}
        corpora = shared / "corpora"
        for record in read([corpora / "citations/pubmed_export.nbib", *(corpora / "pubmed_xml").glob("*.xml")]):
            if record.citation.pmid in wanted:
                wanted.remove(record.citation.pmid)
                yield f"pubmed-{record.citation.pmid}", record

    return GoldSet(f"pubmed, {half}", folder, records, half == HELD)


def _texts(folder: Path) -> Iterator[tuple[str, ParsedRecord]]:
    return ((record.record_id, record) for record in read(folder.glob("*.txt")))


def read(files: Iterable[Path]) -> list[ParsedRecord]:
    """The records of files that could be read, file by file."""
    return [row for row in read_files(sorted(files), Limits()) if isinstance(row, ParsedRecord)]


def scorer(shared: Path) -> ModuleType:
    """SHARED/tools/score.py as a module."""
    path = shared / "tools/score.py"
    spec = importlib.util.spec_from_file_location("score_tool", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
