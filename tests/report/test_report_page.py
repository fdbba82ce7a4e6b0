"""The page holds everything, shows every number with its words, and nothing of a document is ever markup."""

from __future__ import annotations

import json
import re

import pytest
from lxml import etree, html
from report_rendered import Rendered

from pipeline.report.__main__ import main
from pipeline.report.plain import plain
from pipeline.report.sections import SECTIONS

Reports = dict[str, Rendered]
SVG = "{http://www.w3.org/2000/svg}"


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def squeezed(text: str) -> str:
    return " ".join(plain(text).split())


def test_every_section_is_there_in_order(report: Rendered) -> None:
    headings = [words_of(h) for h in report.page.iter("h2")]
    assert headings == [section.title for section in SECTIONS]
    contents = report.page.xpath("//nav//a/@href")
    assert contents == ["#answer", *(f"#{section.ident}" for section in SECTIONS)]


def test_every_link_inside_the_page_has_a_target_and_ids_are_unique(report: Rendered) -> None:
    ids = report.page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {href[1:] for href in report.page.xpath("//a/@href") if href.startswith("#")}
    assert targets <= set(ids)


def test_every_included_study_has_its_row(report: Rendered) -> None:
    rows = {body.get("id"): words_of(body) for body in report.page.xpath("//section[@id='studies']//tbody")}
    included = [row for row in report.inputs.studies if row.decision == "include"]
    assert len(rows) == len(included)
    for row in included:
        text = rows[f"study-{row.study}"]
        assert squeezed(row.label) in text
        assert squeezed(row.title or "(no title)") in text
        assert row.design in text
        if row.n_total is not None:
            assert str(row.n_total) in text


def test_pooled_numbers_are_those_of_the_pooled_results(report: Rendered) -> None:
    stored = json.loads((report.folder / "extracted" / "pooled.json").read_text("utf-8"))
    for outcome in stored:
        lines = report.page.xpath(f"//tbody[@id='finding-{outcome['outcome']}']/tr[td[@data-fit]]")
        groups = ([outcome["overall"]] if outcome["overall"] else []) + outcome["by_class"]
        assert len(lines) == len(groups)
        for line, group in zip(lines, groups, strict=True):
            assert f"{group['events']}/{group['n']}" in words_of(line)
            for model in ("iv", "glmm"):
                fit = group["fits"][model]
                low, high = fit["proportion_ci"]
                cell = words_of(line.xpath(f"./td[@data-fit='{model}']")[0])
                assert cell == f"{100 * fit['proportion']:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def test_the_answer_is_the_main_outcomes_pooled_result(reports: Reports) -> None:
    # 348 of 446: 25+14+5+12+25+46+44+35+90+33+19 of 35+19+5+16+31+57+45+42+112+56+28
    fit = json.loads((reports["itp"].folder / "extracted/pooled.json").read_text("utf-8"))[0]["overall"]["fits"]["iv"]
    answer = words_of(reports["itp"].page.find_class("answer")[0])
    low, high = fit["proportion_pi"]
    assert f"{100 * fit['proportion']:.1f} %" in answer
    assert f"prediction interval {100 * low:.1f}–{100 * high:.1f} %" in answer
    assert "348 of 446 patients (k = 11, N = 446)" in answer
    assert "11 arms of 9 studies" in answer


@pytest.mark.parametrize("name", ["barren", "empty"])
def test_where_nothing_can_be_pooled_the_page_says_so(reports: Reports, name: str) -> None:
    assert "Nothing can be pooled yet." in words_of(reports[name].page.find_class("answer")[0])
    assert not reports[name].page.xpath("//section[@id='forest']//*[local-name()='svg']")


def test_every_outcome_shows_its_words_highlighted_in_their_context(report: Rendered) -> None:
    shown = report.page.xpath("//section[@id='outcomes']//tbody[@class='number']")
    assert len(shown) == len(report.inputs.outcomes)
    known = {}
    for study in report.inputs.linked.values():
        for outcome in study.candidate.outcomes:
            known[outcome.evidence.start, study.candidate.source.file] = outcome.evidence.text
    marks = [(words_of(b.xpath(".//mark")[0]), b.xpath(".//figcaption")[0].text_content()) for b in shown]
    file_of = {row.study: row.file for row in report.inputs.studies}
    expected = [
        (
            squeezed(known[row.evidence_start, file_of[row.study]]),
            f"{file_of[row.study]}, characters {row.evidence_start}–{row.evidence_end}",
        )
        for row in report.inputs.outcomes
    ]
    for words, caption in expected:
        assert any(words == w and c.startswith(caption) for w, c in marks), words
    for body in shown:
        assert len(words_of(body.xpath(".//blockquote")[0])) > len(words_of(body.xpath(".//mark")[0]))


