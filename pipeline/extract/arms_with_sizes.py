"""Ways of reading arms with their sizes: "A (n = 46) or B (n = 45)", "51 were assigned to A and 48 to B", "106, 96 and 101
patients in arms A, B and C"."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract.arms import ALLOCATES, ASSIGNING, FoundArm, arm_of, names_group
from pipeline.extract.phrases import (
    GIVEN,
    Phrase,
    bracket_around,
    closing,
    drugs_in,
    phrase,
    phrase_back,
    phrase_forward,
)
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, UNITS, Reading
from pipeline.extract.tokens import Token

#: what may stand between a count and the name of the arm that it was assigned to
_BETWEEN = (
    frozenset(
        (
            "to in into on were was be been randomized randomised assigned allocated randomly received receiving receive "
            "given treated with the of these whom who a an for treatment started had underwent group arm either them"
        ).split()
    )
    | PEOPLE
    | UNITS
)
#: of these, the words that say that it was assigned
_ASSIGNED_TO = GIVEN | {"to", "in", "into", "receive", "underwent", "had"}
_ROUTES = frozenset(["oral", "intravenous"])
#: words before a count that is not an arm's, but that of the patients who were parted into arms
_WHOLE = frozenset(["of", "among", "from"])


# ---- a size behind the name ------------------------------------------------------------------------------------------


def size_behind(reading: Reading) -> Iterator[FoundArm]:
    """ "A (n = 46) or B (n = 45)", "A (55) or B (59)", "(A, n = 203; B, n = 202)", "trial group, 69 patients, and …" """
    floor = 0
    for i in _sizes(reading):
        bracket = bracket_around(reading, i)
        name = _before_size(reading, i, floor) if bracket is None else _at_bracket(reading, i, bracket, floor)
        if name is not None:
            yield arm_of(reading, name, int(reading.quantity[i].value), (i, i + 1))
        floor = i + 1


def _sizes(reading: Reading) -> list[int]:
    """The tokens that are the size of what is named before them."""
    quantities = reading.quantity.items()
    return [i for i, q in quantities if q.kind == "SIZE" or (q.kind == "COUNT" and _size_by_place(reading, i))]


def _size_by_place(reading: Reading, i: int) -> bool:
    """ "A (55)", "the A group, 69 patients", "A was given to 25" """
    if i == 0:
        return False
    before, behind = reading.lower[i - 1], reading.lower[i + 1 : i + 2]
    if before in {"(", "["}:
        return not {")", "]", ";"}.isdisjoint(behind) or _counts_units(reading, i)
    if before == ",":
        return i > 1 and reading.lower[i - 2] in GROUP_WORDS and not PEOPLE.isdisjoint(behind)
    return _given_before(reading, i - 1) is not None


def _counts_units(reading: Reading, i: int) -> bool:
    """ "(55 patients, …", "(46 teeth)" """
    return reading.lower[i + 1 : i + 2] == ["patients"] or (
        not (PEOPLE | UNITS).isdisjoint(reading.lower[i + 1 : i + 2])
        and not {")", "]", ";"}.isdisjoint(reading.lower[i + 2 : i + 3])
    )


def _given_before(reading: Reading, i: int) -> int | None:
    """ "A was given to 25 children and B to 25": where the treatment ends that stands just before "to" """
    if reading.lower[i] != "to" or ALLOCATES.search(" ".join(reading.lower[max(0, i - 2) : i])):
        return None
    return next((m.last for m in reading.of("DRUG") if m.last in {i, i - 1, i - 2}), None)


def _before_size(reading: Reading, i: int, floor: int) -> Phrase | None:
    """The name, behind token `floor`, before the size at token i that stands in no bracket."""
    given = _given_before(reading, i - 1)
    name = _name_before(reading, i if given is None else given, floor)
    return name if name.speaks and (name.drugs or names_group(reading, name)) else None


def _at_bracket(reading: Reading, i: int, bracket: int, floor: int) -> Phrase | None:
    """The name before the bracket in which the size at token i stands, or within it, or both."""
    inner = phrase(reading, max(floor, bracket + 1), i)
    if bracket < floor:
        return inner if inner.speaks else None
    outer = _name_before(reading, bracket, floor)
    if inner.drugs and not outer.drugs and not names_group(reading, outer):
        return inner
    drugs = _explained_behind(reading, i) or outer.drugs | inner.drugs
    both = Phrase(outer.first, outer.last, drugs, outer.keys | inner.keys)
    named = both.drugs or inner.keys or names_group(reading, both) or _assigns(reading) or only_dosed(both)
    return both if both.speaks and named else None


def _explained_behind(reading: Reading, i: int) -> frozenset[str]:
    """ "a newer agent (93; B in 60 and C in 33)": the treatments of which the sizes' bracket goes on to speak"""
    end = closing(reading, i - 1) if reading.lower[i + 1 : i + 2] == [";"] and reading.lower[i - 1] == "(" else None
    return drugs_in(reading, i, end) if end is not None else frozenset()


def only_dosed(p: Phrase) -> bool:
    """ "400 mg once daily (n = 7)": a dose alone names the arm"""
    return any(k[0].isdigit() for k in p.keys)


def _name_before(reading: Reading, last: int, floor: int) -> Phrase:
    """The phrase that ends before token `last`; a comma at its end does not part it from its size."""
    comma = last > 0 and reading.lower[last - 1] == ","
    return phrase(reading, phrase_back(reading, last - comma, floor), last)


