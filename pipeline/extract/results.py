"""What a text reports as its own result: which sentences, which numbers, which outcomes.

Left out are plans, definitions and quotations, numbers that count no patients with an outcome, and outcomes that are
denied, timed or only spoken about.
"""

from __future__ import annotations

import re

from pipeline.extract.blocks import ROW
from pipeline.extract.degrees import DEGREES
from pipeline.extract.gated import gated
from pipeline.extract.measures import Measure
from pipeline.extract.reading import GROUP_WORDS, PEOPLE, Mention, Reading
from pipeline.extract.references import Reference
from pipeline.extract.restrictions import RESTRICTIVE

#: sentences that define, plan or quote rather than report
_NOT_RESULT = gated(
    r"\b(?:was|were|is) defined\b|\bhypothesi[sz]ed\b|\bexpected\b|\bassum(?:ed|ing|ption)\b|\bpower\b"
    r"|\b(?:in|from|by) (?:a |our )?previous (?:study|studies|report)|\bpreviously reported\b|\bin the literature\b"
    r"|\b(?:in|from|by) (?:a |an |our |the )?(?:earlier|previous|prior) (?:\w+ )?(?:survey|stud(?:y|ies)|report|series)\b"
    r"|\breview of the literature\b|\bet al\b|\bwas considered\b|\bwere considered as\b|\bdrop out\b|\bmice\b"
    r"|\bprobabilit(?:y|ies)\b|\bchance of\b|\bsimulat(?:ed|ions?)\b|\bscenarios?\b"
    r"|\bclassification rate\b|\bpredict(?:ed|ive|ion|ing|or|ors)\b.{0,60}\b(?:accuracy|sensitivity|specificity)\b",
    re.IGNORECASE,
)
_PRIMARY = gated(
    r"\bprimary (?:end ?-?points?|outcomes?)(?: measure)?(?:,? (?:was|were)\b|, (?=[^,.;()]{3,60}, (?:was|were)\b))",
    re.IGNORECASE,
)

#: words shortly before an outcome that make it no outcome of these patients
_BEFORE_NOT = frozenset(
    (
        "no not non nonsustained non-sustained transient minor poor without failed fail fails lack time duration until predict predictor predictors "
        "predicting associated association loss lost definition difference differences median correlated "
        "refractory avoiding free prevent preventing prevention negative inadequate insufficient unsatisfactory suboptimal "
        "absent unfavorable unfavourable"
    ).split()
)
#: words behind an outcome that speak about it instead of stating it: "CR improvement", "response criteria"
_ABOUT = frozenset(
    "improvement difference differences duration assessment criteria definition evaluation predictors status".split()
)
_SEEN = frozenset("observed seen found noted reported recorded documented occurred".split())
_QUOTES = frozenset("' ‘ ’ \" “ ”".split())

#: outcomes whose nouns count events, not patients: "seven adverse events"
_EVENTS = frozenset(["adverse_event", "serious_adverse_event", "death"])
#: what is done to patients, and what is seen in them: "33 patients received A" counts no outcome
_REACHED = frozenset(
    "received randomized randomised enrolled recruited underwent assigned allocated included screened eligible".split()
)
_OBSERVED = frozenset(
    "achieved responded relapsed showed obtained remained died experienced developed survived attained reached had improved".split()
)
_CHANGES = frozenset(
    "improvement reduction increase decrease difference change decline higher lower greater more less fewer".split()
)
_CHANGING = ("reduc", "decreas", "increas", "improv", "lower", "rose", "fell")
#: words between a noun and its number
_APPROACH = frozenset(["of", "was", "were", "is", "approximately", "about", "only", "a", "an"])
#: patients of other studies: "8 of 40 historical controls"
_OTHERS = frozenset("historical historic literature".split())
#: what parts the counts of a row, and what may stand before one of them
_IN_ROW = frozenset([",", "and", "/", "versus", "vs", "vs.", "v", "v."])
_ROW_OPENS = [[w] for w in ["in", "by", ":", "were", "was", "(", "only", "just", "leaving", *_IN_ROW]]
_LIST = ROW | {"approximately", "about"}


def may_report(words: str) -> bool:
    """Whether a sentence may report results at all."""
    return _NOT_RESULT.search(words) is None


# ---- outcomes --------------------------------------------------------------------------------------------------------


def primary_endpoint(readings: list[Reading], text: str) -> str | None:
    """The class of outcome that the text declares to be its primary endpoint."""
    for reading in readings:
        match = _PRIMARY.search(text[reading.sentence.start : reading.sentence.end])
        if match:
            behind = reading.sentence.start + match.end()
            after = [o for o in reading.of("OUTCOME") if reading.at[o.first] >= behind]
            if after:
                return after[0].value
    return None


