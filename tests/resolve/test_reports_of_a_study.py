"""Several reports of a study: the best one per outcome feeds the pool, the others confirm or contradict it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.candidates import Arm, Candidate, Dose, Eligibility, Evidence, Outcome, Population, Size
from pipeline.config import Settings
from pipeline.errors import UserError
from pipeline.link.best_report import best_first
from pipeline.link.cards import card_of
from pipeline.link.names import study_names
from pipeline.linked import LinkRow, Report, Study
from pipeline.parsed import Citation, Source
from pipeline.pool.outcomes import pool_outcomes
from pipeline.records import Confirmation
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolve.worklist import worklist
from pipeline.resolved import OutcomeRow

LONG = 20_000
CORRECTIONS = "study,arm,field,value,was,reason,reviewer,date\n"


def arm(name: str, drug: str, n: int, role: str = "single", label: str = "", dose: float | None = None) -> Arm:
    doses = [Dose(drug=drug, dose=dose, unit="mg")] if dose is not None else []
    return Arm.model_validate(
        {"arm": name, "label": label or drug, "role": role, "drugs": [drug] if drug else [], "n": n, "regimen": doses}
    )


def counted(arm: str, events: int, n: int, outcome: str = "overall_response", status: str = "accepted", at: str = "",
            denominator: str = "enrolled") -> Outcome:  # fmt: skip
    words = Evidence(start=events, end=events + 5, text=f"{events} of {n}; all in all")
    return Outcome.model_validate({"arm": arm, "outcome": outcome, "name": outcome, "events": events, "n": n, "percent": None,
        "denominator": denominator, "status": status, "confidence": 0.97, "timepoint": at or None, "evidence": words})  # fmt: skip


def report(name: str, year: int, arms: list[Arm], outcomes: list[Outcome], *, full: bool = False, decision: str = "include",
           author: str = "Okafor C") -> Candidate:  # fmt: skip
    return Candidate(
        record_id=name,
        source=Source(file=f"corpus/{name}.txt", span=(0, LONG if full else 900)),
        citation=Citation(title=f"Title {name}", authors=[author], year=year),
        eligibility=Eligibility.model_validate({"decision": decision, "reason": "case report"}),
        design="other",
        population=Population(),
        n_total=Size(value=40, status="accepted", confidence=1),
        arms=arms,
        outcomes=outcomes,
    )


def study(*reports: Candidate) -> Study:
    best, *further = best_first(reports)
    (name,) = study_names([[card_of(r) for r in (best, *further)]], [[card_of(r) for r in reports]])
    rows = [Report(record_id=r.record_id, file=r.source.file, kept=True, report=r.record_id) for r in reports]
    return Study(study=name.name, label=name.label, reports=rows, candidate=best, further=further, names=name.fitting)


def resolved(
    settings: Settings,
    *studies: Study,
    corrections: str = "",
    folder: Path | None = None,
    links: tuple[LinkRow, ...] = (),
) -> Tables:
    tables = machine_tables(list(studies), settings)
    if folder is not None:
        (folder / "corrections.csv").write_text(CORRECTIONS + corrections, encoding="utf-8")
        apply_overrides(tables, folder, settings)
    return finish(tables, settings, links)


def pooled(tables: Tables, outcome: str = "overall_response") -> list[tuple[str, int | None, int | None]]:
    return [(r.record_id, r.events, r.n) for r in tables.outcomes if r.pooled and r.outcome == outcome]


def of(tables: Tables, record: str) -> OutcomeRow:
    return next(r for r in tables.outcomes if r.record_id == record)


ABSTRACT = report("abstract", 2014, [arm("A1", "danazol", 40)], [counted("A1", 18, 40)])


def test_the_full_text_is_used_and_the_abstract_is_listed(settings: Settings) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 41)], [counted("A1", 20, 41)], full=True)
    tables = resolved(settings, study(ABSTRACT, paper))
    assert pooled(tables) == [("paper", 20, 41)]
    row = of(tables, "abstract")
    assert (row.file, row.not_pooled_because) == ("corpus/abstract.txt", "another report of this study is used (paper)")
    assert [(a.arm, a.n) for a in tables.arms] == [("A1", 41)]


def test_each_outcome_comes_from_the_best_report_that_has_it(settings: Settings) -> None:
    """The follow-up, a full text too, tells of relapses, and of the response of a part of the patients only."""
    paper = report("paper", 2016, [arm("A1", "danazol", 40)], [counted("A1", 20, 40)], full=True)
    later = report(
        "later",
        2019,
        [arm("A1", "danazol", 40)],
        [counted("A1", 15, 22), counted("A1", 6, 20, "relapse", denominator="responders")],
        full=True,
    )
    tables = resolved(settings, study(paper, later))
    assert pooled(tables) == [("paper", 20, 40)]
    assert pooled(tables, "relapse") == [("later", 6, 20)]


def test_the_latest_of_two_full_texts_and_the_larger_count_of_an_update(settings: Settings) -> None:
    first = report("first", 2016, [arm("A1", "danazol", 40)], [counted("A1", 20, 40)], full=True)
    second = report("second", 2018, [arm("A1", "danazol", 40)], [counted("A1", 21, 39)], full=True)
    grown = report("grown", 2019, [arm("A1", "danazol", 70)], [counted("A1", 33, 70)])
    assert pooled(resolved(settings, study(first, second))) == [("second", 21, 39)]
    assert pooled(resolved(settings, study(first, second, grown))) == [("grown", 33, 70)]


def test_a_waiting_number_of_the_paper_leaves_the_abstracts(settings: Settings) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 41)], [counted("A1", 20, 41, status="review")], full=True)
    assert pooled(resolved(settings, study(ABSTRACT, paper))) == [("abstract", 18, 40)]


def test_agreement_is_a_check_and_raises_nothing(settings: Settings) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 40)], [counted("A1", 18, 40, status="review")], full=True)
    tables = resolved(settings, study(ABSTRACT, paper))
    assert of(tables, "paper").checks == "another report (abstract) of the study says the same"
    assert of(tables, "paper").authority == "waiting"
    assert pooled(tables) == [("abstract", 18, 40)]


def test_a_contradiction_waits_with_the_words_of_both(settings: Settings) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 40)], [counted("A1", 20, 40)], full=True)
    told = study(ABSTRACT, paper)
    tables = resolved(settings, told)
    assert pooled(tables) == []
    assert of(tables, "paper").checks == "doubt: another report (abstract) says 18/40: “18 of 40, all in all”"
    work = worklist(tables, [told], settings)
    assert [(w.file, w.evidence, w.line.split(",")[:2]) for w in work] == [
        ("corpus/abstract.txt", "18 of 40; all in all", ["abstract", "danazol"]),
        ("corpus/paper.txt", "20 of 40; all in all", ["okafor-2014", "danazol"]),
    ]


@pytest.mark.parametrize(
    "other",
    [
        counted("A1", 20, 40, at="12 weeks"),
        counted("A1", 20, 41),
        counted("A1", 20, 40, "complete_response"),
        counted("A1", 20, 40, denominator="evaluable"),
        counted("A1", 20, 40, status="review"),
    ],
)
def test_what_is_not_the_same_question_contradicts_nothing(settings: Settings, other: Outcome) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 40)], [other], full=True)
    assert of(resolved(settings, study(ABSTRACT, paper)), "abstract").authority == "accepted"


def test_a_second_reading_that_both_reports_share_settles_it(settings: Settings) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 40)], [counted("A1", 20, 40), counted("A1", 18, 40)], full=True)
    assert {r.authority for r in resolved(settings, study(ABSTRACT, paper)).outcomes} == {"accepted"}


def test_the_reviewer_ends_a_contradiction(settings: Settings, tmp_path: Path) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 40)], [counted("A1", 20, 40)], full=True)
    told = study(ABSTRACT, paper)
    line = worklist(resolved(settings, told), [told], settings)[0].line
    line = line.replace("REASON", "seen").replace("REVIEWER", "AB").replace("DATE", "2026-11-20")
    header = ",".join(Confirmation.model_fields) + "\n"
    (tmp_path / "confirmations.csv").write_text(header + line, encoding="utf-8")
    assert pooled(resolved(settings, told, folder=tmp_path)) == [("abstract", 18, 40)]


# ---- arms --------------------------------------------------------------------------------------------------------

TWO = [arm("A1", "danazol", 40, "experimental"), arm("A2", "placebo", 38, "control")]
TURNED = [arm("A1", "placebo", 38, "control"), arm("A2", "danazol", 40, "experimental")]


def test_arms_meet_by_what_was_given(settings: Settings) -> None:
    first = report("first", 2014, TWO, [counted("A1", 18, 40), counted("A2", 5, 38)])
    paper = report("paper", 2016, TURNED, [counted("A1", 5, 38), counted("A2", 18, 40)], full=True)
    tables = resolved(settings, study(first, paper))
    assert [(r.record_id, r.arm, r.events) for r in tables.outcomes if r.pooled] == [
        ("paper", "A2", 5),
        ("paper", "A1", 18),
    ]
    assert all("says the same" in r.checks for r in tables.outcomes)


def test_arms_of_one_drug_meet_by_dose(settings: Settings) -> None:
    doses = [arm("A1", "danazol", 20, label="low", dose=100), arm("A2", "danazol", 20, label="high", dose=400)]
    turned = [arm("A1", "danazol", 20, label="high", dose=400), arm("A2", "danazol", 20, label="low", dose=100)]
    first = report("first", 2014, doses, [counted("A1", 4, 20)])
    paper = report("paper", 2016, turned, [counted("A2", 4, 20)], full=True)
    tables = resolved(settings, study(first, paper))
    assert {r.arm for r in tables.outcomes} == {"A1"}


def test_an_arm_that_the_main_report_does_not_have_is_shown_and_not_pooled(settings: Settings) -> None:
    paper = report("paper", 2016, [arm("A1", "danazol", 40)], [counted("A1", 20, 40)], full=True)
    other = report("other", 2017, [arm("A1", "rituximab", 30)], [counted("A1", 12, 30)])
    tables = resolved(settings, study(paper, other))
    assert [(a.arm, a.drugs, a.record_id) for a in tables.arms] == [
        ("A1", "danazol", "paper"),
        ("A2", "rituximab", "other"),
    ]
    assert of(tables, "other").not_pooled_because == "the main report of this study (paper) has no such arm"


def test_a_later_report_never_renumbers_an_arm(settings: Settings) -> None:
    first = report("first", 2014, TWO, [counted("A1", 18, 40)])
    paper = report("paper", 2016, [arm("A1", "rituximab", 9), *[a.model_copy(update={"arm": f"A{i}"}) for i, a in enumerate(TURNED, 2)]],
                   [counted("A3", 20, 44)], full=True)  # fmt: skip
    late = report("late", 2018, [arm("A1", "eltrombopag", 9)], [counted("A1", 2, 9)])
    for reports in ([first], [first, paper], [first, paper, late]):
        tables = resolved(settings, study(*reports))
        numbers = {a.drugs: a.arm for a in tables.arms}
        assert (numbers["danazol"], numbers["placebo"]) == ("A1", "A2")
        assert numbers.get("rituximab", "A3") == "A3"


# ---- names in overrides ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "record", "events"),
    [
        ("okafor-2014,A1,overall_response.events,17,18", "first", 17),
        ("first,A1,overall_response.events,17,18", "first", 17),
        ("okafor-2016,A2,overall_response.events,21,20", "paper", 21),
        ("paper,A2,overall_response.events,21,20", "paper", 21),
        ("okafor-2014,A1,overall_response.events,21,20", "paper", 21),
    ],
)
def test_lines_by_old_names_and_by_record_reach_their_arm(
    settings: Settings, tmp_path: Path, line: str, record: str, events: int
) -> None:
    """A line written when the paper stood alone means the paper's arms; the study's own name means the study's."""
    first = report("first", 2014, TWO, [counted("A1", 18, 40)])
    paper = report("paper", 2016, TURNED, [counted("A2", 20, 39)], full=True)
    tables = resolved(settings, study(first, paper), corrections=line + ",seen,AB,2026-11-20\n", folder=tmp_path)
    row = of(tables, record)
    assert (row.events, row.arm, row.authority) == (events, "A1", "corrected")
    assert [a.effect for a in tables.decisions] == ["applied"]


