"""The report says what the threshold does: on the embedded review, and on made-up rows."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from lxml import html
from report_rendered import Rendered

from pipeline.extract.calibration import STEPS
from pipeline.report.sections.methods import bars
from pipeline.resolved import OutcomeRow

SAID = re.compile(r"([\d.]+)( \(as set\))? accepts (\d+) numbers? of (\d+) stud(?:y|ies)")


def said(page: html.HtmlElement) -> dict[float, tuple[int, int]]:
    """Threshold → (numbers, studies) as the methods state them."""
    text = " ".join(page.xpath("//section[@id='methods']")[0].text_content().split())
    return {float(t): (int(n), int(k)) for t, _, n, k in SAID.findall(text)}


def test_the_embedded_review_states_the_effect_of_its_threshold(embedded: Path) -> None:
    with (embedded / "extracted/outcomes.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["authority"] != "corrected"]
    found = said(html.document_fromstring((embedded / "reports/index.html").read_bytes()))
    assert set(found) == {0.8, 0.9, 0.95, 0.99}
    for threshold, stated in found.items():
        sure = [r for r in rows if float(r["confidence"]) >= threshold and "doubt" not in r["checks"]]
        assert stated == (len(sure), len({r["study"] for r in sure})), threshold
    assert found[0.9][0] == sum(r["authority"] == "accepted" for r in rows) > 0


def test_confidence_in_the_report_is_the_calibrated_one(embedded: Path) -> None:
    lines = [line for line in STEPS.read_text("utf-8").splitlines() if not line.startswith("#")]
    measured = {float(row["probability"]) for row in csv.DictReader(lines)}
    with (embedded / "extracted/outcomes.csv").open(encoding="utf-8", newline="") as found:
        assert {float(row["confidence"]) for row in csv.DictReader(found)} <= measured


def test_made_up_reviews_count_what_was_accepted(report: Rendered) -> None:
    rows = [row for row in report.inputs.outcomes if row.authority == "accepted"]
    chosen = report.inputs.settings.config.acceptance.threshold
    assert said(report.page)[chosen] == (len(rows), len({row.study for row in rows}))


def row(study: str, confidence: float, **more: object) -> OutcomeRow:
    values = {
        "study": study,
        "arm": "A1",
        "outcome": "overall_response",
        "name": "response",
        "events": 7,
        "n": 10,
        "percent": 70.0,
        "timepoint": "",
        "denominator": "enrolled",
        "authority": "accepted" if confidence >= 0.9 else "waiting",
        "confidence": confidence,
        "checks": "count matches percent",
        "pooled": False,
        "not_pooled_because": "",
        "evidence_start": 0,
        "evidence_end": 1,
    }
    return OutcomeRow.model_validate(values | more)


def test_what_reviewers_decided_and_what_is_in_doubt_counts_for_no_threshold() -> None:
    rows = [
        row("a", 0.96),
        row("a", 0.91),
        row("b", 0.85),
        row("c", 0.97, authority="corrected"),
        row("d", 0.98, authority="waiting"),
        row("e", 0.95, authority="waiting", checks="count matches percent; doubt: one number for several arms"),
        row("f", 0.95, authority="waiting", checks=""),
    ]
    found = {bar.threshold: (bar.numbers, bar.studies) for bar in bars(rows, 0.9)}
    assert found == {0.8: (3, 2), 0.9: (2, 1), 0.95: (1, 1), 0.99: (0, 0)}


def test_a_threshold_of_ones_own_is_among_them_and_marked() -> None:
    found = bars([row("a", 0.96), row("b", 0.75, authority="accepted")], 0.7)
    assert [(bar.threshold, bar.chosen, bar.numbers) for bar in found] == [
        (0.7, True, 2),
        (0.8, False, 1),
        (0.9, False, 1),
        (0.95, False, 1),
        (0.99, False, 0),
    ]
