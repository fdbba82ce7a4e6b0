"""A record that comes again in another state is one study, which says what the newest state says."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

from tests.update.conftest import DAY, Review
from tests.update.entrez import Entrez
from tests.update.server import Server

ROOT = Path(__file__).parents[2]


def run(folder: Path, stage: str, *args: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", f"pipeline.{stage}", *args]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def linked(review: Review) -> list[dict[str, str]]:
    """Rows of arms and outcomes after parse, extract, link and resolve."""
    folder = review.folder
    (folder / "overrides").mkdir(exist_ok=True)
    for name in ("config.yaml", "drugs.csv", "outcomes.csv"):
        (folder / "config" / name).write_bytes((ROOT / "config" / name).read_bytes())
    candidates = []
    for path in sorted(review.corpus.glob("*.xml")):
        parsed, text, out = (
            f"extracted/{kind}/{path.name}.{end}"
            for kind, end in (("parsed", "jsonl"), ("parsed", "txt"), ("candidates", "jsonl"))
        )
        run(folder, "parse", f"corpus/{path.name}", parsed, text)
        run(folder, "extract", parsed, out, "--config", "config")
        candidates.append(out)
    run(folder, "link", *candidates, "--overrides", "overrides", "--config", "config", "--out", "extracted")
    run(
        folder,
        "resolve",
        "extracted/studies.jsonl",
        "extracted/links.csv",
        "--overrides",
        "overrides",
        "--config",
        "config",
        "--out",
        "extracted",
    )
    with (folder / "extracted/outcomes.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_corrected_record_counts_once_and_as_corrected(review: Review, server: Server, entrez: Entrez) -> None:
    for pmid in (102, 103, 104, 105):
        del entrez.articles[pmid]
    review.update("2026-10-01")
    article = entrez.articles[101]
    article.changed, article.text = DAY(2026, 10, 10), "Of 20 patients treated with danazol, 11 (55%) responded."
    review.update("2026-11-01")
    assert len(list(review.corpus.glob("*.xml"))) == 2
    rows = linked(review)
    assert {(row["events"], row["n"]) for row in rows} == {("11", "20")}
    assert len({row["study"] for row in rows}) == 1
