"""A review of 30,000 abstracts built by `snakemake all` on two cores, then rebuilt for small changes.

The references are timed in the same run: spaCy's blank tokenizer over the same abstracts, and `snakemake` with an empty
Snakefile. LITPOOL_BENCH_LARGE="100000 300000" adds reviews of so many, which take ten minutes for each 100,000.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.corpus import records, write
from bench.meter import Meter
from bench.timing import Bench, Timing
from bench.year import make_review

SIZE = 30_000
#: names further ones
LARGE = "LITPOOL_BENCH_LARGE"
CORES = 2
#: seconds: what is wanted for `SIZE` abstracts, one new abstract among them, one override's edit, and each start
BUILD, ONE_MORE, EDIT = 300, 15, 10
#: `snakemake all` with nothing to do may take so many times what an empty Snakefile takes
NOTHING = 1.5
#: on the machine of these wishes: abstracts a second of spaCy's tokenizer, seconds of an empty Snakefile
TOKENIZER, EMPTY = 2_500, 1.7

#: number of abstracts → stage → seconds of the processor and megabytes of its largest process
_used: dict[int, dict[str, tuple[float, int]]] = {}
_clock: dict[str, float] = {}
_changes = iter(range(1_000_000))


def benches(shared: Path) -> Iterator[Bench]:
    """All benchmarks of whole builds. Those of small changes come after the build that they change."""
    for size in _sizes():
        wanted = SIZE / BUILD / TOKENIZER
        ours, reference, ready = partial(_build, size), partial(_tokenize, shared), partial(_review_of, shared, size)
        yield Bench(_name(size), "abstracts", "spaCy tokenizer", wanted, ours, reference, 1, ready)
    for name, wanted, change in _after_the_build(shared):
        yield Bench(name, "builds", "an empty Snakefile", wanted, _rebuild, _empty, 3, partial(_after, name, change))


def _sizes() -> list[int]:
    """A tenth, for the growth from there; and larger ones."""
    return [SIZE // 10, SIZE, *map(int, os.environ.get(LARGE, "").split())]


def _after_the_build(shared: Path) -> list[tuple[str, float, Callable[[Path], None]]]:
    return [
        ("nothing to do", 1 / NOTHING, _leave),
        ("one more abstract", EMPTY / ONE_MORE, partial(_one_more, shared)),
        ("one override edited", EMPTY / EDIT, _edit),
    ]


def notes(timings: Mapping[str, Timing]) -> Iterator[str]:
    """Seconds and memory of each stage, how they grow, and the seconds of a small change."""
    sizes = [size for size in _sizes() if size in _used]
    for size in sizes:
        told = ", ".join(f"{stage} {s:.1f} s {mb:,} MB" for stage, (s, mb) in _used[size].items() if s)
        yield f"{_name(size)}: {_clock[_name(size)]:.0f} s by the clock; of the processor: {told}"
    for few, many in pairwise(sizes):
        speeds = timings[_name(few)].reference, timings[_name(many)].reference
        grown = ", ".join(f"{stage} {power:.2f}" for stage, power in _exponents(few, many, *speeds))
        yield f"cost grows as n to the power of, from {few:,} to {many:,}: {grown}"
    for name in ("nothing to do", "one more abstract", "one override edited"):
        if name in timings:
            yield f"{name} among {SIZE:,}: {1 / timings[name].ours:.1f} s"


def facts() -> dict[str, Any]:
    """Of each build that was run: seconds by the clock, and each stage's seconds of the processor and megabytes."""
    return {
        str(size): {
            "clock": round(_clock[_name(size)], 1),
            "stages": {stage: {"seconds": round(s, 2), "megabytes": mb} for stage, (s, mb) in used.items() if s},
        }
        for size, used in _used.items()
    }


def _exponents(few: int, many: int, speed: float, speed_then: float) -> Iterator[tuple[str, float]]:
    """Of the seconds in which the reference would have done as much: machines are not as fast in each quarter of an
    hour."""
    for stage, (seconds, _) in _used[many].items():
        before, _ = _used[few][stage]
        if before and seconds:
            yield stage, math.log(seconds * speed_then / (before * speed), many / few)


def _name(size: int) -> str:
    return f"build {size:,}"


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="litpool-bench-")


@cache
def _meter() -> Meter:
    return Meter(Path(_folder().name) / "meter")


def _snakemake(review: Path) -> float:
    return _meter().run(review, "snakemake", "-q", "all", "--cores", str(CORES), "--", "all")


def _review_of(shared: Path, size: int) -> None:
    """One export of so many abstracts, and nothing kept from before."""
    review = Path(_folder().name) / str(size)
    make_review(review)
    write(shared, review / "corpus", size)
    _tokenize(shared)  # once, so that nothing is imported when it is timed


def _build(size: int) -> int:
    _clock[_name(size)] = _snakemake(Path(_folder().name) / str(size))
    _used[size] = _meter().used()
    return size


def _tokenize(shared: Path) -> int:
    """A part of the same abstracts, by one core."""
    tokenizer, texts = _tokenizer(), _some(shared)
    for text in texts:
        tokenizer(text)
    return len(texts)


@cache
def _tokenizer() -> Any:
    import spacy

    return spacy.blank("en").tokenizer


@cache
def _some(shared: Path) -> list[str]:
    return list(records(shared, 2_000))


def _after(name: str, change: Callable[[Path], None]) -> None:
    """The review of `SIZE` abstracts with a change that nothing was built for."""
    if SIZE not in _used:
        raise RuntimeError(f'"{name}" changes what "{_name(SIZE)}" has built: name that one before it')
    change(Path(_folder().name) / str(SIZE))


def _rebuild() -> int:
    _snakemake(Path(_folder().name) / str(SIZE))
    return 1


def _leave(review: Path) -> None:
    """Nothing."""


def _one_more(shared: Path, review: Path) -> None:
    number = next(_changes)
    text = "".join(records(shared, 1, 5_000_000 + number))
    (review / "corpus" / f"new-{number}.nbib").write_text(text, encoding="utf-8")


def _edit(review: Path) -> None:
    """Another study is kept out by a reviewer."""
    with (review / "extracted/studies.csv").open(encoding="utf-8", newline="") as file:
        included = [row["study"] for row in csv.DictReader(file) if row["decision"] == "include"]
    path = review / "overrides/exclusions.csv"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text("study,code,reason,reviewer,date\n", encoding="utf-8")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{included[next(_changes) % len(included)]},population,other disease,AB,2026-01-15\n")


def _empty() -> int:
    folder = Path(_folder().name) / "empty"
    folder.mkdir(exist_ok=True)
    (folder / "Snakefile").write_text("rule all:\n    input:\n        [],\n", encoding="utf-8")
    _meter().run(folder, "snakemake", "-q", "all", "--cores", str(CORES), "--", "all")
    return 1
