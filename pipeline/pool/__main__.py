"""`python -m pipeline.pool STUDIES.csv ARMS.csv OUTCOMES.csv OUT.json --r OUT.R --config config`: the pool stage."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from pipeline.errors import told
from pipeline.leaving import leave


def main(argv: list[str] | None = None) -> int:
    args = _arguments().parse_args(argv)
    from pipeline.pool.stage import run  # a second of statistics, which an option that is wrong need not wait for

    return run(args)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.pool", description=__doc__)
    for name in ("studies", "arms", "outcomes", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--r", type=Path, metavar="OUT.R", help="also write the metafor script that gives the same")
    parser.add_argument(
        "--analyses",
        type=Path,
        metavar="OUT.json",
        help="also write how sure the results are: sensitivity and the like",
    )
    parser.add_argument(
        "--machine",
        type=Path,
        nargs=2,
        metavar=("MACHINE.csv", "FULL_TEXTS.csv"),
        help="what resolve tells of the studies without reviewers, for analyses without overrides and by kind of text",
    )
    parser.add_argument(
        "--comparisons", type=Path, metavar="COMPARISONS.csv", help="effects that reports state, beside those computed"
    )
    parser.add_argument("--config", type=Path, default=Path("config"))
    return parser


if __name__ == "__main__":
    gc.disable()  # what is read stays until the end; to look for garbage in it takes a tenth of the time
    leave(told(main))
