"""Results of a register's entry are read from its tables; an entry without results is a protocol."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from pipeline.candidates import Candidate
from pipeline.config import load
from pipeline.extract.extractor import Extractor
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, SetAside
from tests.update.ctgov import Trial

CONFIG = Path(__file__).parents[2] / "config"
TITLE = "A Trial of Eltrombopag Versus Placebo in Adults With Immune Thrombocytopenia"


def trial(*counts: tuple[str, int, int]) -> Trial:
    return Trial(7, TITLE, datetime.date(2010, 1, 1), counts=counts)


def read(folder: Path, text: str) -> list[ParsedRecord | SetAside]:
    path = folder / "a.json"
    path.write_text(text, encoding="utf-8")
    return list(parse(path, "a.json"))


def candidate(folder: Path, entry: Trial) -> Candidate:
    (record,) = read(folder, json.dumps({"studies": [entry.entry()]}))
    assert isinstance(record, ParsedRecord)
    found = Extractor(load(CONFIG))(record)
    for outcome in found.outcomes:
        assert record.words(outcome.evidence.start, outcome.evidence.end) == outcome.evidence.text
    return found


def test_posted_counts_wait_for_a_person_to_take_the_trial_in(tmp_path: Path) -> None:
    found = candidate(tmp_path, trial(("Eltrombopag", 43, 76), ("Placebo", 6, 38)))
    assert (found.eligibility.decision, found.eligibility.reason) == ("review", "reports a response in a table only")
    drugs = {a.arm: a.drugs for a in found.arms}
    told = [(drugs[o.arm], o.outcome, o.events, o.n) for o in found.outcomes]
    assert told == [(["eltrombopag"], "overall_response", 43, 76), (["placebo"], "overall_response", 6, 38)]
    assert [r.id for r in found.registration] == ["NCT00000007"]


def test_an_entry_without_results_is_a_protocol(tmp_path: Path) -> None:
    assert candidate(tmp_path, trial()).eligibility.reason == "protocol"


@pytest.mark.parametrize("shape", ["object", "list", "lines"])
def test_shapes_of_downloads(tmp_path: Path, shape: str) -> None:
    entry = json.dumps(trial().entry())
    text = {"object": entry, "list": f"[{entry}, {entry}]", "lines": f'{{"studies": [\n{entry},\n{entry}\n]}}\n'}[shape]
    rows = read(tmp_path, text)
    assert len(rows) == (1 if shape == "object" else 2)
    assert {row.citation.journal for row in rows if isinstance(row, ParsedRecord)} == {"ClinicalTrials.gov"}
    assert rows[0].record_id == ("a" if shape == "object" else "a-nct00000007")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "records", "aside"),
    [
        ('{"studies": [\n{"protocolSection":{}},\n{"protocolSection":{"a"\n]}\n', 1, 1),
        ('{"studies": [{"protocolSection":{"identificationModule":', 0, 1),
        ('[{"protocolSection":{"identificationModule":[3], "statusModule":"x", "designModule":{"phases":{}}}}]', 1, 0),
    ],
)
def test_damage_costs_its_own_record(tmp_path: Path, text: str, records: int, aside: int) -> None:
    rows = read(tmp_path, text)
    assert [sum(isinstance(r, ParsedRecord) for r in rows), sum(isinstance(r, SetAside) for r in rows)] == [
        records,
        aside,
    ]
