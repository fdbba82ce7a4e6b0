"""`python -m pipeline.release OUT.json`: what this state of the review is, and what changed since its last version."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import UserError, told
from pipeline.leaving import leave
from pipeline.release.places import Places


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.release", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.json")
    for name in ("config", "corpus", "overrides", "extracted", "reports"):
        parser.add_argument(f"--{name}", type=Path, default=Path(name), help="folder")
    args = parser.parse_args(argv)
    from pipeline.release.stage import write_changes  # its libraries take longer than a wrong option should wait

    try:
        write_changes(args.out, Places(args.config, args.corpus, args.overrides, args.extracted, args.reports))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    leave(told(main))
