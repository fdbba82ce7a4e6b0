"""What the codes of symbol fonts print where the font has no Unicode map.

TeX's symbol and maths italic fonts have one encoding each wherever they are used (Knuth, The TeXbook, appendix F), and
so has Adobe's Symbol, whose codes word processors write as U+F000 + code. A reader passes such a code on as a character
of a private area, and `repairs` says what it prints, so that each is recorded.
"""

from __future__ import annotations

import re

#: private characters for codes below 32 of TeX's symbols and of its maths italic
_SYMBOLS, _ITALIC = 0x100000, 0x100020
_TEX = (
    (re.compile(r"(?i)(?:^|[+_-])(?:cmb?sy|mtsy|tex_cm_maths_symb|lmmathsymb)"), _SYMBOLS),
    (re.compile(r"(?i)(?:^|[+_-])(?:cmm(?:i|ib)|mtmi|tex_cm_maths_ital|lmmathital)"), _ITALIC),
)
_TEX_SYMBOLS = "−·×*÷⋄±∓⊕⊖⊗⊘⊙◯∘•≍≡⊆⊇≤≥≼≽∼≈⊂⊃≪≫≺≻"
_TEX_ITALIC = "ΓΔΘΛΞΠΣΥΦΨΩαβγδϵζηθικλμνξπρστυϕχ"
#: codes of Adobe's Symbol that no font of pictures uses for something else in running text
_ADOBE = {
    0x3C: "<", 0x3D: "=", 0x3E: ">", 0x2B: "+", 0x2D: "−", 0x61: "α", 0x62: "β", 0x63: "χ", 0x64: "δ", 0x65: "ε",
    0x67: "γ", 0x68: "η", 0x6A: "φ", 0x6B: "κ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x71: "θ", 0x72: "ρ", 0x73: "σ",
    0x74: "τ", 0x77: "ω", 0x44: "Δ", 0x53: "Σ", 0x57: "Ω", 0xA2: "′", 0xA3: "≤", 0xA5: "∞", 0xAE: "→", 0xB0: "°",
    0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xD2: "®", 0xD4: "™",
    0xD7: "⋅",
}  # fmt: skip

PRINTED = {
    **{chr(_SYMBOLS + code): char for code, char in enumerate(_TEX_SYMBOLS)},
    **{chr(_ITALIC + code): char for code, char in enumerate(_TEX_ITALIC)},
    **{chr(0xF000 + code): char for code, char in _ADOBE.items()},
}


def private(font: str, code: int) -> int | None:
    """The private character for a code below 32 of a font of that name; None if the font is not known."""
    base = next((base for name, base in _TEX if name.search(font)), None)
    return None if base is None else base + code
