"""Score parsing and extraction on the labelled files of SHARED (`make score`), with the errors."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.config import load
from pipeline.extract import Extractor
from pipeline.limits import Limits
from pipeline.parse.worker import read_files
from pipeline.parsed import ParsedRecord, Row, as_line

ROOT = Path(__file__).parent.parent
#: set of labels → folder of its texts
SETS = {"seeds": "seeds/docs", "dev": "dev"}


def main() -> int:
    shared = Path(sys.argv[1])
    if not shared.is_dir():
        print(f"make score needs the labelled files in {shared}, which is not here; nothing was scored")
        return 0
    pairs = shared / "corpora/pdf"
    records = read(pairs.glob("*.pdf"))
    print(f"== PDFs against the XML of the same articles: {len(records)} files", flush=True)
    score(shared / "tools/score_pdf.py", pairs, records)
    extract = Extractor(load(ROOT / "config"))
    for labels, texts in SETS.items():
        records = read((shared / "gold" / texts).glob("*.txt"))
        print(f"== {labels}: {len(records)} records", flush=True)
        score(shared / "tools/score.py", shared / "gold" / labels, [extract(r) for r in records], "--errors", "20")
    return 0


def read(files: Iterable[Path]) -> list[ParsedRecord]:
    return [row for row in read_files(sorted(files), Limits()) if isinstance(row, ParsedRecord)]


def score(tool: Path, labels: Path, rows: Iterable[Row], *options: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as found:
        found.writelines(as_line(row) for row in rows)
        found.flush()
        subprocess.run([sys.executable, str(tool), str(labels), found.name, *options], check=True)


if __name__ == "__main__":
    sys.exit(main())
