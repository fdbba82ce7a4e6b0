"""Ways of reading arms with their sizes: "A (n = 46) or B (n = 45)", "51 were assigned to A and 48 to B", "106, 96 and 101
patients in arms A, B and C"."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract.arms import ALLOCATES, ASSIGNING, FoundArm, arm_of, names_group
from pipeline.extract.phrases import GIVEN, Phrase, bracket_around, closing, phrase, phrase_back, phrase_forward
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Reading

#: what may stand between a count and the name of the arm that it was assigned to
_BETWEEN = (
    frozenset(
        (
            "to in into on were was be been randomized randomised assigned allocated randomly received receiving receive given treated "
            "with the of these whom who a an for treatment started had underwent group arm patients subjects either them were"
        ).split()
    )
    | PEOPLE
)


def size_behind(reading: Reading) -> Iterator[FoundArm]:
    """ "A (n = 46) or B (n = 45)", "A (55) or B (59)", "(A, n = 203; B, n = 202)", "trial group, 69 patients, and …" """
    floor = 0
    for i in _sizes(reading):
        bracket = bracket_around(reading, i)
        inner_first = max(floor, bracket + 1) if bracket is not None else i
        inner = phrase(reading, inner_first, i)
        outer_last = bracket if bracket is not None else _given_before(reading, i - 1) or i
        own = bracket is None or floor <= bracket
        if own:
            outer = phrase(reading, phrase_back(reading, _before_comma(reading, outer_last), floor), outer_last)
            whole = Phrase(outer.first, outer.last, outer.drugs | inner.drugs, outer.keys | inner.keys)
            if inner.drugs and not outer.drugs and not names_group(reading, outer):
                whole = inner
        else:
            whole = inner
        floor = i + 1
        allocated = bracket is not None and any(ASSIGNING.fullmatch(w) for w in reading.lower)
        if whole.speaks and (whole.drugs or names_group(reading, whole) or whole is inner or inner.keys or allocated):
            yield arm_of(reading, whole, int(reading.quantity[i].value), (i, i + 1))


def _before_comma(reading: Reading, last: int) -> int:
    return last - 1 if last > 0 and reading.lower[last - 1] == "," else last


def _sizes(reading: Reading) -> list[int]:
    found = []
    for i, q in reading.quantity.items():
        before = reading.lower[i - 1] if i else ""
        after = reading.lower[i + 1] if i + 1 < len(reading.doc) else ""
        if (
            q.kind == "SIZE"
            or (q.kind == "COUNT" and before in {"(", "["} and after in {")", "]", "patients"})
            or (
                q.kind == "COUNT"
                and before == ","
                and after in PEOPLE
                and i > 1
                and reading.lower[i - 2] in GROUP_WORDS
            )
            or (q.kind == "COUNT" and before == "to" and _given_before(reading, i - 1))
        ):
            found.append(i)
    return found


def _given_before(reading: Reading, i: int) -> int:
    """ "A was given to 25 children and B to 25": where the treatment ends that stands just before "to", else 0"""
    if reading.lower[i] != "to" or ALLOCATES.search(" ".join(reading.lower[max(0, i - 2) : i])):
        return 0
    return next((m.last for m in reading.of("DRUG") if m.last in {i, i - 1, i - 2}), 0)


def count_before(reading: Reading) -> Iterator[FoundArm]:
    """ "56 patients received A and 58 B", "51 were assigned to A and 48 to B", "44 (43.6%) in group A and 57 (56.4%) in …" """
    counts = [i for i, q in reading.quantity.items() if q.kind == "COUNT" and q.value >= 2]
    anchored = [(i, start) for i in counts if (start := _name_behind(reading, i)) is not None]
    shares = [reading.quantity[i + 2].value for i, _ in anchored if _percent_behind(reading, i)]
    if len(shares) > 1 and abs(sum(shares) - 100) > 2:
        return  # "13 (50%) in A and 5 (21%) in B" counts an outcome
    verbs = any(w in GIVEN or w in GROUP_WORDS for w in reading.lower) or all(start == i + 1 for i, start in anchored)
    ends = [i for i, _ in anchored[1:]] + [len(reading.doc)]
    for (i, start), following in zip(anchored, ends, strict=False):
        p = phrase(reading, start, phrase_forward(reading, start, following))
        if p.last > start and verbs and (p.drugs or names_group(reading, p) or _short_name(reading, p)):
            yield arm_of(reading, p, int(reading.quantity[i].value), (i, i + 1))


def _percent_behind(reading: Reading, i: int) -> bool:
    q = reading.quantity.get(i + 2)
    return reading.lower[i + 1 : i + 2] == ["("] and q is not None and q.kind == "PERCENT"


def _short_name(reading: Reading, p: Phrase) -> bool:
    return p.last - p.first <= 2 and any(t.text.isupper() and len(t.text) > 1 for t in reading.doc[p.first : p.last])


def _name_behind(reading: Reading, i: int) -> int | None:
    """Where the name of the arm starts to which the count at token i was assigned."""
    j = i + 1
    if j < len(reading.doc) and reading.lower[j] == "(":
        end = closing(reading, j)
        j = end + 1 if end is not None else j
    told = False
    while j < len(reading.doc) and j - i < 14 and _between(reading, j):
        told = told or reading.lower[j] in GIVEN | {"to", "in", "into", "receive", "underwent", "had"}
        j += 1
    named = any(m.first == j for m in reading.of("DRUG")) or (
        j < len(reading.doc) and reading.doc[j].text.isupper() and len(reading.doc[j].text) > 1
    )
    return j if j < len(reading.doc) and (told or named) and j > i else None


def _between(reading: Reading, j: int) -> bool:
    names_next = j + 1 < len(reading.doc) and reading.lower[j + 1] in GROUP_WORDS
    return (reading.lower[j] in _BETWEEN or reading.lower[j] in {"oral", "intravenous"}) and not names_next


def listed(reading: Reading) -> Iterator[FoundArm]:
    """ "106, 96 and 101 patients in arms A, B and C (respectively)" """
    counts = [i for i, q in reading.quantity.items() if q.kind == "COUNT"]
    run = _longest_list(reading, counts)
    if len(run) < 2:
        return
    after = run[-1] + 1
    names = [p for p in _name_list(reading, after) if p.first > after]
    if len(names) == len(run) and all(w in _BETWEEN or w in GROUP_WORDS for w in reading.lower[after : names[0].first]):
        for i, p in zip(run, names, strict=True):
            yield arm_of(reading, p, int(reading.quantity[i].value), (i, i + 1))


def _longest_list(reading: Reading, at: list[int]) -> list[int]:
    """The longest run of tokens that only commas and "and" part."""
    runs: list[list[int]] = [[]]
    for i in at:
        gap = reading.lower[runs[-1][-1] + 1 : i] if runs[-1] else ["x"]
        if gap and all(w in {",", "and", "or"} for w in gap):
            runs[-1].append(i)
        else:
            runs.append([i])
    return max(runs, key=len)


def _name_list(reading: Reading, start: int) -> list[Phrase]:
    """Names parted by commas, "and", "or", from the first label or treatment behind `start`."""
    labels = [i for i in sorted(reading.labels) if i >= start]
    if len(labels) >= 2:
        return [phrase(reading, i, i + 1) for i in labels]
    drugs = [m for m in reading.of("DRUG") if m.first >= start]
    return [phrase(reading, m.first, m.last) for m in drugs]
