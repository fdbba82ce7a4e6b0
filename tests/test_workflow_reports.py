"""A study of three reports and two series of one centre, on the whole way: counted once, and as the reviewers say."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.workflow import ROOT, copy_review, jobs, pooled, snakemake

HARBOUR = "In the Harbour trial (NCT09990001), {n} patients with refractory immune thrombocytopenia were treated with danazol. {result}"
SERIES = "We treated {n} patients with refractory immune thrombocytopenia with danazol. {result}"
TRIALISTS = ("Okafor, Chidi", "Lindqvist, Maja", "Petrov, Anton")

#: PMID → year, title, authors, text
RECORDS = {
    "90000001": (2014, "Danazol for adults with refractory immune thrombocytopenia: early results of the Harbour trial", TRIALISTS,
                 HARBOUR.format(n=40, result="Of the 40 patients, 18 (45%) responded.")),
    "90000002": (2016, "Danazol for refractory immune thrombocytopenia in adults: the Harbour trial", TRIALISTS,
                 HARBOUR.format(n=50, result="Of the 50 patients, 25 (50%) responded.")),
    "90000003": (2019, "Long-term outcome of danazol in refractory immune thrombocytopenia: the Harbour trial", TRIALISTS,
                 HARBOUR.format(n=50, result="Of the 25 responders, 10 (40%) relapsed.")),
    "90000004": (2017, "Experience with danazol in chronic immune thrombocytopenia at one hospital", ("Moreau, Julie",),
                 SERIES.format(n=30, result="Of the 30 patients, 12 (40%) responded.")),
    "90000005": (2020, "Low-dose danazol in refractory immune thrombocytopenia: a second series", ("Adeyemi, Bola",),
                 SERIES.format(n=60, result="Of the 60 patients, 36 (60%) responded.")),
}  # fmt: skip


#: overrides/links.csv
LINKS = (
    "record_a,record_b,relation,reason,reviewer,date\n"
    "90000001,search-90000002,different,other patients,AB,2026-11-20\n"
    "90000001,90000003,different,other patients,AB,2026-11-20\n"
    "90000004,90000005,shared cohort,same ward and years,AB,2026-11-20\n"
    "90000009,90000005,same study,seen in a register,AB,2026-11-20\n"
)


def nbib(*pmids: str) -> str:
    records = []
    for pmid in pmids:
        year, title, authors, text = RECORDS[pmid]
        names = "".join(f"FAU - {name}\n" for name in authors)
        records.append(f"PMID- {pmid}\nDP  - {year}\nTI  - {title}.\n{names}PT  - Journal Article\nAB  - {text}\n")
    return "\n".join(records)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("small")
    shutil.copytree(ROOT / "config", source / "config")
    (source / "corpus").mkdir()
    (source / "overrides").mkdir()
    (source / "corpus/search.nbib").write_text(nbib(*RECORDS), encoding="utf-8")
    folder = copy_review(source, source / "review")
    done = snakemake(folder)
    assert done.returncode == 0, done.stderr
    return folder


def response(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = pooled(folder)["overall_response"]
    return result


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "extracted" / table).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_study_counts_once_by_its_best_report(review: Path) -> None:
    """18/40 of the early results is within the 25/50 of the paper."""
    assert sorted((e["events"], e["n"]) for e in response(review)["effects"]) == [(12, 30), (25, 50), (36, 60)]
    trial = [row for row in rows(review, "studies.csv") if row["reports"] == "3"]
    assert [(row["study"], row["pmid"]) for row in trial] == [("okafor-2014", "90000002")]
    early = next(row for row in rows(review, "outcomes.csv") if (row["events"], row["n"]) == ("18", "40"))
    assert (early["study"], early["record_id"]) == ("okafor-2014", "search-90000001")
    assert early["not_pooled_because"] == "another report of this study is used (search-90000002)"


def test_the_report_tells_of_all_reports(review: Path) -> None:
    page = " ".join((review / "reports/index.html").read_text("utf-8").split())
    assert "search-90000001 in corpus/search.nbib (further report" in page
    assert "Further reports of a study" in page


def test_reviewers_split_and_flag_and_the_numbers_follow(review: Path) -> None:
    (review / "overrides/links.csv").write_text(LINKS, encoding="utf-8")
    assert set(jobs(review)) == {"link", "resolve", "pool", "audit", "release", "report"}
    done = snakemake(review)
    assert done.returncode == 0, done.stderr
    assert 'overrides/links.csv:5: no record "90000009"' in done.stdout + done.stderr
    result = response(review)
    assert sorted((e["events"], e["n"]) for e in result["effects"]) == [(18, 40), (25, 50), (36, 60)]
    assert [(p["events"], p["n"]) for p in result["sensitivity"]] == [(91, 180)]
    assert [row["effect"] for row in rows(review, "decisions.csv")] == ["applied", "applied", "applied", "stale"]
    page = " ".join((review / "reports/index.html").read_text("utf-8").split())
    assert "with all studies that share patients" in page
    assert "Pairs of studies flagged as sharing patients" in page


def test_lines_that_contradict_stop_with_their_places(review: Path) -> None:
    line = "90000001,90000002,same study,on second thoughts,AB,2026-11-21\n"
    (review / "overrides/links.csv").write_text(LINKS + line, encoding="utf-8")
    done = snakemake(review)
    assert done.returncode != 0
    assert "overrides/links.csv:2: 90000001 and search-90000002 cannot be different: line 6 makes them one study" in (
        done.stdout + done.stderr
    )
