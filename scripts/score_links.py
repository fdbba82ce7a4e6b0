"""Score what the link stage says of the labelled pairs (`python -m scripts.score_links`): how many of its sure links
are right, how many of the labelled ones it finds, and how many possible ones a person gets to see.

Every pair of a set counts, not only the labelled ones: what no label relates is different. `--docs` writes the table
into docs/linking.md. `--background FILE…` links further records, which nobody has labelled, and lists what is said.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from pipeline.candidates import Candidate
from pipeline.config import load
from pipeline.extract import Extractor
from pipeline.link.linking import Linked, link
from scripts.gold import DEVELOP, HELD, ROOT, read

LABELLED = ROOT / "tests/link/labelled"
PAGE = ROOT / "docs/linking.md"
START, END = "<!-- figures: python -m scripts.score_links --docs -->\n", "<!-- end of figures -->\n"
SAME_RECORD, SAME_STUDY, SHARED, DIFFERENT, UNCLEAR = KINDS = (
    "same record", "same study", "shared cohort", "different", "unclear",
)  # fmt: skip
#: what the link stage may claim
CLAIMS = (SAME_RECORD, SAME_STUDY, SHARED)
#: errors shown of a set
SHOWN = 40

Pair = frozenset[str]


@dataclass(frozen=True)
class Labels:
    """`given`: the labels as written. `follows`: what they imply of further pairs, for instance of a report whose
    second copy is labelled; a claim that agrees with it is right, and nobody counts its absence."""

    given: Mapping[Pair, str]
    follows: Mapping[Pair, str]

    @classmethod
    def of_given(cls, given: Mapping[Pair, str]) -> Labels:
        return cls(given, follows(given))

    def of(self, pair: Pair) -> str:
        return self.given.get(pair) or self.follows.get(pair) or DIFFERENT


@dataclass(frozen=True)
class Claim:
    kind: str
    sure: bool
    why: str = ""


Claims = Mapping[Pair, Sequence[Claim]]


@dataclass(frozen=True)
class Score:
    """Of one set and one relation."""

    labelled: int
    sure: int
    right: int
    found_sure: int
    found: int
    #: linked in some way, so that a person sees it
    linked: int


# ---- labels ------------------------------------------------------------------------------------------------------


def labels(half: str) -> Labels:
    with (LABELLED / half / "pairs.csv").open(encoding="utf-8", newline="") as rows:
        given = {frozenset((row["record_a"], row["record_b"])): row["relation"] for row in csv.DictReader(rows)}
    return Labels.of_given(given)


def follows(given: Mapping[Pair, str]) -> dict[Pair, str]:
    """Reports of a study's report are the study's; what shares patients with one of them does so with all."""
    study = _groups(pair for pair, kind in given.items() if kind in (SAME_RECORD, SAME_STUDY))
    members: defaultdict[str, set[str]] = defaultdict(set)
    for pair in given:
        for record in pair:
            members[study.get(record, record)].add(record)
    found = {frozenset(p): SAME_STUDY for group in members.values() for p in combinations(sorted(group), 2)}
    for pair, kind in given.items():
        if kind in (SHARED, UNCLEAR):
            a, b = (members[study.get(record, record)] for record in pair)
            found |= {frozenset((x, y)): kind for x in a for y in b}
    return found


def _groups(pairs: Iterable[Pair]) -> dict[str, str]:
    """Each record that is in a pair → one record of its group."""
    group: dict[str, str] = {}
    for a, b in (sorted(pair) for pair in pairs):
        old, new = group.setdefault(b, b), group.setdefault(a, a)
        group = {record: new if of == old else of for record, of in group.items()}
    return group


# ---- claims ------------------------------------------------------------------------------------------------------


def candidates(files: Iterable[Path]) -> list[Candidate]:
    extract = Extractor(load(ROOT / "config"))
    return [extract(record) for record in read(files)]


def claims(linked: Linked) -> Claims:
    """What the link stage says: the records of each report, the reports of each study, and the lines of links.csv."""
    said: defaultdict[Pair, list[Claim]] = defaultdict(list)
    copies: defaultdict[str, list[str]] = defaultdict(list)
    for study in linked.studies:
        for a, b in combinations(study.reports, 2):
            kind = SAME_RECORD if a.report == b.report else SAME_STUDY
            said[frozenset((a.record_id, b.record_id))].append(Claim(kind, True))
        for report in study.reports:
            copies[report.report].append(report.record_id)
    for line in linked.links:
        if line.status == "possible" or line.relation == SHARED:
            claim = Claim(line.relation, line.status == "sure", line.evidence)
            for a in copies.get(line.record_a, [line.record_a]):
                for b in copies.get(line.record_b, [line.record_b]):
                    said[frozenset((a, b))].append(claim)
    return said


# ---- score -------------------------------------------------------------------------------------------------------


def score(truth: Labels, said: Claims, kind: str) -> Score:
    labelled = [pair for pair, label in truth.given.items() if label == kind]
    sure = [pair for pair, found in said.items() if any(c.kind == kind and c.sure for c in found)]
    counted = [pair for pair in sure if truth.of(pair) != UNCLEAR]
    return Score(
        labelled=len(labelled),
        sure=len(counted),
        right=sum(_right(truth.of(pair), kind) for pair in counted),
        found_sure=sum(any(c.kind == kind and c.sure for c in said.get(pair, ())) for pair in labelled),
        found=sum(any(c.kind == kind for c in said.get(pair, ())) for pair in labelled),
        linked=sum(bool(said.get(pair)) for pair in labelled),
    )


def _right(label: str, kind: str) -> bool:
    """Two copies of a report, even if not seen to be copies, are reports of one study."""
    return label == kind or (label == SAME_RECORD and kind == SAME_STUDY)


def asked(linked: Linked) -> int:
    """Lines of links.csv that wait for a person."""
    return sum(line.status == "possible" for line in linked.links)


def errors(truth: Labels, said: Claims) -> Iterator[str]:
    """Sure claims that are wrong, then labelled relations that are not found at all."""
    for pair, found in sorted(said.items(), key=lambda item: sorted(item[0])):
        label = truth.of(pair)
        for c in found:
            if c.sure and label != UNCLEAR and not _right(label, c.kind):
                yield f"{' '.join(sorted(pair))}: said {c.kind}, is {label} ({c.why})"
    for pair, label in sorted(truth.given.items(), key=lambda item: sorted(item[0])):
        if label in CLAIMS and not any(_right(label, c.kind) or c.kind == label for c in said.get(pair, ())):
            yield f"{' '.join(sorted(pair))}: {label} is not found"


# ---- table -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """A set: how many records it has, their labels, what the link stage says of them, and how much it asks."""

    half: str
    records: int
    truth: Labels
    said: Claims
    asked: int


def scored(half: str) -> Scored:
    records = candidates((LABELLED / half).glob("*.nbib"))
    linked = link(records)
    return Scored(half, len(records), labels(half), claims(linked), asked(linked))


def table(sets: Sequence[Scored]) -> str:
    """The figures as Markdown."""
    lines = [
        "| set | relation | labelled | said for sure | of them right | found for sure | found | linked |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
        *(_line(found, kind) for found in sets for kind in CLAIMS),
    ]
    return "\n".join([*lines, "", *map(_note, sets)]) + "\n"


def _line(found: Scored, kind: str) -> str:
    s = score(found.truth, found.said, kind)
    shares = [_of(part, s.labelled) for part in (s.found_sure, s.found, s.linked)]
    return f"| {' | '.join(map(str, [found.half, kind, s.labelled, s.sure, s.right, *shares]))} |"


def _note(found: Scored) -> str:
    alike = [pair for pair, label in found.truth.given.items() if label == DIFFERENT]
    wrong = sum(any(c.sure for c in found.said.get(pair, ())) for pair in alike)
    doubted = sum(bool(found.said.get(pair)) for pair in alike) - wrong
    n = found.records
    return (
        f"- {found.half}: {n} records make {n * (n - 1) // 2:,} pairs; {found.asked} lines wait for a person, "
        f"{100 * found.asked / n:.0f} per 100 records. Of {len(alike)} labelled pairs that look alike and are "
        f"different, {wrong} are linked for sure and {doubted} are `possible`."
    )


def _of(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else str(part)


def with_figures(page: str, figures: str) -> str:
    """The page with the figures between its marks."""
    head, rest = page.split(START)
    return head + START + figures + END + rest.split(END)[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.score_links", description=__doc__)
    parser.add_argument("--docs", action="store_true", help="write the table into docs/linking.md")
    parser.add_argument("--background", nargs="+", type=Path, metavar="FILE", help="further records")
    args = parser.parse_args()
    if args.background:
        return _background(args.background)
    sets = [scored(half) for half in (DEVELOP, HELD)]
    print(table(sets))
    if args.docs:
        PAGE.write_text(with_figures(PAGE.read_text("utf-8"), table(sets)), encoding="utf-8")
    wrong = list(errors(sets[0].truth, sets[0].said))
    print(f"== {DEVELOP}: {len(wrong)} errors" + (f", the first {SHOWN}" if len(wrong) > SHOWN else ""))
    print("\n".join(wrong[:SHOWN]))
    return 0


def _background(files: Sequence[Path]) -> int:
    records = candidates(files)
    titles = {record.record_id: record.citation.title for record in records}
    linked = link(records)
    said = claims(linked)
    sure = sum(any(c.sure for c in found) for found in said.values())
    print(f"{len(records)} records, {sure} sure pairs, {asked(linked)} lines for a person")
    for pair, found in sorted(said.items(), key=lambda item: sorted(item[0])):
        for c in found:
            print(f"{'sure' if c.sure else 'possible'} {c.kind} ({c.why})")
            print("\n".join(f"    {name}: {titles[name]}" for name in sorted(pair)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
