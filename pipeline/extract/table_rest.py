"""What a head leaves unexplained: the words that make it speak of something else, a part of the patients, a site, a kind."""

from __future__ import annotations

from pipeline.extract.quantities import Quantity
from pipeline.extract.reading import GROUP_WORDS, Reading

TIME = frozenset(["DURATION", "DURATION_WORDS", "LABEL"])
#: words that say nothing of their own in a label of a table: joints, people, counts, and what studies call results
_PLAIN = GROUP_WORDS | frozenset(
    """patient patients pts subject subjects participant participants case cases individuals people persons
    a an the of in on at to for with by and or no no. n number numbers percent percentage percentages proportion
    proportions rate rates frequency total overall any all best confirmed tumor tumour clinical who had having achieved
    achieving experiencing experienced reporting reported achieving showing least one 1 outcome outcomes endpoint
    endpoints end point points primary secondary efficacy variable variables parameter parameters result results response
    responses responder responders evaluation evaluated evaluable assessed assessable assessment analysis analyses set
    population populations itt mitt fas intention intent intention-to-treat intent-to-treat intention‐to‐treat modified
    full therapy treatment treatments treated during after within from until follow up follow-up followup end months weeks
    days years month week day year visit category type types event study trial period phase double blind
    double-blind randomised randomized main initial final cumulative treatment-emergent emergent patients' each per week's
    value values data participant's therapeutic effect effects objective investigator independent review central local
    according criteria recist who summary group's safety haematological hematological hematologic haematologic
    initial yes""".split()
)  # fmt: skip
#: words that say how or by whom a response is assessed, but which kind of a relapse or a death it is
_KINDS = frozenset(
    "local central clinical initial primary secondary hematological haematological hematologic haematologic".split()
)
_ASSESSED = frozenset(
    "overall_response complete_response partial_response sustained_response remission cure eradication other".split()
)
#: a bracket of so many words may name a part of the patients or a kind; a longer one defines
_NARROWING = 3
#: parts of the patients that a bracket behind an arm's name may single out
_PEOPLE = frozenset("women men males females male female boys girls children adults elderly".split())
#: words of a sum in brackets: "(complete plus partial)"
_JOINED = frozenset("complete partial plus modified unconfirmed".split())


def left_over(reading: Reading, explained: set[int], outcome: str | None) -> tuple[str, ...]:
    """Words and numbers that neither arm, outcome, unit nor time explains; `explained`: tokens of arm and outcome."""
    kinds = _KINDS if outcome is not None and outcome not in _ASSESSED else frozenset[str]()
    return (*_rest(reading, explained, kinds), *_narrowed(reading, kinds))


def _rest(reading: Reading, explained: set[int], kinds: frozenset[str]) -> list[str]:
    """Words and numbers outside brackets that neither arm, outcome, unit nor time explains; `kinds`: plain words that are
    not plain beside the outcome."""
    left = []
    for i in sorted(outside_brackets(reading) - explained):
        word = reading.lower[i]
        q = reading.quantity.get(i)
        timed = q is not None and q.kind in TIME and is_time(reading, i, q)
        if word in ("grade", "grades") and reading.lower[max(0, i - 1) : i] in (["any"], ["all"]):
            continue
        prefix = len(word) == 1 and reading.lower[i + 1 : i + 2] in (["-"], ["‐"], ["–"])  # "n-PR" is no "PR, n"
        if any(c.isalnum() for c in word) and (word not in _PLAIN or word in kinds or prefix) and not timed:
            left.append(word)
    return left


def _narrowed(reading: Reading, kinds: frozenset[str]) -> list[str]:
    """The words of a bracket that are a few plain words beside an outcome, as in "Relapse (distant)" or "Response (women)";
    short forms, figures, and words that labels need do not narrow what is counted."""
    outcomes = reading.of("OUTCOME")
    outside = outside_brackets(reading)
    if not any(m.first in outside for m in outcomes):
        return [w for i, w in enumerate(reading.lower) if i not in outside and w in _PEOPLE]
    known = {i for m in [*outcomes, *reading.of("DRUG")] for i in range(m.first, m.last)}
    words = [i for i in range(len(reading.doc)) if i not in outside and any(map(str.isalnum, reading.lower[i]))]
    plain = all(reading.doc[i].text.isalpha() and not reading.doc[i].text[1:].isupper() for i in words)
    needed = (_PLAIN - kinds) | _JOINED
    left = [reading.lower[i] for i in words if i not in known and reading.lower[i] not in needed]
    return left if plain and len(words) <= _NARROWING else []


def outside_brackets(reading: Reading) -> set[int]:
    depth, outside = 0, set()
    for i, word in enumerate(reading.lower):
        depth += word in {"(", "["}
        if depth == 0:
            outside.add(i)
        depth -= word in {")", "]"} and depth > 0
    return outside


def is_time(reading: Reading, i: int, q: Quantity) -> bool:
    return q.kind != "LABEL" or reading.lower[i].startswith(("week", "day", "month", "year", "cycle", "course"))
