"""The verdict on two citations: examples and counter-examples of what databases make of one article."""

from __future__ import annotations

import pytest

from tests.link.pairs_of_citations import compared

AUTHORS = "Lind K; Moreau P; Okoye T"
TITLE = "Oral zinc for acute diarrhoea in infants: a randomised trial in two centres"
JOURNAL = "Journal of Paediatric Nutrition"
PLACE = "34(2):112-119"


def line(
    authors: str = AUTHORS,
    year: str = "2012",
    title: str = TITLE,
    journal: str = JOURNAL,
    place: str = PLACE,
    more: str = "",
) -> str:
    return " | ".join([authors, year, title, journal, place, more])


ARTICLE = line()
DOI = "doi 10.1234/jpn.2012.34"


@pytest.mark.parametrize(
    ("more", "other", "verdict"),
    [
        (DOI, "doi https://dx.doi.org/10.1234/JPN.2012.34.", "sure"),
        (DOI, "doi doi:10.1234%2Fjpn.2012.34", "sure"),
        (DOI, "doi 10.1234/another", "sure"),  # mistyped: the place is the same
        ("pmid 100", "pmid 0100", "sure"),
        ("pmid 100", "pmid 200", "possible"),
        (f"{DOI} pmid 100", f"{DOI} pmid 200", "possible"),
        ("doi 10.1002/14651858.cd001.pub2", "doi 10.1002/14651858.cd001.pub3", "possible"),
    ],
)
def test_identifiers(more: str, other: str, verdict: str) -> None:
    assert compared(line(more=more), line(more=other)) == verdict


def test_a_doi_is_stronger_than_missing_or_early_pages() -> None:
    early = line(year="2011", place="", more=DOI)
    assert compared(line(more=DOI), early) == "sure"
    assert compared(line(more=DOI), line(year="2011", place=":1-8", more=DOI)) == "sure"


def test_ahead_of_print_is_a_year_before_print() -> None:
    assert compared(ARTICLE, line(year="2011", place="")) == "sure"
    assert compared(ARTICLE, line(year="2013", place="")) == "possible"
    assert compared(ARTICLE, line(year="2011", place="33:")) == "possible"  # the update of a yearly report has a place
    assert compared(ARTICLE, line(authors="Lind K", year="2011", place="")) != "sure"
    assert compared(ARTICLE, line(year="2011", place="", more="type Conference Abstract")) == "possible"
    short = "Zinc for diarrhoea in infants: an update"
    assert compared(line(title=short), line(title=short, year="2011", place="")) == "possible"


def test_one_issue_may_have_one_doi_for_all_its_abstracts() -> None:
    issue = "doi 10.1234/gut.2012.s2"
    here = line(
        title="Zinc in diarrhoea of infants in two hospitals", journal="Gut", place="61(Suppl 2):S34", more=issue
    )
    assert (
        compared(here, line("Berg U", "2012", "Stents before surgery in the elderly", "Gut", "61(Suppl 2):S35", issue))
        is None
    )
    assert (
        compared(here, line(AUTHORS, "2012", "Iron in toddlers with anaemia", "Gut", "61(Suppl 2):S34", issue)) is None
    )
    assert compared(here, here.replace("Zinc", "The zinc").replace("S34", "S35")) == "possible"
    assert compared(here, f"| | | | | {issue}") == "possible"
    assert compared(here, here.replace("Gut", "Gut. Conference: Digestive Week")) == "sure"


@pytest.mark.parametrize("known", [DOI, "pmid 77"])
def test_a_record_of_nothing_but_an_identifier(known: str) -> None:
    assert compared(line(more=known), f"| | | | | {known}") == "sure"
    assert compared(line(more=known), "| | | | | doi 10.1234/another") is None


@pytest.mark.parametrize(
    "title",
    [
        TITLE + ".",
        TITLE.upper(),
        f"[{TITLE}]",
        TITLE.replace("diarrhoea", "diarrhea").replace("randomised", "randomized").replace("centres", "centers"),
        TITLE.replace("two", "2"),
        TITLE + " [Conference abstract]",
        TITLE.replace("zinc", "<i>zinc</i>").replace(": ", " &ndash; "),
        "RETRACTED ARTICLE: " + TITLE,
        "Oral zinc for acute diarrhoea in infants",  # the subtitle left out
        TITLE.replace("acute", "acuet"),
        "Original article: " + TITLE,
    ],
)
def test_titles_of_one_article(title: str) -> None:
    assert compared(ARTICLE, line(title=title)) == "sure"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Interferon-α and β-cell mass in H₂O-deprived rats", "Interferon-alpha and beta-cell mass in H<sub>2</sub>O-deprived rats"),
        ("Effect of anti-TNFα on haemoglobin in colitis: part II", "Effect of anti-TNF alpha on hemoglobin in colitis: part 2"),
        ("Müller's sign in Crohn's disease of the œsophagus", "Mullers sign in Crohns disease of the esophagus"),
        ("Zinkmangel bei Kindern mit Durchfall [Zinc deficiency in children with diarrhoea]", "Zinc deficiency in children with diarrhea"),
        ("La carence en zinc chez l'enfant = Zinc deficiency in childhood", "La carence en zinc chez l’enfant"),
    ],
)  # fmt: skip
def test_signs_and_translations(one: str, other: str) -> None:
    assert compared(line(title=one), line(title=other)) == "sure"


