"""Studies are known again by their records, whatever they are called; what is new about each is told apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pipeline.linked import Report
from pipeline.release.identity import Identity, identity
from pipeline.release.now import LinkedStudy, Text
from pipeline.released import KeptRecord
from pipeline.resolved import StudyRow

#: study → its records as (file, record_id, fingerprint of the text); one without a fingerprint is a duplicate of the first
Found = dict[str, list[tuple[str, str, str]]]


def row(study: str) -> StudyRow:
    empty = dict.fromkeys(("reason", "age", "line", "title", "journal", "doi", "pmid", "record_id", "file"), "")
    return StudyRow(study=study, label=study, decision="include", authority="accepted", design="other", n_total=None,
                    n_total_authority="waiting", year=None, reports=1, evidence_start=None, evidence_end=None, **empty)  # fmt: skip


def text(file: str, record: str, words: str) -> Text:
    return Text.model_validate({"record_id": record, "source": {"file": file}, "text_hash": words})


def study(name: str, records: list[tuple[str, str, str]]) -> LinkedStudy:
    kept = [r for r in records if r[2]]
    reports = [
        Report(file=f, record_id=r, kept=words != "", report=r if words else kept[0][1]) for f, r, words in records
    ]
    first, *further = (text(*r) for r in kept)
    return LinkedStudy(study=name, reports=reports, candidate=first, further=further)


def compared(then: Found, now: Found, changed_files: frozenset[str] = frozenset()) -> Identity:
    def records(found: Found) -> list[KeptRecord]:
        return [KeptRecord(file=f, record_id=r, study=s, text_hash=w) for s, rows in found.items() for f, r, w in rows]

    def files(found: Found) -> dict[str, str]:
        return {f: "1" for rows in found.values() for f, _, _ in rows}

    before: Any = SimpleNamespace(
        records=records(then),
        release=SimpleNamespace(files=files(then)),
        tables=SimpleNamespace(studies=[row(s) for s in then]),
    )
    after: Any = SimpleNamespace(
        records=records(now),
        files=files(now) | dict.fromkeys(changed_files, "2"),
        linked=[study(name, rows) for name, rows in now.items()],
        tables=SimpleNamespace(studies=[row(s) for s in now]),
    )
    return identity(before, after)


A, B, C = ("a.nbib", "1", "ta"), ("a.nbib", "2", "tb"), ("c.nbib", "3", "tc")


def test_a_study_that_gets_another_name_is_the_same() -> None:
    found = compared({"smith-2010": [A]}, {"smith-2010a": [A], "smith-2010b": [C]})
    assert found.now_of == {"smith-2010": "smith-2010a"}
    assert found.news == {"smith-2010a": "", "smith-2010b": "study"}
    assert found.new == {("c.nbib", "3")}


def test_names_that_change_places_follow_the_records() -> None:
    found = compared({"x": [A], "y": [B]}, {"x": [B], "y": [A]})
    assert found.now_of == {"x": "y", "y": "x"}
    assert set(found.news.values()) == {""}


def test_a_further_report_is_not_a_new_study() -> None:
    found = compared({"x": [A]}, {"x": [A, C]})
    assert (found.now_of, found.news) == ({"x": "x"}, {"x": "report"})


def test_the_same_words_in_another_export_are_nothing_new() -> None:
    """As a second database has them; whether they count as its record's duplicate or in its place."""
    again = ("c.nbib", "9", "ta")
    assert compared({"x": [A]}, {"x": [A, ("c.nbib", "9", "")]}).news == {"x": ""}
    assert compared({"x": [A]}, {"x": [again, ("a.nbib", "1", "")]}).news == {"x": ""}


def test_a_record_in_another_state_is_updated() -> None:
    """In a later export that takes the earlier one's place, or in a file that was exported again."""
    later = compared({"x": [A]}, {"x": [("c.nbib", "1", "other"), ("a.nbib", "1", "")]})
    assert (later.news, later.updated) == ({"x": "text"}, {("c.nbib", "1")})
    again = compared({"x": [A]}, {"x": [("a.nbib", "1", "other")]}, frozenset({"a.nbib"}))
    assert (again.news, again.updated) == ({"x": "text"}, {("a.nbib", "1")})


def test_another_reading_of_the_same_file_is_not_news() -> None:
    """The program cuts the record's text otherwise; the file is the same."""
    assert compared({"x": [A]}, {"x": [("a.nbib", "1", "cut otherwise")]}).news == {"x": ""}


def test_of_two_studies_that_become_one_the_main_report_gives_the_name() -> None:
    found = compared({"x": [A], "y": [B]}, {"z": [B, A]})
    assert found.now_of == {"y": "z"}
    assert found.news == {"z": ""}


def test_records_of_a_file_that_is_gone_are_removed() -> None:
    found = compared({"x": [A], "y": [C]}, {"x": [A]})
    assert found.removed == {("c.nbib", "3")}
    assert found.now_of == {"x": "x"}
