"""What the machine alone would pool is told beside what is pooled with the reviewers' lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Settings
from pipeline.resolve.by_machine import full_texts, machine_rows, pooled_numbers
from pipeline.resolve.tables import machine_tables
from pipeline.resolved import FullTextRow, MachineRow
from tests.resolve.reviewing import NAME, Line, correct, exclude, resolved, study

#: the arms of the study, as its report gives them
OWN = [("A1", 14, 35), ("A2", 9, 30)]


def told(rows: list[MachineRow]) -> list[tuple[str, int, int]]:
    return [(r.arm, r.events, r.n) for r in rows]


@pytest.mark.parametrize(
    ("line", "pooled"),
    [(correct("15"), [("A1", 15, 35), ("A2", 9, 30)]), (exclude(), [])],
    ids=["corrected", "excluded"],
)
def test_reviewers_change_nothing_of_what_the_machine_says(
    tmp_path: Path, settings: Settings, line: Line, pooled: list[tuple[str, int, int]]
) -> None:
    tables = machine_tables([study()], settings)
    before = (list(tables.arms), list(tables.outcomes))
    assert told(machine_rows(tables, settings, [])) == OWN
    assert (tables.arms, tables.outcomes) == before
    with_line = resolved(tmp_path, settings, study(), line)
    assert told([r for r in pooled_numbers(with_line.outcomes) if r.study == NAME]) == pooled


def test_a_long_text_in_a_file_of_its_own_is_whole() -> None:
    found = study()
    source = found.candidate.source
    alone = {"record_id": "smith", "source": source.model_copy(update={"file": "corpus/smith.pdf", "span": (0, 9000)})}
    whole = found.candidate.model_copy(update=alone)
    assert full_texts([found, found.model_copy(update={"further": [whole]})]) == [
        FullTextRow(file="corpus/smith.pdf", record_id="smith")
    ]
