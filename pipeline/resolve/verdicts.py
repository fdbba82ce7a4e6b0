"""Who has the last word on one cell, and what became of each line on it.

The rule is that of `pipeline/last_word.py`; a line also decides where its `was` is the value that the other set (who
knew it and overruled it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.last_word import Fallen, Rule, last_word
from pipeline.resolve.cells import same_text, same_value
from pipeline.resolve.said import Said
from pipeline.resolved import Authority, LineEffect


@dataclass(frozen=True)
class Effect:
    """What a line did, and why it is not simply applied."""

    said: Said
    effect: LineEffect
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """The lines that stand; `value` is theirs, None where they say different things."""

    standing: tuple[Said, ...]
    value: str | None
    verified: bool
    effects: tuple[Effect, ...]

    @property
    def authority(self) -> Authority:
        kinds = {s.kind for s in self.standing}
        return "added" if "added" in kinds else "corrected" if "corrected" in kinds else "confirmed"

    def with_notes(self, notes: Mapping[Said, str]) -> Verdict:
        """The same, where lines with a note are stale because of it."""
        told = tuple(
            replace(e, effect="stale", note=notes[e.said])
            if e.said in notes and e.effect in ("applied", "redundant", "stale")
            else e
            for e in self.effects
        )
        return replace(self, effects=told)

    @property
    def stale(self) -> str:
        """Why the cell needs a second look: none of the lines that stand was written on what is there now."""
        notes = {e.said: e.note for e in self.effects if e.effect == "stale"}
        return notes[self.standing[-1]] if all(s in notes for s in self.standing) else ""


def verdict(said: Sequence[Said], machine: str | None, text_hash: str = "") -> Verdict:
    """`said`: the cell's lines, the earliest first. `machine` is its value, None where it has no such row; `text_hash`
    that of the text it was read from."""
    last = last_word(said, _RULE)
    gone = {fallen.line: _why(fallen) for fallen in last.fallen}
    fresh = _fresh(said, machine)
    effects = tuple(
        Effect(s, "overruled", gone[s])
        if s in gone
        else Effect(s, "disagrees", _against(s, last.standing))
        if not last.agreed
        else _effect(s, machine, text_hash, s in fresh)
        for s in said
    )
    value = last.standing[-1].value if last.agreed else None
    return Verdict(last.standing, value, last.agreed and (last.decided or len(last.standing) > 1), effects)


def _why(fallen: Fallen[Said]) -> str:
    who, where = fallen.by.reviewer, _where(fallen.by)
    return f"a later line of {who} counts ({where})" if fallen.own else f"{who} decided otherwise ({where})"


def _same(a: Said, b: Said) -> bool:
    return same_value(a.field, a.value, b.value)


def _where(s: Said) -> str:
    return f"{s.path.name}:{s.line}"


def _knew(s: Said, others: Sequence[Said]) -> bool:
    """Was the value that `s` changes one that another reviewer had set? A value that the other only confirmed may be
    the machine's to whoever reads it."""
    set_by_others = [x for x in others if x.was is None or not same_value(x.field, x.value, x.was)]
    return s.was is not None and any(same_value(s.field, x.value, s.was) for x in set_by_others)


_RULE = Rule[Said](lambda s: s.person, _same, lambda s, others: s.adjudicated or _knew(s, others))


def _against(s: Said, standing: Sequence[Said]) -> str:
    others = [x for x in standing if not _same(x, s)]
    return "; ".join(f"{x.reviewer} says {x.value} ({_where(x)})" for x in others)


def _fresh(said: Sequence[Said], machine: str | None) -> set[Said]:
    """Lines that were written on the machine's value of now, or on that of such a line."""
    fresh: set[Said] = set()
    values: set[str] = set()
    for s in said:
        seen = None if s.was is None else same_text(s.field, s.was)
        if seen is None or seen == same_text(s.field, machine or "") or seen in values:
            fresh.add(s)
            if s.was is None or not same_value(s.field, s.value, s.was):
                values.add(same_text(s.field, s.value))
    return fresh


def _effect(s: Said, machine: str | None, text_hash: str, fresh: bool) -> Effect:
    if s.seen and text_hash and s.seen != text_hash:
        return Effect(s, "stale", "the source text changed")
    if machine is not None and same_value(s.field, machine, s.value):
        return Effect(s, "applied" if s.kind == "confirmed" else "redundant")
    if fresh:
        return Effect(s, "applied")
    if machine is None:
        return Effect(s, "stale", "the machine no longer has it")
    return Effect(s, "stale", f"the machine now says {machine or 'nothing'}, the line saw {s.was or 'nothing'}")
