"""Studies that are kept out and that nobody names: little of them is read, and their row is that of the whole study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from reviewing import ARMS, Line, correct, exclude, include, study
from test_notices_of_studies import ERRATUM, RETRACTION, noticed, with_further

from pipeline.candidates import Eligibility, Evidence, Size
from pipeline.config import Settings
from pipeline.errors import UserError
from pipeline.linked import LinkRow, Report, Study
from pipeline.overrides.appending import append_rows
from pipeline.parsed import Citation, as_line
from pipeline.resolve.__main__ import resolve
from pipeline.resolve.kept_out import KeptOut, screened
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import finish, machine_tables
from pipeline.resolved import OutcomeRow, StudyRow, WorkRow
from pipeline.tables import read_rows, write_rows

CONFIG = Path(__file__).parents[2] / "config"
#: rows as a spreadsheet would spoil them
TITLE = '=Dogs, "and" cats\nétude '


def out(name: str, reason: str = "preclinical", **more: Any) -> Study:
    """A study that is kept out, without arms and numbers, with a name that a study of today may have, too."""
    of = study((), (), name, "exclude")
    said = {"eligibility": Eligibility(decision="exclude", reason=reason), "population": {"age": "adult", "line": None}}
    candidate = type(of.candidate).model_validate(of.candidate.model_dump() | said | more)
    return of.model_copy(update={"candidate": candidate, "names": [name, f"{name}-dogs"]})


WORDS = Evidence(start=5, end=8, text="dog")
KEPT_OUT = [
    out("ames-1990"),
    out("bell-1991", "case report", citation=Citation(title=TITLE, year=1991, journal="-", doi="10.1/x", pmid="12")),
    out("cook-1992", eligibility=Eligibility(decision="exclude", reason="review", evidence=WORDS)),
    out("dunn-1993", n_total=Size(value=12, status="review", confidence=0.5, evidence=WORDS)),
    out("eyre-1994", n_total=Size(value=None, status="review", confidence=0)),
]
OTHERS = [
    study(name="ford-1995"),
    study(name="gray-1996", decision="review"),
    study(name="hill-1997", decision="exclude"),
    noticed(ERRATUM, name="ives-1998", decision="exclude", arms=(), rows=()),
    noticed(RETRACTION, out=True, name="jung-1999", arms=(), rows=()),
    with_further(out("kerr-2000"), study(name="lund-2001")),
    study(ARMS, (), name="moss-2002", decision="exclude"),
]
STUDIES = sorted([*KEPT_OUT, *OTHERS], key=lambda s: s.study)


def write(folder: Path, studies: list[Study], *lines: Line) -> None:
    (folder / "overrides").mkdir()
    (folder / "studies.jsonl").write_text("".join(as_line(s) for s in studies), encoding="utf-8")
    write_rows(folder / "links.csv", LinkRow, [])
    for file, row in lines:
        append_rows(folder / "overrides" / file, type(row), [row])


def run(folder: Path, studies: list[Study], *lines: Line) -> Path:
    write(folder, studies, *lines)
    resolve(folder / "studies.jsonl", folder / "links.csv", folder / "overrides", CONFIG, folder / "out")
    return folder / "out"


def rows(out: Path) -> dict[str, StudyRow]:
    return {row.study: row for _, row in read_rows(out / "studies.csv", StudyRow)}


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (include(study="cook-1992", day=2), exclude(study="ford-1995"), correct("15", study="gray-1996")),
    ],
)
def test_the_tables_are_those_of_all_studies_read_whole(
    tmp_path: Path, settings: Settings, lines: tuple[Line, ...]
) -> None:
    found = run(tmp_path, STUDIES, *lines)
    whole = machine_tables(STUDIES, settings)
    apply_overrides(whole, tmp_path / "overrides", settings)
    whole = finish(whole, settings)
    write_rows(tmp_path / "studies.csv", StudyRow, whole.studies)
    write_rows(tmp_path / "outcomes.csv", OutcomeRow, whole.outcomes)
    for name in ("studies.csv", "outcomes.csv"):
        assert (found / name).read_bytes() == (tmp_path / name).read_bytes()


def test_only_studies_that_may_matter_are_read_whole(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path, STUDIES)
    kept_out, found = KeptOut(), screened(tmp_path / "studies.jsonl", settings.config.eligibility.reasons)
    read = kept_out.others(tmp_path / "studies.jsonl", found, {"ames-1990-dogs"})
    assert [s.study for s in read] == ["ames-1990", *(s.study for s in OTHERS)]
    assert kept_out.studies == [s.study for s in KEPT_OUT[1:]]
    assert kept_out.totals == {("decision", "accepted"): 4, ("n_total", "accepted"): 2, ("n_total", "waiting"): 1}


@pytest.mark.parametrize("field", ["notices", "text_hash", "names"])
def test_a_line_without_a_field_of_today_is_read_whole(tmp_path: Path, field: str) -> None:
    def drop(of: Any) -> Any:
        if isinstance(of, list):
            return [drop(one) for one in of]
        return {key: drop(x) for key, x in of.items() if key != field} if isinstance(of, dict) else of

    write(tmp_path, [])
    lines = [json.dumps(drop(json.loads(as_line(s))), separators=(",", ":")) + "\n" for s in KEPT_OUT]
    (tmp_path / "studies.jsonl").write_text("".join(lines), encoding="utf-8")
    resolve(tmp_path / "studies.jsonl", tmp_path / "links.csv", tmp_path / "overrides", CONFIG, tmp_path / "out")
    assert list(rows(tmp_path / "out")) == [s.study for s in KEPT_OUT]


@pytest.mark.parametrize("name", ["bell-1991", "bell-1991-dogs", "record-bell-1991", "corpus/a.txt#record-bell-1991"])
def test_a_reviewer_takes_one_in_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    row = rows(run(tmp_path, STUDIES, include(study=name)))["bell-1991"]
    assert (row.decision, row.authority, row.reason, row.title) == ("include", "corrected", "refractory", TITLE.strip())
    work = [w for _, w in read_rows(tmp_path / "out/waiting.csv", WorkRow) if w.study == "bell-1991"]
    assert [w.line_for for w in work] == ["added.csv"]


def test_a_name_that_fits_one_of_them_and_another_study_is_told(tmp_path: Path) -> None:
    named = [s.model_copy(update={"names": ["smith-1990"]}) for s in (KEPT_OUT[0], OTHERS[0])]
    with pytest.raises(UserError, match='"smith-1990" is not clear: it fits ames-1990, ford-1995; write one of these'):
        run(tmp_path, named, include(study="smith-1990"))


def test_a_name_that_is_nobodys_is_told_with_the_names_of_all(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        run(tmp_path, STUDIES, include(study="bel-1991"))
    assert 'study "bel-1991" is not known (nearest: bell-1991, ' in str(refused.value)
    assert str(refused.value).endswith(f"; known: {', '.join(s.study for s in STUDIES)})")


def test_a_record_that_one_of_them_has_the_name_of_is_called_with_its_file(tmp_path: Path) -> None:
    """A paper.pdf in two folders: the line of the worklist says which is meant."""
    waits = study(name="lund-2001", rows=(study().candidate.outcomes[0].model_copy(update={"status": "review"}),))
    main = study(name="kerr-2000", rows=())
    second = Report(record_id="further", file="corpus/a.txt", kept=True)
    joined = with_further(main.model_copy(update={"reports": [*main.reports, second]}), waits)
    namesake = out("ames-1990").model_copy(update={"reports": [Report(record_id="further", file="b.txt", kept=True)]})
    for folder, studies, called in [("one", [joined], "further"), ("two", [namesake, joined], "corpus/a.txt#further")]:
        (tmp_path / folder).mkdir()
        found = run(tmp_path / folder, studies)
        (line,) = [w.line for _, w in read_rows(found / "waiting.csv", WorkRow) if w.outcome]
        assert line.split(",")[0] == called