def test_page_and_repairs_stand_beside_the_words(reports: Reports) -> None:
    captions = [words_of(c) for c in reports["itp"].page.xpath("//section[@id='outcomes']//figcaption")]
    printed = [c for c in captions if c.startswith("corpus/wu2022.pdf")]
    assert len(printed) == 8
    assert {re.search(r"page (\d)", c)[1] for c in printed} == {"1", "2"}  # type: ignore[index]
    assert sum("printed “5”, read as “=” (glyph)" in c for c in printed) == 1


def test_what_waits_has_its_words_and_a_ready_line(report: Rendered) -> None:
    items = report.page.xpath("//ol[@class='work']/li")
    assert len(items) == len(report.inputs.worklist)
    for item, row in zip(items, report.inputs.worklist, strict=True):
        assert item.xpath(".//div[@class='line']/code")[0].text_content() == plain(row.line)
        assert words_of(item.xpath(".//mark")[0]) == squeezed(row.evidence)


def test_flow_counts_add_up(reports: Reports) -> None:
    section = reports["itp"].page.get_element_by_id("flow")
    boxes = [words_of(b.find("summary") if b.tag == "details" else b) for b in section.find_class("box")]
    assert boxes == [
        "17 Records identified",
        "1 Duplicates",
        "1 Records that could not be read",
        "1 Files not read",
        "15 Reports screened",
        "15 Studies assessed for eligibility",
        "2 Excluded: case report",
        "1 Excluded: meta-analysis",
        "1 Excluded: no response proportion",
        "1 Excluded: not a study",
        "1 Excluded: review",
        "9 Studies included in the review",
        "9 Studies in a pooled analysis",
    ]


def test_excluded_set_aside_and_decisions_are_listed_stale_first(reports: Reports) -> None:
    page = reports["itp"].page
    excluded = words_of(page.get_element_by_id("excluded"))
    assert all(name in excluded for name in ("Parveen 2019", "Akbar 2021", "Chua 2005", "Oo 2004", "Dichtwald 2021"))
    aside = [[words_of(cell) for cell in row] for row in page.xpath("//section[@id='set_aside']//tbody/tr")]
    assert aside[0] == ["corpus/scan.pdf", "encrypted", "save it without a password"]
    effects = [words_of(t) for t in page.xpath("//section[@id='overrides']//th/span")]
    assert effects == ["stale", "redundant", "applied"]


def test_agreement_accuracy_and_what_open_values_can_do_are_told(reports: Reports) -> None:
    """Of accuracy the rows of all time, without calibration; of what is open only outcomes for which something is."""
    section = reports["itp"].page.get_element_by_id("overrides")
    tables = [
        [[words_of(cell) for cell in row] for row in table.xpath(".//tbody/tr")] for table in section.xpath(".//table")
    ]
    assert tables[1] == [
        ["events", "AB & CD", "8", "75.0 % (40.9–92.9)", "ICC(1,1) 0.91 (0.65 to 0.98)"],
        ["decision", "all", "3", "100.0 % (43.9–100.0)", "— all <in> one category"],
    ]
    assert tables[2] == [
        ["all", "precision of accepted", "9 of 10", "90.0 % (59.6–98.2)", "40"],
        ["all", "recall", "9 of 10", "90.0 % (59.6–98.2)", "—"],
    ]
    open_values = [words_of(item) for item in reports["itp"].page.xpath("//section[@id='waiting']/ul/li")]
    assert open_values == [
        "Overall response: 71.2 % now; with 4 open values it can come to lie between 66.4 % and 75.0 %. "
        "Once the first is decided, the rest can move it by less than 2 percentage points."
    ]


def test_nothing_is_loaded_from_anywhere(report: Rendered) -> None:
    assert not report.page.xpath("//link | //img | //iframe | //object | //embed | //base | //@src | //@style | //form")
    hrefs = report.page.xpath("//@href[not(../@download and starts-with(., 'data:'))]")
    outside = [href for href in hrefs if not re.match(r"#|studies/[a-z0-9_-]+\.html(#history)?$", href)]
    assert all(
        re.match(r"https://(doi\.org/10\.|pubmed\.ncbi\.nlm\.nih\.gov/\d+/$|clinicaltrials\.gov/study/NCT\d{8}$)", href)
        for href in outside
    )
    style = report.page.xpath("//style")[0].text
    assert "url(" not in style
    assert "@import" not in style


def test_links_only_where_an_identifier_has_its_form(reports: Reports) -> None:
    assert "https://doi.org/10.1182/blood-2009-06-222448" in reports["itp"].page.xpath("//@href")
    assert "https://pubmed.ncbi.nlm.nih.gov/19880491/" in reports["itp"].page.xpath("//@href")
    hrefs = set(reports["sixty"].page.xpath("//section[@id='studies']//@href"))
    hrefs -= {f"studies/study-{i:02d}.html" for i in range(60)}
    assert hrefs == {"https://doi.org/10.1000/%3Cscript%3E", "https://pubmed.ncbi.nlm.nih.gov/12345678/"}


