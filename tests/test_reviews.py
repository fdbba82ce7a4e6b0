"""Any review, not just the embedded one: another disease, a new folder, an installed package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.workflow import ROOT, copy_review, pooled, snakemake


def test_another_disease(tmp_path: Path) -> None:
    folder = copy_review(ROOT / "tests/reviews/hpylori", tmp_path / "hpylori")
    done = snakemake(folder)
    assert done.returncode == 0, done.stderr
    eradication = pooled(folder)["eradication"]
    assert sorted((e["events"], e["n"]) for e in eradication["effects"]) == [(48, 60), (71, 85), (72, 84)]
    assert {e["regimen_class"] for e in eradication["effects"]} <= {
        "Bismuth quadruple",
        "Clarithromycin-based",
        "not stated",
    }
    assert "Eradication of H. pylori" in (folder / "reports/index.html").read_text("utf-8")


def test_nothing_of_the_first_review_is_in_the_code() -> None:
    words = ("thrombocytopeni", "rituximab", "tretinoin", "retinoic", "eltrombopag", "platelet")
    for path in (ROOT / "pipeline").rglob("*.py"):
        text = path.read_text("utf-8").lower()
        assert not [w for w in words if w in text.replace("platelets_", "")], path


def test_a_new_review_from_an_installed_wheel(tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(site),
        str(ROOT),
    ]
    subprocess.run(install, check=True, capture_output=True)
    make = [sys.executable, "-m", "pipeline", "new", "my review"]
    subprocess.run(
        make, cwd=tmp_path, env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"}, check=True, capture_output=True
    )
    folder = tmp_path / "my review"
    assert {p.name for p in folder.iterdir()} == {
        "Snakefile",
        "profiles",
        "config",
        "corpus",
        "overrides",
        "schedule.yml",
    }
    (folder / "corpus/a.txt").write_text(
        "Danazol\n\nThirty patients were enrolled and received danazol. Of the 30 patients, 21 (70%) responded.\n"
    )
    done = snakemake(folder, package=site)
    assert done.returncode == 0, done.stderr
    assert [(e["events"], e["n"]) for e in pooled(folder)["overall_response"]["effects"]] == [(21, 30)]


def test_an_empty_review_reports_that_nothing_is_there(tmp_path: Path) -> None:
    assert main(["new", str(tmp_path / "r")]) == 0
    assert "## corrections.csv" in (tmp_path / "r/overrides/README.md").read_text("utf-8")
    done = snakemake(tmp_path / "r")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r/reports/index.html").is_file()


def test_new_refuses_a_folder_that_is_in_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("mine")
    assert main(["new", str(tmp_path)]) == 2
    assert "not an empty folder" in capsys.readouterr().err
    assert (tmp_path / "x").read_text() == "mine"
