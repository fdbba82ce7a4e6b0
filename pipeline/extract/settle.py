"""From shares to rows: which denominator each share has, what confirms it, and whether that is enough to accept it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from pipeline.extract import arithmetic
from pipeline.extract.arms import FoundArm
from pipeline.extract.frames import Share
from pipeline.extract.table_rows import TableShare

#: what each kind of proof adds: the chance that the value is right given this proof alone
WEIGHTS = {
    "count matches percent": 0.93,
    "percent matches one count only": 0.55,
    "denominator printed with the count": 0.80,
    "denominator is the arm's size": 0.50,
    "denominator is the number who responded": 0.40,
    "arms add up to the total": 0.80,
    "stated again elsewhere": 0.70,
    "confidence interval matches": 0.85,
    "p-value matches": 0.85,
    "parts add up": 0.85,
    "said of every patient": 0.60,
    "only one size gives count and percent": 0.80,
    "percentage printed beside its arm and outcome": 0.92,
}
#: no proof lifts a value above this while one of these doubts stands
DOUBT = 0.5


def raw_score(checks: Sequence[str], doubts: Sequence[str]) -> float:
    """In [0, 1]: how far the checks prove a value if each of them fails independently of the others (noisy-or)."""
    wrong = prod(1 - WEIGHTS[check] for check in checks)
    return min(round(1 - wrong, 3), DOUBT if doubts else 1.0)


@dataclass(frozen=True)
class Row:
    """A share with its denominator settled. `arm` is the arm's number, None for all arms together."""

    share: Share
    arm: int | None
    outcome: str
    events: int | None
    n: int | None
    percent: float | None
    denominator: str
    checks: tuple[str, ...]
    doubts: tuple[str, ...]
    subgroup: str | None = None
    #: spans of other statements of the same value
    again: tuple[tuple[int, int], ...] = field(default=())

    @property
    def confidence(self) -> float:
        """Score of the checks, uncalibrated (see `calibration`)."""
        return raw_score(self.checks, self.doubts)

    @property
    def proved(self) -> bool:
        """At least one check and no doubt: without that, no threshold is low enough to accept the row."""
        return bool(self.checks) and not self.doubts


@dataclass(frozen=True, slots=True)
class _Base:
    """A possible denominator: its size, what it is, and whether it is printed with the share."""

    n: int
    kind: str
    printed: bool
    subgroup: str | None = None


def settle(found: list[Share], arms: list[FoundArm], n_total: int | None, compared: bool = False) -> list[Row]:
    """Rows in the order of the text, repeated statements merged, proofs that need several rows added.

    `compared`: the text compares groups; where it does and no arms were found, no row is beyond doubt.
    """
    rows: list[Row] = []
    for share in found:
        rows.append(_row(share, arms, n_total, rows))
    rows = _merged(rows)
    if compared and len(arms) < 2:
        rows = [replace(row, doubts=(*row.doubts, "the text compares groups that were not identified")) for row in rows]
    rows = _with_remainders(rows, found)
    rows = _with_sums(_with_derived(rows))
    rows = _with_totals(_with_p_values(rows), arms, n_total)
    rows = _without_parts(rows)
    return _without_clashes(rows) if len(arms) > 1 else rows


def _without_parts(rows: list[Row]) -> list[Row]:
    """The same outcome of the same arm with a much smaller denominator speaks of a part of its patients."""

    def part(row: Row) -> bool:
        alike = [
            r.n
            for r in rows
            if (r.arm, r.outcome, r.subgroup) == (row.arm, row.outcome, row.subgroup) and r.n is not None
        ]
        return (
            row.n is not None and row.subgroup is None and row.denominator != "responders" and row.n < 0.8 * max(alike)
        )

    doubt = "fewer patients than for the same outcome elsewhere"
    return [replace(r, doubts=(*r.doubts, doubt), subgroup=f"{r.n} patients") if part(r) else r for r in rows]


