"""Europe PMC's web service as its documentation shapes it: `searchPOST` with cursors, short and whole results."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.update.entrez import Article
from tests.update.server import Answer, Fields, Route


@dataclass
class EuropePmc:
    """The service's index: records of PubMed and preprints."""

    articles: dict[tuple[str, str], Article] = field(default_factory=dict)
    #: times that whole records were given, by id
    given: list[str] = field(default_factory=list)
    cited: int = 0

    def add(self, *articles: Article) -> None:
        self.articles |= {("MED", str(a.pmid)): a for a in articles}

    def add_preprints(self, *articles: Article) -> None:
        self.articles |= {("PPR", f"PPR{a.pmid}"): a for a in articles}

    def routes(self) -> dict[str, Route]:
        return {"/searchPOST": self.search}

    def search(self, fields: Fields, _: Mapping[str, str]) -> Answer:
        if not fields.get("query"):
            return Answer(json.dumps({"version": "6.9", "errCode": 404, "errMsg": "no query"}).encode())
        fits = [key for key in sorted(self.articles) if self._fits(key, fields["query"])]
        mark = fields.get("cursorMark", "*")
        start = 0 if mark == "*" else int(base64.b64decode(mark))
        shown = fits[start : start + int(fields.get("pageSize", 25))]
        # at the end, the cursor stays where it is
        cursor = base64.b64encode(str(start + len(shown)).encode()).decode() if shown else mark
        if fields.get("format") == "xml":
            return self._whole(len(fits), shown, cursor)
        results = [self._short(key) for key in shown]
        answer = {
            "version": "6.9", "hitCount": len(fits), "nextCursorMark": cursor,
            "request": {"queryString": fields["query"]}, "resultList": {"result": results},
        }  # fmt: skip
        return Answer(json.dumps(answer).encode(), headers={"Content-Type": "application/json"})

    def _fits(self, key: tuple[str, str], query: str) -> bool:
        ids = re.findall(r'\(EXT_ID:"([^"]+)" AND SRC:(\w+)\)', query)
        if ids:
            return (key[1], key[0]) in ids
        article = self.articles[key]
        for name, first, last in re.findall(r" AND (FIRST_IDATE|UPDATE_DATE):\[(\S+) TO (\S+)\]", query):
            day = article.entered if name == "FIRST_IDATE" else article.changed or article.entered
            if not first <= day.isoformat() <= last:
                return False
        words = re.sub(r" AND \w+:\[[^\]]+\]", "", query).strip("()").lower().split()
        return all(word in article.title.lower() for word in words)

    def _short(self, key: tuple[str, str]) -> dict[str, str]:
        article = self.articles[key]
        short = {"id": key[1], "source": key[0], "title": article.title, "doi": f"10.1000/{article.pmid}"}
        return {**short, "pmid": key[1]} if key[0] == "MED" else short

    def _whole(self, hits: int, keys: list[tuple[str, str]], cursor: str) -> Answer:
        self.given += [number for _, number in keys]
        results = "".join(self._result(key) for key in keys)
        return Answer(
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><responseWrapper xmlns:slx="http://www.scholix.org">'
            f"<version>6.9</version><hitCount>{hits}</hitCount><nextCursorMark>{cursor}</nextCursorMark>"
            f"<resultList>{results}</resultList></responseWrapper>".encode(),
            headers={"Content-Type": "application/xml"},
        )

    def _result(self, key: tuple[str, str]) -> str:
        article = self.articles[key]
        pmid = f"<pmid>{key[1]}</pmid>" if key[0] == "MED" else ""
        kinds = "".join(f"<pubType>{kind}</pubType>" for kind in article.types)
        html = escape(f"<h4>Results</h4>{article.text}")
        return (
            f"<result><id>{key[1]}</id><source>{key[0]}</source>{pmid}<doi>10.1000/{article.pmid}</doi>"
            f"<title>{escape(article.title)}</title><authorString>Germain S.</authorString>"
            f"<pubYear>{article.entered.year}</pubYear><abstractText>{html}</abstractText>"
            f"<pubTypeList>{kinds}</pubTypeList><citedByCount>{self.cited}</citedByCount></result>"
        )
