"""Treatments compared, and their network, on the page: numbers by hand, true geometry, names of documents as text."""

from __future__ import annotations

import csv
import io
import math
import re
from itertools import combinations
from pathlib import Path

import pytest
from lxml import etree, html
from pydantic import TypeAdapter
from report_trials import TREATMENTS, write

from pipeline.analysed import Analyses
from pipeline.compared import (
    Edge,
    Estimate,
    LeagueCell,
    NetworkResult,
    Node,
    PooledEffect,
    Side,
    Trial,
    TrialSet,
)
from pipeline.config import load
from pipeline.pool.__main__ import main as pool
from pipeline.pool.metafor import r_script
from pipeline.pooled import PooledOutcome
from pipeline.report.effects import effect, effect_interval, with_interval
from pipeline.report.plots.effect_forest import EffectRow, Heads, effect_forest
from pipeline.report.plots.effect_scale import effect_scale
from pipeline.report.plots.lettering import width
from pipeline.report.plots.network_graph import network_graph
from pipeline.report.sections.comparative import lines
from pipeline.report.sections.network import league

SVG = "{http://www.w3.org/2000/svg}"
HEADS = Heads("Study", "First", "Second", "RR", "Weight", "less", "more")


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("trials"))


@pytest.fixture(scope="module")
def page(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes())


def numbers(page: html.HtmlElement, plot: str) -> list[dict[str, str]]:
    (place,) = page.xpath(f"//*[@data-plot='{plot}']")
    return list(csv.DictReader(io.StringIO(place.get("data-csv"))))


def test_pool_writes_the_script_that_the_report_offers(path: Path, tmp_path: Path) -> None:
    folder = path.parents[1]
    given = folder / "extracted"
    tables = [str(given / f"{name}.csv") for name in ("studies", "arms", "outcomes")]
    pooled, script = tmp_path / "pooled.json", tmp_path / "metafor.R"
    further = ["--analyses", str(tmp_path / "analyses.json"), "--comparisons", str(given / "comparisons.csv")]
    code = pool([*tables, str(pooled), "--r", str(script), *further, "--config", str(folder / "config")])
    assert code == 0
    results = TypeAdapter(list[PooledOutcome]).validate_json(pooled.read_bytes())
    analyses = TypeAdapter(list[Analyses]).validate_json((tmp_path / "analyses.json").read_bytes())
    assert any(analysed.comparative for analysed in analyses)
    offered = r_script(results, analyses, load(folder / "config").config.analysis)
    assert script.read_text("utf-8") == offered


# ---- numbers --------------------------------------------------------------------------------------------------------


def test_the_plot_holds_the_ratios_that_the_counts_give(page: html.HtmlElement) -> None:
    """22 of 50 against 6 of 48, and 41 of 80 against 15 of 82, pooled with weights 1/v as the two hardly differ."""
    rows = [r for r in numbers(page, "compared-overall_response") if r["comparison"].startswith("high-dose dexa")]
    rows = [r for r in rows if r["comparison"].endswith("against placebo")]
    first, second, pooled = rows
    tables = [(22, 50, 6, 48), (41, 80, 15, 82)]
    logs = [math.log((a / n) / (c / m)) for a, n, c, m in tables]
    weights = [1 / (1 / a - 1 / n + 1 / c - 1 / m) for a, n, c, m in tables]
    assert [float(r["RR"]) for r in (first, second)] == pytest.approx([math.exp(y) for y in logs], rel=1e-5)
    mean = sum(w * y for w, y in zip(weights, logs, strict=True)) / sum(weights)
    assert float(pooled["RR"]) == pytest.approx(math.exp(mean), rel=1e-5)
    half = 1.959963984540054 / sum(weights) ** 0.5
    assert float(pooled["RR_high"]) == pytest.approx(math.exp(mean + half), rel=1e-5)
    assert [pooled[c] for c in ("events1", "n1", "events2", "n2")] == ["63", "130", "21", "130"]
    assert float(first["OR"]) == pytest.approx(22 * 42 / (28 * 6), rel=1e-5)
    assert float(first["RD"]) == pytest.approx(22 / 50 - 6 / 48, rel=1e-5)


