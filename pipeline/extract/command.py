"""`litpool extract PATH… --json`: parse and extract files, one JSON object per record; `--explain`: why."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.candidates import Candidate
from pipeline.parsed import ParsedRecord, SetAside, aside

if TYPE_CHECKING:
    from pipeline.extract import Extractor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files, or folders of files")
    parser.add_argument("--json", action="store_true", help="one JSON object per record, one per line")
    parser.add_argument("--explain", action="store_true", help="every layer's findings, and why each value is accepted")
    parser.add_argument(
        "--config", type=Path, help="the review's config folder (default: ./config, else the package's)"
    )


def run(args: argparse.Namespace) -> int:
    from pipeline.config import load
    from pipeline.extract import Extractor
    from pipeline.files import find
    from pipeline.parse.worker import read_files, read_lines
    from pipeline.skeleton import default_config

    config = args.config or default_config()
    settings = load(config)
    if args.json and not args.explain:
        return _print_json(read_lines(find(args.paths), settings.config.parse), config)
    extract = Extractor(settings)
    code = 0
    for row in read_files(find(args.paths), settings.config.parse):
        if isinstance(row, SetAside):
            print(row.message, file=sys.stderr)
            code = 1
        else:
            sys.stdout.write(_told(extract, row, args))
    return code


def _print_json(records: Generator[bytes, None, None], config: Path) -> int:
    """Many records are extracted side by side, as in the workflow's stage."""
    from pipeline.cores import available
    from pipeline.extract.stage import Lines, extracted

    code = 0
    with closing(records), closing(extracted(Lines(config, None), records, available())) as pieces:
        for line in (line for piece in pieces for line in piece.lines):
            row = aside(line)
            if row is None:
                sys.stdout.write(line.decode())
            else:
                print(row.message, file=sys.stderr)
                code = 1
    return code


def _told(extract: Extractor, record: ParsedRecord, args: argparse.Namespace) -> str:
    if args.explain:
        from pipeline.extract.explain import explain

        return explain(extract, extract.find(record)) + "\n\n"
    return summary(extract(record)) + "\n"


def summary(c: Candidate) -> str:
    """A record in a few lines for a person at a terminal."""
    lines = [f"{c.record_id}: {c.eligibility.decision} ({c.eligibility.reason}), {c.design}"]
    if c.eligibility.decision == "exclude":
        return lines[0]
    lines.append(f"  n = {c.n_total.value} [{c.n_total.status}]")
    lines += [f"  {a.arm} {a.label}: n = {a.n}, {' + '.join(a.drugs) or 'no drug found'}" for a in c.arms]
    for o in c.outcomes:
        percent = "" if o.percent is None else f" ({o.percent:g} %)"
        lines.append(f"  {o.arm} {o.outcome}: {o.events}/{o.n}{percent} [{o.status}] “{o.evidence.text}”")
    for x in c.comparisons:
        ci = "" if x.ci is None else f" ({x.ci[0]:g} to {x.ci[1]:g})"
        lines.append(
            f"  {' : '.join(x.arms)} {x.outcome}: {x.measure} {x.estimate:g}{ci} [{x.status}] “{x.evidence.text}”"
        )
    return "\n".join(lines)
