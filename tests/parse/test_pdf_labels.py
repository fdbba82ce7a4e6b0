"""Labels of several rows: which lines of a table they go with."""

from __future__ import annotations

import pytest

from pipeline.parse.pdf_labels import labels_first
from pipeline.parse.pdf_rows import CellLine


def lines(*levels: dict[int, str]) -> list[CellLine]:
    """A line for each cell; `levels` are the table's lines from the top, texts by column."""
    return [
        CellLine(column, level, text, 100.0 * column, 100.0 * column + 40)
        for level, cells in enumerate(levels)
        for column, text in cells.items()
    ]


def by_level(found: list[CellLine]) -> list[dict[int, str]]:
    levels: dict[int, dict[int, str]] = {}
    for line in found:
        levels.setdefault(line.level, {})[line.column] = line.text
    return [levels[level] for level in sorted(levels)]


def test_a_label_between_two_rows_moves_to_the_first() -> None:
    table = lines({1: "22", 2: "55.0"}, {0: "Dapsone"}, {1: "4", 2: "10.5"})
    moved, heights = labels_first(table, [100.0, 106.0, 112.0])
    assert by_level(moved) == [{0: "Dapsone", 1: "22", 2: "55.0"}, {1: "4", 2: "10.5"}]
    assert heights == [100.0, 112.0]


def test_a_label_between_the_second_and_third_of_four_rows_moves_to_the_first() -> None:
    table = lines({1: "1"}, {1: "2"}, {0: "Dapsone"}, {1: "3"}, {1: "4"})
    moved, heights = labels_first(table, [100.0, 112.0, 118.0, 124.0, 136.0])
    assert by_level(moved) == [{0: "Dapsone", 1: "1"}, {1: "2"}, {1: "3"}, {1: "4"}]
    assert heights == [100.0, 112.0, 124.0, 136.0]


def test_two_labels_each_go_with_their_own_rows() -> None:
    table = lines({1: "1"}, {0: "Dapsone"}, {1: "2"}, {1: "3"}, {0: "Danazol"}, {1: "4"})
    moved, _ = labels_first(table, [100.0, 106.0, 112.0, 124.0, 130.0, 136.0])
    assert by_level(moved) == [{0: "Dapsone", 1: "1"}, {1: "2"}, {0: "Danazol", 1: "3"}, {1: "4"}]


@pytest.mark.parametrize(
    ("table", "heights"),
    [
        (lines({0: "Response", 1: "22"}, {0: "Relapse", 1: "7"}), [100.0, 112.0]),
        (lines({1: "22"}, {0: "A heading of its own"}, {1: "4"}), [100.0, 112.0, 114.0]),
        (lines({1: "Group"}, {0: "Outcome"}, {1: "Number"}), [100.0, 106.0, 112.0]),
        (lines({0: "All", 1: "22"}, {0: "Men"}, {1: "4"}), [100.0, 106.0, 112.0]),
        ([], []),
    ],
    ids=["labels on their rows", "nearer to one row", "no values", "the row above has a label", "empty"],
)
def test_what_is_left_as_it_is(table: list[CellLine], heights: list[float]) -> None:
    assert labels_first(table, heights) == (table, heights)


def test_no_line_is_lost() -> None:
    table = lines(*({1: str(i)} if i % 3 else {0: f"Label {i}"} for i in range(1, 200)))
    moved, heights = labels_first(table, [6.0 * i for i in range(199)])
    assert sorted(line.text for line in moved) == sorted(line.text for line in table)
    assert {line.level for line in moved} == set(range(len(heights)))
