"""What changed, in sentences: for release.json, the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.released import CAUSES, Cause, Estimate, OutcomeChange, SettingChange, Since, Step

#: characters of a setting that are shown
_LONGEST_VALUE = 60
_NOT_SET = "not set"
#: JSON of a setting that has no value
_NOTHING = {"null": _NOT_SET, "[]": "none"}
NO_SHIFT = "±0.0"


def sentences(since: Since) -> list[str]:
    """Changes in methods, then in studies and results."""
    return [*_methods(since), *_studies(since), *map(outcome_sentence, since.outcomes)]


def _methods(since: Since) -> Iterator[str]:
    packages = [f"{c.what} {c.before} → {c.after}" for c in since.software if c.before]
    stages = [c.what for c in since.software if not c.before]
    if packages:
        yield f"Software: {', '.join(packages)}."
    if stages:
        yield f"The code of {listed(stages)} changed."
    yield from map(setting_sentence, since.settings)


def setting_sentence(change: SettingChange) -> str:
    """As "analysis.method: REML → PM."; what is long, or a file, only changed."""
    before, after = (_NOTHING.get(value, value.strip('"')) for value in (change.before, change.after))
    if max(len(before), len(after)) > _LONGEST_VALUE or not (before or after):
        return f"{change.key} changed."
    return f"{change.key}: {before or _NOT_SET} → {after or _NOT_SET}."


def _studies(since: Since) -> Iterator[str]:
    turned = {turn: [s for s in since.studies if s.change == turn] for turn in ("in", "out", "numbers")}
    for turn, words in (("in", "came in"), ("out", "went out"), ("numbers", "has other numbers")):
        for s in turned[turn]:
            why = f": {s.reason}" if s.reason else ""
            yield f"{s.label} {words}{why} ({because(s.causes)})."
    count = len(since.lines)
    if count:
        yield f"{count} {'line' if count == 1 else 'lines'} of reviewers new, changed or withdrawn."


def outcome_sentence(change: OutcomeChange) -> str:
    """As "Overall response: 68.2 % (51.3–81.4) → 70.1 % (54.0–82.5): new records +1.9." """
    steps = "; ".join(step_words(s) for s in shown_steps(change))
    results = f"{change.label}: {estimate_words(change.before)} → {estimate_words(change.after)}"
    return f"{results}: {steps}." if steps else f"{results}."


def estimate_words(e: Estimate | None) -> str:
    if e is None:
        return "nothing pooled"
    interval = "" if e.ci is None else f" ({100 * e.ci[0]:.1f}–{100 * e.ci[1]:.1f})"
    return f"{100 * e.proportion:.1f} %{interval}, k = {e.k}"


def shown_steps(change: OutcomeChange) -> list[Step]:
    """Those that are more than rounding."""
    return [s for s in change.steps if s.arms or s.shift is None or signed_points(s.shift) != NO_SHIFT]


def step_words(step: Step) -> str:
    moved = "" if step.shift is None else f" {signed_points(step.shift)}"
    return f"{because(step.why)}{moved}"


def signed_points(shift: float) -> str:
    """As +1.9 or −0.3, in percentage points."""
    text = f"{100 * shift:+.1f}"
    return NO_SHIFT if text in ("+0.0", "-0.0") else text.replace("-", "−")


def because(causes: list[Cause]) -> str:
    return listed([CAUSES[cause] for cause in causes]) or CAUSES["unknown"]


def listed(words: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
