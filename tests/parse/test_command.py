"""The registry, `python -m pipeline.parse` and `litpool parse`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import UserError
from pipeline.parse import READERS, choose, command
from pipeline.parse.document import Document
from pipeline.parsed import ParsedRecord, SetAside, read_parsed

from . import make_pdf
from .conftest import DATA, HERE, one, read_all

#: one file per reader; the PDF is typeset
FILES = {
    "PDF": "typeset.pdf",
    "saved page": "page.html",
    "JATS article": "article.nxml",
    "PubMed XML": "pubmed.xml",
    "EndNote XML": "endnote.xml",
    "Europe PMC XML": "europepmc.xml",
    "trial register": "register.json",
    "OpenAlex": "openalex.json",
    "Crossref": "crossref.json",
    "Excel table": "covidence.xlsx",
    "CSV table": "rayyan.csv",
    "PubMed export": "pubmed.nbib",
    "RIS export": "export.ris",
    "PubMed text": "pubmed_abstracts.txt",
    "BibTeX": "library.bib",
    "listing page": "listing.txt",
    "plain text": "plain.txt",
}


def file_of(reader: str, tmp_path: Path) -> Path:
    name = FILES[reader]
    return make_pdf.two_columns(tmp_path / name) if name.endswith(".pdf") else DATA / name


def test_every_reader_has_a_file() -> None:
    assert list(FILES) == [reader.name for reader in READERS]


@pytest.mark.parametrize("reader", READERS, ids=lambda r: str(r.name))
def test_content_comes_before_extension(reader: object, tmp_path: Path) -> None:
    for known in READERS:
        if known is reader:
            path = tmp_path / "wrong.dat"
            path.write_bytes(file_of(known.name, tmp_path).read_bytes())
            assert choose(Document.open(path, path.name)) is known
            assert read_all(path)


def run_module(cwd: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    return subprocess.run(
        [sys.executable, "-m", "pipeline.parse", *args], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("reader", list(FILES))
def test_spans_hold_for_what_the_workflow_writes(reader: str, tmp_path: Path) -> None:
    source = file_of(reader, tmp_path)
    done = run_module(tmp_path, str(source), "out.jsonl", "text.txt")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "text.txt").read_bytes().decode("utf-8")
    text = written or source.read_bytes().decode("utf-8")
    rows = list(read_parsed(tmp_path / "out.jsonl"))
    assert rows
    for row in rows:
        assert isinstance(row, ParsedRecord)
        assert row.source.file == str(source)
        assert text[slice(*row.source.span)] == row.raw
    again = run_module(tmp_path, str(source), "again.jsonl", "again.txt")
    assert again.returncode == 0
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()


def test_a_file_that_cannot_be_read_does_not_stop_the_workflow(tmp_path: Path) -> None:
    (tmp_path / "empty.nbib").write_bytes(b"")
    done = run_module(tmp_path, "empty.nbib", "out.jsonl", "text.txt")
    assert done.returncode == 0
    assert "empty.nbib: set aside: is empty" in done.stderr
    (row,) = read_parsed(tmp_path / "out.jsonl")
    assert isinstance(row, SetAside)
    assert (row.set_aside, row.reason) == ("empty.nbib", "is empty")


def litpool_parse(*args: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(args))


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert litpool_parse(str(DATA / "plain.txt"), str(DATA / "pubmed.nbib"), "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["record_id"] for row in rows] == ["plain", "pubmed-99000001", "pubmed-99000002"]
    for row in rows:
        assert {"record_id", "citation", "text", "sections", "tables", "repairs", "pages", "problems"} <= set(row)


def test_folder_and_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a b.txt").write_text("Of the 20 patients who were treated, 12 were well.", "utf-8")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 no more")
    (tmp_path / ".hidden").write_bytes(b"")
    assert litpool_parse(str(tmp_path), "--json") == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["record_id"] for line in out.splitlines()] == ["a b"]
    assert len(err.splitlines()) == 1
    assert "bad.pdf: set aside: is a damaged PDF" in err


def test_summary_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert litpool_parse(str(DATA / "plain.txt")) == 0
    assert capsys.readouterr().out.startswith("plain: Danazol with low-dose rituximab")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("Of the 20 patients who were treated, 12 were well.", "utf-8")
    path.chmod(0)
    assert litpool_parse(str(path)) == 1


def test_keys_that_come_twice_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "twice.ris"
    path.write_text("TY  - JOUR\nTI  - One\nDO  - 10.1000/a\nER  - \n" * 2, "utf-8")
    first, second = read_all(path)
    assert (first.record_id, second.record_id) == ("twice-10_1000_a", "twice-10_1000_a-02")
    assert second.problems == ["the file holds twice-10_1000_a more than once"]


def test_a_stage_starts_fast() -> None:
    """Plain text is read without the libraries of other formats, and parsing knows nothing of later stages."""
    code = (
        "import sys; from pathlib import Path; from pipeline.parse import parse; "
        f"list(parse(Path({str(DATA / 'plain.txt')!r}), 'plain.txt')); "
        "print([m for m in ('lxml', 'pypdfium2', 'pdfplumber', 'pipeline.records', 'pipeline.candidates', "
        "'pipeline.config') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE.parents[1], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_lone_record_has_the_name_of_its_file() -> None:
    assert one(DATA / "article.nxml").record_id == "article"


def test_wrong_limits_stop_with_key_and_bound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run_module(tmp_path, str(DATA / "plain.txt"), "out.jsonl", "text.txt", "--limits", "seconds=ten")
    assert done.returncode == 2
    assert done.stderr.startswith("config/config.yaml: parse.seconds: input should be a valid integer")
    done = run_module(tmp_path, str(DATA / "plain.txt"), "out.jsonl", "text.txt", "--limits", "second=10")
    assert done.returncode == 2
    assert done.stderr.startswith("config/config.yaml: parse.second: unknown key (allowed: seconds, memory_mb, pages)")
    with pytest.raises(UserError, match="--pages: input should be greater than or equal to 1, got '0'"):
        litpool_parse(str(DATA / "plain.txt"), "--pages", "0")
    done = run_module(tmp_path, str(DATA / "plain.txt"), "out.jsonl", "text.txt", "--limits", 'seconds="10')
    assert done.returncode == 2
    assert (
        done.stderr
        == '--limits: seconds="10 cannot be split into KEY=VALUE (No closing quotation); quote it as for a shell\n'
    )
