"""NCBI's E-utilities as their documentation shapes them: esearch, epost and efetch with the history server.

https://www.ncbi.nlm.nih.gov/books/NBK25499/. A record fits a query if its title holds all words of it.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.update.server import Answer, Fields, Route

#: NCBI gives 9,999 of a search in PubMed
LIMIT = 9_999


@dataclass
class Article:
    """A record of PubMed; `text` is its abstract."""

    pmid: int
    title: str
    entered: datetime.date
    text: str = "Of 20 patients treated with danazol, 12 (60%) responded."
    changed: datetime.date | None = None
    types: tuple[str, ...] = ("Journal Article",)
    more: str = ""

    @property
    def xml(self) -> str:
        revised = self.changed or self.entered
        return (
            '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">'
            f'<PMID Version="1">{self.pmid}</PMID><DateRevised><Year>{revised.year}</Year>'
            f"<Month>{revised.month:02}</Month><Day>{revised.day:02}</Day></DateRevised>"
            '<Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><Volume>1</Volume><PubDate>'
            f"<Year>{self.entered.year}</Year></PubDate></JournalIssue><Title>Blood</Title></Journal>"
            f"<ArticleTitle>{escape(self.title)}</ArticleTitle><Abstract><AbstractText>{escape(self.text)}"
            "</AbstractText></Abstract><PublicationTypeList>"
            + "".join(f"<PublicationType>{t}</PublicationType>" for t in self.types)
            + f"</PublicationTypeList></Article>{self.more}</MedlineCitation><PubmedData><ArticleIdList>"
            f'<ArticleId IdType="pubmed">{self.pmid}</ArticleId>'
            f'<ArticleId IdType="doi">10.1000/{self.pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>\n'
        )


@dataclass
class Entrez:
    """The service's state: records, and the sets on its history server."""

    articles: dict[int, Article] = field(default_factory=dict)
    limit: int = LIMIT
    sets: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    #: listed by searches, and not given
    deleted: set[int] = field(default_factory=set)

    def add(self, *articles: Article) -> None:
        self.articles |= {article.pmid: article for article in articles}

    def routes(self) -> dict[str, Route]:
        return {"/esearch.fcgi": self.esearch, "/epost.fcgi": self.epost, "/efetch.fcgi": self.efetch}

    def esearch(self, fields: Fields, _: Mapping[str, str]) -> Answer:
        if not fields.get("tool") or not fields.get("email"):
            return Answer(b"", 400)
        if not fields.get("term"):
            return _json({"esearchresult": {"ERROR": "Empty term and query_key - nothing todo"}})
        start = int(fields.get("retstart", 0))
        if start > self.limit - 1:
            return _json(
                {
                    "esearchresult": {
                        "ERROR": f"Search Backend failed: Exception:\n'retstart' cannot be larger than {self.limit - 1}."
                    }
                }
            )
        fits = [a.pmid for a in self.articles.values() if self._fits(a, fields)]
        fits.sort(reverse=True)
        shown = fits[start : min(start + int(fields.get("retmax", 20)), self.limit)]
        place = self._keep(fits)
        missing = [w for w in fields["term"].split() if w.startswith("xyz")]
        return _json(
            {
                "header": {"type": "esearch", "version": "0.3"},
                "esearchresult": {
                    "count": str(len(fits)), "retmax": str(len(shown)), "retstart": str(start), "querykey": place[1],
                    "webenv": place[0], "idlist": [str(i) for i in shown], "translationset": [],
                    "querytranslation": fields["term"],
                    "errorlist": {"phrasesnotfound": missing, "fieldsnotfound": []},
                },
            }
        )  # fmt: skip

    def _fits(self, article: Article, fields: Fields) -> bool:
        dated = re.fullmatch(r'\((.*)\) AND \("(\S+)"\[edat\] : "(\S+)"\[edat\]\)', fields["term"])
        if dated and not _day(dated[2]) <= article.entered <= _day(dated[3]):
            return False
        term = dated[1] if dated else fields["term"]
        words = [w for w in term.lower().split() if not w.startswith("xyz")]
        if not all(word in article.title.lower() for word in words):
            return False
        day = article.entered if fields.get("datetype") == "edat" else article.changed or article.entered
        return _day(fields.get("mindate", "1000/01/01")) <= day <= _day(fields.get("maxdate", "3000/01/01"))

    def _keep(self, ids: list[int]) -> tuple[str, str]:
        place = (f"MCID_{len(self.sets):08x}", "1")
        self.sets[place] = ids
        return place

    def epost(self, fields: Fields, _: Mapping[str, str]) -> Answer:
        ids = [int(i) for i in fields.get("id", "").split(",") if i.isdigit()]
        if not ids:
            return Answer(b"<ePostResult><ERROR>IDs contain invalid characters</ERROR></ePostResult>", 400)
        web_env, key = self._keep(ids)
        return Answer(
            '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE ePostResult PUBLIC "-//NLM//DTD epost 20090526//EN" '
            '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20090526/epost.dtd"><ePostResult>\n\t'
            f"<QueryKey>{key}</QueryKey>\n\t<WebEnv>{web_env}</WebEnv>\n</ePostResult>\n".encode()
        )

    def efetch(self, fields: Fields, _: Mapping[str, str]) -> Answer:
        ids = self.sets.get((fields.get("WebEnv", ""), fields.get("query_key", "")))
        if ids is None:
            return _fetch_error("Unable to obtain query #1")
        start = int(fields.get("retstart", 0))
        batch = [i for i in ids[: self.limit][start : start + int(fields.get("retmax", 20))] if i not in self.deleted]
        if not batch:
            return _fetch_error("Empty result - nothing todo")
        records = "".join(self.articles[i].xml for i in batch)
        return Answer(
            '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
            f'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n{records}'
            "</PubmedArticleSet>".encode(),
            headers={"Content-Type": "text/xml; charset=UTF-8"},
        )


def _json(answer: object) -> Answer:
    return Answer(json.dumps(answer).encode(), headers={"Content-Type": "application/json; charset=UTF-8"})


def _fetch_error(words: str) -> Answer:
    return Answer(
        f'<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eEfetchResult>\n<eFetchResult>\n\t<ERROR>{words}</ERROR>\n'
        "</eFetchResult>\n".encode()
    )


def _day(text: str) -> datetime.date:
    return datetime.date(*(int(part) for part in text.split("/")))
