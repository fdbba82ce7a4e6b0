"""extract: one parsed record → who was treated with what, how many, and how many responded, each with its words.

Layers: quantities → readings (tokens, drugs, outcomes) → measures → frames → arithmetic (`settle`) → the candidate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from pipeline.candidates import RETRACTED, Candidate, Eligibility, Evidence, Outcome, Size
from pipeline.config import Settings
from pipeline.extract.abbreviations import definitions, own_terms, with_own
from pipeline.extract.arms import FoundArm
from pipeline.extract.arms_chosen import find_arms
from pipeline.extract.arms_evaluated import with_evaluable
from pipeline.extract.calibration import calibrated
from pipeline.extract.claims import Claim, no_share
from pipeline.extract.comparisons import Comparison, comparisons, confirmed_by_comparisons, told
from pipeline.extract.design import compares, design, own_text
from pipeline.extract.eligibility import NO_SHARES, RESPONSE, Reason, Verdict, exclusion, verdict
from pipeline.extract.evidence import evidence_of
from pipeline.extract.facts import FIELDS, find, registrations
from pipeline.extract.fingerprint import text_hash
from pipeline.extract.frames import Share, shares
from pipeline.extract.funding import funding
from pipeline.extract.measures import may_measure, measures
from pipeline.extract.outcome_abbreviations import defined_abbreviations
from pipeline.extract.outcome_definitions import outcome_definitions
from pipeline.extract.parts_off_treatment import with_parts_off_treatment
from pipeline.extract.passing_responses import with_passing_responses
from pipeline.extract.population import population
from pipeline.extract.printed_sizes import printed_sizes
from pipeline.extract.proofs import Doubt, raw_score
from pipeline.extract.quantities import quantities
from pipeline.extract.reading import Reader, Reading
from pipeline.extract.retractions import judged
from pipeline.extract.rows import Row
from pipeline.extract.sentences import sentences, within
from pipeline.extract.setting import setting
from pipeline.extract.settle import settle
from pipeline.extract.single_arm import single_arm_drugs
from pipeline.extract.sizes import CLEAR, Statement, evaluable_size, size_statements, study_size
from pipeline.extract.table_agreement import checked_by_tables, doubted_by_size
from pipeline.extract.table_rows import TableShare
from pipeline.extract.table_shares import table_shares
from pipeline.extract.table_sizes import contradictions, table_sizes, with_table_sizes
from pipeline.extract.told_arms import ArmNames, told_arm
from pipeline.extract.treatment_doubts import arms_in_doubt, doubted
from pipeline.extract.vocabulary import Term
from pipeline.parsed import ParsedRecord
from pipeline.table_text import prose_of

#: what tells of the patients of others, or of none: when and where it was done says nothing of patients
_OF_OTHERS = frozenset(["review", "guideline", "preclinical"])


@dataclass(frozen=True)
class Findings:
    """A record as each layer read it. `own`: the short forms that the record itself defines for treatments; `reason`: why
    it is kept out, then `shares` and `rows` are empty."""

    record: ParsedRecord
    own: dict[str, frozenset[str]]
    readings: list[Reading]
    #: what the record says of itself, for its design
    own_words: str
    sizes: list[Statement]
    arms: list[FoundArm]
    n_total: int | None
    reason: Reason | None
    shares: list[Share] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    #: shares of tables that no sentence tells
    tables: list[TableShare] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    #: arm → what sentences and tables say differently of its size
    contradictions: dict[int, str] = field(default_factory=dict)


class Extractor:
    """Extracts records with the settings of one review; make it once, call it per record."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.reader = Reader(settings)

    def __call__(self, record: ParsedRecord) -> Candidate:
        return self.candidate(self.find(record, whole=False))

    def find(self, record: ParsedRecord, *, whole: bool = True) -> Findings:
        """What each layer found, for the candidate and for those who ask why (`explain`). Tables are read as tables. Not
        `whole`: of a record that is kept out no more than its candidate tells, which is little."""
        record = prose_of(record)
        text = record.text
        defined, named = definitions(text), self.reader.vocabulary.find(text)
        own = own_terms(text, named, defined)
        readings = self._readings(record, with_own(text, named, own))
        sizes, printed = size_statements(readings, text), printed_sizes(readings)
        own_words = own_text(readings, text)
        compared = compares(own_words)
        stated = frozenset(s.value for s in sizes if s.rank <= CLEAR)
        arms: list[FoundArm] = []
        if self._may_tell(record, readings):
            arms = with_evaluable(readings, find_arms(readings, text, stated, defined, compared=compared))
        n_total = study_size(sizes, arms, printed)
        reason = self._reason(record, n_total)
        if reason is not None and not whole and not record.tables:
            return Findings(record, own, readings, own_words, sizes, arms, n_total, reason)
        if not arms:
            analysed = printed.analysed() or evaluable_size(readings, text, n_total)
            arms = [_only_arm(readings, text, n_total, sizes, analysed)]
        heads = table_sizes(record, arms, self.reader)
        against = contradictions(arms, heads, record.tables)
        arms = with_table_sizes(arms, heads, stated)
        if record.tables and len(arms) > 1:
            n_total = study_size(sizes, arms, printed)
            reason = self._reason(record, n_total)
        found = shares(readings, text, arms) if reason is None else []
        rows = settle(found, arms, n_total, printed, compared, readings)
        rows = with_passing_responses(with_parts_off_treatment(rows, readings), readings)
        rows = [doubted_by_size(_with_claim(text, row), against) for row in rows]
        tables = table_shares(record, arms, self.reader) if reason is None else []
        rows, tables = checked_by_tables(rows, tables, record.tables)
        rows, tables = doubted(rows, tables, arms_in_doubt(arms, readings), len(arms))
        effects = comparisons(readings, text, arms, rows) if reason is None else []
        rows = confirmed_by_comparisons(rows, effects)
        return Findings(
            record, own, readings, own_words, sizes, arms, n_total, reason, found, rows, tables, effects, against
        )

    def _may_tell(self, record: ParsedRecord, readings: list[Reading]) -> bool:
        """Whether a share of an outcome can stand anywhere, or a person will be asked: of most records of a search
        neither is so, and their arms need not be looked for."""
        if record.tables or any(may_measure(r) and r.of("OUTCOME") and measures(r) for r in readings):
            return True
        return self._verdict(record, readings, None, None, []).decision != "exclude"

    def _reason(self, record: ParsedRecord, n_total: int | None) -> Reason | None:
        return exclusion(record, n_total, self.settings.config.eligibility.min_patients)

    def _verdict(
        self, record: ParsedRecord, readings: list[Reading], reason: Reason | None, n_total: int | None, rows: list[Row]
    ) -> Verdict:
        parts, claims = [r.sentence for r in readings], [_claim(row) for row in rows]
        return verdict(record, parts, reason, n_total, claims, self.settings.config.eligibility.min_patients)

    def _readings(self, record: ParsedRecord, terms: list[Term]) -> list[Reading]:
        numbers = quantities(record.text)
        abbreviations = cache(lambda: defined_abbreviations(record.text, self.reader))
        parts = sentences(record)
        return [
            self.reader.read(record.text, sentence, here, named, abbreviations)
            for sentence, here, named in zip(parts, within(parts, numbers), within(parts, terms), strict=True)
        ]

    def candidate(self, found: Findings) -> Candidate:
        record, readings, sizes = found.record, found.readings, found.sizes
        arms, n_total, rows = found.arms, found.n_total, found.rows
        eligibility = judged(record, self._eligibility(found))
        kept = eligibility.decision != "exclude" or eligibility.reason == RETRACTED
        parts = [(r.sentence.start, r.sentence.end, r.sentence.section) for r in readings]
        names = ArmNames(arms, rows) if kept else ArmNames([], [])
        return Candidate(
            record_id=record.record_id,
            source=record.source,
            text_hash=text_hash(record.raw),
            citation=record.citation,
            eligibility=eligibility,
            design=design(record, found.own_words, None if kept else eligibility.reason, len(arms), n_total),
            population=population(record, parts),
            n_total=_size(record, sizes, arms, n_total, self.settings.config.acceptance.threshold),
            arms=[told_arm(record, readings, names, i, arms) for i in names.indices()],
            outcomes=self._outcomes(found, names) if kept else [],
            comparisons=[told(c, record) for c in found.comparisons] if kept else [],
            registration=registrations(record, parts),
            funding=funding(record, parts) if kept else [],
            definitions=outcome_definitions(record, readings) if kept else [],
            **(setting(record, readings, parts) if eligibility.reason not in _OF_OTHERS else {}),
            **({field: find(field, record, parts) for field in FIELDS} if kept else {}),
            problems=[*record.problems, *found.contradictions.values()],
        )

    def _eligibility(self, found: Findings) -> Eligibility:
        said = self._verdict(found.record, found.readings, found.reason, found.n_total, found.rows)
        if said.reason == NO_SHARES and any(t.outcome in RESPONSE and t.located != "nowhere" for t in found.tables):
            said = Verdict("review", "reports a response in a table only")
        evidence = evidence_of(found.record, said.start, said.end) if said.end > said.start else None
        return Eligibility(decision=said.decision, reason=said.reason, evidence=evidence)

    def _outcomes(self, found: Findings, names: ArmNames) -> list[Outcome]:
        """What sentences tell, then what only tables tell; the evidence of these is the cell, or else the sentence that
        points to the table."""
        told = [t for t in found.tables if t.located != "nowhere" and names.of_table(t.arm) is not None]
        of_rows = [self._outcome(found.record, names, row) for row in found.rows]
        return [*of_rows, *(self._outcome_of_table(found.record, found.arms, names, t) for t in told)]

    def _outcome_of_table(
        self, record: ParsedRecord, arms: list[FoundArm], names: ArmNames, share: TableShare
    ) -> Outcome:
        confidence = calibrated(raw_score(share.checks, share.doubts))
        whole = share.arm is not None and share.n is not None and share.n == arms[share.arm].n
        sure = share.events is not None and share.n is not None and bool(share.checks) and not share.doubts
        accepted = sure and confidence >= self.settings.config.acceptance.threshold
        where = f"table {share.number or share.table + 1}, row {share.row + 1}, column {share.column + 1}"
        return Outcome(
            arm=names.of_table(share.arm) or names.name(0),
            outcome=share.outcome,
            name=share.name,
            events=share.events,
            n=share.n,
            percent=share.percent.value if share.percent is not None else None,
            timepoint=share.timepoint,
            denominator="enrolled" if whole else "evaluable",
            status="accepted" if accepted else "review",
            confidence=confidence,
            checks=[*share.checks, f"read in {where}: {share.cell}", *(f"doubt: {d}" for d in share.doubts)],
            evidence=Evidence(start=share.span[0], end=share.span[1], text=record.words(*share.span)),
        )

    def _outcome(self, record: ParsedRecord, names: ArmNames, row: Row) -> Outcome:
        confidence = calibrated(row.raw_score)
        accepted = row.proved and confidence >= self.settings.config.acceptance.threshold
        return Outcome(
            arm=names.of_row(row),
            outcome=row.outcome,
            name=row.share.name,
            events=row.events,
            n=row.n,
            percent=row.percent,
            timepoint=_timepoint(row),
            denominator=row.denominator,
            status="accepted" if accepted else "review",
            confidence=confidence,
            checks=[*row.checks, *(f"doubt: {d}" for d in row.doubts)],
            evidence=evidence_of(record, *row.share.span),
        )


