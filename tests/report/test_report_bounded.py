"""The page has what is in play, and of what is kept out a part: it says how much, and which file has all of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from report_large import large
from report_rendered import Rendered
from report_specs import SR, NumberSpec, StudySpec

from pipeline.linked import SetAsideRow
from pipeline.report.listing import MOST, MOST_NUMBERS, first
from pipeline.report.studies_read import MOST_EXCLUDED, read_studies
from pipeline.resolved import StudyRow
from pipeline.tables import write_rows

STUDIES = 8


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """With 320 records that are left out."""
    return Rendered(large(STUDIES, 40), tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """With 1,280 records that are left out."""
    return Rendered(large(STUDIES, 160), tmp_path_factory.mktemp("many"))


def table(report: Rendered, name: str) -> list[dict[str, str]]:
    with (report.path.parent / "data" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def without_archive(report: Rendered) -> str:
    return re.sub(r'href="data:application/zip[^"]*"', "", report.text)


def test_records_that_are_kept_out_do_not_make_the_page_longer(few: Rendered, many: Rendered) -> None:
    for section in few.page.xpath("//main/section/@id"):
        rows = [len(r.page.xpath(f"//section[@id='{section}']//tr | //section[@id='{section}']//li")) for r in (few, many)]  # fmt: skip
        assert rows[0] == rows[1], section
    assert abs(len(without_archive(many)) - len(without_archive(few))) < 0.01 * len(few.text)


def test_it_counts_all_that_it_does_not_list(many: Rendered) -> None:
    section = many.page.xpath("//section[@id='excluded']")[0]
    reasons = {row[0].text_content(): int(row[1].text_content()) for row in section.xpath(".//table[1]/tbody/tr")[:4]}
    rows = [row for row in table(many, "studies.csv") if row["decision"] == "exclude"]
    assert len(rows) == 160 * STUDIES
    assert reasons == dict(Counter(row["reason"] for row in rows))
    shown = section.xpath(".//tr[starts-with(@id, 'excluded-')]/td[1]")
    assert len(shown) == MOST_EXCLUDED
    assert {cell.text_content().strip() for cell in shown} == set(reasons)


def test_each_file_that_it_leads_to_lies_beside_it_and_has_every_row(many: Rendered) -> None:
    files = set(many.page.xpath("//a[starts-with(@href, 'data/')]/@href"))
    assert {"data/studies.csv", "data/reports.csv"} <= files
    assert all((many.path.parent / file).is_file() for file in files)
    (screened,) = many.page.xpath("//details[summary[contains(., 'Reports screened')]]")
    count = int(screened.xpath("summary/b")[0].text)
    *listed, rest = screened.xpath("ul/li")
    assert f"and {count - len(listed)} more" in rest.text_content()
    assert sum(row["kept"] == "true" for row in table(many, "reports.csv")) == count == 161 * STUDIES


def test_no_link_within_the_page_leads_nowhere(many: Rendered) -> None:
    places = set(many.page.xpath("//@id"))
    assert {link for link in many.page.xpath("//a/@href") if link.startswith("#") and link[1:] not in places} == set()


def test_every_pooled_number_keeps_its_words(many: Rendered) -> None:
    pooled = sum(row.pooled for row in many.inputs.outcomes)
    marks = many.page.xpath("//section[@id='outcomes']//tbody[.//td[normalize-space()][last()][starts-with(., 'yes')]]")
    assert len(marks) == pooled > STUDIES
    assert all(number.xpath(".//mark") for number in marks)


# ---- what is included, and not pooled --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """300 studies whose number waits, between studies whose numbers are pooled."""
    spec = large(STUDIES)
    pooled = [study for study in spec.studies if study.decision == "include"]
    open_ones = [_open(replace(pooled[0], study=f"open-{i:03d}", label=f"Open {i}")) for i in range(300)]
    spec.studies = [*pooled[:4], *open_ones, *pooled[4:]]
    spec.set_aside = [SetAsideRow(file=f"corpus/{i}.pdf", record="", reason="empty", remedy="-") for i in range(250)]
    return Rendered(spec, tmp_path_factory.mktemp("waiting"))


def _open(study: StudySpec) -> StudySpec:
    return replace(study, numbers=(NumberSpec(1, SR, "sustained", None, 20, "about 40 %", "waiting", 40.0),))


def test_all_that_is_pooled_is_listed_and_of_the_rest_the_first(waiting: Rendered) -> None:
    listed = waiting.page.xpath("//section[@id='studies']//tbody/@id")
    pooled = {f"study-{effect.study}" for outcome in waiting.inputs.pooled for effect in outcome.effects}
    assert len(pooled) == STUDIES
    assert pooled < set(listed)
    assert sorted(set(listed) - pooled) == [f"study-open-{i:03d}" for i in range(MOST - STUDIES)]
    assert f"{300 + STUDIES} studies are included" in waiting.page.xpath("//section[@id='studies']/p")[0].text_content()
    assert len(waiting.page.xpath("//section[@id='set_aside']//tbody/tr")) == MOST


def test_every_study_that_is_not_listed_has_its_page(waiting: Rendered) -> None:
    places = set(waiting.page.xpath("//@id"))
    links = set(waiting.page.xpath("//main//a/@href"))
    assert {link for link in links if link.startswith("#") and link[1:] not in places} == set()
    beside = {link.partition("#")[0] for link in links if link.startswith(("studies/", "data/"))}
    assert "studies/open-299.html" in {f"studies/{path.name}" for path in (waiting.path.parent / "studies").iterdir()}
    assert [link for link in beside if not (waiting.path.parent / link).is_file()] == []


def test_numbers_and_values_that_wait_are_counted_beyond_those_that_are_listed(waiting: Rendered) -> None:
    numbers = waiting.page.xpath("//h3[@id='outcomes-sustained_response']/following-sibling::div[1]//tbody")
    told = waiting.page.xpath("//h3[@id='outcomes-sustained_response']/following-sibling::p[1]")[0].text_content()
    rows = [row for row in table(waiting, "outcomes.csv") if row["outcome"] == SR]
    assert len(numbers) == MOST_NUMBERS
    assert told.startswith(f"{len(rows) - MOST_NUMBERS} further numbers")
    section = waiting.page.xpath("//section[@id='waiting']")[0]
    work = table(waiting, "worklist.csv")
    assert f"{len(work)} values wait" in section.text_content()
    lines = [item.text_content() for item in section.xpath(".//div[@class='line']/code")]
    assert lines == [row["line"] for row in work[:MOST]]


@pytest.mark.parametrize(("most", "shown"), [(2, "bd"), (3, "abd"), (4, "abcd"), (9, "abcde"), (0, "bd")])
def test_what_is_in_play_is_never_left_out(most: int, shown: str) -> None:
    assert "".join(first("abcde", lambda row: row in "bd", most)) == shown


# ---- the table of studies --------------------------------------------------------------------------------------------


def studies_csv(folder: Path, *rows: tuple[str, str, str]) -> Path:
    """With rows of (study, decision, reason)."""
    path = folder / "studies.csv"
    found = [
        StudyRow.model_validate(
            dict.fromkeys(("design", "age", "line", "title", "journal", "doi", "pmid", "record_id", "file"), "")
            | dict.fromkeys(("n_total", "year", "evidence_start", "evidence_end"))
            | {"authority": "accepted", "n_total_authority": "accepted", "reports": 1, "label": study}
            | {"study": study, "decision": decision, "reason": reason}
        )
        for study, decision, reason in rows
    ]
    write_rows(path, StudyRow, found)
    return path


def test_a_rare_reason_is_shown_as_well_as_a_frequent_one(tmp_path: Path) -> None:
    often = [(f"a{i}", "exclude", "preclinical") for i in range(50)]
    rare = [(f"b{i}", "exclude", "case report") for i in range(3)]
    found = read_studies(studies_csv(tmp_path, *often, ("in", "include", ""), *rare), named={"a40"}, most=10)
    assert [row.study for row in found.rows] == [*(f"a{i}" for i in range(7)), "a40", "in", "b0", "b1", "b2"]
    assert Counter(why.reason for why in found.left_out.values()) == {"preclinical": 50, "case report": 3}


def test_a_cell_that_is_guarded_from_spreadsheets_reads_as_it_was_meant(tmp_path: Path) -> None:
    found = read_studies(studies_csv(tmp_path, ("=a", "exclude", "+ a protocol"), ("007", "exclude", "x")), named=())
    assert {study: why.reason for study, why in found.left_out.items()} == {"=a": "+ a protocol", "007": "x"}
