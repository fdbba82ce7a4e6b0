"""The forest plot: its rows are the pooled results, its geometry is true, and no two texts overlap."""

from __future__ import annotations

import csv
import re
from itertools import combinations, pairwise

import pytest
from lxml import etree
from report_rendered import Rendered

from pipeline.pooled import Effect, PooledOutcome
from pipeline.report.plots.forest import AXIS_LEFT, AXIS_RIGHT, forest_plot
from pipeline.report.plots.forest_rows import ForestRow, forest_rows
from pipeline.report.plots.forest_table import COLUMNS, forest_csv
from pipeline.report.plots.lettering import shorten, width, wrap
from pipeline.report.plots.paper import paper

SVG = "{http://www.w3.org/2000/svg}"


def drawn(rows: list[ForestRow]) -> etree._Element:
    return etree.fromstring(str(forest_plot("f", "Title", rows, 95.0, True).svg))


def plots_of(report: Rendered) -> list[etree._Element]:
    results = [result for result in report.inputs.pooled if result.effects]
    return [drawn(forest_rows(result, 95.0)) for result in results]


def boxes(root: etree._Element) -> list[tuple[float, float, float, float, str]]:
    """Left, top, right, bottom and words of each text, as wide as estimated and as high as its letters."""
    found = []
    for text in root.iter(f"{SVG}text"):
        words, x, y = text.text or "", float(text.get("x")), float(text.get("y"))
        long = width(words, 13)
        left = x - {"start": 0.0, "middle": long / 2, "end": long}[text.get("text-anchor", "start")]
        found.append((left, y - 10.5, left + long, y + 3.0, words))
    return found


def test_sixty_rows_with_long_labels_do_not_overlap(reports: dict[str, Rendered]) -> None:
    (root,) = plots_of(reports["sixty"])
    texts = boxes(root)
    assert len(texts) > 60 * 4
    for (l1, t1, r1, b1, one), (l2, t2, r2, b2, two) in combinations(texts, 2):
        apart = r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1
        assert apart, (one, two)


@pytest.mark.parametrize("name", ["itp", "sixty"])
def test_everything_stays_within_the_drawing(reports: dict[str, Rendered], name: str) -> None:
    for root in plots_of(reports[name]):
        _, _, wide, high = map(float, root.get("viewBox").split())
        for left, top, right, bottom, words in boxes(root):
            assert 0 <= left <= right <= wide + 1, words
            assert 0 <= top <= bottom <= high, words


def test_two_rows_work() -> None:
    rows = [ForestRow("study", "A", 1, 2, 0.5, 0.01, 0.99, 100.0), ForestRow("overall", "All", 1, 2, 0.5, 0.1, 0.9)]
    assert len(drawn(rows).findall(f".//{SVG}polygon")) == 1


def test_shapes_stand_where_the_numbers_say() -> None:
    rows = [
        ForestRow("study", "none", 0, 10, 0.0, 0.0, 0.31, 20.0),
        ForestRow("study", "all", 10, 10, 1.0, 0.69, 1.0, 80.0),
        ForestRow("overall", "All", 10, 20, 0.5, 0.25, 0.75, 100.0),
        ForestRow("prediction", "PI", low=0.1, high=0.9),
    ]
    root = drawn(rows)
    squares = [(float(r.get("x")), float(r.get("width"))) for r in root.iter(f"{SVG}rect")]
    assert [x + w / 2 for x, w in squares] == pytest.approx([AXIS_LEFT, AXIS_RIGHT], abs=0.02)
    assert squares[0][1] < squares[1][1]
    points = [tuple(map(float, p.split(","))) for p in root.find(f".//{SVG}polygon").get("points").split()]
    span = AXIS_RIGHT - AXIS_LEFT
    assert [x for x, _ in points] == pytest.approx([AXIS_LEFT + span * s for s in (0.25, 0.5, 0.75, 0.5)], abs=0.02)
    bar = next(e for e in root.iter(f"{SVG}line") if e.get("class") == "f-prediction")
    ends = (float(bar.get("x1")), float(bar.get("x2")))
    assert ends == pytest.approx((AXIS_LEFT + 0.1 * span, AXIS_LEFT + 0.9 * span), abs=0.02)


