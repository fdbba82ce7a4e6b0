"""Lines are told apart by their plain starts, and mean what reading the whole of them means."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st
from make_review import write_review
from report_rendered import Rendered
from report_specs import itp

from pipeline.errors import UserError
from pipeline.linked import Study
from pipeline.parsed import ParsedRecord, as_row
from pipeline.report.__main__ import main
from pipeline.report.texts import read_linked, read_texts

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def compact(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


@given(study=NAMES, record=NAMES, file=NAMES, title=st.none() | NAMES, several=st.booleans(), kept=st.booleans())
def test_a_study_is_found_by_its_line(
    study: str, record: str, file: str, title: str | None, several: bool, kept: bool
) -> None:
    candidate = {
        "record_id": record,
        "source": {"file": file, "span": [0, 9], "page": None},
        "citation": {"title": title},
        "eligibility": {"decision": "include", "reason": "", "evidence": None},
        "design": "case series",
        "population": {"age": "adult", "line": None, "text": None},
        "n_total": {"value": None, "status": "review", "confidence": 0, "evidence": None},
        "arms": [],
        "outcomes": [],
    }
    reports = [{"record_id": record, "file": file, "kept": True, "report": record}]
    reports += [{"record_id": f"{record}2", "file": file, "kept": kept, "report": record}] * several
    further = [{**candidate, "record_id": f"{record}2"}] * (several and kept)
    line = compact(
        {"study": study, "label": "", "reports": reports, "candidate": candidate, "further": further, "names": []}
    )
    whole = Study.model_validate_json(line)
    with TemporaryDirectory() as folder:
        path = Path(folder, "studies.jsonl")
        path.write_text(line, "utf-8")
        found = read_linked(path, {study})
        told = found.reports[study]
        assert [(r.record_id, r.file, r.kept, r.report) for r in told.reports] == [
            (r.record_id, r.file, r.kept, r.report) for r in whole.reports
        ]
        assert told.candidate.place == (file, record)
        assert [r.place for r in told.further] == [(r.source.file, r.record_id) for r in whole.further]
        assert found.studies[study] == whole
        cited = found.cited[study]
        assert (cited.record_id, cited.file, cited.citation) == (record, file, whole.candidate.citation)


@given(record=NAMES, file=NAMES, database=st.none() | NAMES, text=st.text(max_size=20))
def test_a_record_is_found_by_its_line(record: str, file: str, database: str | None, text: str) -> None:
    citation = {"title": '","database":"Title","', "database": database, "revised": None}
    source = {"file": file, "span": [0, len(text)], "page": None}
    row = {"record_id": record, "source": source, "citation": citation, "text": text, "raw": text, "pieces": []}
    line = json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n"
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        path.write_text(line, "utf-8")
        found = read_texts(Path(folder), {file}, {(file, record)})
        assert found.paths == [path]
        assert found.databases == ({(file, record): database} if database else {})
        assert found.records[file, record] == as_row(line)
        assert read_texts(Path(folder), set(), set()).paths == []


@pytest.mark.parametrize("name", ["studies.jsonl", "parsed"])
@pytest.mark.parametrize("damage", [slice(-9), slice(40)])
def test_a_damaged_line_is_told_by_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, damage: slice
) -> None:
    write_review(itp(), tmp_path)
    path = tmp_path / "extracted" / name
    path = path if path.is_file() else sorted(path.glob("*.jsonl"))[0]
    first, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first[damage] + b"\n" + b"".join(others))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LITPOOL_KEPT", "")
    assert main([]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(f"{path.relative_to(tmp_path)}:1: ")
    assert told.endswith("delete the file, `snakemake all` makes it again")


def test_records_are_read_when_they_are_asked_for(reports: dict[str, Rendered]) -> None:
    records = reports["itp"].inputs.records
    assert all(isinstance(records[place], ParsedRecord) for place in records)
    assert ("corpus/none.txt", "none") not in records
    with pytest.raises(KeyError):
        records["corpus/none.txt", "none"]


def test_a_missing_table_is_told_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_review(itp(), tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "extracted" / "arms.csv").unlink()
    assert main(["--cores", "2"]) == 2
    assert capfd.readouterr().err == "extracted/arms.csv: No such file or directory\n"


def test_a_folder_that_is_missing_has_no_records(tmp_path: Path) -> None:
    assert read_texts(tmp_path / "none", set(), set()).paths == []
    with pytest.raises(UserError, match="snakemake all"):
        read_linked(tmp_path / "none.jsonl", set())
