"""What tables say of the rows of sentences: the same numbers confirm, other numbers of the same thing raise a doubt.

The same thing is the same outcome of the same arm and number of patients at the same time. Whatever may tell the two apart
(another time, another size, another definition, harms and deaths, whose period goes unsaid) is no contradiction.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.extract.proofs import Check, Doubt
from pipeline.extract.rows import Row
from pipeline.extract.table_rows import TableShare
from pipeline.extract.table_sums import events_of
from pipeline.parsed import Table

#: classes that hold several things, or whose period of observation sentences and tables leave unsaid
_NOT_COMPARED = frozenset(["other", "adverse_event", "serious_adverse_event", "death", "survival"])
#: a sentence's row that has proved itself less, as by its arm's size alone, says nothing against a table
_STRONG = 0.8
_TIME_KINDS = frozenset(["DURATION", "DURATION_WORDS", "LABEL"])
_UNIT = re.compile(r"(day|week|month|year|cycle|course)")

#: arm, outcome; and with them events, n
_Of = tuple[int | None, str]
_Value = tuple[int | None, str, int | None, int | None]


def checked_by_tables(
    rows: list[Row], shares: list[TableShare], tables: Sequence[Table]
) -> tuple[list[Row], list[TableShare]]:
    """Rows confirmed or put in doubt by the shares that `tables` print, and the shares that only tables tell, of which
    those that contradict a sentence are in doubt as well."""
    counted: defaultdict[_Of, list[TableShare]] = defaultdict(list)
    for t in shares:
        if t.events is not None:
            counted[t.arm, t.outcome].append(t)
    told = {(r.arm, r.outcome, r.events, r.n) for r in rows}
    against = {i: _against(row, told, counted[row.arm, row.outcome]) for i, row in enumerate(rows)}
    wider = {i for i, t in against.items() if t is not None and _holds(rows[i], t, tables[t.table])}
    checked = [
        _checked(row, counted[row.arm, row.outcome], None if i in wider else against[i]) for i, row in enumerate(rows)
    ]
    doubted = {id(t) for i, t in against.items() if t is not None and rows[i].raw_score >= _STRONG}
    left = [t for t in shares if (t.arm, t.outcome, t.events, t.n) not in told]
    return checked, [replace(t, doubts=(Doubt.TEXT_DIFFERS,)) if id(t) in doubted else t for t in left]


def doubted_by_size(row: Row, contradicted: Collection[int]) -> Row:
    """A row that rests on its arm's size alone is in doubt where the heads of tables give another (`contradicted`: arms)."""
    rests = not {Check.ARM_SIZE, Check.ONE_COUNT_ONLY, Check.EXACT_PERCENT}.isdisjoint(row.checks)
    proved = Check.SIZE_PRINTED in row.checks or Check.COUNT_MATCHES_PERCENT in row.checks
    return row.with_doubt(Doubt.OTHER_SIZE) if row.arm in contradicted and rests and not proved else row


def _checked(row: Row, shares: list[TableShare], against: TableShare | None) -> Row:
    if any((t.events, t.n) == (row.events, row.n) for t in shares):
        return row.with_check(Check.STATED_AGAIN)
    return row if against is None else row.with_doubt(Doubt.TABLE_DIFFERS.about(f"{against.events} of {against.n}"))


def _against(row: Row, told: set[_Value], shares: list[TableShare]) -> TableShare | None:
    """The only share of the tables that counts the row's thing, if its count is another; None where the text itself gives
    the table's count as well, for then both hold."""
    if row.events is None or row.subgroup is not None or row.outcome in _NOT_COMPARED or not shares:
        return None
    same = [t for t in shares if t.n == row.n and _same_time(row, t) and _figures(t) == _figures_of(row.share.name)]
    if len({t.events for t in same}) != 1 or any(t.events == row.events for t in shares):
        return None
    return None if (row.arm, row.outcome, same[0].events, row.n) in told else same[0]


def _holds(row: Row, share: TableShare, table: Table) -> bool:
    """Whether the row counts the share's patients together with those of a line for more of the kind ("CR" and "CRu");
    then it is the row that holds the whole of its class."""
    own = share.name.lower()
    kin = [line for i, line in enumerate(table.rows) if i != share.row and line[0].lower().startswith(own)]
    more = {events_of(line[share.column]) for line in kin if share.column < len(line)}
    return (row.events or 0) - (share.events or 0) in more


def _same_time(row: Row, share: TableShare) -> bool:
    """Whether both name the same time, or none at all."""
    reading = row.share.reading
    said = {_time(reading.doc[i].text) for i, q in reading.quantity.items() if q.kind in _TIME_KINDS}
    if share.timepoint is None:
        return not said and not _UNIT.search(f"{share.caption} {share.context}".lower())
    return said == {_time(share.timepoint)} and None not in said


def _time(text: str) -> tuple[str, str] | None:
    """ "Week 8", "8 weeks" → (8, week); None where the number is not written in figures."""
    unit, number = _UNIT.search(text.lower()), re.search(r"\d+", text)
    return (number.group(), unit.group()) if unit is not None and number is not None else None


def _figures(share: TableShare) -> set[str]:
    """The figures of the name that are not the time's: "ACR20" and "ACR50" are two outcomes of one class."""
    return _figures_of(share.name) - _figures_of(share.timepoint or "")


def _figures_of(name: str) -> set[str]:
    return set(re.findall(r"\d+", name))
