"""Ways of reading arms that stand without sizes: "randomised to A or B", "A with or without B", "A versus B"."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract.arms import ASSIGNING, FoundArm, arm_of, names_group
from pipeline.extract.phrases import CONTROL, OR, TRIAL, Phrase, closing, keys_in, phrase, phrase_back, phrase_forward
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Reading
from pipeline.extract.sentences import VERSUS


def alternatives(reading: Reading) -> Iterator[FoundArm]:
    """ "randomised to receive either A, B or C", "allocated to A versus B" """
    for i, word in enumerate(reading.lower):
        if ASSIGNING.fullmatch(word):
            start = _after_colon(reading, i + 1) or _after_verb(reading, i + 1)
            arms = list(_told_apart(reading, start, OR | {","})) if start is not None else []
            if len(arms) >= 2:
                yield from arms
                return
    for i, word in enumerate(reading.lower):
        if word in {"either", "receive", "received", "receiving", "between"}:
            arms = list(_told_apart(reading, i + 1, OR | {","} | ({"and"} if word == "between" else set())))
            if len(arms) >= 2:
                yield from arms
                return


_LEADING = frozenset(
    "to into in receive receiving either one of the following two three four a an : ( double-blind manner , treatment with "
    "treatments between daily once fashion and were randomly then ) randomized randomised".split()
)


def _after_verb(reading: Reading, i: int) -> int | None:
    """Where the alternatives begin behind "randomised": behind "to", "into", "between" and the like."""
    start = i
    while i < len(reading.doc) and (
        _leads(reading, i) or (i in reading.quantity and reading.quantity[i].kind in {"RATIO", "COUNT"})
    ):
        i += 1
    led = {"to", "into", "receive", "between", "either", ":"} & set(reading.lower[start:i])
    return i if led else None


def _after_colon(reading: Reading, i: int) -> int | None:
    """ "assigned to one of the following …: A, B or C": the list starts behind the colon"""
    colon = next((j for j in range(i, min(i + 25, len(reading.doc))) if reading.lower[j] == ":"), None)
    listed = colon is not None and {"following", "groups", "arms", "regimens", "treatments"} & set(
        reading.lower[i:colon]
    )
    return colon + 1 if colon is not None and listed else None


def _leads(reading: Reading, i: int) -> bool:
    names_next = (
        i + 1 < len(reading.doc)
        and reading.lower[i + 1] in GROUP_WORDS
        and reading.lower[i] not in {"two", "three", "four"}
    )
    return (
        reading.lower[i] in _LEADING | PEOPLE or reading.lower[i] in GROUP_WORDS - {"group", "arm"}
    ) and not names_next


def _told_apart(reading: Reading, start: int, separators: frozenset[str] | set[str]) -> Iterator[FoundArm]:
    """The alternatives from `start` on, parted by `separators` outside brackets."""
    first, i, depth = start, start, 0
    found: list[Phrase] = []
    seen_or = False
    while i <= len(reading.doc):
        word = reading.lower[i] if i < len(reading.doc) else "."
        depth += (word in {"(", "["}) - (word in {")", "]"})
        if depth < 0:
            break
        ends = word in {";", "."} or (depth == 0 and word in {"while", "whereas", "until"}) or i - first > 60
        if depth == 0 and (word in separators or ends):
            while first < i and reading.lower[first] in {"and", "either", "the", "a"}:
                first += 1
            p = phrase(reading, first, phrase_forward(reading, first, i))
            if p.speaks and p.last > p.first:
                found.append(p)
            seen_or = seen_or or word in OR
            first = i + 1
        if ends and depth <= 0:
            break
        i += 1
    yield from (
        arm_of(reading, p, None, (p.first, p.last)) for p in _joined(reading, found) if seen_or or "and" in separators
    )


def _joined(reading: Reading, found: list[Phrase]) -> list[Phrase]:
    """Parts that a list of drugs fell into are one alternative again ("A, B, and C or D, E, and F"); parts that name
    nothing are left out."""
    doses = [
        p for p in found if _own_dose(reading, p)
    ]  # "A 4 mg, 8 mg or placebo": a list, if the first has a dose too
    dosed = [p for p in doses[1:] if p.keys and all(k[0].isdigit() for k in p.keys)]
    told = [p for p in found if p.drugs or names_group(reading, p) or p.keys & (CONTROL | TRIAL) or p in dosed]
    merged: list[Phrase] = []
    for p in told:
        gap = reading.lower[merged[-1].last : p.first] if merged else []
        if (
            merged
            and not any(w in OR for w in gap)
            and "," in gap
            and not _own_dose(reading, merged[-1])
            and len(told) > 2
            and _later_or(reading, p)
        ):
            last = merged.pop()
            merged.append(Phrase(last.first, p.last, last.drugs | p.drugs, last.keys | p.keys))
        else:
            merged.append(p)
    return merged if len(merged) >= 2 else told


def _own_dose(reading: Reading, p: Phrase) -> bool:
    return any(
        i in reading.quantity and reading.quantity[i].kind in {"DOSE", "SIZE", "PERCENT"}
        for i in range(p.first, p.last)
    )


def _later_or(reading: Reading, p: Phrase) -> bool:
    """Another "or" follows the part, so that its comma parts drugs and not alternatives."""
    return any(w in OR for w in reading.lower[p.last : p.last + 40]) and reading.lower[p.last : p.last + 1] != ["or"]


def with_or_without(reading: Reading) -> Iterator[FoundArm]:
    """ "A with or without B", "A either without or with B", "A plus either B or placebo" """
    lower = reading.lower
    for i in range(1, len(lower) - 2):
        if set(lower[i : i + 3]) in ({"with", "or", "without"}, {"with", "and", "without"}):
            base = phrase(reading, phrase_back(reading, i - (lower[i - 1] == "either"), 0), i)
            added = phrase(reading, i + 3, phrase_forward(reading, i + 3, len(lower)))
            if base.drugs and added.drugs and not added.drugs <= base.drugs:
                base = Phrase(base.first, base.last, base.drugs - added.drugs, base.keys)
                yield arm_of(reading, base, None, (base.first, base.last))
                both = Phrase(base.first, added.last, base.drugs | added.drugs, base.keys | added.keys)
                yield arm_of(reading, both, None, (added.first, added.last))
                return


def or_not(reading: Reading) -> Iterator[FoundArm]:
    """ "randomised to receive (group II) or not (group I) A" """
    lower = reading.lower
    for i in range(1, len(lower) - 1):
        if lower[i : i + 2] == ["or", "not"]:
            end = closing(reading, i + 2) if lower[i + 2 : i + 3] == ["("] else None
            start = (end if end is not None else i + 1) + 1
            given = phrase(reading, start, phrase_forward(reading, start, len(lower)))
            first = phrase_back(reading, i, 0)
            if given.drugs:
                yield arm_of(
                    reading, Phrase(first, i, given.drugs, keys_in(reading, first, i)), None, (given.first, given.last)
                )
                yield arm_of(
                    reading,
                    Phrase(i + 1, start, frozenset(["observation"]), keys_in(reading, i + 2, start)),
                    None,
                    (i, start),
                )
                return


def compared(reading: Reading) -> Iterator[FoundArm]:
    """ "A versus B", "A compared with B", "comparing A with B" """
    for i, word in enumerate(reading.lower):
        with_ = word == "compared" and reading.lower[i + 1 : i + 2] in (["with"], ["to"])
        if word in VERSUS or with_:
            left = phrase(reading, phrase_back(reading, i, 0), i)
            start = i + 1 + with_
            right = phrase(reading, start, phrase_forward(reading, start, len(reading.doc)))
            if left.drugs and right.drugs and left.drugs != right.drugs:
                yield arm_of(reading, left, None, (left.first, left.last))
                yield arm_of(reading, right, None, (right.first, right.last))
                return
        if word in {"comparing", "compare", "compares", "compared"}:
            arms = list(_told_apart(reading, i + 1, OR | {"with", "and", "to"}))
            if len(arms) >= 2 and all(a.drugs for a in arms):
                yield from arms
                return