def test_randomised_and_other_studies_stand_apart(page: html.HtmlElement) -> None:
    rows = numbers(page, "compared-overall_response")
    of = [
        r
        for r in rows
        if r["comparison"].startswith("dexamethasone + ") and "high-dose dexamethasone alone" in r["comparison"]
    ]
    assert [(r["row"], r["kind"], r["study"]) for r in of if "acid" not in r["comparison"]] == [
        ("study", "randomised", "TrialC 2006"),
        ("study", "randomised", "TrialD 2007"),
        ("pooled", "randomised", ""),
        ("study", "not randomised", "Cohort1 2011"),
        ("study", "not randomised", "Cohort2 2012"),
        ("pooled", "not randomised", ""),
    ]  # fmt: skip
    text = words_of(page.get_element_by_id("comparative"))
    assert "Randomised trials and other studies stand apart and are never pooled together" in text


def test_what_a_report_states_is_set_against_the_counts(page: html.HtmlElement) -> None:
    section = page.get_element_by_id("comparative")
    assert "1 printed effect disagrees with the counts." in words_of(section)
    rows = [words_of(r) for r in section.xpath(".//tr[th/a and td[5 - 1]]") if "against" in words_of(r)]
    stated = {
        name: next(r for r in rows if r.startswith(name) and "p = 0.002" in r)
        for name in ("TrialA", "TrialB", "TrialC", "TrialG")
    }
    assert "agrees, as printed" in stated["TrialA"]
    assert "disagrees" in stated["TrialC"]
    assert "adjusted in the report, so that it need not agree" in stated["TrialB"], "and it is not counted"
    assert "38.0" in stated["TrialC"]
    assert "18.8" in stated["TrialC"]
    assert "a hazard ratio cannot be had from counts" in stated["TrialG"]


def test_what_is_not_compared_and_not_pooled_says_why(page: html.HtmlElement) -> None:
    text = words_of(page.get_element_by_id("comparative"))
    assert "Waits 2016: only one arm has a number that counts (y: waits for a reviewer)" in text
    assert "only 1 of 2 studies can tell an effect" in text
    assert "randomised, but counted among responders only" in text
    assert "No study gives two treatments with numbers of this outcome: Death." in text


def test_the_network_is_told_with_its_league_table(page: html.HtmlElement) -> None:
    (league,) = [t for t in page.find_class("league") if not t.xpath("ancestor::details[not(@class)]")]
    body = league.xpath("./tbody/tr")
    assert len(body) == len(TREATMENTS) == len(league.xpath("./thead//th")) - 2
    assert len(league.find_class("cell-network")) == 66
    edges = numbers(page, "network-overall_response-randomised-1")
    assert len(league.find_class("cell-direct")) == len(edges)
    (placebo,) = [r for r in numbers(page, "against-overall_response-randomised-1") if r["treatment"] == TREATMENTS[11]]
    assert float(placebo["RR"]) == pytest.approx((30.5 / 134) / (0.5 / 70), rel=1e-4), "one trial with an empty cell"
    text = words_of(page.get_element_by_id("network"))
    assert "16 studies, 35 arms" in text
    assert "left out: study trialp-2019: all or none had the event in all arms" in text
    assert "Relapse: no network. Randomised trials: no study compares two classes of regimens." in text


# ---- the page -------------------------------------------------------------------------------------------------------


def test_names_are_text_and_anchors_lead_somewhere(page: html.HtmlElement, path: Path) -> None:
    assert TREATMENTS[5] in words_of(page.get_element_by_id("network"))
    assert not page.xpath("//section[@id='network']//b[text()='plus']")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {h[1:] for h in page.xpath("//a/@href") if h.startswith("#")} <= set(ids)
    for drawing in re.findall(r'<svg[^>]*role="(?:img|group)".*?</svg>', path.read_text("utf-8"), flags=re.DOTALL):
        assert etree.fromstring(drawing).tag == f"{SVG}svg"


