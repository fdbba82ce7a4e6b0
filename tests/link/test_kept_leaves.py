"""What is made of records that did not change is kept: with it, without it and with a damaged one, all bytes are equal."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.candidates import Candidate, write_candidates
from pipeline.link import binding
from pipeline.link.__main__ import main
from pipeline.link.binding import Line, pieces
from pipeline.link.cards import card_of
from pipeline.link.kept import Kept
from pipeline.link.leaves import Leaf
from pipeline.link.linking import link
from pipeline.link.profile_lines import line_of, read
from pipeline.link.profiles import profile
from pipeline.parsed import as_line
from tests.conftest import ROOT
from tests.link.linked_records import decided, record
from tests.link.test_relations import GROUP, HOME, report

HOMES = [HOME, "Unit 2, Klinik Nord, 300020 Süd, Noland", "Université de Là, Là, Noland"]


def reports(seed: int, count: int) -> list[Candidate]:
    """Reports that are duplicates, of one study, share a cohort, are about another, or have nothing in common."""
    pick = random.Random(seed)
    return [
        report(
            f"r{i}",
            authors=pick.choice([[], [f"Nobody{'abcdefgh'[i % 8]} A"], ["Wang Y", "Li J", "Zhang L"], GROUP[:3]]),
            title=pick.choice([None, f"Rituximab in an invented disease {i % 5}", "Erratum: \u201cß\u201d \U0001f600"]),
            registration=pick.choice([[], [], [f"NCT0000000{i % 5}"], ["NCT00000001", "2007-003941-34"]]),
            drugs=pick.choice([[], ["rituximab"], ["dapsone", "rituximab"]]),
            years=pick.choice([None, "2008-03 2011-09"]),
            year=pick.choice([None, 1999, 2012, 2014]),
            doi=pick.choice([None, None, f"10.1/{i % 7}"]),
            pmid=pick.choice([None, str(i % 11)]),
            pages=pick.choice([None, "S44"]),
            n=pick.choice([None, 12, 37]),
            counts=pick.choice([[], [(22, 37)]]),
            affiliations=pick.sample(HOMES, pick.randint(0, 2)),
            trials=pick.choice([[], [], ["COMET 1"], ["COMET 2"]]),
            kin=pick.choice([[], [], [], ["pooled"], ["later"], ["registry"]]),
            design=pick.choice(["randomised", "single-arm retrospective", "meta-analysis"]),
            decision=pick.choice(["include", "exclude"]),
            reason=pick.choice(["", "review", "retracted"]),
            notices=pick.choice([[], [], [], [{"kind": "retraction of", "pmid": str(i % 3)}]]),
        )
        for i in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_a_profile_is_what_it_was(seed: int) -> None:
    for candidate in reports(seed, 5):
        found = profile(3, candidate)
        assert found is None or read(line_of(found), card_of(candidate), 3) == found


def unlike(count: int) -> list[Candidate]:
    """Records that have nothing in common."""
    pick = random.Random(count)
    titles = ("".join(pick.choices("abcdefghijklmnop", k=40)) for _ in range(count))
    return [record(f"u{i}", title=title, year=None, decision="exclude") for i, title in enumerate(titles)]


class Review:
    """A folder in which the link stage runs."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(folder)
        monkeypatch.delenv("LITPOOL_KEPT", raising=False)
        self.patch = monkeypatch
        Path("candidates").mkdir()

    def write(self, name: str, records: list[Candidate]) -> None:
        write_candidates(Path("candidates", name), records)

    def run(self, cores: int = 1) -> dict[str, bytes]:
        """What the stage writes."""
        files = [str(path) for path in sorted(Path("candidates").iterdir())]
        argv = ["link", *files, "--config", str(ROOT / "config"), "--out", "out", "--cores", str(cores)]
        self.patch.setattr(sys, "argv", argv)
        assert main() == 0
        return {path.name: path.read_bytes() for path in Path("out").iterdir()}

    def leaves(self) -> list[Path]:
        return sorted(path for path in Path(".litpool/kept/link").glob("*/*") if path.is_file())

    def run_without(self) -> dict[str, bytes]:
        """What it writes where nothing is kept."""
        with self.patch.context() as patch:
            patch.setenv("LITPOOL_KEPT", "")
            return self.run()


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    return Review(tmp_path, monkeypatch)


