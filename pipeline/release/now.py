"""The review as it stands: what the stages before wrote, and the fingerprints of what it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from pipeline.config import Settings, load
from pipeline.errors import UserError
from pipeline.files import sha256_of
from pipeline.linked import LinkRow, Report
from pipeline.pooled import PooledOutcome
from pipeline.release.lines import kept_lines
from pipeline.release.places import Places
from pipeline.released import KeptLine, KeptRecord, Method, Searched
from pipeline.resolved import ArmRow, DecisionRow, OutcomeRow, StudyRow, WorkRow
from pipeline.searched import SearchRow, read_searches
from pipeline.tables import Model, read_rows, rows_of
from pipeline.tables.dialect import decode, records
from pipeline.workflow import sources

CONFIG = ("config.yaml", "drugs.csv", "outcomes.csv")
#: what a version keeps of extracted/
KEPT = ("studies.csv", "arms.csv", "outcomes.csv", "decisions.csv", "pooled.json", "analyses.json")
#: what a report says rests on these
STATE = (*KEPT, "studies.jsonl", "links.csv", "worklist.csv", "set_aside.csv", "risk_of_bias.csv", "certainty.csv")

#: files are read for a fingerprint in pieces of so many bytes
_PIECE = 1 << 20

_POOLED = TypeAdapter(list[PooledOutcome])


@dataclass(frozen=True)
class Tables:
    """What was pooled: of now, or of a version."""

    studies: list[StudyRow]
    arms: list[ArmRow]
    outcomes: list[OutcomeRow]
    decisions: list[DecisionRow]
    pooled: list[PooledOutcome]

    @classmethod
    def of(cls, folder: Path) -> Tables:
        return cls(
            studies=_rows(folder / "studies.csv", StudyRow),
            arms=_rows(folder / "arms.csv", ArmRow),
            outcomes=_rows(folder / "outcomes.csv", OutcomeRow),
            decisions=_rows(folder / "decisions.csv", DecisionRow),
            pooled=_POOLED.validate_json((folder / "pooled.json").read_bytes()),
        )


def _rows(path: Path, model: type[Model]) -> list[Model]:
    """Rows of a table that this or an earlier litpool wrote: columns that are no more are left out."""
    table = records(path, decode(path))
    known = [i for i, name in enumerate(table[0][1] if table else []) if name in model.model_fields]
    kept = [(line, [cells[i] for i in known if i < len(cells)]) for line, cells in table]
    return [row for _, row in rows_of(str(path), kept, model)]


class _File(BaseModel):
    file: str


class Text(BaseModel):
    """Of a record whose text is read: where it is, and what its words are known by."""

    record_id: str
    source: _File
    text_hash: str = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.source.file, self.record_id


class LinkedStudy(BaseModel):
    """Of a line of studies.jsonl the records that are the study; what `extract` says of them is passed over."""

    study: str
    reports: list[Report]
    candidate: Text
    further: list[Text] = []


@dataclass(frozen=True)
class Now:
    """Whatever is large is read when it is first asked for: a review without a version is compared with nothing."""

    places: Places
    settings: Settings
    lines: list[KeptLine]
    searches: list[SearchRow]
    #: files below corpus/
    sources: list[str]

    @cached_property
    def tables(self) -> Tables:
        return Tables.of(self.places.extracted)

    @cached_property
    def linked(self) -> list[LinkedStudy]:
        with (self.places.extracted / "studies.jsonl").open("rb") as lines:
            return [LinkedStudy.model_validate_json(line) for line in lines]

    @cached_property
    def links(self) -> list[LinkRow]:
        return [row for _, row in read_rows(self.places.extracted / "links.csv", LinkRow)]

    @cached_property
    def waiting(self) -> int:
        """Values that wait for a reviewer."""
        return len(read_rows(self.places.extracted / "worklist.csv", WorkRow))

    @cached_property
    def files(self) -> dict[str, str]:
        """config/ and corpus/: file → SHA-256."""
        found = {f"config/{name}": self.places.config / name for name in CONFIG}
        found |= {f"corpus/{name}": self.places.corpus / name for name in self.sources}
        return {name: sha256_of(path) for name, path in found.items()}

    @cached_property
    def records(self) -> list[KeptRecord]:
        """Every record that is part of a study, by file and name."""
        words = {text.place: text.text_hash for s in self.linked for text in (s.candidate, *s.further)}
        found = (
            KeptRecord(
                file=r.file, record_id=r.record_id, study=s.study, text_hash=words.get((r.file, r.record_id), "")
            )
            for s in self.linked
            for r in s.reports
        )
        return sorted(found, key=lambda r: (r.file, r.record_id))

    @cached_property
    def state(self) -> str:
        """Two states with one fingerprint say the same, but for the words and looks of the page."""
        digest = hashlib.sha256()
        for name in STATE:
            digest.update(name.encode())
            with (self.places.extracted / name).open("rb") as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
        rest = [sorted(self.files.items()), [line.key for line in self.lines]]
        rest.append([row.model_dump_json() for row in self.searches])
        digest.update(json.dumps(rest).encode())
        return digest.hexdigest()[:16]

    @property
    def method(self) -> Method:
        a = self.settings.config.analysis
        return Method(measure=a.measure, method=a.method, test=a.test, level=a.level)

    @cached_property
    def config(self) -> dict[str, str]:
        """What config.yaml sets, defaults included: key → value as JSON, so that a comment is no change."""
        return dict(_flat("", self.settings.config.model_dump(mode="json")))

    @cached_property
    def searched(self) -> list[Searched]:
        """One for each source, in the order of their first searches."""
        found: dict[str, Searched] = {}
        for row in sorted(self.searches, key=lambda r: r.date):
            before = found.get(row.source)
            times = 1 if before is None else before.searches + 1
            found[row.source] = Searched(source=row.source, last=row.date, searches=times, hits=row.hits)
        return list(found.values())


def read_now(places: Places) -> Now:
    """Raises UserError if something is missing or cannot be read."""
    try:
        for name in STATE:
            (places.extracted / name).open("rb").close()
        return Now(
            places,
            load(places.config),
            kept_lines(places.overrides),
            read_searches(places.corpus),
            sources(places.corpus),
        )
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}; `snakemake all` makes it") from None


def _flat(place: str, value: object) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(f"{place}.{key}" if place else str(key), inner)
    else:
        yield place, json.dumps(value, ensure_ascii=False)
