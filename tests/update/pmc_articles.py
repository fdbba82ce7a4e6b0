"""PubMed Central in NCBI's E-utilities: articles as JATS, whole only where the licence allows it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.update.entrez import Entrez
from tests.update.server import Answer, Fields

_OPEN = '<permissions><license license-type="open-access"><license-p>CC BY 4.0</license-p></license></permissions>'
_CLOSED = "<!--The publisher of this article does not allow downloading of the full text in XML form.-->"


@dataclass
class FullText:
    number: int
    title: str
    open: bool = True
    words: str = "Of 20 patients treated with danazol, 12 (60%) responded."

    @property
    def xml(self) -> str:
        body = f"<body><sec><title>Results</title><p>{self.words}</p></sec></body>" if self.open else ""
        return (
            '<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article">'
            f"{'' if self.open else _CLOSED}<front><article-meta>"
            f'<article-id pub-id-type="pmcid">PMC{self.number}</article-id><title-group><article-title>{self.title}'
            f"</article-title></title-group>{_OPEN if self.open else ''}</article-meta></front>{body}"
            '<back><ref-list><ref id="B1"><element-citation><pub-id pub-id-type="pmcid">PMC1</pub-id>'
            "</element-citation></ref></ref-list></back></article>"
        )


@dataclass
class PubMedCentral(Entrez):
    """E-utilities where `db` may be pmc."""

    texts: dict[int, FullText] = field(default_factory=dict)

    def add_texts(self, *texts: FullText) -> None:
        self.texts |= {text.number: text for text in texts}

    def esearch(self, fields: Fields, headers: Mapping[str, str]) -> Answer:
        if fields.get("db") != "pmc":
            return super().esearch(fields, headers)
        query, filtered = re.subn(r" AND open access\[filter\]$", "", fields["term"])
        fits = [t.number for t in self.texts.values() if (t.open or not filtered) and _fits(t, query.strip("()"))]
        place = self._keep(fits)
        result = {"count": str(len(fits)), "idlist": [str(i) for i in fits], "webenv": place[0], "querykey": place[1]}
        return Answer(json.dumps({"esearchresult": result}).encode())

    def efetch(self, fields: Fields, headers: Mapping[str, str]) -> Answer:
        if fields.get("db") != "pmc":
            return super().efetch(fields, headers)
        ids = self.sets[fields["WebEnv"], fields["query_key"]]
        start = int(fields["retstart"])
        articles = "".join(self.texts[i].xml for i in ids[start : start + int(fields["retmax"])])
        return Answer(
            f'<?xml version="1.0"  ?>\n<!DOCTYPE pmc-articleset>\n<pmc-articleset>{articles}</pmc-articleset>'.encode()
        )


def _fits(text: FullText, query: str) -> bool:
    numbers = re.findall(r"(\d+)\[uid\]", query)
    return str(text.number) in numbers if numbers else query.lower() in text.title.lower()
