"""`make bench`: every benchmark as a ratio against a named reference timed in the same run.

Prints a table beside the last committed run, and writes bench/results.json with the machine's facts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bench import building, extracting, linking, parsing, pooling, reporting, starting
from bench.timing import Bench, Timing, run

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="benchmarks to run (all if none is named)")
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="the folder with corpora/")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    corpora = args.shared / "corpora"
    if not corpora.is_dir():
        print(f"the benchmarks read real files: {corpora} is not there; name its folder with --shared")
        return 0
    known = {
        bench.name: bench
        for bench in (
            *parsing.benches(corpora),
            *extracting.benches(args.shared),
            *linking.benches(corpora),
            *pooling.benches(),
            *reporting.benches(),
            *starting.benches(),
            *building.benches(args.shared),
        )
    }
    unknown = [name for name in args.names if name not in known]
    if unknown:
        parser.error(f'no benchmark "{unknown[0]}" (known: {", ".join(known)})')
    facts = _facts()
    before = json.loads(RESULTS.read_text("utf-8"))["benchmarks"] if RESULTS.is_file() else {}
    timings = {name: run(known[name], args.rounds) for name in args.names or known}
    Console(width=max(140, Console().width)).print(_table(known, timings, before))
    for told in (linking, reporting, starting, building):
        for line in told.notes(timings):
            print(line)
    if not args.names:
        told = facts | {"benchmarks": _rows(timings), "builds": building.facts()}
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


def _table(known: dict[str, Bench], timings: dict[str, Timing], before: dict[str, dict[str, float]]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for heading in ("benchmark", "litpool", "against", "ratio", "range", "wanted", "reached", "last run"):
        table.add_column(heading, no_wrap=True, justify="left" if heading in ("benchmark", "against") else "right")
    for name, timing in timings.items():
        bench = known[name]
        last = before.get(name)
        table.add_row(
            name,
            f"{_figure(timing.ours)} {bench.unit}/s",
            f"{bench.against} {_figure(timing.reference)}",
            f"{timing.ratio:.2f}",
            f"{timing.lowest:.2f}–{timing.highest:.2f}",
            f"{bench.wanted:.2g}",
            "yes" if timing.ratio >= bench.wanted else "no",
            "" if last is None else f"{last['ratio']:.2f}",
        )
    return table


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _rows(timings: dict[str, Timing]) -> dict[str, dict[str, float]]:
    return {name: {key: round(value, 3) for key, value in asdict(t).items()} for name, t in timings.items()}


def _facts() -> dict[str, object]:
    return {
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "gigabytes": _gigabytes(), "system": platform.system()},
        "python": platform.python_version(),
        "load at the start": round(os.getloadavg()[0], 1),
    }


def _cpu() -> str:
    names = [line.partition(":")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return names[0].strip() if names else platform.machine()


def _gigabytes() -> float | None:
    """Of memory."""
    kilobytes = [line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")]
    return round(int(kilobytes[0]) / 1e6, 1) if kilobytes else None


def _lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8").splitlines() if Path(path).is_file() else []


if __name__ == "__main__":
    raise SystemExit(main())
