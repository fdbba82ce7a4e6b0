"""A small review that lives: exports that come one after another, through the real stages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.cli import main
from tests.workflow import ROOT, copy_review, snakemake

SERIES = "We treated {n} patients with refractory immune thrombocytopenia with danazol. Of the {n} patients, {events} ({percent:.0f}%) responded."

#: PMID → year, author, events, n
STUDIES = {
    "90000011": (2011, "Okafor, Chidi", 12, 30),
    "90000012": (2014, "Lindqvist, Maja", 25, 50),
    "90000013": (2017, "Petrov, Anton", 27, 60),
    "90000014": (2021, "Moreau, Julie", 36, 40),
    "90000015": (2023, "Adeyemi, Bola", 40, 50),
}
TOWNS = ("Bergen", "Graz", "Lyon", "Porto", "Turin")


#: what PubMed adds to a record that was retracted
RETRACTED = "PT  - Retracted Publication\nRIN - J Test. 2026 Jan;1(1):2. PMID: 99999999\nLR  - 20260201\n"


def nbib(*pmids: str, retracted: str = "", **other: tuple[int, int]) -> str:
    """Records as PubMed exports them, one of them `retracted`; `other`: PMID with a p before it → (events, n) in another
    state of its text."""
    records = []
    for pmid in pmids:
        year, author, events, n = STUDIES[pmid]
        events, n = other.get(f"p{pmid}", (events, n))
        town = TOWNS[int(pmid[-1]) - 1]
        text = SERIES.format(n=n, events=events, percent=100 * events / n)
        title = f"Danazol in refractory immune thrombocytopenia: experience of one hospital in {town}"
        records.append(
            f"PMID- {pmid}\nDP  - {year}\nTI  - {title}.\nFAU - {author}\nPT  - Journal Article\n"
            f"{RETRACTED if pmid == retracted else ''}AB  - {text}\n"
        )
    return "\n".join(records)


def start(folder: Path, pmids: Sequence[str]) -> Path:
    """A review of these records, built."""
    source = folder / "source"
    shutil.copytree(ROOT / "config", source / "config")
    for name in ("corpus", "overrides"):
        (source / name).mkdir()
    (source / "corpus/base.nbib").write_text(nbib(*pmids), encoding="utf-8")
    review = copy_review(source, folder / "review")
    build(review)
    return review


def build(review: Path) -> None:
    done = snakemake(review)
    assert done.returncode == 0, done.stderr


def release(review: Path, *options: str) -> int:
    asked = ["--trigger", "a test", "--status", "updating", "--date", "2026-11-21", *options]
    return main(["release", "--folder", str(review), *asked])


def changes(review: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((review / "extracted/changes.json").read_text("utf-8"))
    return found


def outcome(since: dict[str, Any], name: str = "overall_response") -> dict[str, Any]:
    found: dict[str, Any] = next(o for o in since["outcomes"] if o["outcome"] == name)
    return found
