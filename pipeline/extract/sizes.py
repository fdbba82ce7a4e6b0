"""How many patients a study has: each statement of a size with its words, and how clearly it says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.extract.arms import FoundArm
from pipeline.extract.gated import gated
from pipeline.extract.phrases import closing
from pipeline.extract.printed_sizes import PrintedSizes
from pipeline.extract.reading import PEOPLE, Reading
from pipeline.extract.sentences import NOT_RESULTS

_ENTERED = (
    r"(?:enrol+ed|recruited|included|entered|participated|accrued|studied|registered|eligible to participate|identified"
    r"|divided|consented|gave (?:informed )?consent|qualified|started|began|selected)"
)
_RANDOMISED = r"random(?:ly|i[sz]ed)|assigned|allocated|allotted"
_GIVEN = r"treated|analy[sz]ed|evaluated|received|assessed|reviewed|undergoing|underwent|biopsied|examined|investigated|followed"
_WENT_ON = r"operated|evaluable|available|given|took|had|completed|injected|collected|transplanted|contributed|attended|presented|provided"
_BODY_PARTS = r"eyes|teeth|molars|premolars|implants|knees|hips|shoulders|limbs|legs|feet|ears|lesions"
#: (rank, cue in the words behind the count, cue in the words before it); a lower rank says it more clearly
CUES = (
    (0, rf"^(?:[^.;]|\.\d){{0,160}}?\b(?:were|was|been)\s+(?:\w+\s){{0,2}}(?:{_RANDOMISED})", ""),
    (0, rf"^\W+(?:\w+\s)?(?:{_RANDOMISED})\b", ""),
    (0, r"^(?:[^.;]|\.\d){0,60}?\b(?:consented|agreed) to (?:be )?random", ""),
    (0, r"^[^.;]{0,160}?\b(?:were (?:given|treated)|received|got|took),? (?:at random|by lot|by draw|randomly)\b", ""),
    (0, r"", r"\b(?:randomi[sz]ed|randomly assigned|assigned|allocated)\s+(?:a total of\s+)?$"),
    (1, rf"^(?:[^.;]|\.\d){{0,200}}?\b(?:were|was|are|been)\s+(?:\w+\s){{0,2}}{_ENTERED}\b", ""),
    (1, r"^(?:[^.;]|\.\d){0,120}?\b(?:entered|participated|completed the study)\b", ""),
    (1, rf"^[^.;]{{0,60}}?\bcontributed \d+ (?:\w+ ){{0,3}}(?:{_BODY_PARTS})\b", ""),
    (1, r"", rf"\b(?:{_BODY_PARTS}) (?:of|in|from) (?:the )?$"),
    (1, r"^\W+(?:consented|gave (?:informed )?consent|qualified|started|began|enrol+ed)\b", ""),
    (1, r"", rf"\b(?:{_ENTERED}|enrol+ing|including)\s+(?:a total of\s+)?$"),
    (2, rf"^(?:\W|\w+[\s-]){{0,9}}(?:were|was|who|that)?\s*(?:\w+\s){{0,2}}(?:{_GIVEN})\b", ""),
    (2, r"", rf"\b(?:{_GIVEN}|charts of|data (?:of|from|on)|records of|series of|investigated|compare,? in)\s*(?:the\s+)?(?:\w+\s+){{0,3}}$"),
    (2, r"", r"\b(?:among|in|of|comprised)\s+(?:the\s+)?(?:a total of\s+)?$"),
    (3, rf"^(?:\W|\w+[\s-]){{0,9}}(?:were|was|who|that)?\s*(?:\w+\s){{0,2}}(?:{_WENT_ON})\b", ""),
    (3, r"", rf"\b(?:{_WENT_ON})\s*(?:\w+\s+){{0,3}}$"),
    (3, r"", r"\b(?:a total of|the|these|our|all|study(?: of)?|trial(?: of)?|remaining)\s+$|^$|\(\s?$"),
    (3, r"^\s*(?:[.;]|$)", r"[;:]\s$"),
    (3, r"", r"\bmethods\s?:\s$"),
)  # fmt: skip
#: another count is of those who went on: "347 patients screened, 302 were randomised", "we screened 431 and enrolled 378"
_SCREENED_BEHIND = gated(r"^(?: (?:were|was))? ?(?:screened|assessed for eligibility)\b[^.;]*?\d", re.I)
_ENTERED_LATER = gated(r"\b(?:enrol\w*|includ\w*|randomi[sz]\w*|treated)\s+$", re.I)
_SCREENED = gated(r"\bscreened\b|\bassessed for eligibility\b|\bneeded\b|\bto have \d+% power\b", re.I)
#: a part of the patients: what the count is of is said in other words than the study's own
_PART = gated(r"\bof (?:these|them|whom)\s*$|\b(?:other|another|remaining|additional)\s*$|\bincluding\s*$", re.I)


#: before a count that others are chosen from, and behind theirs
_SOURCE = gated(r"\b(?:of|among)\s+(?:the\s+)?$", re.I)
_TAKEN = re.compile(
    rf"(?:patients |children |women )?(?:were|was|had been|have been) (?:{_RANDOMISED}|enrolled|included|treated|eligible)\b"
)

#: people who are named by how they fared: no study counts its patients so
_OUTCOMES = frozenset("responders nonresponders survivors completers relapsers".split())
#: fewer are no trial, but some of its patients
FEW = 5
#: a study's size is clearly stated, not only mentioned
CLEAR = 2


#: those in whom something was seen
_SEEN_IN = gated(
    r"\b(?:seen|observed|noted|achieved|obtained|found|documented|recorded|occurred|developed|present|confirmed|reached)\s+"
    r"(?:only\s+)?(?:in|by)\s+(?:only\s+)?$",
    re.I,
)
#: the size of an arm
_EACH = gated(
    r"\b(?:per|each|either)(?: (?:study|treatment|dose))? (?:groups?|arms?|regimens?|cohorts?|treatments?)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Statement:
    value: int
    rank: int
    start: int
    end: int


def size_statements(readings: list[Reading], text: str) -> list[Statement]:
    """Every count of people that the text gives as the size of the study, most telling first."""
    found = []
    for reading in readings:
        if reading.sentence.section in NOT_RESULTS:
            continue
        for i, q in reading.quantity.items():
            if q.kind == "SIZE" and _of_everyone(reading, i):
                found.append(Statement(int(q.value), 2, *reading.span(i, i + 1)))
            if q.kind == "COUNT" and q.value >= 1:
                people = _people_after(reading, i)
                if people is not None and reading.lower[people] not in _OUTCOMES and not _a_share(reading, people):
                    rank = _rank(reading, i, people, text)
                    start, end = reading.span(i, people + 1)
                    found += [Statement(int(q.value), rank, start, end)] if rank is not None else []
        found += _both_sexes(reading)
    return sorted(found, key=lambda s: (s.rank, s.start))


def _a_share(reading: Reading, last: int) -> bool:
    """ "19 patients (22.9%) assigned to A": a count with its percentage is of others"""
    behind = range(last + 1, min(last + 3, len(reading.doc)))
    return any(
        i in reading.quantity and reading.quantity[i].kind == "PERCENT" and reading.lower[i + 1 : i + 2] == [")"]
        for i in behind
    )


def _both_sexes(reading: Reading) -> list[Statement]:
    """ "42 male patients and two female patients were accrued": their sum"""
    counts = [i for i, q in reading.quantity.items() if q.kind == "COUNT" and _SEX & set(reading.lower[i + 1 : i + 3])]
    if len(counts) != 2 or reading.lower[counts[0] + 1] == reading.lower[counts[1] + 1]:
        return []
    if "and" not in reading.lower[counts[0] : counts[1]] or not re.search(
        _ENTERED, " ".join(reading.lower[counts[1] :])
    ):
        return []
    total = sum(int(reading.quantity[i].value) for i in counts)
    return [Statement(total, 0, *reading.span(counts[0], counts[1] + 2))]


_SEX = frozenset("male female males females men women boys girls".split())


def _of_everyone(reading: Reading, i: int) -> bool:
    """ "for the entire population (n=80)" """
    before = reading.lower[max(0, i - 4) : i]
    return bool({"entire", "whole", "overall", "total", "full"} & set(before)) and bool(
        {"population", "cohort", "sample", "group", "analysis", "set"} & set(before) or PEOPLE & set(before)
    )


def _people_after(reading: Reading, i: int) -> int | None:
    """The token that says the count is of people: a people word within six, or the verb itself ("168 were enrolled")."""
    j = i + 1
    first = True
    if _stands_alone(reading, i):
        return i
    while j < min(i + 12, len(reading.doc)):
        word = reading.lower[j]
        end = closing(reading, j) if word == "(" else None
        if end is not None:  # "209 (of 333) patients"
            j = end + 1
            continue
        if word in PEOPLE:
            return j
        if first and (
            re.fullmatch(rf"were|was|(?:{_RANDOMISED})", word) or reading.lower[j : j + 2] == ["had", "been"]
        ):
            return i
        known = j in reading.quantity and reading.quantity[j].kind in {"COUNT", "PERCENT", "SIZE", "FRACTION"}
        if known or not re.match(r"[\w⩾≥<>'–-]", word) or word in {"of", "and", "or", "to", "in", "with"}:
            return None
        j, first = j + 1, False
    return None


def _stands_alone(reading: Reading, i: int) -> bool:
    """ "we randomised 1219, and 1083 were treated": the verb before the number says of whom it is"""
    verb = i > 0 and re.fullmatch(r"randomi[sz]ed|enrol+ed|recruited", reading.lower[i - 1])
    return bool(verb) and reading.quantity[i].value >= FEW and reading.lower[i + 1 : i + 2] in ([","], ["."], ["and"])


def _rank(reading: Reading, i: int, people: int, text: str) -> int | None:
    start, end = reading.span(i, people + 1)
    before = text[reading.sentence.start : start]
    if _SEEN_IN.search(before[-40:]):
        return None
    # parts by sex, as in 10 patients, of whom 6 were girls
    if reading.lower[people] in _SEX and re.search(r"\($|\binclud\w+\s$", before):
        return None
    after = re.sub(r"\([^()]*\)", "", text[end : min(end + 300, reading.sentence.end)]).split(";")[0]
    if _PART.search(before[-24:]) or _EACH.search(_to_next_count(after[:80])):
        return None
    if _screened(before, after) or (_SOURCE.search(before) and _chosen_from(reading, i)):
        return None
    for rank, behind, ahead in CUES:
        if (not behind or re.search(behind, after, re.IGNORECASE)) and (
            not ahead or re.search(ahead, before, re.IGNORECASE)
        ):
            clear = rank or (not _several(reading, i) and reading.quantity[i].value >= FEW)
            return rank if clear else 2
    return None


def _to_next_count(words: str) -> str:
    """The words up to the next number: "of 106 patients, 53 were put in each group" tells of the 53"""
    return re.split(r"\d|;", words, maxsplit=1)[0]


def _screened(before: str, after: str) -> bool:
    """Whether the count is of those who were screened, not of those who were then taken in."""
    if _SCREENED_BEHIND.search(after[:90]):
        return True
    near = after[:60] if _ENTERED_LATER.search(before) else before[-30:] + "|" + after[:60]
    return _SCREENED.search(near) is not None and re.search(r"enrol|randomi", after[:40]) is None


def _chosen_from(reading: Reading, i: int) -> bool:
    """ "Of 402 patients with the disease, 46 had been treated with A": fewer than half, and no others are told of"""
    later = [j for j, q in reading.quantity.items() if j > i and q.kind == "COUNT" and q.value >= FEW]
    if not later or 2 * reading.quantity[later[0]].value >= reading.quantity[i].value:
        return False
    between = " ".join(reading.lower[i + 1 : later[0]])
    behind = " ".join(reading.lower[later[0] + 1 : later[0] + 8])
    return _TAKEN.match(behind) is not None and not re.search(rf"\b(?:{_ENTERED}|{_RANDOMISED})\b", between)


def _several(reading: Reading, i: int) -> bool:
    """Another count of the sentence is assigned as well, so that each is an arm's: "51 were assigned to A and 48 to B"."""
    later = [j for j, q in reading.quantity.items() if j > i and q.kind == "COUNT" and q.value > 4]
    return any(
        {"to", "received", "and"} & set(reading.lower[j - 1 : j + 3])
        and {"to", "in", "received"} & set(reading.lower[j + 1 : j + 9])
        for j in later
    )


