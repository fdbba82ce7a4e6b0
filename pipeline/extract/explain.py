"""Why a record was read as it was, for a person at a terminal: every layer's findings, as extraction itself made them.

Words of documents are printed as data: white space folded, and nothing that a terminal could take for a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap

from pipeline.candidates import Candidate, Comparison, Outcome
from pipeline.extract.abbreviations import definitions
from pipeline.extract.denominator_phrases import denominator_phrases
from pipeline.extract.extractor import Extractor, Findings
from pipeline.extract.frames import Share
from pipeline.extract.measures import measures
from pipeline.extract.proofs import HIGHEST_IN_DOUBT, WEIGHTS, Doubt, raw_score
from pipeline.extract.reading import Reading
from pipeline.extract.references import references
from pipeline.extract.rows import Row

WIDTH = 100
#: how a share's arm was told (`frames.Share.way`)
WAYS = {
    "beside": "named beside it",
    "in order": "by the order in which the arms are named",
    "series": "one arm named for a row of numbers",
    "compared": "by the comparison: first the subject, then what it is compared with",
    "context": "by the order of arms in an earlier sentence",
    "sizes": "by the sizes printed with a row of numbers, each of one arm only",
    "every": "said of every arm",
    "only": "the study has one arm",
    "pooled": "said of all arms together",
    "": "not told",
}


def explain(extract: Extractor, record_findings: Findings) -> str:
    """The findings of one record in lines of at most 100 columns."""
    candidate = extract.candidate(record_findings)
    threshold = extract.settings.config.acceptance.threshold
    parts = [
        _head(candidate),
        _sizes(record_findings, candidate),
        _short_forms(record_findings),
        _arms(candidate, record_findings),
    ]
    lines = [line for part in parts for line in part]
    lines += [line for r in record_findings.readings for line in _sentence(r, record_findings)]
    lines += _rows(record_findings, candidate, threshold)
    lines += _comparisons(candidate)
    return "\n".join(lines)


def shown(text: str) -> str:
    """Text of a document on one line, without control and other unprintable characters."""
    folded = re.sub(r"\s+", " ", text).strip()
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in folded)


def _line(text: str, indent: int = 2) -> list[str]:
    """One thing said, wrapped; what follows the first line stands further in."""
    return wrap(shown(text), WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 4))


def _head(c: Candidate) -> list[str]:
    e = c.eligibility
    because = f": “{e.evidence.text}”" if e.evidence is not None else ""
    title = _line(c.citation.title, 0) if c.citation.title else []
    return [
        *_line(f"== {c.record_id}", 0),
        *title,
        *_line(f"{e.decision} ({e.reason}){because}"),
        *_line(f"design: {c.design}"),
    ]


def _sizes(found: Findings, c: Candidate) -> list[str]:
    said = [f"{s.value}, rank {s.rank} (0 is clearest): “{found.record.text[s.start : s.end]}”" for s in found.sizes]
    total = f"taken: {c.n_total.value}, confidence {c.n_total.confidence:g}, {c.n_total.status}"
    return ["", "Sizes stated", *(line for s in said or ["none"] for line in _line(s)), *_line(total)]


def _short_forms(found: Findings) -> list[str]:
    own = [f"{short} = {' + '.join(sorted(names))} (a treatment)" for short, names in sorted(found.own.items())]
    text = found.record.text
    rest = {d.short: text[d.start : d.end] for d in definitions(text) if d.short not in found.own}
    said = [*own, *(f"{short} = “{long}”" for short, long in rest.items())]
    return ["", "Short forms that the record defines", *(line for s in said or ["none"] for line in _line(s))]


def _arms(c: Candidate, found: Findings) -> list[str]:
    lines = ["", "Arms"]
    for i, arm in enumerate(found.arms):
        evaluable = "" if arm.evaluable is None else f", {arm.evaluable} evaluated"
        role = f", {c.arms[i].role}" if i < len(c.arms) else ""
        lines += _line(f"A{i + 1} “{arm.label}”: n = {_number(arm.n)}{evaluable}{role}; {_drugs(arm.drugs)}")
        lines += _line(f"words: {', '.join(sorted(arm.keys)) or 'none'}", 6)
    for derived in c.arms[len(found.arms) :]:
        lines += _line(f"{derived.arm} “{derived.label}”: {derived.role}, n = {_number(derived.n)}")
    return lines


def _drugs(names: frozenset[str]) -> str:
    return " + ".join(sorted(names)) or "no treatment found"


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"


# ---- sentences -----------------------------------------------------------------------------------------------------


def _sentence(reading: Reading, found: Findings) -> Iterator[str]:
    """What was seen in a sentence, if it holds a measure."""
    ms = measures(reading)
    if not ms:
        return
    s = reading.sentence
    yield ""
    yield from _line(f"[{s.section or 'no section'}] {found.record.text[s.start : s.end]}", 0)
    quantities = [f"{_words(reading, i, i + 1)} {q.kind}" for i, q in sorted(reading.quantity.items())]
    treatments = [f"{_words(reading, m.first, m.last)} = {_drugs(m.names)}" for m in reading.of("DRUG")]
    outcomes = [f"{_words(reading, m.first, m.last)} = {m.value}" for m in reading.of("OUTCOME")]
    told = [
        f"{_words(reading, r.first, r.last)} = A{r.arm + 1}{' (other side of a comparison)' * r.compared}"
        for r in references(reading, found.arms)
    ]
    of = [f"{_words(reading, g.first, g.last)} = {_number(g.value)}" for g in denominator_phrases(reading)]
    forms = [f"{_words(reading, m.first, m.last)} ({m.form})" for m in ms]
    layers = (("quantities", quantities), ("treatments", treatments), ("outcomes", outcomes), ("arms", told),
              ("denominators", of), ("measures", forms))  # fmt: skip
    for name, items in layers:
        if items:
            yield from _line(f"{name}: {'; '.join(items)}")
    for share in found.shares:
        if share.reading is reading:
            yield from _share(share)


def _words(reading: Reading, first: int, last: int) -> str:
    return f"“{reading.words(first, last)}”"


def _share(share: Share) -> list[str]:
    m = share.measure
    arm = (
        "all arms"
        if share.arm is None and share.way == "pooled"
        else "arm ?"
        if share.arm is None
        else f"A{share.arm + 1}"
    )
    said = [
        f"share {_words(share.reading, m.first, m.last)} → {share.outcome} (“{share.name}”), {arm}: {WAYS[share.way]}"
    ]
    said += [str(Doubt.NEAR_OUTCOME)] * (not share.bound)
    said += [str(Doubt.RIVAL_OUTCOME)] * share.rivalled + ["the sizes allow no other order"] * share.proven
    said += ["some of the patients only"] * share.restricted
    if share.of is not None:
        said.append(f"of “{share.of.words}” ({_number(share.of.value)})")
    return _line("; ".join(said))


# ---- rows ----------------------------------------------------------------------------------------------------------


def _rows(found: Findings, c: Candidate, threshold: float) -> list[str]:
    lines = ["", f"Rows (accepted from a confidence of {threshold:g} on)"]
    if c.outcomes:
        told = c.outcomes[: len(found.rows)]
        lines += [line for row, o in zip(found.rows, told, strict=True) for line in _row(row, o, threshold)]
        lines += [line for o in c.outcomes[len(told) :] for line in _row_of_table(o)]
    elif found.reason is not None:
        lines += _line(f"none: the record is no study to extract from ({found.reason.name})")
    elif found.rows:
        lines += _line(f"none: {len(found.rows)} found, but the record was excluded ({c.eligibility.reason})")
    else:
        lines += _line("none")
    return lines


def _row(row: Row, o: Outcome, threshold: float) -> Iterator[str]:
    percent = "" if o.percent is None else f" ({o.percent:g} %)"
    value = f"{_number(o.events)}/{_number(o.n)}{percent}"
    yield from _line(f"{o.arm} {o.outcome}: {value} of {o.denominator}, “{_quote(row.share)}”")
    for i, check in enumerate(row.checks, start=1):
        yield from _line(f"+ {check}: weighs {WEIGHTS[check]:g}, together {raw_score(row.checks[:i], ()):.3f}", 6)
    for doubt in row.doubts:
        yield from _line(f"- {doubt}", 6)
    if row.again:
        yield from _line(f"stated again {len(row.again)} time(s)", 6)
    measured = f"; right in {o.confidence:g} of labelled rows with such a score" * (o.confidence != row.raw_score)
    yield from _line(f"= {row.raw_score:g}{measured}: {_verdict(row, o, threshold)}", 6)


def _row_of_table(o: Outcome) -> Iterator[str]:
    """What only a table tells: its checks and the cell that it was read from."""
    percent = "" if o.percent is None else f" ({o.percent:g} %)"
    yield from _line(f"{o.arm} {o.outcome}: {_number(o.events)}/{_number(o.n)}{percent}, “{o.name}”")
    for check in o.checks:
        yield from _line(f"+ {check}", 6)
    yield from _line(f"= {o.confidence:g}: {'accepted' if o.status == 'accepted' else 'waits'}", 6)


def _comparisons(c: Candidate) -> list[str]:
    """Printed effects of one arm over another, with what confirms them and what is open."""
    if not c.comparisons:
        return []
    return ["", "Comparisons of arms", *(line for x in c.comparisons for line in _comparison(x))]


def _comparison(x: Comparison) -> Iterator[str]:
    between = "minus" if x.measure == "RD" else "over"
    ci = "" if x.ci is None else f" ({x.ci[0]:g} to {x.ci[1]:g})"
    of = "".join(
        f", {note}" for note in (x.analysis, {True: "adjusted", False: "unadjusted", None: None}[x.adjusted]) if note
    )
    yield from _line(
        f"{x.arms[0]} {between} {x.arms[1]} {x.outcome} (“{x.name}”): {x.measure} {x.estimate:g}{ci}{of}, “{x.evidence.text}”"
    )
    for check in x.checks:
        yield from _line(f"- {check.removeprefix('doubt: ')}" if check.startswith("doubt: ") else f"+ {check}", 6)
    yield from _line(f"= {'accepted' if x.status == 'accepted' else 'waits for a person'}", 6)


def _quote(share: Share) -> str:
    return share.reading.words(share.measure.first, share.measure.last)


def _verdict(row: Row, o: Outcome, threshold: float) -> str:
    if o.status == "accepted":
        return "accepted"
    if row.doubts:
        return f"waits for a person: a doubt keeps its score at {HIGHEST_IN_DOUBT:g} or less"
    if not row.checks:
        return "waits for a person: nothing confirms it"
    if o.confidence < threshold:
        return f"waits for a person: less than {threshold:g}"
    return "waits for a person: its checks are no second proof"
