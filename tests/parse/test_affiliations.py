"""Addresses of authors, wherever a format keeps them: each once, without names, marks and e-mail addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parse.affiliations import addresses, listed
from pipeline.parsed import ParsedRecord

FIRST, SECOND = "Clinic of Numbers, First Hospital, Oldtown, Noland", "Institute of Sums, Newtown, Noland"
BOTH = [FIRST, SECOND]
FILES = {
    "a.nbib": f"PMID- 1\nTI  - A title of a test\nFAU - Doe, Ann\nAD  - {FIRST}. a.doe@first.example\nFAU - Roe, Bo\n"
    f"AD  - {SECOND[:18]}\n      {SECOND[19:]}\nFAU - Poe, Al\nAD  - {FIRST}\n",
    "a.ris": f"TY  - JOUR\nTI  - A title of a test\nAD  - {FIRST}\nAD  - {SECOND}\nER  - \n",
    "lines.ris": f"TY  - JOUR\nTI  - A title of a test\nAD  - {FIRST};\n{SECOND}\nER  - \n",
    "wos.txt": f"FN Clarivate\nVR 1.0\nPT J\nTI A title of a test\nC1 [Doe, Ann; Poe, Al] {FIRST}\n   [Roe, Bo] {SECOND}\nER\n\nEF\n",
    "ovid.txt": f"<1. >\nTI  - A title of a test\nIN  - {FIRST}; {SECOND}\nAB  - Words.\n",
    "a.enw": f"%0 Journal Article\n%T A title of a test\n%+ {FIRST}\n{SECOND}\n",
    "a.csv": f'Title,Affiliations\nA title of a test,"{FIRST}; {SECOND}"\n',
    "endnote.xml": "<xml><records><record><titles><title>A title of a test</title></titles>"
    f"<auth-address>{FIRST}&#xD;{SECOND}</auth-address></record></records></xml>",
    "pubmed.xml": "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>A title of a test"
    "</ArticleTitle><AuthorList><Author><LastName>Doe</LastName><AffiliationInfo><Affiliation>"
    f"{FIRST}. Electronic address: a.doe@first.example.</Affiliation></AffiliationInfo></Author><Author><LastName>Roe</LastName>"
    f"<AffiliationInfo><Affiliation>{SECOND}</Affiliation></AffiliationInfo></Author></AuthorList></Article>"
    "</MedlineCitation></PubmedArticle></PubmedArticleSet>",
    "pubmed.txt": "1. J Tests. 2012 Mar 1;1(9):1-7.\n\nA title of a test.\n\nDoe A(1), Roe B(2).\n\nAuthor information:\n"
    f"(1){FIRST}.\n(2){SECOND}\n\nTen patients were asked, and nine said something of their own.\n\nPMID: 99000001\n",
    "a.nxml": '<article><front><article-meta><title-group><article-title>A title of a test</article-title></title-group>'
    f'<contrib-group><aff id="a1"><label>1</label>{FIRST}</aff></contrib-group><aff id="a2"><sup>2</sup><institution>'
    "Institute of Sums</institution>, <addr-line>Newtown</addr-line>, Noland.</aff></article-meta></front></article>",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    (record,) = parse(path, name)
    assert isinstance(record, ParsedRecord)
    assert record.citation.affiliations == BOTH


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("1 Department of Tests, Oldtown", "Department of Tests, Oldtown"),
        ("(2)Department of Tests, Oldtown", "Department of Tests, Oldtown"),
        ("a Department of Tests, Oldtown", "Department of Tests, Oldtown"),
        ("1st Department of Tests, Oldtown", "1st Department of Tests, Oldtown"),
        ("A.B. Hospital, Oldtown; E-mail: x.y@test.example", "A.B. Hospital, Oldtown"),
    ],
)
def test_what_is_no_address(value: str, address: str) -> None:
    assert addresses([value]) == [address]


def test_hostile_values_are_bounded() -> None:
    assert addresses(["x" * 100_000, "@" * 2000, "[" * 2000, "", " . "]) == ["@" * 2000, "[" * 2000]
    assert len(listed([";".join(f"Hospital {i}" for i in range(5000))])) == 30
