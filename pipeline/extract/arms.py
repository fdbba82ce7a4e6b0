"""Arms: who was treated with what, and how many. Every sentence proposes sets of arms; the most telling set is taken.

A set is read from sizes behind names ("capecitabine (n = 46) or S-1 (n = 45)"), counts before them ("51 were assigned to A
and 48 to B"), lists ("106, 96 and 101 patients in arms A, B and C"), or alternatives without sizes ("randomised to A or B").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.extract.abbreviations import definitions
from pipeline.extract.phrases import (
    ALONE,
    CONTROL,
    GIVEN,
    OR,
    STOPS,
    TRIAL,
    Phrase,
    bracket_around,
    closing,
    drugs_in,
    keys_in,
    phrase,
    phrase_back,
    phrase_forward,
    specific,
)
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Reading
from pipeline.extract.sentences import NOT_RESULTS, VERSUS

#: the text compares groups of patients, so that numbers of "all patients" need care
COMPARED = re.compile(
    r"\brandomly (?:assigned|allocated|divided)|\b(?:was|were) (?:\w+ )?randomi[sz]ed\b|\brandomi[sz]ed (?:to|into|trial|study"
    r"|controlled|double|phase|multicent|clinical|open|patients|\d)|\b(?:two|three|both|treatment|control) (?:groups|arms)\b"
    r"|\bplacebo\b|\bversus\b",
    re.IGNORECASE,
)
_WISH = re.compile(r"\b(?:needed|required|requires?|warranted|should be|necessary|future|further)\b", re.IGNORECASE)
_ALLOCATES = re.compile(
    r"\brandom(?:ly|i[sz])|\bassigned\b|\ballocated\b|\bdivided\b|\bassignment\b|\ballotted\b|\bstratified into\b",
    re.IGNORECASE,
)
_BASELINE = re.compile(
    r"\bmean age\b|\bmedian age\b|\bmale\b|\bscreened\b|\bwithdr|\bdiscontinu|\bdropp?ed out\b|\blost to\b",
    re.IGNORECASE,
)
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


@dataclass(frozen=True)
class FoundArm:
    """An arm as found: what it is treated with, its size with the characters [start, end) that tell it, and `keys`, the
    words by which the text speaks of it."""

    label: str
    drugs: frozenset[str]
    n: int | None
    start: int
    end: int
    keys: frozenset[str] = field(default=frozenset())
    #: how many of them were evaluated, where the text says so
    evaluable: int | None = None

    @cached_property
    def role(self) -> str:
        """ "control", "trial" or "": what its name says of its part in the study."""
        if self.keys & CONTROL or self.drugs & {"placebo", "observation", "sham", "treatment as usual"}:
            return "control"
        return "trial" if self.keys & TRIAL else ""


@dataclass(frozen=True)
class Proposal:
    """Arms that one sentence proposes, and how telling it is."""

    arms: list[FoundArm]
    score: float


def find_arms(readings: list[Reading], text: str, sizes: frozenset[int] = frozenset()) -> list[FoundArm]:
    """The arms of a comparative study, else none (the study is then one arm). `sizes`: stated sizes of the study."""
    proposals = [p for r in readings if r.sentence.section != "back" for p in _proposals(r, text, sizes)]
    proposals += _groups_of_results(readings)
    if not proposals or (not compares(readings, text) and max(p.score for p in proposals) < 4):
        return []
    best = max(proposals, key=lambda p: p.score)
    arms = _completed(best.arms, [p.arms for p in proposals])
    arms = _with_definitions(_with_long_forms(arms, text), readings)
    return _with_background(arms, readings)


def own_text(readings: list[Reading], text: str) -> str:
    """What the record says of itself: without its background and conclusion, and without wishes for further trials."""
    own = [r.sentence for r in readings if r.sentence.section not in NOT_RESULTS]
    words = (text[s.start : s.end] for s in own)
    return "\n".join(w for w in words if not _WISH.search(w))


def compares(readings: list[Reading], text: str) -> bool:
    """Whether the study compares groups, so that a number of "the patients" may be of one of them."""
    return COMPARED.search(own_text(readings, text)) is not None


# ---- proposals -----------------------------------------------------------------------------------------------------

Way = Callable[[Reading], Iterator[FoundArm]]


def _proposals(reading: Reading, text: str, sizes: frozenset[int]) -> Iterator[Proposal]:
    words = text[reading.sentence.start : reading.sentence.end]
    for way, worth in ((_size_behind, 4.0), (_count_before, 4.0), (_listed, 5.0), (_alternatives, 2.0), (_with_or_without, 2.5), (_or_not, 2.5),
                       (_versus, 1.5), (_named_groups, 1.0)):  # fmt: skip
        arms = _with_ellipsis(_distinct(way(reading)))
        if len(arms) >= 2 and not _parts_of_patients(arms, sizes):
            yield Proposal(arms, worth + _evidence_for(arms, words, reading.sentence.section, sizes))


def _parts_of_patients(arms: list[FoundArm], sizes: frozenset[int]) -> bool:
    """Sizes that add up to far less than the study's are those of parts of its patients, not of its arms."""
    total = sum(a.n or 0 for a in arms)
    return bool(sizes) and total not in sizes and 0 < total < 0.6 * max(sizes)


