"""`python -m scripts.scale`: the figures of docs/scale.md from the builds that `make bench` measured last.

What was not measured is the largest build's cost for each record, taken as linear; memory, the growth between the two
largest builds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE, RESULTS = ROOT / "docs/scale.md", ROOT / "bench/results.json"
START, END = "<!-- figures: python -m scripts.scale, after make bench -->\n", "<!-- end of figures -->\n"

#: stages whose work is divided by the cores of a job, or of a cluster
DIVIDED = ("parse", "extract")
LAPTOP, CLUSTER = 2, 200
#: the abstracts that the small changes are measured among
AMONG = 30_000
CHANGES = {
    "nothing to do": "nothing",
    "one more abstract": "a new abstract",
    "one override edited": "an edited override",
}
#: what nobody measured
FURTHER = {1_000_000: "1,000,000", 36_000_000: "36,000,000 (all of PubMed)"}


@dataclass(frozen=True)
class Build:
    """Seconds by the clock; abstracts that spaCy's tokenizer cut in a second just after; of each stage, seconds of the
    processor and megabytes of its largest process."""

    records: int
    clock: float
    reference: float
    seconds: Mapping[str, float]
    megabytes: Mapping[str, int]


def builds(results: Mapping[str, Any]) -> list[Build]:
    """Smallest first."""
    found = [
        Build(
            int(records),
            told["clock"],
            results["benchmarks"][f"build {int(records):,}"]["reference"],
            {stage: used["seconds"] for stage, used in told["stages"].items()},
            {stage: used["megabytes"] for stage, used in told["stages"].items()},
        )
        for records, told in results["builds"].items()
    ]
    return sorted(found, key=lambda build: build.records)


def figures(results: Mapping[str, Any]) -> str:
    """The tables, as Markdown."""
    measured = builds(results)
    seconds = {name: 1 / results["benchmarks"][name]["ours"] for name in CHANGES}
    changes = ", ".join(f"{what} {_time(seconds[name])}" for name, what in CHANGES.items())
    parts = [_stages(measured), _sums(measured), [f"`snakemake all` among {AMONG:,}, by the clock: {changes}."]]
    return "\n".join("".join(f"{line}\n" for line in part) for part in parts)


def _stages(measured: list[Build]) -> Iterator[str]:
    """What each stage takes of the processor, how that grows beside the tokenizer's time, and its memory."""
    few, many = measured[0], measured[-1]
    sizes = " / ".join(f"{build.records:,}" for build in measured)
    yield f"| stage | ms for a record, of {sizes} | grows as n^ | MB of its largest process |"
    yield "|---|---|---|---|"
    for stage in many.seconds:
        each = " / ".join(f"{1000 * build.seconds[stage] / build.records:.2f}" for build in measured)
        memory = " / ".join(f"{build.megabytes[stage]:,}" for build in measured)
        before, after = few.seconds[stage] * few.reference, many.seconds[stage] * many.reference
        power = math.log(after / before, many.records / few.records)
        yield f"| {stage} | {each} | {power:.2f} | {memory} |"


def _sums(measured: list[Build]) -> Iterator[str]:
    """Whole builds: measured ones, then those that nobody made."""
    yield f"| records | on one core | laptop, {LAPTOP} cores | cluster, {CLUSTER} cores | largest process |"
    yield "|---|---|---|---|---|"
    for build in measured:
        alone = sum(build.seconds.values())
        yield (
            f"| {build.records:,} | {_time(alone)} | **{_time(build.clock)}** | {_time(_on(CLUSTER, build))} "
            f"| {_memory(max(build.megabytes.values()))} |"
        )
    for records, name in FURTHER.items():
        build = _further(measured, records)
        cost = " | ".join(_time(_on(cores, build)) for cores in (1, LAPTOP, CLUSTER))
        yield f"| {name} | {cost} | {_memory(max(build.megabytes.values()))} |"


def _on(cores: int, build: Build) -> float:
    """Seconds by the clock on so many cores, of what is divided and what is not."""
    return sum(s / cores if stage in DIVIDED else s for stage, s in build.seconds.items())


def _further(measured: list[Build], records: int) -> Build:
    before, last = measured[-2:]
    more = (records - last.records) / (last.records - before.records)
    seconds = {stage: s * records / last.records for stage, s in last.seconds.items()}
    memory = {stage: int(mb + more * (mb - before.megabytes[stage])) for stage, mb in last.megabytes.items()}
    return Build(records, math.nan, last.reference, seconds, memory)


def _time(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{_figure(seconds / length)} {unit}s"
    return f"{_figure(seconds)} s"


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _memory(megabytes: int) -> str:
    return f"{megabytes} MB" if megabytes < 1000 else f"{_figure(megabytes / 1000)} GB"


def written(page: str, results: Mapping[str, Any]) -> str:
    """The page with these figures in it."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{figures(results)}{END}{after}"


def main() -> int:
    results = json.loads(RESULTS.read_text("utf-8"))
    PAGE.write_text(written(PAGE.read_text("utf-8"), results), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
