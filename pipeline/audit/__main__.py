"""`python -m pipeline.audit STUDIES.csv ARMS.csv OUTCOMES.csv WAITING.csv --config DIR --out DIR`: the audit stage."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from pipeline.errors import told
from pipeline.leaving import leave


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.audit", description=__doc__)
    for name in ("studies", "arms", "outcomes", "waiting"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--config", type=Path, default=Path("config"))
    parser.add_argument("--out", type=Path, default=Path("extracted"))
    args = parser.parse_args(argv)
    from pipeline.audit.stage import run  # its libraries take longer than an option that is wrong should wait

    return run(args)


if __name__ == "__main__":
    gc.disable()  # what is read stays until the end; to look for garbage in it takes a fifth of the time
    leave(told(main))
