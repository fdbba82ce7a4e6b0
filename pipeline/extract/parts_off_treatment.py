"""Patients just counted, parted into those who keep well off treatment and the others: "Fifteen stayed in remission. Five
were stable after stopping all drugs and the other ten went on with a low dose." """

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pipeline.extract.measures import Measure, measures
from pipeline.extract.proofs import Check
from pipeline.extract.reading import Reading
from pipeline.extract.rows import Row

#: outcomes of those who may keep well off treatment
_KEPT = frozenset(["remission", "sustained_response"])
_REST = frozenset(["other", "others", "remaining", "rest"])
_STOPPING = frozenset(
    "discontinuation discontinuing cessation stopping stopped discontinued withdrawal withdrawing off without".split()
)
_TREATMENT = frozenset(
    "treatment treatments therapy therapies medication medications medicine medicines drug drugs".split()
)
#: between "off" and "treatment"
_FAR = 5
_WELL = frozenset(
    "stable safe normal well maintained kept sustained remained remain stayed still remission free".split()
)
_ILL = frozenset("because due toxicity intolerance adverse relapse relapsed relapsing lost failed refused".split())


def with_parts_off_treatment(rows: list[Row], readings: list[Reading]) -> list[Row]:
    """The rows, behind those of a sentence the part of its last ones who keep well off treatment, as the next tells it."""
    last = {row.sentence: row for row in rows}
    following = {a.sentence: b for a, b in pairwise(readings)}
    out: list[Row] = []
    for row in rows:
        out.append(row)
        if row is last[row.sentence] and row.outcome in _KEPT and row.subgroup is None and row.sentence in following:
            part = _part_of(row, following[row.sentence])
            out += [part] if part is not None and part.sentence not in last else []
    return out


def _part_of(row: Row, reading: Reading) -> Row | None:
    counts = [m for m in measures(reading) if m.form == "count"]
    if row.events is None or len(counts) != 2 or sum(m.events or 0 for m in counts) != row.events:
        return None
    first, second = counts
    if _REST.isdisjoint(reading.lower[max(0, second.first - 2) : second.first]):
        return None
    ends = ((first, second.first), (second, len(reading.lower)))
    off = [m for m, end in ends if _off_treatment(reading.lower[m.last : end])]
    return _row_of(off[0], row, reading) if len(off) == 1 else None


def _off_treatment(words: list[str]) -> bool:
    """ "had stable counts after discontinuation of all drugs"; not "stopped treatment because of …" """
    stops = [i for i, word in enumerate(words) if word in _STOPPING]
    stopped = any(not _TREATMENT.isdisjoint(words[i : i + 1 + _FAR]) for i in stops)
    return stopped and not _WELL.isdisjoint(words) and _ILL.isdisjoint(words)


def _row_of(m: Measure, whole: Row, reading: Reading) -> Row:
    events, n = m.events or 0, whole.events or 0
    share = replace(whole.share, reading=reading, measure=m, p_value=None)
    checks = (Check.RESPONDERS, Check.PARTS_ADD_UP)
    percent = round(100 * events / n, 1)
    return Row(share, whole.arm, whole.outcome, events, n, percent, "responders", checks, whole.doubts)
