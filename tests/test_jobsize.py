"""What jobs ask of a cluster's queue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import jobsize
from pipeline.jobsize import BATCHES, NEEDS, batch_of, cores_to_link, memory, minutes
from pipeline.skeleton import REVIEW
from pipeline.workflow import RULES
from tests.workflow import ROOT, copy_review, snakemake


@dataclass
class Wildcards:
    source: str


@dataclass
class NoWildcards:
    """Of a stage that reads all."""


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(jobsize, "CORPUS", tmp_path)
    jobsize.source_mb.cache_clear()
    jobsize.corpus_mb.cache_clear()
    return tmp_path


def sized(folder: Path, name: str, megabytes: float) -> str:
    with (folder / name).open("wb") as out:
        out.truncate(int(megabytes * 1e6))
    return name


def test_every_rule_asks_for_what_its_own_stage_needs() -> None:
    rules = re.split(r"^rule (\w+):$", Path(RULES).read_text("utf-8"), flags=re.MULTILINE)[1:]
    named = dict(zip(rules[::2], rules[1::2], strict=True))
    assert set(named) == set(NEEDS)
    for stage, text in named.items():
        assert f'mem_mb=memory("{stage}"),\n        runtime=minutes("{stage}"),' in text


def test_sources_travel_with_others_of_their_size(corpus: Path) -> None:
    names = [sized(corpus, "note.txt", 0.002), sized(corpus, "article.pdf", 1), sized(corpus, "export.nbib", 60)]
    assert [batch_of(n).name for n in names] == ["small", "small", "large"]
    assert batch_of(sized(corpus, "search.ris", 2)).name == "medium"
    assert batch_of("gone.txt").name == "small"


def test_a_batch_is_minutes_of_work_for_the_cores_of_a_job() -> None:
    most = [b.seconds * b.sources for b in BATCHES[:-1]]
    assert all(300 < seconds < 8 * 600 for seconds in most)
    assert [b.seconds for b in BATCHES] == sorted(b.seconds for b in BATCHES)
    assert BATCHES[-1].sources == 1


@pytest.mark.parametrize("stage", NEEDS)
def test_more_text_and_more_attempts_ask_for_more(corpus: Path, stage: str) -> None:
    small, large = Wildcards(sized(corpus, "small.ris", 1)), Wildcards(sized(corpus, "large.ris", 101))
    assert memory(stage)(small, 1, 1) < memory(stage)(large, 1, 1) <= 101 * memory(stage)(small, 1, 1)
    assert memory(stage)(small, 1, 3) == 4 * memory(stage)(small, 1, 1)
    assert memory(stage)(small, 1, 1) < memory(stage)(small, 4, 1) < 4 * memory(stage)(small, 1, 1)
    assert 1 <= minutes(stage)(small, 1) <= minutes(stage)(large, 1) < minutes(stage)(large, 3)


def test_a_stage_of_all_asks_by_the_whole_corpus(corpus: Path) -> None:
    (corpus / "part").mkdir()
    for name in ("a.ris", "part/b.ris"):
        sized(corpus, name, 50)
    assert memory("link")(NoWildcards(), 1, 1) == memory("link")(Wildcards(sized(corpus, "c.ris", 100)), 1, 1)


def test_records_are_linked_on_more_cores_where_there_are_thousands(corpus: Path) -> None:
    sized(corpus, "a.ris", 1)
    assert cores_to_link(NoWildcards()) == 1
    jobsize.corpus_mb.cache_clear()
    sized(corpus, "b.ris", 1000)
    assert cores_to_link(NoWildcards()) == 4


def test_the_queue_gets_two_jobs_for_a_small_review(tmp_path: Path) -> None:
    folder = copy_review(ROOT, tmp_path / "review")
    done = snakemake(folder, "all", "--dry-run", "--config", "grouped=true")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"Group job (\w+)", done.stdout + done.stderr) == ["small", "studies"]


def test_a_new_review_has_the_profiles_of_this_one() -> None:
    for path in (p for p in (REVIEW / "profiles").rglob("*") if p.is_file()):
        assert path.read_bytes() == (ROOT / "profiles" / path.relative_to(REVIEW / "profiles")).read_bytes()
