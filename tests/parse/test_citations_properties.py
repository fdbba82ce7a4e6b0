"""What must hold for every tagged file: fields come back, spans lead to the file, any bytes give records or a reason."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.parse import parse, tagged
from pipeline.parse.citation_record import repairs_of
from pipeline.parse.document import Document
from pipeline.parse.repairs import find_repairs
from pipeline.parsed import ParsedRecord, SetAside

_WORD = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéßøαж"), min_size=2, max_size=9)
#: no stop at a word's end, which would make a heading or a paragraph of it
_WORDS = st.lists(_WORD, min_size=1, max_size=30).map(" ".join)


class Made(NamedTuple):
    title: str
    abstract: str
    authors: list[str]
    year: int
    volume: str
    keywords: list[str]
    doi: str | None


_NUMBER = st.integers(1, 999).map(str)
_DOI = st.from_regex(r"10\.[1-9][0-9]{3}/[a-z0-9]{3,9}", fullmatch=True)
_MADE = st.builds(
    Made,
    title=_WORDS,
    abstract=_WORDS | st.just(""),
    authors=st.lists(_WORD.map(lambda name: f"{name.title()}, A"), max_size=4),
    year=st.integers(1900, 2029),
    volume=_NUMBER,
    keywords=st.lists(_WORDS, max_size=3),
    doi=_DOI | st.none(),
)


def medline(made: Made, number: int) -> str:
    fields = [("PMID", str(1_000_000 + number)), ("OWN", "NLM"), ("DP", f"{made.year} May"), ("TI", made.title)]
    fields += [("AB", made.abstract)] if made.abstract else []
    fields += [("FAU", name) for name in made.authors] + [("VI", made.volume)]
    fields += [("MH", word) for word in made.keywords] + ([("LID", f"{made.doi} [doi]")] if made.doi else [])
    return "\n".join(f"{tag:4}- {wrapped(value, 6)}" for tag, value in fields) + "\n\n"


def wrapped(value: str, indent: int) -> str:
    """Three words a line."""
    words = value.split(" ")
    return ("\n" + " " * indent).join(" ".join(words[i : i + 3]) for i in range(0, len(words), 3))


def ris(made: Made, number: int) -> str:
    fields = [("TY", "JOUR"), ("ID", str(number)), ("TI", made.title), ("PY", str(made.year)), ("VL", made.volume)]
    fields += [("AU", name) for name in made.authors] + [("KW", word) for word in made.keywords]
    fields += ([("AB", made.abstract)] if made.abstract else []) + ([("DO", made.doi)] if made.doi else [])
    return "".join(f"{tag}  - {value}\n" for tag, value in [*fields, ("ER", "")])


def wos(made: Made, number: int) -> str:
    fields = [("PT", "J"), ("TI", wrapped(made.title, 3)), ("PY", str(made.year)), ("VL", made.volume)]
    fields += [("AU", "\n   ".join(made.authors))] if made.authors else []
    fields += [("DE", "; ".join(made.keywords))] if made.keywords else []
    fields += ([("AB", wrapped(made.abstract, 3))] if made.abstract else []) + ([("DI", made.doi)] if made.doi else [])
    return "".join(f"{tag} {value}\n" for tag, value in [*fields, ("UT", f"WOS:{number}")]) + "ER\n\n"


def enw(made: Made, number: int) -> str:
    fields = [("0", "Journal Article"), ("T", made.title), ("D", str(made.year)), ("V", made.volume)]
    fields += [("A", name) for name in made.authors] + [("K", "\n".join(made.keywords))] * bool(made.keywords)
    fields += ([("X", made.abstract)] if made.abstract else []) + ([("R", made.doi)] if made.doi else [])
    return "".join(f"%{tag} {value}\n" for tag, value in [*fields, ("@", f"1234-{number}")]) + "\n"


WRITERS: list[Callable[[Made, int], str]] = [medline, ris, wos, enw]


def read(data: bytes) -> tuple[list[ParsedRecord | SetAside], str]:
    """Rows, and the characters that the file holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.txt"
        path.write_bytes(data)
        rows = list(parse(path, path.name))
        kept = any(isinstance(row, ParsedRecord) for row in rows)
        return rows, Document.open(path, path.name).text() if kept else ""


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@settings(max_examples=40, deadline=None)
@given(made=st.lists(_MADE, min_size=1, max_size=5))
def test_what_is_written_is_read(write: Callable[[Made, int], str], newline: str, made: list[Made]) -> None:
    text = "".join(write(one, i) for i, one in enumerate(made)).replace("\n", newline)
    rows, source = read(text.encode("utf-8"))
    assert source == text
    assert len(rows) == len(made)
    for row, one in zip(rows, made, strict=True):
        assert isinstance(row, ParsedRecord)
        assert row.raw == source[slice(*row.source.span)]
        assert row.text == (f"{one.title}\n\n{one.abstract}" if one.abstract else one.title)
        cited = row.citation
        assert (cited.title, cited.authors, cited.mesh) == (one.title, one.authors, one.keywords)
        assert (cited.year, cited.volume, cited.doi) == (one.year, one.volume, one.doi)


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=40, deadline=None)
@given(made=_MADE, data=st.data())
def test_every_span_leads_to_the_words(write: Callable[[Made, int], str], made: Made, data: st.DataObject) -> None:
    (row,), source = read(write(made, 1).encode("utf-8"))
    assert isinstance(row, ParsedRecord)
    start = data.draw(st.integers(0, len(row.text)))
    end = data.draw(st.integers(start, len(row.text)))
    a, b, words = row.quote(start, end)
    assert words == source[a:b]
    assert set(row.text[start:end].split()) <= set(words.split()) or not row.text[start:end].strip()


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=20, deadline=None)
@given(made=st.lists(_MADE, min_size=2, max_size=5), chunk=st.integers(1, 300))
def test_where_the_file_is_cut_for_reading_makes_no_difference(
    write: Callable[[Made, int], str], made: list[Made], chunk: int
) -> None:
    data = "".join(write(one, i) for i, one in enumerate(made)).encode("utf-8")
    whole = read(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tagged, "_CHUNK", chunk)
        assert read(data) == whole


