"""Dates as spreadsheets and people write them: read when there is one reading, else told apart."""

from __future__ import annotations

import datetime
import re

#: first letters of the months in the languages of Excel with Latin letters, without dots and accents
_MONTHS = {
    1: "january januar jan janvier janv enero ene gennaio gen januari janeiro",
    2: "february februar feb fevrier fevr fev febrero febbraio februari fevereiro",
    3: "march mar maerz mrz mars marzo maart mrt marco",
    4: "april apr avril avr abril abr aprile",
    5: "may mai mayo maggio mag mei maio maj",
    6: "june jun juni juin junio giugno giu junho",
    7: "july jul juli juillet juil julio luglio lug julho",
    8: "august aug aout agosto ago augustus augusti",
    9: "september sep sept septembre septiembre settembre set setembro",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez decembre diciembre dic dicembre dezembro",
}
_MONTH_OF = {name: month for month, names in _MONTHS.items() for name in names.split()}
_PLAIN = str.maketrans({"ä": "a", "é": "e", "û": "u", "ç": "c"})

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?[AP]M)?Z?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.]) ?(\d{{1,2}})\2 ?(\d{{1,2}})\.?{_TIME}", re.ASCII | re.IGNORECASE)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.]) ?(\d{{1,2}})\2 ?(\d{{4}}|\d{{2}}){_TIME}", re.ASCII | re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)", re.ASCII)
_NAMED = re.compile(rf"(\d{{1,2}})\.?[-/ ]?([^\W\d_]{{3,10}})\.?[-/ ](\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"([^\W\d_]{3,10})\.? (\d{1,2}), ?(\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})\.?[-/ ]?([^\W\d_]{3,10})\.?")
_MONTH_YEAR = re.compile(r"([^\W\d_]{3,10})\.?([-/ ])(\d{2})")
_MONTH_AND_YEAR = re.compile(r"([^\W\d_]{3,10})\.?[-/ ]?(\d{1,4})")
_FRACTION = re.compile(r"\d{1,4}[-/.]\d{1,4}", re.ASCII)
#: only German has a blank between month and year ("Mrz 35"); elsewhere "set 12" and "gen 12" may be words
_GERMAN = {"Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"}
_SERIAL = re.compile(r"[1-9]\d{4}(?:[.,]0+)?", re.ASCII)
#: days that the two calendars of Excel count from
EPOCHS = (datetime.date(1899, 12, 30), datetime.date(1904, 1, 1))


class NoDate(ValueError):
    """Why a text is no date, and what it may be."""


def read_date(text: str) -> str:
    """The date as 2026-11-21. Raises NoDate when there are none or two readings."""
    if _ISO.fullmatch(text) and _days([(text[:4], text[5:7], text[8:])]):
        return text
    found = sorted({d.isoformat() for d in _readings(text)})
    if len(found) == 1:
        return found[0]
    if found:
        raise NoDate(f"may be {' or '.join(found)}; write the one that is meant that way")
    if _SERIAL.fullmatch(text):
        days = int(re.split("[.,]", text)[0])
        either = " or ".join(str(epoch + datetime.timedelta(days)) for epoch in EPOCHS)
        raise NoDate(f"a spreadsheet turned the date into its count of days, which may be {either}; write the date")
    raise NoDate("is not a date such as 2026-11-21")


def _readings(text: str) -> list[datetime.date]:
    """Days that the text may name. A point between day, month and year means day first, as everywhere it is used;
    two digits of a year are only read beside a month's name."""
    if not text[:1].isdigit():
        match = _NAMED_FIRST.fullmatch(text)
        return _days([(match[3], month_of(match[1]), match[2])]) if match else []
    if match := _YEAR_FIRST.fullmatch(text):
        return _days([(match[1], match[3], match[4])])
    if match := _COMPACT.fullmatch(text):
        return _days([(match[1], match[2], match[3])])
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(match)
    if match := _NAMED.fullmatch(text):
        return _days([(_century(match[3]), month_of(match[2]), match[1])])
    return []


def _year_last(match: re.Match[str]) -> list[datetime.date]:
    one, sign, two, year = match[1], match[2], match[3], match[4]
    if len(year) == 2:
        year = "20" + year
        if sign == ".":
            return _days([(year, two, one)])
        return _days([(year, two, one), (year, one, two), ("20" + one.zfill(2), two, match[4])])
    return _days([(year, two, one)] if sign == "." else [(year, two, one), (year, one, two)])


def _century(year: str) -> str:
    return year if len(year) == 4 else "20" + year


def _days(readings: list[tuple[str, str | int, str]]) -> list[datetime.date]:
    found = []
    for year, month, day in readings:
        try:
            found.append(datetime.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def month_of(name: str) -> int:
    """The month's number; 0 for another word."""
    plain = name.lower().translate(_PLAIN).replace("marz", "maerz")
    return _MONTH_OF.get(plain, _MONTH_OF.get(name.lower().translate(_PLAIN), 0))


def made_of(text: str) -> str | None:
    """What a date may have been before a spreadsheet made it one: "3 of 35" for Mar-35; "" if that cannot be told;
    None for a text that no spreadsheet's date looks like."""
    if _FRACTION.fullmatch(text):
        return None
    if text[:1].isdigit():
        return _made_of_digits(text)
    if (match := _MONTH_YEAR.fullmatch(text)) and month_of(match[1]) and (match[2] != " " or match[1] in _GERMAN):
        return f"{month_of(match[1])} of {int(match[3])}"
    return "" if _readings(text) else None


def _made_of_digits(text: str) -> str | None:
    if (match := _DAY_MONTH.fullmatch(text)) and month_of(match[2]):
        return _of(int(match[1]), month_of(match[2]))
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
        return f"{month} of {year % 100}" if day == 1 else _of(month, day)
    if (match := _YEAR_LAST.fullmatch(text)) and _readings(text):
        return _of(int(match[1]), int(match[3]))
    return "" if _readings(text) else None


def becomes_date(text: str) -> bool:
    """Would a spreadsheet make a date of the text, in one language or another? 5/12, 5.12, Mar-35, may-2010."""
    named = _MONTH_AND_YEAR.fullmatch(text)
    return bool(_FRACTION.fullmatch(text)) or bool(named and month_of(named[1])) or made_of(text) is not None


def _of(a: int, b: int) -> str:
    return f"{min(a, b)} of {max(a, b)}"
