"""The labelled texts beside the project: what is accepted must be right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.candidates import Candidate
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord


def extract_all(files: list[Path], settings: Settings) -> list[Candidate]:
    extract = Extractor(settings)
    return [extract(r) for f in files for r in parse(f, str(f)) if isinstance(r, ParsedRecord)]


def score(shared: Path, labels: str, candidates: list[Candidate], tmp_path: Path) -> dict[str, float]:
    predictions = tmp_path / "predictions.jsonl"
    predictions.write_text("".join(c.model_dump_json() + "\n" for c in candidates), encoding="utf-8")
    command = [
        sys.executable,
        str(shared / "tools/score.py"),
        str(shared / "gold" / labels),
        str(predictions),
        "--json",
    ]
    result: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return result


@pytest.fixture(scope="module")
def seeds(shared: Path, settings: Settings) -> list[Candidate]:
    return extract_all(sorted((shared / "gold/seeds/docs").glob("*.txt")), settings)


def test_seeds_score(shared: Path, seeds: list[Candidate], tmp_path: Path) -> None:
    result = score(shared, "seeds", seeds, tmp_path)
    assert result["silent_errors"] == 0
    assert result["accepted_recall"] * result["gold_rows"] >= 29.99
    assert result["n_total_exact"] >= 8 / 9
    assert result["n_total_silent_errors"] == 0


def test_seeds_decisions_and_reasons(shared: Path, seeds: list[Candidate]) -> None:
    by_start = {(Path(c.source.file).name, c.source.span): c for c in seeds}
    labels = [json.loads(p.read_text("utf-8")) for p in sorted((shared / "gold/seeds").glob("*.json"))]
    for label in labels:
        a, b = label["source"]["span"]
        mine = [
            c
            for (name, (x, y)), c in by_start.items()
            if name == label["source"]["key"] and min(b, y) - max(a, x) > 0.9 * (b - a)
        ]
        assert len(mine) == 1, label["id"]
        assert (mine[0].eligibility.decision == "include") == label["include"], label["id"]
        if not label["include"]:
            assert mine[0].eligibility.reason == label["exclude_reason"], label["id"]


def test_every_span_slices_to_its_words(shared: Path, seeds: list[Candidate]) -> None:
    for c in seeds:
        source = Path(c.source.file).read_bytes().decode("utf-8")
        quotes = (
            [o.evidence for o in c.outcomes]
            + [a.evidence for a in c.arms]
            + [c.n_total.evidence, c.eligibility.evidence]
        )
        for quote in filter(None, quotes):
            assert source[quote.start : quote.end] == quote.text


def test_dev_accepts_nothing_wrong(shared: Path, settings: Settings, tmp_path: Path) -> None:
    result = score(shared, "dev", extract_all(sorted((shared / "gold/dev").glob("*.txt")), settings), tmp_path)
    assert result["missing"] == 0
    assert result["accepted_precision"] >= 0.98
