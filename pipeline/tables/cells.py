"""One cell: what a column holds, what spreadsheets do to it, and how it is written so that they do nothing to it.

A column's kind follows from its field's type; a text says more with `json_schema_extra`, one of ID, VALUE, PERCENT.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.config import JsonDict

from pipeline.tables.dates import NoDate, becomes_date, made_of, read_date
from pipeline.tables.numerals import (
    NoNumber,
    is_shortened,
    read_number,
    read_percent,
    read_whole,
    whole_of,
)

Kind = Literal["text", "id", "value", "whole", "number", "percent", "date", "truth", "choice", "list"]

#: a text that names something: a study, an arm, a field, a PMID; no date, no shortened number
ID: Final[JsonDict] = {"cell": "id"}
#: a text that may be a count, a share ("25 of 35", "71.4%") or words; no date
VALUE: Final[JsonDict] = {"cell": "value"}
#: a number of percent, also written with its sign
PERCENT: Final[JsonDict] = {"cell": "percent"}

#: a spreadsheet runs a cell that starts with one of these; such text is written with an apostrophe before it
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LIST_SEPARATOR = "|"

_ERROR = re.compile(r"#[A-ZÀ-Ý¡¿][A-ZÀ-Ý/0]{1,20}[!?]|#N/?[AV]|#{3,}|Err:\d{3}", re.ASCII | re.IGNORECASE)
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_WITHOUT = dict.fromkeys(map(ord, _INVISIBLE))
#: nobody means what stands there unseen at the ends of a cell
_UNSEEN = _INVISIBLE + "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_SMART = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "\u00a0": " ", "\u202f": " "})
_TRUE = "true wahr vrai verdadero vero waar verdadeiro sant sand sann tosi prawda ja yes oui si sim 1"
_FALSE = "false falsch faux falso onwaar falskt usand usann epatosi falsz nein no non nao nej 0"
_TRUTH = dict.fromkeys(_TRUE.split(), "true") | dict.fromkeys(_FALSE.split(), "false")
_LONG_DIGITS = re.compile(r"0\d+|\d{12,}", re.ASCII)
#: a text that cannot be a number, a date or a damaged cell: most cells, told in one look
_WORDS = re.compile(r"[a-z][a-z0-9_.]*(?:-[a-z0-9]+)*", re.ASCII)
is_digits = re.compile(r"0|[1-9]\d{0,8}", re.ASCII).fullmatch
#: kinds that such a text, and such digits, are read as they stand
_WORDS_IN = frozenset({"text", "id", "value"})
DIGITS_IN = frozenset({"text", "id", "value", "whole", "number"})


class Damaged(ValueError):
    """What is wrong with a cell, what a spreadsheet did, and how to write it."""


@dataclass(frozen=True, eq=False)
class Column:
    """Of `columns_of`, which makes each once."""

    name: str
    kind: Kind
    options: tuple[str, ...] = ()


@cache
def columns_of(model: type[BaseModel]) -> dict[str, Column]:
    """The model's columns by name."""
    return {name: _column(name, field) for name, field in model.model_fields.items()}


def _column(name: str, field: Any) -> Column:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "cell" in extra:
        return Column(name, extra["cell"])
    types = [t for t in (get_args(field.annotation) or (field.annotation,)) if t is not NoneType]
    if get_origin(field.annotation) is Literal:
        types = [field.annotation]
    if any((get_origin(t) or t) in (list, tuple) for t in (*types, field.annotation)):
        return Column(name, "list")
    kinds: dict[object, Kind] = {int: "whole", float: "number", bool: "truth", datetime.date: "date"}
    options = get_args(types[0]) if len(types) == 1 and get_origin(types[0]) is Literal else ()
    if options:
        return Column(name, "choice", options) if all(isinstance(o, str) for o in options) else Column(name, "text")
    return Column(name, kinds.get(types[0], "text") if len(types) == 1 else "text")


class Typed(str):
    """A workbook's cell that holds text: what was typed is what is there."""

    __slots__ = ()


class Formula(str):
    """A workbook's cell that is computed."""

    __slots__ = ()


def seen(text: str) -> str:
    """Without blanks, and characters of no width, at the ends."""
    return text.strip() if text.isascii() else text.strip(_UNSEEN)


@lru_cache(maxsize=8192, typed=True)  # most cells of a column are there many times
def read_cell(cell: str, column: Column, decimal_comma: bool = False) -> str | list[str]:
    """What the cell says, as the column's model takes it. Raises Damaged."""
    text = seen(cell)
    kind = column.kind
    if not text or (kind in DIGITS_IN and is_digits(text)):
        return text if kind != "list" else []
    if kind in _WORDS_IN and _WORDS.fullmatch(text) and (kind == "text" or made_of(text) is None):
        return text
    if isinstance(cell, Formula):
        raise Damaged("is a formula; write what it gives")
    if _is_guarded(text, kind):
        return text[1:] if kind in ("id", "value") else _READERS[kind](text[1:], column, decimal_comma)
    if kind not in ("text", "list", "value"):  # within words such characters may have a meaning
        text = text.translate(_WITHOUT)
    if isinstance(cell, Typed) and kind in ("id", "value"):
        return text.translate(_SMART) if kind == "id" else text
    if text[:1] in "#Ee" and _ERROR.fullmatch(text) and not isinstance(cell, Typed):
        raise Damaged(_error(text))
    return _READERS[kind](text, column, decimal_comma)