def _evidence_for(arms: list[FoundArm], words: str, section: str, sizes: frozenset[int]) -> float:
    score = 0.0
    if all(a.n is not None for a in arms):
        total = sum(a.n or 0 for a in arms)
        score += 2.0 * (total in sizes) - 1.0 * any((a.n or 0) < 3 for a in arms)
    score += 1.5 * bool(_ALLOCATES.search(words)) - 1.5 * bool(_BASELINE.search(words))
    score += 0.5 * all(a.drugs for a in arms) + 0.3 * (section in {"methods", "title"})
    score -= 1.0 * (section in {"background", "conclusion"}) + 2.0 * (len(arms) > 6)
    return score


def _distinct(arms: Iterator[FoundArm]) -> list[FoundArm]:
    """Arms that are told apart by treatments or words."""
    kept: list[FoundArm] = []
    for arm in arms:
        same = any(arm.drugs == k.drugs and (arm.keys == k.keys or arm.label.lower() == k.label.lower()) for k in kept)
        if not same and (arm.drugs or arm.keys):
            kept.append(arm)
    return kept


def _arm(reading: Reading, p: Phrase, n: int | None, evidence: tuple[int, int]) -> FoundArm:
    label = reading.words(p.first, p.last) if p.last > p.first else ""
    start, end = reading.span(*evidence)
    return FoundArm(label[:80].strip(" ,;:("), p.drugs, n, start, end, p.keys)


def _size_behind(reading: Reading) -> Iterator[FoundArm]:
    """ "A (n = 46) or B (n = 45)", "A (55) or B (59)", "(A, n = 203; B, n = 202)", "trial group, 69 patients, and …" """
    floor = 0
    for i in _sizes_behind(reading):
        bracket = bracket_around(reading, i)
        inner_first = max(floor, bracket + 1) if bracket is not None else i
        inner = phrase(reading, inner_first, i)
        outer_last = bracket if bracket is not None else _given_before(reading, i - 1) or i
        own = bracket is None or floor <= bracket
        if own:
            outer = phrase(reading, phrase_back(reading, _before_comma(reading, outer_last), floor), outer_last)
            whole = Phrase(outer.first, outer.last, outer.drugs | inner.drugs, outer.keys | inner.keys)
            if inner.drugs and not outer.drugs and not _names_group(reading, outer):
                whole = inner
        else:
            whole = inner
        floor = i + 1
        allocated = bracket is not None and any(_ALTERNATIVES.fullmatch(w) for w in reading.lower)
        if whole.speaks and (whole.drugs or _names_group(reading, whole) or whole is inner or inner.keys or allocated):
            yield _arm(reading, whole, int(reading.quantity[i].value), (i, i + 1))


def _names_group(reading: Reading, p: Phrase) -> bool:
    around = reading.lower[p.first : p.last + 1]
    return any(w in GROUP_WORDS or w in ALONE for w in around) or any(k.startswith("#") for k in p.keys)


def _before_comma(reading: Reading, last: int) -> int:
    return last - 1 if last > 0 and reading.lower[last - 1] == "," else last


def _sizes_behind(reading: Reading) -> list[int]:
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
    if reading.lower[i] != "to" or _ALLOCATES.search(" ".join(reading.lower[max(0, i - 2) : i])):
        return 0
    return next((m.last for m in reading.of("DRUG") if m.last in {i, i - 1, i - 2}), 0)