def _without_clashes(rows: list[Row]) -> list[Row]:
    """One arm cannot have two values of an outcome in one sentence: where it seems so, that sentence's pairing of the
    outcome is in doubt for every arm."""

    def clash(a: Row, b: Row) -> bool:
        complete = (
            all(r.share.measure.n is not None and r.checks for r in (a, b)) and a.n != b.n
        )  # two sets of patients
        same = (
            not complete
            and a.arm == b.arm
            and a.subgroup == b.subgroup
            and a.share.name.lower() == b.share.name.lower()
        )
        return same and (a.events, a.n, a.percent) != (b.events, b.n, b.percent)

    sentences = {(id(r.share.reading), r.outcome) for r in rows}
    groups = {s: [r for r in rows if (id(r.share.reading), r.outcome) == s] for s in sentences}
    unclear = {s for s, g in groups.items() if any(clash(a, b) for a in g for b in g) and not _balanced(g)}
    doubt = "two values for one arm in one sentence"
    return [replace(r, doubts=(*r.doubts, doubt)) if (id(r.share.reading), r.outcome) in unclear else r for r in rows]


def _balanced(group: list[Row]) -> bool:
    """As many values for each arm, each told by its place: several times or analyses, not a doubtful pairing."""
    values = Counter(r.arm for r in group)
    told = {"beside", "in order", "compared", "context"}
    return len(values) > 1 and len(set(values.values())) == 1 and all(r.share.way in told for r in group)


def _with_totals(rows: list[Row], arms: list[FoundArm], n_total: int | None) -> list[Row]:
    """The arms' sizes add up to the study's stated size: so each of them is an arm's size indeed. It says nothing for a
    count alone, of which only the denominator would be proved, twice."""
    if len(arms) < 2 or any(a.n is None for a in arms) or sum(a.n or 0 for a in arms) != n_total:
        return rows
    return [_proved(r, "arms add up to the total") if _of_whole_arm(r) else r for r in rows]


def _of_whole_arm(row: Row) -> bool:
    m = row.share.measure
    alone = m.percent is None and m.n is None and m.whole is None and "parts add up" not in row.checks
    return row.denominator == "enrolled" and row.arm is not None and not alone


def _row(share: Share, arms: list[FoundArm], n_total: int | None, before: list[Row]) -> Row:
    m = share.measure
    bases = [b for b in _bases(share, arms, n_total, before) if b.n > 0]
    doubts = _doubts(share, arms)
    fitting = [b for b in bases if _fits(share, b)]
    if m.n is None and _evaluable(share, arms) is not None and len({b.n for b in fitting}) > 1:
        doubts = (*doubts, "of all patients or of those evaluated")
    if bases and not fitting:
        return _unsettled(share, bases, doubts)
    if not bases:
        return _unsettled(share, bases, (*doubts, "no denominator found"))
    base = (fitting or bases)[0]
    events = _events(share, base)
    if events is None:
        return _unsettled(share, [base], (*doubts, "the percentage fits several counts"))
    checks = tuple(_checks(share, base, events, arms))
    percent = m.percent.value if m.percent is not None else round(100 * events / base.n, 1)
    whole = _arm_size(share, arms, n_total)
    if base.printed and whole is not None and base.n > whole:
        doubts = (*doubts, "more patients than the arm has")
    outcome = _reclassified(share, base)
    return Row(share, share.arm, outcome, events, base.n, percent, base.kind, checks, doubts, base.subgroup)


