"""The whole way, as users run it: what a run makes, what a second run does, and what each kind of edit runs again."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.stats import pool_proportions
from tests.workflow import ROOT, copy_review, jobs, pooled, snakemake

AFTER_LINK = {"resolve", "audit", "pool", "release", "report"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded review, built once in a folder outside the repository, with its own copy of the package."""
    base = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT / "pipeline", base / "package/pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", base / "package")
    folder = copy_review(ROOT, base / "review")
    done = snakemake(folder, package=base / "package")
    assert done.returncode == 0, done.stderr
    return folder


def test_a_second_run_has_nothing_to_do(built: Path) -> None:
    done = snakemake(built, package=built.parent / "package")
    said = (done.stdout + done.stderr).splitlines()
    assert said[-1] == "Nothing to be done (all requested files are present and up to date)."
    assert len(said) <= 3


def test_a_new_file_is_parsed_and_extracted_alone(built: Path) -> None:
    new = built / "corpus/new one.txt"
    try:
        new.write_text("A note.\n\nTwelve patients were treated with danazol. Of the 12 patients, 6 (50%) responded.\n")
        todo = jobs(built, built.parent / "package")
    finally:
        new.unlink()
    assert todo["parse"] == todo["extract"] == ["new one.txt"]
    assert set(todo) == {"parse", "extract", "link"} | AFTER_LINK


def test_an_edited_override_starts_at_resolve(built: Path) -> None:
    path = built / "overrides/corrections.csv"
    before = path.read_text("utf-8")
    try:
        path.write_text(before + "arnold-2010,A1,n,20,19,test,T,2026-11-21\n", encoding="utf-8")
        todo = jobs(built, built.parent / "package")
    finally:
        path.write_text(before, encoding="utf-8")
    assert set(todo) == AFTER_LINK


@pytest.mark.parametrize(
    ("module", "first"),
    [
        ("extract/measures.py", "extract"),
        ("parse/ris.py", "parse"),
        ("pool/metafor.py", "pool"),
        ("report/words.py", "report"),
    ],
)
def test_an_edited_module_starts_at_its_stage(built: Path, module: str, first: str) -> None:
    path = built.parent / "package/pipeline" / module
    before = path.read_text("utf-8")
    try:
        path.write_text(before + "\n# edited\n", encoding="utf-8")
        todo = jobs(built, built.parent / "package")
    finally:
        path.write_text(before, encoding="utf-8")
    order = ["parse", "extract", "link", "resolve", "audit", "pool", "release", "report"]
    assert [rule for rule in order if rule in todo] == order[order.index(first) :]


@pytest.mark.parametrize(
    ("old", "new", "first"), [("method: REML", "method: DL", "link"), ("threshold: 0.9", "threshold: 0.8", "extract")]
)
def test_an_edit_of_the_config_extracts_again_only_if_extraction_reads_it(
    built: Path, old: str, new: str, first: str
) -> None:
    path = built / "config/config.yaml"
    before = path.read_text("utf-8")
    try:
        path.write_text(before.replace(old, new, 1), encoding="utf-8")
        todo = jobs(built, built.parent / "package")
    finally:
        path.write_text(before, encoding="utf-8")
    order = ["parse", "extract", "link", "resolve"]
    assert [rule for rule in order if rule in todo] == order[order.index(first) :]


def labelled(shared: Path) -> dict[str, list[tuple[int, int]]]:
    """(events, n) that the labels give to pool: no subgroups; one row per study, arm and outcome, the share of most."""
    best: dict[tuple[str, str, str], tuple[int, int]] = {}
    for path in sorted((shared / "gold/seeds").glob("*.json")):
        label = json.loads(path.read_text("utf-8"))
        apart = {a["arm"] for a in label.get("arms", []) if a.get("role") == "subgroup"}
        for row in label.get("outcomes", []):
            if label["include"] and row["arm"] not in apart and row["events"] is not None:
                key = (label["id"], row["arm"], row["class"])
                if key not in best or row["n"] > best[key][1]:
                    best[key] = (row["events"], row["n"])
    out: dict[str, list[tuple[int, int]]] = {}
    for (_, _, outcome), counts in best.items():
        out.setdefault(outcome, []).append(counts)
    return {outcome: sorted(rows) for outcome, rows in out.items()}