def _count_before(reading: Reading) -> Iterator[FoundArm]:
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
        if p.last > start and verbs and (p.drugs or _names_group(reading, p) or _short_name(reading, p)):
            yield _arm(reading, p, int(reading.quantity[i].value), (i, i + 1))


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


def _listed(reading: Reading) -> Iterator[FoundArm]:
    """ "106, 96 and 101 patients in arms A, B and C (respectively)" """
    counts = [i for i, q in reading.quantity.items() if q.kind == "COUNT"]
    run = _longest_list(reading, counts)
    if len(run) < 2:
        return
    after = run[-1] + 1
    names = [p for p in _name_list(reading, after) if p.first > after]
    if len(names) == len(run) and all(w in _BETWEEN or w in GROUP_WORDS for w in reading.lower[after : names[0].first]):
        for i, p in zip(run, names, strict=True):
            yield _arm(reading, p, int(reading.quantity[i].value), (i, i + 1))


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


_ALTERNATIVES = re.compile(
    r"\b(?:randomi[sz]ed|assigned|allocated|divided|assignment|randomi[sz]ation|choice|chose|allotted)\b"
)


def _alternatives(reading: Reading) -> Iterator[FoundArm]:
    """ "randomised to receive either A, B or C", "allocated to A versus B" """
    for i, word in enumerate(reading.lower):
        if _ALTERNATIVES.fullmatch(word):
            start = _after_colon(reading, i + 1) or _after_verb(reading, i + 1)
            arms = list(_parts(reading, start, OR | {","})) if start is not None else []
            if len(arms) >= 2:
                yield from arms
                return
    for i, word in enumerate(reading.lower):
        if word in {"either", "receive", "received", "receiving", "between"}:
            arms = list(_parts(reading, i + 1, OR | {","} | ({"and"} if word == "between" else set())))
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


def _parts(reading: Reading, start: int, separators: frozenset[str] | set[str]) -> Iterator[FoundArm]:
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
        _arm(reading, p, None, (p.first, p.last)) for p in _joined(reading, found) if seen_or or "and" in separators
    )


def _joined(reading: Reading, found: list[Phrase]) -> list[Phrase]:
    """Parts that a list of drugs fell into are one alternative again ("A, B, and C or D, E, and F"); parts that name
    nothing are left out."""
    doses = [
        p for p in found if _own_dose(reading, p)
    ]  # "A 4 mg, 8 mg or placebo": a list, if the first has a dose too
    dosed = [p for p in doses[1:] if p.keys and all(k[0].isdigit() for k in p.keys)]
    told = [p for p in found if p.drugs or _names_group(reading, p) or p.keys & (CONTROL | TRIAL) or p in dosed]
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


def _with_or_without(reading: Reading) -> Iterator[FoundArm]:
    """ "A with or without B", "A either without or with B", "A plus either B or placebo" """
    lower = reading.lower
    for i in range(1, len(lower) - 2):
        if set(lower[i : i + 3]) in ({"with", "or", "without"}, {"with", "and", "without"}):
            base = phrase(reading, phrase_back(reading, i - (lower[i - 1] == "either"), 0), i)
            added = phrase(reading, i + 3, phrase_forward(reading, i + 3, len(lower)))
            if base.drugs and added.drugs and not added.drugs <= base.drugs:
                base = Phrase(base.first, base.last, base.drugs - added.drugs, base.keys)
                yield _arm(reading, base, None, (base.first, base.last))
                both = Phrase(base.first, added.last, base.drugs | added.drugs, base.keys | added.keys)
                yield _arm(reading, both, None, (added.first, added.last))
                return


def _or_not(reading: Reading) -> Iterator[FoundArm]:
    """ "randomised to receive (group II) or not (group I) A" """
    lower = reading.lower
    for i in range(1, len(lower) - 1):
        if lower[i : i + 2] == ["or", "not"]:
            end = closing(reading, i + 2) if lower[i + 2 : i + 3] == ["("] else None
            start = (end if end is not None else i + 1) + 1
            given = phrase(reading, start, phrase_forward(reading, start, len(lower)))
            first = phrase_back(reading, i, 0)
            if given.drugs:
                yield _arm(
                    reading, Phrase(first, i, given.drugs, keys_in(reading, first, i)), None, (given.first, given.last)
                )
                yield _arm(
                    reading,
                    Phrase(i + 1, start, frozenset(["observation"]), keys_in(reading, i + 2, start)),
                    None,
                    (i, start),
                )
                return


