"""Build, release, add a source, decide, change the config and the software, rebuild, compare: the real stages."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from living_review import build, changes, nbib, outcome, release, start

from pipeline.cli import main
from pipeline.release.software import code
from pipeline.release.versions import versions
from tests.workflow import pooled, snakemake


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """At its first version."""
    folder = start(tmp_path_factory.mktemp("living"), ["90000011", "90000012", "90000013"])
    assert changes(folder)["versions"] == []
    assert release(folder, "--next-search", "2026-12-21") == 0
    build(folder)
    return folder


def result(folder: Path) -> float:
    value: float = pooled(folder)["overall_response"]["overall"]["fits"]["iv"]["proportion"]
    return value


def test_the_page_of_a_version_is_that_of_the_next_run(review: Path) -> None:
    kept = review / "reports/versions/2026.1"
    assert (kept / "index.html").read_bytes() == (review / "reports/index.html").read_bytes()
    pages = [sorted(p.name for p in folder.glob("studies/*.html")) for folder in (kept, review / "reports")]
    assert pages[0] == pages[1] != []
    assert changes(review)["version"] == "2026.1"
    assert changes(review)["since"] is None
    assert "Nothing to be done" in snakemake(review, "all", "--dry-run").stdout


def test_a_version_is_kept_once_and_only_of_a_report_that_is_up_to_date(
    review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert release(review) == 2
    assert "nothing changed since version 2026.1" in capsys.readouterr().err
    assert release(review, "2026.1") == 2
    assert "version 2026.1 exists" in capsys.readouterr().err
    new = review / "corpus/note.txt"
    new.write_text("A note on nothing.\n", encoding="utf-8")
    assert release(review) == 2
    assert "run `snakemake all`" in capsys.readouterr().err
    new.unlink()
    build(review)


def test_each_change_is_told_by_its_cause_and_the_steps_add_up(review: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision takes Okafor's 12 of 30 to 15; two series come in; another program and another method."""
    before = result(review)
    (review / "corpus/new.nbib").write_text(nbib("90000014", "90000015"), encoding="utf-8")
    (review / "overrides/corrections.csv").write_text(
        "study,arm,outcome,field,value,was,reason,reviewer,date\n"
        "okafor-2011,danazol,overall_response,events,15,12,table 2,AB,2026-11-22\n",
        encoding="utf-8",
    )
    config = review / "config/config.yaml"
    config.write_text(config.read_text("utf-8").replace("test: knha", "test: z").replace("REML", "DL"), "utf-8")
    build(review)
    since = changes(review)["since"]
    assert since["name"] == "2026.1"
    assert {(s["label"], s["change"], *s["causes"]) for s in since["studies"]} == {
        ("Moreau 2021", "in", "new"),
        ("Adeyemi 2023", "in", "new"),
        ("Okafor 2011", "numbers", "override"),
    }
    told = {(n["label"], _count(n["before"]), _count(n["after"])) for n in since["numbers"]}
    assert told == {
        ("Moreau 2021", None, (36, 40)),
        ("Adeyemi 2023", None, (40, 50)),
        ("Okafor 2011", (12, 30), (15, 30)),
    }
    assert [(c["key"], c["method"]) for c in since["settings"]] == [("analysis.method", True), ("analysis.test", True)]
    assert [(c["change"], c["line"]["reviewer"], c["line"]["reason"]) for c in since["lines"]] == [
        ("new", "AB", "table 2")
    ]
    found = outcome(since)
    assert [step["why"] for step in found["steps"]] == [["override"], ["new"], ["method"]]
    assert [step["arms"] for step in found["steps"]] == [1, 2, 0]
    assert sum(step["shift"] for step in found["steps"]) == pytest.approx(result(review) - before, abs=1e-9)
    assert since["new_files"] == ["corpus/new.nbib"]
    assert since["software"] == []


def _count(value: dict[str, int] | None) -> tuple[int, int] | None:
    return None if value is None else (value["events"], value["n"])


def test_a_further_version_keeps_what_changed_and_the_first_stays(review: Path) -> None:
    first = review / "reports/versions/2026.1/release.json"
    bytes_before = first.read_bytes()
    assert release(review) == 0
    build(review)
    names = [v.release.name for v in versions(review / "reports/versions")]
    assert names == ["2026.1", "2026.2"]
    assert first.read_bytes() == bytes_before
    second = versions(review / "reports/versions")[1]
    assert second.release.previous == "2026.1"
    assert "Moreau 2021 came in (new records)." in second.release.changed
    assert changes(review)["version"] == "2026.2"
    assert changes(review)["since"]["name"] == "2026.1"


def test_a_rule_that_changed_is_software_and_an_updated_text_is_evidence(review: Path) -> None:
    """The version's fingerprint of the code is made another: what then differs without a new text is the program's."""
    kept = review / "reports/versions/2026.2/release.json"
    tables = review / "reports/versions/2026.2/tables/outcomes.csv"
    text, outcomes = kept.read_text("utf-8"), tables.read_text("utf-8")
    before = outcomes.replace("overall_response,responded,25,50,", "overall_response,responded,20,50,")
    tables.write_text(before, encoding="utf-8")
    kept.write_text(text.replace(code()["extract"], "0" * 16).replace(sha(outcomes), sha(before)), encoding="utf-8")
    base = review / "corpus/base.nbib"
    base.write_text(nbib("90000011", "90000012", "90000013", p90000013=(45, 60)), encoding="utf-8")
    try:
        build(review)
        since = changes(review)["since"]
    finally:
        kept.write_text(text, encoding="utf-8")
        tables.write_text(outcomes, encoding="utf-8")
    assert [c["what"] for c in since["software"]] == ["extract"]
    assert {(n["label"], *n["causes"]) for n in since["numbers"]} == {
        ("Lindqvist 2014", "software"),
        ("Petrov 2017", "updated"),
    }
    assert since["updated_records"] == 1
    assert [step["why"] for step in outcome(since)["steps"]] == [["software"], ["updated"]]


def test_a_version_that_somebody_changed_is_refused(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = review / "reports/versions/2026.1/tables/outcomes.csv"
    outcomes = table.read_text("utf-8")
    table.write_text(outcomes.replace("25,50", "26,50"), encoding="utf-8")
    done = main(["changes", "--folder", str(review), "--since", "2026.1"])
    table.write_text(outcomes, encoding="utf-8")
    assert done == 2
    assert "outcomes.csv: is not what was released" in capsys.readouterr().err


def test_a_version_of_an_earlier_litpool_is_read(review: Path) -> None:
    """With a column and a key that are no more."""
    table = review / "reports/versions/2026.1/tables/arms.csv"
    kept = review / "reports/versions/2026.1/release.json"
    before, said = table.read_text("utf-8"), kept.read_text("utf-8")
    old = "".join(f"{line},{'x' if i else 'gone'}\n" for i, line in enumerate(before.splitlines()))
    table.write_text(old, encoding="utf-8")
    kept.write_text(said.replace(sha(before), sha(old)).replace('"name":', '"gone": 1,\n "name":', 1), encoding="utf-8")
    try:
        (first, *_) = versions(review / "reports/versions")
        assert [arm.key for arm in first.tables.arms] == ["danazol"] * 3
    finally:
        table.write_text(before, encoding="utf-8")
        kept.write_text(said, encoding="utf-8")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
