"""Text that nobody wrote for us: any characters, any shape, any length."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from pipeline.parse import choose, parse
from pipeline.parse.document import Document, Unreadable
from pipeline.parsed import ParsedRecord, SetAside

PROSE = "Of the patients who were treated, 12 were well and the others not. "
FIRST = "Twenty patients were treated with one thing or another.\n"

#: bits that mean something to a reader of text
BITS = [
    PROSE,
    "Methods\n\n",
    "RESULTS: ",
    "Key points\n\n",
    "• ",
    "Abstract",
    "TITLE.",
    "Table 1. Outcomes\nResponse 12 (60) 8 (40)\nRelapse 3 (15) 2 (10)\n\n",
    "Author(s): \n",
    "Ada ◽\n",
    "Sign in\n",
    "1. J Test. 2001;1(2):3-4.\n\n",
    "1: Hopper G. A title. J Test. 2001;1:1. PMID: 12.\n\n",
    "Author information:\n(1)Somewhere.\n\n",
    "PMID: 99\n\n",
    "DOI: 10.1000/a\n",
    "\f",
    "\r",
    "\r\n",
    "\n\n",
    "\xa0",
    "\u200b",
    "\u00ad\n",
    "treat-\nment ",
    "$30 3 109/L ",
    "n 5 12 ",
    "95% CI, 20.13-0.30 ",
    "&lt;",
    "<p>",
    "10<sup>9</sup>/L ",
    "P 5 .007 ",
    "患者二十名。",
    "Пациенты ",
    "\U0001d49c",
    "\x00",
    "\ufeff",
]
texts = st.lists(st.sampled_from(BITS) | st.text(max_size=12), max_size=40).map("".join)


def check(rows: list[ParsedRecord | SetAside], stored: str) -> None:
    """Each row is sound: its words are a slice of the file, its sections lie in its text, in order."""
    at = 0
    for row in rows:
        if isinstance(row, SetAside):
            assert row.reason
            assert row.remedy
            continue
        start, end = row.source.span
        assert row.raw == stored[start:end]
        assert start >= at, "records come in the order of the file and do not overlap"
        at = end
        assert row.text
        places = [(s.start, -s.end) for s in row.sections]
        assert places == sorted(places)
        assert all(0 <= s.start < s.end <= len(row.text) for s in row.sections)
        assert all(stored[r.start : r.end] == r.was for r in row.repairs)
        clean = [piece[0] for piece in row.pieces]
        assert clean == sorted(set(clean))
        a, b, words = row.quote(0, len(row.text))
        assert stored[a:b] == words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


usual = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@usual
@given(text=texts, name=st.sampled_from(["a.txt", "a", "a.md"]))
def test_any_text_gives_sound_rows(folder: Path, text: str, name: str) -> None:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "replace"))
    try:
        document = Document.open(path, name)
        in_file = not choose(document).writes_text
    except Unreadable:
        in_file = False
    rows = list(parse(path, name))
    assert rows
    if in_file:
        check(rows, Document.open(path, name).text())


@usual
@given(
    data=st.binary(max_size=300) | texts.map(lambda text: text.encode("utf-16")), name=st.sampled_from(["a.txt", "b"])
)
def test_any_bytes_give_records_or_a_reason(folder: Path, data: bytes, name: str) -> None:
    path = folder / name
    path.write_bytes(data)
    rows = list(parse(path, name))
    assert rows
    for row in rows:
        assert row.text if isinstance(row, ParsedRecord) else row.reason and row.remedy


@usual
@given(text=texts)
def test_the_same_text_gives_the_same_rows(folder: Path, text: str) -> None:
    path = folder / "same.txt"
    path.write_bytes(text.encode("utf-8", "replace"))
    assert list(parse(path, "same.txt")) == list(parse(path, "same.txt"))


# ---- cost --------------------------------------------------------------------------------------------------------


def repeated(bit: str) -> Callable[[int], str]:
    return lambda size: FIRST + bit * (size // len(bit))


HOSTILE: dict[str, Callable[[int], str]] = {
    "one line": repeated(PROSE),
    "one word": repeated("a"),
    "digits": repeated("1"),
    "digits and letters": repeated("1a"),
    "hyphens": repeated("a-"),
    "parentheses": repeated("("),
    "pairs": repeated("()"),
    "tags": repeated("<p "),
    "entities": repeated("&amp;"),
    "spaces": repeated(" "),
    "line ends": repeated("\n"),
    "form feeds": repeated("\f"),
    "headings": repeated("Methods\n\n"),
    "labels": repeated("Methods: we did it. "),
    "boxes": repeated("HIGHLIGHTS: ab cd.\n\n"),
    "captions": repeated("Table 1. Foo\nA 1 2\nB 3 4\n\n"),
    "one row": lambda size: "Table 1. Foo\n" + "1 2 " * (size // 4) + "x\n" + PROSE * 3,
    "broken words": repeated("abc-\n"),
    "authors": repeated("Author(s): \n"),
    "sums": lambda size: FIRST + "P 5 .007 " + "".join(f"X{i}a 1 Y{i} " for i in range(size // 12)),
    "items of a list": repeated("1. ab cd\n"),
    "registrations": repeated("EudraCT "),
    "records": repeated("\n\n1. J Test. 2001;1:1.\n\nA title.\n\nPMID: 91\n"),
    "false records": lambda size: (
        "1. J Test. 2001;1:1.\n\nA title of five words.\n\nPMID: 9\n\n" + "1. ab\n\n" * (size // 7)
    ),
}


def seconds(path: Path, text: str) -> float:
    path.write_bytes(text.encode("utf-8"))
    begin = time.process_time()
    assert list(parse(path, "long.txt"))
    return time.process_time() - begin


@pytest.mark.parametrize("shape", HOSTILE)
def test_twice_the_text_costs_twice_the_time(folder: Path, shape: str) -> None:
    """By doubling: a quadratic cost would be four times as high."""
    path, make, size = folder / "long.txt", HOSTILE[shape], 40_000
    ratios = []
    for _ in range(4):
        ratios.append(seconds(path, make(2 * size)) / max(seconds(path, make(size)), 0.01))
        if ratios[-1] < 3:
            return
    raise AssertionError(f"twice the text costs {min(ratios):.1f} times as much")


def test_a_line_of_ten_million_characters(folder: Path) -> None:
    path = folder / "line.txt"
    path.write_text(FIRST + PROSE * (10_000_000 // len(PROSE)), "utf-8")
    (record,) = parse(path, "line.txt")
    assert isinstance(record, ParsedRecord)
    assert record.text.count("12 were well") == 10_000_000 // len(PROSE)


# ---- encodings and scripts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        "Лечение иммунной тромбоцитопении\n\nИз 40 больных у 28 (70%) был получен ответ на лечение дапсоном.\n",
        "発作性疾患の治療。\n\n患者40名、うち28名(70%)に反応。副作用は、少数。再発、なし。死亡、なし。\n",
        "Θεραπεία μιας νόσου\n\nΑπό 40 ασθενείς, 28 (70%) ανταποκρίθηκαν στη θεραπεία μετά από 8 εβδομάδες.\n",
    ],
    ids=["Russian", "Japanese", "Greek"],
)
def test_other_scripts(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    (record,) = parse(path, "a.txt")
    assert isinstance(record, ParsedRecord)
    assert "70%" in record.text
    assert [part for part in text.split("\n") if part] == [part for part in record.text.split("\n") if part]
    check([record], Document.open(path, "a.txt").text())
