"""Which of the treatments that a sentence names were given in the study, and which are told of for another reason: what
patients had before or failed, what was avoided or measured, what another treatment is derived from.

A cue ("refractory to", "previous", "instead of") speaks of the treatments listed behind it, up to a verb; some cues
("Previous treatments were") speak of all treatments up to the end of the clause; others stand behind ("steroid-naive").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set

from pipeline.extract.gated import gated

#: stands for a treatment in the words that cues are looked for in
_MARK = "¤"
_PAST = r"(?:prior|previous|earlier|preceding|former|past)"
_COURSE = r"(?:therap(?:y|ies)|treatments?|agents?|drugs?|medications?|medicines?|lines?|regimens?|interventions?)"
_TREATED = r"(?:treated|received|given|exposed|managed|used|failed|taken|tried|undergone|had)"

#: behind these words stands a list of treatments that are not given in the study
_BEFORE_LIST = gated(
    "|".join(
        (
            r"\b(?:refractory|resistant|unresponsive|non-?\s?responsive|non-?\s?responders?|intolerant|intolerance|na[iï]ve|allergic|allergy|resistance"
            r"|contraindicat\w+|contra-?indications?|unsuitable|ineligible|dependent|dependence|hypersensitiv\w+|sensitive|addicted|exposure) (?:to|of|for|on)",
            r"\b(?:fail\w*)(?: (?:to respond|on|of|with|to|at least|one|two|first-line|treatment|therapy|adequate|trials?)){0,4}",
            r"\b(?:inadequate|insufficient|poor|incomplete|unsatisfactory|suboptimal|no|lack of|loss of|lost)(?: or \w+)?"
            r" (?:response|responses|answer|control|effect|benefit|improvement|relief)(?: or \w+)? (?:to|with|on|from|after)",
            r"\b(?:not|n't|never)(?: \w+){0,2} (?:respond\w*|responsive|settle|improve\w*|controlled|tolerate\w*)(?: (?:to|with|on|by))?",
            rf"\b{_PAST}(?: (?:use|exposure|courses?|{_COURSE}))?(?: (?:with|to|of|by|on))?",
            rf"\b(?:previously|already|formerly)(?: been)? {_TREATED}(?: (?:with|to|by|on))?",
            rf"\bha(?:d|ve) (?:already|previously|all|ever|earlier) (?:been )?{_TREATED}(?: (?:with|to|by|on))?",
            r"\b(?:pre-?\s?treated|pre-?treatment|history of|histories of)(?: \w+)?(?: (?:with|of))?",
            r"\b(?:despite|in spite of|notwithstanding|instead of|rather than|unlike|derived from|similar to|as an alternative to|alternatives? to"
            r"|in place of|to avoid|avoidance of|levels of|concentrations? of|off)",
            r"\b(?:switch\w*|chang\w*|convert\w*|transition\w*)(?: (?!to\b)[\w¤-]+){0,4} from",
            rf"\b(?:switch\w*|chang\w*)(?: to)?(?: \w+){{0,2}} {_MARK} (?:after|from)",
            r"\b(?:pre-?\s?medication|premedicated|rescue(?: therapy| treatment| medication)?) with",
            r"\b(?:no|without|not|neither)(?: (?:prior|previous|preoperative|adjuvant|concomitant|other|any|concurrent|maintenance))+",
            r"(?<!or )\bwithout(?! or)",
        )
    )
)
#: behind these words all treatments of the clause are those of before
_BEFORE_CLAUSE = gated(
    rf"\b{_PAST}(?: (?!(?:to|was|were)\b)[\w-]+){{0,2}} {_COURSE}(?: \w+){{0,2}}? ?(?::|(?:was|were|had been|included|include|consisted|comprised)\b)(?! (?:\w+ed|given|begun)\b)"
)
#: before these words all treatments of the clause are those of before
_BEHIND_CLAUSE = gated(
    r"\bhad (?:all |each |both )?(?:failed|been (?:ineffective|unsuccessful|without (?:effect|success)))"
)
#: right behind a treatment, what says that it is of the patients, or measured, not of the study
_SUFFIX = re.compile(
    r"(?:- ?|– ?|‐ ?)?(?:na[iï]ve|induced|resistant|resistance|refractory|sensitive|experienced|associated|related|dependent|dependence|free|sparing|intoleran\w+"
    r"|failures?|failed|exposed|exposure|pre-?treated|unresponsive|non-?responders?|non-?responsive|toxicity|levels?|concentrations?|clearance|deficien\w+"
    r"|status|equivalents?|users?|washout|was washed|were washed|receptors?)\b"
)

#: what may stand in a list of treatments
_JOINS = frozenset(
    (
        ", and or / + plus with ( ) [ ] - – and/or both either the a an of at least one two more high low dose -dose oral intravenous therapy "
        "treatment standard conventional first-line second-line first line second initial regimen based -based containing "
        "combination combined other drug drugs agents agent including such as like e.g. i.e. their by & alone "
    ).split()
)
#: where a list of treatments ends
_ENDS = frozenset(
    (
        ". ; : were was is are be been being received receive receives receiving underwent took randomized randomised assigned who whom "
        "that which but had has have could should can may will would respond responded entered enrolled included started began "
        "given treated patients patient subjects children adults women men participants if when while whereas to in for from during on"
    ).split()
)
#: words in a row that are neither treatments nor joins
_WORDS = 2
#: tokens of a list
_LONGEST = 40


def not_given(words: Sequence[str], drugs: Set[int]) -> frozenset[int]:
    """The tokens of `drugs` that are told of for another reason than being given in the study. `words`: the sentence's
    tokens in lower case."""
    if not drugs:
        return frozenset()
    line, starts = _line(words, drugs)
    found = set(_of_lists(words, drugs, line, starts))
    found |= set(_of_clauses(words, drugs, line, starts))
    found |= {i for i in drugs if _SUFFIX.match(line, starts[i] + 2)}
    return frozenset(found)


def _line(words: Sequence[str], drugs: Set[int]) -> tuple[str, list[int]]:
    """The words in one line, treatments replaced by a mark, and where each starts in it."""
    starts, parts, at = [], [], 0
    for i, word in enumerate(words):
        part = _MARK if i in drugs else " ".join(word.split()) or "_"
        starts.append(at)
        parts.append(part)
        at += len(part) + 1
    return " ".join(parts) + " ", starts


def _token_at(starts: list[int], at: int) -> int:
    """The first token that starts at or behind character `at`."""
    return bisect_left(starts, at)


def _of_lists(words: Sequence[str], drugs: Set[int], line: str, starts: list[int]) -> Iterator[int]:
    for match in _BEFORE_LIST.finditer(line):
        yield from _listed(words, drugs, _token_at(starts, match.end()))


def _listed(words: Sequence[str], drugs: Set[int], first: int) -> list[int]:
    """The treatments of the list that starts at token `first`."""
    found: list[int] = []
    others = 0
    for i in range(first, min(len(words), first + _LONGEST)):
        if i in drugs:
            found.append(i)
            others = 0
        elif words[i] in _ENDS:
            return found[:-1] if _opens_clause(words, found, i) else found
        elif words[i] not in _JOINS:
            others += 1
            if others > _WORDS:
                break
    return found


def _opens_clause(words: Sequence[str], found: list[int], end: int) -> bool:
    """ "refractory to A, B was given": only a comma parts the last treatment, of which the verb behind it speaks"""
    verb = words[end] in {"was", "were", "is", "has", "had", "can", "may", "could"}
    return verb and len(found) > 1 and found[-1] == end - 1 and words[found[-1] - 1] == ","


def _of_clauses(words: Sequence[str], drugs: Set[int], line: str, starts: list[int]) -> Iterator[int]:
    ends = [i for i, word in enumerate(words) if word in {".", ";"}] + [len(words) + 1]
    for match in _BEFORE_CLAUSE.finditer(line):
        first = _token_at(starts, match.end())
        yield from (i for i in drugs if first <= i < ends[bisect_left(ends, first)])
    for match in _BEHIND_CLAUSE.finditer(line):
        last = _token_at(starts, match.start())
        before = bisect_left(ends, last)
        yield from (i for i in drugs if (ends[before - 1] if before else 0) <= i < last)