def _versus(reading: Reading) -> Iterator[FoundArm]:
    """ "A versus B", "A compared with B", "comparing A with B" """
    for i, word in enumerate(reading.lower):
        with_ = word == "compared" and reading.lower[i + 1 : i + 2] in (["with"], ["to"])
        if word in VERSUS or with_:
            left = phrase(reading, phrase_back(reading, i, 0), i)
            start = i + 1 + with_
            right = phrase(reading, start, phrase_forward(reading, start, len(reading.doc)))
            if left.drugs and right.drugs and left.drugs != right.drugs:
                yield _arm(reading, left, None, (left.first, left.last))
                yield _arm(reading, right, None, (right.first, right.last))
                return
        if word in {"comparing", "compare", "compares", "compared"}:
            arms = list(_parts(reading, i + 1, OR | {"with", "and", "to"}))
            if len(arms) >= 2 and all(a.drugs for a in arms):
                yield from arms
                return


def _named_groups(reading: Reading) -> Iterator[FoundArm]:
    """ "in the A group … in the B group" """
    for first, last in group_phrases(reading):
        p = phrase(reading, first, last)
        if p.speaks:
            yield _arm(reading, p, None, (first, last))


def group_phrases(reading: Reading) -> list[tuple[int, int]]:
    """Tokens [first, last) of every "… group" and every "group X", the words before "group" included."""
    found = []
    for i, word in enumerate(reading.lower):
        if word in GROUP_WORDS:
            if i + 1 in reading.labels:
                found.append((i, i + 2))
                continue
            first = _name_of_group(reading, i)
            if first < i:
                found.append((first, i + 1))
    return found + [(i, i + 1) for i in reading.labels if i in reading.quantity]


def _name_of_group(reading: Reading, last: int) -> int:
    """First token of the words before "group" that name it."""
    first = last
    while first > 0 and last - first < 9:
        word = reading.lower[first - 1]
        treatment = any(m.first == first - 1 for m in reading.of("DRUG"))
        q = reading.quantity.get(first - 1)
        joins = word in {"plus", "+", "-", "–", "/"} or (
            word in {"and", "with"} and first >= 2 and any(m.last == first - 1 for m in reading.of("DRUG"))
        )
        worded = word not in STOPS and word not in PEOPLE and word not in GIVEN and not word.endswith("ed")
        dosed = q is not None and q.kind in {"DOSE", "DURATION", "YEAR", "DURATION_WORDS"}
        if not (
            treatment
            or joins
            or dosed
            or (word in ALONE | {"standard", "treatment", "therapy", "every"})
            or (worded and q is None)
        ):
            break
        first -= 1
    while first < last and reading.lower[first] in {"and", "-", "plus", "with", "every"}:
        first += 1
    return first


# ---- completing the chosen arms ------------------------------------------------------------------------------------


def _groups_of_results(readings: list[Reading]) -> list[Proposal]:
    """The groups that the results speak of in several sentences: "The 1-week group … . The 2-week group … ." """
    told = (arm for r in readings if r.sentence.section == "results" for arm in _named_groups(r))
    arms = _distinct(told)
    sized = _distinct(arm for r in readings for arm in _group_denominators(r))
    found = [Proposal(sized, 4.0)] if len(sized) == 2 else []
    return [*found, Proposal(arms, 1.0)] if 2 <= len(arms) <= 4 else found


def _group_denominators(reading: Reading) -> Iterator[FoundArm]:
    """ "nine of 42 patients relapsed in the early group": the group's size is the denominator"""
    for first, last in group_phrases(reading):
        before = [i for i in range(max(0, first - 14), first) if i in reading.quantity]
        if len(before) < 2 or any(reading.lower[i] in {";", "."} for i in range(before[-2], first)):
            continue
        a, b = reading.quantity[before[-2]], reading.quantity[before[-1]]
        between = reading.lower[before[-2] + 1 : before[-1]]
        if a.kind == b.kind == "COUNT" and a.value < b.value and "of" in between:
            yield _arm(reading, phrase(reading, first, last), int(b.value), (before[-1], before[-1] + 1))