def _assigns(reading: Reading) -> bool:
    return any(ASSIGNING.fullmatch(word) or word == "randomly" for word in reading.lower)


# ---- a count before the name -----------------------------------------------------------------------------------------


def count_before(reading: Reading) -> Iterator[FoundArm]:
    """ "56 patients received A and 58 B", "51 were assigned to A and 48 to B", "44 (43.6%) in group A and 57 (56.4%) in …" """
    counts = [i for i, q in reading.quantity.items() if q.kind == "COUNT" and q.value >= 2 and not _whole(reading, i)]
    anchored = [(i, start) for i in counts if (start := _name_behind(reading, i)) is not None]
    if not anchored or not _assigned(reading, anchored) or _of_outcome(reading, anchored):
        return
    assigns = _assigns(reading)
    ends = [*(i for i, _ in anchored[1:]), len(reading.doc)]
    for (i, start), end in zip(anchored, ends, strict=True):
        p = phrase(reading, start, phrase_forward(reading, start, end))
        named = p.drugs or names_group(reading, p) or _short_name(reading, p) or (assigns and p.speaks)
        if p.last > start and named:
            yield arm_of(reading, p, int(reading.quantity[i].value), (i, i + 1))


def _whole(reading: Reading, i: int) -> bool:
    """ "of 402 patients", "among the 90 patients": those of whom the arms are taken"""
    before = reading.lower[max(0, i - 2) : i]
    return bool(before) and (before[-1] in _WHOLE or (before[0] in _WHOLE and before[-1] in {"the", "these", "all"}))


def _assigned(reading: Reading, anchored: list[tuple[int, int]]) -> bool:
    """The sentence speaks of groups or of what was given, or each name stands right behind its count."""
    return any(w in GIVEN or w in GROUP_WORDS for w in reading.lower) or all(start == i + 1 for i, start in anchored)


def _of_outcome(reading: Reading, anchored: list[tuple[int, int]]) -> bool:
    """An outcome was seen in those counted, or their percentages do not add up to 100: "13 (50%) in A and 5 (21%) in B"."""
    first = anchored[0][0]
    if reading.lower[first - 1 : first] == ["in"] and any(m.last < first for m in reading.of("OUTCOME")):
        return True
    shares = [reading.quantity[i + 2].value for i, _ in anchored if _percent_behind(reading, i)]
    return len(shares) > 1 and abs(sum(shares) - 100) > 2


def _percent_behind(reading: Reading, i: int) -> bool:
    q = reading.quantity.get(i + 2)
    return reading.lower[i + 1 : i + 2] == ["("] and q is not None and q.kind == "PERCENT"


def _short_name(reading: Reading, p: Phrase) -> bool:
    return p.last - p.first <= 2 and any(_capitals(t) for t in reading.doc[p.first : p.last])


def _capitals(token: Token) -> bool:
    return token.text.isupper() and len(token.text) > 1


def _name_behind(reading: Reading, i: int) -> int | None:
    """Where the name of the arm starts to which the count at token i was assigned."""
    j = i + 1
    if reading.lower[j : j + 1] == ["("]:
        end = closing(reading, j)
        j = end + 1 if end is not None else j
    told = False
    while j < len(reading.doc) and j - i < 14 and _between(reading, j):
        told = told or reading.lower[j] in _ASSIGNED_TO
        j += 1
    if j == len(reading.doc):
        return None
    return j if told or _capitals(reading.doc[j]) or any(m.first == j for m in reading.of("DRUG")) else None


def _between(reading: Reading, j: int) -> bool:
    names_next = not GROUP_WORDS.isdisjoint(reading.lower[j + 1 : j + 2])
    return (reading.lower[j] in _BETWEEN or reading.lower[j] in _ROUTES) and not names_next


# ---- a list of counts before a list of names -------------------------------------------------------------------------


def listed(reading: Reading) -> Iterator[FoundArm]:
    """ "106, 96 and 101 patients in arms A, B and C (respectively)" """
    run = _longest_list(reading, [i for i, q in reading.quantity.items() if q.kind == "COUNT"])
    if len(run) < 2:
        return
    after = run[-1] + 1
    names = [p for p in _name_list(reading, after) if p.first > after]
    if len(names) == len(run) and all(w in _BETWEEN or w in GROUP_WORDS for w in reading.lower[after : names[0].first]):
        for i, p in zip(run, names, strict=True):
            yield arm_of(reading, p, int(reading.quantity[i].value), (i, i + 1))


def _longest_list(reading: Reading, at: list[int]) -> list[int]:
    """The longest run of tokens that only commas, "and" and "or" part."""
    runs: list[list[int]] = []
    for i in at:
        gap = reading.lower[runs[-1][-1] + 1 : i] if runs else []
        if gap and all(w in {",", "and", "or"} for w in gap):
            runs[-1].append(i)
        else:
            runs.append([i])
    return max(runs, key=len, default=[])


def _name_list(reading: Reading, start: int) -> list[Phrase]:
    """The labels of groups from token `start` on; where there are none, the treatments."""
    labels = [i for i in reading.labels if i >= start]
    if len(labels) >= 2:
        return [phrase(reading, i, i + 1) for i in labels]
    return [phrase(reading, m.first, m.last) for m in reading.of("DRUG") if m.first >= start]
