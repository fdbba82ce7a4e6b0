"""Words that name a treatment only where the text says that it was given: iron is measured and given, exercise is done
and prescribed, diuretics are what patients were on."""

from __future__ import annotations

import re

#: characters before and behind the word that are looked at
_NEAR = 60
_GIVEN_BEFORE = re.compile(
    r"(?:\b(?:receiv\w+|given|giving|treated (?:with|by)|treatment (?:with|by)|administ\w+(?: of)?|took|taking|supplement\w*(?: of| with)?"
    r"|randomi[sz]ed to|assigned to|allocated to|underwent|undergo\w*|perform\w*|efficacy of|effects? of|effectiveness of"
    r"|versus|vs\.?|compar\w+(?: of)?|adding|addition of|plus|either|trial of|prescribed|infusions? of|injections? of|doses? of"
    r"|oral|intravenous|inhaled|topical|vaginal|transdermal|intramuscular|subcutaneous|intralesional|adjunctive|daily|supervised)"
    r"\s(?:[\w-]+\s){0,2})$",
    re.IGNORECASE,
)
_GIVEN_BEHIND = re.compile(
    r"[\s-](?:supplement\w*|infusions?|injections?|tablets?|capsules?|gel|patch(?:es)?|cream|ointment|drops|group|arm|alone|plus|versus"
    r"|vs\.?|program(?:me)?|training|or placebo|and placebo|was (?:given|administered|performed|added|started)|were (?:given|performed)"
    r"|\(?\d[\d.,]*\s?(?:mg|g|IU|units|mcg|µg|μg|ml|mL|Gy|L/min)\b)",
    re.IGNORECASE,
)
#: behind it, what is measured or wrong rather than given
_NOT_GIVEN = re.compile(
    r"[\s-](?:levels?|concentrations?|deficien\w+|status|resistan\w+|resistant|sensitiv\w+|tolerance|stores?|overload|absorption|requirements?"
    r"|dependen\w+|use\b|users?|receptors?|saturation|metabolism|uptake|clearance|secretion|withdrawal|naive|free\b|refractory)",
    re.IGNORECASE,
)


#: a title that starts with it: "Zinc for the common cold", "Exercise versus …"
_HEADS_TITLE = re.compile(r"\s(?:for|in|versus|vs\.?|as|or|and|plus)\s", re.IGNORECASE)
_MEASURED = re.compile(r"\b(?:serum|plasma|blood|urinary|tissue|fasting|endogenous)\s$", re.IGNORECASE)


#: in the name itself: how it is given
_FORM = re.compile(
    r"\b(?:patch(?:es)?|gum|lozenges?|spray|inhaler|supplementation|therapy|treatment|oral|intravenous|vaginal|inhaled|transdermal"
    r"|injection|infusion|intramuscular|topical|surgery|program(?:me)?)\b"
)


def tells_itself(name: str) -> bool:
    """Whether a name says how the treatment is given: "nicotine patch", "oral iron"."""
    return _FORM.search(name) is not None


def as_treatment(text: str, start: int, end: int) -> bool:
    """Whether the word in characters [start, end) is told of as given."""
    before, behind = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    if _NOT_GIVEN.match(behind) or _MEASURED.search(before):
        return False
    heads = not before or before.endswith("\n")
    return bool(_GIVEN_BEHIND.match(behind) or _GIVEN_BEFORE.search(before) or (heads and _HEADS_TITLE.match(behind)))
