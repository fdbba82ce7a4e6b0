"""Text layers of PDFs saved as text: pages by form feeds, lines printed on every page, words broken over lines."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.parsed import ParsedRecord

from .conftest import SHARED, check_spans, one, section

PDFS = SHARED / "corpora" / "pdf"
needs_pdfs = pytest.mark.skipif(not PDFS.is_dir(), reason="no ../shared/corpora/pdf here")

BODY = [
    "The patients came once a week, and their counts were taken by a nurse who did",
    "not know which of the drugs they had been given. Doses were halved when a count",
    "rose above the limit, and stopped when it rose twice in a row. All patients were",
    "seen again after half a year, whether they had stayed on their drug or not, and",
    "none was lost to follow-up. The ward kept a diary of bruises and of nose bleeds,",
    "which two physicians read and graded; where they did not agree, a third decided.",
]
ROW = "Median (range)"


def page(number: int) -> str:
    """A page with its head, a rest of prose that goes on over its end, and its number."""
    head = "Lovelace and Turing" if number % 2 else "A trial of one thing or another"
    name = chr(96 + number)
    lines = [head, f"Ann Test Haem 2012, 119:{number}", *(f"{line} ({name})" for line in BODY)]
    lines += [f"On page {name} the nurse noted that the count of patient {name} had risen by a"]
    lines += [str(480 + number), "Downloaded from www.example.org by a guest"]
    return "\n".join(lines)


def layer(pages: int) -> str:
    return "A trial of dapsone or danazol\n\nMethods\n" + "\n\f".join(page(n) for n in range(1, pages + 1)) + "\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "layer.txt"
    path.write_bytes(text.encode("utf-8"))
    return path


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_what_every_page_prints_is_left_out(tmp_path: Path, newline: str) -> None:
    source = layer(8).replace("\n", newline)
    record = one(write(tmp_path, source))
    for printed in ("Lovelace", "trial of one thing", "Ann Test Haem", "481", "488", "Downloaded"):
        assert printed not in record.text, printed
    assert "had risen by a The patients came" in record.text, "the sentence goes on over the page"
    assert record.text.count("none was lost to follow-up.") == 8
    assert section(record, "Methods").startswith("The patients came")
    check_spans(record, source)


def test_without_form_feeds_a_head_is_told_by_its_distance(tmp_path: Path) -> None:
    prose = [line.replace("The", f"On day {i} the") for i in range(5) for line in BODY]
    pages = [["Lovelace et al. in the Annals", *prose[:24]] for _ in range(4)]
    table = [f"{name}\n{ROW} {i} (1-9)" for i, name in enumerate(["Age", "Count", "Dose", "Days"])]
    record = one(write(tmp_path, "\n".join(line for lines in pages for line in [*lines, *table])))
    assert "Lovelace" not in record.text
    assert record.text.count(ROW) == 16, "rows of a table stay"


def test_hyphens_at_the_ends_of_lines(tmp_path: Path) -> None:
    text = (
        "We gave the drug to twenty patients with throm-\nbocytopenia, a double-\nblind trial with a follow-\nup of a "
        "year. The thrombocytopenia was severe, the follow-up complete, and the trial double-blind.\n"
    )
    record = one(write(tmp_path, text))
    assert "with thrombocytopenia, a double-blind trial with a follow-up of a year." in record.text
    check_spans(record, text)


def test_hyphens_that_pdfium_joined(tmp_path: Path) -> None:
    text = (
        "We gave the drug to twenty patients with throm\ufffebocytopenia, a double\ufffeblind trial with doses of 10\ufffe20 "
        "mg. The thrombocytopenia was severe and the trial double-blind.\n"
    )
    record = one(write(tmp_path, text))
    assert "with thrombocytopenia, a double-blind trial with doses of 10-20 mg." in record.text
    assert [repair.now for repair in record.repairs] == ["", "-", "-"]
    check_spans(record, text)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[a-z]{4,}", text.lower().replace("ﬁ", "fi").replace("ﬂ", "fl")))


def test_two_columns_side_by_side_are_told(tmp_path: Path) -> None:
    prose = [f"{line} ({i})" for i in range(12) for line in BODY]
    half = len(prose) // 2
    rows = [f"{left:<90}{right}" for left, right in zip(prose[:half], prose[half:], strict=True)]
    said = one(write(tmp_path, "\n".join(rows))).problems
    assert any("two columns side by side" in problem for problem in said)
    assert one(write(tmp_path, "\n".join(prose))).problems == []
    numbers = [f"Patients with a response by week {i:<20}     {i} of 40 ({i}.0)     {i} of 38" for i in range(60)]
    assert one(write(tmp_path, "\n".join([*prose, *numbers]))).problems == []


def body_words(xml: Path) -> Counter[str]:
    """Words of the body's paragraphs, by ElementTree; tables and captions are not looked at."""
    body = ElementTree.parse(xml).getroot().find(".//body")
    if body is None:
        return Counter()
    return words(" ".join("".join(p.itertext()) for p in body.iter("p")))


@needs_pdfs
@pytest.mark.parametrize("pdf", sorted(PDFS.glob("*.pdf"))[::3], ids=lambda p: str(p.stem))
def test_layers_of_real_articles_keep_their_words(tmp_path: Path, pdf: Path) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    pages = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    path = write(tmp_path, "\f".join(pages))
    record = one(path)
    assert isinstance(record, ParsedRecord)
    wanted = body_words(pdf.with_suffix(".xml")) & words("".join(pages).replace("\ufffe", ""))
    if wanted:
        assert sum((wanted & words(record.text)).values()) >= 0.995 * sum(wanted.values())
    check_spans(record, path.read_bytes().decode("utf-8"))


@pytest.mark.parametrize(("soft", "hard"), [("\x0b", "\r"), ("\u2028", "\u2029"), ("\x0b\n", "\n\n")])
def test_line_ends_of_word_processors(tmp_path: Path, soft: str, hard: str) -> None:
    first, second = (
        "We gave the drug to 20 patients of our own ward, of whom",
        "12 were well after half a year of treatment.",
    )
    text = f"A trial of one thing{hard * 2}Methods{hard}{first}{soft}{second}{hard}Then they left."
    record = one(write(tmp_path, text))
    assert record.citation.title == "A trial of one thing"
    assert section(record, "Methods").startswith(f"{first} {second}")
    check_spans(record, text)
