"""The page's figures of accuracy are what is measured: measured again on the texts that were held back."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from pipeline.config import load
from pipeline.extract import Extractor
from pipeline.report import measured as kept
from pipeline.report.measured import measured
from scripts import measured as writing
from scripts.gold import ROOT, scorer, sets
from scripts.score import score

DAY = datetime.date(2030, 1, 1)


def test_measured_again_it_is_the_same(shared: Path) -> None:
    (gold,) = [gold for gold in sets(shared) if gold.name == "itp, held"]
    counts, _ = score(gold, Extractor(load(ROOT / "config")), scorer(shared))
    again = writing.row_of(gold.name, counts, DAY)
    (said,) = [row for row in measured() if row.texts == again.texts]
    assert again.model_dump(exclude={"date", "version"}) == said.model_dump(exclude={"date", "version"}), (
        "the accuracy on held-back texts changed: `make score` writes pipeline/report/measured.csv"
    )


def test_every_set_of_labels_is_told(shared: Path) -> None:
    texts = {row.texts: row for row in measured()}
    for gold in sets(shared):
        row = texts[writing.TEXTS[gold.name]]
        assert row.records == len(gold.load())
        assert (row.labels == "held back") == gold.held


def test_the_page_on_extraction_says_the_same() -> None:
    page = " ".join((ROOT / "docs/extraction.md").read_text("utf-8").split())
    held = next(row for row in measured() if row.labels == "held back" and row.accepted > 10)
    assert f"on {held.records} abstracts" in page
    assert f"{held.right} of {held.accepted} accepted rows are right" in page
    assert f"the {held.labelled} labelled rows" in page
    (eye,) = [row for row in measured() if row.labels == "read by eye"]
    assert re.search(rf"\*\*{eye.right} of {eye.accepted} right\*\*", page)


def test_figures_that_did_not_change_keep_their_day(tmp_path: Path, monkeypatch: object) -> None:
    counts = {
        "records": 2, "gold_rows": 9, "found": 7, "rows_accepted": 5, "found_accepted": 4,
        "include_right": 1, "include_wrong": 0, "exclude_right": 0, "exclude_wrong": 1,
    }  # fmt: skip
    path = tmp_path / "measured.csv"
    monkeypatch.setattr(writing, "FILE", path)  # type: ignore[attr-defined]
    monkeypatch.setattr(kept, "FILE", path)  # type: ignore[attr-defined]
    assert writing.keep({"dev": counts}, DAY) == [writing.TEXTS["dev"]]
    assert writing.keep({"dev": counts}, DAY + datetime.timedelta(1)) == []
    (row,) = measured()
    assert (row.date, row.right, row.accepted, row.kept, row.eligible, row.left_out, row.others) == (
        DAY,
        4,
        5,
        1,
        1,
        0,
        1,
    )
