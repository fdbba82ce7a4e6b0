"""Tables of records: CSV and TSV, as screening tools and databases write them."""

from __future__ import annotations

import csv
import io
import re
import sys
from contextlib import suppress
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.parse import choose, csv_table, parse
from pipeline.parse.author_lists import split_authors
from pipeline.parse.document import Document, Unreadable
from pipeline.parsed import Citation, ParsedRecord, SetAside

from .conftest import DATA, SHARED, check_spans, read_all, section, stored

CITATIONS = SHARED / "corpora" / "citations"
needs_citations = pytest.mark.skipif(not CITATIONS.is_dir(), reason="no ../shared/corpora/citations here")


def test_rayyan() -> None:
    path = DATA / "rayyan.csv"
    records = read_all(path)
    first = records[0]
    assert [r.citation.title for r in records] == [
        'Counts of "small" tests, in two groups',
        "=1+1 is a title",
        'A title with a 5" tube',
    ]
    assert [s.title for s in first.sections] == ["title", "BACKGROUND", "METHODS", "RESULTS"]
    assert section(first, "RESULTS") == 'Response was seen in 22 (55%) of 40, "as planned".'
    start = first.text.index('"small"')
    assert first.quote(start, start + 7)[2] == '""small""'
    assert [r.text.count("\n\n") for r in records] == [3, 0, 0]
    for record in records:
        check_spans(record, stored(path))


def test_citations_of_rayyan() -> None:
    first, second, last = (r.citation for r in read_all(DATA / "rayyan.csv"))
    assert first == Citation(
        title='Counts of "small" tests, in two groups',
        authors=["Noether, Emmy", "Erdős, Pál"],
        year=2011,
        journal="J Inv Tests",
        volume="31",
        issue="4",
        pages="7-12",
        doi="10.1000/inv.14",
        pmid="99000041",
        pmcid="PMC9900041",
        registration=["NCT00000014"],
        mesh=["tests", "counts"],
        language="eng",
    )
    assert (second.pmid, second.issue, second.pages, second.doi) == ("99000042", None, None, None)
    assert (last.pages, last.authors) == ("S3", ["Lovelace, A."])
    assert read_all(DATA / "rayyan.csv")[1].problems == ['the pages "01-Jul" was made by a spreadsheet and is left out']


@needs_citations
@pytest.mark.parametrize("name", ["asysd_labelled_test_set.csv", "asysd_test_export.csv"])
def test_real_tables(name: str) -> None:
    path = CITATIONS / name
    source = Document.open(path, name).text()
    expected = list(csv.DictReader(io.StringIO(source, newline="")))
    records = read_all(path)
    assert len(records) == len(expected)
    for record, row in zip(records, expected, strict=True):
        told = {key.lower(): value for key, value in row.items()}
        title = re.sub(r"<[^<>]*>", "", unescape(told["title"]))
        assert _letters(record.citation.title or "") == _letters(title)
        assert str(record.citation.year) == told["year"]
        words = "" if told["abstract"] == "NA" else told["abstract"]
        assert _letters(re.split(r"<(?=[/a-z])", words)[0]) in _letters(record.text)
        assert record.raw == source[slice(*record.source.span)]
        volume = told.get("volume", "NA")
        assert record.citation.volume in (volume, None)
        check_spans(record, source)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def test_markup_of_databases_is_no_text(tmp_path: Path) -> None:
    (record,) = rows(tmp_path, "title,abstract\nH<inf>2</inf>O,10<sup>9</sup> <i>H. pylori</i> &lt; 5\n")
    assert isinstance(record, ParsedRecord)
    assert record.text == "H2O\n\n10⁹ H. pylori < 5"
    (record,) = rows(tmp_path, 'title,abstract\nOne,"<p lang=""en"">A ""b"" &lt; c</p>"\n')
    assert isinstance(record, ParsedRecord)
    assert record.text == 'One\n\n A "b" < c '
    assert [(r.was, r.now) for r in record.repairs] == [('<p lang=""en"">', " "), ("&lt;", "<"), ("</p>", " ")]


@needs_citations
def test_dois_of_a_real_table() -> None:
    path = CITATIONS / "asysd_labelled_test_set.csv"
    rows = csv.DictReader(io.StringIO(Document.open(path, path.name).text(), newline=""))
    expected = [re.search(r"10\.\d{4,}/\S+", unquote(row["doi"]).lower().rstrip(".")) for row in rows]
    assert [r.citation.doi for r in read_all(path)] == [m and m.group() for m in expected]


