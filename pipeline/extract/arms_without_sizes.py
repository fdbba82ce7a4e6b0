"""Ways of reading arms that stand without sizes: "randomised to A or B", "A with or without B", "A versus B"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from pipeline.extract.arms import ALLOCATES, ASSIGNING, FoundArm, arm_of, names_group
from pipeline.extract.arms_completed import DEGREES, with_ellipsis
from pipeline.extract.phrases import CONTROL, OR, TRIAL, Phrase, closing, keys_in, phrase, phrase_back, phrase_forward
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Reading
from pipeline.extract.sentences import VERSUS

#: what may stand between "randomised" and the first alternative
_LEADING = (
    frozenset(
        "to into in receive receiving either one of the following two three four a an : ( double-blind manner , treatment with "
        "treatments between daily once fashion and were randomly then ) randomized randomised".split()
    )
    | PEOPLE
    | (GROUP_WORDS - {"group", "arm"})
)
#: of these, the words behind which alternatives begin
_LEADS_TO = frozenset(["to", "into", "receive", "between", "either", ":"])
_COMPARING = frozenset(["comparing", "compare", "compares", "compared"])
#: what ends a list of alternatives
_ENDING = frozenset([";", ".", "while", "whereas", "until"])
#: "A with or without B" names two arms
_EITHER = re.compile(r"\b(?:either )?(?:with (?:or|and) without|without (?:or|and) with)\b")
#: tokens of one alternative; what is longer is none
_LONGEST = 60


# ---- alternatives that patients were assigned to -----------------------------------------------------------------------


def alternatives(reading: Reading) -> Iterator[FoundArm]:
    """ "randomised to receive either A, B or C", "allocated to A versus B" """
    lists = chain(_assigned(reading), _received(reading))
    yield from next((arms for arms in lists if len(arms) >= 2), [])


def _assigned(reading: Reading) -> Iterator[list[FoundArm]]:
    for i, word in enumerate(reading.lower):
        if ASSIGNING.fullmatch(word):
            start = _after_colon(reading, i + 1) or _after_verb(reading, i + 1)
            if start is not None:
                yield _parted(reading, start, OR | {";"}) if ";" in reading.lower[start:] else []
                yield _parted(reading, start, OR | {","})


def _received(reading: Reading) -> Iterator[list[FoundArm]]:
    for i, word in enumerate(reading.lower):
        if word in {"either", "receive", "received", "receiving"}:
            yield _parted(reading, i + 1, OR | {","})
        elif word == "between":
            yield _parted(reading, i + 1, OR | {",", "and"})


def _after_verb(reading: Reading, start: int) -> int | None:
    """Where the alternatives begin behind "randomised": behind "to", "into", "between" and the like."""
    i = start
    while i < len(reading.doc) and (_leads(reading, i) or _counts(reading, i)):
        i += 1
    return None if _LEADS_TO.isdisjoint(reading.lower[start:i]) else i


def _leads(reading: Reading, i: int) -> bool:
    """A word before the alternatives, not the name of a group: "to three groups", but "to the control group"."""
    word = reading.lower[i]
    names_next = word not in {"two", "three", "four"} and not GROUP_WORDS.isdisjoint(reading.lower[i + 1 : i + 2])
    return word in _LEADING and not names_next


def _counts(reading: Reading, i: int) -> bool:
    return i in reading.quantity and reading.quantity[i].kind in {"RATIO", "COUNT"}


def _after_colon(reading: Reading, i: int) -> int | None:
    """ "assigned to one of the following …: A, B or C": the list starts behind the colon"""
    ahead = reading.lower[i : i + 25]
    before = ahead[: ahead.index(":")] if ":" in ahead else []
    announced = not {"following", "groups", "arms", "regimens", "treatments"}.isdisjoint(before)
    return i + len(before) + 1 if announced else None


# ---- what stands on both sides of a word -------------------------------------------------------------------------------


def either_side(reading: Reading) -> Iterator[FoundArm]:
    """ "A versus B", "A compared with B", "comparing A with B" """
    yield from next((arms for arms in _comparisons(reading) if arms), [])


def _comparisons(reading: Reading) -> Iterator[list[FoundArm]]:
    for i, word in enumerate(reading.lower):
        compared_with = word == "compared" and reading.lower[i + 1 : i + 2] in (["with"], ["to"])
        if word in VERSUS or compared_with:
            yield _sides(reading, i, i + 1 + compared_with)
        if word in _COMPARING:
            for separators in ({",", "and"}, {";", "and"}, {"with", "and", "to"}):
                arms = _parted(reading, i + 1, OR | separators)
                least = 2 if "with" in separators else 3
                yield arms if len(arms) >= least and all(a.drugs for a in with_ellipsis(arms)) else []
        if word == "or" and ALLOCATES.search(" ".join(reading.lower)):
            yield _sides(reading, i, i + 1)


def _sides(reading: Reading, last: int, start: int) -> list[FoundArm]:
    """Different treatments that are named before token `last` and from token `start` on."""
    left = phrase(reading, phrase_back(reading, last, 0), last)
    right = phrase(reading, start, phrase_forward(reading, start, len(reading.doc)))
    differ = left.drugs and right.drugs and left.drugs != right.drugs
    return [arm_of(reading, p, None, (p.first, p.last)) for p in (left, right)] if differ else []


def with_or_without(reading: Reading) -> Iterator[FoundArm]:
    """ "A with or without B", "A either without or with B" """
    lower = reading.lower
    for i in range(1, len(lower) - 2) if "without" in lower else ():
        if set(lower[i : i + 3]) in ({"with", "or", "without"}, {"with", "and", "without"}):
            base = phrase(reading, phrase_back(reading, i - (lower[i - 1] == "either"), 0), i)
            added = phrase(reading, i + 3, phrase_forward(reading, i + 3, len(lower)))
            if base.drugs and added.drugs and not added.drugs <= base.drugs:
                alone = Phrase(base.first, base.last, base.drugs - added.drugs, base.keys)
                yield arm_of(reading, alone, None, (base.first, base.last))
                both = arm_of(reading, _together(base, added), None, (added.first, added.last))
                yield replace(both, label=_EITHER.sub("with", both.label))
                return


def or_not(reading: Reading) -> Iterator[FoundArm]:
    """ "randomised to receive (group II) or not (group I) A" """
    lower = reading.lower
    for i in range(1, len(lower) - 1) if "not" in lower else ():
        if lower[i : i + 2] == ["or", "not"]:
            label = closing(reading, i + 2) if lower[i + 2 : i + 3] == ["("] else None
            start = i + 2 if label is None else label + 1
            given = phrase(reading, start, phrase_forward(reading, start, len(lower)))
            if given.drugs:
                first = phrase_back(reading, i, 0)
                treated = Phrase(first, i, given.drugs, keys_in(reading, first, i))
                observed = Phrase(i + 1, start, frozenset(["observation"]), keys_in(reading, i + 2, start))
                yield arm_of(reading, treated, None, (given.first, given.last))
                yield arm_of(reading, observed, None, (i, start))
                return


# ---- a list cut into its alternatives ----------------------------------------------------------------------------------


def _parted(reading: Reading, start: int, separators: frozenset[str]) -> list[FoundArm]:
    """The alternatives from token `start` on; none where no "or" parts them, unless "and" may."""
    pieces = list(_pieces(reading, start, separators))
    if "and" not in separators and not any(w in OR for _, end in pieces for w in reading.lower[end : end + 1]):
        return []
    phrases = [p for first, end in pieces if (p := _named_in(reading, first, end)).speaks]
    return [arm_of(reading, p, None, (p.first, p.last)) for p in _alternatives(reading, phrases)]


def _pieces(reading: Reading, start: int, separators: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Tokens [first, end) between `separators` outside brackets, up to the end of the clause."""
    first, depth = start, 0
    for i, word in enumerate([*reading.lower[start:], "."], start):
        depth += (word in {"(", "["}) - (word in {")", "]"})
        if depth < 0:
            return
        ends = (word in _ENDING and word not in separators) or i - first > _LONGEST
        if depth == 0 and (ends or word in separators):
            yield first, i
            first = i + 1
            if ends:
                return