def _bases(share: Share, arms: list[FoundArm], n_total: int | None, before: list[Row]) -> Iterable[_Base]:
    m, size = share.measure, _arm_size(share, arms, n_total)
    responders = [r for r in before if r.arm == share.arm and r.subgroup is None and r.events]
    responded = [r for r in responders if r.outcome in {"overall_response", "complete_response"}]
    relapsed = [r for r in responders if r.outcome == "relapse"]
    if m.n is not None:
        yield _Base(m.n, _kind(m.n, size, [*responded, *relapsed]), True)
        return
    chained = _chained(share, before)
    later = share.outcome in {"relapse", "remission"}
    for r in [*(relapsed if later and _regained(share) else []), *(chained if later else [])]:
        yield _Base(r.events or 0, "responders", False)
    if share.of is not None and share.of.value is not None:
        kind = _kind(share.of.value, size, [*responded, *relapsed])
        part = kind == "evaluable" and size is not None and share.of.value < size and _narrowed(share.of.words)
        yield _Base(share.of.value, kind, True, share.of.words if part else None)
    if later:
        for r in responded:
            yield _Base(r.events or 0, "responders", False)
    evaluable = _evaluable(share, arms)
    if evaluable is not None:
        yield _Base(evaluable, "evaluable", False, None)
    if size is not None:
        yield _Base(size, "enrolled", False)
        if share.of is not None and share.of.value is not None and _narrowed(share.of.words) and share.of.value < size:
            yield _Base(size - share.of.value, "evaluable", False, f"others than {share.of.words}")
    if m.events is not None and m.percent is not None:
        implied = arithmetic.implied_size(m.events, m.percent, size if size is not None else n_total or 10**6)
        if implied is not None and implied != size:
            yield _Base(implied, "evaluable", False)


def _evaluable(share: Share, arms: list[FoundArm]) -> int | None:
    return arms[share.arm].evaluable if share.arm is not None and share.arm < len(arms) else None


def _regained(share: Share) -> bool:
    words = share.reading.lower
    return any(word in {"regained", "again", "second"} for word in words[share.measure.last : share.measure.last + 4])


def _chained(share: Share, before: list[Row]) -> list[Row]:
    """A response in the same sentence before this share: "14 responded, of whom 8 relapsed"."""
    here = [r for r in before if r.share.reading is share.reading and r.outcome == "overall_response"]
    return here[-1:]


def _narrowed(words: str) -> bool:
    return any(f" {w} " in f" {words} " for w in ("who", "with", "without", "whose", "receiving", "aged", "previously"))


def _kind(n: int, size: int | None, responded: list[Row]) -> str:
    if n == size:
        return "enrolled"
    return "responders" if any(r.events == n for r in responded) else "evaluable"


def _arm_size(share: Share, arms: list[FoundArm], n_total: int | None) -> int | None:
    if share.arm is None or len(arms) < 2:
        return n_total
    return arms[share.arm].n


def _fits(share: Share, base: _Base) -> bool:
    m = share.measure
    if m.events is not None and m.events > base.n:
        return False
    if m.percent is None:
        return True
    if m.events is not None:
        return arithmetic.agrees(m.events, base.n, m.percent)
    return bool(arithmetic.possible_events(base.n, m.percent))


def _events(share: Share, base: _Base) -> int | None:
    m = share.measure
    if m.whole is not None:
        return base.n if m.whole else 0
    if m.events is not None:
        return m.events
    if m.percent is None:
        return None
    possible = arithmetic.possible_events(base.n, m.percent)
    return possible[0] if len(possible) == 1 else None


def _checks(share: Share, base: _Base, events: int, arms: list[FoundArm]) -> Iterable[str]:
    m = share.measure
    if m.percent is not None:
        yield "count matches percent" if m.events is not None else "percent matches one count only"
    if base.printed:
        yield "denominator printed with the count"
    if base.kind == "enrolled" and (base.printed or m.events is not None):
        yield "denominator is the arm's size"
    if (
        base.kind == "evaluable"
        and not base.printed
        and base.subgroup is None
        and m.events is not None
        and m.percent is not None
    ):
        yield "only one size gives count and percent"
    if base.kind == "responders" and not base.printed:
        yield "denominator is the number who responded"
    if m.interval is not None and arithmetic.interval_agrees(events, base.n, m.interval):
        yield "confidence interval matches"
    if m.whole is not None:
        yield "said of every patient"


def _doubts(share: Share, arms: list[FoundArm]) -> tuple[str, ...]:
    doubts = []
    if share.restricted:
        doubts.append("speaks of some of the patients only")
    if len(arms) > 1 and share.way == "":
        doubts.append("no arm is named beside it")
    if share.way == "every" and share.measure.whole is None:
        doubts.append("one number for several arms")
    if _other_response(share):
        doubts.append("it may be a response of another kind")
    if share.rivalled:
        doubts.append("another outcome stands as near")
    return tuple(doubts)


