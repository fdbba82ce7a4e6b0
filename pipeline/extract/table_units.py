"""What the head of a column or the label of a row says of its numbers: how many patients, in which unit, and whether they are
shares of patients at all."""

from __future__ import annotations

import re

from pipeline.extract.table_cells import Unit

_SIZE = re.compile(
    r"[(\[,;]?\s*\b(?:n|no\.?|total n)\s?[=:]?\s?(?P<n>\d{1,3}(?:,\d{3})+|\d{1,7})\b(?!\s?[/.%]\s?\d|\s?%)(?:\s?(?:pts|patients|subjects|participants)\b\.?)?\s*[)\]]?"
    r"|[(\[]\s?(?P<people>\d{1,7})\s(?:pts|patients|subjects|participants|children|women|men|cases)\s?[)\]]",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"\b9[059](?:\.\d)?\s?%\s?(?:C[IL]\b|confidence (?:intervals?|limits?))|\(C[IL]\)", re.IGNORECASE)
_FRACTION = re.compile(
    r"(?i)(?<![\w-])(?:no\.?|n|numbers?)\s?/\s?(?:total(?:\s(?:no\.?|n|numbers?))?|no\.?|n)(?![\w-])"
)
#: columns that compare arms, or that count something else than patients
_COMPARES = re.compile(
    r"(?i)\bp[- ]?values?\b|^\W*p\W*$|\bdiff(?:erence|\.)?\b|\bratio\b|\bodds\b|\bhazard\b|\brelative risk\b|\bversus\b"
    r"|\bvs\b|\bstatistic|\bχ|\bchi\b|\breference|\bauthor|\bevents? per\b|\bper 100\b|\bperson-years\b|\beffect\b"
    r"|\b(?:HR|RR|RD|ARR|NNT)\b|\b(?:test|comparison|significance)\b"
)
_MEASURES = re.compile(
    r"(?i)\bmeans?\b|\bmedians?\b|\bs\.?d\.?(?:\W|$)|\bs\.?e\.?m?\.?(?:\W|$)|\brange\b|\bIQR\b|\bscores?\b|\bchanges?\b"
    r"|\bdays\b|\btime to\b|\bduration\b|\bnumber of (?:events|episodes|knees|lesions|samples|relapses)\b|\bindex\b|\bevents, n\b"
)
_BASELINE = re.compile(
    r"(?i)(?<!from )\bbase-?line\b|\bpre-?treatment\b|\bbefore treatment\b|\bat entry\b|\bscreening\b"
)


def without_level(text: str) -> str:
    """The text with blanks for "95% CI", whose sign is no unit, and for "No./total No.", which cells show themselves."""
    text = _LEVEL.sub(lambda m: " " * len(m.group()), text)
    return _FRACTION.sub(lambda m: " " * len(m.group()), text)


def measures(text: str) -> bool:
    """Whether a head announces means, medians, scores or events."""
    return _MEASURES.search(text) is not None


def size_of(text: str) -> tuple[int | None, str]:
    """(the number of patients that a head states, the head without it)."""
    match = _SIZE.search(text)
    if match is None:
        return None, text
    printed = (match["n"] or match["people"]).replace(",", "")
    return int(printed), text[: match.start()] + " " * len(match.group()) + text[match.end() :]


_COUNTS = re.compile(
    r"(?i)(?<![\w-])(?:n|no\.?|nos\.?|numbers?|count)(?![\w-])|\bpatients\b|\bpts\b|\bsubjects\b|\bevents\b|#"
)
_PERCENTS = re.compile(r"(?i)(?<!\d)(?<!\d )(?:%|\bpercent(?:ages?)?\b|\bper cent\b)")
_PROPORTION = re.compile(r"(?i)\bproportions?\b(?!\s(?:of|with))")


def unit_of(text: str) -> Unit | None:
    """What the numbers under a head are: "n (%)", "% (n)", "%", "no. of patients", "proportion"."""
    count, percent = _COUNTS.search(text), _PERCENTS.search(text)
    if count and percent:
        behind = re.search(r"(?i)[(\[]\s?(?:n|no\.?|numbers?)\s?[)\]]", text)
        return "pn" if behind and percent.start() < behind.start() else "np"
    if percent:
        return "p"
    if count and not measures(text):
        return "n"
    return "f" if _PROPORTION.search(text) else None


def vetoed(words: str, text: str) -> bool:
    """Whether numbers under a head compare arms, are of before treatment, or intervals; `words`: the head without size."""
    levels_only = _LEVEL.search(text) is not None and not re.search(r"[A-Za-z]{2}", words)
    return bool(_COMPARES.search(words) or _BASELINE.search(words) or levels_only)
