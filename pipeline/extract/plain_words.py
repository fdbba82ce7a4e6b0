"""Words that name nothing of their own: what may stand between an outcome and its number and leave them tied.

Any other word between them, a noun or a verb of its own, may be what is counted.
"""

from __future__ import annotations

import re

from pipeline.extract.clauses import Clause
from pipeline.extract.reading import GROUP_WORDS, PEOPLE
from pipeline.extract.sentences import VERSUS

#: verbs with which patients have an outcome, or an outcome is had
HAVING = frozenset(
    """achieved achieve achieving attained attain had have has having showed shown show obtained obtain reached reach
    experienced experience demonstrated exhibited developed manifested met satisfied gained presented entered maintained
    sustained displayed suffered underwent fulfilled regained became become remained remain stayed stay continued went responded""".split()
)
_SEEN = frozenset(
    """lasted persisted endured observed seen found noted reported recorded documented occurred occur occurring succeeded registered present achieved reached
    obtained attained met induced confirmed kept maintained ensued followed resulted detected evident verified
    demonstrated shown established identified determined measured calculated estimated given produced yielded gave
    averaged amounted came limited accounted equalled totalled rose fell totaled affected concerned befell complicated involved qualified applied held stood
    including included comprised made making classified
    rated judged considered regarded assessed evaluated counted graded""".split()
)
_FUNCTION = frozenset(
    """a an the this that these those its their our of in by for to at with from on among within beyond after during until up as
    into over and or & was were is are be been being did do does had has have it which there then also only about
    approximately nearly almost some around roughly just exactly some all any each either both total overall
    respectively respective compared against than versus while whereas but thus hence therefore so i.e. namely another
    further additional more less higher lower greater better superior similar comparable significantly markedly
    statistically substantially slightly not nor no difference different equal same identical
    respectively altogether together finally eventually ultimately subsequently first second third whom who
    they he she even still now per between through using i e least most entire whole every once among overall both so
    high low common commoner often frequent frequently usual likely unlikely lower than up well good again already
    very respectively remaining rest previously-mentioned since upon not
    """.split()
)
_MEASURED = frozenset(
    """rate rates proportion proportions percentage percentages percent frequency incidence number numbers figure figures
    share fraction ratio value values prevalence result results outcome outcomes response responses status ci confidence
    interval range iqr median mean p n or rr hr cumulative crude actuarial corresponding observed estimated
    endpoint end point primary secondary analysis itt intention intent treat protocol per-protocol basis population
    set full modified level""".split()
)
_TIME = frozenset(
    """day days d week weeks wk month months mo year years yr hour hours h time times point points follow-up followup follow
    end last visit visits later early late initial initially final long-term short-term median completion
    diagnosis randomisation randomization inclusion enrolment enrollment entry start initiation discontinuation cessation
    withdrawal infusion dose injection weekly daily monthly
    treatment therapy course courses cycle cycles study trial period phase weekend assessment evaluation examination
    baseline one two three four five six seven eight nine ten twelve""".split()
)
_WHOSE = frozenset(
    """evaluable assessable evaluated treated randomized randomised enrolled included analysed analyzed receiving received
    given assigned allocated taking took who whom them others other former latter active treated-alone alone
    monotherapy combination combined control controls placebo experimental intervention conventional standard group
    recipients -treated open-label double-blind open label double blind grade grades tumor tumour lesion lesions ulcer
    ulcers""".split()
)
#: words that say nothing of what is counted
PLAIN = _FUNCTION | _SEEN | HAVING | _MEASURED | _TIME | _WHOSE | PEOPLE | GROUP_WORDS | VERSUS
#: "partial in 12 and none in 20": what follows is not the outcome
_DENIES = frozenset(["none", "neither", "nor"])
_VERBS = frozenset("was were is are occurred had has did".split()) | HAVING
_SIGN = re.compile(r"[^a-z]*$|[a-z]$|-+[a-z]?$")


def foreign(c: Clause, first: int, last: int) -> list[int]:
    """Tokens of [first, last) that name something of their own: no plain words, numbers, treatments, arms or outcomes.
    What stands in brackets is said beside."""
    words = c.reading.lower
    found, opened = [], 0
    beside = _apposition(c, first, last)
    for i in range(max(first, 0), min(last, len(words))):
        opened = max(0, opened + (words[i] in {"(", "["}) - (words[i] in {")", "]"}))
        if not opened and i not in beside and _own(c, i):
            found.append(i)
    return found


def _apposition(c: Clause, first: int, last: int) -> range:
    """ "response, a rise above 50 within 3 months, was seen in": what stands between commas before the verb"""
    words = c.reading.lower
    if words[first : first + 1] != [","]:
        return range(0)
    ends = (i for i in range(first + 1, last - 1) if words[i] == "," and words[i + 1] in _VERBS)
    return range(first, next(ends, first))


def _own(c: Clause, i: int) -> bool:
    word = c.reading.lower[i]
    return word in _DENIES or not (_known(c, i) or i in c.reading.quantity or _plain(word))


def _known(c: Clause, i: int) -> bool:
    spoken = any(m.first <= i < m.last for m in [*c.reading.of("DRUG"), *c.outcomes])
    return spoken or any(r.first <= i < r.last for r in c.told)


def _plain(word: str) -> bool:
    return word in PLAIN or _SIGN.match(word) is not None