#: a header and a row of each tool, with what the citation must say
TOOLS = {
    "Covidence": (
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
        "Covidence #,Study,Notes,Tags",
        'One,"Doe, A.; Roe, B.",Two.,2001,1,J Test,1,2,3-4,,10.1000/a,,#1,Doe 2001,,',
    ),
    "ASReview": (
        "record_id,title,abstract,authors,year,journal,volume,issue,pages,doi,url,included",
        '0,One,Two.,"Doe, A.; Roe, B.",2001,J Test,1,2,3-4,https://doi.org/10.1000/A,,1',
    ),
    "Zotero": (
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","ISBN","ISSN","DOI","Url",'
        '"Abstract Note","Date","Pages","Issue","Volume","Language","Library Catalog","Extra"',
        '"K","journalArticle","2001","Doe, A.; Roe, B.","One","J Test","","1-2","10.1000/a","","Two.","2001-05",'
        '"3–4","2","1","en","PubMed","PMID: 123"',
    ),
    "Scopus": (
        '"Authors","Author full names","Author(s) ID","Title","Year","Source title","Volume","Issue","Art. No.",'
        '"Page start","Page end","Page count","Cited by","DOI","Link","Abstract","Document Type","Source","EID"',
        '"Doe, A.; Roe, B.","Doe, Ann (123456789); Roe, Bo (23456789)","1;2","One","2001","J Test","1","2","","3","4",'
        '"","7","10.1000/a","https://www.scopus.com/x","Two.","Article","Scopus","2-s2.0-1"',
    ),
    "Web of Science": (
        "PT\tAU\tTI\tSO\tAB\tPY\tVL\tIS\tBP\tEP\tDI\tUT",
        "J\tDoe, A.; Roe, B.\tOne\tJ Test\tTwo.\t2001\t1\t2\t3\t4\t10.1000/a\tWOS:0001",
    ),
    "Embase": (
        '"Title","Author Names","Source title","Publication Year","Volume","Issue","First Page","Last Page","Abstract",'
        '"DOI","PUI","Medline PMID","Article Language"',
        '"One","Doe, A.; Roe, B.","J Test","2001","1","2","3","4","Two.","10.1000/a","L123456","123","English"',
    ),
    "Dimensions": (
        '"About the data: exported on May 1, 2020; criteria: tests"\nRank,DOI,PMID,Title,Abstract,Source title,PubYear,'
        "Volume,Issue,Pagination,Authors",
        '1,10.1000/a,123,One,Two.,J Test,2001,1,2,3-4,"Doe, A.; Roe, B."',
    ),
    "Excel in German": (
        "sep=;\nTitle;Abstract;Authors;Year;Journal;Vol.;No.;Pages;DOI",
        'One;Two.;"Doe, A.; Roe, B.";2001;J Test;1;2;3-4;10.1000/a',
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tools(tool: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_bytes("\r\n".join([*TOOLS[tool], ""]).encode(encoding))
    assert choose(Document.open(path, path.name)).name == "CSV table"
    (record,) = read_all(path)
    cited = record.citation
    assert record.text == "One\n\nTwo."
    assert (cited.authors, cited.year, cited.journal) == (["Doe, A.", "Roe, B."], 2001, "J Test")
    assert (cited.volume, cited.issue, cited.pages, cited.doi) == ("1", "2", "3-4", "10.1000/a")


def test_pubmed_csv_has_no_abstracts(tmp_path: Path) -> None:
    path = tmp_path / "csv-platelets-set.csv"
    path.write_text(
        "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\n"
        '"123","One.","Doe A, Roe BC, Group for Tests.","J Test. 2001","Doe A","J Test","2001","2001/05/01","PMC99123"'
        ',"","10.1000/a"\n'
    )
    (record,) = read_all(path)
    assert record.citation.authors == ["Doe A", "Roe BC", "Group for Tests."]
    assert (record.citation.pmid, record.citation.pmcid, record.citation.journal) == ("123", "PMC99123", "J Test")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Doe, A.; Roe, B.", ["Doe, A.", "Roe, B."]),
        ("Doe, Ann and Roe, Bo", ["Doe, Ann", "Roe, Bo"]),
        ("Doe A, Roe BC", ["Doe A", "Roe BC"]),
        ("Doe, A., Roe, B.C.", ["Doe, A.", "Roe, B.C."]),
        ("Doe, Ann", ["Doe, Ann"]),
        ("Ann Doe, Bo Roe and Al Poe", ["Ann Doe", "Bo Roe", "Al Poe"]),
        ("Doe A. B.Roe C.van der Poe D.", ["Doe A. B.", "Roe C.", "van der Poe D."]),
        ("J.K.Rowling", ["J.K.Rowling"]),
        ("Doe A, et al.", ["Doe A"]),
        ("", []),
    ],
)
def test_author_lists(text: str, names: list[str]) -> None:
    assert split_authors(text) == names


def rows(tmp_path: Path, text: str | bytes, name: str = "a.csv") -> list[ParsedRecord | SetAside]:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(parse(path, path.name))


def told(found: list[ParsedRecord | SetAside]) -> list[str | None]:
    """Titles of records, and what is set aside."""
    return [row.citation.title if isinstance(row, ParsedRecord) else f"aside: {row.record}" for row in found]


def test_an_unknown_table_is_set_aside_with_its_columns(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "name;weight;Titel des Werks\n1;2;3\n")
    assert isinstance(row, SetAside)
    assert "name, weight, Titel des Werks" in row.reason
    assert "articletitle" in row.remedy
    assert "abstractnote" in row.remedy


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["1,One,x", "2,Two,a,b", "3,Three,x"], ["One", "aside: line 3", "Three"]),
        (["1,One,x", "2,Two", "3", "4,Four,x"], ["One", "Two", "aside: line 4", "Four"]),
        (["1,One,x,,", ",,", "", "3,Three,x"], ["One", "Three"]),
        (['1,"One,x', "2,Two,x", "3,Three,x"], ["One", "Two", "Three"]),
        (['1,One,"x', '2,"Two",x', '3,"Three",x'], ["One", "Two", "Three"]),
        (['1,"O"n"e",x', '2,"Two ""2""",x'], ['O"n"e', 'Two "2"']),
        (['1,"One', 'and more",x', "2,Two,x"], ["One and more", "Two"]),
        (["1,One\0,x", "2,Two,x"], ["One", "Two"]),
    ],
)
def test_damaged_rows_cost_themselves_only(tmp_path: Path, lines: list[str], expected: list[str]) -> None:
    for end in ("\n", "\r\n", "\r"):
        found = rows(tmp_path, end.join(["id,title,abstract", *lines]))
        assert sorted(map(str, told(found))) == sorted(expected)


