"""Eligibility, design and population of a record, each decided by cues with the words that decided it."""

from __future__ import annotations

import re

from pipeline.candidates import Age, Design

#: reason → cues, the first reason that holds; `title:` cues are looked for in the title and publication types only
EXCLUSIONS: tuple[tuple[str, str], ...] = (
    ("meta-analysis", r"\b(?:fixed|random)[- ]effects? models?\b.{0,80}\b(?:summary|pooled)|\bmeta-?analys[ie]s (?:of|was|were)"
     r"|^\W*(?:background\W+|abstract\W+)?.{0,120}\bmeta-analysis\b(?! of \d+ (?:patients|studies on))"),
    ("review", r"\bsystematic review\b|\bPRISMA\b|\bliterature search\b|\bwe (?:review|searched)\b|\bthis review\b"
     r"|\bnarrative review\b|\bsearched (?:medline|pubmed|embase)"),
    ("protocol", r"\bth(?:is|e) (?:study )?protocol (?:describes|for a)\b|\bwill be (?:randomi[sz]ed|recruited|enrolled)\b"),
    ("guideline", r"\bclinical practice guidelines?\b(?=.{0,80}\brecommend)|\bconsensus (?:statement|guideline)"),
    ("case report", r"\bcase report\b|\bwe (?:report|describe|present) (?:a|an|the) (?:rare |unusual )?(?:case|patient)\b"
     r"|\ba (?:\w+ ){0,3}patient (?:with|of)[^.]{0,150}\bis (?:described|reported|presented)\b|\bour case\b"),
)  # fmt: skip
_PEOPLE = r"\b(?:patients|subjects|participants|children|women|men|adults|volunteers|infants|cases)\b"
_PRECLINICAL = r"\b(?:mice|mouse|rats?|murine|in vitro|cell lines?|zebrafish|rabbits?)\b"
_STUDY = (
    r"\bwe (?:conducted|evaluated|assessed|studied|treated|retrospectively|analy[sz]ed|investigated|compared|reviewed|used)\b"
    r"|\b(?:study|trial) (?:was|were|included|compared|aimed|has|is)\b|\bpatients were\b|\bretrospective|\bprospective"
    r"|\bwere (?:\w+ )?(?:included|enrolled|recruited|treated|randomi[sz]ed|collected|assigned|followed|studied)\b"
    r"|\b(?:open-label|single-arm|multicent(?:er|re)|controlled|phase \w+) (?:\w+ )?(?:trial|study)\b"
    r"|\brandomi[sz]ed\b|\bthis study\b|\bpresent study\b|\bmethods?\b|\bresults?\s*:"
)


def exclusion(title: str, body: str, publication_types: list[str]) -> tuple[str, int, int] | None:
    """(reason, start, end) in `body` of the first reason that keeps a record out, or None."""
    head = f"{title} {' '.join(publication_types)}".lower()
    for reason in ("meta-analysis", "systematic review", "review", "case reports?", "guideline"):
        if re.search(rf"\b{reason}\b", head) and "review of charts" not in head:
            return ({"systematic review": "review", "case reports?": "case report"}.get(reason, reason), 0, 0)
    for reason, cue in EXCLUSIONS:
        match = re.search(cue, body, re.IGNORECASE)
        if match and not _overruled(reason, body):
            return (reason, match.start(), match.end())
    animals = re.search(_PRECLINICAL, body, re.IGNORECASE)
    if animals and not re.search(_PEOPLE, body, re.IGNORECASE):
        return ("preclinical", animals.start(), animals.end())
    if not re.search(_STUDY, body, re.IGNORECASE):
        return ("not a study", 0, 0)
    return None


def _overruled(reason: str, body: str) -> bool:
    """A trial that names a review, or a series that calls itself cases, stays in."""
    trial = re.search(
        r"\bwe randomi[sz]ed\b|\bpatients were (?:randomly|randomi[sz]ed)|\bopen-label\b", body, re.IGNORECASE
    )
    series = re.search(
        r"\b(?:chart review|reviewed the (?:medical |clinical )?(?:charts|data|records))", body, re.IGNORECASE
    )
    return bool((reason != "protocol" and trial) or (reason in {"review", "case report"} and series))


#: reasons that are designs
_DESIGN_OF: dict[str | None, Design] = {
    "review": "review",
    "meta-analysis": "meta-analysis",
    "case report": "case report",
}


def design(title: str, body: str, reason: str | None, arm_count: int, n_total: int | None) -> Design:
    """The study's design in the contract's words."""
    if reason in _DESIGN_OF:
        return _DESIGN_OF[reason]
    if reason is not None and reason not in {"no response proportion", "too few patients", "not a treatment study"}:
        return "other"
    words = f"{title} {body}"
    if re.search(r"\brandom(?:ly|i[sz]ed|i[sz]ation)\b", words, re.IGNORECASE) and not re.search(
        r"\bnon-?randomi|\bnot randomly\b|\bnonrandomi[sz]", words, re.IGNORECASE
    ):
        return "randomised"
    if arm_count > 1:
        return "non-randomised comparative"
    if re.search(
        r"\bretrospective|\breviewed the (?:medical |clinical )?(?:charts|data|records)", words, re.IGNORECASE
    ):
        return "single-arm retrospective"
    if re.search(r"\bprospective|\bphase\s+(?:I|II|III|\d)|\bopen-label\b|\btrial\b", words, re.IGNORECASE):
        return "single-arm prospective"
    return "case series" if n_total is not None and n_total < 20 else "other"


def age_group(text: str) -> Age:
    """Adult, paediatric or mixed, by what the text says of its patients."""
    young = re.search(
        r"\bchild(?:ren|hood)?\b|\bp(?:a)?ediatric|\binfants?\b|\badolescents?\b|\bunder the age of 1[0-8]\b",
        text,
        re.I,
    )
    ages = [int(a) for a in re.findall(r"\b(\d{1,3})[- ]years?[- ]old\b|\bage[ds]? (\d{1,3})\b", text) for a in a if a]
    adult = re.search(r"\badults?\b|\belderly\b|\bpregnan", text, re.IGNORECASE) or any(a >= 18 for a in ages)
    if young and adult:
        return "mixed"
    return "paediatric" if young else "adult" if adult else "unspecified"


def disease_line(text: str) -> str | None:
    """Refractory, relapsed and the like, as the text says it of its patients, in order of first mention."""
    found = re.findall(
        r"\b(multirefractory|refractory|relapsed|resistant|newly diagnosed|first-line|second-line|persistent|chronic)\b",
        text,
        re.I,
    )
    return " / ".join(dict.fromkeys(w.lower() for w in found)) or None
