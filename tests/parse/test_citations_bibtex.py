"""BibTeX as Zotero, Mendeley, JabRef, Scopus and Web of Science write it."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.limits import Limits
from pipeline.parse import bibtex, choose, latex, parse
from pipeline.parse.document import Document, Unreadable
from pipeline.parsed import ParsedRecord, SetAside

from .conftest import DATA, SHARED, read_all, section, stored

CITATIONS = SHARED / "corpora" / "citations"
needs_citations = pytest.mark.skipif(not CITATIONS.is_dir(), reason="no ../shared/corpora/citations here")


def check_spans(record: ParsedRecord, source: str) -> None:
    """raw is the source's slice, and each plain word of the text leads to that word in the source."""
    assert record.raw == source[slice(*record.source.span)]
    for m in re.finditer(r"\b[A-Za-z]{3,}\b", record.text):
        at, to, words = record.quote(*m.span())
        assert source[at:to] == words
        assert re.sub(r"[{}]", "", words) == m.group() or re.search(r"[\\$@]|\bjot\b", words)
    for repair in record.repairs:
        assert source[repair.start : repair.end] == repair.was
    for part in record.sections:
        assert record.text[part.start : part.end] == record.text[part.start : part.end].strip() != ""


def test_entries() -> None:
    path = DATA / "library.bib"
    records = read_all(path)
    assert [r.text.split("\n\n")[0] for r in records] == [
        "Counts of Platelets above 30 × 10⁹/L after two drugs & none",
        "A title in two lines",
        "A book of Journal of Tests by Müller",
        "The third is damaged",
        "The last one",
    ]
    assert [r.problems for r in records if r.citation.year == 1999] == [
        ["the braces of this entry do not close; its fields were told by their lines"]
    ]
    assert sum(bool(r.problems) for r in records) == 1
    for record in records:
        assert record.raw.startswith("@")
        check_spans(record, stored(path))


def test_text_of_an_entry() -> None:
    record = read_all(DATA / "library.bib")[0]
    assert [s.title for s in record.sections] == ["title", "BACKGROUND", "METHODS", "RESULTS"]
    assert section(record, "METHODS") == "Forty patients were asked; trial NCT00000013."
    assert section(record, "RESULTS") == "Response was seen in 22 (55%) of 40 (P < .001) and 3 naïve ones."
    start = record.text.index("55%")
    assert record.quote(start, start + 3)[2] == r"55\%"


def test_citation_of_an_entry() -> None:
    first, second, third, fourth, fifth = (r.citation for r in read_all(DATA / "library.bib"))
    assert first.authors == ["Noether, Emmy", "Erdős, Pál", "Group for Tests and Counts"]
    assert first.authors_truncated
    assert (first.year, first.journal, first.volume, first.issue, first.pages) == (
        2011,
        "Journal of Tests",
        "31",
        "4",
        "7-12",
    )
    assert (first.doi, first.pmid, first.language) == ("10.1000/inv_11", "99000031", "English")
    assert (first.registration, first.mesh) == (["NCT00000013"], ["tests", "counts"])
    assert (second.journal, second.year, second.database) == ("ANNALS OF TESTS", 2009, "Web of Science")
    assert (third.year, fourth.authors, fifth.authors, fifth.pmid) == (
        2001,
        ["Hopper, Grace"],
        ["Ada Lovelace"],
        "99000032",
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"{\"o} \'{e} \v{c} \c{c} \c c {\aa} \o{} stra{\ss}e \'{\i} \~n", "ö é č ç ç å ø straße í ñ"),
        (r"$\geq$ 30 $\times$ 10$^{9}$/L, $p<0.05$, 37$^\circ$C, CO$_2$", "≥ 30 × 10⁹/L, p<0.05, 37°C, CO2"),
        (r"10{\textless}sup{\textgreater}9{\textless}/sup{\textgreater} {\textless}i{\textgreater}x", "10⁹ x"),
        (r"5\% \& \$5 \_ \# 10\textsuperscript{-3}", "5% & $5 _ # 10⁻³"),
        (r"costs $5 and $10 a day", "costs $5 and $10 a day"),
        (r"\emph{H. pylori} and {\it E. coli}", "H. pylori and E. coli"),
        (r"mean {\textpm} SD, {\textless}5, {\textasciitilde}7, ~8, Fig.~2, 3~5", "mean ± SD, <5, ~7, ~8, Fig. 2, 3~5"),
        (r"5 \&lt; 6 \& 7\par x", "5 < 6 & 7 x"),
        (r"``quoted'' 12--20 --- yes", "“quoted” 12–20 — yes"),
        (r"C:\dir and \unknown stay, \unknown{x} does not", r"C:\dir and \unknown stay, x does not"),
        (r"$\alpha$-blockers and \beta{}-blockers", "α-blockers and β-blockers"),
        (r"{{IgG4\(+\)}} {\}", "IgG4(+) }"),
    ],
)
def test_latex(written: str, read: str) -> None:
    assert latex.plain(written) == read


