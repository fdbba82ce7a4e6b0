"""All that the report is made of, read and checked once: tables, studies, pooled results, texts, configuration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.analysed import Analyses
from pipeline.compared import PrintedEffect
from pipeline.config import Settings, load as load_config
from pipeline.cores import meanwhile
from pipeline.errors import UserError
from pipeline.files import sha256_of
from pipeline.linked import LinkRow, SetAsideRow, Study
from pipeline.parsed import ParsedRecord
from pipeline.pooled import PooledOutcome
from pipeline.released import Changes
from pipeline.report.asked import Asked, asked
from pipeline.report.on_demand import OnDemand, foreign
from pipeline.report.quotes import CONTEXT, Quote, quote
from pipeline.report.studies_read import LeftOut, read_studies
from pipeline.report.texts import Cited, Reports, parsed_files, read_linked, read_texts
from pipeline.resolved import (
    AccuracyRow,
    AgreementRow,
    ArmRow,
    AuditRow,
    CertaintyRow,
    ComparisonRow,
    DecisionRow,
    OutcomeRow,
    RiskOfBiasRow,
    StudyRow,
    ToDecideRow,
    WorkRow,
)
from pipeline.searched import SearchRow, read_searches
from pipeline.tables import read_rows
from pipeline.workflow import sources

Model = TypeVar("Model", bound=BaseModel)

_POOLED = TypeAdapter(list[PooledOutcome])
_ANALYSES = TypeAdapter(list[Analyses])
_CONFIG_FILES = ("config.yaml", "drugs.csv", "outcomes.csv")
_EXTRACTED_FILES = (
    "studies.jsonl",
    "links.csv",
    "studies.csv",
    "arms.csv",
    "outcomes.csv",
    "comparisons.csv",
    "decisions.csv",
    "audit.csv",
    "risk_of_bias.csv",
    "certainty.csv",
    "pooled.json",
    "analyses.json",
)


@dataclass(frozen=True)
class Fingerprint:
    """A file that this report was made from; `name` is the path below the review's folder."""

    name: str
    sha256: str