def _with_ellipsis(arms: list[FoundArm]) -> list[FoundArm]:
    """ "A 200 mg (n = 70), 400 mg (n = 70) or placebo", "concurrent versus sequential A": a dose or an adjective alone
    speaks of the treatment beside it."""
    out = list(arms)
    for i, arm in enumerate(out):
        if arm.drugs or any(k.startswith("#") for k in arm.keys) or arm.role:
            continue
        dosed = any(k[0].isdigit() for k in arm.keys)
        near = (
            out[i - 1].drugs
            if i and dosed
            else out[1].drugs
            if i == 0 and len(out) > 1 and len(arm.keys) == 1
            else frozenset()
        )
        out[i] = replace(arm, drugs=near)
    return out


_BACKGROUND = re.compile(
    r"\b(?:(?:regimens|arms|groups)(?: \([^()]*\))? plus|(?:add(?:ed|ing)|addition(?: of [^.;]{1,40}?)?|add-on|adjunct\w*)\b(?: [^.;,]{1,40}?)? to) (?:ongoing |stable |existing |background )*$",
    re.IGNORECASE,
)


def _with_background(arms: list[FoundArm], readings: list[Reading]) -> list[FoundArm]:
    """Treatments to which those of the arms are added: "A or placebo was added to B and C"."""
    found: set[str] = set()
    for r in readings:
        if r.sentence.section in NOT_RESULTS:
            continue
        for m in r.of("DRUG"):
            before = r.words(max(0, m.first - 14), m.first) + " "
            if _BACKGROUND.search(before):
                found |= drugs_in(r, m.first, phrase_forward(r, m.first, len(r.doc)))
    return [replace(a, drugs=a.drugs | (found - {"placebo"})) for a in arms] if found else arms


def _completed(arms: list[FoundArm], others: list[list[FoundArm]]) -> list[FoundArm]:
    """The arms with treatments, sizes and words that other proposals of as many arms add, where these fit one to one."""
    for proposed in others:
        if len(proposed) == len(arms) and proposed is not arms:
            match = [_matching(arm, proposed) for arm in arms]
            if None not in match and len({id(m) for m in match}) == len(arms):
                arms = [_merge(arm, m) for arm, m in zip(arms, match, strict=True) if m is not None]
    return arms


def _matching(arm: FoundArm, proposed: list[FoundArm]) -> FoundArm | None:
    """The one arm of a proposal that has the same treatments, or the same words where either has no treatments."""
    drugs = [p for p in proposed if p.drugs and p.drugs == arm.drugs]
    if len(drugs) == 1:
        return drugs[0]
    shared = [p for p in proposed if p.keys & arm.keys and (not p.drugs or not arm.drugs or p.drugs == arm.drugs)]
    best = sorted(shared, key=lambda p: -len(p.keys & arm.keys))
    if len(best) == 1 or (len(best) > 1 and len(best[0].keys & arm.keys) > len(best[1].keys & arm.keys)):
        return best[0]
    return None


def _merge(arm: FoundArm, other: FoundArm) -> FoundArm:
    arm = replace(arm, drugs=arm.drugs or other.drugs, keys=arm.keys | other.keys)
    if arm.n is None and other.n is not None:
        arm = replace(arm, n=other.n, start=other.start, end=other.end)
    return arm


def _with_long_forms(arms: list[FoundArm], text: str) -> list[FoundArm]:
    """A short form that the record defines and that names no known treatment: its long form is the treatment."""
    long_forms = {d.short.lower(): " ".join(text[d.start : d.end].lower().split()) for d in definitions(text)}
    out = []
    for arm in arms:
        named = sorted(long_forms[k] for k in arm.keys if k in long_forms and len(long_forms[k]) < 60)
        out.append(replace(arm, drugs=frozenset(named[:1])) if named and not arm.drugs else arm)
    return out


