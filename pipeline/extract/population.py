"""Who was treated: age group, line of the disease, and the words that define it."""

from __future__ import annotations

from pipeline.candidates import Age, Population
from pipeline.extract.cues import Cue, compiled, first
from pipeline.extract.eligibility import front_matter
from pipeline.extract.sentences import NOT_RESULTS
from pipeline.parsed import ParsedRecord

YOUNG = (
    Cue("young", r"\bchild(?:ren|hood)?\b(?![- ]?bearing)|\bp(?:a)?ediatric|\binfants?\b|\badolescents?\b|\bboys\b|\bgirls\b|\b(?:under|below) (?:the age of )?1[0-8]\b",
        ("children with anaemia", "patients under the age of 16", "a paediatric trial"), ("childless women", "women of child-bearing age"),
        words=("child", "ediatr", "infant", "adolescen", "boys", "girls", "under", "below")),
)  # fmt: skip
NEWBORN = (
    Cue("newborn", r"\bneonat\w+|\bnewborns?\b|\bpreterm infants\b", ("newborns with anaemia",), ("a new drug",), words=("neonat", "newborn", "preterm")),
)  # fmt: skip
GROWN = (
    Cue("adult", r"\badults?\b|\belderly\b|\bpregnan|(?:≥|>=|\bover|\babove|\bat least) ?1[68] years\b|\b(?:post|pre|peri)menopausal\b|\bgeriatric\b|\bolder (?:people|patients|men|women)\b|\bveterans\b",
        ("adults with anaemia", "patients ≥ 18 years", "postmenopausal women"), ("children with anaemia",),
        words=("adult", "elder", "pregnan", "16 years", "18 years", "menopaus", "geriatric", "older", "veteran")),
)  # fmt: skip
_AGE = r"\b(\d{1,3})[- ]years?[- ](?:old|of age)\b|\b(?:mean|median) age (?:of |was |, |: ?)?(\d{1,3})\b|\bage[ds]? (\d{1,3})\b|\baged (?:\d{1,2}) ?(?:-|–|to) ?(\d{1,3})\b"

LINES = (
    Cue("line", r"\b(multi-?refractory|refractory|relapsed|relapsing|recurrent|resistant|newly diagnosed|treatment-naive|previously untreated|pretreated|(?:first|second|third)-line|persistent|chronic|acute)\b"
        r"(?=[^.;]{0,60}\b(?:patients|disease|\w+itis|\w+emia|\w+aemia|\w+oma|cancer|purpura|disorder|depression|leuk\w+|ITP)\b)",
        ("refractory anaemia", "patients with chronic disease: relapsed leukaemia"), ("a persistent effect",),
        words=("refractory", "relaps", "recurrent", "resistant", "newly", "naive", "untreated", "pretreated", "-line", "persistent", "chronic", "acute")),
)  # fmt: skip

_PATIENTS = r"\b(?:patients|children|adults|women|men|subjects|defined)\b"

#: how a text defines its patients; the sentence that holds it is quoted
DEFINITIONS = (
    Cue("definition", r"\b(?:refractory|relapsed|resistant|chronic|persistent|intolerant|eligible)\b[^.;]{0,80}\b(?:was|were|is|are) defined (?:as|by)\b|\bdefined (?:as )?(?:refractory|resistant|relapsed)\b",
        ("Refractory anaemia was defined as failure of iron.",), ("Response was defined as normal haemoglobin.",), words=("defined",)),
    Cue("definition", r"\b(?:had )?(?:not respond(?:ed)? to|failed|failing|failure of|refractory to|resistant to|intolerant (?:of|to)|relapsed after|relapse after|unresponsive to|inadequate response to|no response to|previously treated with|pretreated with)\b",
        ("patients who had failed iron", "patients refractory to drug A"), ("drug A failed to help", "renal failure"), unless=r"\bfailed to\b",
        words=("respond", "fail", "refractory to", "resistant to", "intoleran", "relaps", "inadequate", "no response", "previously", "pretreated")),
    Cue("definition", r"\b(?:newly diagnosed|previously untreated|treatment[- ]na[iï]ve|chemotherapy[- ]na[iï]ve)\b", ("newly diagnosed anaemia",), ("diagnosed anaemia",), words=("newly", "untreated", "naive", "naïve")),
)  # fmt: skip


def population(record: ParsedRecord, sentences: list[tuple[int, int, str]]) -> Population:
    """The patients. `sentences` are (start, end, kind of section) in the record's text. Of an article, only the title,
    the abstract and the methods speak of them alone."""
    front = front_matter(record)
    own = [front, *(record.text[a:b] for a, b, kind in sentences if a >= len(front) and kind == "methods")]
    words = "\n".join(own)
    return Population(age=age_group(words), line=disease_line(words), text=definition(record, sentences))


def definition(record: ParsedRecord, sentences: list[tuple[int, int, str]]) -> str | None:
    """The sentence of the source that says how its patients were defined, the clearest first."""
    own = [(a, b) for a, b, kind in sentences if kind not in NOT_RESULTS | {"title"}]
    for cue in (cue for cue in DEFINITIONS if cue.possible(record.text)):
        for start, end in own:
            sentence = record.text[start:end]
            if cue.search(sentence) and compiled(_PATIENTS).search(sentence):
                return record.quote(start, end)[2]
    return None


def age_group(text: str) -> Age:
    """Adult, paediatric or mixed, by what the text says of its patients; the newborns of treated mothers do not count."""
    ages = [int(a) for found in compiled(_AGE).findall(text) for a in found if a]
    pregnant = compiled(r"\bpregnan|\bmothers?\b").search(text) is not None
    young = first(YOUNG if pregnant else (*YOUNG, *NEWBORN), text) is not None
    grown = first(GROWN, text) is not None or any(a >= 18 for a in ages)
    if young and grown:
        return "mixed"
    return "paediatric" if young else "adult" if grown else "unspecified"


def disease_line(text: str) -> str | None:
    """Refractory, relapsed and the like, as the text says it of its patients, in order of first mention."""
    found = [m.group(1).lower() for cue in LINES if cue.possible(text) for m in compiled(cue.pattern).finditer(text)]
    return " / ".join(dict.fromkeys(found)) or None
