"""The design of a study in the contract's words, from what its own text says of how it was done."""

from __future__ import annotations

import re

from pipeline.candidates import Design
from pipeline.extract.cues import Cue, compiled, first
from pipeline.extract.eligibility import front_matter
from pipeline.extract.gated import gated
from pipeline.extract.reading import Reading
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.parsed import ParsedRecord

#: reasons for exclusion that are designs
_DESIGN_OF: dict[str | None, Design] = {
    "review": "review",
    "meta-analysis": "meta-analysis",
    "case report": "case report",
}
#: reasons for exclusion that leave a study a study
_STILL_STUDIES = frozenset([None, "no response proportion", "too few patients", "not a treatment study"])

RANDOMISED = (
    Cue("randomised", r"\brandom(?:ly|i[sz]ed|i[sz]ation)\b",
        ("Patients were randomly assigned.", "a randomized trial"), ("a random sample of charts", "a non-randomised comparison"),
        unless=r"\bnon-?\s?randomi[sz]|\bnot randomly\b|\bnot randomi[sz]ed\b|\bwithout randomi[sz]ation\b"),
)  # fmt: skip
LOOKING_BACK = (
    Cue("retrospective", r"\bretrospective(?:ly)?\b|\breviewed (?:the )?(?:\w+ )?(?:charts|data|records|files)\b|\b(?:chart|record|case[- ]?note) review\b|\b(?:charts|records) of\b[^.]{0,80}\bwere reviewed\b|\bhistorical (?:cohort|series)\b",
        ("This retrospective study", "We reviewed the medical records.", "a chart review"), ("We reviewed them at each visit.",)),
)  # fmt: skip
LOOKING_AHEAD = (
    Cue("prospective", r"\bprospective(?:ly)?\b|\bphase\s+(?:I{1,3}|[1-4])\b|\bopen[- ]label\b|\bsingle[- ]arm\b|\bpilot (?:study|trial)\b|\b(?:clinical|uncontrolled|multicent(?:er|re)) trial\b|\bthis trial\b|\bwere enrol+ed\b",
        ("a prospective cohort", "this phase II study", "Ten patients were enrolled."), ("Phases of the disease",)),
)  # fmt: skip
SERIES = (
    Cue("case series", r"\bcase series\b|\bseries of (?:\w+ )?(?:cases|patients)\b|\bpatient \d (?:is|was|had)\b|\bwe report (?:\w+ ){0,3}(?:cases|patients)\b",
        ("a case series", "Patient 2 was treated.", "We report four patients."), ("a series of tests",)),
)  # fmt: skip
#: a series of fewer patients, whose design is not said, is a case series
FEW = 20


#: "this prospective study", "we performed a retrospective analysis"
_SELF = (
    r"\b(?:this|our|the (?:present|current)|in an?|we (?:conducted|performed|report|did|undertook|carried out) (?:on )?(?:an?|the))\s"
    r"(?:[\w,/()-]+\s){0,6}(?:study|trial|series|cohort|review|analysis)\b"
)


def self_description(front: str) -> str:
    """What a title and abstract call their study, wherever they do, also among the aims."""
    return " ".join(m.group() for m in compiled(_SELF).finditer(front))


#: the text compares groups of patients, so that numbers of "all patients" need care
_COMPARED = gated(
    r"\brandomly (?:assigned|allocated|divided)|\b(?:was|were) (?:\w+ )?randomi[sz]ed\b|\brandomi[sz]ed (?:to|into|trial|study"
    r"|controlled|double|phase|multicent|clinical|open|patients|\d)|\b(?:two|three|both|treatment|control) (?:groups|arms)\b"
    r"|\b(?:divided|split|assigned|allocated|distributed|stratified) (?:\w+ ){0,4}?(?:in|into|to) (?:(?:one|either) of )?(?:the )?(?:two|three|four|five|six|[2-6]) "
    r"(?:\w+ )?(?:groups|arms|regimens|treatments)|\b(?:assigned|allocated) (?:to|in) (?:the |an? )?(?:\w+ )?(?:arm|group)\b|\b(?:study|experimental|intervention) group\b"
    r"|\b(?:arms?|groups?) (?:A|I|1)\b[\s\S]{0,300}?(?:\b(?:arm|group)|\b(?:and|or)|,) (?:B|II|2)\b|\bequal groups\b|\b(?:two|three|four|five)-(?:arm|group)\b|\b(?:assigned|allocated),? \d:\d"
    r"|\bplacebo\b|\bversus\b|\bdouble[- ]blind|(?<!not )\bat random\b|\ballotted to\b"
    r"|\bcompar(?:ed|ison of|ing) (?:the )?(?:two|three|four|five|[2-5]) (?:\w+ )?(?:schemes?|regimens?|treatments?|drugs?|doses?|protocols?|techniques?|methods?|strateg\w+|agents?)\b"
    r"|\b(?-i:[Gg]roup [A-Z]{1,4})\b[\s\S]{0,300}?\b(?-i:[Gg]roup [A-Z]{1,4})\b",
    re.IGNORECASE,
)
_WISH = gated(r"\b(?:needed|required|requires?|warranted|should be|necessary|future|further)\b", re.IGNORECASE)


def own_text(readings: list[Reading], text: str) -> str:
    """What the record says of itself: without its background and conclusion, and without wishes for further trials."""
    own = [r.sentence for r in readings if r.sentence.section not in NOT_RESULTS]
    words = (text[s.start : s.end] for s in own)
    return "\n".join(w for w in words if not _WISH.search(w))


def compares(own: str) -> bool:
    """Whether the study compares groups, so that a number of "the patients" may be of one of them. `own`: its `own_text`."""
    return _COMPARED.search(own) is not None


def design(record: ParsedRecord, own: str, reason: str | None, arm_count: int, n_total: int | None) -> Design:
    """The design. `own` is the text on the study's own methods and results; `reason` is why the record is kept out."""
    if reason in _DESIGN_OF:
        return _DESIGN_OF[reason]
    if reason not in _STILL_STUDIES:
        return "other"
    words = f"{record.citation.title or ''} {self_description(front_matter(record))} {own}"
    if first(RANDOMISED, words):
        return "randomised"
    if arm_count > 1:
        return "non-randomised comparative"
    few = n_total is not None and n_total < FEW
    if few and first(SERIES, words):
        return "case series"
    if first(LOOKING_BACK, words):
        return "single-arm retrospective"
    if first(LOOKING_AHEAD, words):
        return "single-arm prospective"
    return "case series" if few else "other"