def test_every_dialect_is_bibtex_whatever_it_is_called(tmp_path: Path) -> None:
    entries = [
        "@article{a,\n title = {One},\n}",
        "\ufeff@ARTICLE{Smith2020,\r\nauthor={Smith, J. and Doe, A.},\r\ntitle={One},\r\n}",
        "Scopus\nEXPORT DATE: 1 May 2020\n\n@ARTICLE{Smith2020,\nauthor={Smith, J.},\ntitle={One},\n}",
        '@article(a, title = "One")',
        "@article{ ISI:000,\nTitle = {{One}},\n}",
    ]
    for text in entries:
        path = tmp_path / "export.txt"
        path.write_bytes(text.encode())
        assert choose(Document.open(path, path.name)).name == "BibTeX"
        (record,) = read_all(path)
        assert record.text == "One"
        check_spans(record, stored(path))


@needs_citations
def test_real_zotero_export() -> None:
    path = CITATIONS / "asysd_zotero_export.bib"
    source = stored(path)
    records = read_all(path)
    starts = re.findall(r"(?m)^@\w+\{", source)
    assert len(records) == len(starts) == 1000
    assert sum(bool(s.title == "abstract" or s.title != "title") for r in records for s in r.sections[1:2]) == len(
        re.findall(r"(?m)^\tabstract = \{", source)
    )
    assert sum(r.citation.doi is not None for r in records) == len(re.findall(r"(?m)^\tdoi = \{10\.", source))
    assert not re.search(r"\\[%&_]|\\text|\{|\}", "".join(r.text for r in records))
    for record in records:
        check_spans(record, source)


@needs_citations
def test_the_same_library_as_bibtex_and_ris() -> None:
    """Zotero wrote the same articles in both formats."""

    bib, ris = (
        {_letters(r.citation.title) + str(r.citation.year): r for r in read_all(CITATIONS / name)}
        for name in ("asysd_zotero_export.bib", "asysd_zotero_export.ris")
    )
    assert bib.keys() == ris.keys()
    for name, record in bib.items():
        here, there = record.citation, ris[name].citation
        assert (here.doi, here.volume, here.issue, here.authors) == (
            there.doi,
            there.volume,
            there.issue,
            there.authors,
        )
        assert here.pages == there.pages
        assert _letters(record.text) == _letters(ris[name].text)
        assert [s.title for s in record.sections] == [s.title for s in ris[name].sections]


def _letters(text: str | None) -> str:
    return re.sub(r"[\W_]", "", text or "").lower()


def rows(tmp_path: Path, text: str | bytes) -> list[ParsedRecord | SetAside]:
    path = tmp_path / "a.bib"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(parse(path, path.name))


@pytest.mark.parametrize(
    ("fields", "pmid"),
    [
        ("pmid = {123}", "123"),
        ("pubmed_id={12345}", "12345"),
        ("eprint = {123}, eprinttype = {pubmed}", "123"),
        ("eprint = {123}, eprinttype = {arxiv}", None),
        ("note = {PMID: 123}", "123"),
        ("url = {https://pubmed.ncbi.nlm.nih.gov/12345/}", "12345"),
        ("note = {searched in PubMed 2019}", None),
    ],
)
def test_places_of_a_pmid(tmp_path: Path, fields: str, pmid: str | None) -> None:
    (record,) = rows(tmp_path, f"@article{{a, title={{One}}, {fields}}}")
    assert isinstance(record, ParsedRecord)
    assert record.citation.pmid == pmid


def test_damage_costs_its_own_entry_only(tmp_path: Path) -> None:
    text = "@article{a, title={One}}\n@article{b, title={Two, year={2000}\n@article{c}\n@article{d,\ntitle={Four}}"
    first, second, empty, last = rows(tmp_path, text)
    assert [_told(row) for row in (first, last)] == [("One", []), ("Four", [])]
    said, problems = _told(second)
    assert said.startswith("Two")
    assert problems
    assert isinstance(empty, SetAside)
    assert empty.record == "number 3"


