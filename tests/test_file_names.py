"""Names that people and operating systems give to files: each is read, or listed with what to do."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from pipeline.skeleton import REVIEW
from pipeline.workflow import limits, not_read, sources
from tests.workflow import ROOT, copy_review, snakemake

TEXT = "A note on danazol.\n\nTwelve patients were treated with danazol. Of the 12 patients, 6 (50%) responded.\n"
READ = [
    "with space.txt",
    "quote'.txt",
    'double"quote.txt',
    "semi;colon $(touch hacked) `touch hacked`.txt",
    "-rf.txt",
    "$HOME.txt",
    "back\\slash.txt",
    "100%.txt",
    "star*.txt",
    "[x]?.txt",
    "a..b.txt",
    "Überblick 試験.txt",
    "a&amp;b.txt",
]
NOT_READ = ["br{ace}.txt", "<b>bold.txt", "{source}.txt", "new\nline.txt", "tab\t.txt", "blank at the end.txt "]


def hostile(folder: Path) -> Path:
    """A review whose corpus holds nothing but awkward names."""
    corpus = folder / "corpus"
    for old in corpus.iterdir():
        old.unlink()
    for name in READ + NOT_READ:
        (corpus / name).write_text(TEXT, encoding="utf-8")
    (corpus / "out.txt").symlink_to("/etc/hostname")
    (corpus / "broken.txt").symlink_to("/nowhere/at/all.txt")
    (corpus / "folder").symlink_to(REVIEW)
    os.mkfifo(corpus / "pipe")
    (corpus / ".hidden").write_text(TEXT)
    (corpus / "~$lock.txt").write_text(TEXT)
    return folder


def test_each_is_read_or_listed_with_what_to_do(tmp_path: Path) -> None:
    folder = hostile(copy_review(ROOT, tmp_path / "review"))
    (folder / "overrides/corrections.csv").unlink(missing_ok=True)
    done = snakemake(folder)
    assert done.returncode == 0, done.stderr
    page = (folder / "reports/index.html").read_text("utf-8")
    for name in READ:
        assert (folder / "extracted/parsed" / f"{name}.jsonl").read_text("utf-8").count("\n") == 1, name
    with (folder / "extracted/set_aside.csv").open(encoding="utf-8") as table:
        aside = {row["file"]: row for row in csv.DictReader(table)}
    expected = ["out.txt", "broken.txt", "folder", "pipe", *(n.encode("unicode_escape").decode() for n in NOT_READ)]
    assert sorted(aside) == sorted(f"corpus/{name}" for name in expected)
    assert all(row["reason"] and row["remedy"] for row in aside.values())
    assert "outside corpus/" in aside["corpus/out.txt"]["reason"]
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold.txt" in page
    assert not list(folder.rglob("hacked*"))
    assert "Nothing to be done" in snakemake(folder).stderr


def test_names_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"bad\xff.txt")).write_text(TEXT)
    assert sources(tmp_path) == []
    ((name, reason, remedy),) = not_read(tmp_path)
    assert name.endswith("bad\udcff.txt")
    assert "name" in reason
    assert remedy == "give it a plain name"


def test_limits_are_passed_on_and_a_broken_config_is_left_to_its_stage(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("review: {title: x}\nparse: {seconds: 5, pages: 10}\n")
    assert limits(config) == ["seconds=5", "pages=10"]
    for broken in ("parse: [", "", "- 1", "parse: 3"):
        config.write_text(broken)
        assert limits(config) == []
