"""`litpool dedupe FILE… --json`: which records of some files are the same article."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="exports to compare")
    parser.add_argument("--json", action="store_true", help="one JSON object per record, one per line")


def run(args: argparse.Namespace) -> int:
    from pipeline.files import find
    from pipeline.limits import Limits
    from pipeline.link.duplicates import clusters, judged
    from pipeline.parse.worker import read_files
    from pipeline.parsed import ParsedRecord, SetAside

    records: list[tuple[ParsedRecord, int]] = []
    code = 0
    position: Counter[str] = Counter()
    for row in read_files(sorted(find(args.files)), Limits()):
        if isinstance(row, SetAside):
            print(row.message, file=sys.stderr)
            code = 1
        else:
            records.append((row, position[row.source.file]))
            position[row.source.file] += 1
    found = judged([r.citation for r, _ in records], [r.raw for r, _ in records])
    cluster = clusters(len(records), found)
    unsure = {i for pair in found if pair.verdict == "possible" for i in (pair.a, pair.b)}
    kept = {c: max((i for i in range(len(records)) if cluster[i] == c), key=lambda i: (len(records[i][0].raw), -i))
            for c in set(cluster)}  # fmt: skip
    if not args.json:
        sizes = Counter(cluster)
        print(f"{len(records)} records, {len(sizes)} articles, {len(unsure)} records that may be further duplicates")
        return code
    for i, (record, index) in enumerate(records):
        line = {
            "record_id": record.record_id,
            "file": record.source.file,
            "index": index,
            "cluster": records[cluster[i]][0].record_id,
            "kept": kept[cluster[i]] == i,
            "status": "possible" if i in unsure else "sure",
        }
        print(json.dumps(line, ensure_ascii=False))
    return code
