"""RIS as databases and people spoil it, what is tagged likewise, and MEDLINE without its marks."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from pipeline.parse import parse, tagged
from pipeline.parse.document import Document
from pipeline.parsed import Citation, ParsedRecord, SetAside

from .conftest import DATA, one


def rows(tmp_path: Path, text: str | bytes, name: str = "export.txt") -> list[ParsedRecord | SetAside]:
    """What comes out; each record's raw text is what the file holds at its span."""
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    found = list(parse(path, name))
    source = Document.open(path, name).text()
    for row in found:
        if isinstance(row, ParsedRecord):
            assert source[slice(*row.source.span)] == row.raw
    return found


def records(tmp_path: Path, text: str | bytes, name: str = "export.txt") -> list[ParsedRecord]:
    found = rows(tmp_path, text, name)
    assert not [row for row in found if isinstance(row, SetAside)]
    return [row for row in found if isinstance(row, ParsedRecord)]


def cited(tmp_path: Path, text: str) -> Citation:
    (record,) = records(tmp_path, text)
    return record.citation


TWO = "TY  - JOUR\nTI  - First\nER  - \nTY  - JOUR\nTI  - Second\nER  - \n"


@pytest.mark.parametrize(
    "text",
    [
        TWO,
        TWO.replace("\n", "\r\n"),
        TWO.replace("\n", "\r"),
        TWO.replace("First\n", "First\r\n").replace("Second\n", "Second\r"),
        "\ufeff" + TWO,
        TWO.lower().replace("first", "First").replace("second", "Second"),
        TWO.replace("ER  - \n", ""),
        TWO.replace("ER  - \n", "ER  -\n"),
        TWO.replace("ER  - \n", "ER  - "),
        TWO.replace("TY  - JOUR", "TY  - "),
        TWO.replace("TY  - JOUR", "TY  -"),
        TWO.replace("TY  - JOUR\n", "").replace("TI", "T1"),
        TWO.replace("  - ", " - "),
        TWO.replace("TI  - ", "  TI  - "),
        "Exported by somebody\n\n" + TWO.replace("ER  - ", "ER  - \n\nstray words\n", 1) + "the end\n",
    ],
    ids=[
        "as it should be",
        "CRLF",
        "old Macintosh",
        "mixed line ends",
        "byte order mark",
        "lower case",
        "without ER",
        "ER without blank",
        "glued",
        "no kind",
        "no kind, no blank",
        "without TY",
        "one blank before the dash",
        "indented",
        "stray lines",
    ],
)
def test_ris_as_it_comes(tmp_path: Path, text: str) -> None:
    assert [r.text for r in records(tmp_path, text, "export.ris")] == ["First", "Second"]


def test_an_empty_record_is_set_aside_by_number(tmp_path: Path) -> None:
    found = rows(tmp_path, TWO.replace("TI  - Second\n", "") + TWO)
    assert [r.text for r in found if isinstance(r, ParsedRecord)] == ["First", "First", "Second"]
    (lost,) = [r for r in found if isinstance(r, SetAside)]
    assert lost.record == "number 2"
    assert "is empty" in lost.reason


