"""Results of unchanged texts are kept, and true wherever the text lies; a damaged one is as good as none."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import typing
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given, settings as examples, strategies as st
from pydantic import BaseModel

from pipeline import candidates
from pipeline.config import Config
from pipeline.cores import in_order
from pipeline.extract import kept as kept_module
from pipeline.extract.__main__ import main
from pipeline.extract.kept import Kept, notes, rules
from pipeline.extract.moved import Place
from pipeline.extract.stage import Lines
from pipeline.kept import DAYS, MOST, folder_of, installed, prune
from pipeline.parse import parse, shifted
from pipeline.parsed import ParsedRecord, as_line
from pipeline.workflow import NOT_EXTRACTED, closure
from tests.conftest import ROOT

CONFIG = ROOT / "config"
SOURCES = sorted(p for p in (ROOT / "corpus").iterdir() if p.suffix in {".txt", ".pdf", ".ris", ".nbib", ".xml"})
RULES = "0" * 32
ABSTRACTS = [
    "PMID- 1\nTI  - Rituximab for immune thrombocytopenia.\nAB  - Thirty patients received rituximab. Overall response was seen"
    "\n      in 18 of 30 patients (60%).",
    "PMID- 2\nTI  - Dapsone in refractory ITP.\nAB  - Of 24 patients given dapsone, 12 (50%) responded; \u03bb \u201cquoted\u201d"
    '\n      words, "start":1 and "end":2, "text": are no offsets.',
    "PMID- 3\nTI  - Mice and eltrombopag.\nAB  - Mice were given eltrombopag.",
    "PMID- 4\nTI  - Eltrombopag or placebo.\nAB  - Response occurred in 20/40 (50%) patients with eltrombopag and 4/40 (10%) with"
    "\n      placebo (odds ratio 9.0, 95% CI 2.7 to 30.0).\nRIN - J Made Up. 2015 Jan;1(1):1. PMID: 9",
]


@cache
def afresh() -> Lines:
    return Lines(CONFIG, None)


def lines_of(path: Path, name: str) -> list[bytes]:
    return [as_line(row).encode() for row in parse(path, name)]


def loaded(folder: Path) -> Lines:
    """Lines with an extractor that need not be loaded again for each test."""
    lines = Lines(CONFIG, Kept(folder, RULES))
    lines.__dict__["_extract"] = afresh()._extract
    return lines


def only_kept(folder: Path) -> Lines:
    """Lines that cannot extract."""
    lines = Lines(CONFIG, Kept(folder, RULES))
    lines.__dict__["_extract"] = lambda record: pytest.fail(f"{record.record_id} is not kept")
    return lines


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.name)
def test_a_kept_result_is_true_of_a_moved_record(source: Path, tmp_path: Path) -> None:
    rows = [row for row in parse(source, "corpus/a") if isinstance(row, ParsedRecord)]
    first = [as_line(row).encode() for row in rows]
    assert [*map(loaded(tmp_path), first)] == [*map(afresh(), first)]
    for by, row in enumerate(rows, start=12_345):
        moved = shifted(row, by)
        place = {"file": 'corpus/other "name" \\.nbib', "page": 3}
        moved = moved.model_copy(update={"record_id": "other-1", "source": moved.source.model_copy(update=place)})
        line = as_line(moved).encode()
        assert only_kept(tmp_path)(line) == afresh()(line)


@examples(max_examples=12, deadline=None)
@given(st.permutations(ABSTRACTS), st.integers(1, 4), st.sampled_from(["\n", "\r\n"]))
def test_abstracts_in_another_export(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], many: int, ending: str
) -> None:
    folder = tmp_path_factory.mktemp("exports")

    def export(name: str, abstracts: list[str]) -> list[bytes]:
        path = folder / name
        path.write_text("\n\n".join(abstracts).replace("\n", ending), "utf-8", newline="")
        return lines_of(path, f"corpus/{name}")

    extract = loaded(folder / "kept")
    assert [*map(extract, line := export("first.nbib", ABSTRACTS))] == [*map(afresh(), line)]
    # the last record of an export has no line break behind it that others have
    again = export("second.nbib", ["PMID- 9\nTI  - Another.", *order[:many], "PMID- 8\nTI  - The last."])
    assert [*map(extract, again)] == [*map(afresh(), again)]
    third = export("third.nbib", [*order, "PMID- 8\nTI  - The last."])
    assert [*map(extract, third)] == [*map(afresh(), third)]
    assert len({Place.of(line).key for line in [*again, *third]}) <= len(ABSTRACTS) * 2 + 2  # type: ignore[union-attr]


def test_another_text_or_citation_has_another_key() -> None:
    [row] = [r for r in parse(ROOT / "corpus/atra-charts-2012.txt", "a.txt") if isinstance(r, ParsedRecord)]
    others = [
        row,
        row.model_copy(update={"text": row.text.replace("1", "2", 1)}),
        row.model_copy(update={"raw": row.raw + " "}),
        row.model_copy(update={"citation": row.citation.model_copy(update={"publication_types": ["Review"]})}),
        row.model_copy(update={"pieces": [(a, b, c + 1) for a, b, c in row.pieces]}),
        row.model_copy(update={"sections": []}),
        row.model_copy(update={"problems": ["cut short"]}),
    ]
    places = [Place.of(as_line(other).encode()) for other in others]
    assert len({place.key for place in places if place}) == len(others)


def test_only_evidence_has_offsets_into_the_source() -> None:
    models = [m for m in vars(candidates).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    placed = [m for m in models if {"start", "end", "span"} & set(m.model_fields) and m is not candidates.Window]
    assert {m.__name__ for m in placed} == {"Evidence", "Source"}
    assert list(candidates.Evidence.model_fields) == ["start", "end", "text"]
    assert typing.get_type_hints(candidates.Window)["start"] is str


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 4
    path.write_bytes(data)


def of_another_key(path: Path) -> None:
    head, line = path.read_bytes().split(b"\n")
    key, check, result = line.split(b" ", 2)
    path.write_bytes(b"\n".join([head, b" ".join([key, check[::-1], result])]))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a bit": flipped,
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(500)),
    "of another key": of_another_key,
    "of other rules": lambda path: path.write_bytes(path.read_bytes().replace(RULES.encode(), b"1" * 32)),
    "of another shape": lambda path: path.write_bytes(path.read_bytes().replace(b"shape ", b"shape 9")),
    "a folder": a_folder,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_result_is_noticed_and_replaced(damage: str, tmp_path: Path) -> None:
    line = lines_of(ROOT / "corpus/atra-charts-2012.txt", "a.txt")[0]
    wanted = loaded(tmp_path)(line)
    [shard] = (tmp_path / RULES).iterdir()
    DAMAGE[damage](shard)
    extract = loaded(tmp_path)
    assert extract(line) == wanted
    assert extract.kept is not None
    assert extract.kept.damaged == 1
    [note, *_] = notes(tmp_path, extract.kept.damaged, extract.kept.trouble)
    assert "1 kept result damaged or foreign; extracted again" in note
    if damage != "a folder":
        again = only_kept(tmp_path)
        assert again(line) == wanted
        assert again.kept is not None
        assert notes(tmp_path, again.kept.damaged, again.kept.trouble) == []


def test_a_torn_write_costs_one_result(tmp_path: Path) -> None:
    kept = Kept(tmp_path, RULES)
    kept.put("abc1", b"first")
    shard = tmp_path / RULES / "abc"
    with shard.open("ab") as file:
        file.write(b"\nabc2 0123456789abcdef half a res")
    kept.put("abc3", b"third")
    assert [kept.get(key) for key in ("abc1", "abc2", "abc3")] == [b"first", None, b"third"]
    kept.put("abc2", b"second")
    assert kept.get("abc2") == b"second"


def test_two_processes_keep_the_same_and_other_results_at_once(tmp_path: Path) -> None:
    results = {f"{n % 3:03x}{n:037x}": b'{"result":%d}' % n * 50 for n in range(600)}

    def keep(key: str) -> None:
        kept = Kept(tmp_path, RULES)
        kept.put(key, results[key])
        assert kept.trouble is None

    kept = Kept(tmp_path, RULES)
    assert len(list(in_order(keep, [*results, *results], 2))) == 2 * len(results)
    found = [kept.get(key) for key in results]
    assert all(got in (wanted, None) for got, wanted in zip(found, results.values(), strict=True))
    lost = found.count(None)
    assert kept.damaged == 0
    assert lost <= 6, "of two that start a shard at once, one loses its result"


def test_where_nothing_can_be_kept_the_stage_goes_on(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder would be", "utf-8")
    line = lines_of(ROOT / "corpus/atra-charts-2012.txt", "a.txt")[0]
    extract = loaded(tmp_path / "kept")
    assert extract(line) == afresh()(line)
    assert extract.kept is not None
    said = notes(tmp_path, 0, extract.kept.trouble)
    assert len(said) == 1
    assert "results cannot be kept" in said[0]


def test_a_set_aside_input_passes_and_a_foreign_line_is_extracted(tmp_path: Path) -> None:
    aside = b'{"set_aside":"corpus/a.pdf","record":null,"reason":"is empty","remedy":"export it again"}\n'
    assert loaded(tmp_path)(aside) == aside
    line = lines_of(ROOT / "corpus/atra-charts-2012.txt", "a.txt")[0]
    spaced = json.dumps(json.loads(line)).encode()
    assert Place.of(spaced) is None
    assert loaded(tmp_path)(spaced) == afresh()(line)


def test_a_run_that_finds_everything_loads_no_extractor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CONFIG, tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines_of(ROOT / "corpus/atra-charts-2012.txt", "a.txt")))
    monkeypatch.setattr(sys, "argv", ["extract", "a.jsonl", "first.jsonl"])
    assert main() == 0
    code = (
        "import sys; from pipeline.extract.__main__ import main; code = main()\n"
        "sys.exit(code or ' '.join({'spacy', 'pydantic', 'numpy'} & sys.modules.keys()) or 0)"
    )
    command = [sys.executable, "-c", code, "a.jsonl", "second.jsonl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("second.jsonl").read_bytes() == Path("first.jsonl").read_bytes()
    assert Path(".litpool/kept/.gitignore").read_text("utf-8") == "*\n"


def test_rules_are_other_when_and_only_when_extraction_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CONFIG, tmp_path / "config")
    folder = tmp_path / "config"
    text, before = (folder / "config.yaml").read_text("utf-8"), rules(folder)

    def edited(old: str, new: str) -> str | None:
        assert old in text
        (folder / "config.yaml").write_text(text.replace(old, new), "utf-8")
        return rules(folder)

    assert edited("method: REML", "method: DL  # another") == before
    assert edited("threshold: 0.9", "threshold: 0.8") != before
    assert edited("review:", "new_section: {}\nreview:") != before
    assert edited("review:", "review: [") != before
    assert edited("review:", "review:") == before
    with monkeypatch.context() as patch:
        patch.setattr(kept_module, "installed", lambda library: ["spacy-9.dist-info"])
        assert rules(folder) != before
    with (folder / "drugs.csv").open("a", encoding="utf-8") as drugs:
        drugs.write("newdrug,other,\n")
    assert rules(folder) not in {before, None}


def test_versions_of_libraries_are_told() -> None:
    assert {name.rpartition(".")[0] for name in installed(kept_module._LIBRARY)} >= {
        f"{name}-{version(name)}" for name in ("spacy", "pydantic", "pydantic_core")
    }


def test_extraction_reads_no_section_that_its_rules_leave_out() -> None:
    program = [Path(p).read_text("utf-8") for p in closure("extract.extractor") if p.endswith(".py")]
    read = {name for text in program for name in re.findall(r"\bsettings\.config\.(\w+)", text)}
    assert "acceptance" in read
    assert read <= set(Config.model_fields) - NOT_EXTRACTED
    assert set(Config.model_fields) >= NOT_EXTRACTED


def test_old_rules_make_room(tmp_path: Path) -> None:
    for i in range(MOST + 3):
        (tmp_path / f"{i:032x}").mkdir()
        (tmp_path / f"{i:032x}/abc").write_bytes(b"x")
        os.utime(tmp_path / f"{i:032x}", (when := time.time() - i * 60, when))
    os.utime(tmp_path / f"{1:032x}", (when := time.time() - (DAYS + 1) * 86_400, when))
    (tmp_path / "notes of mine").mkdir()
    prune(tmp_path, f"{MOST + 2:032x}", None)
    assert len([*tmp_path.iterdir()]) == MOST + 3
    prune(tmp_path, f"{MOST + 2:032x}", MOST)
    left = sorted(p.name for p in tmp_path.iterdir())
    assert left == sorted([f"{i:032x}" for i in (0, 2, 3, 4, MOST + 2)] + ["notes of mine"])


def test_the_user_names_the_folder_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LITPOOL_KEPT", raising=False)
    assert folder_of() == Path(".litpool/kept")
    monkeypatch.setenv("LITPOOL_KEPT", str(tmp_path))
    assert folder_of() == tmp_path
    monkeypatch.setenv("LITPOOL_KEPT", "")
    assert folder_of() is None
    assert Kept.of(CONFIG) is None