def _named_in(reading: Reading, first: int, end: int) -> Phrase:
    while first < end and reading.lower[first] in {"and", "either", "the", "a"}:
        first += 1
    return phrase(reading, first, phrase_forward(reading, first, end))


def _alternatives(reading: Reading, phrases: list[Phrase]) -> list[Phrase]:
    """Parts that a list of drugs fell into are one alternative again ("A, B, and C or D, E, and F"); parts that name
    nothing are left out."""
    told = _telling(reading, phrases)
    joined: list[Phrase] = []
    for p in told:
        if len(told) > 2 and joined and _goes_on(reading, joined[-1], p):
            joined[-1] = _together(joined[-1], p)
        else:
            joined.append(p)
    return joined if len(joined) >= 2 else told


def _telling(reading: Reading, phrases: list[Phrase]) -> list[Phrase]:
    """The phrases that name treatments, a group or a role, or a dose where one before has its own: "A 4 mg, 8 mg"."""
    doses = [p for p in phrases if _own_dose(reading, p)][1:]
    dosed = [p for p in doses if p.keys and all(k[0].isdigit() for k in p.keys)]
    told = CONTROL | TRIAL | DEGREES
    return [p for p in phrases if p.drugs or names_group(reading, p) or p.keys & told or p in dosed]


def _goes_on(reading: Reading, before: Phrase, p: Phrase) -> bool:
    """Only a comma parts the phrase from the one before, and another "or" follows: the comma parts drugs of one regimen."""
    gap = reading.lower[before.last : p.first]
    behind = reading.lower[p.last : p.last + 40]
    or_follows = not OR.isdisjoint(behind) and behind[0] != "or"
    return "," in gap and OR.isdisjoint(gap) and or_follows and not _own_dose(reading, before)


def _own_dose(reading: Reading, p: Phrase) -> bool:
    inside = (reading.quantity[i] for i in range(p.first, p.last) if i in reading.quantity)
    return any(q.kind in {"DOSE", "SIZE", "PERCENT"} for q in inside)


def _together(a: Phrase, b: Phrase) -> Phrase:
    return Phrase(a.first, b.last, a.drugs | b.drugs, a.keys | b.keys)
