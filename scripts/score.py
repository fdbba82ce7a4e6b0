"""Score parsing and extraction on the labelled files of SHARED and on our own (`make score`), with the errors."""

from __future__ import annotations

import datetime
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import ModuleType

from pipeline.config import load
from pipeline.extract import Extractor
from pipeline.parsed import as_line
from scripts import measured, score_dedupe
from scripts.gold import ROOT, GoldSet, read, scorer, sets

#: errors shown of a set
SHOWN = 20
NARROWEST = 7
#: what is printed of score.py's summary
LINES = {
    "records": "records",
    "gold_rows": "response rows",
    "accepted_precision": "accepted rows right",
    "accepted_recall": "accepted and right",
    "row_recall": "found at all",
    "n_total_exact": "n_total",
    "drugs_f1": "drugs F1",
    "screening_sensitivity": "include: sensitivity",
    "screening_specificity": "include: specificity",
    "silent_errors": "silent errors",
}


def main() -> int:
    shared = Path(sys.argv[1])
    if not shared.is_dir():
        print(f"make score needs the labelled files in {shared}, which is not here; nothing was scored")
        return 0
    _pdfs(shared)
    extract, tool = Extractor(load(ROOT / "config")), scorer(shared)
    found = {gold: score(gold, extract, tool) for gold in sets(shared)}
    print("\n".join(table({gold.name: tool.summary(counts) for gold, (counts, _) in found.items()})))
    changed = measured.keep({gold.name: counts for gold, (counts, _) in found.items()}, datetime.date.today())
    print(f"\n{measured.FILE.relative_to(ROOT)}: {', '.join(changed) or 'nothing'} changed")
    for gold, (_, errors) in found.items():
        if errors and not gold.held:
            print(f"\n== {gold.name}: {len(errors)} errors" + (f", the first {SHOWN}" if len(errors) > SHOWN else ""))
            print("\n".join(f"{record}: {text}" for record, text in errors[:SHOWN]))
    print("\n" + "\n".join(score_dedupe.lines(shared)))
    return 0


def score(gold: GoldSet, extract: Extractor, tool: ModuleType) -> tuple[Counter[str], list[tuple[str, str]]]:
    """score.py's counts, and the errors, each with its record."""
    labels = gold.load()
    found = {row["record_id"]: row for row in gold.extracted(extract)}
    counts, errors = tool.score(labels, tool.align(labels, found))
    return Counter(counts), list(errors)


def table(summaries: dict[str, dict[str, float | None]]) -> list[str]:
    """A line for each figure, a column for each set."""
    first = max(map(len, LINES.values()))
    heads = {name: max(len(name), NARROWEST) for name in summaries}
    lines = [" ".join([" " * first, *(f"{name:>{width}}" for name, width in heads.items())])]
    for key, name in LINES.items():
        cells = [f"{_shown(s[key]):>{heads[set_name]}}" for set_name, s in summaries.items()]
        lines.append(" ".join([f"{name:{first}}", *cells]))
    return lines


def _shown(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:g}"


def _pdfs(shared: Path) -> None:
    pairs = shared / "corpora/pdf"
    records = read(pairs.glob("*.pdf"))
    print(f"== PDFs against the XML of the same articles: {len(records)} files", flush=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as found:
        found.writelines(as_line(record) for record in records)
        found.flush()
        subprocess.run([sys.executable, str(shared / "tools/score_pdf.py"), str(pairs), found.name], check=True)
    print()


if __name__ == "__main__":
    sys.exit(main())
