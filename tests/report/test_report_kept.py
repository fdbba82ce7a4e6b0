"""Pages of studies are kept: what did not change is not rendered again, and the bytes are those of a build without."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from make_review import write_review
from report_specs import ReviewSpec, StudySpec, itp

from pipeline.kept import FOLDER
from pipeline.report.__main__ import main
from pipeline.report.stage import run
from pipeline.report.study_pages import kept as kept_module
from pipeline.report.study_pages.kept import KeptPages, rules
from pipeline.report.study_pages.material import Material
from pipeline.report.study_pages.pages import StudyPages
from pipeline.workflow import PACKAGE, closure

RULES = "0" * 32


class Review:
    """A made-up review whose report is built again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept = folder / "kept"
        self.spec = itp()

    def write(self, spec: ReviewSpec) -> None:
        self.spec = spec
        write_review(spec, self.folder)

    def build(self, out: str, kept: KeptPages | None, cores: int = 1) -> dict[str, bytes]:
        """All files of the report, by their name."""
        extracted = self.folder / "extracted"
        corpus = self.folder / "corpus"
        run(extracted, self.folder / "config", extracted / "parsed", corpus, self.folder / out, cores, kept)
        files = (path for path in (self.folder / out).rglob("*") if path.is_file())
        return {path.relative_to(self.folder / out).as_posix(): path.read_bytes() for path in files}

    def afresh(self) -> dict[str, bytes]:
        return self.build("afresh", None)

    def pages(self, rules: str = RULES, alone: bool = True) -> KeptPages:
        return KeptPages(self.kept, rules, alone)

    def page_of(self, study: str) -> Path:
        return self.folder / "reports" / "studies" / f"{study}.html"


@pytest.fixture
def review(tmp_path: Path) -> Review:
    made = Review(tmp_path)
    made.write(itp())
    return made


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The studies whose pages are rendered in this process."""
    studies: list[str] = []
    page = StudyPages.page

    def noted(pages: StudyPages, of: Material) -> str:
        studies.append(of.row.study)
        return page(pages, of)

    monkeypatch.setattr(StudyPages, "page", noted)
    return studies


def with_study(spec: ReviewSpec, name: str, change: Callable[[StudySpec], StudySpec]) -> ReviewSpec:
    return replace(spec, studies=[change(s) if s.study == name else s for s in spec.studies])


def one_more_event(study: StudySpec) -> StudySpec:
    """As a reviewer's correction of the first number leaves it."""
    first, *others = study.numbers
    assert first.events is not None
    return replace(study, numbers=(replace(first, events=first.events - 1, authority="corrected"), *others))


@pytest.mark.parametrize("cores", [1, 2])
def test_an_unchanged_review_renders_no_page_again(review: Review, rendered: list[str], cores: int) -> None:
    expected = review.afresh()
    assert review.build("reports", review.pages(), cores) == expected
    rendered.clear()
    assert review.build("reports", review.pages(), cores) == expected
    assert review.build("elsewhere", review.pages(), cores) == expected
    assert rendered == []


def test_a_corrected_number_renders_the_page_of_its_study(review: Review, rendered: list[str]) -> None:
    before = review.build("reports", review.pages())
    review.write(with_study(review.spec, "wu-2022", one_more_event))
    expected = review.afresh()
    assert expected["studies/wu-2022.html"] != before["studies/wu-2022.html"]
    rendered.clear()
    assert review.build("reports", review.pages()) == expected
    assert rendered == ["wu-2022"]


def test_a_reviewers_line_renders_the_pages_that_it_stands_on(review: Review, rendered: list[str]) -> None:
    review.build("reports", review.pages())
    last = review.spec.decisions[-1]
    review.write(replace(review.spec, decisions=[*review.spec.decisions[:-1], replace_row(last)]))
    expected = review.afresh()
    rendered.clear()
    assert review.build("reports", review.pages()) == expected
    assert rendered == [last.study]


def replace_row(row: object) -> object:
    assert hasattr(row, "model_copy")
    return row.model_copy(update={"reason": "on reflection"})