def test_abstract_in_lines_and_paragraphs(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - A title\n  that goes on\nAB  - Of ten,\nfive were well.\n\nThe others: not.\nPY  - 2001\n"
    (record,) = records(tmp_path, text)
    assert record.text == "A title that goes on\n\nOf ten, five were well.\n\nThe others: not."


def test_both_of_a_pair_are_kept(tmp_path: Path) -> None:
    one = "TY  - JOUR\nID  - a\nTI  - Same\nDO  - 10.1000/a\nER  - \n"
    first, second = records(tmp_path, one * 2)
    assert first.record_id != second.record_id
    assert "more than once" in second.problems[0]


def test_keywords_of_endnote_go_on_in_lines(tmp_path: Path) -> None:
    found = cited(
        tmp_path, "TY  - JOUR\nTI  - A\nKW  - Adult\nBlood Platelets/drug effects\nHumans\nLA  - eng\nER  - \n"
    )
    assert found.mesh == ["Adult", "Blood Platelets/drug effects", "Humans"]
    assert found.language == "eng"


@pytest.mark.parametrize("name", ["embase.ris", "ovid.cgi", "cochrane.txt", "endnote.enw", "wos_lines.txt"])
def test_every_dialect_has_the_same_fields(tmp_path: Path, name: str) -> None:
    text = (DATA / name).read_text("utf-8")
    for shape in (text, text.replace("\n", "\r\n")):
        (record,) = records(tmp_path, shape)
        found = record.citation
        assert found.title == "A title"
        assert "Background: this." in record.text
        assert [s.title for s in record.sections] == ["title", "Background", "Results"]
        assert found.authors == ["Foo A.", "Bar B."]
        assert (found.year, found.journal, found.volume, found.issue, found.pages) == (2012, "Tests", "3", "2", "5-9")
        assert (found.doi, found.pmid, found.publication_types) == ("10.1000/abc", "22334455", ["Article"])
        assert found.language == "English"


def test_keywords_in_a_line(tmp_path: Path) -> None:
    assert cited(tmp_path, (DATA / "cochrane.txt").read_text("utf-8")).mesh == ["adult", "*blood"]
    wos = (DATA / "wos_lines.txt").read_text("utf-8")
    found = cited(tmp_path, wos.replace("AB Back", "DE platelets; blood\n   count; x-rays\nAB Back"))
    assert found.mesh == ["platelets", "blood count", "x-rays"]


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("doi: 10.1000/abc.", "10.1000/abc"),
        (
            "https://doi.org/10.1002/(SICI)1-2(1999)85:1%3C1::AID%3E3.0.CO;2-X",
            "10.1002/(sici)1-2(1999)85:1<1::aid>3.0.co;2-x",
        ),
        ("10.1597/1-2(1994)031&lt;0364:C&gt;2.3.CO;2", "10.1597/1-2(1994)031<0364:c>2.3.co;2"),
        ("https://publisher.example/doi/full/10.1000/abc", "10.1000/abc"),
        ("10.1000/a 10.1000/b", None),
        ("none", None),
    ],
)
def test_doi_of_a_field(tmp_path: Path, written: str, doi: str | None) -> None:
    assert cited(tmp_path, f"TY  - JOUR\nTI  - A\nDO  - {written}\nER  - \n").doi == doi


def test_an_ending_does_not_hide_the_format(tmp_path: Path) -> None:
    assert [r.text for r in records(tmp_path, TWO, "table.csv")] == ["First", "Second"]


MEDLINE = "PMID- 1000001\nOWN - NLM\nTI  - First\n      goes on\n\nPMID- 1000002\nOWN - NLM\nTI  - Second\n"


@pytest.mark.parametrize(
    "text",
    [
        MEDLINE,
        MEDLINE.replace("\n", "\r\n"),
        MEDLINE.replace("\n", "\r"),
        MEDLINE.replace("PMID- 1000002\n", ""),
        "\n" + MEDLINE.replace("PMID- 1000001\n", ""),
        MEDLINE.replace("First\n", "First\n\n"),
        MEDLINE.replace("\n\n", "\n"),
        MEDLINE.replace("\n\n", "\n \t\n\n"),
    ],
    ids=[
        "as it should be",
        "CRLF",
        "old Macintosh",
        "second without PMID",
        "first without PMID",
        "blank line within",
        "no blank line between",
        "blanks between",
    ],
)
def test_medline_as_it_comes(tmp_path: Path, text: str) -> None:
    assert [r.text for r in records(tmp_path, text)] == ["First goes on", "Second"]


def test_medline_without_pmid_keeps_its_own_fields(tmp_path: Path) -> None:
    text = MEDLINE.replace("PMID- 1000002\n", "").replace("Second", "Second\nAU  - Foo A\nDP  - 2001 May")
    first, second = (r.citation for r in records(tmp_path, text))
    assert (first.pmid, first.authors, first.year) == ("1000001", [], None)
    assert (second.pmid, second.authors, second.year) == (None, ["Foo A"], 2001)


