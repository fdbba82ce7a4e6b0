"""A review with searches, and the services that it asks."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipeline.candidates import Candidate
from pipeline.cli import main
from pipeline.linked import Study
from pipeline.parsed import Citation, Source, as_line
from tests.update.entrez import Article, Entrez
from tests.update.server import Server

DAY = datetime.date

#: quick, but the real way of waiting
QUICK = {"timeout": 2, "attempts": 4, "backoff": 0.002, "longest_wait": 2}


class Review:
    """A review's folder with searches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = folder / "corpus"
        for name in ("config", "corpus"):
            (folder / name).mkdir(parents=True)
        self.search({"name": "itp", "source": "pubmed", "query": "thrombocytopenia"})

    def search(self, *searches: dict[str, object], **more: object) -> None:
        config = {"contact": "a.reviewer@example.org", "network": QUICK, "searches": list(searches)} | more
        (self.folder / "config/searches.yaml").write_text(yaml.safe_dump(config), "utf-8")

    def update(self, day: str = "2026-11-21", *options: str) -> int:
        return main(["update", str(self.folder), "--date", day, *options])

    def files(self) -> dict[str, bytes]:
        """Everything in corpus/ that is not hidden, by name."""
        return {p.name: p.read_bytes() for p in sorted(self.corpus.iterdir()) if not p.name.startswith(".")}

    def studies(self, *reports: tuple[Citation, str]) -> None:
        """Studies of one report each, as a rebuild leaves them, with the decision on each."""
        path = self.folder / "extracted/studies.jsonl"
        path.parent.mkdir()
        rows = [_study(f"study-{number}", *report) for number, report in enumerate(reports, 1)]
        path.write_text("".join(as_line(row) for row in rows), "utf-8")

    def copy(self, folder: Path) -> Review:
        shutil.copytree(self.folder, folder)
        there = Review.__new__(Review)
        there.folder, there.corpus = folder, folder / "corpus"
        return there


def _study(name: str, citation: Citation, decision: str) -> Study:
    candidate = Candidate.model_validate(
        {
            "record_id": name,
            "source": Source(file="corpus/x.nbib", span=(0, 1)),
            "citation": citation,
            "eligibility": {"decision": decision, "reason": "", "evidence": None},
            "design": "other",
            "population": {"age": "unspecified", "line": "unspecified", "text": ""},
            "n_total": {"value": None, "status": "review", "confidence": 0, "evidence": None},
        }
    )
    return Study(study=name, label=name, reports=[], candidate=candidate)


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return Review(tmp_path / "review")


@pytest.fixture
def entrez() -> Entrez:
    """PubMed with five records on ITP, entered in 2020, and one on something else."""
    there = Entrez()
    there.add(*(Article(100 + i, f"Danazol for thrombocytopenia {i}", datetime.date(2020, i, 1)) for i in range(1, 6)))
    there.add(Article(200, "Danazol for angioedema", datetime.date(2020, 1, 1)))
    return there


@pytest.fixture
def server(entrez: Entrez, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server(entrez.routes()) as server:
        monkeypatch.setenv("LITPOOL_ADDRESS_EUTILS", server.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("NCBI_API_KEY", raising=False)
        yield server