def _with_definitions(arms: list[FoundArm], readings: list[Reading]) -> list[FoundArm]:
    """Arms without treatments get those of the clauses that explain their label."""
    if all(arm.drugs for arm in arms):
        return arms
    found = [set(arm.drugs) for arm in arms]
    for k, arm in enumerate(arms):
        others = frozenset().union(*(a.keys for j, a in enumerate(arms) if j != k))
        for reading in readings:
            if not arm.drugs and reading.sentence.section not in NOT_RESULTS:
                found[k] |= _explained(reading, arm.keys - others, others - arm.keys)
    found = [f or ({"observation"} if arm.keys & {"nihil"} else f) for f, arm in zip(found, arms, strict=True)]
    if not any(found):  # groups that differ in dose or length share their treatments
        shared = {d for r in readings if r.sentence.section in {"title", "methods"} for d in drugs_in(r, 0, len(r.doc))}
        found = [set(shared) for _ in arms]
    return [replace(arm, drugs=frozenset(f)) for arm, f in zip(arms, found, strict=True)]


def _explained(reading: Reading, keys: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Treatments in brackets behind a label, before a bracketed label, or in the clause that says what its group got."""
    found: set[str] = set()
    for i, word in enumerate(reading.lower):
        if (reading.labels.get(i) or word) not in keys:
            continue
        behind = i + 1 + (reading.lower[i + 1 : i + 2] in (["group"], ["arm"]))
        if reading.lower[behind : behind + 1] in (["("], [":"]):
            end = closing(reading, behind) if reading.lower[behind] == "(" else None
            found |= drugs_in(
                reading, behind, end if end is not None else phrase_forward(reading, behind + 1, len(reading.doc))
            )
        direct = phrase(reading, i + 1, phrase_forward(reading, i + 1, len(reading.doc)))
        if i in reading.labels and any(m.first in range(i + 1, i + 4) for m in reading.of("DRUG")):
            found |= direct.drugs  # "Arm A triple therapy plus B; Arm B …"
        bracket = bracket_around(reading, i)
        if bracket is not None and i - bracket <= 3:
            found |= drugs_in(reading, phrase_back(reading, bracket, 0), bracket)
        elif not found:
            stop = next((j for j in range(i + 1, len(reading.doc)) if _is_label(reading, j, others)), len(reading.doc))
            given = next(
                (j for j in range(i + 1, stop) if reading.lower[j] in GIVEN | {"underwent", "consisted", "receives"}),
                None,
            )
            found |= drugs_in(reading, given, stop) if given is not None and given - i < 8 else set()
            if not found and any(w in GIVEN for w in reading.lower[max(0, i - 6) : i]):
                subject = max(0, i - 30)
                found |= drugs_in(reading, subject, i)
    return frozenset(found)


def _is_label(reading: Reading, j: int, labels: frozenset[str]) -> bool:
    treatment = any(m.first == j for m in reading.of("DRUG"))
    return not treatment and (reading.labels.get(j) or reading.lower[j]) in labels


# ---- drugs of arms that the allocation does not name -------------------------------------------------------------

_TREATED = re.compile(
    r"\btreat(?:ed|ment)\b|\breceiv|\bgiven\b|\badminister|\btook\b|\btaking\b|\bconsist|\bin combination with\b"
    r"|\bregimen\b|\bregiment\b|\bcombin(?:ing|ed|ation)\b|\bdose of\b|\bintroduc|\busing\b|\bassociated with either\b"
    r"|\binclud(?:ed|es|ing)\b|\bescalat|\bunderwent\b",
    re.IGNORECASE,
)
NOT_HERE = re.compile(
    r"\bprior\b|\bprevious|\bfailed\b|\bfailure\b|\brefractory to\b|\bhistory\b|\bfirst-line\b|\bno response\b|\bshe\b|\bhe\b"
    r"|\bnot respon|\bafter\b[^.]*\btherapy\b|\bconsidered\b|\bhave been\b|\bin the literature\b|\blicensed\b|\bmice\b"
    r"|\bconcomitant\b|\bwithout\b|\balso given\b|\bpremedication\b|\bdefined as\b|\bresistant\b",
    re.IGNORECASE,
)


def single_arm_drugs(readings: list[Reading], text: str) -> frozenset[str]:
    """Drugs of a study's only arm: those of the title, and of sentences that say what the patients were given."""
    found: set[str] = set()
    for r in readings:
        if r.sentence.section in NOT_RESULTS or not r.of("DRUG"):
            continue
        words = text[r.sentence.start : r.sentence.end]
        if r.sentence.section == "title" or (_TREATED.search(words) and not NOT_HERE.search(words)):
            found |= drugs_in(r, 0, len(r.doc))
    return specific(frozenset(found))