#: what may stand before the bare word "response" where it is the response to treatment
_PLAIN = frozenset(
    """a an the of had have with no in for as any their this was were and or rate best good confirmed tumor tumour treatment
    therapeutic therapy clinical initial early rapid hematologic haematologic radiographic parasitological to
    achieved showed obtained responders ( , patients who that these first new more acr20 acr50 acr70 adequate""".split()
)


def _other_response(share: Share) -> bool:
    """ "antibody response", "'satisfied' responses": the word alone, told apart by what stands before it"""
    words = share.reading.lower
    at = next((o.first for o in share.reading.of("OUTCOME") if share.reading.words(o.first, o.last) == share.name), 0)
    return share.name.lower() in {"response", "responses"} and at > 0 and words[at - 1] not in _PLAIN


def _reclassified(share: Share, base: _Base) -> str:
    """A response of patients who had relapsed is a response to what came next, not to the arm's regimen."""
    relapsed = share.of is not None and "relaps" in share.of.words
    return "other" if relapsed and share.outcome.endswith("response") and base.kind != "enrolled" else share.outcome


def _unsettled(share: Share, bases: list[_Base], doubts: tuple[str, ...]) -> Row:
    """A row without a count: the percentage as printed, where there is one; `n` is known if the count is not the only one
    that the percentage allows."""
    m = share.measure
    ambiguous = "the percentage fits several counts" in doubts
    if m.percent is None:
        return Row(share, share.arm, share.outcome, m.events, m.n, None, "evaluable", (), doubts)
    contradicted = bool(bases) and not ambiguous
    tried = ", ".join(str(b.n) for b in bases)
    why = (f"no count of {tried} gives the percentage",) if contradicted else ()
    n = m.n if m.n is not None else bases[0].n if ambiguous else None
    kind = bases[0].kind if ambiguous else "evaluable"
    kept = tuple(d for d in doubts if d not in {"the percentage fits several counts", "no denominator found"})
    told = share.way in {"beside", "in order", "compared", "context"} and m.events is None
    checks = ("percentage printed beside its arm and outcome",) if told and not contradicted else ()
    return Row(share, share.arm, share.outcome, m.events, n, m.percent.value, kind, checks, (*kept, *why))


# ---- proofs that need several rows -------------------------------------------------------------------------------


def _key(row: Row) -> tuple[object, ...]:
    percent = row.percent if row.events is None else None
    return row.arm, row.outcome, row.events, row.n, percent, row.subgroup


def _merged(rows: list[Row]) -> list[Row]:
    """One row per value; a share that only repeats it (also as a bare percentage) confirms it."""
    kept: dict[tuple[object, ...], Row] = {}
    for row in sorted(rows, key=lambda r: -r.confidence):
        same = next((k for k in kept.values() if _repeats(row, k)), None)
        if same is None:
            kept[_key(row)] = row
        elif row.share.reading is not same.share.reading:
            checks = tuple(dict.fromkeys([*same.checks, *(["stated again elsewhere"] if not row.doubts else [])]))
            kept[_key(same)] = replace(same, checks=checks, again=(*same.again, row.share.span))
    return sorted(kept.values(), key=lambda r: r.share.span)


def _repeats(row: Row, other: Row) -> bool:
    if _key(row) == _key(other):
        return True
    bare = row.share.measure.events is None and row.share.measure.percent is not None
    same = row.arm == other.arm and row.outcome == other.outcome and row.subgroup == other.subgroup
    if not (bare and same and other.events is not None and other.n is not None and row.share.measure.percent):
        return False
    return arithmetic.agrees(other.events, other.n, row.share.measure.percent)


