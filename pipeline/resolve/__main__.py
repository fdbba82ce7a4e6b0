"""`python -m pipeline.resolve STUDIES.jsonl LINKS.csv --overrides DIR --config DIR --out DIR`: the resolve stage."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from pipeline.config import load
from pipeline.errors import Problems, UserError, told
from pipeline.kept import folder_of
from pipeline.leaving import leave
from pipeline.resolve.accuracy import accuracy
from pipeline.resolve.agreement import agreement
from pipeline.resolve.by_machine import full_texts, machine_rows, pooled_numbers
from pipeline.resolve.judgement_votes import scales, votes as judgement_votes
from pipeline.resolve.judgement_work import judgement_work
from pipeline.resolve.judgements import judge, mark_high_risk, studies_named
from pipeline.resolve.kept_out import KeptOut
from pipeline.resolve.links import link_audit, links_in_play
from pipeline.resolve.measured import judged as judged_cells, totals, votes
from pipeline.resolve.overrides import Applied, apply_said
from pipeline.resolve.said import Said, read_said
from pipeline.resolve.screenings import screening
from pipeline.resolve.tables import finish, machine_tables
from pipeline.resolve.worklist import worklist
from pipeline.resolved import (
    AccuracyRow,
    AgreementRow,
    ArmRow,
    CertaintyRow,
    ComparisonRow,
    DecisionRow,
    FullTextRow,
    MachineRow,
    OutcomeRow,
    RiskOfBiasRow,
    StudyRow,
    WorkRow,
)
from pipeline.tables import write_lines, write_rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.resolve", description=__doc__)
    parser.add_argument("studies", type=Path)
    parser.add_argument("links", type=Path)
    parser.add_argument("--overrides", type=Path, default=Path("overrides"))
    parser.add_argument("--config", type=Path, default=Path("config"))
    parser.add_argument("--out", type=Path, default=Path("extracted"))
    args = parser.parse_args()
    try:
        resolve(args.studies, args.links, args.overrides, args.config, args.out, folder_of())
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def resolve(path: Path, links: Path, overrides: Path, config: Path, out: Path, kept: Path | None = None) -> None:
    """Reads studies.jsonl, links.csv and the overrides, writes the twelve tables; `kept` is where what is read only
    once lies. Raises UserError."""
    settings = load(config)
    linked = links_in_play(links)
    problems = Problems()
    said: list[Said] | None = None
    applied: Applied | None = None
    with problems.kept():
        said = read_said(overrides)
    kept_out, found = KeptOut(), screening(path, settings.config.eligibility.reasons, kept)
    studies = list(kept_out.others(path, found, {s.study for s in said or ()} | studies_named(overrides)))
    tables = machine_tables(studies, settings)
    tables.lookup.kept_out, tables.lookup.kept_out_records = kept_out.studies, kept_out.records
    tables.decisions += link_audit(linked)
    of_machine = totals(tables) + kept_out.totals
    alone = machine_rows(tables, settings, linked) if said else None
    if said is not None:
        with problems.kept():
            applied = apply_said(tables, said, settings)
    tables = finish(tables, settings, linked)
    with problems.kept():
        judged = judge(tables, overrides, settings)
    problems.tell()
    assert applied is not None
    tables.outcomes = mark_high_risk(tables.outcomes, judged.risk_of_bias)
    work = [*worklist(tables, studies, settings, linked, applied), *judgement_work(judged, tables.studies)]
    write_lines(out / "studies.csv", StudyRow, kept_out.lines_with(tables.studies))
    write_rows(out / "arms.csv", ArmRow, tables.arms)
    write_rows(out / "outcomes.csv", OutcomeRow, tables.outcomes)
    write_rows(out / "machine.csv", MachineRow, pooled_numbers(tables.outcomes) if alone is None else alone)
    write_rows(out / "full_texts.csv", FullTextRow, full_texts(studies))
    write_rows(out / "comparisons.csv", ComparisonRow, tables.comparisons)
    write_rows(out / "decisions.csv", DecisionRow, tables.decisions)
    write_rows(out / "risk_of_bias.csv", RiskOfBiasRow, judged.risk_of_bias)
    write_rows(out / "certainty.csv", CertaintyRow, judged.certainty)
    write_rows(out / "waiting.csv", WorkRow, work)
    spoken = [*votes(tables, applied), *judgement_votes(judged)]
    write_rows(out / "agreement.csv", AgreementRow, agreement(spoken, scales()))
    write_rows(out / "accuracy.csv", AccuracyRow, accuracy(judged_cells(tables, applied), of_machine))


if __name__ == "__main__":
    gc.disable()  # what is read stays until the end: to look for garbage in it again and again takes most of the time
    leave(told(main))
