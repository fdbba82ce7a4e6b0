"""Tagged formats that `ris` reads, as data: how their records are cut, and which tags hold which field.

RIS as every database writes it; the tagged text of Web of Science, Ovid and the Cochrane Library; EndNote's own (.enw).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from pipeline.parse.document import Document
from pipeline.parse.tagged import Dialect, line_feeds

#: field → its tags, best first
Tags = Mapping[str, tuple[str, ...]]


class Format(NamedTuple):
    """A dialect, its fields, `end`: the line that closes a record, and `between`: what parts keywords of one line."""

    dialect: Dialect
    tags: Tags
    end: re.Pattern[str]
    between: str = "\n"


_NO_END = re.compile(r"\n(?!)")

RIS_START = re.compile(r"\n[ \t]{0,3}[Tt][Yy] {1,3}-")
RIS = Format(
    Dialect(RIS_START, re.compile(r"(\n[ \t]{0,3}[A-Za-z][A-Za-z0-9]  -[ \t]?)")),
    {
        "title": ("TI", "T1", "CT", "BT", "ST"),
        "abstract": ("AB", "N2"),
        "authors": ("AU", "A1"),
        "addresses": ("AD",),
        "year": ("PY", "Y1", "DA", "YR"),
        "journal": ("T2", "JO", "JF", "JA", "J2", "J1"),
        "volume": ("VL", "VO"),
        "issue": ("IS",),
        "pages": ("SP", "BP"),
        "doi": ("DO", "DI", "M3", "L3", "N1", "UR"),
        "keywords": ("KW",),
        "language": ("LA",),
        "database": ("DB", "DP"),
        "notes": ("AB", "N2", "N1", "C2", "CN"),
        "types": ("M3", "DT"),
        "links": ("DB", "DP", "UR", "N1", "ID", "C3"),
    },
    re.compile(r"\n[ \t]{0,3}[Ee][Rr] {0,3}-[ \t]*(?=[\r\n]|\Z|[Tt][Yy] {1,3}-)"),
)
#: `TY - JOUR`: one blank before the dash, which words of a text have too, so only where the record's TY has it
NARROW = RIS._replace(
    dialect=Dialect(RIS_START, re.compile(r"(\n[ \t]{0,3}[A-Z][A-Z0-9] {1,3}-(?:[ \t]|(?=[\r\n]|\Z)))"))
)
WEB_OF_SCIENCE = Format(
    Dialect(re.compile(r"\nPT [A-Z]"), re.compile(r"(\n[A-Z][A-Z0-9](?: |(?=[\r\n]|\Z)))"), wrapped=True),
    {
        "title": ("TI",),
        "abstract": ("AB",),
        "authors": ("AF", "AU"),
        "addresses": ("C1", "C3"),
        "year": ("PY", "EA"),
        "journal": ("SO",),
        "volume": ("VL",),
        "issue": ("IS",),
        "pages": ("BP",),
        "doi": ("DI",),
        "keywords": ("DE",),
        "language": ("LA",),
        "notes": ("AB",),
        "types": ("DT",),
    },
    re.compile(r"\nER[ \t]*(?=[\r\n]|\Z)"),
    between="; ",
)
OVID = Format(
    Dialect(re.compile(r"\n<\d{1,9}\. ?>(?=[ \t]*[\r\n])"), re.compile(r"(\n[A-Z][A-Z0-9]  -[ \t]?)")),
    {
        "title": ("TI",),
        "abstract": ("AB",),
        "authors": ("FA", "AU"),
        "addresses": ("IN", "AD"),
        "year": ("YR", "DP", "SO"),
        "journal": ("JN", "JT", "TA", "JA", "SO"),
        "volume": ("VO", "VI"),
        "issue": ("IP",),
        "pages": ("PG",),
        "doi": ("DO", "DI"),
        "keywords": ("MH", "SH"),
        "language": ("LG", "LA"),
        "database": ("DB",),
        "notes": ("AB", "CN", "SI"),
        "types": ("PT",),
        "links": ("DB",),
    },
    _NO_END,
)
COCHRANE = Format(
    Dialect(
        re.compile(r"\nRecord #\d{1,9} of \d{1,9}[ \t]{0,3}(?=[\r\n]{1,4}ID: )"),
        re.compile(r"(\n(?:ID|AU|TI|SO|YR|VL|NO|PG|PM|XR|PT|KY|DOI|AB|US|LA|PB|SN|CC|RG): ?)"),
    ),
    {
        "title": ("TI",),
        "abstract": ("AB",),
        "authors": ("AU",),
        "addresses": (),
        "year": ("YR",),
        "journal": ("SO",),
        "volume": ("VL",),
        "issue": ("NO",),
        "pages": ("PG",),
        "doi": ("DOI",),
        "keywords": ("KY",),
        "language": ("LA",),
        "notes": ("AB", "ID"),
        "types": ("PT",),
        "links": ("PM", "US"),
    },
    _NO_END,
    between="; ",
)
ENDNOTE = Format(
    Dialect(re.compile(r"\n%0 (?=[A-Z])"), re.compile(r"(\n%[A-Z0-9!@#$^&*()+=~:;<>?\[\]](?: |(?=[\r\n]|\Z)))")),
    {
        "title": ("%T",),
        "abstract": ("%X",),
        "authors": ("%A",),
        "addresses": ("%+",),
        "year": ("%D", "%8"),
        "journal": ("%J", "%B"),
        "volume": ("%V",),
        "issue": ("%N",),
        "pages": ("%P",),
        "doi": ("%R", "%U", "%Z"),
        "keywords": ("%K",),
        "language": ("%G",),
        "database": ("%~", "%W"),
        "notes": ("%X", "%Z"),
        "types": ("%9",),
        "links": ("%~", "%W", "%U", "%Z"),
    },
    _NO_END,
)
_FIRST = (RIS, WEB_OF_SCIENCE, OVID, COCHRANE, ENDNOTE)


def format_of(document: Document) -> Format:
    """The format whose first record starts first; RIS if none is seen."""
    text = "\n" + line_feeds(document.head_text)
    found = [(m.start(), i) for i, form in enumerate(_FIRST) if (m := form.dialect.start.search(text))]
    return _FIRST[min(found)[1]] if found else RIS
