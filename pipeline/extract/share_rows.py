"""From a share to a row: which denominator it has, what confirms it, and what remains open about it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract import arithmetic
from pipeline.extract.arms import FoundArm
from pipeline.extract.denominators import LATER, Denominator, Patients, Responders, denominators, patients_of
from pipeline.extract.frames import Share
from pipeline.extract.measures import fits_size
from pipeline.extract.printed_sizes import PrintedSizes
from pipeline.extract.proofs import CHANCE, Check, Doubt
from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import PEOPLE
from pipeline.extract.rows import BY_PLACE, Row

#: part of an arm that could be evaluated, at least
MOST = 0.8


def rows_of(shares: list[Share], arms: list[FoundArm], n_total: int | None, printed: PrintedSizes) -> list[Row]:
    """A row for each share, in order; shares may be of patients whom those before them count."""
    rows: list[Row] = []
    known = Responders()
    for share in shares:
        rows.append(_row(share, arms, n_total, known, printed))
        known.add(rows[-1])
    return rows


def _row(share: Share, arms: list[FoundArm], n_total: int | None, known: Responders, printed: PrintedSizes) -> Row:
    patients = patients_of(share, arms, n_total)
    doubts = _doubts(share, len(arms))
    fitting = (d for d in denominators(share, patients, known, printed) if fits_size(share.measure, d.n))
    base = next(fitting, None)
    if base is None:
        return _of_unknown_size(share, [d.n for d in denominators(share, patients, known, printed)], doubts)
    if not base.printed and patients.evaluable is not None and any(d.n != base.n for d in fitting):
        doubts.append(Doubt.ALL_OR_EVALUATED)
    events = _events(share, base)
    if events is None:
        return _as_printed(share, base.n, base.kind, _percent_alone(share), doubts)
    return _settled(share, base, events, patients, doubts, printed)


def _settled(
    share: Share, base: Denominator, events: int, patients: Patients, doubts: list[str], printed: PrintedSizes
) -> Row:
    m = share.measure
    if base.printed and patients.size is not None and base.n > patients.size:
        doubts = [*doubts, Doubt.TOO_MANY_PATIENTS]
    if base.printed and base.n != patients.size and base.n in patients.of_others:
        doubts = [*doubts, Doubt.OTHER_ARMS_SIZE]
    if _of_a_part(share, base, patients) and Doubt.SOME_PATIENTS not in doubts:
        doubts = [*doubts, Doubt.SOME_PATIENTS]
    percent = m.percent.value if m.percent is not None else round(100 * events / base.n, 1)
    checks = tuple(_checks(share, base, events, patients.evaluable, printed))
    outcome = _outcome(share, base)
    return Row(share, share.arm, outcome, events, base.n, percent, base.kind, checks, tuple(doubts), base.subgroup)


def _of_a_part(share: Share, base: Denominator, patients: Patients) -> bool:
    """A denominator that is much smaller than the arm, is not told as a part of it, and is not the number who responded,
    of whom only later outcomes are told."""
    if base.subgroup is not None or patients.size is None or base.n == patients.evaluable:
        return False
    of_responders = base.kind == "responders" and (share.outcome in LATER or share.outcome == "sustained_response")
    return base.n < MOST * patients.size and not of_responders


def _of_unknown_size(share: Share, tried: list[int], doubts: list[str]) -> Row:
    """No size gives the share, or none is known; a percentage can be told without one."""
    m = share.measure
    checks: tuple[Check, ...] = ()
    if m.percent is not None and tried:
        doubts = [*doubts, Doubt.NO_COUNT_FITS.about(", ".join(map(str, tried)))]
    elif m.percent is not None:
        checks = _percent_alone(share)
    elif not tried:
        doubts = [*doubts, Doubt.NO_DENOMINATOR]
    return _as_printed(share, m.n, "evaluable", checks, doubts)


def _as_printed(share: Share, n: int | None, kind: str, checks: tuple[Check, ...], doubts: list[str]) -> Row:
    """The numbers as they stand, nothing computed from them."""
    m = share.measure
    percent = m.percent.value if m.percent is not None else None
    return Row(share, share.arm, share.outcome, m.events, n, percent, kind, checks, tuple(doubts))


def _percent_alone(share: Share) -> tuple[Check, ...]:
    told = share.way in BY_PLACE and share.measure.events is None
    return (Check.PERCENT_PLACED,) if told else ()


def _events(share: Share, base: Denominator) -> int | None:
    """The count: as printed, or the only one that gives the percentage."""
    m = share.measure
    if m.whole is not None:
        return base.n if m.whole else 0
    if m.events is not None or m.percent is None:
        return m.events
    possible = arithmetic.possible_events(base.n, m.percent)
    return possible[0] if len(possible) == 1 else None


def _checks(
    share: Share, base: Denominator, events: int, evaluated: int | None, printed: PrintedSizes
) -> Iterator[Check]:
    m = share.measure
    if m.percent is not None and (m.events is not None or 0 < m.percent.value < 100):  # all and none fit any size
        yield _of_percent(share, base, m.percent, {*printed.places, evaluated})
    if base.printed:
        yield Check.SIZE_PRINTED
    if m.interval is not None and arithmetic.interval_agrees(events, base.n, m.interval):
        yield Check.INTERVAL_MATCHES
    if m.whole is not None:
        yield Check.EVERY_PATIENT
    of_arm = base.kind == "enrolled" and (base.printed or m.events is not None)
    if of_arm or (base.printed and base.n == evaluated):
        yield Check.ARM_SIZE
    if base.kind == "responders" and share.outcome in LATER:
        yield Check.RESPONDERS
    if _solved(base) and printed.giving(base.n) > 1:
        yield Check.SIZE_AGAIN


def _of_percent(share: Share, base: Denominator, percent: Quantity, told: set[int | None]) -> Check:
    """A size that was computed from count and percentage agrees with them by construction, and proves nothing unless it
    is printed as well."""
    if share.measure.events is not None:
        return Check.ONE_SIZE_ONLY if _solved(base) and base.n not in told else Check.COUNT_MATCHES_PERCENT
    exact = arithmetic.chance_of_fit(base.n, percent) <= CHANCE and not _others_counted(share, base.n)
    return Check.EXACT_PERCENT if exact else Check.ONE_COUNT_ONLY


def _others_counted(share: Share, n: int) -> bool:
    """The sentence counts other patients, of whom the percentage may be."""
    reading = share.reading
    counts = (i for i, q in reading.quantity.items() if q.kind in {"COUNT", "SIZE"} and int(q.value) != n)
    return any(not PEOPLE.isdisjoint(reading.lower[i + 1 : i + 3]) for i in counts)


def _solved(base: Denominator) -> bool:
    """The size is the one that explains the numbers, and not said of them."""
    return base.kind == "evaluable" and not base.printed and base.subgroup is None


def _doubts(share: Share, arms: int) -> list[str]:
    """What the words leave open, whatever the denominator."""
    open_readings = {
        Doubt.SOME_PATIENTS: share.restricted,
        Doubt.NO_ARM: arms > 1 and share.way == "",
        Doubt.SEVERAL_ARMS: share.way == "every" and share.measure.whole is None,
        Doubt.OTHER_RESPONSE: _other_response(share),
        Doubt.RIVAL_OUTCOME: share.rivalled,
        Doubt.NEAR_OUTCOME: not share.bound,
    }
    return [doubt for doubt, stands in open_readings.items() if stands]


#: what may stand before the bare word "response" where it is the response to treatment; kinds of response that count are
#: phrases of config/outcomes.csv
_PLAIN = frozenset(
    """a an the of had have has having with no in for as any their his her its this that these those such was were is are and
    or nor to after without per by on at until from but than into who which patients subjects group groups arm arms day week
    month year first second third final last next new more most only same similar comparable equal better greater higher
    lower superior faster slower longer shorter deeper best maximum maximal
    achieved achieve achieves achieving showed show shows showing obtained attained reached met demonstrated experienced
    documented observed produced induced gave brought predicted predict evaluable assessable responders ( ) , ; : [ ] – —""".split()
)


def _other_response(share: Share) -> bool:
    """ "antibody response", "'satisfied' responses": the word alone, told apart by what stands before it"""
    if share.name.lower() not in {"response", "responses"}:
        return False
    reading = share.reading
    at = next((o.first for o in reading.of("OUTCOME") if reading.words(o.first, o.last) == share.name), 0)
    return at > 0 and reading.lower[at - 1] not in _PLAIN


def _outcome(share: Share, base: Denominator) -> str:
    """A response of patients who had relapsed is a response to what came next, not to the arm's regimen."""
    relapsed = share.of is not None and "relaps" in share.of.words
    return "other" if relapsed and share.outcome.endswith("response") and base.kind != "enrolled" else share.outcome
