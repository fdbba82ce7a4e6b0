"""Retracted reports leave the analysis, reviewers may overrule, and corrections make work until somebody has read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reviewing import NAME, confirm, include, study

from pipeline.candidates import RETRACTED, Eligibility
from pipeline.config import Settings
from pipeline.linked import Study
from pipeline.overrides import FILES
from pipeline.overrides.appending import append_rows
from pipeline.parsed import Notice
from pipeline.resolve.notices import retracted_report
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolve.worklist import worklist
from pipeline.resolved import StudyRow, WorkRow

RETRACTION = Notice(kind="retraction in", where="Blood. 2012;119:4333", pmid="99")
ERRATUM = Notice(kind="erratum in", where="Blood. 2011;1:1; 2")
ANEW = Notice(kind="retracted and republished in", where="Blood. 2013;1:1", pmid="77")


def noticed(*notices: Notice, out: bool = False, **more: Any) -> Study:
    """The study, whose only report has these notices."""
    of = study(**more)
    citation = of.candidate.citation.model_copy(update={"notices": list(notices)})
    changed: dict[str, Any] = {"citation": citation}
    if out:
        changed["eligibility"] = Eligibility(decision="exclude", reason=RETRACTED)
    return of.model_copy(update={"candidate": of.candidate.model_copy(update=changed)})


def with_further(main: Study, further: Study) -> Study:
    report = further.candidate.model_copy(update={"record_id": "further"})
    return main.model_copy(update={"further": [report]})


def done(folder: Path, settings: Settings, of: Study, *lines: Any) -> tuple[Tables, list[WorkRow]]:
    for file, row in lines:
        append_rows(folder / file, type(row), [row])
    tables = machine_tables([of], settings)
    applied = apply_overrides(tables, folder, settings)
    tables = finish(tables, settings)
    return tables, worklist(tables, [of], settings, (), applied)


def row(tables: Tables) -> StudyRow:
    (found,) = tables.studies
    return found


def pooled(tables: Tables) -> list[tuple[str, int | None]]:
    return [(r.arm, r.events) for r in tables.outcomes if r.pooled]


def test_a_retracted_study_is_out_with_the_protocols_code(tmp_path: Path, settings: Settings) -> None:
    tables, work = done(tmp_path, settings, noticed(RETRACTION, out=True))
    found = row(tables)
    assert (found.decision, found.reason, found.code) == ("exclude", "retracted", "retracted")
    assert found.retracted
    assert found.notices == "retraction in Blood. 2012;119:4333 (PMID 99)"
    assert pooled(tables) == []
    assert {r.not_pooled_because for r in tables.outcomes} == {"the study is not included"}
    assert work == []


def test_a_reviewer_overrules_and_the_flag_stays(tmp_path: Path, settings: Settings) -> None:
    tables, work = done(tmp_path, settings, noticed(RETRACTION, out=True), include(was="exclude"))
    found = row(tables)
    assert (found.decision, found.authority, found.retracted) == ("include", "corrected", True)
    assert pooled(tables) == [("A1", 14), ("A2", 9)]
    assert [w.field for w in work] == ["notices"], "who takes it in reads the notice, too"


def test_a_title_alone_says_so(tmp_path: Path, settings: Settings) -> None:
    tables, _ = done(tmp_path, settings, noticed(out=True))
    assert row(tables).notices == "retracted, as the record itself says"


def test_a_retracted_further_report_takes_the_study_out(tmp_path: Path, settings: Settings) -> None:
    of = with_further(study(), noticed(RETRACTION, out=True))
    tables, _ = done(tmp_path, settings, of)
    assert (row(tables).decision, row(tables).reason, row(tables).retracted) == ("exclude", "retracted", True)
    assert row(tables).notices.endswith("[further]")


def test_numbers_of_a_retracted_further_report_are_never_used(tmp_path: Path, settings: Settings) -> None:
    of = with_further(study(rows=()), noticed(RETRACTION, out=True))
    tables, _ = done(tmp_path, settings, of, include(was="exclude"))
    assert row(tables).decision == "include"
    assert {r.not_pooled_because for r in tables.outcomes} == {"its report is retracted"}


def test_a_report_published_anew_replaces_the_retracted_one(tmp_path: Path, settings: Settings) -> None:
    anew = study()
    citation = anew.candidate.citation.model_copy(update={"pmid": "77"})
    anew = anew.model_copy(update={"candidate": anew.candidate.model_copy(update={"citation": citation})})
    of = with_further(anew, noticed(ANEW, out=True))
    assert retracted_report(of) is None
    tables, _ = done(tmp_path, settings, of)
    assert row(tables).decision == "include"
    assert pooled(tables) == [("A1", 14), ("A2", 9)]


def paste(folder: Path, item: WorkRow) -> None:
    """The ready line, as a person would."""
    line = item.line.replace("REVIEWER", "EF").replace("DATE", "2026-11-20")
    head = ",".join(FILES[item.line_for].model_fields)
    (folder / item.line_for).write_text(f"{head}\n{line}\n", encoding="utf-8")


def test_an_erratum_waits_until_it_is_read(tmp_path: Path, settings: Settings) -> None:
    of = noticed(ERRATUM)
    tables, (item,) = done(tmp_path, settings, of)
    assert (item.study, item.field, item.value) == (NAME, "notices", "erratum in Blood. 2011;1:1; 2")
    assert pooled(tables) == [("A1", 14), ("A2", 9)], "an erratum changes nothing by itself"
    paste(tmp_path, item)
    tables, work = done(tmp_path, settings, of)
    assert work == []
    assert row(tables).authority == "accepted", "that a notice was read confirms no decision"


def test_a_new_notice_is_work_again(tmp_path: Path, settings: Settings) -> None:
    _, (item,) = done(tmp_path, settings, noticed(ERRATUM))
    paste(tmp_path, item)
    concern = Notice(kind="expression of concern in", where="Blood. 2015;1:1")
    tables, (again,) = done(tmp_path, settings, noticed(ERRATUM, concern))
    assert again.value == "erratum in Blood. 2011;1:1; 2 | expression of concern in Blood. 2015;1:1"
    assert row(tables).notices == again.value


def test_confirmed_numbers_are_not_asked_for_again(tmp_path: Path, settings: Settings) -> None:
    tables, work = done(tmp_path, settings, noticed(ERRATUM), confirm())
    assert [w.field for w in work] == ["notices"]
    assert pooled(tables) == [("A1", 14), ("A2", 9)]
