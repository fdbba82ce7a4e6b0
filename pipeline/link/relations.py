"""Which reports belong to one study, and which studies share patients: evidence, a likelihood, and what is proof.

- Reports of one study are those of the same trial or series: abstract, paper, follow-up, part, and an extension that
  goes on under the trial's own number or name.
- An extension under a number of its own, a pooled analysis and a register's next extract are studies that share a
  cohort: they may take patients from several studies, which would all become one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz.fuzz import partial_ratio

from pipeline.candidates import Candidate
from pipeline.link.evidence_weights import WEIGHTS, likelihood
from pipeline.link.first_look import TOLD, may_be_told
from pipeline.link.meetings import Column
from pipeline.link.profiles import Profile, profile
from pipeline.link.relation_blocks import blocked, met
from pipeline.link.signs import Sign, signs

#: of an erratum's title that holds that of an article
LONG_TITLE, REPEATED, ERRATUM = 30, 95.0, 0.9
#: a proof is never told as less than this
PROVED = 0.99
#: what no proof holds against
AGAINST = frozenset(
    ["other registration", "other trial name", "other drugs", "other ages", "other sizes", "pooled", "windows apart"]
    + ["number among several", "both registries", "other designs", "pools the other's trial"]
)
#: sets of signs that prove that two reports are of one study, if nothing stands against it
PROOFS = (
    frozenset(["registration"]),
    frozenset(["trial name", "many authors"]),
    frozenset(["trial name", "several authors"]),
    frozenset(["trial name", "same size", "same drugs"]),
    frozenset(["titles equal", "many authors", "same size", "same drugs", "abstract, then paper"]),
    frozenset(["same window", "same institution", "same drugs", "same size", "same counts"]),
    frozenset(["same window", "same institution", "same drugs", "same small size", "same counts"]),
)


@dataclass(frozen=True)
class Relation:
    """Of the reports with indexes a < b. `evidence` are short phrases, the strongest first."""

    a: int
    b: int
    kind: Literal["same study", "shared cohort"]
    status: Literal["sure", "possible"]
    likelihood: float
    evidence: tuple[str, ...]


def relations(reports: Sequence[Candidate]) -> list[Relation]:
    """Relations of reports of which none is a duplicate of another; at most one per pair, sorted by the indexes."""
    return _judged(
        blocked([p for i, report in enumerate(reports) if (p := profile(i, report)) is not None], may_be_told)
    )


def related(ties: Sequence[Column], profile: Callable[[int], Profile | None]) -> list[Relation]:
    """`relations` of reports with these ties, of which only those are looked at that share one."""
    return _judged(met(ties, cache(profile), may_be_told))


def _judged(pairs: Iterable[tuple[Profile, Profile]]) -> list[Relation]:
    found = (judge(p, q) for p, q in pairs)
    return sorted((r for r in found if r is not None), key=lambda r: (r.a, r.b))


def judge(a: Profile, b: Profile) -> Relation | None:
    """The relation of two reports, None where none is likely enough to be told."""
    if a.notice or b.notice:
        return _notice(a, b)
    first, then = (a, b) if a.key <= b.key else (b, a)
    seen = signs(first, then)
    names = frozenset(sign.name for sign in seen)
    study = likelihood(sum(WEIGHTS[name].study for name in (*sorted(names), "prior")))
    cohort = likelihood(sum(WEIGHTS[name].cohort for name in (*sorted(names), "prior")))
    one, two = sorted((a.index, b.index))
    if not (names & AGAINST) and any(proof <= names for proof in PROOFS):
        return Relation(one, two, "same study", "sure", max(study, PROVED), _told(seen, "study"))
    if study >= max(cohort, TOLD):
        return Relation(one, two, "same study", "possible", round(study, 3), _told(seen, "study"))
    if cohort >= TOLD and a.has_patients and b.has_patients:
        return Relation(one, two, "shared cohort", "possible", round(cohort, 3), _told(seen, "cohort"))
    return None


def _notice(a: Profile, b: Profile) -> Relation | None:
    """An erratum belongs to the study of the article whose title it repeats; what comments on an article does not."""
    erratum, article = (a, b) if a.notice else (b, a)
    repeats = len(article.title) >= LONG_TITLE and partial_ratio(article.title, erratum.title) >= REPEATED
    if erratum.notice != "erratum" or article.notice or not repeats:
        return None
    one, two = sorted((a.index, b.index))
    said = f"{erratum.name}: an erratum that repeats the title of {article.name}"
    return Relation(one, two, "same study", "possible", ERRATUM, (said,))


def _told(seen: Sequence[Sign], side: Literal["study", "cohort"]) -> tuple[str, ...]:
    """Words of the signs: what speaks for the relation, the strongest first, then what speaks against it."""
    told = [(getattr(WEIGHTS[sign.name], side), sign) for sign in seen if sign.words]
    pro = sorted((w for w in told if w[0] > 0), key=lambda w: -w[0])
    con = sorted((w for w in told if w[0] < 0), key=lambda w: w[0])
    return (*(sign.words for _, sign in pro), *(f"against: {sign.words}" for _, sign in con))
