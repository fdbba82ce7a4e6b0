"""A review with searches, and the services that it asks."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipeline.cli import main
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
        config = {"contact": "a.reviewer@example.org", "network": QUICK, "searches": list(searches), **more}
        (self.folder / "config/searches.yaml").write_text(yaml.safe_dump(config), "utf-8")

    def update(self, day: str = "2026-11-21", *options: str) -> int:
        return main(["update", str(self.folder), "--date", day, *options])

    def files(self) -> dict[str, bytes]:
        """Everything in corpus/ that is not hidden, by name."""
        return {p.name: p.read_bytes() for p in sorted(self.corpus.iterdir()) if not p.name.startswith(".")}

    def copy(self, folder: Path) -> Review:
        shutil.copytree(self.folder, folder)
        there = Review.__new__(Review)
        there.folder, there.corpus = folder, folder / "corpus"
        return there


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
