"""Plain text, listing pages and text layers of PDFs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, SetAside

from .conftest import DATA, SHARED, check_spans, one, read_all, section, stored

SEEDS = SHARED / "gold" / "seeds"
DEV = SHARED / "gold" / "dev"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="no ../shared/gold/seeds here")
needs_dev = pytest.mark.skipif(not DEV.is_dir(), reason="no ../shared/gold/dev here")


def seed(number: str) -> Path:
    return next((SEEDS / "docs").glob(f"{number}_*.txt"))


def write(tmp_path: Path, text: str, name: str = "paper.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    return path


# ---- plain text --------------------------------------------------------------------------------------------------


def test_plain_text_with_title() -> None:
    record = one(DATA / "plain.txt")
    assert record.record_id == "plain"
    assert record.citation.title == "Danazol with low-dose rituximab for warm antibody disease: an invented trial"
    assert record.citation.registration == ["NCT01234567"]
    assert [s.title for s in record.sections] == ["title", "Background", "Methods", "Results", "Conclusions"]
    assert section(record, "Results").startswith("Of the 40 patients, 28 (70%) responded")
    assert "danazol (200 mg twice daily) and" in record.text, "wrapped lines are joined"
    assert "Sign in" not in record.text
    check_spans(record, stored(DATA / "plain.txt"))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_offsets_count_newlines_as_stored(tmp_path: Path, newline: str) -> None:
    text = "A trial of one thing\n\nWe gave it to 20 patients, and\n12 of them were well.\n".replace("\n", newline)
    record = one(write(tmp_path, text))
    start = record.text.index("and 12 of")
    at, to, words = record.quote(start, start + len("and 12 of"))
    assert text[at:to] == words == f"and{newline}12 of"


def test_byte_order_mark_counts_but_is_not_read(tmp_path: Path) -> None:
    record = one(write(tmp_path, "\ufeffOf the 20 patients who were treated, 12 were well."))
    assert record.source.span[0] == 1
    assert record.text.startswith("Of the 20")


def test_windows_text_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes("Patients of Müller’s clinic: 12 of 20 were well.".encode("cp1252"))
    record = one(path)
    assert "Müller’s clinic" in record.text
    assert any("cp1252" in problem for problem in record.problems)


def test_no_title_is_made_up(tmp_path: Path) -> None:
    record = one(write(tmp_path, "We treated 20 patients.\n\nOf these, 12 were well after a long time of treatment.\n"))
    assert record.citation.title is None
    assert record.text.startswith("We treated 20")


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("METHODS. ", "METHODS"),
        ("Methods: ", "Methods"),
        ("Patients and Methods ", "Patients and Methods"),
        ("RESEARCH DESIGN AND METHODS: ", "RESEARCH DESIGN AND METHODS"),
        ("Design and Methods:\n\n", "Design and Methods"),
        ("METHODS\n", "METHODS"),
        ("ABSTRACT.METHODS: .\n", "METHODS"),
        ("Materials/Methods ", "Materials/Methods"),
        ("AUTHORS' CONCLUSIONS: ", "AUTHORS' CONCLUSIONS"),
        ("Authors’ conclusions\n\n", "Authors’ conclusions"),
        ("Selection criteria: ", "Selection criteria"),
        ("2. Methods\n", "Methods"),
        ("2. Methods\n\n2.1. Patients\n\n", "Patients"),
    ],
)
def test_headings(tmp_path: Path, heading: str, title: str) -> None:
    first = "We do not know why patients get well."
    path = write(tmp_path, f"{first}{chr(10) * 2}{heading}Sixty-two patients were asked to come once a week.\n")
    assert [s.title for s in one(path).sections][:1] == ["abstract"]
    assert [s.title for s in one(path).sections][-1] == title
    assert section(one(path), title) == "Sixty-two patients were asked to come once a week."


@pytest.mark.parametrize("sentence", ["The results were good.", "In patients: none.", "Results of 12 trials agree."])
def test_no_headings(tmp_path: Path, sentence: str) -> None:
    record = one(write(tmp_path, f"It is not known why patients get well again. {sentence} So they say, at least.\n"))
    assert [s.title for s in record.sections] == ["abstract"]


@pytest.mark.parametrize(
    "line", ["Sign in / Sign up", "Export Citation Format", "This feature is available to Subscribers Only", "Abstract"]
)
def test_furniture_is_left_out(tmp_path: Path, line: str) -> None:
    record = one(write(tmp_path, f"{line}\nOf the 20 patients who were treated, 12 were well.\n{line}\n"))
    assert record.text == "Of the 20 patients who were treated, 12 were well."


@needs_dev
def test_every_abstract_of_dev_has_its_title_and_sections() -> None:
    for path in sorted(DEV.glob("*.txt")):
        record, label = one(path), json.loads(path.with_suffix(".json").read_text("utf-8"))
        assert record.citation.title == " ".join(label["title"].split()), path.name
        assert [s.title for s in record.sections][:1] == ["title"]
        assert len(record.sections) > 1, path.name
        assert "ABSTRACT" not in record.text, path.name
        check_spans(record, stored(path))


@needs_dev
def test_sections_of_dev_are_those_marked() -> None:
    path = DEV / "ei-PMC3856388.txt"
    titles = [s.title for s in one(path).sections]
    assert titles == ["title", "BACKGROUND/OBJECTIVE", "METHODS", "RESULTS", "CONCLUSION"]


@needs_seeds
def test_seed_without_title() -> None:
    record = one(seed("000"))
    assert record.citation.title is None
    assert record.source.span == (0, 4339)
    assert [s.title for s in record.sections] == ["abstract", "Design and Methods"]
    check_spans(record, stored(seed("000")))


@needs_seeds
def test_seed_with_page_furniture() -> None:
    record = one(seed("003"))
    assert [s.title for s in record.sections] == ["Background", "Methods", "Results", "Conclusion"]
    assert record.text.startswith("Background: Cancer")
    assert record.text.endswith("TPO-RAs.")
    check_spans(record, stored(seed("003")))


@needs_seeds
def test_seed_of_an_encyclopaedia_keeps_its_headings() -> None:
    titles = {s.title for s in one(seed("004")).sections}
    assert {"Experimental Therapies", "Monitoring Parameters", "Diagnostic Features"} <= titles


ABSTRACT = (
    "Background: Nobody knows which of the drugs is better.\nMethods: Forty adults were given dapsone for 12 weeks.\n"
    "Results: Of 40 patients, 28 (70%) responded.\nConclusions: Dapsone works.\n"
)
TITLE = "Dapsone for an invented blood disease: a single-arm trial"
LABELS = ["title", "Background", "Methods", "Results", "Conclusions"]


@pytest.mark.parametrize(
    "above",
    [
        f"{TITLE}\n",
        f"{TITLE}\n\n",
        f"# {TITLE}\n\n## Abstract\n\n",
        f"{TITLE}\nAda Lovelace, Alan M. Turing\n\nAbstract\n",
        f"{TITLE}\n\nAda Lovelace, Alan M. Turing\n\nAbstract\n",
        f"{TITLE}\nAda Lovelace1,2, Alan M. Turing2*\n\nAbstract\n",
        f"Title: {TITLE}\nAuthors: Ada Lovelace; Alan M. Turing\nDOI: 10.1000/a.b\nAbstract: ",
        f"Authors: Ada Lovelace and Alan M. Turing\nJournal: J Test\nTitle: {TITLE}\n\n",
    ],
)
def test_title_and_authors_above_an_abstract(tmp_path: Path, above: str) -> None:
    path = write(tmp_path, above + ABSTRACT)
    record = one(path)
    assert record.citation.title == TITLE
    assert record.citation.authors == (["Ada Lovelace", "Alan M. Turing"] if "Ada" in above else [])
    assert record.citation.doi == ("10.1000/a.b" if "DOI" in above else None)
    assert [s.title for s in record.sections] == LABELS
    check_spans(record, stored(path))


@pytest.mark.parametrize(
    "title",
    [
        "A Trial of Dapsone for\nImmune Thrombocytopenia, Rheumatoid Arthritis and Lupus Erythematosus",
        "Dapsone, Danazol and Rituximab\nin an Invented Disease of the Blood",
        "Dapsone for an invented disease of adults\nwho did not respond to steroids: a trial",
    ],
)
def test_a_title_of_two_lines_is_no_list_of_authors(tmp_path: Path, title: str) -> None:
    record = one(write(tmp_path, f"{title}\n\n{ABSTRACT}"))
    assert record.citation.title == " ".join(title.split())
    assert record.citation.authors == []


# ---- listing pages -----------------------------------------------------------------------------------------------


def test_listing_page() -> None:
    path = DATA / "listing.txt"
    first, second, third = read_all(path)
    assert [r.record_id for r in (first, second, third)] == ["listing-01", "listing-02", "listing-03"]
    assert first.citation.title == "Vincristine again: an invented cohort"
    assert (first.citation.journal, first.citation.year, first.citation.volume) == ("Ann Test Med", 2003, "12")
    assert (first.citation.issue, first.citation.pages) == ("3", "101-104")
    assert first.citation.authors == ["Ada Lovelace", "Alan Turing"]
    assert first.citation.authors_truncated
    assert second.citation.title is None
    assert second.citation.journal == "Test J Paed"
    assert second.text.startswith("Treatment of nine children")
    assert second.text.endswith("10⁹/L.")
    assert third.citation.title == "Dapsone in the elderly: five invented cases"
    assert third.text.endswith("Two of five (> 30%) responded")
    for record in (first, second, third):
        check_spans(record, stored(path))


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_listing_page_with_any_line_ends(tmp_path: Path, newline: str) -> None:
    text = stored(DATA / "listing.txt").replace("\n", newline)
    records = read_all(write(tmp_path, text))
    expected = read_all(DATA / "listing.txt")
    assert [r.citation for r in records] == [r.citation for r in expected]
    assert [r.text for r in records] == [r.text for r in expected]
    for record in records:
        check_spans(record, text)


def test_a_record_without_text_costs_only_itself(tmp_path: Path) -> None:
    empty = "Share\nAuthor(s): \nAda ◽\n\nSign in / Sign up\n\n\n"
    text = f"{empty}J Test ◽\n2001 ◽\nAuthor(s): \nBob ◽\n\nTen of 20 were well.\n"
    aside, record = parse(write(tmp_path, text), "page.txt")
    assert isinstance(aside, SetAside)
    assert (aside.record, aside.reason) == ("number 1", "this record of the page has neither title nor abstract")
    assert isinstance(record, ParsedRecord)
    assert (record.text, record.citation.authors) == ("Ten of 20 were well.", ["Bob"])


@needs_seeds
def test_listing_of_the_seeds_has_the_labelled_records() -> None:
    records = read_all(seed("001"))
    labels = [json.loads(p.read_text("utf-8")) for p in sorted(SEEDS.glob("seed-001-*.json"))]
    assert len(records) == len(labels) == 11
    for record, label in zip(records, labels, strict=True):
        (a, b), (c, d) = record.source.span, label["source"]["span"]
        assert (min(b, d) - max(a, c)) / (max(b, d) - min(a, c)) >= 0.95
        for field in ("title", "authors", "authors_truncated", "journal", "year", "volume", "issue", "pages"):
            assert getattr(record.citation, field) == label["citation"][field], (record.record_id, field)
        check_spans(record, stored(seed("001")))
        assert "Author(s)" not in record.text
        assert "◽" not in record.text
        assert "Sign in" not in record.text


# ---- text layers -------------------------------------------------------------------------------------------------


def test_text_layer() -> None:
    path = DATA / "text_layer.txt"
    record = one(path)
    titles = [s.title for s in record.sections]
    assert titles[:4] == ["title", "abstract", "Introduction", "Methods"]
    assert titles[4:] == ["Patients", "Treatments", "Results", "Discussion"]
    assert "whose platelet counts stayed below 30 × 10⁹/L." in record.text
    assert "The between-group difference" in record.text
    assert "been planned before" in record.text
    assert "count of ≥30 × 10⁹/L at 2 visits ≥7 days apart" in record.text
    assert "was <30 × 10⁹/L" in record.text
    assert "were >400 × 10⁹/L" in record.text
    assert "(n = 60)" in record.text
    assert "P = .02" in record.text
    assert "difference, -0.05; 95% CI, -0.15-0.04" in record.text
    assert "100$ per week" in record.text, "money stays money"
    assert "$200 of their own" in record.text, "money stays money"
    check_spans(record, stored(path))


def test_table_in_a_text_layer() -> None:
    record = one(DATA / "text_layer.txt")
    (table,) = record.tables
    assert table.caption == "Table 1. Outcomes of the two groups"
    assert table.rows == [
        ["Outcomes", "ALFA + BETA (n = 60)", "BETA (n = 30)"],
        ["Response", "45 (75.0)", "15 (50.0)"],
        ["Relapse", "9 (20.0)", "6 (40.0)"],
        ["Any event leading to a stop of treatment", "3 (5.0)*", "0 (0.0)"],
    ]
    assert table.header_rows == 1
    assert table.footnotes == ["*Insomnia."]
    assert table.span is not None
    assert "Relapse 9 (20.0) 6 (40.0)\n" in record.text[slice(*table.span)]


@needs_seeds
def test_seed_text_layer() -> None:
    record = one(seed("002"))
    text = record.text
    for words in (
        "platelet count of ≥30 × 10⁹/L confirmed on ≥2 separate occasions (≥7 days apart)",
        "had a platelet count <30 × 10⁹/L or",
        "a platelet count ≥30 × 10⁹/L and",
        "apart were >300 × 10⁹/L and",
        "with ATRA (n = 112) or monotherapy of LD-RTX (n = 56)",
        "HR = 1.875 [95% CI, 1.082 to 3.248]; P = .007",
        "95% CI, -0.13-0.30), CR (between-group difference, -0.10; 95% CI, -0.39-0.18)",
        "difference, -0.15; 95% CI, -0.31 to 0.01)",
        "ATRA + LD-RTX (n = 112) LD-RTX (n = 56)",
        "19.0 × 10⁹/L in the monotherapy group",
    ):
        assert words in text
    for word in ("LD-RTX", "follow-up", "between-group", "doubling", "maintenance", "corticosteroid-resistant"):
        assert word in text
    for word in ("cortico-steroid", "mono-therapy", "followup", "betweengroup", "pre-vent", "how-ever"):
        assert word not in text
    check_spans(record, stored(seed("002")))


@needs_seeds
def test_tables_of_the_seed_text_layer() -> None:
    tables = {table.caption[:7]: table for table in one(seed("002")).tables}
    assert ["OR", "90", "0.80", "33", "0.59", "0.22 (0.07-0.36)"] in tables["Table 3"].rows
    assert ["SR", "68", "0.61", "23", "0.41", "0.20 (0.04-0.35)"] in tables["Table 3"].rows
    assert ["Any AEs", "79 (70.5)", "30 (53.6)"] in tables["Table 4"].rows
    assert tables["Table 4"].rows[0] == ["Events", "ATRA + LD-RTX (n = 112)", "LD-RTX (n = 56)"]
    assert ["3", "5 (4.5)", "2 (3.6)"] in tables["Table 2"].rows


# ---- what cannot be read -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.nbib", b"  \n\r\n", "empty"),
        ("a.bin", bytes(range(256)) * 8, "no known format"),
        ("a.txt", b"PK\x03\x04" + bytes(200), "no known format"),
        ("a.json", b'{"title": "Some words of a file that nobody reads yet, and a few more"}', "no known format"),
        ("a.txt", "Patients and \x81 words that no code page has, not one of them at all".encode("latin-1"), "neither"),
    ],
)
def test_set_aside(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (row,) = parse(path, f"corpus/{name}")
    assert isinstance(row, SetAside)
    assert row.set_aside == f"corpus/{name}"
    assert reason in row.reason
    assert row.remedy


def test_missing_file_is_set_aside(tmp_path: Path) -> None:
    (row,) = parse(tmp_path / "none.txt", "none.txt")
    assert isinstance(row, SetAside)
    assert "No such file" in row.reason


def test_labels_that_begin_a_line_need_no_stop(tmp_path: Path) -> None:
    text = "A trial of two drugs\n\nObjectives To compare them.\nParticipants Adult smokers who wished to stop.\nResults Half of them did."
    [record] = parse(write(tmp_path, text), "paper.txt")
    assert isinstance(record, ParsedRecord)
    assert [s.title for s in record.sections] == ["title", "Objectives", "Participants", "Results"]


def test_the_same_words_inside_a_sentence_are_no_labels(tmp_path: Path) -> None:
    text = "A trial of two drugs\n\nObjectives: To compare them in Adult smokers. Participants Anna and Ben left early.\nResults: Half did."
    [record] = parse(write(tmp_path, text), "paper.txt")
    assert isinstance(record, ParsedRecord)
    assert "Participants" not in [s.title for s in record.sections]