def test_equal_inputs_give_equal_bytes(path: Path, tmp_path: Path) -> None:
    assert write(tmp_path).read_bytes() == path.read_bytes()


# ---- drawings -------------------------------------------------------------------------------------------------------


def boxes(root: etree._Element) -> list[tuple[float, float, float, float, str]]:
    found = []
    for text in root.iter(f"{SVG}text"):
        words, x, y = text.text or "", float(text.get("x")), float(text.get("y"))
        long = width(words, 12 if text.get("class") in ("f-soft", "f-head", "f-tick", "f-node-number") else 13)
        left = x - {"start": 0.0, "middle": long / 2, "end": long}[text.get("text-anchor", "start")]
        found.append((left, y - 10, left + long, y + 3, words))
    return found


def assert_apart(root: etree._Element) -> None:
    _, _, wide, high = map(float, root.get("viewBox").split())
    texts = boxes(root)
    for left, top, right, bottom, words in texts:
        assert 0 <= left <= right <= wide + 1, words
        assert 0 <= top <= bottom <= high, words
    for (l1, t1, r1, b1, one), (l2, t2, r2, b2, two) in combinations(texts, 2):
        assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1, (one, two)


def star(names: list[str]) -> tuple[list[Node], list[Edge]]:
    nodes = [Node(name=n, studies=1, patients=20 + 7 * i, p_score=0.5) for i, n in enumerate(names)]
    return nodes, [Edge(first=names[0], second=n, studies=1 + i % 9, patients=40) for i, n in enumerate(names[1:])]


@pytest.mark.parametrize("names", [list(TREATMENTS), list(TREATMENTS[:3]), [f"treatment {i} " * 4 for i in range(25)]])
def test_names_and_counts_of_a_network_do_not_overlap(names: list[str]) -> None:
    root = etree.fromstring(str(network_graph("g", "Title", *star(names))))
    assert_apart(root)
    assert len(root.findall(f"{SVG}circle")) == len(names)


def drawn(rows: list[EffectRow], measure: str = "RR") -> etree._Element:
    return etree.fromstring(str(effect_forest("e", "Title", rows, HEADS, measure).svg))


def test_a_ratio_and_its_inverse_lie_as_far_from_none() -> None:
    scale = effect_scale([0.25, 4.0], [], True, 0.0, 200.0)
    middle = scale.place(1.0)
    assert scale.place(4.0) - middle == pytest.approx(middle - scale.place(0.25))
    assert [words for _, words in scale.marks()] == ["0.2", "0.5", "1", "2", "5"]


def test_an_interval_that_goes_on_ends_in_an_arrow_and_its_point_is_drawn() -> None:
    root = drawn(
        [
            EffectRow("study", "Far", "9/9", "1/9", 40.0, (0.5, 3000.0), 50.0),
            EffectRow("study", "Near", "1/2", "1/2", 1.0, (0.5, 2.0)),
        ]
    )
    arrows = [p for p in root.iter(f"{SVG}polygon") if p.get("class") == "f-arrow"]
    assert len(arrows) == 1
    squares = [float(b.get("x")) for b in root.iter(f"{SVG}rect") if b.get("class") == "f-square"]
    assert squares[0] > squares[1]


def test_differences_have_a_plain_axis_with_none_on_it() -> None:
    scale = effect_scale([0.2], [0.05, 0.36], False, 0.0, 100.0)
    assert scale.none == 0.0
    assert scale.scale.holds(0.0)
    assert scale.place(0.2) - scale.place(0.1) == pytest.approx(scale.place(0.3) - scale.place(0.2))


def test_long_labels_of_a_forest_do_not_overlap() -> None:
    rows = [EffectRow("contrast", f"{TREATMENTS[9]} against {TREATMENTS[4]}"), EffectRow("design", "Randomised trials")]
    rows += [EffectRow("study", name, "100/2000", "200/2000", 0.5, (0.4, 0.62), 30.0, "30.0 %") for name in TREATMENTS]
    rows += [EffectRow("pooled", "Pooled", "1200/24000", "2400/24000", 0.5, (0.45, 0.55), None, "100 %")]
    rows += [EffectRow("note", "Not pooled: " + "for a reason " * 20)]
    assert_apart(drawn(rows))


