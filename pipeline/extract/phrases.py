"""Phrases that can name an arm: what they name (treatments) and the words that tell them apart (labels, doses, roles)."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Reading
from pipeline.extract.sentences import VERSUS
from pipeline.extract.vocabulary.classes import without_classes

GIVEN = frozenset(
    "received receiving receive given treated assigned allocated randomized randomised on took taking administered".split()
)
OR = VERSUS | {"or"}
COMBINED = frozenset(["combination", "combined", "adjunctive", "augmentation", "add-on", "addition", "dual", "both"])
ALONE = frozenset(["monotherapy", "alone", "only", "single-agent"])
CONTROL = frozenset(["control", "controls", "placebo", "conventional", "comparator", "sham", "nihil", "untreated"])
TRIAL = frozenset("experimental treatment trial test intervention study treated active therapy observation".split())

_CODE = re.compile(r"[a-z]{2,4}[ -]?\d{3}")
CLASSES = frozenset(["chemotherapy", "antibiotic"])

#: words that tell nothing of an arm
STOPS = frozenset(
    (
        "the in of to for with than a an both each two three four between and or from by on was were had "
        "while whereas among per this that other same our all these those , ; ( ) [ ] : . - – / + = % either into receive at "
        "as is are be been either one following either were patients' who which after before during according then "
        "therapy treatment treatments treated every once twice daily day days week weeks month months dose doses using use "
        "compared comparison respectively standard mg only alone monotherapy plus either course courses cycle cycles"
    ).split()
) | VERSUS  # fmt: skip
_TELLS_NOTHING = STOPS | PEOPLE | GROUP_WORDS | GIVEN


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens [first, last) of a sentence, with the treatments that they name and the words that tell them apart."""

    first: int
    last: int
    drugs: frozenset[str]
    keys: frozenset[str]

    @property
    def speaks(self) -> bool:
        """Whether it can name an arm at all."""
        return bool(self.drugs or self.keys)


def phrase(reading: Reading, first: int, last: int) -> Phrase:
    """The phrase in tokens [first, last); brackets inside add their treatments, but no keys beyond their labels."""
    drugs = specific(drugs_in(reading, first, last))
    return Phrase(first, last, drugs, keys_in(reading, first, last))


def drugs_in(reading: Reading, first: int, last: int) -> frozenset[str]:
    inside = [m for m in reading.given if first <= m.first and m.last <= last]
    found = [
        frozenset(["observation"]) if m.first > first and reading.lower[m.first - 1] == "no" else m.names
        for m in inside
    ]
    return frozenset().union(*found)


def specific(drugs: frozenset[str]) -> frozenset[str]:
    """Without the words for a class that stand beside the substances meant: "chemotherapy with A and B" is A and B."""
    drugs = without_classes(drugs)
    named = frozenset(d for d in drugs if d not in CLASSES and not _CODE.match(d))
    return named if len(named) >= 2 else drugs


def keys_in(reading: Reading, first: int, last: int) -> frozenset[str]:
    """Lower-case words, doses and group labels ("#a" for "group A") of tokens [first, last)."""
    labels = reading.labels
    found = set()
    skipped = _long_brackets(reading, first, last)
    for i in range(first, last):
        if i in skipped:
            continue
        word = reading.lower[i]
        q = reading.quantity.get(i)
        if i in labels:
            found.add(labels[i])
        elif word == "untreated" and reading.lower[max(0, i - 1) : i] == ["previously"]:
            continue  # tells the disease, not a group without treatment
        elif word in TRIAL and reading.lower[i + 1 : i + 2] and reading.lower[i + 1] in GROUP_WORDS:
            found.add(word)
        elif q is not None:
            key = quantity_key(q.kind, word)
            if key:
                found.add(key)
        elif word not in _TELLS_NOTHING and any(c.isalnum() for c in word):
            found.add(word)
    return frozenset(found)


def quantity_key(kind: str, word: str) -> str | None:
    """How a dose or duration tells an arm: a dose by its number ("0.25" of "0.25 mg"), for lists print the unit once."""
    if kind == "DOSE":
        number = re.match(r"[\d.,–-]+", word)
        return number.group().rstrip(".,-–") if number else None
    return re.sub(r"[\s-]+", "", word) if kind in {"DURATION", "DURATION_WORDS", "YEAR", "THRESHOLD"} else None


def _long_brackets(reading: Reading, first: int, last: int) -> set[int]:
    """Tokens in brackets that hold more than a label: doses, results."""
    found: set[int] = set()
    for i in range(first, last):
        end = closing(reading, i) if reading.lower[i] in {"(", "["} else None
        if end is not None and end - i > 5:
            found |= set(range(i, end + 1))
    return found


def phrase_back(reading: Reading, last: int, floor: int) -> int:
    """First token of the phrase that ends before `last`; it does not reach back beyond `floor`."""
    first = last
    while first > floor and last - first < 28:
        i = first - 1
        word = reading.lower[i]
        if word in {")", "]"}:
            opening = _opening(reading, i)
            if opening is None or opening < floor:
                break
            first = opening
            continue
        if _ends_phrase(reading, i, first, last):
            break
        first = i
    while first < last and reading.lower[first] in {",", "and", "the", "a", "an", "or", "either"}:
        first += 1
    return first


#: words before which a phrase that is read backwards starts
_BACKWARD_STOPS = (
    OR | PEOPLE | (GIVEN - {"on"})
    | frozenset("; : ( [ to into either than were was while whereas receive".split())
)  # fmt: skip