def _with_remainders(rows: list[Row], found: list[Share]) -> list[Row]:
    """ "10 relapsed … the other 15 remained": a remainder and its counterpart add up to their denominator."""
    out = list(rows)
    for share in found:
        m = share.measure
        if m.events is None or share.reading.lower[m.first - 1] not in {"other", "remaining"} or m.first == 0:
            continue
        for i, a in enumerate(out):
            for j, b in enumerate(out):
                if (
                    b.share.measure is m
                    and a.events is not None
                    and a.n == a.events + m.events
                    and a.share.span < b.share.span
                    and a.arm == b.arm
                ):
                    out[i] = _proved(a, "parts add up")
                    out[j] = _proved(replace(b, n=a.n, denominator=a.denominator), "parts add up")
                    out[j] = replace(out[j], percent=round(100 * m.events / a.n, 1))
    return out


def _with_derived(rows: list[Row]) -> list[Row]:
    """Where a sentence counts complete and partial responses and no overall response is told: their sum, for review."""
    told = {(r.arm, r.subgroup) for r in rows if r.outcome == "overall_response"}
    out = []
    for r in rows:
        out.append(r)
        whole = [c for c in rows if c.outcome == "complete_response" and c.share.reading is r.share.reading]
        for c in whole:
            fits = r.outcome == "partial_response" and (c.arm, c.subgroup, c.n) == (r.arm, r.subgroup, r.n)
            if fits and None not in (r.n, r.events, c.events) and (r.arm, r.subgroup) not in told:
                events, n = (r.events or 0) + (c.events or 0), r.n or 1
                doubts = (*r.doubts, "sum of complete and partial responses, not printed")
                total = replace(
                    r, outcome="overall_response", events=events, percent=round(100 * events / n, 1), doubts=doubts
                )
                out.append(total)
                told.add((r.arm, r.subgroup))
    return out


def _with_sums(rows: list[Row]) -> list[Row]:
    """Complete and partial responses that add up to the overall response; relapsed and still in remission to it."""
    out = list(rows)
    for total in range(len(out)):
        t = out[total]
        if t.outcome != "overall_response" or t.events is None:
            continue
        for a in range(len(out)):
            for b in range(a + 1, len(out)):
                if _parts_of(out[a], out[b], t):
                    for i in {a, b, total}:
                        out[i] = _proved(out[i], "parts add up")
    return out


def _parts_of(a: Row, b: Row, total: Row) -> bool:
    if a.events is None or b.events is None or a.events + b.events != total.events:
        return False
    if not a.arm == b.arm == total.arm or not a.subgroup == b.subgroup == total.subgroup:
        return False
    kinds = {a.outcome, b.outcome}
    whole = kinds == {"complete_response", "partial_response"} and a.n == b.n == total.n
    responders = kinds == {"relapse", "remission"} and a.n == b.n == total.events
    return whole or responders


def _with_p_values(rows: list[Row]) -> list[Row]:
    """Two arms' shares of one sentence whose test gives the printed p-value."""
    out = list(rows)
    for i in range(len(out)):
        for j in range(i + 1, len(out)):
            a, b = out[i], out[j]
            pair = a.share.reading is b.share.reading and a.outcome == b.outcome and a.arm != b.arm
            if not pair or a.share.p_value is None or None in (a.events, a.n, b.events, b.n):
                continue
            counts = (a.events or 0, a.n or 0, b.events or 0, b.n or 0)
            if arithmetic.p_agrees(*counts, a.share.p_value):
                out[i], out[j] = _proved(a, "p-value matches"), _proved(b, "p-value matches")
    return out


def confirmed_by_tables(rows: list[Row], tables: list[TableShare]) -> tuple[list[Row], list[TableShare]]:
    """Rows that a table tells as well are confirmed; the shares that only tables tell are left."""
    told = {_key(r)[:4] for r in rows}
    seen = {(t.arm, t.outcome, t.events, t.n) for t in tables if t.events is not None}
    confirmed = [_proved(r, "stated again elsewhere") if _key(r)[:4] in seen else r for r in rows]
    return confirmed, [t for t in tables if (t.arm, t.outcome, t.events, t.n) not in told]


def _proved(row: Row, check: str) -> Row:
    return row if check in row.checks else replace(row, checks=(*row.checks, check))
