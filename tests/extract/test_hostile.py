"""Hostile and very long texts: read without a crash, in time that grows as their length does."""

from __future__ import annotations

import re
import time

import pytest

from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.quantities import PATTERNS, quantities
from pipeline.extract.sentences import LONGEST, sentences
from pipeline.parsed import Citation, ParsedRecord, Section, Source

STUDY = (
    "Patients were randomised: 40 patients received rituximab plus dexamethasone (R-DEX), and 20 patients received "
    "dexamethasone alone. A response was seen in 30 of 40 patients (75%). "
)
#: what is repeated behind the study; the names are for the test's report
REPEATED = {
    "digits": "1",
    "numbers": "1 ",
    "opening": "(",
    "closing": ")",
    "pairs": "()",
    "words": "word ",
    "letters": "a",
    "drugs": "rituximab and ",
    "groups": "in the rituximab group A ",
    "fractions": "1/",
    "points": ".",
    "spaces": " ",
    "short forms": "(ABC) ",
    "effects": "response, odds ratio 1.2 (1.0-1.5) with rituximab. ",
    "names of effects": "odds ratio for ",
    "open intervals": "OR 1.2 (1.0-",
}


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def record(text: str) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[Section(title="Results", start=0, end=len(text))],
    )


def cost(extractor: Extractor, text: str) -> float:
    """CPU seconds of one extraction."""
    begin = time.process_time()
    extractor(record(text))
    return time.process_time() - begin


@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED.keys())
def test_four_times_the_text_does_not_cost_sixteen_times_as_much(extractor: Extractor, piece: str) -> None:
    small, large = (STUDY + piece * (size // len(piece)) for size in (8_000, 32_000))
    cost(extractor, small)  # words are learnt
    # linear is 4, quadratic is 16; what takes less than a tenth of a second is not measured
    assert cost(extractor, large) < 9 * max(cost(extractor, small), 0.1)


@pytest.mark.parametrize("piece", ["1", "(", "()", "word "])
def test_a_hundred_thousand_of_them_cost_the_record_nothing_else(extractor: Extractor, piece: str) -> None:
    c = extractor(record(STUDY + piece * 100_000))
    assert ("overall_response", 30, 40) in {(o.outcome, o.events, o.n) for o in c.outcomes}


def test_number_words_without_end_are_numbers_of_a_size_that_fits(extractor: Extractor) -> None:
    assert all(q.value < 1e9 for q in quantities("one hundred and thousand " * 2_000))


def test_a_sentence_without_end_is_cut_at_white_space() -> None:
    text = "Of 40 patients " + "word " * 5_000 + "responded."
    parts = sentences(record(text))
    assert max(p.end - p.start for p in parts) <= LONGEST
    assert " ".join(text[p.start : p.end] for p in parts) == text


@pytest.mark.parametrize(
    "text",
    [
        "NCT01234567 ISRCTN 123 UMIN-12 95% CI 1.2 to 3.4, 95% confidence p = .03 P-value<0.05 pvalue = 0.1 n = 35 N=1,234",
        "≥30 × 10⁹/L 30x109/L >50% .5% 12-year-old 3-fold 2:1 5–10% 50 ± 3% fifty percent Phase II grade 3/4 group 1 cd 20",
        "anti-CD 20 vol. 3 no. 4 version 2 v 3 fig. 1 n = 3/4 12/35 5 mg/kg 3 weeks twelve months one day 2001-2004 1-2 −0.5",
        "·5 ninety eighty-one thousand hundred All both none NO 1a table 4 aged 20 level 2 years 3 case 1 step 2 part 4 steps 1",
    ],
)
def test_looking_first_for_where_a_quantity_can_start_misses_none(text: str) -> None:
    patterns = "|".join(f"(?P<{name}>{pattern})" for name, pattern in PATTERNS.items())
    whole = [m.end() for m in re.finditer(patterns, text, re.IGNORECASE)]
    assert len(whole) > 8
    assert [q.end for q in quantities(text)] == whole