def endpoint_mentions(reading: Reading, endpoint: str | None) -> list[Mention]:
    """ "the primary endpoint … was achieved by" speaks of the declared endpoint."""
    if endpoint is None:
        return []
    pairs = zip(reading.lower, reading.lower[1:], strict=False)
    at = [i for i, pair in enumerate(pairs) if pair[0] == "primary" and pair[1] in {"endpoint", "outcome", "end"}]
    return [Mention("OUTCOME", i, i + 2, endpoint) for i in at]


def asserted_outcomes(reading: Reading) -> list[Mention]:
    """Outcome mentions that state something of the patients: not negated, not a time to or duration of, not people."""
    return [o for o in reading.of("OUTCOME") if _asserted(reading, o)]


def denied_outcomes(reading: Reading) -> list[Mention]:
    """Outcomes behind "no", "not" or "without"."""
    denials = {"no", "not", "without"}
    return [o for o in reading.of("OUTCOME") if not denials.isdisjoint(reading.lower[max(0, o.first - 2) : o.first])]


def _asserted(reading: Reading, o: Mention) -> bool:
    if _spoken_about(reading, o) or _names_formulation(reading, o):
        return False
    if _none_seen(reading, o) or (o.last - o.first == 1 and reading.lower[o.first] in DEGREES):
        return True  # a degree is read only where it is asserted
    denied = not _BEFORE_NOT.isdisjoint(reading.lower[max(0, o.first - 3) : o.first])
    return not (denied or _describes_people(reading, o) or _names_people(reading, o) or _measured(reading, o))


def _spoken_about(reading: Reading, o: Mention) -> bool:
    """ "response criteria", "the eradication group", "relapse-free", "a best response of 'no change'" """
    following, second = _two_behind(reading, o)
    if following in _ABOUT or following in GROUP_WORDS or following == "free":
        return True
    return (following, second) == ("-", "free") or (following == "of" and second in _QUOTES)


def _names_formulation(reading: Reading, o: Mention) -> bool:
    """ "drug A CR": its formulation, where "CR" elsewhere is a complete response"""
    return reading.doc[o.first].text.isupper() and any(m.last == o.first for m in reading.of("DRUG"))


def _none_seen(reading: Reading, o: Mention) -> bool:
    """ "no relapses were observed": nobody had it"""
    return reading.lower[o.first - 1 : o.first] == ["no"] and not _SEEN.isdisjoint(reading.lower[o.last : o.last + 3])


def _describes_people(reading: Reading, o: Mention) -> bool:
    """ "remission patients", "relapsing cases", "relapsed or refractory disease", but "response cases" are responses"""
    following, second = _two_behind(reading, o)
    if (following in {"/", "or", "and"} and second == "refractory") or following == "/refractory":
        return True
    return following in PEOPLE and (following != "cases" or reading.lower[o.first].endswith("ing"))


def _names_people(reading: Reading, o: Mention) -> bool:
    """ "of the patients cured, 5 relapsed", "evaluable for response", "relapse in 9 complete responders", "complete
    responders stopped": whom something is told of"""
    before = reading.lower[max(0, o.first - _FAR) : o.first]
    if before[-2:] in _FOR or (reading.lower[o.first] in _PARTICIPLES and _people_of(before)):
        return True
    if reading.lower[o.last - 1] not in PEOPLE:
        return False
    following, _ = _two_behind(reading, o)
    counted = bool(before) and o.first - 1 in reading.quantity
    return (counted and before[-2:-1] and before[-2] in _OF_WHOM) or following.endswith(_PAST)


def _people_of(before: list[str]) -> bool:
    """Whether the words end in "in those", "among women clinically" and the like."""
    words = before[:-1] if before and before[-1].endswith("ly") else before
    return bool(words) and words[-1] in PEOPLE | {"those"} and not _OF_WHOM.isdisjoint(words[-_FAR:-1])


#: words in front of an outcome that are looked at
_FAR = 5
_FOR = [[word, "for"] for word in ("evaluable", "assessable", "evaluated", "assessed", "analysed", "analyzed")]
_OF_WHOM = frozenset(["in", "among", "for", "from"])
#: said of people, they name them; as verbs of a sentence they stand behind a number
_PARTICIPLES = frozenset(["cured", "healed", "responding", "remitted", "abstinent"])
_PAST = ("ed", "topped")


def _measured(reading: Reading, o: Mention) -> bool:
    """ "response, 2.4": a value of each patient, or a ratio"""
    following, _ = _two_behind(reading, o)
    q = reading.quantity.get(o.last + 1)
    return following in {",", "="} and q is not None and q.kind in {"DECIMAL", "INTERVAL"}


def _two_behind(reading: Reading, o: Mention) -> tuple[str, str]:
    """The two words behind an outcome, "" where the sentence ends."""
    words = [*reading.lower[o.last : o.last + 2], "", ""]
    return words[0], words[1]


# ---- numbers ---------------------------------------------------------------------------------------------------------


def results(reading: Reading, ms: list[Measure], told: list[Reference]) -> list[Measure]:
    """Those of the measures that are results; a count in a row with one ("34, 25 and 36 children") counts the same."""
    kept: list[Measure] = []
    for m in reversed(ms):
        if is_result(reading, m, told) or (kept and _goes_on(reading, m, kept[-1])):
            kept.append(m)
    return kept[::-1]


