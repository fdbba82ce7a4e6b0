"""What databases do to one citation, each beside what only looks like it."""

from __future__ import annotations

import pytest

from pipeline.link.journals import journal_names, journals_agree
from tests.link.pairs_of_citations import compared
from tests.link.test_same_record import ARTICLE, AUTHORS, DOI, PLACE, TITLE, line

DASHED = TITLE.upper().replace(": ", " - ")


def test_a_title_cut_off_within_a_word_needs_the_same_place() -> None:
    within, between = TITLE[: TITLE.index("trial") + 3], TITLE[: TITLE.index("trial") - 1]
    single = "34(2):112"
    assert compared(line(place=single), line(title=within, place=single)) == "sure"
    assert compared(line(place=single), line(title=between, place=single)) == "possible"  # a subtitle left out?
    assert compared(line(place="34(2):"), line(title=within, place="34(2):")) == "possible"


def test_a_short_title_without_its_subtitle() -> None:
    long, short = "Zinc in infants: a randomised trial", "Zinc in infants"
    assert compared(line(title=long), line(title=short)) == "sure"
    assert compared(line(title=long), line(title=short, place="34(2):120-131")) != "sure"
    assert compared(line(title=long, place="34(2):S12"), line(title=short, place="34(2):S12")) != "sure"


def test_a_sign_for_and_is_a_word() -> None:
    long = "Safety and efficacy of zinc in infants with acute diarrhoea: a trial in two centres"
    short = "Safety &amp; efficacy of zinc in infants with acute diarrhoea"
    assert compared(line(title=long), line(title=short)) == "sure"
    assert compared(line(title=long.replace("and", "&"), place=""), line(title=long, place="")) == "sure"
    assert compared(line(title=long), line(title=short.replace("infants", "adults"))) != "sure"


def test_an_erratum_with_a_dash_is_that_erratum() -> None:
    assert compared(line(title=f"Erratum: {TITLE}"), line(title=f"ERRATUM - {DASHED}")) == "sure"
    assert compared(ARTICLE, line(title=f"ERRATUM - {DASHED}")) != "sure"
    assert compared("| 2012 | Correction-free printing of wards | Gut | 6:1-9 |", "| 2012 | Printing of wards | Gut | 6:1-9 |") != "sure"  # fmt: skip


@pytest.mark.parametrize(
    ("doi", "verdict"),
    [("10.1101/gr.1234.5", "sure"), ("10.1101/2012.03.01.123", "possible"), ("10.1101/012345", "possible")],
)
def test_a_publisher_of_preprints_has_journals_too(doi: str, verdict: str) -> None:
    assert compared(ARTICLE, line(more=f"doi {doi}")) == verdict


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("i428", "1428", "sure"),
        ("i428-i429", "1428-1429", "sure"),
        ("428", "1428", "possible"),
        ("294-298", "299-306", "possible"),  # one digit differs, but the one is behind the other
        ("294-298", "299", "possible"),
        ("294-298", "264", "sure"),
        ("294-298", "204-208", "sure"),
    ],
)
def test_pages_read_wrong(one: str, other: str, verdict: str | None) -> None:
    title = "Zinc for infants with diarrhoea"
    assert compared(line(title=title, place=f"34(2):{one}"), line(title=title, place=f"34(2):{other}")) == verdict


def test_two_items_on_one_page_of_a_foreign_journal() -> None:
    """Their titles are both translated; those of one article share a word, or are in two languages."""
    here = {"authors": "Lind K", "place": "34(2):112", "more": "language German"}
    skull = line(title="The shape of the skull in small dogs", **here)
    assert compared(skull, line(title="Do neutered cats gain weight earlier?", **here)) is None
    assert compared(skull, line(title="Schädelform kleiner Hunde", **here)) == "possible"
    assert compared(skull, line(title="How small breeds' heads came into their shape", **here)) == "possible"


def test_a_longer_name_is_another_journal_unless_its_volume_agrees() -> None:
    family = line(journal="Journal of Paediatric Nutrition and Growth", place="34(2):")
    assert compared(line(place=""), family) == "possible"
    assert compared(ARTICLE, family) == "sure"


def test_a_title_in_a_volume_may_be_of_an_article_and_of_letters_about_it() -> None:
    assert compared(line(authors="", place="34:"), line(place="34:")) == "possible"
    assert compared(line(authors="", place="34(2):"), line(place="34(2):")) == "sure"
    assert compared(line(authors="", place="34:", more=DOI), line(place="34:", more=DOI)) == "sure"
    assert compared(line(authors=AUTHORS, place="34:"), line(place=PLACE)) == "sure"


def test_entries_of_a_register_are_one_by_their_number() -> None:
    title = "A study of zinc versus placebo in children with diarrhoea"

    def entry(where: str, year: str = "2012") -> str:
        return line(authors="", year=year, title=title, journal=where, place="")

    register, mirror = (
        "https://clinicaltrials.gov/show/nct01234567",
        "http://www.who.int/trialsearch?TrialID=NCT01234567",
    )
    assert compared(entry(register), entry(mirror, "2014")) == "sure"
    assert compared(entry(register), entry(mirror.replace("567", "568"))) is None  # the twin of a pair of trials
    assert compared(entry("clinicaltrials.gov"), entry("https://clinicaltrials.gov/")) == "possible"


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("BJOG", "BJOG: An International Journal of Obstetrics & Gynaecology", "same"),
        ("Proc Natl Acad Sci U S A", "Proceedings of the National Academy of Sciences of the United States of America", "same"),
        ("PNAS", "Proceedings of the National Academy of Sciences of the United States of America.", "same"),
        ("USA Medicine", "Medicine", "other"),
        ("Nutrition", "Nutrition: Diabetes", "longer"),
    ],
)  # fmt: skip
def test_what_is_behind_the_name_of_a_journal(one: str, other: str, agree: str) -> None:
    assert journals_agree(journal_names(one), journal_names(other)) == agree