def test_a_file_of_two_encodings(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - Café, ".encode() + "Müller’s café".encode("cp1252") + b"\nER  - \n"
    (record,) = records(tmp_path, text)
    assert record.text == "Café, Müller’s café"
    assert "3 bytes of the file are not UTF-8" in record.problems[0]


def test_nul_bytes_do_not_stop_the_others(tmp_path: Path) -> None:
    words = "Of twenty patients who were seen, ten were well. " * 3
    text = f"TY  - JOUR\nTI  - First\x00\nAB  - {words}\nER  - \n{TWO}"
    assert [r.citation.title for r in records(tmp_path, text)][1:] == ["First", "Second"]


def test_a_record_without_end_is_set_aside_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagged, "LONGEST", 600_000)
    long = "TY  - JOUR\nTI  - Too long\nAB  - " + "word " * 600_000 + "\n"
    lost, *kept = rows(tmp_path, long + TWO)
    assert isinstance(lost, SetAside)
    assert lost.record == "number 1"
    assert [r.text for r in kept if isinstance(r, ParsedRecord)] == ["First", "Second"]


HOSTILE: dict[str, Callable[[int], str]] = {
    "ends": lambda n: "TY  - JOUR\nTI  - A\n" + "ER  - \n" * n,
    "glued ends": lambda n: "TY  - JOUR\nTI  - A\n" + "\nER  - TY  -" * n,
    "blank lines": lambda n: "PMID- 1\nTI  - A\n" + "\n" * n + "x\n",
    "blank lines and tags": lambda n: "PMID- 1\nTI  - A\n" + "\nTI  - A\n" * n,
    "brackets": lambda n: "TY  - JOUR\nTI  - A\nAB  - " + "(" * n,
    "tags": lambda n: "TY  - JOUR\n" + "AB  - \n" * n,
    "carriage returns": lambda n: "TY  - JOUR\rTI  - A\r" + "\r" * n,
    "blanks": lambda n: "TY  - JOUR\nTI  - A" + " " * n + "B\n",
    "capitals": lambda n: "TY  - JOUR\nTI  - A\nAB  - " + "Aim A. " * n,
    "dois": lambda n: "TY  - JOUR\nTI  - A\nUR  - " + "10.1000/" * n,
    "authors": lambda n: "TY  - JOUR\nTI  - A\n" + "AU  - A\n" * n,
}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_hostile_text_costs_linear_time(tmp_path: Path, kind: str) -> None:
    """Ten times the text takes about ten times as long, not a hundred; the least of three runs counts."""
    small, large = (least_time(tmp_path, HOSTILE[kind](n)) for n in (1_000, 10_000))
    assert large < 30 * small + 0.02


def least_time(tmp_path: Path, text: str) -> float:
    path = tmp_path / "hostile.txt"
    path.write_text(text, "utf-8")
    took = []
    for _ in range(3):
        begin = process_time()
        assert list(parse(path, path.name))
        took.append(process_time() - begin)
    return min(took)


@pytest.mark.parametrize("number", [0, 1])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, number: int) -> None:
    """Eight times the records need hardly more memory at their most."""
    one = (TWO, MEDLINE)[number].replace("Second", "Second " + "word " * 2_000)
    small, large = (peak(tmp_path, one * n) for n in (60, 480))
    assert large < 1.3 * small + 100_000


def peak(tmp_path: Path, text: str) -> int:
    path = tmp_path / "long.txt"
    path.write_text(text, "utf-8")
    tracemalloc.start()
    try:
        assert sum(1 for _ in parse(path, path.name)) == 2 * text.count("First")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "line",
    [
        "UR  - https://pubmed.ncbi.nlm.nih.gov/12345678/",
        "UR  - http://www.ncbi.nlm.nih.gov/pubmed/12345678",
        "N1  - PMID: 12345678",
        "N1  - PubMed 12345678; free full text",
        "C5  - 12345678",
    ],
)
def test_the_pmid_of_a_ris_record(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.ris"
    path.write_text(f"TY  - JOUR\nTI  - A trial\n{line}\nER  - \n", encoding="utf-8")
    assert one(path).citation.pmid == "12345678"
