"""The flow diagram of an update: what the version before had, and what is new."""

from __future__ import annotations

import re
from dataclasses import replace

from report_rendered import Rendered

from pipeline.released import Changes, Since, StudyChange
from pipeline.report.inputs import Inputs
from pipeline.report.sections.flow import Step, data


def updated(report: Rendered) -> Inputs:
    """Of the ITP review, the PDF and one record of the export are new; one study came in, one is gone."""
    inputs = report.inputs
    since = Since(
        name="2026.1",
        date="2026-10-21",  # type: ignore[arg-type]
        new_files=["corpus/wu2022.pdf"],
        new_records=[(inputs.study["tanaka-2006"].file, "tanaka-2006")],
        studies=[
            StudyChange(study="wu-2022", label="Wu 2022", title="", change="in", causes=["new"]),
            StudyChange(
                study="oo-2004", label="Oo 2004", title="", change="out", causes=["override"], reason="one patient"
            ),
        ],
        included_before=9,
        reports_before=11,
    )
    return replace(inputs, changes=Changes(since=since, exports={"corpus/wu2022.pdf": "Europe PMC, 2026-11-20"}))


def steps(inputs: Inputs) -> list[Step]:
    found = data(inputs)["steps"]
    assert isinstance(found, list)
    return found


def test_each_box_tells_what_is_new(reports: dict[str, Rendered]) -> None:
    identified, screened, assessed, included, pooled = steps(updated(reports["itp"]))
    assert (identified.box.new, screened.box.new, assessed.box.new) == (2, 2, 2)
    assert (included.box.count, included.box.new, pooled.box.new) == (9, 1, None)
    assert [e.text for e in included.box.entries if e.new] == ["Wu 2022"]
    assert identified.box.words.replace("\u00a0", " ") == "Records identified (n = 17), 2 new"


def test_sources_go_by_their_searches(reports: dict[str, Rendered]) -> None:
    identified = steps(updated(reports["itp"]))[0]
    assert "Europe PMC (n = 1), 1 new" in [line.replace("\u00a0", " ") for line in identified.box.lines]
    entry = next(e for e in identified.box.entries if e.text == "Europe PMC, 2026-11-20, corpus/wu2022.pdf")
    assert (entry.detail, entry.new) == ("1 record", True)


def test_the_drawing_begins_with_the_version_before_and_names_what_is_gone(reports: dict[str, Rendered]) -> None:
    inputs = updated(reports["itp"])
    drawn = " ".join(re.sub(r"<[^>]+>", " ", str(data(inputs)["svg"])).replace("\u00a0", " ").split())
    assert "Studies included in version 2026.1 (n = 9) Reports of these studies (n = 11)" in drawn
    gone = next(box for box in steps(inputs)[3].leaving if "no longer" in box.title)
    assert [(e.text, e.detail, e.anchor) for e in gone.entries] == [("Oo 2004", "one patient", "excluded-oo-2004")]


def test_without_a_version_nothing_is_new(reports: dict[str, Rendered]) -> None:
    assert all(box.new is None for step in steps(reports["barren"].inputs) for box in (step.box, *step.leaving))
