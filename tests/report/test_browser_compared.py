"""Comparisons and the network in a browser: nothing to object to, nothing wider than a phone, nothing cut on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_browser import Visit, needs_chromium
from report_trials import TREATMENTS, write
from test_browser_axe import objections

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("trials"))


def test_axe_has_nothing_to_object_to(path: Path, visit: Visit) -> None:
    visited = visit(path)
    assert objections(visited) == []
    assert visited.complaints == []


def test_nothing_is_wider_than_a_phone(path: Path, visit: Visit) -> None:
    visited = visit(path, width=390)
    visited.open_every_part()
    assert visited.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [1280, 1600])
def test_the_league_table_of_twelve_needs_no_scrolling(path: Path, visit: Visit, width: int) -> None:
    visited = visit(path, width=width)
    room, needed = visited.page.evaluate(
        "(() => { const box = document.querySelector('.league').parentElement; return [box.clientWidth, box.scrollWidth] })()"
    )
    assert needed <= room


def test_names_of_the_graph_lie_apart_as_drawn(path: Path, visit: Visit) -> None:
    """By the browser's own measure of each text."""
    boxes = visit(path).page.evaluate(
        "[...document.querySelectorAll('#network svg')][0].querySelectorAll('text').values().map((t) => "
        "{ const b = t.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height, t.textContent] }).toArray()"
    )
    assert len(boxes) > len(TREATMENTS)
    for i, (l1, t1, r1, b1, one) in enumerate(boxes):
        for l2, t2, r2, b2, two in boxes[:i]:
            assert r1 <= l2 or r2 <= l1 or b1 <= t2 + 3 or b2 <= t1 + 3, (one, two)