def _goes_on(reading: Reading, m: Measure, following: Measure) -> bool:
    between = reading.lower[m.last : following.first]
    row = m.form == "count" == following.form and 0 < len(between) <= 2 and _IN_ROW.issuperset(between)
    return row and reading.lower[m.first - 1 : m.first] in _ROW_OPENS


def is_result(reading: Reading, m: Measure, told: list[Reference]) -> bool:
    """Lone counts must count people or stand before a verb of outcome; "all" and "none" likewise."""
    if not _OTHERS.isdisjoint(reading.lower[m.last : m.last + 6]):
        return False
    if m.form == "whole":
        return _is_result_of_whole(reading, m)
    if m.form == "percent":
        return _is_result_of_percent(reading, m)
    return m.form != "count" or _is_result_of_count(reading, m, told)


def _is_result_of_whole(reading: Reading, m: Measure) -> bool:
    """ "all patients responded", "none relapsed"; not "all patients who", "in all patients" """
    word, following = reading.lower[m.first], reading.lower[m.last : m.last + 1]
    partial = not RESTRICTIVE.isdisjoint(following)
    if partial or not {"for", "of", "in", "among", "including"}.isdisjoint(_two_before(reading, m)):
        return False
    if word == "no":
        return any(o.first == m.last and _none_seen(reading, o) for o in reading.of("OUTCOME"))
    verb = word in {"all", "none"} and not _OBSERVED.isdisjoint(following)
    return verb or reading.lower[m.last - 1] in PEOPLE


def _is_result_of_percent(reading: Reading, m: Measure) -> bool:
    """Neither a threshold nor a change: "on more than 67% of visits", "at least a 50% reduction"."""
    if not {"than", "least", "over"}.isdisjoint(_two_before(reading, m)):
        return False
    return _CHANGES.isdisjoint(reading.lower[m.last : m.last + 1]) and not _changed_by(reading, m)


def _changed_by(reading: Reading, m: Measure) -> bool:
    """ "reduced the rate by 56% and 60%": how much something changed, not how many patients"""
    words = reading.lower
    if words[m.last : m.last + 1] == ["of"]:  # "was achieved by 81% of the patients"
        return False
    noun = next((w for w in reversed(words[max(0, m.first - 5) : m.first]) if w not in _APPROACH), "")
    if noun in _CHANGES:
        return True
    by = next((i for i in range(m.first - 1, max(-1, m.first - 5), -1) if words[i] == "by"), None)
    if by is None or not all(i in reading.quantity or words[i] in _LIST for i in range(by + 1, m.first)):
        return False
    return any(w.startswith(_CHANGING) for w in words[:by])


def _is_result_of_count(reading: Reading, m: Measure, told: list[Reference]) -> bool:
    people = not PEOPLE.isdisjoint(reading.lower[m.last : m.last + 3])
    if (people and _only_treated(reading, m)) or _is_denominator(reading, m, people):
        return False
    return people or _before_outcome(reading, m) or _is_remainder(reading, m) or _before_arm(reading, m, told)


def _only_treated(reading: Reading, m: Measure) -> bool:
    """ "33 patients received A": what was done to them, and nothing that was seen"""
    behind = reading.lower[m.last : m.last + 14]
    return not _REACHED.isdisjoint(behind) and _OBSERVED.isdisjoint(behind)


def _is_denominator(reading: Reading, m: Measure, people: bool) -> bool:
    """ "among 33", "for 33 patients", "20% … in 33 patients"; not "of whom 33" """
    before = _two_before(reading, m)
    taken_up = before[-1:] in (["whom"], ["which"])
    if not taken_up and not {"among", "of", "from"}.isdisjoint(before):
        return True
    of_whom = {"for", "all"} | ({"in"} if _share_before(reading, m) else set())
    return people and not of_whom.isdisjoint(before)


def _share_before(reading: Reading, m: Measure) -> bool:
    return any(q.kind == "PERCENT" and m.first - 14 < i < m.first for i, q in reading.quantity.items())


def _before_outcome(reading: Reading, m: Measure) -> bool:
    """ "20 responses", "20 had relapsed" """
    return any(m.last <= o.first <= m.last + 3 and o.value not in _EVENTS for o in reading.of("OUTCOME"))


def _is_remainder(reading: Reading, m: Measure) -> bool:
    """ "the other 15" """
    return reading.lower[m.first - 1 : m.first] in (["other"], ["remaining"])


def _before_arm(reading: Reading, m: Measure, told: list[Reference]) -> bool:
    """ "12 in A and 15 in B" """
    joined = reading.lower[m.last : m.last + 1] in (["in"], ["with"], ["for"], ["on"])
    return joined and any(m.last <= r.first <= m.last + 4 for r in told)


def _two_before(reading: Reading, m: Measure) -> list[str]:
    return reading.lower[max(0, m.first - 2) : m.first]