def test_a_name_that_fits_two_studies_is_refused_with_both(settings: Settings, tmp_path: Path) -> None:
    reports = [report(name, 2014, [arm("A1", "danazol", 40)], [counted("A1", 18, 40)]) for name in ("lisbon", "porto")]
    cards = [[card_of(r)] for r in reports]
    names = study_names(cards, cards)
    studies = [Study(study=n.name, label=n.label, reports=[Report(record_id=r.record_id, file="f", kept=True)], candidate=r, names=n.fitting)
               for n, r in zip(names, reports, strict=True)]  # fmt: skip
    with pytest.raises(
        UserError, match=r"okafor-2014.* is not clear: it fits okafor-2014-title-lisbon, okafor-2014-title-porto"
    ):
        resolved(settings, *studies, corrections="okafor-2014,,n_total,41,40,seen,AB,2026-11-20\n", folder=tmp_path)


def test_a_full_text_that_is_excluded_stops_its_abstract(settings: Settings) -> None:
    paper = report("paper", 2016, [], [], full=True, decision="exclude")
    (row,) = resolved(settings, study(ABSTRACT, paper)).studies
    assert (row.decision, row.reason) == (
        "review",
        "its reports disagree: abstract is included, paper is not (case report)",
    )


# ---- shared cohorts ----------------------------------------------------------------------------------------------