def study_size(sizes: list[Statement], arms: list[FoundArm], printed: PrintedSizes) -> int | None:
    """The clearest statement; where the arms' sizes add up to a stated one, or nothing is stated clearly, their sum. A size that is
    not stated clearly is at least the one that explains most of the counts with a percentage."""
    known = [a.n for a in arms if a.n is not None]
    total = sum(known) if len(arms) > 1 and len(known) == len(arms) else None
    stated = sizes[0].value if sizes else None
    if total is not None and stated is not None and len(set(known)) == 1 and stated > total and stated % known[0] == 0:
        return stated  # "55 in each group" of 220: some of the arms were not found
    analysed = printed.analysed()
    if total is not None and analysed is not None and stated == analysed > total and sizes[0].rank == CLEAR:
        return analysed  # the arms are of those who went on
    clear = [s.value for s in sizes if s.rank < CLEAR]
    if total is not None and (not clear or (total in clear and total > clear[0])):
        return total
    if analysed is not None and len(arms) < 2 and (not sizes or sizes[0].rank > 1):
        return next((s.value for s in sizes if s.value >= analysed), analysed)
    if sizes and sizes[0].rank > 1 and len(arms) < 2:
        return max(s.value for s in sizes)
    return sizes[0].value if sizes else total


_EVALUATED = r"(?:evaluable|assessable|evaluated|analy[sz]ed|available|completed|finished|assessed)"
_EVALUATED_BEHIND = re.compile(
    rf"^\W*(?:\([^()]*\)\W*)?(?:(?:who|that|could be|were|was|had been|also|all)\s+){{0,3}}{_EVALUATED}\b", re.I
)
_COMPLETED = re.compile(
    r"^[^;]{0,160}?\bcompleted (?:the |all )?(?:\w+ )?(?:study|trial|protocol|treatment|follow)", re.I
)
_EVALUATED_BEFORE = gated(rf"\b{_EVALUATED}\s+(?:\w+\s+){{0,2}}(?:in|of|for)?\s*$", re.I)


def evaluable_size(readings: list[Reading], text: str, n_total: int | None) -> int | None:
    """Of how many patients the results are, where a sentence says so: "35 were evaluable", "thirteen completed the study"."""
    if n_total is None:
        return None
    for reading in readings:
        if reading.sentence.section in NOT_RESULTS:
            continue
        for i, q in reading.quantity.items():
            people = _people_after(reading, i) if q.kind == "COUNT" and 0.5 * n_total <= q.value < n_total else None
            if people is None or _a_share(reading, people):
                continue
            start, end = reading.span(i, people + 1)
            within = " ".join(reading.lower[i + 1 : people])
            behind = text[end : reading.sentence.end]
            told = _EVALUATED_BEHIND.search(behind) or _COMPLETED.search(behind) or re.search(_EVALUATED, within)
            if told or _EVALUATED_BEFORE.search(text[reading.sentence.start : start]):
                return int(q.value)
    return None
