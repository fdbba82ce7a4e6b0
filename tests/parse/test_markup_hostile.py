"""Marked-up files made to be slow: the cost grows with their size, not with its square."""

from __future__ import annotations

import gc
from pathlib import Path
from time import process_time

import pytest

from pipeline.parse import parse

PROSE = "We treated forty adults for eight weeks and counted what came of it, twice, by hand. " * 12
#: times as often in the second file; a cost that grows with the square would be 100 times as high
MORE = 10
#: more than linear cost takes on a busy machine, less than half of what a square would
MOST = 35

#: what is repeated within a frame (at `{}`)
JATS = {
    "brackets": ("<article><body><p>{}</p></body></article>", "("),
    "blanks": ("<article><body><p>{}</p></body></article>", " \n"),
    "references": ("<article><body><p>{}</p></body></article>", '[<xref ref-type="bibr">1</xref>], '),
    "references, glued": ("<article><body><p>{}</p></body></article>", '<xref ref-type="bibr">1</xref>'),
    "raised": ("<article><body><p>{}</p></body></article>", "10<sup>9</sup>"),
    "formulas": ("<article><body><p>{}</p></body></article>", "<tex-math>x</tex-math>"),
    "floating": ("<article><body><p>{}</p></body></article>", "a<fig><label>1</label></fig>"),
    "lists": ("<article><body><p>{}</p></body></article>", "a<list><list-item><p>b</p></list-item></list>"),
    "sections": ("<article><body>{}</body></article>", "<sec><title>T</title><p>a</p></sec>"),
    "rows": ("<article><body><table-wrap><table>{}</table></table-wrap></body></article>", "<tr><td>1</td></tr>"),
    "high cells": (
        "<article><body><table-wrap><table>{}</table></table-wrap></body></article>",
        '<tr><td rowspan="60000">1</td><td>2</td></tr>',
    ),
    "wide cells": (
        "<article><body><table-wrap><table>{}</table></table-wrap></body></article>",
        '<tr><td colspan="900">1</td></tr>',
    ),
    "pictures": ("<article><body>{}</body></article>", "<table-wrap><label>{n}</label><graphic/></table-wrap>"),
    "abstracts": (
        "<article><front><article-meta>{}</article-meta></front></article>",
        "<abstract><p>Methods: a</p></abstract>",
    ),
    "labels": (
        "<article><front><article-meta><abstract><p>{}</p></abstract></article-meta></front></article>",
        "METHODS: we. ",
    ),
    "authors": (
        "<article><front><article-meta><contrib-group>{}</contrib-group></article-meta></front></article>",
        "<contrib><name><surname>A</surname></name></contrib>",
    ),
    "entities": ("<article><body><p>{}</p></body></article>", "&nowhere{n};"),
    "notes": ("<article><back><fn-group>{}</fn-group></back></article>", "<fn><label>1</label><p>a</p></fn>"),
    "articles": ("<articles>{}</articles>", "<article><body><p>a</p></body></article>"),
}
PAGE = f"<html><head><title>T</title></head><body><h1>T</h1><p>{PROSE}</p>{{}}</body></html>"
HTML = {
    "brackets": (PAGE, "("),
    "blanks": (PAGE, " \n"),
    "unclosed": (PAGE, "<p><b>a"),
    "closed only": (PAGE, "</div></p>"),
    "comments": (PAGE, "a<!-- b -->"),
    "references": (PAGE, '[<a href="#ref1">1</a>], '),
    "raised": (PAGE, "10<sup>9</sup>"),
    "headings": (PAGE, "<h2>T</h2><p>a</p>"),
    "items": (PAGE, "<ul><li>a</li></ul>"),
    "tables": (PAGE, "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"),
    "high cells": (PAGE.format("<table>{}</table>"), '<tr><td rowspan="60000">1</td><td>2</td></tr>'),
    "figures": (PAGE, "<figure><figcaption>a</figcaption></figure>"),
    "parts": (PAGE, "<div><nav>a</nav><section><p>b</p></section></div>"),
    "facts": (
        "<html><head>{}</head><body><p>" + PROSE + "</p></body></html>",
        '<meta name="citation_author" content="A">',
    ),
}
SHAPES = [
    pytest.param(kind, shapes[name], id=f"{kind} {name}")
    for kind, shapes in (("nxml", JATS), ("html", HTML))
    for name in shapes
]


def written(path: Path, shape: tuple[str, str], times: int) -> Path:
    frame, piece = shape
    pieces = "".join(piece.replace("{n}", str(n)) for n in range(times)) if "{n}" in piece else piece * times
    path.write_text(frame.replace("{}", pieces), encoding="utf-8")
    return path


def seconds(path: Path) -> float:
    """CPU time of reading the file, the faster of two times."""
    took = []
    for _ in range(2):
        gc.collect()
        begin = process_time()
        assert sum(1 for _ in parse(path, path.name)) > 0
        took.append(process_time() - begin)
    return min(took)


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
def test_ten_times_as_much_costs_ten_times_as_much(tmp_path: Path, kind: str, shape: tuple[str, str]) -> None:
    once = 1_000
    small = seconds(written(tmp_path / f"small.{kind}", shape, once))
    large = seconds(written(tmp_path / f"large.{kind}", shape, once * MORE))
    assert large < MOST * max(small, 0.002)
