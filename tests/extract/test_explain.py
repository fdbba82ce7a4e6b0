"""`litpool extract --explain`: the reasons that are shown are those of the extraction itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.extract.arm_pairing import ArmPairing
from pipeline.extract.explain import WAYS, explain, shown
from pipeline.parsed import Citation, ParsedRecord, Section, Source, Table

TEXT = (
    "Patients were randomised: 40 patients received rituximab plus dexamethasone (R-DEX), and 20 patients received "
    "dexamethasone alone. A response was seen in 30 of 40 patients (75%) with rituximab plus dexamethasone and in 50% "
    "with dexamethasone alone. Remission was seen in 12 patients."
)


@pytest.fixture(scope="module")
def extractor(settings: Settings) -> Extractor:
    return Extractor(settings)


def record(text: str, title: str | None = None) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.txt", span=(0, len(text))),
        citation=Citation(title=title),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[Section(title="Results", start=0, end=len(text))],
    )


def told(extractor: Extractor, text: str, title: str | None = None) -> str:
    return explain(extractor, extractor.find(record(text, title)))


def unwrapped(lines: str) -> str:
    return " ".join(lines.split())


def test_every_layer_is_shown(extractor: Extractor) -> None:
    said = unwrapped(told(extractor, TEXT))
    for part in (
        "“75%” PERCENT",
        "“dexamethasone” = dexamethasone",
        "“response” = overall_response",
        "(count of count (percent))",
        "n = 40, experimental; dexamethasone + rituximab",
        "n = 20, control; dexamethasone",
        "R-DEX = dexamethasone + rituximab",
    ):
        assert part in said, part


def test_each_row_stands_with_its_checks_and_the_reason_why_it_waits(extractor: Extractor) -> None:
    c = extractor(record(TEXT))
    said = unwrapped(told(extractor, TEXT)).split("Rows (", 1)[1]
    assert c.outcomes
    for o in c.outcomes:
        assert f"{o.arm} {o.outcome}:" in said
        value = "?" if o.events is None else f"{o.events}/{o.n}"
        shown_row = said.split(f"{o.arm} {o.outcome}: {value}", 1)[1]
        verdict = re.search(r"= (?:[\d.]+; right in )?([\d.]+)[^:]*: (accepted|waits)", shown_row)
        assert verdict is not None
        assert (float(verdict[1]), verdict[2]) == (o.confidence, "accepted" if o.status == "accepted" else "waits")
        for check in o.checks:
            assert (f"- {check.removeprefix('doubt: ')}" if check.startswith("doubt") else f"+ {check}") in said


def test_the_last_of_the_running_confidences_is_the_rows(extractor: Extractor) -> None:
    said = told(extractor, TEXT)
    row = re.search(r"30/40 \(75 %\).*?= ([\d.]+).*?: accepted", said, re.DOTALL)
    assert row is not None
    assert float(re.findall(r"together ([\d.]+)", row.group())[-1]) == pytest.approx(float(row[1]), abs=0.0006)


def test_a_record_that_is_kept_out_says_why(extractor: Extractor) -> None:
    text = "We searched Medline and Embase. The response rate was 75% (30 of 40 patients)."
    said = told(extractor, text, title="Drugs for anaemia: a systematic review")
    assert "exclude (review)" in said
    assert "none: the record is no study to extract from (review)" in said


def test_words_of_documents_are_data(extractor: Extractor) -> None:
    said = told(extractor, TEXT + " A response was seen in \x1b[31m25\x1b]0;gone\x07 patients (62%).\u202e", "T\x1b[2J")
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[31m25" in unwrapped(said)
    assert shown("a\n\tb\x00") == "a b\N{REPLACEMENT CHARACTER}"


def test_no_line_is_wider_than_the_terminal(extractor: Extractor) -> None:
    assert max(map(len, told(extractor, TEXT * 3 + " word" * 200 + "x" * 500, "title " * 50).splitlines())) <= 100


def test_the_command_explains_each_record_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.txt"
    path.write_text(f"Rituximab in anaemia\n\n{TEXT}\n", encoding="utf-8")
    assert main(["extract", "--explain", str(path)]) == 0
    assert "30/40 (75 %) of enrolled" in capsys.readouterr().out


def test_what_only_a_table_tells_is_shown_too(extractor: Extractor) -> None:
    text = (
        "Patients were randomised to omeprazole (n = 50) or ranitidine (n = 40). Cure was seen in 40 (80%) and 20 (50%) "
        "patients on omeprazole and ranitidine, respectively. Other outcomes are listed in Table 1."
    )
    table = Table(
        caption="Table 1. Outcomes at week 8",
        rows=[["", "Omeprazole (n = 50)", "Ranitidine (n = 40)"], ["Relapse, n (%)", "5 (10.0)", "10 (25.0)"]],
        header_rows=1,
    )
    found = extractor.find(record(text).model_copy(update={"tables": [table]}))
    rows = {(o.outcome, o.events, o.n) for o in extractor.candidate(found).outcomes}
    assert rows == {("cure", 40, 50), ("cure", 20, 40), ("relapse", 5, 50), ("relapse", 10, 40)}
    assert "relapse: 10/40 (25 %)" in unwrapped(explain(extractor, found))


def test_every_way_of_telling_an_arm_has_words() -> None:
    ways = {way for way, _ in ArmPairing([], [], [])._ways()}
    assert ways <= set(WAYS)