def test_a_subtitle_left_out_needs_the_pages_of_an_article() -> None:
    short = "Oral zinc for acute diarrhoea in infants"
    assert compared(ARTICLE, line(title=short, place="34:112")) == "sure"
    assert compared(ARTICLE, line(title=short, place="34:")) == "possible"
    assert compared(line(place="34(S1):112"), line(title=short, place="34(S1):112")) == "possible"


def test_a_translated_title_needs_the_same_pages() -> None:
    translated = "[Zinc deficiency of children who have chronic diarrhea]"
    assert compared(line(title="Zinkmangel bei Kindern mit Durchfall"), line(title=translated)) == "sure"
    assert compared(line(title="Zinkmangel bei Kindern mit Durchfall", place="34:"), line(title=translated)) != "sure"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TITLE, TITLE.replace("infants", "adults")),
        ("Hypertension after transplantation in children", "Hypotension after transplantation in children"),
        ("Treatment of hepatitis B in dialysis patients", "Treatment of hepatitis C in dialysis patients"),
        ("Outcome at 24 weeks of the zinc trial in infants", "Outcome at 48 weeks of the zinc trial in infants"),
        ("Zinc in infants with diarrhoea: part 1", "Zinc in infants with diarrhoea: part 2"),
        ("Zinc in infants with diarrhoea: first report", "Zinc in infants with diarrhoea: second report"),
        ("Zinc with iron in infants with diarrhoea", "Zinc without iron in infants with diarrhoea"),
    ],
)
def test_one_word_may_make_another_study(one: str, other: str) -> None:
    at = "34(Suppl 1):S12"
    assert compared(line(title=one, place=at), line(title=other, place=at)) != "sure"
    assert compared(line(title=one, place=at), line(title=other, place="34(Suppl 1):S13")) is None


def test_short_titles_prove_nothing_without_a_place() -> None:
    assert (
        compared(
            "Smith J | 2010 | Editorial | Lancet | 375:12-13 |", "Smith J | 2010 | Editorial | Lancet | 375:12-3 |"
        )
        == "sure"
    )
    assert (
        compared("Smith J | 2010 | Editorial | Lancet | 375:12 |", "Smith J | 2010 | Editorial | Lancet | 375:99 |")
        is None
    )
    assert compared("| 2010 | Editorial | Lancet | |", "Smith J | 2010 | Editorial | Lancet | 375:12 |") is None
    assert (
        compared("Smith J | 2010 | Zinc deficiency | | |", "Smith J | 2010 | Zinc deficiency | Lancet | 375:12-18 |")
        is None
    )
    assert (
        compared("Smith J | 2010 | Reply | Lancet | 375:12 |", "Jones P | 2010 | Reply | Lancet | 375:12 |") != "sure"
    )


@pytest.mark.parametrize(
    "other",
    [
        line(title=f"Erratum: {TITLE}", year="2013", place="35(1):7"),
        line(title=f"{TITLE} (vol 34, pg 112, 2012)", year="2013", place="35(1):7-7"),
        line(title=f"Comment on: {TITLE}", authors="Dorn E", place="34(5):301"),
        line(authors="Dorn E", place="34(5):301", more="type Letter"),  # a letter under the article's title
        line(title=f"{TITLE} - reply", place="34(5):302"),
    ],
)
def test_notices_are_not_their_article(other: str) -> None:
    assert compared(ARTICLE, other) is None


@pytest.mark.parametrize(
    "notice", ["Erratum: {}", "Corrigendum to: {}", "Retraction: {}", "Reprint of: {}", "{}: reply"]
)
def test_notices_are_never_merged_with_their_article(notice: str) -> None:
    assert compared(line(more=DOI), line(title=notice.format(TITLE), more=DOI)) != "sure"
    assert compared(line(title=notice.format(TITLE)), line(title=notice.format(TITLE) + ".")) == "sure"


