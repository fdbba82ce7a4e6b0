"""Repairs of what damaged fonts print, and texts in which the same characters mean themselves."""

from __future__ import annotations

import pytest

from pipeline.parse.repairs import repaired
from pipeline.parse.symbol_fonts import PRINTED, private


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("It fell (P50.05), rose (P50.01) and fell (p50.001).", "It fell (P<0.05), rose (P<0.01) and fell (p<0.001)."),
        ("It fell (P50.37), rose (P50.02) and fell (P50.81).", "It fell (P=0.37), rose (P=0.02) and fell (P=0.81)."),
        ("It ended. *e trial began. *is was so, and *en not.", "It ended. The trial began. This was so, and Then not."),
        ("Of mean 6 SD: 12.3 6 4.5 and 10.1 6 3.2.", "Of mean ± SD: 12.3 ± 4.5 and 10.1 ± 3.2."),
        ("Age \uf0b3 18 years, dose \uf0b1 2 mg", "Age ≥ 18 years, dose ± 2 mg"),
        ("a suﬃcient eﬀect at ﬁrst", "a sufficient effect at first"),
    ],
    ids=["limits", "values", "Th", "spread", "Symbol", "ligatures"],
)
def test_repaired_where_the_text_proves_it(printed: str, meant: str) -> None:
    assert repaired([printed], "") == [meant]


@pytest.mark.parametrize(
    "text",
    [
        "One value only (P50.05) proves nothing.",
        "Limits (P50.05, P50.01) and a value (P50.37) do not agree.",
        "It ended. *e trial began.",
        "From 12.3 6 4.5 nothing follows.",
    ],
)
def test_left_as_printed_where_nothing_proves_it(text: str) -> None:
    assert repaired([text], "") == [text]


def test_pieces_are_proved_by_the_document_and_stay_apart() -> None:
    assert repaired(["12.3 6 4.5", "", "6"], "Values are mean 6 SD.") == ["12.3 ± 4.5", "", "6"]


@pytest.mark.parametrize(("font", "code", "char"), [("CMSY10", 0, "−"), ("ABCDEF+CMSY8", 21, "≥"), ("CMMI10", 22, "μ")])
def test_codes_of_tex_fonts(font: str, code: int, char: str) -> None:
    """Knuth, The TeXbook, appendix F, figures 5 and 6 (octal 0, 25 and 26)."""
    found = private(font, code)
    assert found is not None
    assert PRINTED[chr(found)] == char


def test_codes_of_other_fonts_are_unknown() -> None:
    assert private("Times-Roman", 21) is None
