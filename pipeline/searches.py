"""config/searches.yaml: which searches `litpool update` runs, in which sources. No other stage reads it."""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.errors import UserError

#: names a person whom sources may write to, in the place of `contact`
CONTACT = "LITPOOL_CONTACT"

#: a query that asks for the reports of the review's own studies
INCLUDED = "included"
#: sources that it can be asked of
WITH_INCLUDED = ("pubmed", "pmc", "openalex")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Network(_Section):
    """How long to wait for a source, and how often to ask again."""

    timeout: float = Field(60, gt=0, description="seconds without a byte after which an answer is given up")
    attempts: int = Field(6, ge=1, le=20, description="how often a request is sent before the source counts as down")
    backoff: float = Field(
        1.0, gt=0, description="seconds of the first wait between two attempts; each next one may be twice as long"
    )
    longest_wait: float = Field(120, gt=0, description="seconds that one wait takes at most, also if the source asks")


class Search(_Section):
    """One search in one source."""

    name: str = Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=40,
        description="lower-case letters, digits and hyphens; part of the export's file name",
    )
    source: str = Field(description="where to search: pubmed, …")
    query: str = Field(
        min_length=1,
        description="in the source's own language, as its web page takes it; `included`: the reports of "
        "the review's studies that are not excluded (pubmed: has one changed? pmc: their full texts)",
    )
    since: datetime.date | None = Field(
        None, description="first day on which a record came into the source; without it, all records fit"
    )
    until: datetime.date | None = Field(None, description="last such day; without it, the day of the update")
    limit: int = Field(
        50_000, ge=1, description="most records that may fit; beyond it nothing is fetched, for the query is too wide"
    )
    overlap: int = Field(
        14, ge=0, description="days before the last update that the next one asks for again: sources add records late"
    )

    @field_validator("query")
    @classmethod
    def _one_line(cls, query: str) -> str:
        """However it was folded in the file."""
        return " ".join(query.split())

    @model_validator(mode="after")
    def _has_included(self) -> Self:
        if self.query == INCLUDED and self.source not in WITH_INCLUDED:
            raise ValueError(f"the query `included` is for {', '.join(WITH_INCLUDED)}")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("since must not be after until")
        return self


class Searches(_Section):
    """config/searches.yaml."""

    contact: str = Field(
        "",
        pattern=r"^$|^[^@\s]+@[^@\s]+$",
        description=f"e-mail address sent with each request, as PubMed and others ask; {CONTACT} may give it, too",
    )
    network: Network = Network()
    searches: list[Search] = Field([], description="what is run, in this order")


def load_searches(folder: Path, sources: Mapping[str, object], environment: Mapping[str, str] = os.environ) -> Searches:
    """The searches to run of the review whose config/ is `folder`. Raises UserError with every problem found.

    `sources` are those that can be searched, by name.
    """
    path = folder / "searches.yaml"
    if not path.exists():
        raise UserError(f"{path}: is missing; docs/living.md shows what to write into it")
    read = check_searches(path, sources)
    read = read.model_copy(update={"contact": environment.get(CONTACT) or read.contact})
    if not read.searches:
        raise UserError(f"{path}: searches: has none; add one, as docs/living.md shows")
    if not read.contact:
        raise UserError(f"{path}: contact: missing; sources ask for an e-mail address to write to")
    return read


def check_searches(path: Path, sources: Mapping[str, object]) -> Searches:
    """What the file says, which may have no search yet. Raises UserError with every problem found."""
    read = _validated(path, _raw(path))
    problems = [*_unknown(path, read, sources), *_twice(path, read)]
    if problems:
        raise UserError("\n".join(problems))
    return read


def _raw(path: Path) -> object:
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    return {} if raw is None else raw


def _validated(path: Path, raw: object) -> Searches:
    try:
        return Searches.model_validate(raw)
    except ValidationError as error:
        raise UserError("\n".join(f"{path}: {_explain(dict(e))}" for e in error.errors())) from None


def _explain(error: dict[str, Any]) -> str:
    """One pydantic error: where, what, and what is allowed."""
    place = [str(part + 1) if isinstance(part, int) else part for part in error["loc"]]
    where = " ".join(place) or "the file"
    if error["type"] == "missing":
        return f"{where}: missing key, please add it"
    if error["type"] != "extra_forbidden":
        return f"{where}: {error['msg'].lower()}, got {error['input']!r}"
    models: dict[int, type[BaseModel]] = {1: Searches, 2: Network}
    allowed = list(models.get(len(place), Search).model_fields)
    near = get_close_matches(place[-1], allowed, 1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f"{where}: unknown key{hint} (allowed: {', '.join(allowed)})"


def _unknown(path: Path, read: Searches, sources: Mapping[str, object]) -> list[str]:
    known = ", ".join(sources)
    return [
        f'{path}: searches {number} source: "{search.source}" is not known (known: {known})'
        for number, search in enumerate(read.searches, 1)
        if search.source not in sources
    ]


def _twice(path: Path, read: Searches) -> list[str]:
    times = Counter((search.name, search.source) for search in read.searches)
    return [
        f'{path}: searches: "{name}" is there {count} times for {source}; give each a name of its own'
        for (name, source), count in times.items()
        if count > 1
    ]
