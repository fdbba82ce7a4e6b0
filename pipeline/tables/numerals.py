"""Numbers as spreadsheets and people write them: read when there is one reading, else told why not."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_SHORTENED = re.compile(r"-?\d+(?:[.,]\d+)?[eE]\+?-?\d{1,3}", re.ASCII)
#: groups of three digits: blanks and apostrophes have no other use, points and commas may be decimal
_BLANK_GROUPS = re.compile(r"-?\d{1,3}(?:[ '’]\d{3})+", re.ASCII)
_GROUPS = re.compile(r"-?\d{1,3}(?:([.,])\d{3}(?:\1\d{3})*)", re.ASCII)
_GROUPS_AND_REST = re.compile(r"(-?\d{1,3}(?:,\d{3})+)\.(\d+)|(-?\d{1,3}(?:\.\d{3})+),(\d+)", re.ASCII)
_COMMA = re.compile(r"(-?\d+),(\d+)", re.ASCII)
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007"), " ") | {0x2212: "-"}


class NoNumber(ValueError):
    """Why a text is no number."""


def is_shortened(text: str) -> bool:
    """Is it a number with a power of ten, as Excel shows long ones (1.2E+07)?"""
    return _SHORTENED.fullmatch(text) is not None


def read_number(text: str, decimal_comma: bool) -> str:
    """The number with a decimal point and no groups. `decimal_comma`: the file's delimiter says that commas may be
    decimal, so that a point may part thousands. Raises NoNumber when there are none or two readings."""
    text = text.translate(_BLANKS)
    if _PLAIN.fullmatch(text) and not (decimal_comma and _GROUPS.fullmatch(text)):
        return text
    if _BLANK_GROUPS.fullmatch(text):
        return re.sub("[ '’]", "", text)
    if match := _GROUPS.fullmatch(text):
        return _grouped(text, match[1])
    if match := _GROUPS_AND_REST.fullmatch(text):
        whole, rest = (match[1], match[2]) if match[1] else (match[3], match[4])
        return f"{whole.replace(',', '').replace('.', '')}.{rest}"
    if match := _COMMA.fullmatch(text):
        return f"{match[1]}.{match[2]}"
    if is_shortened(text):
        return text.replace(",", ".")
    raise NoNumber("is not a number")


def _grouped(text: str, sign: str) -> str:
    whole = text.replace(sign, "")
    if text.count(sign) > 1 or text.lstrip("-").startswith("0"):
        return whole if text.count(sign) > 1 else text.replace(",", ".")
    raise NoNumber(f"may be {whole} or {text.replace(sign, '.')}; write {whole}, or {text.replace(sign, '.')}0")


def whole_of(number: str) -> str | None:
    """25 of 25 and 25.0; None for a number that is not whole."""
    whole, _, rest = number.partition(".")
    return whole if not rest.strip("0") and "e" not in number.lower() else None


def read_whole(text: str, decimal_comma: bool) -> str:
    """A whole number of 25, 25.0, "25,0" or "1 234". In a file with another delimiter than ; a comma before three
    digits parts thousands, since no whole number has decimals that are not zero. Raises NoNumber."""
    text = text.translate(_BLANKS)
    match = _GROUPS.fullmatch(text)
    if match and match[1] == "," and not decimal_comma and not text.lstrip("-").startswith("0"):
        return text.replace(",", "")
    if is_shortened(text):
        raise NoNumber("was shortened by a spreadsheet, its last digits are lost; write all digits")
    if match and match[1] == "." and text.count(".") == 1:
        raise NoNumber(f"may be {text.split('.')[0]} or {text.replace('.', '')}; write it without a point")
    whole = whole_of(read_number(text, decimal_comma))
    if whole is None:
        raise NoNumber("is not a whole number")
    return whole


def read_percent(text: str, decimal_comma: bool) -> str:
    """71.4 of "71.4%", "71,4 %" and 71.4. Raises NoNumber for 0.714, which may be a share that lost its sign."""
    bare = text.translate(_BLANKS)
    if bare.endswith("%"):
        return read_number(bare[:-1].rstrip(), decimal_comma)
    number = read_number(bare, decimal_comma)
    if 0 < float(number) <= 1:
        share = f"{100 * float(number):.10g}"
        raise NoNumber(f'may be {number}% or, as a spreadsheet keeps it, {share}%; write "{share}%" or "{number}%"')
    return number