@pytest.mark.parametrize("seed", range(3))
def test_kept_and_fresh_agree(review: Review, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    records = reports(seed, 120)
    decided(Path("overrides"), "r1,r2,same study", "r3,r4,different", "r9,r5,same record")
    whole = link(records, Path("overrides"))
    review.write("a.jsonl", records[:70])
    review.write("b.jsonl", records[70:])
    fresh = review.run_without()
    assert not Path(".litpool").exists()
    assert fresh["studies.jsonl"].decode() == "".join(map(as_line, whole.studies))
    assert len(whole.links) > 20
    assert [review.run(cores) for cores in (2, 1, 1)] == [fresh] * 3
    order = random.Random(seed).sample(range(120), 119)
    review.write("a.jsonl", [records[i] for i in order[:50]])
    review.write("b.jsonl", [records[i] for i in order[50:]])
    assert review.run() == review.run_without() == review.run()
    assert "kept" not in capsys.readouterr().err


def test_what_did_not_change_is_not_read_again(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    records = unlike(3000)
    review.write("a.jsonl", records)
    review.run()
    before = review.leaves()
    assert 5 <= len(before) <= 30
    with monkeypatch.context() as patch:
        patch.setattr(binding, "as_row", lambda line: pytest.fail("read again"))
        review.run()
    review.write("new.jsonl", reports(2, 1))
    records[1500] = records[1500].model_copy(update={"text_hash": "another"})
    review.write("a.jsonl", records)
    assert review.run() == review.run_without()
    assert len({*review.leaves()} - {*before}) <= 4


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 4
    path.write_bytes(data)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def of_another_key(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(path.name.encode(), path.name[::-1].encode(), 1))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a bit": flipped,
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "empty": lambda path: path.write_bytes(b""),
    "foreign": lambda path: path.write_bytes(b"\x80\x04\x95" * 100),
    "of another key": of_another_key,
    "a folder": a_folder,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_leaf_is_as_good_as_none(review: Review, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    review.write("a.jsonl", [*reports(5, 30), *unlike(900)])
    fresh = review.run_without()
    assert review.run() == fresh
    leaf, *others = review.leaves()
    DAMAGE[damage](leaf)
    assert others
    capsys.readouterr()
    assert review.run() == fresh
    told = capsys.readouterr().err.splitlines()
    assert len(told) == (2 if damage == "a folder" else 1)  # a folder cannot be replaced by a file
    assert told[0].endswith("1 kept file is damaged or foreign; the records are read again")
    assert review.run() == fresh
    assert bool(capsys.readouterr().err) == (damage == "a folder")


def test_where_nothing_can_be_kept_that_is_told(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    review.write("a.jsonl", reports(5, 20))
    Path(".litpool").write_text("a file in the way", "utf-8")
    assert review.run(2) == review.run_without()
    (told,) = capsys.readouterr().err.splitlines()
    assert "records cannot be kept (" in told


def test_leaves_that_are_not_used_make_room(review: Review) -> None:
    review.write("a.jsonl", reports(5, 20))
    review.run()
    old = review.leaves()
    review.write("a.jsonl", reports(6, 20))
    review.run()
    assert len(review.leaves()) == 2
    os.utime(old[0], (when := time.time() - 2 * 86_400, when))
    review.run()
    (left,) = review.leaves()
    os.utime(left, (when, when))
    review.run()
    assert review.leaves() == [left]


def test_a_file_that_changes_before_its_records_are_read_is_told(
    review: Review, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    review.write("a.jsonl", reports(5, 20))
    real = binding.Binder.leaves

    def changing(*args: object) -> object:
        review.write("a.jsonl", reports(6, 20))
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(binding.Binder, "leaves", changing)
    with pytest.raises(AssertionError):
        review.run()
    assert capsys.readouterr().err.startswith("candidates/a.jsonl: changed while it was read")


def test_every_process_makes_the_same_leaf(tmp_path: Path) -> None:
    write_candidates(tmp_path / "a.jsonl", reports(7, 60))
    code = (
        "import sys; from pipeline.candidates import read_candidates; from pipeline.link.leaves import Leaf\n"
        "from pathlib import Path; sys.stdout.buffer.write(Leaf.of(read_candidates(Path(sys.argv[1]))).packed())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.jsonl")]
    environments = [{"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    one, other = (subprocess.run(command, env=env, capture_output=True, check=True).stdout for env in environments)
    assert one == other
    assert Leaf.unpacked(one).packed() == one


def test_a_line_more_makes_one_piece_another() -> None:
    lines = [f'{{"record_id":"r{i}"}}\n'.encode() for i in range(5000)]

    def keys(lines: list[bytes]) -> set[str]:
        return {piece.key for piece in pieces(Line(0, i, line) for i, line in enumerate(lines))}

    before = keys(lines)
    assert len(before) > 10
    for at in (0, 2500, 5000):
        assert len(keys([*lines[:at], b'{"record_id":"new"}\n', *lines[at:]]) - before) <= 2


def test_leaves_in_a_shared_folder_stay_for_others(tmp_path: Path) -> None:
    shared, own = Kept(tmp_path, "0" * 32), Kept(tmp_path, "1" * 32, most=5)
    for kept in (shared, own):
        assert kept.put("a" * 40, b"leaf") is None
        os.utime(kept.folder / ("a" * 40), (when := time.time() - 2 * 86_400, when))
        kept.clear()
    assert shared.get("a" * 40) == b"leaf"
    assert not own.has("a" * 40)
