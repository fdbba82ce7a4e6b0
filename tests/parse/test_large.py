"""A large export read in pieces, on one core or several, gives what it gives as a whole."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from pipeline.limits import Limits
from pipeline.parse import large, parse
from pipeline.parse.__main__ import main
from pipeline.parse.large import Large
from pipeline.parse.pieces import Torn
from pipeline.parsed import as_line
from tests.parse.conftest import SHARED

CITATIONS = sorted((SHARED / "corpora/citations").glob("*")) if SHARED.is_dir() else []
WORDS = "Patients were treated with danazol; 12 of 24 (50%) responded. λ “quoted” é"


def in_pieces(path: Path, size: int, cores: int = 1) -> list[str] | None:
    """Lines of the rows, or None where the file is read as a whole."""
    found = Large.of(path, Limits(), size)
    if found is None:
        return None
    try:
        return [as_line(row) for row in found.rows(cores)]
    except Torn:
        return None


def as_a_whole(path: Path) -> list[str]:
    return [as_line(row) for row in parse(path, str(path))]


@pytest.mark.parametrize("path", CITATIONS, ids=lambda p: p.name)
def test_real_exports(path: Path) -> None:
    assert in_pieces(path, 200_000) in (None, as_a_whole(path))


def medline(many: int) -> str:
    return "".join(f"PMID- {i}\nTI  - Title {i}.\nAB  - {WORDS}\n      and more.\n\n" for i in range(1, many + 1))


def ris(many: int) -> str:
    return "".join(f"TY  - JOUR\nTI  - Title {i}\nAB  - {WORDS}\nER  - \n\n" for i in range(1, many + 1))


def table(many: int) -> str:
    return "title,abstract,year\n" + "".join(f'Title {i},"{WORDS},\nmore",2001\n' for i in range(1, many + 1))


def pubmed(many: int) -> str:
    one = (
        "<PubmedArticle><MedlineCitation><PMID>{i}</PMID><Article><ArticleTitle>Title {i}</ArticleTitle>"
        f"<Abstract><AbstractText>{WORDS}</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\n"
    )
    articles = "".join(one.replace("{i}", str(i)) for i in range(1, many + 1))
    return f"<?xml version='1.0'?>\n<PubmedArticleSet>\n{articles}</PubmedArticleSet>\n"


EXPORTS: dict[str, Callable[[int], str]] = {"a.nbib": medline, "a.ris": ris, "a.csv": table, "a.xml": pubmed}


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("name", EXPORTS)
def test_each_format_on_one_core_and_two(name: str, cores: int, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(EXPORTS[name](60), "utf-8")
    found = in_pieces(path, 1_000, cores)
    assert found == as_a_whole(path)
    assert len(found) == 60


@pytest.mark.parametrize("name", ["a.nbib", "a.ris", "a.csv"])
@pytest.mark.parametrize("shape", ["\r\n", "\r", "mark", "cp1252", "mixed"])
def test_line_ends_and_encodings(name: str, shape: str, tmp_path: Path) -> None:
    text = EXPORTS[name](60)
    data = text.replace("\n", shape).encode() if "\r" in shape else text.encode()
    if shape == "mark":
        data = text.encode("utf-8-sig")
    elif shape == "cp1252":
        data = text.replace("λ", "").encode("cp1252")
    elif shape == "mixed":
        data += text.replace("λ", "é")[-200:].encode("cp1252")
    path = tmp_path / name
    path.write_bytes(data)
    assert in_pieces(path, 1_000) in (None, as_a_whole(path))


def test_records_without_id_and_twice_in_the_file(tmp_path: Path) -> None:
    """What a name says depends on the pieces before."""
    path = tmp_path / "a.ris"
    path.write_text(ris(40) + "TY  - JOUR\nTI  - One\nDO  - 10.1234/a\nER  - \n" * 30, "utf-8")
    found = in_pieces(path, 500)
    assert found == as_a_whole(path)
    assert any("more than once" in line for line in found)


def test_what_is_set_aside_has_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    texts = ["TY  - JOUR\nER  -\n" if i % 25 == 0 else f"TY  - JOUR\nTI  - Title {i}\nER  - \n" for i in range(1, 101)]
    path.write_text("".join(texts), "utf-8")
    found = in_pieces(path, 400)
    assert found == as_a_whole(path)
    numbers = [line.split('"record":')[1].split(",")[0] for line in found if line.startswith('{"set_aside"')]
    assert numbers == [f'"number {i}"' for i in (25, 50, 75, 100)]


def test_a_small_file_one_article_and_a_table_that_is_torn_are_read_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "small.ris").write_text(ris(3), "utf-8")
    assert Large.of(tmp_path / "small.ris", Limits()) is None
    (tmp_path / "note.txt").write_text(f"{WORDS}\n\n" * 60, "utf-8")
    assert Large.of(tmp_path / "note.txt", Limits(), 1_000) is None
    lines = table(60).split("\n")
    lines[60] = f'"{lines[60]}'
    (tmp_path / "torn.csv").write_text("\n".join(lines), "utf-8")
    assert in_pieces(tmp_path / "torn.csv", 1_000) is None


@pytest.mark.parametrize("name", ["a.nbib", "a.xml", "torn.csv"])
def test_the_stage_writes_the_same_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = table(60).replace("Title 55", '"Title 55') if name == "torn.csv" else EXPORTS[name](60)
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text, "utf-8")
    assert main([name, "whole.jsonl", "whole.txt"]) == 0
    monkeypatch.setattr(large.Large.of.__func__, "__defaults__", (1_000,))
    assert Large.of(Path(name), Limits()) is not None
    for cores in ("1", "2"):
        assert main([name, "pieces.jsonl", "pieces.txt", "--cores", cores]) == 0
        assert Path("pieces.jsonl").read_bytes() == Path("whole.jsonl").read_bytes()
        assert Path("pieces.txt").read_bytes() == Path("whole.txt").read_bytes()
    assert Path("whole.jsonl").read_bytes().count(b"\n") > 1


def test_no_more_of_the_file_is_read_than_is_worked_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.nbib"
    path.write_text(medline(400), "utf-8")
    found = Large.of(path, Limits(), 1_000)
    assert found is not None
    assert len(found.pieces) > 30
    asked: list[int] = []
    jobs = large.Large._jobs

    def counted(self: Large) -> object:
        for number, by in jobs(self):
            asked.append(number)
            yield number, by

    monkeypatch.setattr(large.Large, "_jobs", counted)
    rows = found.rows(2)
    first = [next(rows) for _ in range(3)]
    assert len(asked) <= 12
    assert len([*chain(first, rows)]) == 400
