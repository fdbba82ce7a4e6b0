"""Lasting responses and those of others that did not last: "Eight had a sustained response, four others a transient one …
in these 12 patients": together they are all who responded, where the text prints their number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.measures import Measure, measures
from pipeline.extract.proofs import Check
from pipeline.extract.reading import PEOPLE, Reading
from pipeline.extract.rows import Row

_PASSING = frozenset(
    """nonsustained non-sustained unsustained transient temporary passing short-lived shortlived short-lasting brief
    non-durable nondurable transiently temporarily briefly""".split()
)
#: before or behind a count: patients beside those counted before
_BESIDE = frozenset("others other another further more additional".split())
#: before their sum
_TOGETHER = frozenset("these all the".split())
#: sentences behind the lasting responses in which the others and the sum are looked for
_FAR = 3


def with_passing_responses(rows: list[Row], readings: list[Reading]) -> list[Row]:
    """The rows, and before sustained responses all responses of the study's only arm, where no row tells them."""
    lasting = [k for k, row in enumerate(rows) if row.outcome == "sustained_response" and row.denominator == "enrolled"]
    if not lasting or len({row.arm for row in rows}) != 1:
        return rows
    at = next(i for i, reading in enumerate(readings) if reading.sentence == rows[lasting[0]].sentence)
    near = readings[at : at + 1 + _FAR]
    passing = {r.span(m.first, m.last): m.events or 0 for r in near for m in _passing(r)}
    others = [row for row in rows if row.share.span not in passing]
    whole = _whole(rows[lasting[0]], list(passing.values()), near)
    if whole is None or any(row.outcome == "overall_response" for row in others):
        return rows
    k = others.index(rows[lasting[0]])
    return [*others[:k], whole, others[k].with_check(Check.PARTS_ADD_UP), *others[k + 1 :]]


def _whole(row: Row, passing: list[int], readings: list[Reading]) -> Row | None:
    """All responses: the printed sum of the lasting ones and the others'."""
    if row.events is None or len(passing) != 1:
        return None
    events = row.events + passing[0]
    told = [(r, m) for r in readings for m in measures(r) if m.events == events and _together(r, m)]
    return _row_of(row, *told[0]) if told else None


def _passing(reading: Reading) -> Iterator[Measure]:
    """Counts of others whose responses passed: "four others had nonsustained responses" """
    words = reading.lower
    for m in measures(reading):
        others = _BESIDE.intersection([*words[max(0, m.first - 1) : m.first], *words[m.last : m.last + 2]])
        behind = words[m.last : m.last + 8]
        if m.form == "count" and others and not _PASSING.isdisjoint(behind) and _responded(behind):
            yield m


def _responded(words: list[str]) -> bool:
    return any(word.startswith("respon") for word in words)


def _together(reading: Reading, m: Measure) -> bool:
    """ "these 12 patients" """
    before, behind = reading.lower[max(0, m.first - 1) : m.first], reading.lower[m.last : m.last + 2]
    return m.form == "count" and not _TOGETHER.isdisjoint(before) and not PEOPLE.isdisjoint(behind)


def _row_of(row: Row, reading: Reading, m: Measure) -> Row | None:
    if row.n is None or m.events is None or m.events > row.n:
        return None
    share = replace(row.share, reading=reading, measure=m, outcome="overall_response", p_value=None)
    percent = round(100 * m.events / row.n, 1)
    checks = (Check.ARM_SIZE, Check.PARTS_ADD_UP)
    return Row(share, row.arm, "overall_response", m.events, row.n, percent, row.denominator, checks, row.doubts)
