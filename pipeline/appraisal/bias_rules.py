"""From the judgements of a tool's items to the one of the whole, by the rule that the tool's authors published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.appraisal.bias_tools import Tool
from pipeline.config import ChecklistShares

NO_INFORMATION = "no information"
NOT_APPLICABLE = "not applicable"
#: place of "serious" in the scale of ROBINS-I
SERIOUS = 2


@dataclass(frozen=True)
class Verdict:
    """`value` is empty while it cannot be told, and `note` says why; `possible` is what it may still become. `least` is
    the worst of the items, where they have an order."""

    value: str
    possible: tuple[str, ...]
    least: str = ""
    note: str = ""


#: answers of the items judged, the tool, and the protocol's shares for checklists
Rule = Callable[[Mapping[str, str], Tool, ChecklistShares | None], Verdict]


def overall(answers: Mapping[str, str], tool: Tool, shares: ChecklistShares | None = None) -> Verdict:
    """The judgement of the whole by the tool's rule; `answers` lacks the items that are open."""
    return RULES[tool.rule](answers, tool, shares)


def worst(answers: Mapping[str, str], tool: Tool, shares: ChecklistShares | None = None) -> Verdict:
    """As bad as its worst domain (RoB 2: Cochrane Handbook, chapter 8; ROBINS-I: Sterne 2016).

    The worst answer of all decides whatever is open. "No information" counts where no domain is serious or critical.
    RoB 2 lets several domains with some concerns make a high risk where they together lower the confidence much, and
    ROBINS-I asks whether a domain without information is a key one: a reviewer's judgement, given as `overall`.
    """
    scale = [a for a in tool.answers if a != NO_INFORMATION]
    told = [a for a in answers.values() if a in scale]
    least = max(told, key=scale.index) if told else ""
    missing = _missing(answers, tool)
    possible = _possible(answers, tool, scale, scale.index(least or scale[0]), bool(missing))
    if len(possible) > 1:
        return Verdict("", possible, least, f"open: {missing}")
    value = possible[0]
    if value == NO_INFORMATION:
        return Verdict(value, possible, least, "judge overall if the domains without information are not key ones")
    return Verdict(value, possible, least, f"whatever {missing}" if missing else _several(told, scale))


def _possible(
    answers: Mapping[str, str], tool: Tool, scale: Sequence[str], worst: int, missing: bool
) -> tuple[str, ...]:
    """What the whole may become; without information it is nothing from the third place of the scale on."""
    blind = NO_INFORMATION in answers.values() and worst < SERIOUS
    if not missing:
        return (NO_INFORMATION,) if blind else (scale[worst],)
    unknown = (NO_INFORMATION,) if NO_INFORMATION in tool.answers and worst < SERIOUS else ()
    return (*scale[SERIOUS if blind else worst :], *unknown)


def _several(told: list[str], scale: list[str]) -> str:
    """Of a scale of three, domains in the middle may add up."""
    between = told.count(scale[1])
    if len(scale) == 3 and between > 1:
        return f"{between} domains with {scale[1]}: judge overall {scale[2]} if together they lower confidence much"
    return ""


def share_of_yes(answers: Mapping[str, str], tool: Tool, shares: ChecklistShares | None = None) -> Verdict:
    """A checklist has no published rule for the whole: only a reviewer's line, or shares that the protocol sets."""
    missing = _missing(answers, tool)
    if missing:
        return Verdict("", tool.overall, note=f"open: {missing}")
    applicable = [a for a in answers.values() if a != NOT_APPLICABLE]
    yes = applicable.count("yes")
    note = f"{yes} of {len(applicable)} applicable items are yes"
    if shares is None or not applicable:
        return Verdict(
            "",
            tool.overall,
            note=f"{note}; no rule for the whole is published: judge overall, or set risk_of_bias.checklist",
        )
    share = 100 * yes / len(applicable)
    value = "low" if share >= shares.low else "moderate" if share >= shares.moderate else "high"
    return Verdict(value, (value,), value, f"{note}; by risk_of_bias.checklist")


def _missing(answers: Mapping[str, str], tool: Tool) -> str:
    return ", ".join(item for item in tool.items if item not in answers)


RULES: dict[str, Rule] = {"worst": worst, "share of yes": share_of_yes}
