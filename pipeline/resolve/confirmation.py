"""The same number in two reports of a study: agreement is noted, a contradiction waits for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.resolved import OutcomeRow

#: characters of a quote within a check
QUOTE = 160

Place = tuple[str, str, int | None, int | None]


def compared(rows: Sequence[OutcomeRow], words: Mapping[Place, str]) -> list[OutcomeRow]:
    """The rows of one study, each checked against those of the other reports on the same arm, outcome, time point,
    denominator and n. `words` are quoted by `place`.

    Accepted counts that differ, with no reading that both reports share, both wait. An agreement is a check only: it
    raises no value, as the second report may have been read by the same misleading words.
    """
    alike: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.events is not None and row.n is not None:
            timepoint = " ".join(row.timepoint.lower().split())
            alike[row.arm, row.outcome, timepoint, row.denominator, row.n].append(i)
    out = list(rows)
    for members in alike.values():
        if len({_report(rows[i]) for i in members}) > 1:
            for i in members:
                out[i] = _checked(rows[i], [rows[j] for j in members], words)
    return out


def place(row: OutcomeRow) -> Place:
    return row.record_id, row.file, row.evidence_start, row.evidence_end


def _report(row: OutcomeRow) -> tuple[str, str]:
    return row.record_id, row.file


def _checked(row: OutcomeRow, alike: Sequence[OutcomeRow], words: Mapping[Place, str]) -> OutcomeRow:
    others = [r for r in alike if _report(r) != _report(row)]
    agreeing = sorted({r.record_id for r in others if r.events == row.events})
    if agreeing:
        return _with(row, f"{_reports(agreeing)} of the study says the same")
    own = {r.events for r in alike if _report(r) == _report(row) and r.authority == "accepted"}
    against = [r for r in others if r.authority == "accepted"]
    if row.authority != "accepted" or not against or own & {r.events for r in against}:
        return row
    other = against[0]
    quote = " ".join(words.get(place(other), "").split())[:QUOTE].replace(";", ",").replace("|", ",")
    check = f"doubt: another report ({other.record_id}) says {other.events}/{other.n}: “{quote}”"
    return _with(row, check).model_copy(update={"authority": "waiting"})


def _reports(names: Sequence[str]) -> str:
    return f"another report ({', '.join(names)})"


def _with(row: OutcomeRow, check: str) -> OutcomeRow:
    return row.model_copy(update={"checks": "; ".join([*filter(None, [row.checks]), check])})