def test_rows_with_a_fault_say_so(tmp_path: Path) -> None:
    short, unclosed, whole = rows(tmp_path, 'id,title,abstract\n1,One\n2,Two,"x\n3,"Three",y\n')
    assert [row.problems for row in (short, unclosed, whole) if isinstance(row, ParsedRecord)] == [
        ["the row has 2 of 3 cells"],
        ["a quotation mark in this row does not close"],
        [],
    ]


def test_a_csv_that_is_something_else(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("TY  - JOUR\nTI  - One\nER  - \n", "utf-8")
    assert choose(Document.open(path, path.name)).name == "RIS export"
    path.write_text("@article{a,\n title={One}}", "utf-8")
    assert choose(Document.open(path, path.name)).name == "BibTeX"


def test_prose_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "Title, abstract, and authors\n\nOf the 20 patients, 12 were well, and 8 were not, so far.\n", "utf-8"
    )
    assert choose(Document.open(path, path.name)).name == "plain text"


def test_windows_encoding(tmp_path: Path) -> None:
    (record,) = rows(tmp_path, "title;abstract\nMüller’s – test;x\n".encode("cp1252"))
    assert isinstance(record, ParsedRecord)
    assert record.citation.title == "Müller’s – test"


def test_a_long_line_and_a_cell_that_goes_on_forever(tmp_path: Path) -> None:
    found = rows(tmp_path, 'title,abstract\n"One' + ("\n" + "x" * 999) * 500 + "\nTwo,y\n")
    assert told(found)[-1] == "Two"
    found = rows(tmp_path, "title,abstract\n" + "word " * 2_000_000 + ",y\nTwo,y\n")
    assert told(found) == ["aside: line 2", "Two"]


@pytest.mark.parametrize("piece", ['"', '""', '"a', ',"', ',"a\n', '"\n', '"\n"', ',"a\n"b', "\n", ",", ' "', '",\n"'])
def test_work_is_linear_in_hostile_text(tmp_path: Path, piece: str) -> None:
    """Twice as much text takes about twice as many calls."""
    costs = [_calls(tmp_path, "title,abstract,id\n" + piece * n) for n in (1_000, 2_000)]
    assert costs[1] < 3 * costs[0] + 2_000


def _calls(tmp_path: Path, text: str) -> int:
    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1

    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8", newline="")
    document = Document.open(path, path.name)
    sys.setprofile(tick)
    try:
        list(csv_table.read(document))
    finally:
        sys.setprofile(None)
    return count


def test_rows_are_read_one_by_one(tmp_path: Path) -> None:
    """The first record is there before the last one is looked at: memory does not grow with the file."""
    path = tmp_path / "a.csv"
    path.write_text("title,abstract\n" + "".join(f"Title {i},{'word ' * 200}\n" for i in range(3000)))
    found = parse(path, path.name)
    next(found)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 20)
    assert isinstance(next(found), ParsedRecord)


CELL = st.text('abcöß 019."\n;\t≥,=', max_size=30)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5), st.sampled_from(",;\t|"), st.booleans())
def test_what_the_csv_module_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, str]], delimiter: str, quote_all: bool
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
        out.writerow(["title", "abstract", "year"])
        for i, (title, abstract) in enumerate(records):
            out.writerow([f"T{title}t", f"A{abstract}a", 1900 + i])
    read = read_all(path)
    assert [r.citation.year for r in read] == [1900 + i for i in range(len(records))]
    for record, (title, abstract) in zip(read, records, strict=True):
        assert "".join(record.text.split()) == "".join(f"T{title}tA{abstract}a".split())
        assert record.raw == stored(path)[slice(*record.source.span)]


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3))
def test_any_bytes_are_read_or_set_aside(tmp_path_factory: pytest.TempPathFactory, junk: bytes, where: int) -> None:
    pieces = [b"title,abstract\n", b'One,"Two\n', b'more"\nThree,x\n']
    pieces.insert(where, junk)
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(b"".join(pieces))
    source = Document.open(path, path.name)
    with suppress(Unreadable):
        for row in csv_table.read(source):
            assert row.reason if isinstance(row, SetAside) else row.raw == source.text()[slice(*row.source.span)]