def test_a_long_forest_is_cut_for_paper_between_comparisons() -> None:
    block = [EffectRow("contrast", "a against b"), *[EffectRow("study", "s", "1/2", "1/2", 1.0, (0.5, 2.0))] * 8]
    assert effect_forest("e", "Title", block, HEADS, "RR").sheets == ()
    assert len(effect_forest("e", "Title", block * 12, HEADS, "RR").sheets) >= 2


@pytest.mark.parametrize(
    ("value", "measure", "shown"),
    [
        (1.3636, "RR", "1.36"), (31.94, "OR", "31.9"), (513.2, "OR", "513"), (0.004, "OR", "<0.01"),
        (1e9, "OR", ">9999"), (0.21428, "RD", "21.4"), (-0.057, "RD", "−5.7"), (-0.0001, "RD", "0.0"), (None, "RR", "—"),
        (9.996, "RR", "10.0"),
    ],
)  # fmt: skip
def test_effects_are_printed(value: float | None, measure: str, shown: str) -> None:
    assert effect(value, measure) == shown


def test_intervals_are_printed() -> None:
    assert effect_interval((1.0758, 1.7284), "RR") == "1.08–1.73"
    assert effect_interval((-0.031, 0.12), "RD") == "−3.1 to 12.0"
    assert effect_interval((0.001, 64380.0), "RR") == "<0.01 to >9999"
    assert with_interval(1.0, None, "RR") == "1.00"


def test_a_league_table_wider_than_paper_comes_in_panels() -> None:
    nodes, edges = star([f"t{i}" for i in range(20)])
    cells = [
        LeagueCell(row=a.name, column=b.name, network=Estimate(estimate=2.0, ci=(1.0, 4.0)), direct=None, studies=0)
        for a, b in combinations(nodes, 2)
    ]
    panels = league(network_of(nodes, edges, cells))
    assert [[number for number, _ in p.columns] for p in panels] == [list(range(1, 13)), list(range(13, 21))]
    assert all(len(p.rows) == 20 for p in panels)
    assert sum(c.kind == "network" for p in panels for _, row in p.rows for c in row) == 190
    (one,) = league(network_of(nodes[:14], edges[:13], cells))
    assert len(one.columns) == 14


def network_of(nodes: list[Node], edges: list[Edge], cells: list[LeagueCell]) -> NetworkResult:
    return NetworkResult(
        kind="randomised", measure="RR", method="REML", level=95, k=19, arms=38, patients=900, reference="t0", data=[],
        nodes=nodes, edges=edges, against=[], league=cells, tau2=0, i2=0, q=[], split=[], inconsistency=None,
    )  # fmt: skip


def test_the_result_without_high_risk_stands_below_the_whole() -> None:
    def pooled(estimate: float, k: int) -> PooledEffect:
        return PooledEffect(
            measure="RR", method="REML", test="z", k=k, estimate=estimate, ci=(1.0, 3.0), pi=None, p=0.04, tau2=0, i2=0,
            q=0, q_df=1, q_p=1,
        )  # fmt: skip

    def trial(high: bool) -> Trial:
        side = Side(arms=["A1"], labels=["x"], events=4, n=10)
        return Trial(
            study="s", label="S", year=None, design="randomised", first=side, second=side, timepoint="", effects={},
            high_risk=high,
        )  # fmt: skip

    trials = [trial(False), trial(False), trial(True)]
    found = TrialSet(kind="randomised", trials=trials, pooled=[pooled(2.0, 3)], low_risk=[pooled(1.5, 2)])
    whole, rest = lines(found, ["RR"])
    assert (whole.kind, whole.first, whole.main) == ("Randomised trials", "12/30", True)
    assert (rest.kind, rest.first, rest.k) == ("… without studies at high risk of bias", "8/20", 2)
