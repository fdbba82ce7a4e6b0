"""A retracted report is excluded, its words kept, and its numbers read for a reviewer who overrules."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.candidates import Candidate
from pipeline.config import load
from pipeline.extract.cues import Cue
from pipeline.extract.extractor import Extractor
from pipeline.extract.retractions import TITLE
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord

ABSTRACT = (
    "We treated 40 patients with immune thrombocytopenia with danazol. A response was seen in 30 of 40 patients (75%)."
)
REVIEW = Path(__file__).parents[2] / "config"


def candidate(folder: Path, lines: str, title: str = "Danazol in immune thrombocytopenia") -> Candidate:
    path = folder / "a.nbib"
    text = f"PMID- 11\nOWN - NLM\nDP  - 2010\nTI  - {title}\nAB  - {ABSTRACT}\n{lines}PT  - Journal Article\n"
    path.write_text(text, encoding="utf-8")
    (record,) = (row for row in parse(path, "a.nbib") if isinstance(row, ParsedRecord))
    return Extractor(load(REVIEW))(record)


def test_without_a_notice_it_is_included(tmp_path: Path) -> None:
    assert candidate(tmp_path, "").eligibility.decision == "include"


@pytest.mark.parametrize(
    ("lines", "title", "words"),
    [
        ("RIN - Blood. 2012;119:4333. PMID: 99\n", "Danazol in anaemia", "Blood. 2012;119:4333. PMID: 99"),
        ("", "RETRACTED: Danazol in anaemia", "RETRACTED:"),
        ("", "Danazol in anaemia (Retracted article. See vol. 12, pg. 3, 2020)", "(Retracted article. See vol. 12, pg. 3, 2020)"),
        ("PT  - Retracted Publication\n", "Danazol in anaemia", None),
    ],
)  # fmt: skip
def test_retracted(tmp_path: Path, lines: str, title: str, words: str | None) -> None:
    found = candidate(tmp_path, lines, title)
    said = found.eligibility
    assert (said.decision, said.reason) == ("exclude", "retracted")
    assert (said.evidence.text if said.evidence else None) == words
    if said.evidence is not None:
        text = (tmp_path / "a.nbib").read_text("utf-8")
        assert text[said.evidence.start : said.evidence.end] == words
    assert [(o.events, o.n) for o in found.outcomes if o.status == "accepted"] == [(30, 40)]


def test_a_review_that_is_retracted_stays_a_review(tmp_path: Path) -> None:
    found = candidate(tmp_path, "PT  - Review\nRIN - Blood. 2012;119:4333. PMID: 99\n")
    assert found.eligibility.reason == "review"
    assert found.outcomes == []


@pytest.mark.parametrize("line", ["EIN - Blood. 2012;1:1\n", "ECI - Blood. 2012;1:1\n", "ROF - Blood. 2009;1:1\n"])
def test_other_notices_do_not_exclude(tmp_path: Path, line: str) -> None:
    assert candidate(tmp_path, line).eligibility.decision == "include"


@pytest.mark.parametrize(("cue", "text"), [(c, t) for c in TITLE for t in c.examples], ids=str)
def test_titles(cue: Cue, text: str) -> None:
    assert cue.search(text)


@pytest.mark.parametrize(("cue", "text"), [(c, t) for c in TITLE for t in c.counter], ids=str)
def test_titles_that_say_something_else(cue: Cue, text: str) -> None:
    assert cue.search(text) is None