def test_rows_of_the_itp_plot(reports: dict[str, Rendered]) -> None:
    rows = forest_rows(reports["itp"].inputs.pooled[0], 95.0)
    studies = {row.label: (row.events, row.n) for row in rows if row.kind == "study"}
    assert studies["Arnold 2010"] == (14, 19)
    assert studies["Wu 2022, low-dose rituximab"] == (33, 56)
    assert len(studies) == 11
    assert sum(row.weight for row in rows if row.kind == "study" and row.weight is not None) == pytest.approx(100)
    last = [row.kind for row in rows[-5:]]
    assert last == ["overall", "prediction", "glmm", "note", "note"]
    spread = reports["itp"].inputs.pooled[0].overall.fits["iv"]
    told = re.fullmatch(
        r"Heterogeneity: τ² = (\S+), I² = (\d+) %; Q = (\S+), df = 10, p = 0\.04", rows[-2].label.replace("\u00a0", " ")
    )
    assert [float(words) for words in told.groups()] == pytest.approx(
        [spread["tau2"], spread["I2"], spread["Q"]], rel=0.01
    )
    # a class of one arm has no pooled line; of the eight classes, three have two arms
    assert sum(row.kind == "subtotal" for row in rows) == 3
    assert sum(row.kind == "class" for row in rows) == 8


def test_undated_studies_come_last_and_effects_alone_can_be_drawn() -> None:
    def effect(label: str, year: int | None) -> Effect:
        return Effect(
            study=label,
            label=label,
            arm="A1",
            regimen_class="x",
            year=year,
            events=1,
            n=2,
            proportion=0.5,
            ci=(0.01, 0.99),
            weight=50.0,
        )

    effects = [effect("undated", None), effect("late", 2020), effect("early", 1999)]
    outcome = PooledOutcome(outcome="o", label="O", effects=effects, overall=None, by_class=[], class_test=None)
    rows = forest_rows(outcome, 95.0)
    assert [row.label for row in rows] == ["early", "late", "undated"]
    assert not drawn(rows).findall(f".//{SVG}polygon")


def test_the_table_behind_the_plot_has_the_same_numbers(reports: dict[str, Rendered]) -> None:
    page = reports["itp"].page
    rows = page.xpath("//article[@id='plot-overall_response']//table//tr[@class='study']")
    cells = [[" ".join(c.text_content().split()) for c in row] for row in rows]
    arnold = next(c for c in cells if c[0] == "Arnold 2010")
    # Clopper-Pearson of 14/19, as R's binom.test(14, 19)
    assert arnold[1:4] == ["14/19", "73.7 %", "48.8–90.9 %"]
    assert len(cells) == 11


def test_wrapping_keeps_the_room_and_says_what_was_left_out() -> None:
    text = "one two three four five six seven eight nine ten"
    lines = wrap(text, 13, 90, 2)
    assert len(lines) == 2
    assert all(width(line, 13) <= 90 for line in lines)
    assert lines[-1].endswith("…")
    assert wrap("short", 13, 90, 2) == ["short"]
    assert wrap("", 13, 90, 2) == [""]


def test_an_endless_word_is_shortened() -> None:
    (line,) = wrap("x" * 500, 13, 100, 2)
    assert line.endswith("…")
    assert width(line, 13) <= 100
    assert shorten("abc", 13, 100) == "abc"