_PIECES = ["TY  - ", "ER  - ", "\nTI  - ", "\nAB  - ", "PMID- 1", "\nPMID- 2", "\nOWN - NLM", "PT J", "\nER", "<1. >"]
_PIECES += [
    "%0 Journal",
    "\n%T ",
    "Record #1 of 2\nID: ",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    " ",
    "\ufeff",
    "\0",
    "Aims: ",
    "é",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES).map(str.encode) | st.binary(max_size=6), max_size=40).map(b"".join))
def test_any_bytes_give_records_or_a_reason(data: bytes) -> None:
    rows, source = read(data)
    assert rows
    for row in rows:
        if isinstance(row, SetAside):
            assert row.reason
            assert row.remedy
        else:
            assert row.raw == source[slice(*row.source.span)]


_SIGNS = [
    "10",
    "109/L",
    " 10(9)/l",
    "x ",
    "3 ",
    "$30 ",
    "n",
    " 5 ",
    "5",
    "6 ",
    " 6 ",
    "P ",
    "p , ",
    ".05",
    "-0.30",
    "20.13",
]
_SIGNS += [
    "95% CI ",
    "CI: (",
    "(",
    ")",
    " to ",
    "mean",
    "SD",
    "4.5",
    " HR",
    "OR",
    "&",
    "amp;",
    "&lt;",
    "<",
    "/i>",
    "sup>",
    "ﬁ",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_SIGNS), max_size=12).map("".join))
def test_a_quick_look_misses_no_repair(text: str) -> None:
    assert repairs_of(text, 0, len(text)) == find_repairs(text)
