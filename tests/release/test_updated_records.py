"""A later export that has known records in another state: evidence, told as such."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from living_review import build, changes, nbib, outcome, release, start

from pipeline.cli import main

SEARCHES = (
    "date,search,source,query,since,until,hits,new,updated,file,sha256,note\n"
    "2025-11-01,itp,PubMed,danazol,,,3,3,0,base.nbib,,\n"
    "2026-03-01,itp,PubMed,danazol,,,4,1,2,update.nbib,,\n"
)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of three studies one is retracted and one corrected (27 of 60 become 45), and a fourth comes in."""
    folder = start(tmp_path_factory.mktemp("updated"), ["90000011", "90000012", "90000013"])
    assert release(folder) == 0
    export = nbib("90000011", "90000013", "90000014", retracted="90000011", p90000013=(45, 60))
    (folder / "corpus/update.nbib").write_text(export, encoding="utf-8")
    (folder / "corpus/searches.csv").write_text(SEARCHES, encoding="utf-8")
    build(folder)
    return folder


@pytest.fixture
def since(review: Path) -> dict[str, Any]:
    found: dict[str, Any] = changes(review)["since"]
    return found


def test_a_retraction_takes_a_study_out_by_evidence(since: dict[str, Any]) -> None:
    gone = [s for s in since["studies"] if s["change"] == "out"]
    assert [(s["label"], s["causes"], s["retracted"]) for s in gone] == [("Okafor 2011", ["updated"], True)]


def test_another_text_is_an_updated_record_and_a_further_study_a_new_one(since: dict[str, Any]) -> None:
    counts = {n["label"]: (n["before"], n["after"], n["causes"]) for n in since["numbers"]}
    assert counts["Petrov 2017"] == ({"events": 27, "n": 60}, {"events": 45, "n": 60}, ["updated"])
    assert counts["Moreau 2021"] == (None, {"events": 36, "n": 40}, ["new"])
    assert counts["Okafor 2011"][1:] == (None, ["updated"])
    assert "Lindqvist 2014" not in counts
    assert [step["why"] for step in outcome(since)["steps"]] == [["updated"], ["new"]]


def test_results_search_by_search_go_by_the_first_export(review: Path) -> None:
    """Petrov's record was in the first export, in another state."""
    (found,) = (c for c in changes(review)["cumulative"] if c["outcome"] == "overall_response")
    assert [(s["date"], s["k"], s["new"]) for s in found["steps"]] == [("2025-11-01", 2, 2), ("2026-03-01", 3, 1)]


def test_the_page_tells_it(review: Path) -> None:
    page = (review / "reports/index.html").read_text("utf-8")
    assert "Retracted and taken out:" in page
    assert "Searched: PubMed 2026-03-01." in page
    assert "PubMed (n\u00a0=\u00a06), 3\u00a0new" in page


def test_the_command_says_the_same_as_the_file(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["changes", "--folder", str(review), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == changes(review)["since"]
    assert main(["changes", "--folder", str(review), "--since", "2026.1"]) == 0
    told = capsys.readouterr().out
    assert "Petrov 2017, danazol, overall_response: 27/60 → 45/60 (updated records)" in told
    assert "Okafor 2011 went out" in told
    assert main(["changes", "--folder", str(review), "--since", "2020.1"]) == 2
    assert capsys.readouterr().err == 'there is no version "2020.1" (there are: 2026.1)\n'


def test_a_release_that_fails_leaves_nothing(
    review: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.release.freezing._write_pages", fails)
    assert release(review) == 2
    assert "No space left on device; nothing was kept" in capsys.readouterr().err
    assert [p.name for p in (review / "reports/versions").iterdir()] == ["2026.1"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["../elsewhere"], "cannot be a folder's name"),
        (["--trigger", " "], "--trigger is empty"),
        (["--status", "retired", "--next-search", "2026-12-21"], "has no next search"),
        (["--next-search", "2025-01-01"], "is before the day of the version"),
    ],
)
def test_what_cannot_be_released_is_said(
    review: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert release(review, *options) == 2
    assert said in capsys.readouterr().err