def test_text_of_documents_is_never_markup(report: Rendered) -> None:
    assert len(report.page.xpath("//script")) == 1
    assert len(report.page.xpath("//title[not(ancestor::*[local-name()='svg'])]")) == 1
    assert not [name for element in report.page.iter() for name in element.attrib if name.lower().startswith("on")]
    for control in "\u202e\u202a\u2066\x07\x00":
        assert control not in report.text


def test_hostile_titles_are_shown_letter_for_letter(reports: Reports) -> None:
    text = words_of(reports["sixty"].page.get_element_by_id("studies"))
    assert "<script>alert('x')</script> & \"quoted\" 'titles' </title></svg>--> {{ 7 * 7 }}" in text
    assert "תגובה לטיפול בתרומבוציטופניה" in text
    assert words_of(reports["sixty"].page.find(".//h1")) == "Sixty </title><script>alert(1)</script>"


def test_a_long_abstract_is_quoted_not_copied(reports: Reports) -> None:
    assert reports["sixty"].text.count("Background text of no interest") < 40


def test_equal_inputs_give_equal_bytes(report: Rendered) -> None:
    assert report.render("again").read_bytes() == report.path.read_bytes()


def test_svg_is_well_formed(report: Rendered) -> None:
    drawings = re.findall(r'<svg[^>]*role="(?:img|group)".*?</svg>', report.text, flags=re.DOTALL)
    analysed = [svg for o in report.page.find_class("sure") for svg in o.iter("{*}svg", "svg")]
    assert len(drawings) == 1 + len(analysed) + sum(bool(result.effects) for result in report.inputs.pooled)
    for drawing in drawings:
        root = etree.fromstring(drawing)
        assert root.tag == f"{SVG}svg"
        names = set(root.get("aria-labelledby").split())
        assert names == {element.get("id") for tag in ("title", "desc") for element in root.findall(f"{SVG}{tag}")}


def test_sixty_studies_stay_small(reports: Reports) -> None:
    assert len(reports["sixty"].path.read_bytes()) < 1_000_000


def test_the_command_writes_the_page_and_names_a_missing_file(
    reports: Reports, tmp_path: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = reports["itp"].folder
    options = ["--extracted", f"{folder}/extracted", "--config", f"{folder}/config"]
    options += ["--corpus-parsed", f"{folder}/extracted/parsed"]
    assert main([*options, "--out", f"{tmp_path}/out"]) == 0
    assert main(["--extracted", f"{tmp_path}/none", "--config", f"{folder}/config", "--out", f"{tmp_path}/x"]) == 2
    assert f"{tmp_path}/none/arms.csv" in capsys.readouterr().err


def test_a_broken_result_file_is_named(reports: Reports, capsys: pytest.CaptureFixture[str]) -> None:
    folder = reports["barren"].folder / "extracted"
    good = (folder / "pooled.json").read_bytes()
    (folder / "pooled.json").write_text('[{"outcome": "x"}]', "utf-8")
    options = ["--extracted", str(folder), "--config", str(folder.parent / "config")]
    code = main([*options, "--corpus-parsed", str(folder / "parsed"), "--out", str(folder.parent / "broken")])
    (folder / "pooled.json").write_bytes(good)
    assert code == 2
    assert "pooled.json: 0.label: Field required" in capsys.readouterr().err


def test_a_parsed_file_of_a_removed_source_changes_nothing(reports: Reports) -> None:
    report = reports["barren"]
    left = report.folder / "extracted/parsed/removed.jsonl"
    line = next((report.folder / "extracted/parsed").glob("*.jsonl")).read_text("utf-8")
    left.write_text(line.replace("corpus/listing.txt", "corpus/removed.txt"), "utf-8")
    again = report.render("removed").read_bytes()
    left.unlink()
    assert again == report.path.read_bytes()


def test_without_the_parsed_text_the_words_still_show(reports: Reports) -> None:
    report = reports["itp"]
    inputs = report.inputs
    bare = type(inputs)(**{**vars_of(inputs), "records": {}})
    row = inputs.outcomes[0]
    quote = bare.quote(row.study, row.evidence_start, row.evidence_end)
    assert quote is not None
    assert (quote.before, quote.words, quote.after) == ("", "25 of 35 patients (71.4 %) had a overall response", "")


def vars_of(inputs: object) -> dict[str, object]:
    return {name: getattr(inputs, name) for name in inputs.__dataclass_fields__}  # type: ignore[attr-defined]


def test_regions_have_names_of_their_own(report: Rendered) -> None:
    """A section is a region by its heading; a table or plot in it that scrolls is one by its label."""
    headings = [h.text_content() for h in report.page.xpath("//section[@aria-labelledby]/h2")]
    names = [*headings, *report.page.xpath("//*[@role='region']/@aria-label")]
    assert [name for name in names if names.count(name) > 1] == []
