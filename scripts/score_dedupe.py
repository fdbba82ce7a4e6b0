"""Score `pipeline.link.duplicates` on the labelled libraries of SHARED: `python -m scripts.score_dedupe SHARED`."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from pipeline.link.duplicates import clusters, judged
from scripts.gold import read

#: labels on every record of a group of duplicates
CAPTIONS = "dedupe_copper_endnote.xml"
#: labels on every record of a group but one
UNIQUE = "asysd_labelled_test_set.csv"


def main() -> int:
    for line in lines(Path(sys.argv[1])):
        print(line)
    return 0


def lines(shared: Path) -> list[str]:
    """One line for each library; duplicates are counted per record, a cluster of r records has r - 1."""
    folder = shared / "corpora/citations"
    return ["== duplicate records", captioned(folder / CAPTIONS), counted(folder / UNIQUE)]


def captioned(path: Path) -> str:
    """Librarians captioned each record that has another: a captioned one alone is missed, others are merged wrong."""
    labels = [_caption(r) for r in etree.parse(path).iter("record")]
    groups, possible = found(path)
    merged = [[labels[i] for i in group] for group in groups if len(group) > 1]
    right = sum(len(group) - 1 for group in merged if all(group))
    wrong = sum(len(group) - max(1, sum(group)) for group in merged if not all(group))
    missed = sum(labels[group[0]] for group in groups if len(group) == 1)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return (
        f"{path.name}: {len(labels)} records, {right + wrong} merged, precision {precision:.3f}, recall {recall:.3f},"
        f" {possible} possible pairs"
    )


def _caption(record: etree._Element) -> bool:
    return any("Duplicate" in "".join(caption.itertext()) for caption in record.iter("caption"))


def counted(path: Path) -> str:
    """One record of each article is labelled unique: clusters should be as many, and hold one each."""
    text = path.read_bytes().decode("cp1252")
    unique = [row["source"] == "unique" for row in csv.DictReader(io.StringIO(text, newline=""))]
    groups, possible = found(path)
    held = Counter(sum(unique[i] for i in group) for group in groups)
    return (
        f"{path.name}: {len(unique)} records, {len(groups)} articles of {sum(unique)} labelled unique;"
        f" {held[0]} left apart, {sum(n for k, n in held.items() if k > 1)} merged wrong, {possible} possible pairs"
    )


def found(path: Path) -> tuple[Sequence[list[int]], int]:
    """Clusters of the records' numbers, and the number of possible pairs."""
    records = read([path])
    pairs = judged([r.citation for r in records], [r.raw for r in records])
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for i, cluster in enumerate(clusters(len(records), pairs)):
        groups[cluster].append(i)
    return list(groups.values()), sum(pair.verdict == "possible" for pair in pairs)


if __name__ == "__main__":
    sys.exit(main())
