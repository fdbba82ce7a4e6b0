"""Substances that a text names by their maker's code ("PM01183", "ONO-4538", "R406") or as a code joined to a drug
("AB12-doxorubicin"): no list holds them, so that their form and what stands beside them must tell.

A long code that the text repeats is believed as it stands. A short one ("R24", "XY-1") has the form of many other things
(antigens, genes, scales, stages) and counts where it is told of as something given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

#: both begin with a capital letter and look back from there, for a pattern that begins by looking back is tried everywhere
_LONG = re.compile(
    r"[A-Z](?<![\w-].)(?<!(?=NCT|ISRCTN|UMIN|CYP|CTRI|DRKS|ISO|PMC|DSM|ICD).)[A-Z]{1,3}[ -]?\d{3}(?:,\d{3}|\d{0,3})[A-Z]?"
    r"(?![\w%]|,\d|\.\d|\s?(?:mg|[µμ]g|mcg|g|kg|ml|mL|IU|U|mm|Gy|cm)\b)"
)
_SHORT = re.compile(r"[A-Z](?<![\w/-].)[A-Z]{0,4}(?:-?[A-Z]?\d{1,5}[a-zA-Z]?|\(\d{1,4}\))(?![\w%/]|\.\d)")
_JOINED = re.compile(r"(?<![\w-])[A-Z]{1,4}-?\d{1,5}-$")
#: what has the form of a code and is none: antigens, cytokines, genes, enzymes, viruses, scales, criteria, stages
_ELSE = re.compile(
    r"(?:CD|IL|HLA|CA|HER|TNF|BRCA|KI|IG|COVID|SARS|HIV|HTLV|HPV|HCV|HBV|HBA|COX|CYP|SF|EQ|PHQ|GAD|BDI|DAS|ACR|PASI|EASI|BASDAI|ASAS|HAM|MADRS|UPDRS|FEV|VEGF"
    r"|PD|PDL|CTLA|TIGIT|LAG|TIM|GD|TH|TGF|IFN|INF|MSH|MLH|TP|P|H|T|N|M|G|S|E|II|IV|V|HB|B|C|L|Q|RDI|PET|WHO|CTCAE|NYHA|ECOG|RECIST|GCS|MRC|NIH|APACHE|PT|PTH|ALT|AST|ABO"
    r"|FAB|MIC|ED|LD|AUC|DAY|WK|W|D|Y|ITT|KIT|FLT|JAK|BCR|ALK|ROS|EGFR|MET|RAS|NRAS|KRAS|BRAF|SMN|HSP|NS|CHADS|HAS|CRP|FOXP|AT|RH|GP|LC)-?\(?[A-Z]?\d.*"
)
_KIND = r"(?:inhibitor|antibody|agonist|antagonist|extract|formulation|vaccine|agent|drug|compound|conjugate|analogue?|modulator|blocker|peptide|prodrug|product)"
_BEFORE = re.compile(
    rf"(?:\b{_KIND}|\btreat(?:ed|ment) with|\breceiv\w+|\bgiven|\badminist\w+(?: of)?|\bdoses? of|\bevaluat\w+|\bassigned to|\brandomi[sz]ed to)\s\(?$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"(?:,? (?:is |was )?an? (?:[\w-]+,? ){{0,6}}?{_KIND}\b| ?\(?\d[\d.]* ?(?:mg|[µμ]g|mcg|g|IU)\b|[ -](?:groups?|arms?|treated|treatment|therapy|monotherapy|plus|versus|infusions?"
    rf"|injections?|dosage|doses?|recipients?|given)\b| (?:anti-[\w-]+ )?(?:monoclonal )?{_KIND}\b)",
    re.IGNORECASE,
)
_NEAR = 60


def codes(text: str) -> Iterator[tuple[int, int, str]]:
    """Codes of substances in the text: characters [start, end) and the name, in lower case."""
    for match in _LONG.finditer(text):
        if text.count(match.group()) > 1:
            yield (*match.span(), match.group().lower())
    told = {name for name in _candidates(text) if _told_of(text, name)}
    if told:
        either = "|".join(re.escape(name) for name in sorted(told, key=len, reverse=True))
        for match in re.finditer(rf"(?<![\w-])(?:{either})(?!\w)", text):
            yield (*match.span(), re.sub(r"[()]", "", match.group()).lower())


def joined_code(text: str, start: int) -> int | None:
    """Where a code starts that a hyphen joins to the name at character `start`: "AB12-doxorubicin"."""
    match = _JOINED.search(text, max(0, start - 12), start)
    return match.start() if match else None


def _candidates(text: str) -> set[str]:
    return {m.group() for m in _SHORT.finditer(text) if not _ELSE.fullmatch(m.group())}


def _told_of(text: str, name: str) -> bool:
    """The text speaks of it twice, and once as of something that is given."""
    places = [m.span() for m in re.finditer(rf"(?<![\w-]){re.escape(name)}(?!\w)", text)]
    return len(places) > 1 and any(
        _BEFORE.search(text[max(0, a - _NEAR) : a]) or _BEHIND.match(text[b : b + _NEAR]) for a, b in places
    )
