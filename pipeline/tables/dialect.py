"""How a CSV file was saved: encoding, delimiter, line ends, quotes, as spreadsheets and editors leave them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import UserError

DELIMITERS = ",;\t"
#: first line of a file that tells Excel the delimiter
_SEP = re.compile(r'"?sep=([^\n"])"?\n?', re.IGNORECASE)
_ALL_QUOTED = re.compile(r'"(?:[^"]|"")*"(?:[,;\t]"(?:[^"]|"")*")*[,;\t]*')
_MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_BOMS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
#: a UTF-8 character of several bytes, and any other byte that is not ASCII
_LONG = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ODD = re.compile(rb"[\x80-\xff]")

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Dialect:
    """What a file needs kept when lines are added to it. `quoting` is csv.QUOTE_ALL or csv.QUOTE_MINIMAL."""

    encoding: str
    bom: bool
    delimiter: str
    newline: str
    quoting: Literal[0, 1]

    def encode(self, text: str, start: bool = False) -> bytes:
        """The text's bytes; a byte order mark only at the start of a file. Raises UnicodeEncodeError."""
        mark = _BOMS.get(self.encoding, b"") if start and self.bom else b""
        return mark + text.encode(self.encoding)

    def lines(self, rows: list[list[str]]) -> str:
        """Rows as lines of this dialect, the last one ended, too. A line break within a cell is a plain one."""
        return "".join(self._line([one_newline(cell) for cell in cells]) + self.newline for cells in rows)

    def _line(self, cells: list[str]) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n", quoting=self.quoting).writerow(cells)
        return out.getvalue().removesuffix("\r\n")


#: a new file: without the byte order mark Excel takes UTF-8 for Windows-1252 and spoils every accent
NEW = Dialect("utf-8", True, ",", "\n", csv.QUOTE_MINIMAL)


class NotText(ValueError):
    """Why bytes are no text."""


def dialect_of(data: bytes) -> Dialect:
    """The dialect of a file. Raises NotText."""
    encoding, text = _decoded(data)
    newline = re.search(r"\r\n|\r|\n", text)
    plain = one_newline(text)
    first = _first_record(plain)
    quoted = _ALL_QUOTED.fullmatch(first) is not None
    return Dialect(
        encoding=encoding,
        bom=data.startswith(_BOMS.get(encoding, b"\0")),
        delimiter=delimiter(plain),
        newline=newline[0] if newline else "\n",
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )


def text_of(data: bytes) -> str:
    """The text of a file, with newlines as \\n and without a byte order mark. Raises NotText."""
    return one_newline(_decoded(data)[1])


def decode(path: Path) -> str:
    """`text_of` a file's bytes. Raises UserError."""
    try:
        return text_of(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except NotText as error:
        raise UserError(f"{path}: {error}") from None


def delimiter(text: str) -> str:
    """What `sep=` names, else the separator that the first line with words has most of outside quotes."""
    declared = _SEP.match(text)
    if declared:
        return declared[1]
    bare = "".join(_first_record(text).split('"')[::2])
    if not any(d in bare for d in DELIMITERS):
        bare = _first_record(text)  # each line is one quoted cell: see `records`
    return max(DELIMITERS, key=bare.count)


def records(path: Path, text: str) -> list[Record]:
    """(line number, cells) of each row that is not blank; trailing empty cells stay.

    A spreadsheet that expects another delimiter keeps a line in one cell, and quotes it when it saves: such a cell is
    cut again. Raises UserError for git's conflict markers and for quotes that are not closed.
    """
    _check_conflict(path, text)
    mark = delimiter(text)
    declared = _SEP.match(text)
    found: list[Record] = []
    line = 1
    rows = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    try:
        for cells in rows:
            if any(map(str.strip, cells)) and not (line == 1 and declared):
                if len(cells) == 1 and mark in cells[0]:
                    cells = _cut(cells[0], mark, len(found[0][1]) if found else 0)
                found.append((line, cells))
            line = rows.line_num + 1
    except csv.Error as error:
        raise UserError(f"{path}:{line}: {_quotes(str(error))}") from None
    return found


def _cut(cell: str, mark: str, columns: int) -> list[str]:
    """The cells within one cell, if they are as many as the header has columns (0: this is the header)."""
    inner = list(csv.reader(io.StringIO(cell), delimiter=mark, strict=True))
    return inner[0] if len(inner) == 1 and columns in (0, len(inner[0])) else [cell]


def _quotes(said: str) -> str:
    if "field larger" in said:
        return "holds a cell of more than 131,072 characters; is a quotation mark not closed?"
    if "unexpected end" in said:
        return 'opens a quotation mark (") that is not closed before the end of the file; close it, or write "" for "'
    return 'has words behind a closing quotation mark ("); within a quoted cell write "" for "'


def _check_conflict(path: Path, text: str) -> None:
    """Raises UserError for markers that git left where two people changed the same lines."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return
    marked = [(i, start) for i, row in enumerate(text.split("\n"), 1) if (start := _marker(row))]
    if {"<<<<<<<", ">>>>>>>"} & {start for _, start in marked}:
        listed = ", ".join(f"{start} in line {i}" for i, start in marked)
        raise UserError(
            f"{path}:{marked[0][0]}: two people changed the same lines, and git could not join them ({listed}); keep "
            "the lines that count, take the markers out, then save"
        )


def _marker(line: str) -> str:
    """The conflict marker that the line is, also after a spreadsheet saved it; else nothing."""
    words = line.lstrip('"')
    start = words[:7]
    alone = start in _MARKS and not words[7:8].strip('",;\t ')
    return start if alone else ""


def _first_record(text: str) -> str:
    """The first line with words; a line break within quotes does not end it."""
    start = len(text) - len(text.lstrip("\n"))
    inside, end = False, len(text)
    for match in re.finditer(r'["\n]', text[start:]):
        if match[0] == '"':
            inside = not inside
        elif not inside:
            end = start + match.start()
            break
    return text[start:end]


def one_newline(text: str) -> str:
    """With \\n for each line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> tuple[str, str]:
    """(encoding, text without its byte order mark)."""
    for encoding, mark in _BOMS.items():
        if data.startswith(mark):
            return encoding, _decode_as(data[len(mark) :], encoding)
    if data[1:2] == b"\0" or data[:1] == b"\0":
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        return encoding, _decode_as(data, encoding)
    try:
        return "utf-8", data.decode("utf-8")
    except UnicodeDecodeError:
        _check_mixed(data)
        return "cp1252", _decode_as(data, "cp1252")


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_at(data, error.start)
        name = {"cp1252": "neither UTF-8 nor Windows-1252"}.get(encoding, f"damaged {encoding.upper()}")
        raise NotText(f"is {name} text (line {line}); save it again as CSV UTF-8") from None


def _check_mixed(data: bytes) -> None:
    """A file with more characters of UTF-8 than other bytes is UTF-8 that something else was pasted into."""
    rest, long = _LONG.subn(b"", data)
    if long > len(_ODD.findall(rest)):
        lines = data.split(b"\n")
        line = next((i for i, row in enumerate(lines, 1) if _ODD.search(_LONG.sub(b"", row))), 1)
        raise NotText(f"mixes UTF-8 with Windows-1252 (line {line}); write that line again, save as CSV UTF-8")


def _line_at(data: bytes, place: int) -> int:
    return data[:place].count(b"\n") + 1
