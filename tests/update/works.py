"""OpenAlex and Crossref as their documentation shapes them: lists of works with cursors, filters and queries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.update.server import Answer, Fields, Route

Work = dict[str, Any]


def work(number: int, title: str, *, cites: tuple[int, ...] = (), pmid: int | None = None, **more: Any) -> Work:
    """A work of OpenAlex; words of its abstract stand by their places."""
    address = f"https://openalex.org/W{number}"
    ids = {"openalex": address} | ({"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{pmid}"} if pmid else {})
    return {
        "id": address,
        "doi": f"https://doi.org/10.1000/{number}",
        "ids": ids,
        "display_name": title,
        "publication_year": 2020,
        "type": "article",
        "language": "en",
        "is_retracted": False,
        "authorships": [{"raw_author_name": "Ada Lovelace", "author": {"display_name": "A. Lovelace"}}],
        "primary_location": {"source": {"display_name": "Blood"}},
        "biblio": {"volume": "1", "issue": "2", "first_page": "3", "last_page": "9"},
        "abstract_inverted_index": {"Of": [0], "20": [1, 5], "patients": [2], "12": [3], "of": [4], "responded.": [6]},
        "referenced_works": [f"https://openalex.org/W{n}" for n in cites],
        "cited_by_count": 7,
    } | more


@dataclass
class OpenAlex:
    works: dict[str, Work] = field(default_factory=dict)
    page: int = 100

    def add(self, *works: Work) -> None:
        self.works |= {w["id"].rpartition("/")[2]: w for w in works}

    def routes(self) -> dict[str, Route]:
        return {"/works": self.list}

    def list(self, fields: Fields, _: Mapping[str, str]) -> Answer:
        if fields.get("api_key") != "a-key-of-some-length":
            return Answer(b'{"error": "api key needed"}', 401)
        name, _sep, values = fields["filter"].partition(":")
        fits = [w for _, w in sorted(self.works.items()) if self._fits(w, name, values.split("|"))]
        start = 0 if fields["cursor"] == "*" else int(fields["cursor"])
        size = min(self.page, int(fields["per_page"]))
        shown = [{key: w[key] for key in fields["select"].split(",")} for w in fits[start : start + size]]
        cursor = str(start + size) if start + size < len(fits) else None
        meta = {"count": len(fits), "per_page": size, "next_cursor": cursor}
        return Answer(json.dumps({"meta": meta, "results": shown}).encode())

    def _fits(self, work: Work, name: str, values: list[str]) -> bool:
        own = work["id"].rpartition("/")[2]
        match name:
            case "openalex":
                return own in values
            case "pmid":
                return work["ids"].get("pmid", "").rpartition("/")[2] in values
            case "doi":
                return work["doi"].removeprefix("https://doi.org/") in values
            case "cites":
                return any(cited.rpartition("/")[2] in values for cited in work["referenced_works"])
        return all(word in work["display_name"] for word in values)


@dataclass
class Crossref:
    """Answers every query with all that it has."""

    items: list[Work] = field(default_factory=list)

    def routes(self) -> dict[str, Route]:
        return {"/works": self.list}

    def list(self, fields: Fields, _: Mapping[str, str]) -> Answer:
        message = {"total-results": len(self.items), "items": self.items[: int(fields["rows"])]}
        return Answer(json.dumps({"status": "ok", "message-type": "work-list", "message": message}).encode())
