"""Records that stay in their files while they are linked give the same studies as records in memory."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline.candidates import Candidate, write_candidates
from pipeline.config import LinkConfig
from pipeline.errors import UserError
from pipeline.link.catalogue import Catalogue
from pipeline.link.leaves import Leaf
from pipeline.link.linking import link, outlined
from pipeline.link.shelf import Filed, Held
from pipeline.parsed import SetAside, as_line
from tests.link.linked_records import LONG, record

BY = {"authors": ["Lindqvist, Maja"], "year": 2014}
TITLE = "Danazol in adults with chronic refractory anaemia of unknown cause"


def records() -> list[Candidate]:
    """Single ones, duplicates, a retracted one with its notice, two reports of a trial, and signs of all kinds."""
    trial = {"registration": ["NCT01111111"], "authors": ["Ödegaard KL", "Papadimitriou G"], "year": 2015}
    return [
        record("plain", events=0, title='A "title" \\ of\ttabs, é, \u2028 and 😀\x7f\x01', **BY),
        record("copy", doi="10.1/P", title="Danazol in centre paper", **BY),
        record("paper", events=9, length=LONG, doi="10.1/p", **BY),
        record("withdrawn", events=30, title=TITLE, journal="Blood", year=2010, pmid="77"),
        record("notice", decision="exclude", title="Retraction", notices=[{"kind": "retraction of", "pmid": "77"}]),
        record("trial-abstract", events=9, **trial),
        record("trial-paper", events=9, length=LONG, **trial),
    ]


def filed(folder: Path, candidates: list[Candidate], aside: tuple[SetAside, ...] = ()) -> Filed:
    """In three files, in no order."""
    rows: list[Candidate | SetAside] = [*candidates, *aside]
    random.Random(1).shuffle(rows)
    paths = [folder / f"{i}.jsonl" for i in range(3)]
    for i, path in enumerate(paths):
        write_candidates(path, rows[i::3])
    return Filed(paths)


def test_the_lines_are_those_of_the_studies(tmp_path: Path) -> None:
    whole = link(records())
    assert sorted(len(s.reports) for s in whole.studies) == [1, 1, 1, 2, 2]
    with filed(tmp_path, records()) as on_disk:
        for shelf in (on_disk, Held(records())):
            found = outlined(shelf, None, LinkConfig())
            assert found.links == whole.links
            assert [o.line(found.grouping) for o in found.outlines] == [as_line(s).encode() for s in whole.studies]


def test_only_reports_of_several_records_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [record(f"r{i}", title=f"{i} {'abcdefghij'[i % 10] * 9} stents", year=1990 + i % 30) for i in range(200)]
    asked: list[int] = []
    real = Filed.__getitem__
    monkeypatch.setattr(Filed, "__getitem__", lambda self, i: asked.append(i) or real(self, i))
    with filed(tmp_path, many + records()) as shelf:
        found = outlined(shelf, None, LinkConfig())
        assert len([o.line(found.grouping) for o in found.outlines]) == 205
    assert len(set(asked)) <= len(records())


def test_what_was_set_aside_is_told(tmp_path: Path) -> None:
    aside = SetAside(set_aside="corpus/x.pdf", reason="no text", remedy="scan it anew")
    shelf = filed(tmp_path, records(), (aside,))
    assert len(Catalogue.of(shelf.leaves()).cards) == len(records())
    assert shelf.aside == [aside]


def test_many_files_are_not_all_open_at_a_time(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.jsonl" for i in range(70)]
    for i, path in enumerate(paths):
        write_candidates(path, [record(f"r{i}")])
    with Filed(paths) as shelf:
        names = [card.record_id for leaf in shelf.leaves() for card in leaf.told_cards()]
        assert [shelf[i].record_id for i in (*range(70), *range(70))] == names + names
        assert len(shelf._open) < 70
    assert not shelf._open


def test_a_file_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    with filed(tmp_path, records()) as shelf:
        count = sum(len(leaf.told_cards()) for leaf in shelf.leaves())
        for path in tmp_path.iterdir():
            path.write_text("another text", encoding="utf-8")
        with pytest.raises(UserError, match="changed while it was read"):
            shelf.line(count - 1)


def test_a_catalogue_has_the_order_of_the_ids() -> None:
    given = records()
    catalogue = Catalogue.of(Leaf.of(given[start : start + 3]) for start in (0, 3, 6))
    assert [card.record_id for card in catalogue.cards] == sorted(r.record_id for r in given)
    assert [given[i].record_id for i in catalogue.order] == sorted(r.record_id for r in given)
    assert [catalogue.cards[i].record_id for i in catalogue.alike][:2] == ["copy", "paper"]
    assert [catalogue.cards[i].record_id for i in catalogue.telling] == ["notice"]
    assert [catalogue.cards[i].record_id for i in catalogue.called({"pmid 77"})] == ["withdrawn"]
