"""Score the extraction on the labelled texts of SHARED (`make score`): the summary for each set, and the errors."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.config import load
from pipeline.extract import Extractor
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, as_line

ROOT = Path(__file__).parent.parent
#: set of labels → folder of its texts
SETS = {"seeds": "seeds/docs", "dev": "dev"}


def main() -> int:
    shared = Path(sys.argv[1])
    if not shared.is_dir():
        print(f"make score needs the labelled texts in {shared}, which is not here; nothing was scored")
        return 0
    extract = Extractor(load(ROOT / "config"))
    for labels, texts in SETS.items():
        files = sorted((shared / "gold" / texts).glob("*.txt"))
        records = [r for f in files for r in parse(f, str(f)) if isinstance(r, ParsedRecord)]
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as predictions:
            predictions.writelines(as_line(extract(r)) for r in records)
            predictions.flush()
            print(f"== {labels}: {len(records)} records", flush=True)
            command = [
                str(shared / "tools/score.py"),
                str(shared / "gold" / labels),
                predictions.name,
                "--errors",
                "20",
            ]
            subprocess.run([sys.executable, *command], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