def cohort(a: str, b: str, *, used: bool = True) -> LinkRow:
    return LinkRow(record_a=a, record_b=b, relation="shared cohort", status="possible", likelihood=0.7, evidence="one centre",
                   study_a=a, study_b=b, used=used)  # fmt: skip


def alone(author: str, n: int, *outcomes: Outcome) -> Study:
    return study(report(author.lower(), 2015, [arm("A1", "danazol", n)], list(outcomes), author=f"{author} X"))


SMALL = alone("Small", 30, counted("A1", 12, 30), counted("A1", 5, 30, "complete_response"))
LARGE = alone("Large", 60, counted("A1", 30, 60))
OTHER = alone("Other", 50, counted("A1", 20, 50))
LINKS = (cohort("small-2015", "large-2015"),)


def with_all(settings: Settings, shared_cohorts: str) -> Settings:
    link = settings.config.link.model_copy(update={"shared_cohorts": shared_cohorts})
    analysis = settings.config.analysis.model_copy(update={"outcomes": ["overall_response", "complete_response"]})
    return settings.model_copy(
        update={"config": settings.config.model_copy(update={"link": link, "analysis": analysis})}
    )


@pytest.mark.parametrize(
    ("shared_cohorts", "main", "otherwise", "name"),
    [
        ("larger", (50, 110), (62, 140), "with all studies that share patients"),
        ("all", (62, 140), (50, 110), "with only the larger of studies that share patients"),
    ],
)
def test_the_larger_or_all_and_the_other_as_sensitivity(
    settings: Settings, shared_cohorts: str, main: tuple[int, int], otherwise: tuple[int, int], name: str
) -> None:
    chosen = with_all(settings, shared_cohorts)
    tables = resolved(chosen, SMALL, LARGE, OTHER, links=LINKS)
    response, complete = pool_outcomes(tables.outcomes, tables.arms, tables.studies, chosen)
    assert response.overall is not None
    assert (response.overall.events, response.overall.n) == main
    assert [(p.name, p.events, p.n) for p in response.sensitivity] == [(name, *otherwise)]
    assert complete.overall is not None
    assert (complete.overall.n, complete.sensitivity) == (30, []), "only the smaller study has this outcome"


def test_a_cohort_below_the_likelihood_changes_nothing(settings: Settings) -> None:
    tables = resolved(settings, SMALL, LARGE, links=(cohort("small-2015", "large-2015", used=False),))
    assert len(pooled(tables)) == 2


def test_of_a_chain_of_cohorts_the_ends_can_stay(settings: Settings) -> None:
    """Other shares with Large and with Small, which share nothing with one another."""
    tables = resolved(
        settings, SMALL, LARGE, OTHER, links=(cohort("large-2015", "other-2015"), cohort("other-2015", "small-2015"))
    )
    assert [name for name, *_ in pooled(tables)] == ["large", "small"]
    assert of(tables, "other").not_pooled_because == "shares patients with large-2015, which is larger"


def test_links_to_look_at_come_with_a_line_for_links_csv(settings: Settings) -> None:
    tables = resolved(settings, SMALL, LARGE, links=LINKS)
    (work,) = [w for w in worklist(tables, [SMALL, LARGE], settings, LINKS) if w.line_for == "links.csv"]
    assert work.line == "small-2015,large-2015,shared cohort,REASON,REVIEWER,DATE"
    assert (work.field, work.why) == ("shared cohort", "one centre")
