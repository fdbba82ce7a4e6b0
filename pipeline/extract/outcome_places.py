"""Where a number stands in its clause, and which outcome its place gives it."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.extract.blocks import Block
from pipeline.extract.clauses import Clause, visible
from pipeline.extract.measures import Measure
from pipeline.extract.phrases import bracket_around
from pipeline.extract.plain_words import HAVING, foreign
from pipeline.extract.reading import Mention, Reading
from pipeline.extract.sentences import VERSUS

#: between an outcome and its number: "response rate of 55%", "CR was 40%", "ORR (n = 8, 50%)"
_LINKS = frozenset("rate rates of was were is are : = ( in a an about only approximately".split())
#: before a number that is no subject
_GOVERNING = frozenset(
    """in of by for to at from with among was were is are be been as than versus vs vs. v v. ( [ = reached reaching
    within had have has achieved including included comprising did without or""".split()
)
_HEDGES = frozenset(
    "about only approximately nearly almost just some roughly around over under a an the all additional".split()
)
#: where a predicate may end
_SEPARATORS = VERSUS | {",", "and", ";", "or", "than", "compared", "against", "opposed"}
_STOPS = frozenset([",", "and", ";", "but", ":"])
_AUXILIARIES = frozenset(
    "was were is are had have has did died lost withdrew stopped went became remained showed fell rose".split()
)


_ADJECTIVES = ("al", "ic", "ive", "ous", "able", "ible", "rapid", "prompt")


class Binding(NamedTuple):
    """The outcome that a number counts (None: of something else), and whether the grammar says so."""

    outcome: Mention | None
    bound: bool
    #: the outcome stands behind the number and is used up by it
    ahead: bool = False


#: adverbs of what had been before
_BEFORE_STUDY = frozenset("once twice thrice previously before earlier".split())
_CLASSED = frozenset("responders nonresponders non-responders relapsers".split())
#: relapses of a kind
_KINDS = frozenset("late early first second isolated distant cns brain marrow".split())
_WHOLE = frozenset("clinical overall total actuarial annual".split())
NOTHING = Binding(None, False)


class Place:
    """Where a block of numbers stands in its clause: behind what, before what, behind which binding."""

    def __init__(self, c: Clause, block: Block, blocks: list[Block], k: int, earlier: Binding | None) -> None:
        self.c, self.block, self.earlier = c, block, earlier
        self.first, self.last = block[0].first, block[-1].last
        self.floor = blocks[k - 1][-1].last if k else c.first
        if earlier and earlier.ahead and earlier.outcome and earlier.outcome.last <= self.first:
            self.floor = max(self.floor, earlier.outcome.last)
        self.ceiling = blocks[k + 1][0].first if k + 1 < len(blocks) else c.last
        self.last = self._behind_bracket()
        seen = [o for o in c.outcomes if visible(c.reading, o, block)]
        self.before = [o for o in seen if self.floor <= o.first < self.first]
        self.inside = [o for o in seen if self.first <= o.first < self.last]
        self.behind = [o for o in seen if self.last <= o.first < self.ceiling]
        heard = [o for o in c.outcomes if o.first < c.first]
        self.heard = heard[-1] if heard else None
        self.several_heard = len({o.value for o in heard}) > 1

    def _behind_bracket(self) -> int:
        """ "20 (50%, 95% CI 41–63) responded": behind the bracket that opens within the block, if it holds an interval"""
        words, last = self.c.reading.lower, self.last
        opened = words[self.block[-1].first : last].count("(") > words[self.block[-1].first : last].count(")")
        end = next((i for i in range(last, min(self.ceiling, last + 8, len(words))) if words[i] == ")"), None)
        if not opened or end is None or not any(_is_interval(self.c.reading, i) for i in range(last, end)):
            return last
        return last if any(last <= o.first < end for o in self.c.outcomes) else end + 1

    def binding(self) -> Binding:
        if not _BEFORE_STUDY.isdisjoint(self.c.reading.lower[self.last : self.last + 1]):
            return NOTHING  # "10 twice"
        if self._of_another_class():
            return NOTHING
        found = self._found()
        return found._replace(bound=False) if found.outcome and self._of_a_kind(found.outcome) else found

    def _of_another_class(self) -> bool:
        """ "12 (30%) responders" beside "21 complete responders": people named by an outcome that is none of the known"""
        words = self.c.reading.lower
        behind = self.last + (words[self.last : self.last + 1] == [")"])
        classed = not _CLASSED.isdisjoint(words[behind : behind + 1]) and self.block[-1].n is None
        return classed and not any(o.first <= behind < o.last for o in self.c.outcomes)

    def _of_a_kind(self, o: Mention) -> bool:
        """ "late relapse", "relapse in the brain", "relapsed once": not all relapses, or not of this treatment"""
        if o.value != "relapse":
            return False
        words = self.c.reading.lower
        before, behind = words[o.first - 1 : o.first], words[o.last : o.last + 1]
        place = foreign(self.c, o.last, min(o.last + 4, self.c.last)) if behind in (["in"], ["at"]) else []
        kind = before and (before[0] in _KINDS or (before[0].endswith(("al", "ic", "ar")) and before[0] not in _WHOLE))
        return bool(kind or place or not _BEFORE_STUDY.isdisjoint(behind))

    def _found(self) -> Binding:
        attached = self._attached()
        if attached is not None:
            return attached
        return self._as_subject() if self._is_subject() else self._as_object()

    def _attached(self) -> Binding | None:
        """The outcome that words or place tie to the block: "CR was 40%", "40% for CR", "20 responses", "CR 40%"."""
        reading, first, last = self.c.reading, self.first, self.last
        tied = [o for o in self.before if linked(reading, o, self.block[0])]
        if tied:
            return Binding(tied[-1], True)
        for_it = [o for o in self.behind if 0 < o.first - last <= 2 and reading.lower[last] == "for"]
        if for_it:
            return Binding(for_it[0], True, ahead=True)
        counted = [o for o in self.behind if self._counted(o)]
        touching = [self._ahead(o) for o in counted if not self._of_whom(o)]
        touching = touching or [Binding(o, True) for o in self.before if o.last == first]
        return touching[0] if len(touching) == 1 else None

    def _counted(self, o: Mention) -> bool:
        """ "20 complete responses", "20% CR", where no number follows that may be the outcome's own"""
        if self.block[0].percent is None:
            return o.first - self.last <= 1
        return o.first == self.last and o.last < self.ceiling

    def _is_subject(self) -> bool:
        """ "20 (50%) of the patients relapsed": no preposition before it, a verb behind it"""
        words = self.c.reading.lower
        i = self.first - 1
        while i > self.floor and words[i] in _HEDGES:
            i -= 1
        if i >= self.c.first and words[i] in _GOVERNING:
            return False
        return self._verb() is not None

    def _verb(self) -> int | None:
        """The verb behind the block, before its predicate can end."""
        reading = self.c.reading
        around = bracket_around(reading, self.last - 1)
        opened = int(around is not None and around > self.first)  # "33 patients (80%; 95% CI …) responded"
        for i in range(self.last, min(self.ceiling, len(reading.lower))):
            word = reading.lower[i]
            opened += (word in {"(", "["}) - (word in {")", "]"})
            if opened > 0:
                continue
            if word in _STOPS:
                return None
            if word in HAVING or word in _AUXILIARIES or (word.endswith("ed") and not self._participle(i)):
                return i
        return None

    def _participle(self, i: int) -> bool:
        """ "patients treated with A", "splenectomised patients": no predicate"""
        words = self.c.reading.lower
        given = words[i] in {"treated", "randomised", "randomized", "assigned", "allocated", "aged"}
        return given or words[i + 1 : i + 2] in (["patients"], ["subjects"], ["children"], ["participants"])

    def _as_subject(self) -> Binding:
        said = [o for o in self.behind if not self._of_whom(o)]
        if said:
            return self._ahead(said[0])
        if foreign(self.c, self.last, self._end()):
            return NOTHING
        if self.before:  # "the responses, which 13 of 40 patients had"
            o = self.before[-1]
            related = not {"which", "that"}.isdisjoint(self.c.reading.lower[o.last : self.first])
            return Binding(o, related and not foreign(self.c, o.last, self.first))
        return self._carried(bound=self.c.reading.lower[self._verb() or 0] == "did")

    def _of_whom(self, o: Mention) -> bool:
        """ "20 of 40 with a relapse had …": the outcome says of whom, the verb stands behind it"""
        words = self.c.reading.lower
        verb = self._verb()
        with_it = not {"with", "without"}.isdisjoint(words[max(self.last, o.first - 3) : o.first])
        return with_it and verb is not None and verb >= o.last

    def _end(self) -> int:
        """Where the predicate ends."""
        words = self.c.reading.lower
        verb = self._verb() or self.last
        ends = (i for i in range(verb, min(self.ceiling, len(words))) if words[i] in _STOPS)
        return next(ends, self.ceiling)

    def _as_object(self) -> Binding:
        near = next((o for o in self.behind if not self._parted(o)), None)
        if near and self.earlier is not None and self.earlier.ahead:
            return self._ahead(near)
        if self.before:
            o = self.before[-1]
            return Binding(o, not foreign(self.c, o.last, self.first))
        if self.inside:
            return Binding(self.inside[0], False)
        carried = self.earlier or (Binding(self.heard, True) if self.heard else None)
        strange = self._strange()
        if near and (strange or carried is None or carried.outcome is None) and not self._of_other_subject():
            return self._ahead(near)
        if strange and self._strange(last=True):
            return NOTHING
        return self._carried(bound=not strange)

    def _parted(self, o: Mention) -> bool:
        """Something that ends a phrase stands between the block and an outcome behind it."""
        return not _SEPARATORS.isdisjoint(self.c.reading.lower[self.last : o.first])

    def _of_other_subject(self) -> bool:
        """ "the effective rate was 52%", "a rash was seen in 9": what the number is said of has a name of its own"""
        said = not {"was", "were", "is", "are"}.isdisjoint(self.c.reading.lower[self.floor : self.first])
        who = not {"who", "whom"}.isdisjoint(self.c.reading.lower[self.last : self.last + 3])  # "in one who had CR"
        return said and not who and self._strange()

    def _strange(self, last: bool = False) -> bool:
        """Something of its own is named for this block, behind the first (or last) comma or "and" since the one before:
        "and rash in 8", but not "9 of 15 after surgery, 12 of 23 with drugs"."""
        words = self.c.reading.lower
        around = bracket_around(self.c.reading, self.first)
        cuts = [
            i
            for i in range(self.floor, self.first)
            if words[i] in _SEPARATORS and bracket_around(self.c.reading, i) in {None, around}
        ]
        cut = (cuts[-1] if last else cuts[0]) if cuts and self.earlier else self.floor
        return bool(foreign(self.c, cut, self.first))

    def _ahead(self, o: Mention) -> Binding:
        """An outcome behind the block; adjectives before it say of what kind it is."""
        first = o.first
        while first > self.last and (self._adjective(first - 1)):
            first -= 1
        return Binding(o, not foreign(self.c, self.last, first), ahead=True)

    def _adjective(self, i: int) -> bool:
        word = self.c.reading.lower[i]
        return word.endswith(_ADJECTIVES) or (word == "and" and self.c.reading.lower[i - 1].endswith(_ADJECTIVES))

    def _carried(self, bound: bool) -> Binding:
        """The outcome goes on from the number before it, or from the clause before."""
        if self.earlier is not None:
            return self.earlier._replace(bound=self.earlier.bound and bound)
        if self.heard is None:
            return NOTHING
        denied = "not" in self.c.reading.lower[self.c.first : self.ceiling]
        behind = foreign(self.c, self.last, self.ceiling)
        return Binding(self.heard, bound and not (self.several_heard or denied or behind))


def _is_interval(reading: Reading, i: int) -> bool:
    return i in reading.quantity and reading.quantity[i].kind in {"INTERVAL", "RANGE", "PERCENT_RANGE", "PVALUE"}


def linked(reading: Reading, o: Mention, m: Measure) -> bool:
    """Whether only words such as "rate of" stand between an outcome and its number."""
    return o.last <= m.first and all(w in _LINKS for w in reading.lower[o.last : m.first])
