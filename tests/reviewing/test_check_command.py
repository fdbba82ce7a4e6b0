"""`litpool check`: every problem at once, each with its place and the way out; quick, and it writes nothing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.cli import main
from tests.conftest import ROOT
from tests.reviewing.review import make_review, written

SIGNED = "reason=misread;reviewer=AB;date=2026-11-01"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_review(tmp_path / "review")


def checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, list[str]]:
    """Exit code, what is told on stdout, and the lines on stderr with names relative to the folder."""
    before = bytes_of(folder)
    code = main(["check", str(folder)])
    assert bytes_of(folder) == before, "a check writes nothing"
    told = capsys.readouterr()
    return code, told.out, told.err.replace(f"{folder}/", "").splitlines()


def bytes_of(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def problems(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    code, out, told = checked(folder, capsys)
    assert (code, out) == (2, "")
    assert told[-1] == f"{len(told) - 1} problem{'s' if len(told) > 2 else ''} to fix"
    return told[:-1]


def test_nothing_to_fix_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(folder, "exclusions.csv", f"study=smith-2011;{SIGNED}")
    assert checked(folder, capsys) == (0, "config/ and 1 line in 1 file of overrides/ are right\n", [])


def test_before_the_first_run_it_says_what_was_not_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_review(tmp_path / "review", built=False)
    written(folder, "exclusions.csv", f"study=nobody-2011;{SIGNED}")
    code, out, told = checked(folder, capsys)
    assert (code, told) == (0, [])
    assert "names of studies and arms are checked after `snakemake all`" in out


#: file, what stands in its line, and what is told of it
MISTAKES = {
    "a study that is not known": (
        "exclusions.csv", f"study=arnold-2011;{SIGNED}",
        'study "arnold-2011" is not known (nearest: arnold-2010; known: arnold-2010, smith-2011, weber-2012)',
    ),
    "an arm that the study has not": (
        "corrections.csv", f"study=smith-2011;arm=A7;field=n;value=30;{SIGNED}", 'arm "A7"',
    ),
    "a field that there is not": (
        "corrections.csv", f"study=smith-2011;arm=A1;field=drug;value=danazol;{SIGNED}", '"drug"',
    ),
    "a number that is none": (
        "corrections.csv", f"study=smith-2011;arm=A1;field=n;value=many;{SIGNED}", 'n: "many" is not a whole number of 0 or more',
    ),
    "no reason": ("exclusions.csv", "study=smith-2011;reviewer=AB;date=2026-11-01", "reason is empty, and must not be"),
    "a date that may be two": (
        "exclusions.csv", "study=smith-2011;reason=r;reviewer=AB;date=03/04/2026", 'date: "03/04/2026": may be',
    ),
    "a code that the protocol has not": (
        "exclusions.csv", f"study=smith-2011;code=desing;{SIGNED}", 'code "desing" is not known',
    ),
    "a relation that there is not": (
        "links.csv", f"record_a=arnold;record_b=smith;relation=same;{SIGNED}",
        'relation: "same": is not one of same record, same study, shared cohort, different',
    ),
    "a judgement that the tool has not": (
        "risk_of_bias.csv", "study=smith-2011;tool=RoB 2;item=D1;judgement=medium;reviewer=AB;date=2026-11-01", '"medium"',
    ),
    "an outcome that is not defined": (
        "certainty.csv", "outcome=responce;domain=imprecision;judgement=serious;reviewer=AB;date=2026-11-01", 'outcome "responce" is not known',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "line", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, line: str, message: str
) -> None:
    written(folder, name, line)
    (told,) = problems(folder, capsys)
    assert told.startswith(f"overrides/{name}:2: ")
    assert message in told


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, line, _ in MISTAKES.values():
        written(folder, name, line)
    config = folder / "config/config.yaml"
    config.write_text(config.read_text("utf-8").replace("measure: PLO", "measure: OR"), encoding="utf-8")
    told = problems(folder, capsys)
    assert told[0].startswith("config/config.yaml: analysis.measure")
    needs_config = ("that the protocol has not", "that is not defined", "that the tool has not")
    expected = [message for what, (_, _, message) in MISTAKES.items() if not what.endswith(needs_config)]
    assert [m for m in expected if not any(m in line for line in told)] == []
    assert len(told) == len(set(told)) == len(expected) + 1


def test_a_line_that_cannot_be_read_hides_no_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(folder, "exclusions.csv", 'study=smith-2011;reason="two\nlines";reviewer=AB;date=soon')
    written(folder, "exclusions.csv", f"study=nobody;{SIGNED}", "study=smith-2011;reviewer=AB;date=2026-11-01")
    told = problems(folder, capsys)
    assert [line.split(": ")[0] for line in told] == [f"overrides/exclusions.csv:{n}" for n in (2, 5, 4)]
    assert "nobody" in told[2]


def test_what_rests_on_the_configuration_is_told_with_all_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, line, _ in MISTAKES.values():
        written(folder, name, line)
    told = problems(folder, capsys)
    assert [m for _, _, m in MISTAKES.values() if not any(m in line for line in told)] == []
    assert len(told) == len(MISTAKES)


def test_problems_of_all_files_of_config_are_told_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = folder / "config/config.yaml"
    config.write_text(config.read_text("utf-8").replace("threshold:", "treshold:"), encoding="utf-8")
    (folder / "config/drugs.csv").write_text("name,class\n", encoding="utf-8")
    (folder / "config/outcomes.csv").unlink()
    told = problems(folder, capsys)
    assert [line.split(":")[0] for line in told] == ["config/config.yaml", "config/drugs.csv", "config/outcomes.csv"]
    assert 'did you mean "threshold"?' in told[0]


def test_a_conflict_of_git_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "overrides/exclusions.csv"
    path.write_text(path.read_text("utf-8") + "<<<<<<< HEAD\n=======\n>>>>>>> other\n", encoding="utf-8")
    (told,) = problems(folder, capsys)
    assert told.startswith("overrides/exclusions.csv:2: two people changed the same lines")


def test_a_file_that_nobody_reads_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "overrides/correction.csv").write_text("study\n", encoding="utf-8")
    (told,) = problems(folder, capsys)
    assert told.startswith("overrides/correction.csv: is not read; did you mean corrections.csv?")


def test_a_stale_line_is_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(folder, "corrections.csv", f"study=smith-2011;arm=A1;field=n;value=30;was=33;{SIGNED}")
    code, out, told = checked(folder, capsys)
    assert code == 0
    assert out == "config/ and 1 line in 1 file of overrides/ are right, 1 warning\n"
    assert len(told) == 1
    assert told[0].startswith(
        "warning: overrides/corrections.csv:2: n: stale: the machine now says 35, the line saw 33"
    )


def test_two_who_differ_are_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cell = "study=smith-2011;arm=A1;field=n;was=35;reason=r;date=2026-11-01"
    written(folder, "corrections.csv", f"{cell};value=30;reviewer=AB", f"{cell};value=31;reviewer=CD")
    code, _, told = checked(folder, capsys)
    assert code == 0
    assert told == [
        "warning: overrides/corrections.csv:2: n: 30 waits: CD says 31 (corrections.csv:3)",
        "warning: overrides/corrections.csv:3: n: 31 waits: AB says 30 (corrections.csv:2)",
    ]


def test_names_of_the_configuration_that_are_hardly_meant(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = folder / "config/config.yaml"
    classes = "regimen_classes: [{name: Old ones, classes: [androgen, retinoids], drugs: [dapson, tretinoin]}]"
    config.write_text(config.read_text("utf-8").replace("regimen_classes: []", classes), encoding="utf-8")
    for name in ("drugs.csv", "outcomes.csv"):
        path = folder / "config" / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    drugs = folder / "config/drugs.csv"
    drugs.write_text(drugs.read_text("utf-8") + "vesanoid,retinoid,ATRA|Vesanoid\n", encoding="utf-8")
    code, _, told = checked(folder, capsys)
    place = 'warning: config/config.yaml: analysis.regimen_classes, "Old ones"'
    assert code == 0
    assert told == [
        f'{place}: no drug of drugs.csv is "dapson"; did you mean dapsone?',
        f'{place}: no drug_class of drugs.csv is "retinoids"; did you mean retinoid?',
        'warning: config/drugs.csv: "ATRA" is a name of tretinoin and vesanoid; take it from one',
        'warning: config/drugs.csv: drug "placebo" is there twice',
        'warning: config/outcomes.csv: outcome "disposition" is there twice',
    ]


def test_a_record_that_is_not_there_is_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(folder, "links.csv", f"record_a=arnold;record_b=smit;relation=different;{SIGNED}")
    code, _, told = checked(folder, capsys)
    assert code == 0
    assert told == ['warning: overrides/links.csv:2: no record "smit" (nearest: smith); the line waits for it']


def test_links_that_contradict_each_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for relation in ("same study", "different"):
        written(folder, "links.csv", f"record_a=arnold;record_b=smith;relation={relation};{SIGNED}")
    (told,) = problems(folder, capsys)
    assert told.startswith("overrides/links.csv:3: arnold and smith cannot be different: line 2 makes them one study")


def test_tables_of_another_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "extracted/studies.jsonl"
    path.write_text(path.read_text("utf-8").replace('"label"', '"name"', 1), encoding="utf-8")
    (told,) = problems(folder, capsys)
    assert (
        told
        == "extracted/studies.jsonl: was written by another version of litpool; run `snakemake all`, then this again"
    )


def test_a_folder_without_a_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "x")]) == 2
    assert "x: no such folder" in capsys.readouterr().err
    assert "`litpool new DIR` makes a review" in problems(tmp_path, capsys)[0]


def test_it_takes_less_than_two_seconds_and_loads_nothing_heavy(folder: Path) -> None:
    """Processor time of a review with a thousand studies, so that a busy machine does not count."""
    path = folder / "extracted/studies.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    many = [lines[i % 2].replace("-201", f"-{i}-201") for i in range(1000)]
    path.write_text("".join([*lines, *many]), encoding="utf-8")
    written(folder, "corrections.csv", *[f"study=smith-2011;arm=A1;field=n;value=30;was=35;{SIGNED}"] * 500)
    code = (
        "import sys, time; from pipeline.cli import main; code = main(['check', sys.argv[1]]);"
        "heavy = {'pandas', 'numpy', 'spacy', 'scipy', 'openpyxl', 'statsmodels', 'matplotlib'} & set(sys.modules);"
        "print(code, sorted(heavy), time.process_time())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    code, heavy, seconds = done.stdout.splitlines()[-1].split(" ")
    assert (code, heavy) == ("0", "[]")
    assert float(seconds) < 2


def test_the_hook_runs_it(folder: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert hook["entry"] == "litpool check"
    done = subprocess.run(
        [sys.executable, "-m", *hook["entry"].replace("litpool", "pipeline").split()],
        cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