def _error(text: str) -> str:
    if text.startswith("###"):
        return "the column was too narrow for the spreadsheet to show it; write the cell again in a wider column"
    return "the spreadsheet took the cell for a formula and could not work it out; write it with ' before it"


# ---- kinds -------------------------------------------------------------------------------------------------------


def _text(text: str, column: Column, decimal_comma: bool) -> str:
    return text


def _list(text: str, column: Column, decimal_comma: bool) -> list[str]:
    return [part.strip() for part in text.split(LIST_SEPARATOR) if part.strip()]


def _id(text: str, column: Column, decimal_comma: bool) -> str:
    text = text.translate(_SMART)
    if made_of(text) is not None:
        raise Damaged("a spreadsheet made a date of what was typed; write it again with ' before it")
    if is_shortened(text):
        raise Damaged("a spreadsheet shortened a long number, its last digits are lost; write all digits with ' before")
    whole = re.fullmatch(r"(\d{4,15})[.,]0{1,2}", text, re.ASCII)
    return whole[1] if whole else text


def _value(text: str, column: Column, decimal_comma: bool) -> str:
    _check_date(text)
    if is_shortened(text):
        raise Damaged(
            "a spreadsheet shortened the number, its last digits are lost; write all digits, or a name with ' before"
        )
    percent = text.endswith("%")
    try:
        number = read_number(text[:-1].rstrip() if percent else text, decimal_comma)
    except NoNumber as error:
        if "may be" in str(error):
            raise Damaged(str(error)) from None
        return text
    return f"{number}%" if percent else whole_of(number) or number


def _whole(text: str, column: Column, decimal_comma: bool) -> str:
    _check_date(text)
    return _number_by(read_whole, text, decimal_comma)


def _number(text: str, column: Column, decimal_comma: bool) -> str:
    _check_date(text)
    return _number_by(read_number, text, decimal_comma)


def _percent(text: str, column: Column, decimal_comma: bool) -> str:
    _check_date(text)
    return _number_by(read_percent, text, decimal_comma)


def _number_by(read: Callable[[str, bool], str], text: str, decimal_comma: bool) -> str:
    try:
        return read(text, decimal_comma)
    except NoNumber as error:
        raise Damaged(str(error)) from None


def _date(text: str, column: Column, decimal_comma: bool) -> str:
    try:
        return read_date(text.translate(_SMART).strip("'\""))
    except NoDate as error:
        raise Damaged(str(error)) from None


def _truth(text: str, column: Column, decimal_comma: bool) -> str:
    word = _TRUTH.get(text.lower().translate(str.maketrans("äíãł", "aial")))
    if word is None:
        raise Damaged("is not true or false")
    return word


def _choice(text: str, column: Column, decimal_comma: bool) -> str:
    plain = " ".join(text.translate(_SMART).split()).lower()
    fitting = [o for o in column.options if text == o] or [o for o in column.options if o.lower() == plain]
    if len(fitting) != 1:
        raise Damaged(f"is not one of {', '.join(column.options)}")
    return fitting[0]


_READERS: dict[str, Callable[[str, Column, bool], str | list[str]]] = {
    "text": _text,
    "list": _list,
    "id": _id,
    "value": _value,
    "whole": _whole,
    "number": _number,
    "percent": _percent,
    "date": _date,
    "truth": _truth,
    "choice": _choice,
}


def _check_date(text: str) -> None:
    """Raises Damaged for what a spreadsheet writes for a fraction that it took for a date."""
    was = made_of(text)
    if was is not None:
        example = f'if it was a share, write "{was}"' if was else 'write a share as "25 of 35"'
        raise Damaged(f"a spreadsheet made a date of what was typed; {example}; anything else with ' before it")


# ---- writing -----------------------------------------------------------------------------------------------------


def write_cell(value: object, column: Column, decimal_comma: bool = False) -> str:
    """The text of a cell that `read_cell` reads back, and that a spreadsheet neither runs nor changes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _written(value, column, decimal_comma)
    text = LIST_SEPARATOR.join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    bare = seen(text)
    if isinstance(value, (str, list, tuple)) and (_is_guarded(bare, column.kind) or _is_harmed(bare, column.kind)):
        return "'" + bare
    return text if column.kind == "text" else bare  # a file's name may end in a blank


def _written(value: float, column: Column, decimal_comma: bool) -> str:
    text = f"{value:.10g}"
    if column.kind == "percent" and 0 < value <= 1:
        return text + "%"
    grouped = decimal_comma and column.kind in ("number", "percent") and len(text.rpartition(".")[2]) == 3
    return text + "0" if grouped and "." in text else text


def _is_harmed(text: str, kind: Kind) -> bool:
    """Would a spreadsheet run or change the text, or take it for an error of its own?"""
    if text.startswith(FORMULA_STARTS) or _ERROR.fullmatch(text):
        return True
    if kind not in ("id", "value"):
        return False
    if _LONG_DIGITS.fullmatch(text) or is_shortened(text) or becomes_date(text):
        return True
    return (kind == "id" and text.translate(_WITHOUT) != text) or _reads_otherwise(text, kind)


def _reads_otherwise(text: str, kind: Kind) -> bool:
    column = Column("", kind)
    try:
        return any(_READERS[kind](text, column, comma) != text for comma in (False, True))
    except Damaged:
        return True


def _is_guarded(text: str, kind: Kind) -> bool:
    """Does the text start with an apostrophe that keeps a spreadsheet from it, and is no part of it?"""
    if not text.startswith("'"):
        return False
    bare = text.lstrip("'")
    return _is_harmed(bare, kind) or (kind not in ("text", "list") and bare[:1].isdigit())