def test_the_title_of_the_review_stands_on_every_page(review: Review, rendered: list[str]) -> None:
    pages = len([name for name in review.build("reports", review.pages()) if name.startswith("studies/")])
    review.write(replace(review.spec, title="Another title"))
    expected = review.afresh()
    rendered.clear()
    assert review.build("reports", review.pages()) == expected
    assert len(rendered) == pages


@pytest.mark.parametrize("damage", [b"", b"<p>another page</p>", None])
def test_a_damaged_page_is_told_and_rendered_again(review: Review, rendered: list[str], damage: bytes | None) -> None:
    expected = review.build("reports", review.pages())
    first = sorted(review.pages().folder.iterdir())[0]
    first.write_bytes(first.read_bytes()[:-9] if damage is None else damage)
    rendered.clear()
    pages = review.pages()
    assert review.build("again", pages) == expected
    assert len(rendered) == 1
    assert list(pages.notes()) == [f"{pages.folder}: 1 kept page damaged or foreign; rendered again"]
    sound = review.pages()
    assert review.build("again", sound) == expected
    assert list(sound.notes()) == []


def test_a_page_that_was_edited_in_the_report_is_made_again(review: Review) -> None:
    """It may be the kept page itself, under another name."""
    expected = review.build("reports", review.pages())
    with review.page_of("wu-2022").open("ab") as page:
        page.write(b"my notes")
    assert review.build("reports", review.pages()) == expected


def test_another_program_renders_all_again(review: Review, rendered: list[str]) -> None:
    expected = review.build("reports", review.pages())
    rendered.clear()
    other = "1" * 32
    assert review.build("reports", review.pages(other)) == expected
    assert len(rendered) == len([name for name in expected if name.startswith("studies/")])
    assert [path.name for path in (review.kept / "pages").iterdir() if path.is_dir()] == [other]


@pytest.mark.parametrize(
    "part", ["report/study_pages/study.html.j2", "report/style.css", "report/study_pages/study.css", "report/quotes.py"]
)
def test_a_changed_template_or_style_is_another_program(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {Path(name).relative_to(PACKAGE).as_posix(): "aa" for name in closure("report")}
    assert part in told
    monkeypatch.setattr(kept_module, "hashes", lambda stage: sorted(told.items()))
    before = rules()
    assert rules() == before
    told[part] = "bb"
    assert rules() != before


def test_pages_that_no_report_needs_go(review: Review) -> None:
    review.build("reports", review.pages())
    review.write(replace(review.spec, studies=[s for s in review.spec.studies if s.study != "wu-2022"]))
    files = review.build("reports", review.pages())
    assert "studies/wu-2022.html" not in files
    pages = len([name for name in files if name.startswith("studies/")])
    assert len(list(review.pages().folder.iterdir())) == pages


def test_in_a_folder_that_reviews_share_pages_stay_until_they_are_old(review: Review) -> None:
    review.build("reports", review.pages(alone=False))
    before = set(review.pages().folder.iterdir())
    review.write(with_study(review.spec, "wu-2022", one_more_event))
    review.build("reports", review.pages(alone=False))
    assert before < set(review.pages().folder.iterdir())


def test_where_links_cannot_be_made_pages_are_copied(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    expected = review.afresh()
    for _ in range(2):
        pages = review.pages()
        assert review.build("reports", pages) == expected
        assert list(pages.notes()) == []
    assert all(path.stat().st_nlink == 1 for path in review.pages().folder.iterdir())


def test_where_nothing_can_be_kept_the_report_is_made(review: Review) -> None:
    review.kept.write_text("no folder", "utf-8")
    pages = review.pages()
    assert review.build("reports", pages) == review.afresh()
    (note,) = pages.notes()
    assert note.startswith(f"{pages.folder}: pages cannot be kept (")


def test_the_user_names_the_folder_or_none(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(review.folder)
    monkeypatch.setenv("LITPOOL_KEPT", "")
    assert main([]) == 0
    assert not review.kept.exists()
    assert not FOLDER.exists()
    monkeypatch.setenv("LITPOOL_KEPT", str(review.kept))
    assert main([]) == 0
    assert (review.kept / "pages").is_dir()
    monkeypatch.delenv("LITPOOL_KEPT")
    assert main([]) == 0
    (program,) = (path for path in (FOLDER / "pages").iterdir() if path.is_dir())
    assert stat.S_ISREG(next(program.iterdir()).stat().st_mode)
