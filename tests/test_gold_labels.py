"""Our own labels (tests/gold) agree with themselves and, where the text is ours, with their text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

GOLD = Path(__file__).parent / "gold"
LABELS = sorted(GOLD.glob("*/*/*.json"))
WORDS = dict(
    zip(
        "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(),
        range(21),
        strict=True,
    )
)


def load(path: Path) -> dict[str, Any]:
    label: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return label


@pytest.mark.parametrize("path", LABELS, ids=lambda p: p.stem)
def test_a_label_agrees_with_itself(path: Path) -> None:
    label = load(path)
    arms = {arm["arm"] for arm in label["arms"]}
    assert len(arms) == len(label["arms"])
    assert label["include"] or not label["outcomes"]
    for row in label["outcomes"]:
        assert row["arm"] in arms
        if row["events"] is not None and row["n"]:
            assert 0 <= row["events"] <= row["n"]
            assert abs(row["percent"] - 100 * row["events"] / row["n"]) <= 0.051


@pytest.mark.parametrize("path", [p for p in LABELS if p.with_suffix(".txt").exists()], ids=lambda p: p.stem)
def test_a_percentage_that_a_label_quotes_is_in_its_text(path: Path) -> None:
    text = path.with_suffix(".txt").read_text("utf-8").replace("·", ".")
    printed = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}
    words = {WORDS[w] for w in re.findall(r"[a-z]+", text.lower()) if w in WORDS}
    for row in load(path)["outcomes"]:
        if row["percent_reported"] is not None:
            assert row["percent_reported"] in printed | words, row["name"]


def test_our_own_texts_all_have_labels() -> None:
    texts = {p.with_suffix("") for p in GOLD.glob("*/*/*.txt")}
    assert texts
    assert texts <= {p.with_suffix("") for p in LABELS}
