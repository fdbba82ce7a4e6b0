"""Months of searches through the real update and workflow: each costs what is new, and the end is as built at once."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from bench.year import differences
from pipeline.resolved import StudyRow, WorkRow
from pipeline.tables import read_rows
from tests.update.conftest import Review
from tests.update.entrez import Article, Entrez
from tests.update.server import Server
from tests.workflow import REVIEW, ROOT, jobs, snakemake

COUNT = 30
DRUGS = ("danazol", "rituximab", "eltrombopag", "dapsone", "vincristine")
NOTICE = (
    '<CommentsCorrectionsList><CommentsCorrections RefType="{kind}"><RefSource>Blood. 2026;9:9</RefSource>'
    '<PMID Version="1">{pmid}</PMID></CommentsCorrections></CommentsCorrectionsList>'
)


def month(number: int) -> list[Article]:
    """Thirty records that came in on the fifteenth; most are trials of own patients."""
    day = datetime.date(2026, number, 15)
    return [_article(1000 * number + i, i, day) for i in range(COUNT)]


def _article(pmid: int, i: int, day: datetime.date) -> Article:
    drug, n = DRUGS[i % len(DRUGS)], 20 + i
    title = f"{drug.capitalize()} for thrombocytopenia in hospital {pmid}"
    text = f"We treated {n} patients with immune thrombocytopenia with {drug}. A response was seen in {n // 2} of {n} patients."
    return Article(pmid, title, day, text if i % 6 else "This article reviews what is known.")


#: the review's folder, and the jobs that each month called for
Year = tuple[Path, list[dict[str, list[str]]]]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A review after three months, and the jobs of each month."""
    folder = tmp_path_factory.mktemp("year") / "review"
    entrez = Entrez()
    review = Review(folder)
    shutil.copytree(REVIEW, folder, ignore=shutil.ignore_patterns("config", "__pycache__"), dirs_exist_ok=True)
    for name in ("config.yaml", "drugs.csv", "outcomes.csv"):
        shutil.copy(ROOT / "config" / name, folder / "config" / name)
    (folder / "overrides").mkdir()
    planned = []
    with Server(entrez.routes()) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LITPOOL_ADDRESS_EUTILS", server.address)
        patch.setenv("NO_PROXY", "127.0.0.1")
        for number in (1, 2, 3):
            entrez.add(*month(number))
            _changes(entrez, number)
            assert review.update(f"2026-{number:02}-20") == 0
            planned.append(jobs(folder))
            done = snakemake(folder)
            assert done.returncode == 0, done.stderr
    return folder, planned


def _changes(entrez: Entrez, number: int) -> None:
    """In the second month a record of the first is retracted, in the third another one is corrected."""
    if number == 2:
        _notice(entrez.articles[1001], "RetractionIn", 901, datetime.date(2026, 2, 10))
    if number == 3:
        _notice(entrez.articles[1002], "ErratumIn", 902, datetime.date(2026, 3, 10))


def _notice(article: Article, kind: str, pmid: int, day: datetime.date) -> None:
    article.changed, article.more = day, NOTICE.format(kind=kind, pmid=pmid)


def test_each_month_reads_its_own_export_alone(year: Year) -> None:
    _, planned = year
    for number, found in enumerate(planned, 1):
        assert found["parse"] == found["extract"] == [f"2026-{number:02}-20-itp-pubmed.xml"]


def test_the_end_is_as_if_all_had_come_at_once(year: Year, tmp_path: Path) -> None:
    folder, _ = year
    there = tmp_path / "review"
    shutil.copytree(
        folder, there, ignore=shutil.ignore_patterns("extracted", "reports", ".snakemake", "logs", ".litpool")
    )
    done = snakemake(there)
    assert done.returncode == 0, done.stderr
    assert differences(folder, there) == []
    assert (there / "reports" / "index.html").stat().st_size > 100_000


def test_what_was_retracted_since_is_out_and_told_first(year: Year) -> None:
    folder, _ = year
    by_pmid = {row.pmid: row for _, row in read_rows(folder / "extracted" / "studies.csv", StudyRow)}
    assert len(by_pmid) == 3 * COUNT, "a record that came again is no other study"
    row = by_pmid["1001"]
    assert (row.decision, row.code, row.notices) == ("exclude", "retracted", "retraction in Blood. 2026;9:9 (PMID 901)")
    page = (folder / "reports" / "index.html").read_text("utf-8")
    assert 0 < page.index("Retracted and taken out") < page.index('class="answer"')
    assert f'href="#excluded-{row.study}"' in page


def test_what_was_corrected_since_waits_for_a_person(year: Year) -> None:
    folder, _ = year
    work = [row for _, row in read_rows(folder / "extracted" / "worklist.csv", WorkRow) if row.field == "notices"]
    assert [row.value for row in work] == ["erratum in Blood. 2026;9:9 (PMID 902)"]
