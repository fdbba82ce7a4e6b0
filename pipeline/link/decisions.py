"""overrides/links.csv: reviewers' word on which records are one report, one study, or share patients.

A record that is not there does not stop the rebuild. The pipeline keeps no memory from which it could tell a slip of
the pen from a record that an update took away; if it stopped, the way out would be to delete the line, and the decision
would be lost. So the line waits, stale in the audit and the report, and takes effect when the record is back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from pipeline.candidates import Candidate
from pipeline.errors import UserError
from pipeline.link.called import Called, identifier
from pipeline.link.joining import Edge, path as way
from pipeline.link.names import told_apart
from pipeline.overrides.reading import Line, read_placed
from pipeline.records import LinkDecision

#: what joins two records into one report, and two reports into one study; all else keeps them apart there
ONE_RECORD = {"same record"}
ONE_STUDY = {"same record", "same study"}


@dataclass(frozen=True)
class Decision:
    """A line with the records it speaks of: several where an identifier stands in several, none where in none."""

    place: Line[LinkDecision]
    a: tuple[int, ...]
    b: tuple[int, ...]
    #: of a name that is not known
    nearest: str = ""

    @property
    def row(self) -> LinkDecision:
        return self.place.row

    @property
    def known(self) -> bool:
        return bool(self.a and self.b)

    def pairs(self) -> list[Edge]:
        return [(i, j) if i < j else (j, i) for i in self.a for j in self.b]


def handles(records: Sequence[Candidate]) -> list[str]:
    """What `links.csv` calls each record: its record_id, with the file before it where two files have the same."""
    return told_apart([(r.record_id, r.source.file) for r in records])


def read_decisions(file: Path, records: Iterable[Called]) -> list[Decision]:
    """The lines of `file` (none if it is missing). Raises UserError with every problem found."""
    lines = read_placed(file, LinkDecision)
    index = _Index(records if lines else [])
    decisions, problems = [], []
    for line in lines:
        try:
            decisions.append(_decision(line, index))
        except UserError as problem:
            problems.append(f"{line.place}: {problem}")
    problems += contradictions(decisions, ONE_RECORD) or contradictions(decisions, ONE_STUDY)
    if problems:
        raise UserError("\n".join(problems))
    return decisions


def _decision(line: Line[LinkDecision], index: _Index) -> Decision:
    row = line.row
    a, b = index.find(row.record_a), index.find(row.record_b)
    if set(a) & set(b):  # an identifier that is printed on both, and a record_id that means one of them
        a, b = (tuple(i for i in a if i not in b), b) if len(a) >= len(b) else (a, tuple(i for i in b if i not in a))
        if not a or not b:
            raise UserError(f'"{row.record_a}" and "{row.record_b}" are one record; name two by their record_id')
    unknown = [name for name, found in ((row.record_a, a), (row.record_b, b)) if not found]
    said = "; ".join(f'no record "{name}"{index.nearest(name)}' for name in unknown)
    return Decision(line, a, b, said)


class _Index:
    """Records by all the names that a reviewer may write."""

    def __init__(self, given: Iterable[Called]) -> None:
        records = list(given)
        self._names: defaultdict[str, list[int]] = defaultdict(list)
        self._identifiers: defaultdict[str, list[int]] = defaultdict(list)
        self._files = [file for _, file, _ in records]
        self._handles = told_apart([(record_id, file) for record_id, file, _ in records])
        for i, ((record_id, file, identifiers), handle) in enumerate(zip(records, self._handles, strict=True)):
            for name in {record_id, handle, f"{file}#{record_id}"}:
                self._names[name].append(i)
            for name in identifiers:
                self._identifiers[name].append(i)

    def find(self, name: str) -> tuple[int, ...]:
        """By record_id, else by PMID, PMCID or DOI, which several records may print."""
        found = self._names.get(name, [])
        if len(found) > 1:
            files = ", ".join(f"{self._files[i]}#{name}" for i in found)
            raise UserError(f'record "{name}" is in several files; write one of {files}')
        return tuple(found or self._identifiers.get(identifier(name), []))

    def nearest(self, name: str) -> str:
        near = process.extract(name, self._handles, scorer=ratio, limit=3, score_cutoff=60)
        return f" (nearest: {', '.join(found for found, _, _ in near)})" if near else ""


def contradictions(decisions: Sequence[Decision], joining: set[str]) -> list[str]:
    """A line for each decision that keeps apart what others join, naming their lines."""
    known = [d for d in decisions if d.known]
    joins = [(edge, d) for d in known if d.row.relation in joining for edge in joined_by(d)]
    problems = []
    for d in known:
        found = None if d.row.relation in joining else _way([e for e, _ in joins], d.pairs())
        if found is not None:
            lines = sorted({_near(joins[i][1], d) for i in found})
            said = "one record" if joining == ONE_RECORD else "one study"
            problems.append(
                f"{d.place.place}: {d.row.record_a} and {d.row.record_b} cannot be {_kept(d)}: "
                f"{'line' if len(lines) == 1 else 'lines'} {_listed(lines)} "
                f"{'makes' if len(lines) == 1 else 'make'} them {said}; change or delete one of these lines"
            )
    return problems


def _way(edges: Sequence[Edge], pairs: Iterable[Edge]) -> list[int] | None:
    return next((found for a, b in pairs if (found := way(edges, a, b)) is not None), None)


def _kept(d: Decision) -> str:
    words = {
        "same study": "two reports of one study",
        "shared cohort": "two studies with a shared cohort",
        "different": "different",
    }
    return words[d.row.relation]


def _near(of: Decision, seen_from: Decision) -> str:
    """The line's number, with its file where that is another one."""
    same = of.place.file == seen_from.place.file
    return str(of.place.line) if same else f"{of.place.line} of {of.place.file}"


def _listed(lines: Sequence[str]) -> str:
    return " and ".join([", ".join(lines[:-1]), lines[-1]]) if len(lines) > 1 else lines[0]


def joined_by(d: Decision) -> list[Edge]:
    """Pairs that make all records of a decision one group."""
    return [(d.a[0], j) for j in d.b] + [(i, d.b[0]) for i in d.a[1:]]
