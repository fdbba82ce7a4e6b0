"""What a job needs, by the size of what it reads: groups, memory and minutes for a cluster's queue.

Nothing here changes a result; a laptop ignores it. From the standard library alone: it is imported at every start of
Snakemake.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from pipeline.workflow import Wildcards

CORPUS = Path("corpus")

#: share of a file's bytes that is text to extract from, where it is far from all
_TEXT = {".pdf": 0.1, ".docx": 0.1, ".xlsx": 0.3}
#: megabytes of text for each core that reads records to be linked (about 4,000 abstracts), and cores at most
_MB_EACH_CORE, _MOST_CORES = 8, 4


class Groups(Protocol):
    """Snakemake's settings of groups."""

    group_components: Mapping[str, int]


class Workflow(Protocol):
    """Snakemake's own object of the run."""

    group_settings: Groups


@dataclass(frozen=True)
class Batch:
    """Sources that take up to so many seconds of one core each; so many of them make one job of the queue, which then
    takes minutes."""

    name: str
    seconds: float
    sources: int


BATCHES = [Batch("small", 10, 100), Batch("medium", 100, 20), Batch("large", math.inf, 1)]


@dataclass(frozen=True)
class Need:
    """What a stage takes at the start, and for each MB of text of what it reads: about twice what was measured on
    30,000 abstracts (60 MB), of which one in thirty reports results."""

    mb: int
    mb_each: float
    seconds: float
    seconds_each: float


#: stages of one source read that source; the others read all. Parsing may take up to `memory_mb` of the config (2,000),
#: which its third attempt has
NEEDS = {
    "parse": Need(mb=600, mb_each=10, seconds=1, seconds_each=1),
    "extract": Need(mb=300, mb_each=10, seconds=4, seconds_each=10),
    "link": Need(mb=150, mb_each=5, seconds=2, seconds_each=0.5),
    "resolve": Need(mb=150, mb_each=6, seconds=2, seconds_each=0.2),
    "pool": Need(mb=200, mb_each=6, seconds=2, seconds_each=0.2),
    "audit": Need(mb=150, mb_each=5, seconds=2, seconds_each=0.2),
    "release": Need(mb=100, mb_each=2, seconds=1, seconds_each=0.1),
    "report": Need(mb=200, mb_each=10, seconds=3, seconds_each=0.4),
}


def text_mb(path: Path) -> float:
    """Megabytes of text in the file, roughly; 0 where it is gone: then its job says so."""
    try:
        size = path.stat().st_size
    except OSError:
        return 0.0
    return size / 1e6 * _TEXT.get(path.suffix.lower(), 1.0)


@cache
def corpus_mb() -> float:
    """Megabytes of text of the whole corpus."""
    return sum(text_mb(p) for p in CORPUS.rglob("*") if p.is_file())


@cache
def source_mb(source: str) -> float:
    return text_mb(CORPUS / source)


def cores_to_link(wildcards: object) -> int:
    """Cores on which records are read to be linked; most of what follows needs one. Snakemake gives no more than
    --cores."""
    return max(1, min(_MOST_CORES, int(corpus_mb() / _MB_EACH_CORE)))


def batch_of(source: str) -> Batch:
    """Small sources travel together, each with others of its size."""
    mb = source_mb(source)
    seconds = sum(NEEDS[s].seconds + NEEDS[s].seconds_each * mb for s in ("parse", "extract"))
    return next(b for b in BATCHES if seconds <= b.seconds)


def batches(workflow: Workflow) -> Callable[[Wildcards], str]:
    """What names the group of a source's jobs.

    It also tells Snakemake how many sources make one job. A profile's `group-components` would tell the Snakemake that
    submits, but not the one that runs the job, which would then take its sources one after the other, on one core
    (snakemake-executor-plugin-slurm, issue 469). Both ask for groups only after their settings are complete.
    """

    def group(wildcards: Wildcards) -> str:
        workflow.group_settings.group_components = {b.name: b.sources for b in BATCHES}
        return batch_of(wildcards.source).name

    return group


def memory(stage: str) -> Callable[[Wildcards, int, int], int]:
    """Megabytes that a job of the stage asks for: what it starts with for each of its cores, twice as much at each
    further attempt."""
    need = NEEDS[stage]

    def mem_mb(wildcards: Wildcards, threads: int, attempt: int) -> int:
        return int((need.mb * threads + need.mb_each * _read_mb(wildcards)) * 2 ** (attempt - 1))

    return mem_mb


def minutes(stage: str) -> Callable[[Wildcards, int], int]:
    """Minutes after which the queue may end a job of the stage: three times what it should take, or more."""
    need = NEEDS[stage]

    def runtime(wildcards: Wildcards, attempt: int) -> int:
        return 1 + int((need.seconds + need.seconds_each * _read_mb(wildcards)) * 3 * attempt / 60)

    return runtime


def _read_mb(wildcards: Wildcards) -> float:
    source = getattr(wildcards, "source", None)
    return corpus_mb() if source is None else source_mb(source)
