"""PubMed's exports for people: "Abstract (text)" and "Summary (text)"."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.parse import parse, pubmed_text
from pipeline.parse.document import Document, Unreadable
from pipeline.parsed import Citation, ParsedRecord, SetAside

from .conftest import DATA, SHARED, check_spans, section, stored

CITATIONS = SHARED / "corpora" / "citations"
needs_citations = pytest.mark.skipif(not CITATIONS.is_dir(), reason="no ../shared/corpora/citations here")


def read(path: Path) -> list[ParsedRecord]:
    rows = list(pubmed_text.read(Document.open(path, path.name)))
    assert not [row for row in rows if isinstance(row, SetAside)]
    return [row for row in rows if isinstance(row, ParsedRecord)]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "export.txt"
    path.write_bytes(text.encode("utf-8"))
    return path


def test_abstract_export() -> None:
    path = DATA / "pubmed_abstracts.txt"
    trial, survey, letter = read(path)
    cited = trial.citation
    assert cited.title == (
        "Dapsone or danazol in adults with an invented blood disease: a randomised trial of two low-dose regimens?"
    )
    assert cited.authors == ["Lovelace A", "Turing AM", "van der Hopper GB 3rd", "Invented Disease Study Group"]
    assert (cited.journal, cited.year, cited.volume, cited.issue) == ("Ann Test Haem", 2012, "119", "9")
    assert (cited.pages, cited.doi, cited.pmid, cited.pmcid) == (
        "1967-72",
        "10.1000/ath.2012.001",
        "99000101",
        "PMC9000001",
    )
    assert cited.registration == ["NCT01234567"]
    assert cited.database == "PubMed"
    assert [s.title for s in trial.sections] == ["title", "BACKGROUND", "METHODS", "RESULTS", "CONCLUSION"]
    assert section(trial, "BACKGROUND").endswith("We compared the low- and high-dose arms.")
    assert "the long-term remission rate" in trial.text
    assert "30 x 10⁹/L or more" in trial.text
    for beside in ("Department", "Invented Society", "received fees", "PMID"):
        assert beside not in trial.text
    assert (survey.citation.language, survey.citation.issue) == ("French, German", "Suppl 2")
    assert survey.citation.authors == ["Hopper G"]
    assert survey.text.endswith("2. Neither is this one.")
    assert letter.citation.publication_types == ["Retracted Publication"]
    assert letter.text == "Letter without abstract."
    for record in (trial, survey, letter):
        check_spans(record, stored(path))


def test_summary_export() -> None:
    path = DATA / "pubmed_summary.txt"
    trial, survey, notes = read(path)
    assert trial.citation.title == "Dapsone or danazol in an invented disease: which one is better?"
    assert trial.citation.authors == ["Lovelace A", "Turing AM"]
    assert (trial.citation.journal, trial.citation.year, trial.citation.pages) == ("Ann Test Haem", 2012, "1967-72")
    assert (trial.citation.doi, trial.citation.pmcid) == ("10.1000/ath.2012.001", "PMC9000001")
    assert survey.citation.title == "[Care of the invented. A survey]."
    assert (notes.citation.authors, notes.citation.pmid, notes.citation.year) == ([], "99000103", 2020)
    for record in (trial, survey, notes):
        assert record.text == record.citation.title
        assert any("without abstract" in problem for problem in record.problems)
        check_spans(record, stored(path))


def _without_places(record: ParsedRecord) -> Citation:
    """The citation; the places of its notices move with the line ends."""
    notices = [n.model_copy(update={"span": None}) for n in record.citation.notices]
    return record.citation.model_copy(update={"notices": notices})


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["pubmed_abstracts.txt", "pubmed_summary.txt"])
def test_any_line_ends(tmp_path: Path, name: str, newline: str) -> None:
    text = stored(DATA / name).replace("\n", newline)
    records = read(write(tmp_path, "\ufeff" + text))
    expected = read(DATA / name)
    assert [r.text for r in records] == [r.text for r in expected]
    assert [_without_places(r) for r in records] == [_without_places(r) for r in expected]
    for record in records:
        check_spans(record, "\ufeff" + text)


def test_numbers_that_start_again_or_miss_are_records(tmp_path: Path) -> None:
    one = "{n}. J Test. 2001;1:1.\n\nTitle {n}.\n\nText {n} of 20 words.\n\nPMID: 9{n}\n\n\n"
    path = write(tmp_path, "".join(one.format(n=n) for n in (1, 2, 7, 1, 2)))
    assert [r.citation.pmid for r in read(path)] == ["91", "92", "97", "91", "92"]


def test_a_record_without_words_costs_only_itself(tmp_path: Path) -> None:
    text = "1. J Test. 2001;1:1.\n\nPMID: 91\n\n\n2. J Test. 2001;1:2.\n\nA title.\n\nPMID: 92\n"
    aside, record = pubmed_text.read(Document.open(write(tmp_path, text), "export.txt"))
    assert isinstance(aside, SetAside)
    assert (aside.record, aside.reason) == ("number 1", "this record has neither title nor abstract")
    assert isinstance(record, ParsedRecord)
    assert record.text == "A title."


def test_no_record_is_said(tmp_path: Path) -> None:
    document = Document.open(write(tmp_path, "Nothing here is numbered."), "export.txt")
    with pytest.raises(Unreadable, match="holds no PubMed record"):
        list(pubmed_text.read(document))


# ---- the corpus, printed as PubMed does --------------------------------------------------------------------------


def medline() -> Iterator[dict[str, Any]]:
    """Records of the corpus by Bio.Medline, a reader that is not ours."""
    from Bio import Medline

    parse_medline: Any = Medline.parse
    for path in sorted(CITATIONS.rglob("*.nbib")) + sorted(CITATIONS.rglob("*.txt")):
        with path.open(encoding="utf-8", errors="replace") as lines:
            if not re.search(r"(?m)^PMID- ", lines.read(4000)):
                continue
            lines.seek(0)
            yield from (entry for entry in parse_medline(lines) if {"PMID", "TI", "AB", "AU"} <= set(entry))


def wrapped(words: str) -> str:
    """Lines of 80 characters that end with a blank, as PubMed prints them."""
    return " \n".join(textwrap.wrap(words, 80, break_on_hyphens=False, break_long_words=False))


def printed(entry: dict[str, Any], number: int) -> str:
    abstract = re.sub(r"(?<=[.!?]) (?=[A-Z]{4,20}(?: AND [A-Z]+)?: )", "\0", entry["AB"])
    parts = [
        wrapped(f"{number}. {entry['TA']}. {entry['DP']};{entry.get('VI', '')}:{entry.get('PG', '')}."),
        wrapped(entry["TI"]),
        wrapped(", ".join(f"{name}({i})" for i, name in enumerate(entry["AU"], 1)) + "."),
        "Author information: \n(1)Department of Somewhere.\n(2)Elsewhere.",
        "\n".join(wrapped(part) for part in abstract.split("\0")),
        f"PMID: {entry['PMID']} [Indexed for MEDLINE]",
    ]
    return "\n\n".join(parts)


@needs_citations
def test_the_corpus_as_an_abstract_export(tmp_path: Path) -> None:
    entries = list(medline())
    assert len(entries) > 500
    text = "\n\n\n".join(printed(entry, n) for n, entry in enumerate(entries, 1))
    records = read(write(tmp_path, text))
    assert [r.citation.pmid for r in records] == [entry["PMID"] for entry in entries]
    for record, entry in zip(records, entries, strict=True):
        assert record.raw == text[slice(*record.source.span)]
        assert record.raw.split()[-4:-3] == ["PMID:"] or record.raw.endswith("[Indexed for MEDLINE]")
        assert (record.citation.journal, str(record.citation.year)) == (entry["TA"], entry["DP"][:4])
        assert record.citation.authors == entry["AU"]
        wanted = re.findall(r"[a-z]{3,}", f"{entry['TI']} {entry['AB']}".lower())
        assert re.findall(r"[a-z]{3,}", record.text.lower()) == wanted, entry["PMID"]


@needs_citations
def test_the_corpus_read_by_the_chooser(tmp_path: Path) -> None:
    entries = list(medline())[:20]
    path = write(tmp_path, "\n\n\n".join(printed(entry, n) for n, entry in enumerate(entries, 1)))
    assert len(list(parse(path, "export.txt"))) == 20
