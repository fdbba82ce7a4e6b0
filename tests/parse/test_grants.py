"""Agencies that paid, from each format that names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord

NBIB = """PMID- 11
OWN - NLM
TI  - Drug A in anaemia.
AB  - We treated 20 patients.
GR  - R01 X1/XX/NHLBI NIH HHS/United States
GR  - Alpine Fund/Austria
GR  - P2/Alpine Fund/Austria
GR  - etc.
"""

XML = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>11</PMID>
<Article><ArticleTitle>Drug A in anaemia.</ArticleTitle><Abstract><AbstractText>We treated 20 patients.</AbstractText></Abstract>
<GrantList CompleteYN="Y"><Grant><GrantID>R01 X1</GrantID><Agency>NHLBI NIH HHS</Agency><Country>United States</Country></Grant>
<Grant><Agency>Alpine Fund</Agency></Grant></GrantList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>
"""

JATS = """<article><front><article-meta><title-group><article-title>Drug A in anaemia</article-title></title-group>
<abstract><p>We treated 20 patients.</p></abstract><funding-group>
<award-group><funding-source>NHLBI NIH HHS</funding-source><award-id>R01</award-id></award-group>
<award-group><funding-source>Alpine <italic>Fund</italic></funding-source></award-group>
</funding-group></article-meta></front></article>
"""


@pytest.mark.parametrize(("name", "text"), [("a.nbib", NBIB), ("a.xml", XML), ("a.nxml", JATS)])
def test_agencies_are_named_once(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    (record,) = parse(tmp_path / name, name)
    assert isinstance(record, ParsedRecord)
    assert record.citation.funding == ["NHLBI NIH HHS", "Alpine Fund"]
