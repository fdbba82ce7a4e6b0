"""What of reviewers' own lines is in the worklist, and that its ready lines do what they say."""

from __future__ import annotations

from pathlib import Path

from reviewing import ROWS, Line, confirm, correct, include, resolved, response, row, study

from pipeline.config import Settings
from pipeline.linked import Study
from pipeline.overrides import FILES
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import finish, machine_tables
from pipeline.resolve.worklist import worklist
from pipeline.resolved import WorkRow


def work(folder: Path, settings: Settings, machine: Study, *lines: Line) -> list[WorkRow]:
    resolved(folder, settings, machine, *lines)
    tables = machine_tables([machine], settings)
    applied = apply_overrides(tables, folder, settings)
    return worklist(finish(tables, settings), [machine], settings, (), applied)


def paste(folder: Path, item: WorkRow, value: str = "16") -> None:
    """As a person would, below what is there."""
    line = item.line.replace("REASON", "seen").replace("REVIEWER", "EF").replace("DATE", "2026-11-20")
    path = folder / item.line_for
    before = path.read_text("utf-8-sig") if path.exists() else ",".join(FILES[item.line_for].model_fields) + "\n"
    path.write_text(before + line.replace("VALUE", value) + "\n", encoding="utf-8")


def after(folder: Path, settings: Settings, machine: Study) -> tuple[int | None, str]:
    tables = machine_tables([machine], settings)
    apply_overrides(tables, folder, settings)
    found = row(finish(tables, settings))
    return found.events, found.authority


def test_reviewers_who_differ_come_first_and_a_pasted_line_decides(tmp_path: Path, settings: Settings) -> None:
    items = work(tmp_path, settings, study(), correct("15"), confirm("14", field="events", by="CD", day=2))
    assert [(w.field, w.value) for w in items] == [("overall_response.events", "AB: 15; CD: 14")]
    paste(tmp_path, items[0])
    assert after(tmp_path, settings, study()) == (16, "corrected")


def test_a_stale_value_is_named_until_it_is_looked_at(tmp_path: Path, settings: Settings) -> None:
    changed = study(rows=(response("A1", 13), ROWS[1]))
    (item,) = work(tmp_path, settings, changed, correct("15"))
    assert (item.value, "the machine now says 13, the line saw 14" in item.why) == ("15", True)
    paste(tmp_path, item)
    tables = machine_tables([changed], settings)
    applied = apply_overrides(tables, tmp_path, settings)
    assert worklist(finish(tables, settings), [changed], settings, (), applied) == []
    assert row(tables).events == 15


def test_a_row_that_is_gone_is_named(tmp_path: Path, settings: Settings) -> None:
    items = work(tmp_path, settings, study(rows=(ROWS[1],)), correct("15"))
    assert "the machine no longer has it" in items[0].why
    gone = work(tmp_path, settings, study(rows=(ROWS[1],)), correct("review", "accepted", field="status"))
    assert "the machine no longer has the row" in gone[0].why


def test_a_study_taken_in_without_outcomes_is_named(tmp_path: Path, settings: Settings) -> None:
    items = work(tmp_path, settings, study(rows=(), decision="exclude"), include(was="exclude"))
    assert [(w.field, w.line_for) for w in items] == [("outcomes", "added.csv")]


def test_what_a_second_reviewer_must_see(tmp_path: Path, settings: Settings) -> None:
    reviewing = settings.config.reviewing.model_copy(update={"pool": "verified"})
    strict = settings.model_copy(update={"config": settings.config.model_copy(update={"reviewing": reviewing})})
    items = work(tmp_path, strict, study(rows=(ROWS[0],)), confirm())
    assert [w.why for w in items] == ["two reviewers have not yet given the same"]
    paste(tmp_path, items[0])
    assert after(tmp_path, strict, study(rows=(ROWS[0],))) == (14, "confirmed")
    tables = machine_tables([study(rows=(ROWS[0],))], strict)
    apply_overrides(tables, tmp_path, strict)
    assert row(finish(tables, strict)).pooled


def test_double_extraction_asks_for_a_second_reviewer_of_what_is_pooled(tmp_path: Path, settings: Settings) -> None:
    reviewing = settings.config.reviewing.model_copy(update={"double_extraction": True})
    twice = settings.model_copy(update={"config": settings.config.model_copy(update={"reviewing": reviewing})})
    one = study(rows=(ROWS[0],))
    items = work(tmp_path, twice, one, confirm())
    assert [(w.why, w.line_for) for w in items] == [("two reviewers have not yet given the same", "confirmations.csv")]
    assert work(tmp_path, twice, one, confirm(), confirm(by="CD", day=2)) == []
    assert work(tmp_path, settings, one, confirm()) == []
