"""A page per study: every span that was read is marked where it stands, and nothing of a document is markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from make_review import write_review
from report_rendered import Rendered
from report_specs import StudySpec, barren

from pipeline.report.__main__ import main
from pipeline.report.plain import plain
from pipeline.report.study_pages.marked import Span, marked
from pipeline.report.study_pages.names import page_name
from pipeline.report.study_pages.writing import GENERATOR, clear
from pipeline.resolved import WorkRow
from pipeline.tables import write_rows

Reports = dict[str, Rendered]


def page_of(report: Rendered, study: str) -> html.HtmlElement:
    return html.document_fromstring((report.path.parent / "studies" / page_name(study)).read_bytes())


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_each_study_that_is_not_excluded_has_a_page_and_the_table_leads_to_it(report: Rendered) -> None:
    names = {page_name(row.study) for row in report.inputs.studies if row.decision != "exclude"}
    folder = report.path.parent / "studies"
    assert {path.name for path in folder.iterdir()} == names
    linked = {h for h in report.page.xpath("//section[@id='studies']//@href") if h.startswith("studies/")}
    assert linked == {f"studies/{page_name(r.study)}" for r in report.inputs.studies if r.decision == "include"}


def test_links_of_a_page_have_their_targets(report: Rendered) -> None:
    index = set(report.page.xpath("//@id"))
    for row in report.inputs.studies:
        if row.decision != "exclude":
            page = page_of(report, row.study)
            ids = page.xpath("//@id")
            assert len(ids) == len(set(ids))
            for href in page.xpath("//@href"):
                path, _, anchor = href.partition("#")
                if path in ("", "../index.html") and anchor:
                    assert anchor in (ids if path == "" else index), href


def test_what_was_read_is_marked_in_the_text(reports: Reports) -> None:
    page = page_of(reports["itp"], "wu-2022")
    rows = [[words_of(cell) for cell in row] for row in page.xpath("//section[1]//tbody/tr")]
    assert [row[0] for row in rows] == ["E", "N", "A1", "A2", *(f"O{i}" for i in range(1, 9))]
    assert rows[4][1:4] == ["A1 Overall response, 1 year", "90/112, 80.4 %", "accepted"]
    mark = page.xpath("//div[@class='fulltext']/mark[a='O1']")[0]
    assert words_of(mark) == "O190 of 112 patients (80.4 %) had a overall response"
    shared = page.xpath("//div[@class='fulltext']/mark[a='N']")[0]
    assert {a.text for a in shared} == {"A1", "A2", "N"}


def test_the_text_is_whole_and_letter_for_letter(reports: Reports) -> None:
    report = reports["sixty"]
    for row in report.inputs.studies[:6]:
        page = page_of(report, row.study)
        for label in page.xpath("//div[@class='fulltext']//a"):
            label.text = ""
        shown = page.find_class("fulltext")[0].text_content()
        raw = report.inputs.records[row.file, row.record_id].raw
        assert " ".join(shown.split()) == " ".join(plain(raw).split())


def test_nothing_of_a_document_is_markup_and_nothing_runs(report: Rendered) -> None:
    for path in (report.path.parent / "studies").iterdir():
        page = html.document_fromstring(path.read_bytes())
        assert not page.xpath("//script | //img | //link | //iframe | //@src | //@style")
        assert not [name for element in page.iter() for name in element.attrib if name.lower().startswith("on")]
        policy = page.xpath("//meta[@http-equiv]/@content")[0]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert len(path.read_bytes()) < 100_000


def test_decisions_and_what_waits_stand_on_the_page(reports: Reports) -> None:
    page = page_of(reports["itp"], "podolanczuk-2009")
    history = words_of(page.xpath("//section[h2/@id='history']//tbody")[0])
    assert "overall_response.events" in history
    assert "overrides/corrections.csv:3" in history
    lines = [code.text for code in page_of(reports["itp"], "robak-2007").xpath("//div[@class='line']/code")]
    assert lines == [row.line for row in reports["itp"].inputs.worklist if row.study == "robak-2007"] != []


def test_a_study_under_review_is_reached_from_what_waits(tmp_path: Path) -> None:
    review = barren()
    review.studies.append(StudySpec("open-2002", "Open 2002", decision="review", reason="may be a case series"))
    write_review(review, tmp_path)
    places = WorkRow(study="open-2002", arm="", field="decision", value="", why="unsure", evidence="", file="", start=None, end=None, line="")  # fmt: skip
    write_rows(tmp_path / "extracted/worklist.csv", WorkRow, [places])
    main(["--extracted", f"{tmp_path}/extracted", "--config", f"{tmp_path}/config", "--corpus-parsed", f"{tmp_path}/extracted/parsed", "--out", f"{tmp_path}/out"])  # fmt: skip
    page = html.document_fromstring((tmp_path / "out/index.html").read_bytes())
    assert page.xpath("//section[@id='waiting']//li//@href") == ["studies/open-2002.html"]
    own = html.document_fromstring((tmp_path / "out/studies/open-2002.html").read_bytes())
    assert own.xpath("//nav//@href") == ["../index.html#waiting"]


# ---- marks -------------------------------------------------------------------------------------------------------


def test_spans_may_overlap_and_the_text_stays_the_same() -> None:
    spans = [Span(2, 6, "arm", 0), Span(4, 8, "outcome", 1), Span(2, 3, "size", 2), Span(9, 9, "size", 3)]
    pieces = marked("0123456789", [*spans, Span(5, 99, "size", 4)])
    assert [(p.text, [s.key for s in p.over], [s.key for s in p.begins]) for p in pieces] == [
        ("01", [], []),
        ("2", [0, 2], [0, 2]),
        ("3", [0], []),
        ("45", [0, 1], [1]),
        ("67", [1], []),
        ("89", [], []),
    ]


def test_of_a_long_text_what_stands_around_the_spans_is_shown() -> None:
    text = "".join(chr(97 + i % 26) for i in range(1000))
    pieces = marked(text, [Span(500, 510, "arm", 0), Span(530, 540, "arm", 1)], whole=100, around=50)
    assert [(p.text or p.left_out) for p in pieces] == [
        text[:50],
        400,
        text[450:500],
        text[500:510],
        text[510:530],
        text[530:540],
        text[540:590],
        410,
    ]
    assert sum(len(p.text) + p.left_out for p in pieces) == 1000
    assert marked("", []) == []


# ---- files -------------------------------------------------------------------------------------------------------


def test_names_of_files_are_safe_and_differ() -> None:
    assert page_name("arnold-2010") == "arnold-2010.html"
    names = ["../../x", "a/b", "a\\b", "con", "Arnold-2010", "ARNOLD-2010", "免疫", "", "x" * 300, "<b>", "a b", "."]
    files = [page_name(name) for name in names]
    assert len({file.lower() for file in files}) == len(names)
    for file in files:
        assert len(file) < 100
        assert set(file) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
        assert file.count(".") == 1
    assert "con.html" not in files


def test_pages_of_vanished_studies_go_and_other_files_stay(tmp_path: Path) -> None:
    for name, text in (("a.html", GENERATOR), ("b.html", GENERATOR), ("mine.html", "my notes")):
        (tmp_path / name).write_text(text, "utf-8")
    clear(tmp_path, ["b"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.html", "mine.html"]


@pytest.mark.parametrize("name", ["itp", "sixty"])
def test_equal_inputs_give_equal_pages(reports: Reports, name: str) -> None:
    again = reports[name].render("again").parent / "studies"
    for path in (reports[name].path.parent / "studies").iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()
