"""What a record says of its kinship with other reports: names of trials, and that it pools, prolongs or follows up.

A reader learns from it which reports are of the same patients; the link stage weighs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.candidates import Kinship, TrialName
from pipeline.extract.cues import Cue
from pipeline.extract.evidence import evidence_of
from pipeline.parsed import ParsedRecord

#: (start, end, kind of section) of a sentence in the record's text
Part = tuple[int, int, str]

_TRIALS = r"(?:clinical |phase [\w/]+ |randomi[sz]ed |controlled |placebo-controlled |double-blind |earlier |previous |pivotal |similar |identical |parent |drug |core |feeder |other )*(?:trials|studies)"
_FROM = r"(?:from|of|in|across|over)"
_MANY = r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|several|both|the|all)"
KINSHIP = (
    Cue("pooled", rf"\bpool(?:ed|ing)\b.{{0,60}}\b{_TRIALS}\b|\b{_TRIALS}\b.{{0,60}}\b(?:were|was) (?:pooled|combined|integrated)\b|\b(?:pooled|integrated|combined|post[- ]?hoc|secondary) (?:\w+ ){{0,3}}analysis {_FROM} (?:data {_FROM} )?{_MANY} {_TRIALS}|\bwe pooled\b|\bdata (?:{_FROM} )?{_MANY} {_TRIALS}\b.{{0,80}}\bpooled\b|\b(?:an )?integrated (?:\w+ ){{0,3}}analysis\b|\bwent back to (?:the )?{_TRIALS}",
        ("Data of four trials were pooled.", "a pooled analysis of two phase 3 trials", "An integrated safety and efficacy analysis", "We pooled patients"),
        ("Sera were pooled.", "the trial was analysed", "an analysis of the trial")),
    Cue("extension", r"\b(?:open[- ]label |long[- ]term |roll-?over |single-arm )+(?:\w+ )?extension\b|\bextension (?:study|trial|phase|period)\b|\b(?:rolled over|roll-?over (?:study|trial)|(?:patients|participants|those) (?:who|that) (?:had )?(?:completed|finished|taken part in)(?: [\w,-]+){0,6} (?:trials?|study|studies))\b|\btakes? patients from\b|\bpatients from (?:earlier|previous|parent|other) ",
        ("in an open-label extension", "the extension study", "patients who had completed the trial"), ("by extension", "an extension of the lesion")),
    Cue("later", r"\b(?:follow-?up (?:of|analysis|study|results|data)|(?:long-?term|extended|further|final|updated|mature|\d+-(?:year|month|week)|(?:one|two|three|four|five|six|ten)-year) (?:\w+ ){0,2}(?:follow-?up|results|outcomes|data|analysis|update|efficacy|effectiveness|safety|survival|benefits?)|update(?:d)? (?:of|results)|(?:after|up to|through|treated for up to) (?:\w+ ){0,3}years)\b",
        ("Five-year outcomes of drug A", "one year follow-up of children", "final results of the trial", "76-week results"), ("followed up weekly", "the end")),
    Cue("interim", r"\b(?:interim|preliminary|early|initial|first) (?:\w+ ){0,2}(?:analysis|results?|report|data|findings)\b",
        ("an interim analysis", "preliminary results"), ("the first patient",)),
    Cue("part", r"\b(?:sub-?study|sub-?analysis|sub-?group analys[ie]s|secondary analysis|post[- ]?hoc|ancillary|exploratory analysis|quality[- ]of[- ]life|patient[- ]reported outcomes?|cost-effectiveness|pharmacokinetics?|biomarkers?|substudies)\b",
        ("a post hoc analysis", "Health-related quality of life in the trial"), ("a study of 40 adults",)),
    Cue("registry", r"\b(?:registry|registries|patient register|national register|nationwide (?:cohort|database)|claims database|prospective register)\b",
        ("the European Registry on the disease",), ("The trial was registered.", "trial registration")),
    Cue("protocol", r"\b(?:study protocol|trial protocol|protocol (?:for|of) an?|(?:rationale|background) and design|design and rationale|design of (?:the|an?) (?:\w+ ){0,3}(?:trial|study))\b",
        ("study protocol of a trial", "rationale and design"), ("by protocol", "per protocol analysis")),
)  # fmt: skip

#: capital letters with or without a number ("RAISE", "PHOENIX 1", "KEYNOTE-024", "ION-1", "DE019"), or capitals within
#: ("STAR*D", "Hp-EuReg")
_NAME = (
    r"(?:[A-Z]{2,}[A-Z*]*(?:-[A-Z]{2,12}){0,2}(?:[ -]?\d{1,4}[A-Z]?)?|[A-Z][A-Za-z]{0,8}-?[A-Z][A-Za-z]{1,12}\d{0,3})"
)
_IS = r"(?:(?:phase [\w/]+|randomi[sz]ed|controlled|clinical|open-label|extension|main|pivotal|long-term|multicent(?:er|re))[ -]){0,3}(?:trials?|stud(?:y|ies)|extension|registry|cohort|program(?:me)?)\b"
NAMES = (
    re.compile(rf"\b(?:the|The|THE) (?P<name>{_NAME}) (?i:{_IS})"),
    re.compile(
        rf"\b(?P<name>{_NAME}) (?i:{_IS})(?:(?=[.:,;)]| (?:takes|took|was|is|were|had|of|in|with|through)\b)|$)"
    ),
    re.compile(rf"[(\[](?P<name>{_NAME})[)\]](?=[.:,;]|$| (?i:{_IS}))"),
    re.compile(rf"[(;] ?(?P<name>{_NAME})[,;]? ClinicalTrials\.gov"),
    re.compile(
        r"\b(?i:trials?|stud(?:y|ies)|follow-up of|in|of|and|among them|including)[ (]+(?P<name>[A-Z]{3,}(?:-[A-Z]{2,12}){0,2}[ -]\d{1,4}\b|[A-Z]{2,9}\*[A-Z]{1,9}\b)"
    ),
    re.compile(rf"\b(?i:trials?|stud(?:y|ies))[ (,]+(?P<name>{_NAME})(?=[),.;]| and )"),
    re.compile(rf"^(?P<name>{_NAME})(?= takes )"),
)
#: what each of them holds
_CAPITALS = re.compile(r"[A-Z][A-Za-z]{0,8}-?[A-Z]")
#: names in a list of them: "PHOENIX 1, PHOENIX 2 and ACT-1"
_NUMBERED = re.compile(r"\b(?P<name>[A-Z]{3,}[ -]\d{1,4})(?=,| and | or |[).;]|$)")
_LISTED = re.compile(r"\b[A-Z]{3,}[ -]\d{1,4}(?:,| and) [A-Z]{3,}[ -]\d{1,4}\b")
NAME_EXAMPLES = (
    ("In the SOLAR trial", ["SOLAR"]),
    ("results from the PLANET 1 study", ["PLANET 1"]),
    ("Drug A for anaemia (COMET-024): a randomised trial", ["COMET-024"]),
    ("(Funded by a firm; COMET-024 ClinicalTrials.gov number", ["COMET-024"]),
    ("patients of PLANET 1, PLANET 2 and others", ["PLANET 1", "PLANET 2"]),
    ("a follow-up trial (DE019), after", ["DE019"]),
    ("The Sky-EuReg registry", ["Sky-EuReg"]),
    ("outpatients in SKY*D, over four steps", ["SKY*D"]),
)
NAME_COUNTER = (
    "The study. SETTINGS: four wards",
    "the ITT population",
    "a phase III trial",
    "adults with HIV",
    "the USA",
    "40 patients (CI 20-30)",
)
#: short forms that are words of the field
_NO_NAMES = frozenset(
    """RCT RCTS ITT CI SD IQR OR RR HR USA UK EU US FDA EMA II III IV VI VII VIII IX DNA RNA QOL HRQOL WHO PCR AE AES SAE
    BMI MRI CT ICU COVID-19 ANOVA PDF PMID DOI NCT AND THE FOR WITH METHODS RESULTS BACKGROUND CONCLUSIONS CONCLUSION OBJECTIVE
    OBJECTIVES DESIGN SETTING PATIENTS INTERVENTIONS INTERVENTION FINDINGS AIM AIMS PURPOSE""".split()
)
#: many names are a list of references
_MOST = 8
_SKIPPED = frozenset(["back"])


def trial_names(record: ParsedRecord, parts: Sequence[Part], short_forms: Iterable[str]) -> list[TrialName]:
    """Names of trials in the order of the text; `short_forms` are those that the text defines for other things."""
    found: dict[str, TrialName] = {}
    others = {form.upper() for form in short_forms} | _NO_NAMES
    for start, end, kind in parts:
        if kind in _SKIPPED:
            continue
        for match in sorted(_named(record.text[start:end]), key=lambda m: m.start("name")):
            name = match["name"]
            heading = kind != "title" and record.text.startswith(":", start + match.end("name"))
            if heading or name.upper() in others or len(name) < 4 or _of_people(record.text, name):
                continue
            a, b = match.span("name")
            found.setdefault(name, TrialName(name=name, evidence=evidence_of(record, start + a, start + b)))
        if len(found) >= _MOST:
            break
    return list(found.values())[:_MOST]


def _named(sentence: str) -> Iterator[re.Match[str]]:
    if _CAPITALS.search(sentence):
        for pattern in NAMES:
            yield from pattern.finditer(sentence)
        if _LISTED.search(sentence):
            yield from _NUMBERED.finditer(sentence)


def _of_people(text: str, name: str) -> bool:
    """A disease rather than a trial: "with XYZ", "XYZ patients"."""
    return any(
        f"{before}{name}{after}" in text
        for before, after in (
            ("with ", ""),
            ("", " patients"),
            ("chronic ", ""),
            ("refractory ", ""),
            ("advanced ", ""),
        )
    )


def kinship(record: ParsedRecord, parts: Sequence[Part]) -> list[Kinship]:
    """What the title and the abstract say, each kind once, with the words that say so."""
    found: dict[str, Kinship] = {}
    cues = [cue for cue in KINSHIP if cue.possible(record.text)]
    for start, end, kind in parts[:_ABSTRACT] if cues else ():
        if kind in _SKIPPED:
            continue
        sentence = record.text[start:end]
        for cue in cues:
            match = None if cue.says in found else cue.search(sentence)
            if match is not None:
                place = evidence_of(record, start + match.start(), start + match.end())
                found[cue.says] = Kinship.model_validate(
                    {"kind": cue.says, "title": start < len(record.citation.title or ""), "evidence": place}
                )
    return list(found.values())


#: sentences of a long abstract
_ABSTRACT = 30