def _with_claim(text: str, row: Row) -> Row:
    """A row whose number is said to be something else than a share of treated patients is in doubt."""
    says = no_share(text, _claim(row))
    return row.with_doubt(Doubt.NO_SHARE.about(says)) if says else row


def _claim(row: Row) -> Claim:
    return Claim(row.outcome, *row.share.span, row.sentence.start, row.sentence.end)


def _timepoint(row: Row) -> str | None:
    """The only duration or "week 12" of the clause behind the share, if there is just one in the sentence."""
    reading = row.share.reading
    times = [i for i, q in reading.quantity.items() if q.kind in {"DURATION", "DURATION_WORDS"}]
    if len(times) != 1:
        return None
    at = times[0]
    before = reading.lower[at - 1] if at else ""
    return reading.doc[at].text if before in {"at", "after", "within", "for", "by", "than"} else None


def _size(record: ParsedRecord, sizes: list[Statement], arms: list[FoundArm], value: int | None, bar: float) -> Size:
    """The study's size: sure where it is stated clearly, twice, or as the sum of the arms."""
    saying = [s for s in sizes if s.value == value]
    adds_up = len(arms) > 1 and value is not None and sum(a.n or 0 for a in arms) == value
    confidence = 0.0 if value is None else 1 - 0.3 * 0.25 ** (len(saying) - 1 + 2 * adds_up)
    clear = [s for s in sizes if s.rank == sizes[0].rank]
    if saying and sizes[0].rank <= 1 and all(s.value == value for s in clear):
        confidence = max(confidence, 0.93)
    evidence = evidence_of(record, saying[0].start, saying[0].end) if saying else None
    return Size(
        value=value,
        status="accepted" if confidence >= bar else "review",
        confidence=round(min(max(confidence, 0.0), 0.99), 3),
        evidence=evidence,
    )


def _only_arm(
    readings: list[Reading], text: str, n_total: int | None, sizes: list[Statement], analysed: int | None
) -> FoundArm:
    at = next((s for s in sizes if s.value == n_total), None)
    drugs = single_arm_drugs(readings, text, n_total)
    place = (at.start, at.end) if at else (0, 0)
    evaluable = analysed if analysed != n_total else None
    return FoundArm(", ".join(sorted(drugs)) or "all patients", drugs, n_total, *place, evaluable=evaluable)