@dataclass(frozen=True, eq=False)
class Inputs:
    """What every section of the report draws on."""

    #: the folder of the tables
    extracted: Path
    settings: Settings
    #: all that are in play, and the first that are excluded for each reason; `left_out` has why, of all of those
    studies: list[StudyRow]
    left_out: Mapping[str, LeftOut]
    arms: list[ArmRow]
    outcomes: list[OutcomeRow]
    comparisons: list[ComparisonRow]
    decisions: list[DecisionRow]
    audit: list[AuditRow]
    worklist: list[WorkRow]
    to_decide: list[ToDecideRow]
    agreement: list[AgreementRow]
    accuracy: list[AccuracyRow]
    links: list[LinkRow]
    set_aside: list[SetAsideRow]
    risk_of_bias: list[RiskOfBiasRow]
    certainty: list[CertaintyRow]
    searches: list[SearchRow]
    #: the records of each study, by its short name
    reports: dict[str, Reports]
    #: what was read of each study in `studies`, by its short name
    linked: OnDemand[str, Study]
    #: what the main report of each of them is cited by
    cited: OnDemand[str, Cited]
    pooled: list[PooledOutcome]
    analyses: list[Analyses]
    #: by (file, record_id); only records that a study of `studies` rests on
    records: OnDemand[tuple[str, str], ParsedRecord]
    #: the database that a record says it comes from, by (file, record_id)
    databases: dict[tuple[str, str], str]
    fingerprints: list[Fingerprint]
    #: what is different since the last version
    changes: Changes

    @cached_property
    def study(self) -> dict[str, StudyRow]:
        return {row.study: row for row in self.studies}

    @cached_property
    def arm(self) -> dict[tuple[str, str], ArmRow]:
        return {(row.study, row.arm): row for row in self.arms}

    @property
    def assessed(self) -> int:
        """Studies in all."""
        return sum(row.decision != "exclude" for row in self.studies) + len(self.left_out)

    @cached_property
    def arms_of(self) -> dict[str, list[ArmRow]]:
        return _by_study(self.arms)

    @cached_property
    def outcomes_of(self) -> dict[str, list[OutcomeRow]]:
        return _by_study(self.outcomes)

    @cached_property
    def audit_of(self) -> dict[str, list[AuditRow]]:
        return _by_study(self.audit)

    @cached_property
    def worklist_of(self) -> dict[str, list[WorkRow]]:
        return _by_study(self.worklist)

    @cached_property
    def risk_of_bias_of(self) -> dict[str, list[RiskOfBiasRow]]:
        return _by_study(self.risk_of_bias)

    @cached_property
    def links_of(self) -> dict[str, list[LinkRow]]:
        """By either study, each link once."""
        found: dict[str, list[LinkRow]] = defaultdict(list)
        for row in self.links:
            for study in {row.study_a, row.study_b}:
                found[study].append(row)
        return found

    @cached_property
    def asked(self) -> Asked:
        return asked(self.settings)

    def outcome_label(self, outcome: str) -> str:
        return self.asked.label(outcome)

    def why_not_pooled(self, row: OutcomeRow) -> str:
        """Empty for a number that is pooled."""
        return self.asked.why_not_pooled(row)

    def quote(
        self, study: str, start: int | None, end: int | None, of: ArmRow | OutcomeRow | PrintedEffect | None = None
    ) -> Quote | None:
        """Characters [start, end) of the source behind a study, or of the report that the row `of` was read from, in
        their context; None where nothing is known."""
        row = self.study.get(study)
        if row is None or start is None or end is None:
            return None
        place = (of.file, of.record_id) if of is not None and of.record_id else (row.file, row.record_id)
        return self.quote_at(study, place, start, end)

    def quote_at(
        self, study: str, place: tuple[str, str], start: int, end: int, context: int = CONTEXT
    ) -> Quote | None:
        """The same of the report at `place`: (file, record_id), with up to `context` characters around."""
        record = self.records.get(place)
        found = quote(record, start, end, context) if record is not None else None
        return found if found is not None else self._bare_quote(study, place, start, end)

    def _bare_quote(self, study: str, place: tuple[str, str], start: int, end: int) -> Quote | None:
        """The words alone, as `extract` kept them, where the parsed text is not at hand."""
        linked = self.linked.get(study)
        reports = [] if linked is None else [linked.candidate, *linked.further]
        candidate = next((r for r in reports if (r.source.file, r.record_id) == place), None)
        if candidate is None:
            return None
        known = [candidate.eligibility.evidence, candidate.n_total.evidence]
        known += [arm.evidence for arm in candidate.arms]
        known += [outcome.evidence for outcome in candidate.outcomes]
        known += [comparison.evidence for comparison in candidate.comparisons]
        words = next((e.text for e in known if e is not None and (e.start, e.end) == (start, end)), None)
        return None if words is None else Quote("", words, "", place[0], start, end)


class _OfStudy(Protocol):
    @property
    def study(self) -> str: ...


OfStudy = TypeVar("OfStudy", bound=_OfStudy)


def _by_study(rows: Iterable[OfStudy]) -> dict[str, list[OfStudy]]:
    found: dict[str, list[OfStudy]] = defaultdict(list)
    for row in rows:
        found[row.study].append(row)
    return found


