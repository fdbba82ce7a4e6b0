"""`python -m pipeline.release OUT.json`: what this state of the review is, and what changed since its last version."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import UserError, told
from pipeline.files import write_text
from pipeline.pool.writing import as_json
from pipeline.release.changes import changes
from pipeline.release.now import read_now
from pipeline.release.places import Places
from pipeline.release.versions import versions


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.release", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.json")
    for name in ("config", "corpus", "overrides", "extracted", "reports"):
        parser.add_argument(f"--{name}", type=Path, default=Path(name), help="folder")
    args = parser.parse_args(argv)
    places = Places(args.config, args.corpus, args.overrides, args.extracted, args.reports)
    try:
        found = changes(read_now(places), versions(places.versions))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    write_text(args.out, as_json(found.model_dump(mode="json"), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(told(main))