def test_letters_by_others_on_the_same_page() -> None:
    letter = line("Dorn E", "2012", "Zinc for acute diarrhoea in small infants", JOURNAL, "34(5):301")
    assert compared(letter, letter.replace("Dorn E", "Kim S")) == "possible"


def test_yearly_reports_of_one_title() -> None:
    report = line(
        "Hill A; Roe B; Vance C",
        "2014",
        "Annual report of the national transfusion registry",
        "Transfus Med",
        "24(1):3-20",
    )
    after = report.replace("2014", "2015")
    assert compared(report, after.replace("24(1):3-20", "25(1):5-22")) is None
    assert compared(report, after.replace("24(1):3-20", "25(1):3-22")) == "possible"
    assert compared(report.replace("24(1):3-20", ""), after.replace("24(1):3-20", "")) == "possible"


def test_an_abstract_is_not_its_paper() -> None:
    assert compared(ARTICLE, line(year="2011", place="33(Suppl 1):S44")) != "sure"
    assert compared(ARTICLE, line(journal=f"{JOURNAL}. Conference: Annual Meeting", place="34:")) == "possible"
    meeting = line(journal=f"{JOURNAL}. Conference: Annual Meeting", place="33(Suppl 1):S44")
    assert compared(meeting, line(place="33(Suppl 1):S44")) == "sure"
    assert compared(ARTICLE, line(year="2011", journal="Gut", place="60:A1")) is None


def test_preprints_registers_and_theses() -> None:
    assert compared(line(more=DOI), line(journal="medRxiv", place="", more="doi 10.1101/2011.1.1")) == "possible"
    register = "https://clinicaltrials.gov/show/NCT01234567"
    assert compared(ARTICLE, line(journal=register, place="")) != "sure"
    assert compared(line(journal=register, place=""), line(authors="", journal=register, place="")) == "sure"
    assert compared(line(journal=register, place=""), line(journal=register.replace("567", "568"), place="")) != "sure"
    assert (
        compared(line(journal="University of Oslo", place=""), line(journal="Dissertation Abstracts", place=""))
        == "possible"
    )


@pytest.mark.parametrize(
    "authors",
    [
        "Karin Lind; Paul Moreau; Tom Okoye",
        "Lind, K.; Moreau, P.; Okoye, T.",
        "Lind K",
        "",
        "Zinc Study Group",
        "K. Lind; P. Moreau; et al.",
    ],
)
def test_authors(authors: str) -> None:
    assert compared(ARTICLE, line(authors=authors)) == "sure"


@pytest.mark.parametrize(
    "journal",
    ["J Paediatr Nutr", "The journal of paediatric nutrition (Online)", "JPN", "J. Paed. Nutrition", "", f"{JOURNAL} : official journal of X"],
)  # fmt: skip
def test_journals(journal: str) -> None:
    assert compared(ARTICLE, line(journal=journal)) == "sure"


def test_without_a_journal_the_place_must_be_the_same() -> None:
    assert compared(ARTICLE, line(journal="", place="")) == "possible"
    assert compared(ARTICLE, line(journal="Gut", place="")) != "sure"
    assert compared(line(journal="Lancet", place=""), line(journal="Lancet Oncology", place="")) == "possible"
    assert compared(line(journal="Oslo University", place=":439-443"), line(journal="", place="5:439-443")) == "sure"


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("34(2):112-119", "34:112-9", "sure"),
        ("34(2):112-119", "34:112–119", "sure"),
        ("34(2):112-119", "34:112", "sure"),
        ("34(2):112-119", "34:n/a", "sure"),
        ("34(2):112-119", "34:117,122-124", "sure"),  # the abstract's page left out
        ("34(2):968-971", "34:988-991", "sure"),  # a slip of the pen
        ("34(2):e112", "34:1-9", "sure"),
        ("34(2):S112-S119", "34:112S-119S", "sure"),
        ("34(2):112-119", "34(2):520-527", "possible"),
        ("34(Suppl 2):S51", "34(Suppl 2):S52", "possible"),
        ("34(2):112-119", "35(4):520-527", None),
    ],
)
def test_pages(one: str, other: str, verdict: str | None) -> None:
    assert compared(line(place=one), line(place=other)) == verdict


def test_a_sparse_record_is_sure_of_little() -> None:
    assert compared(ARTICLE, line("", "", TITLE, "", "")) is None
    assert compared(ARTICLE, line("", "2012", TITLE, "", "")) != "sure"
    assert compared(line("", "", TITLE, "", ""), line("", "", TITLE, "", "")) is None