def test_the_pooled_result_is_that_of_the_labels(built: Path, shared: Path) -> None:
    labels = labelled(shared)
    for outcome, row in pooled(built).items():
        assert sorted((e["events"], e["n"]) for e in row["effects"]) == labels[outcome], outcome
        events, n = zip(*labels[outcome], strict=True)
        for model in ("iv", "glmm"):
            fit = pool_proportions(events, n, model=model, test="knha")
            assert math.isclose(row["overall"]["fits"][model]["proportion"], fit.proportion, rel_tol=1e-6), (
                outcome,
                model,
            )


def test_the_report_shows_it(built: Path) -> None:
    page = re.sub(r"\s+", " ", (built / "reports/index.html").read_text("utf-8"))
    fit: dict[str, Any] = pooled(built)["overall_response"]["overall"]["fits"]["iv"]
    assert f"{100 * fit['proportion']:.1f}" in page
    script = (built / "reports/metafor.R").read_bytes()
    assert (built / "reports/data/metafor.R").read_bytes() == script, "the page's script is that of the pool stage"
    for study in ("Arnold 2010", "Tanaka 2006", "Ito 2021", "Crickx 2020", "Robak 2007"):
        assert study in page


def test_the_same_inputs_give_the_same_bytes(built: Path, embedded: Path) -> None:
    for name in ("reports/index.html", "reports/metafor.R", "extracted/pooled.json", "extracted/outcomes.csv"):
        assert (embedded / name).read_bytes() == (built / name).read_bytes(), name


def copy(built: Path, folder: Path) -> Path:
    """The review as it was built, to be changed."""
    return Path(shutil.copytree(built, folder))


def test_unreadable_files_are_set_aside_and_the_rest_is_unharmed(built: Path, tmp_path: Path) -> None:
    folder = copy(built, tmp_path / "bad")
    (folder / "corpus/empty.txt").write_bytes(b"")
    (folder / "corpus/broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (folder / "corpus/noise.bin").write_bytes(bytes(range(256)) * 4)
    done = snakemake(folder, package=built.parent / "package")
    assert done.returncode == 0, done.stderr
    assert "\ncorpus/broken.pdf: set aside: is a damaged PDF" in done.stdout + done.stderr
    aside = (folder / "extracted/set_aside.csv").read_text("utf-8")
    for name in ("empty.txt", "broken.pdf", "noise.bin"):
        assert name in aside
        assert name in (folder / "reports/index.html").read_text("utf-8")
    assert pooled(folder) == pooled(built)


def test_a_wrong_key_stops_with_file_key_and_the_allowed_ones(built: Path, tmp_path: Path) -> None:
    folder = copy(built, tmp_path / "key")
    config = folder / "config/config.yaml"
    config.write_text(config.read_text("utf-8").replace("min_patients:", "min_patient:"), encoding="utf-8")
    done = snakemake(folder, package=built.parent / "package")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "  failed: extract (logs/extract/" in said
    assert (
        'config/config.yaml: eligibility.min_patient: unknown key; did you mean "min_patients"? (allowed: min_patients, reasons)'
        in said
    )


def test_an_unknown_study_stops_with_file_line_and_names(built: Path, tmp_path: Path) -> None:
    folder = copy(built, tmp_path / "unknown")
    with (folder / "overrides/corrections.csv").open("a", encoding="utf-8") as out:
        out.write("arnold-2011,A1,,n,20,19,test,T,2026-11-21\n")
    done = snakemake(folder, package=built.parent / "package")
    assert done.returncode != 0
    assert (
        '  failed: resolve (logs/resolve.log)\n    overrides/corrections.csv:2: study "arnold-2011" is not known (nearest: '
        "arnold-2010"
    ) in done.stdout + done.stderr


def test_what_is_said_fits_on_a_screen(built: Path, embedded: Path, tmp_path: Path) -> None:
    """No list of inputs, neither in a build nor in a failure."""
    folder = copy(built, tmp_path / "said")
    (folder / "overrides/corrections.csv").write_text("study,arm\nx\n", encoding="utf-8")
    done = snakemake(folder, package=built.parent / "package")
    assert done.returncode != 0
    for words in (done.stdout + done.stderr, embedded.with_name("embedded.said").read_text("utf-8")):
        said = words.splitlines()
        assert len(said) < 2 * len(list((folder / "corpus").iterdir())) + 15
        assert max(map(len, said)) < 400