def _told(row: ParsedRecord | SetAside) -> tuple[str, list[str]]:
    assert isinstance(row, ParsedRecord)
    return row.text, row.problems


def test_a_file_cut_off_in_an_entry(tmp_path: Path) -> None:
    (record,) = rows(tmp_path, "@article{a,\n title={One},\n abstract={Of 20 patients, 12 we")
    assert isinstance(record, ParsedRecord)
    assert record.text == "One\n\nOf 20 patients, 12 we"
    assert record.problems


def test_bytes_of_another_encoding(tmp_path: Path) -> None:
    (record,) = rows(tmp_path, "@article{a, title={Müller’s test}}".encode("cp1252"))
    assert isinstance(record, ParsedRecord)
    assert record.text == "Müller’s test"


@pytest.mark.parametrize("piece", ["{", "}", '"', "a={", "@a{", "$", "\\", "--", "# ", "a=b,", "\n@string{a=a}", "{}"])
def test_work_is_linear_in_hostile_text(tmp_path: Path, piece: str) -> None:
    """Twice as much text takes about twice as many calls."""
    costs = [_steps(tmp_path, "@article{a, title={" + piece * n) for n in (2_000, 4_000)]
    assert costs[1] < 3 * costs[0] + 2_000


def _steps(tmp_path: Path, text: str) -> int:
    """Calls that reading the text takes."""
    count = 0

    def tick(*_: object) -> None:
        nonlocal count
        count += 1

    path = tmp_path / "a.bib"
    path.write_text(text, "utf-8")
    document = Document.open(path, path.name, Limits())
    sys.setprofile(tick)
    try:
        list(bibtex.read(document))
    finally:
        sys.setprofile(None)
    return count


def test_entries_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text("".join(f"@article{{k{i}, title={{Title {i}}}, note={{{'word ' * 200}}}}}\n" for i in range(3000)))
    found = parse(path, path.name)
    next(found)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 20)
    assert isinstance(next(found), ParsedRecord)


WORDS = st.text("abcdeöß ABC019.,:;()<>=%&_#-'é≥α", min_size=1, max_size=40).map(lambda s: " ".join(s.split()))
ESCAPES = {
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "#": r"\#",
    "ö": r"{\"o}",
    "ß": r"{\ss}",
    "≥": r"$\geq$",
    "α": r"\alpha{}",
}


def written_out(text: str) -> str:
    return "".join(ESCAPES.get(c, c) for c in text)


@settings(deadline=None)
@given(
    st.lists(st.tuples(WORDS, WORDS, st.integers(1900, 2030)), min_size=1, max_size=4), st.sampled_from(["{}", '""'])
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, str, int]], quotes: str
) -> None:
    a, b = quotes
    text = "".join(
        f"@article{{k{i},\n  title = {a}T{written_out(t)}{b},\n  abstract={a}A {written_out(s)}{b}, year = {y}\n}}\n"
        for i, (t, s, y) in enumerate(records)
    )
    if quotes == '""':
        text = text.replace(r"{\"o}", "ö")
    path = tmp_path_factory.mktemp("bib") / "a.bib"
    path.write_text(text, "utf-8", newline="")
    read = read_all(path)
    assert [r.citation.year for r in read] == [y for _, _, y in records]
    for record, (title, _, _) in zip(read, records, strict=True):
        if not re.search(r"--|''|&|<|10\(", title):
            assert record.citation.title == f"T{title}"
        check_spans(record, text)


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3))
def test_any_bytes_are_read_or_set_aside(tmp_path_factory: pytest.TempPathFactory, junk: bytes, where: int) -> None:
    pieces = [b"@article{a, title={One},", b" abstract={Two}}", b"\n@article{b, title={Three}}"]
    pieces.insert(where, junk)
    path = tmp_path_factory.mktemp("bib") / "a.bib"
    path.write_bytes(b"".join(pieces))
    source = Document.open(path, path.name)
    with suppress(Unreadable):
        for row in bibtex.read(source):
            assert row.reason if isinstance(row, SetAside) else row.raw == source.text()[slice(*row.source.span)]


def test_a_quote_across_an_abstract_that_comes_before_its_title(tmp_path: Path) -> None:
    (record,) = rows(tmp_path, "@article{a, abstract={It was counted.}, year={2001}, title={One}}")
    assert isinstance(record, ParsedRecord)
    assert record.text == "One\n\nIt was counted."
    assert record.quote(0, len(record.text))[2] == "It was counted.}, year={2001}, title={One"
    assert record.quote(0, 3)[2] == "One"