def _ends_phrase(reading: Reading, i: int, first: int, last: int) -> bool:
    """Whether token i stands outside the phrase [first, last) behind it."""
    word = reading.lower[i]
    if word in _BACKWARD_STOPS or _is_quantity(reading, i, {"COUNT", "SIZE", "WHOLE"}):
        return True
    if word == "of":  # "5 days of A" goes on
        return not _is_quantity(reading, i - 1, {"DURATION", "DURATION_WORDS"})
    if word in {",", "and"}:
        inside = phrase(reading, first, last)
        before = _without_dose(reading, i)
        drug_before = any(m.last in {before, before - 1} for m in reading.of("DRUG"))
        return inside.speaks and not (inside.drugs and drug_before)
    return False


def _without_dose(reading: Reading, i: int) -> int:
    """The token behind the name that ends before token i, past brackets and a length of treatment: "A (5 mg) for 7 days" """
    while i > 1:
        opening = _opening(reading, i - 1) if reading.lower[i - 1] == ")" else None
        if opening is not None:
            i = opening
        elif _is_quantity(reading, i - 1, {"DURATION", "DURATION_WORDS"}) and reading.lower[i - 2] == "for":
            i -= 2
        else:
            break
    return i


def _is_quantity(reading: Reading, i: int, kinds: Set[str]) -> bool:
    return i in reading.quantity and reading.quantity[i].kind in kinds


def _opening(reading: Reading, close: int) -> int | None:
    depth = 0
    for i in range(close, max(-1, close - 60), -1):
        depth += (reading.lower[i] in {")", "]"}) - (reading.lower[i] in {"(", "["})
        if depth == 0:
            return i
    return None


def closing(reading: Reading, opening: int) -> int | None:
    """Token of the bracket that closes the one at `opening`."""
    depth = 0
    for i in range(opening, min(len(reading.doc), opening + 120)):
        depth += (reading.lower[i] in {"(", "["}) - (reading.lower[i] in {")", "]"})
        if depth == 0:
            return i
    return None


def bracket_around(reading: Reading, i: int) -> int | None:
    """The open bracket in which token i stands."""
    depth = 0
    for j in range(i - 1, max(-1, i - 60), -1):
        if reading.lower[j] in {")", "]"}:
            depth += 1
        elif reading.lower[j] in {"(", "["}:
            if depth == 0:
                return j
            depth -= 1
    return None


#: words before which a phrase that is read forwards ends
_FORWARD_STOPS = OR | frozenset(
    "; : . while whereas but although were was is are for after before until who which achieved showed had completed at "
    "during when from as between".split()
)  # fmt: skip


def phrase_forward(reading: Reading, first: int, ceiling: int) -> int:
    """Token behind the phrase that starts at `first`: up to a verb, "or", a new count, at most `ceiling`."""
    last = first
    while last < ceiling and last - first < 40:
        passed = _passed(reading, last, ceiling)
        if passed is not None:
            last = passed
            continue
        if _stops(reading, last):
            break
        last += 1
        if last > first + 1 and _ends_with_group(reading, last):
            break
    while last > first and reading.lower[last - 1] in {",", "and", "the", "in", "with"}:
        last -= 1
    return last


def _passed(reading: Reading, i: int, ceiling: int) -> int | None:
    """The token behind what is passed over as a whole at token i: brackets, "for 5 days" where the regimen goes on."""
    word = reading.lower[i]
    if word in {"(", "["}:
        end = closing(reading, i)
        return ceiling if end is None or end >= ceiling else end + 1
    return _followed_by(reading, i) if word in {"for", "during"} else None


def _followed_by(reading: Reading, i: int) -> int | None:
    """ "for 5 days followed by …", "for the first 5 days, then …": the token where the regimen goes on"""
    for j in range(i + 1, min(i + 7, len(reading.doc) - 1)):
        if reading.lower[j] == "followed" or (reading.lower[j] == "then" and reading.lower[j - 1] == ","):
            return j
    return None


def _stops(reading: Reading, i: int) -> bool:
    word = reading.lower[i]
    if word in _FORWARD_STOPS or _is_quantity(reading, i, {"COUNT", "SIZE", "PERCENT", "FRACTION"}):
        return True
    return word in {",", "and"} and not _goes_on(reading, i) and not _dose_behind(reading, i)


def _dose_behind(reading: Reading, i: int) -> bool:
    """ "omeprazole, 20 mg once daily" """
    return _is_quantity(reading, i + 1, {"DOSE"}) and any(m.last == i for m in reading.of("DRUG"))


def _ends_with_group(reading: Reading, last: int) -> bool:
    """ "the A group" ends there; "group B", "group (B)" go on."""
    word_is_group = reading.lower[last - 1] in GROUP_WORDS
    return word_is_group and last not in reading.labels and reading.lower[last : last + 1] != ["("]


#: what may stand between the "and" of a regimen and its next drug
_BEFORE_DRUG = frozenset(["and", "the", "a", ",", "high-dose", "low-dose", "oral", "then"])


def _goes_on(reading: Reading, i: int) -> bool:
    """Whether a comma or "and" stays within the phrase: between two drugs of one regimen."""
    after = i + 1
    while after < len(reading.doc) and reading.lower[after] in _BEFORE_DRUG:
        after += 1
    drugs = reading.of("DRUG")
    last = _without_dose(reading, i)
    return any(m.first < last <= m.last + 4 for m in drugs) and any(m.first == after for m in drugs)