def load(extracted: Path, config: Path, parsed: Path, corpus: Path, cores: int = 1) -> Inputs:
    """Read everything; of `corpus`, only what was searched.

    Raises UserError naming the file that is missing or is not what litpool wrote.
    """
    settings = load_config(config)
    hashed = meanwhile(partial(_hashes, _named(extracted, config, corpus, parsed)), cores)
    arms = _rows(extracted / "arms.csv", ArmRow)
    outcomes = _rows(extracted / "outcomes.csv", OutcomeRow)
    worklist = _rows(extracted / "worklist.csv", WorkRow)
    risk_of_bias = _rows(extracted / "risk_of_bias.csv", RiskOfBiasRow)
    changes = _changes(extracted / "changes.json")
    named = {row.study for rows in (arms, outcomes, worklist, risk_of_bias) for row in rows}
    named |= {change.study for change in (changes.since.studies if changes.since is not None else ())}
    studies = read_studies(extracted / "studies.csv", named)
    set_aside = _rows(extracted / "set_aside.csv", SetAsideRow)
    linked = read_linked(extracted / "studies.jsonl", {row.study for row in studies.rows})
    sources = {r.file for study in linked.reports.values() for r in study.reports} | {r.file for r in set_aside}
    wanted = {(row.file, row.record_id) for row in studies.rows}
    wanted |= {report.place for study in linked.studies for report in linked.reports[study].further}
    texts = read_texts(parsed, sources, wanted)
    return Inputs(
        extracted=extracted,
        settings=settings,
        studies=studies.rows,
        left_out=studies.left_out,
        arms=arms,
        outcomes=outcomes,
        comparisons=_rows(extracted / "comparisons.csv", ComparisonRow),
        decisions=_rows(extracted / "decisions.csv", DecisionRow),
        audit=_rows(extracted / "audit.csv", AuditRow),
        worklist=worklist,
        to_decide=_rows(extracted / "to_decide.csv", ToDecideRow),
        agreement=_rows(extracted / "agreement.csv", AgreementRow),
        accuracy=_rows(extracted / "accuracy.csv", AccuracyRow),
        links=_rows(extracted / "links.csv", LinkRow),
        set_aside=set_aside,
        risk_of_bias=risk_of_bias,
        certainty=_rows(extracted / "certainty.csv", CertaintyRow),
        searches=read_searches(corpus),
        reports=linked.reports,
        linked=linked.studies,
        cited=linked.cited,
        pooled=_results(extracted / "pooled.json", _POOLED),
        analyses=_results(extracted / "analyses.json", _ANALYSES),
        records=texts.records,
        databases=texts.databases,
        fingerprints=_fingerprints(hashed(), parsed, texts.paths),
        changes=changes,
    )


def _rows(path: Path, model: type[Model]) -> list[Model]:
    return [row for _, row in read_rows(path, model)]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; `snakemake all` makes it") from None


def _results(path: Path, adapter: TypeAdapter[list[Model]]) -> list[Model]:
    try:
        return adapter.validate_json(_text(path))
    except ValidationError as error:
        raise foreign(str(path), error) from None


def _changes(path: Path) -> Changes:
    try:
        return Changes.model_validate_json(_text(path))
    except ValidationError as error:
        raise foreign(str(path), error) from None


def _named(extracted: Path, config: Path, corpus: Path, parsed: Path) -> list[tuple[str, Path]]:
    """What people gave (corpus/, overrides/ beside it, config/), what the analysis rests on, and each parsed source."""
    named = [(f"config/{name}", config / name) for name in _CONFIG_FILES]
    named += [(f"corpus/{name}", corpus / name) for name in sources(corpus)]
    named += [("corpus/searches.csv", path) for path in [corpus / "searches.csv"] if path.exists()]
    named += [(f"overrides/{path.name}", path) for path in sorted((corpus.parent / "overrides").glob("*.csv"))]
    named += [(f"extracted/{name}", extracted / name) for name in _EXTRACTED_FILES]
    return [*named, *((_parsed_name(path, parsed), path) for path in parsed_files(parsed))]


def _parsed_name(path: Path, parsed: Path) -> str:
    return f"extracted/parsed/{path.relative_to(parsed).as_posix()}"


def _hashes(named: Sequence[tuple[str, Path]]) -> list[Fingerprint]:
    return [Fingerprint(name, _hash(path)) for name, path in named]


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; `snakemake all` makes it") from None


def _fingerprints(hashed: Sequence[Fingerprint], parsed: Path, texts: Iterable[Path]) -> list[Fingerprint]:
    """Without those of parsed sources that nothing speaks of any more."""
    speak = {_parsed_name(path, parsed) for path in texts}
    return [f for f in hashed if f.name in speak or not f.name.startswith("extracted/parsed/")]