def many(count: int) -> list[ForestRow]:
    """Classes of seventeen studies, one study in three with a label of two lines."""
    rows: list[ForestRow] = []
    for i in range(count):
        rows += [ForestRow("class", f"class {i // 17}")] if i % 17 == 0 else []
        label = f"Author {i}" + " of a hospital with a long name, and others" * (i % 3 == 0)
        rows.append(ForestRow("study", label, i, 200, i / 200, max(0.0, i / 200 - 0.1), i / 200 + 0.1, 100 / count))
    return [*rows, ForestRow("overall", "All", 1, 2, 0.5, 0.4, 0.6, 100.0)]


def test_150_rows_do_not_overlap() -> None:
    texts = sorted(boxes(drawn(many(150))), key=lambda box: box[1])
    assert len(texts) > 150 * 4
    for i, (l1, _, r1, b1, one) in enumerate(texts):
        below = (box for box in texts[i + 1 :] if box[1] < b1)
        assert all(r1 <= l2 or r2 <= l1 for l2, _, r2, _, _ in below), one


def test_on_paper_a_long_plot_is_cut_into_pages_that_miss_nothing() -> None:
    forest = forest_plot("f", "Title", many(150), 95.0, True)
    whole = etree.fromstring(str(forest.svg))
    ids = {element.get("id") for element in whole.iter() if element.get("id")}
    windows = []
    for sheet in map(etree.fromstring, map(str, forest.sheets)):
        assert {use.get("href")[1:] for use in sheet.iter(f"{SVG}use")} == {"f-head", "f-rows", "f-axis"} <= ids
        _, top, _, high = map(float, sheet.find(f"{SVG}svg").get("viewBox").split())
        windows.append((top, top + high))
        # wider than high by less than the sides of A4 within its margins
        assert float(sheet.get("viewBox").split()[3]) / 960 < 265 / 182
    assert len(windows) >= 4
    names = [(box[1], box[3]) for box in boxes(whole) if box[0] < 20 and box[4] != "Study"]
    for top, bottom in names:
        # a row's words stand whole on one page; the windows share 8 units, where no words are
        assert sum(low <= top and bottom <= high for low, high in windows) == 1


def test_a_plot_of_one_page_needs_no_sheets() -> None:
    assert forest_plot("f", "Title", many(20), 95.0, True).sheets == ()


def test_paper_is_cut_before_a_class_and_never_behind_its_name() -> None:
    edges = [float(10 * i) for i in range(21)]
    assert paper(edges, [False] * 20, 90) == [(0, 90), (90, 180), (180, 200)]
    # a class from row 7 on: the first page ends before it
    assert paper(edges, [i == 7 for i in range(20)], 90)[0] == (0, 70)
    # one from row 2 on would leave the page half empty
    assert paper(edges, [i == 2 for i in range(20)], 90)[0] == (0, 90)
    assert paper(edges, [i == 8 for i in range(20)], 90)[0] == (0, 80)
    assert paper([0.0, 500.0, 510.0], [False, False], 90) == [(0, 500), (500, 510)]
    cuts = paper(edges, [i % 2 == 0 for i in range(20)], 15)
    assert all(a[1] == b[0] for a, b in pairwise(cuts))
    assert cuts[-1][1] == 200


def test_the_csv_has_the_numbers_and_no_formula() -> None:
    rows = [
        ForestRow("class", "one, two"),
        ForestRow("study", "=HYPERLINK(1)", 14, 19, 14 / 19, 0.488, 0.909, 60.0),
        ForestRow("overall", "All", 14, 19, 0.5, 0.4, 0.6, 100.0),
        ForestRow("prediction", "95 %", low=0.1, high=0.9),
        ForestRow("note", "Difference"),
    ]
    assert list(csv.reader(forest_csv(rows).splitlines())) == [
        list(COLUMNS),
        ["study", "one, two", "'=HYPERLINK(1)", "14", "19", "0.736842", "0.488", "0.909", "60"],
        ["overall", "", "All", "14", "19", "0.5", "0.4", "0.6", "100"],
        ["prediction", "", "95 %", "", "", "", "0.1", "0.9", ""],
    ]
