"""Which outcome a row of a table is about: by its label, by the head of the column, or by the heading that a bare label is under."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from pipeline.extract.table_heads import Head, Heads

#: class of a heading → classes of labels under it that still are of the arm's patients
_UNDER = {
    "overall_response": frozenset(
        "overall_response complete_response partial_response sustained_response remission other".split()
    ),
    "adverse_event": frozenset(["adverse_event", "serious_adverse_event", "death"]),
}
#: labels that leave out the noun of the heading: "Response" … "Complete", "Partial"
_ADJECTIVE = re.compile(r"(?i)\W*(?P<word>complete|partial|overall|objective|sustained)\b")
#: words of a label that leaves all to its heading
_BARE = frozenset(
    "yes n no number of patients pts subjects at week weeks month months day year rate percent all total".split()
)


class Named(NamedTuple):
    """The class and the name as written; `inherited`: from a heading or caption over a label that names none."""

    outcome: str
    name: str
    inherited: bool


def named_outcome(row: list[Head], column: list[Head], around: list[Head], heads: Heads) -> Named | None:
    """The outcome of a row's labels (outermost first) and a column's heads; `around`: the table's corner and caption."""
    whole = _completed(row, around, heads)
    if whole is not None:
        return whole
    said = [h for h in row if h.outcome is not None]
    if any(h.outcome not in _UNDER.get(outer.outcome or "", {outer.outcome}) for outer, h in pairwise(said)):
        return None
    above = [h for h in column if h.outcome is not None]
    if above:
        agrees = not said or said[-1].outcome == above[-1].outcome
        return Named(above[-1].outcome or "", above[-1].text, False) if agrees else None
    if not row:
        return None
    if row[-1].outcome is not None:
        return Named(row[-1].outcome, row[-1].text, False)
    return _inherited(row, said, around)


def _inherited(row: list[Head], said: list[Head], around: list[Head]) -> Named | None:
    label = row[-1]
    words = frozenset(re.findall(r"[a-z]+", label.text.lower()))
    if said and (label.total or (words and words <= _BARE and words != {"no"})):
        return Named(said[-1].outcome or "", f"{said[-1].text}: {label.text}", True)
    if label.total and (over := next((h for h in around if h.outcome is not None), None)) is not None:
        return Named(over.outcome or "", label.text, True)
    return None


def _completed(row: list[Head], around: list[Head], heads: Heads) -> Named | None:
    """The outcome of an adjective under a heading "Response"."""
    match = _ADJECTIVE.match(row[-1].text) if row and row[-1].outcome is None else None
    context = next((h.outcome for h in [*reversed(row[:-1]), *around] if h.outcome is not None), None)
    if match is None or context != "overall_response" or set(row[-1].rest) - {match["word"].lower()}:
        return None
    outcome = heads.read(f"{match['word']} response", False).outcome
    return Named(outcome, row[-1].text, match["word"].lower() == "overall") if outcome is not None else None


def without_adjective(head: Head) -> Head:
    """The head without the adjective that `named_outcome` has understood."""
    match = _ADJECTIVE.match(head.text)
    return replace(head, rest=tuple(w for w in head.rest if match is None or w != match["word"].lower()))
