"""Made-up reviews: the ITP studies with their figures, sixty rows of hostile text, and two with nothing to pool."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from report_changes import made_up_changes

from pipeline.linked import SetAsideRow
from pipeline.records import Certainty, RiskOfBias
from pipeline.released import Changes
from pipeline.resolved import ComparisonRow, DecisionRow
from pipeline.searched import SearchRow


@dataclass(frozen=True)
class ArmSpec:
    label: str
    drugs: tuple[str, ...]
    regimen_class: str
    n: int | None
    role: str = "single"
    regimen: str = ""


@dataclass(frozen=True)
class NumberSpec:
    """A proportion with the words that the made-up text says it in."""

    arm: int
    outcome: str
    name: str
    events: int | None
    n: int | None
    words: str
    authority: str = "accepted"
    percent: float | None = None
    timepoint: str = ""
    denominator: str = "enrolled"


@dataclass(frozen=True)
class StudySpec:
    study: str
    label: str
    title: str = ""
    decision: str = "include"
    reason: str = "reports a response proportion"
    design: str = "single-arm retrospective"
    age: str = "adult"
    n_total: int | None = None
    year: int | None = None
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    file: str = "corpus/listing.txt"
    authors: tuple[str, ...] = ()
    arms: tuple[ArmSpec, ...] = ()
    numbers: tuple[NumberSpec, ...] = ()
    filler: str = ""
    pages: bool = False


@dataclass
class ReviewSpec:
    title: str
    question: str
    studies: list[StudySpec]
    outcomes: list[str] = field(default_factory=lambda: ["overall_response", "complete_response"])
    set_aside: list[SetAsideRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    risk_of_bias: list[RiskOfBias] = field(default_factory=list)
    certainty: list[Certainty] = field(default_factory=list)
    comparisons: list[ComparisonRow] = field(default_factory=list)
    searches: list[SearchRow] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)


LABELS = {
    "overall_response": ("Overall response", "enrolled", "response|responded"),
    "complete_response": ("Complete response", "enrolled", "complete response"),
    "sustained_response": ("Sustained response", "enrolled", "sustained response"),
    "relapse": ("Relapse", "responders", "relapse*"),
    "death": ("Death", "enrolled", "died"),
}


def pooled_here(spec: StudySpec, number: NumberSpec, outcomes: Sequence[str]) -> bool:
    arm = spec.arms[number.arm - 1]
    known = number.events is not None and number.n is not None
    return known and number.authority != "waiting" and number.outcome in outcomes and arm.role != "subgroup"


def share_of(arm: int, outcome: str, events: int, n: int, **more: object) -> NumberSpec:
    name = LABELS[outcome][0].lower()
    share = f"{100 * events / n:.1f}"
    number = NumberSpec(arm, outcome, name, events, n, f"{events} of {n} patients ({share} %) had a {name}")
    return replace(number, **more)  # type: ignore[arg-type]


ATRA, ATRA_RTX, RTX = "tretinoin", "tretinoin + rituximab", "rituximab"
IS, TPO_IS, CSA, IG, SYK = (
    "immunosuppressant",
    "TPO receptor agonist + immunosuppressant",
    "ciclosporin + immunoglobulin",
    "immunoglobulin",
    "Syk inhibitor",
)
OR, CR, SR = "overall_response", "complete_response", "sustained_response"


def itp() -> ReviewSpec:
    """Published figures of the studies behind the first review; the sentences are made up."""
    studies = [
        StudySpec(
            "untitled-1",
            "Untitled 1",
            design="single-arm retrospective",
            age="unspecified",
            n_total=35,
            file="corpus/000.txt",
            arms=(
                ArmSpec("ATRA with or without a partner", ("tretinoin",), ATRA, 35, regimen="10 mg three times daily"),
            ),
            numbers=(
                share_of(1, OR, 25, 35),
                share_of(1, "relapse", 10, 25, denominator="responders"),
            ),
        ),
        StudySpec(
            "arnold-2010",
            "Arnold 2010",
            "Combination immunosuppressant therapy for patients with chronic refractory "
            "immune thrombocytopenic purpura",
            n_total=19,
            year=2010,
            journal="Blood",
            doi="10.1182/blood-2009-06-222448",
            pmid="19880491",
            authors=("Arnold DM", "Nazi I", "Santos A", "Chan H", "Heddle NM"),
            arms=(
                ArmSpec(
                    "azathioprine, mycophenolate and ciclosporin",
                    ("azathioprine", "cyclosporine", "mycophenolate"),
                    IS,
                    19,
                ),
            ),
            numbers=(share_of(1, OR, 14, 19), share_of(1, "relapse", 8, 14, denominator="responders")),
        ),
        StudySpec(
            "tanaka-2006",
            "Tanaka 2006",
            design="case series",
            n_total=5,
            year=2006,
            journal="Blood",
            arms=(ArmSpec("single-dose rituximab", ("rituximab",), RTX, 5),),
            numbers=(share_of(1, OR, 5, 5),),
        ),
        StudySpec(
            "podolanczuk-2009",
            "Podolanczuk 2009",
            design="single-arm prospective",
            n_total=16,
            year=2009,
            journal="Blood",
            arms=(ArmSpec("Syk inhibitor, dose escalation", ("r406",), SYK, 16),),
            numbers=(
                share_of(1, OR, 12, 16, authority="corrected"),
                share_of(1, SR, 8, 16),
            ),
        ),
        StudySpec(
            "crickx-2020",
            "Crickx 2020",
            n_total=31,
            year=2020,
            journal="Blood",
            arms=(
                ArmSpec("TPO receptor agonist plus immunosuppressant", ("eltrombopag", "mycophenolate"), TPO_IS, 31),
                ArmSpec("previously on an immunosuppressant alone", ("eltrombopag",), TPO_IS, 16, role="subgroup"),
            ),
            numbers=(
                share_of(1, OR, 25, 31),
                share_of(1, CR, 19, 31),
                share_of(2, CR, 10, 16),
                share_of(1, "death", 1, 31),
            ),
        ),
        StudySpec(
            "robak-2007",
            "Robak 2007",
            design="single-arm prospective",
            n_total=57,
            year=2007,
            journal="Blood",
            arms=(
                ArmSpec("10 % intravenous immunoglobulin", ("immunoglobulin",), IG, 57, regimen="1 g/kg/day, 2 days"),
            ),
            numbers=(
                share_of(1, OR, 46, 57, timepoint="7 days"),
                NumberSpec(1, OR, "response", None, None, "about 43 % by the next day", "waiting", 43.0, "1 day"),
            ),
        ),
        StudySpec(
            "ito-2021",
            "Ito 2021",
            design="non-randomised comparative",
            age="paediatric",
            n_total=87,
            year=2021,
            arms=(
                ArmSpec("2009–2017, with ciclosporin", ("cyclosporine", "immunoglobulin"), CSA, 45, "experimental"),
                ArmSpec("1998–2008, conventional", ("corticosteroid", "immunoglobulin"), IG, 42, "control"),
            ),
            numbers=(share_of(1, OR, 44, 45, timepoint="3 years"), share_of(2, OR, 35, 42, timepoint="3 years")),
        ),
        StudySpec(
            "wu-2022",
            "Wu 2022",
            "All-trans retinoic acid with low-dose rituximab: a randomised trial",
            design="randomised",
            n_total=168,
            year=2022,
            journal="Blood",
            file="corpus/wu2022.pdf",
            pages=True,
            arms=(
                ArmSpec("ATRA plus low-dose rituximab", ("rituximab", "tretinoin"), ATRA_RTX, 112, "experimental"),
                ArmSpec("low-dose rituximab", ("rituximab",), RTX, 56, "control", "100 mg weekly for 6 weeks"),
            ),
            numbers=(
                share_of(1, OR, 90, 112, timepoint="1 year"),
                share_of(2, OR, 33, 56, timepoint="1 year"),
                share_of(1, CR, 45, 112),
                share_of(2, CR, 14, 56),
                share_of(1, SR, 68, 112),
                share_of(2, SR, 23, 56),
                share_of(1, "death", 1, 112),
                share_of(2, "death", 0, 56),
            ),
        ),
        StudySpec(
            "untitled-2",
            "Untitled 2",
            age="unspecified",
            n_total=28,
            file="corpus/003.txt",
            arms=(ArmSpec("ATRA after cancer therapy", ("tretinoin",), ATRA, 28, regimen="25 mg/m2/day, 6 weeks"),),
            numbers=(share_of(1, CR, 12, 28), share_of(1, OR, 19, 28)),
        ),
        *[
            StudySpec(
                name, label, decision="exclude", reason=reason, design=design, n_total=n, year=year, journal=journal
            )
            for name, label, reason, design, n, year, journal in (
                ("parveen-2019", "Parveen 2019", "no response proportion", "single-arm prospective", 20, 2019, "BJOG"),
                ("akbar-2021", "Akbar 2021", "review", "review", None, 2021, "Blood"),
                ("chua-2005", "Chua 2005", "meta-analysis", "meta-analysis", None, 2005, "Blood"),
                ("oo-2004", "Oo 2004", "case report", "case report", 1, 2004, "Blood"),
                ("dichtwald-2021", "Dichtwald 2021", "case report", "case report", 1, 2021, "Lupus"),
                ("encyclopaedia", "Encyclopaedia", "not a study", "other", None, None, ""),
            )
        ],
    ]
    return ReviewSpec(
        title="Treatments of refractory immune thrombocytopenia",
        question="In patients with refractory immune thrombocytopenia, what share responds to each class of treatment?",
        studies=studies,
        changes=made_up_changes("arnold-2010", "monthly search"),
        set_aside=[
            SetAsideRow(file="corpus/scan.pdf", record="", reason="encrypted", remedy="save it without a password"),
            SetAsideRow(file="corpus/export.nbib", record="record 7", reason="has no text", remedy="add an abstract"),
        ],
        decisions=[
            _audit(3, "podolanczuk-2009", "A1", "overall_response.events", "8", "8", "12", "applied"),
            _audit(9, "arnold-2010", "", "n_total", "19", "18", "20", "stale"),
            _audit(5, "tanaka-2006", "A1", "n", "5", "", "5", "redundant"),
        ],
        risk_of_bias=[
            *[_judged("untitled-1", "JBI", f"Q{i}", "no" if i == 4 else "yes") for i in range(1, 11)],
            *[_judged("podolanczuk-2009", "ROBINS-I", f"D{i}", "serious" if i == 1 else "low") for i in range(1, 7)],
            _judged("arnold-2010", "RoB 2", "D1", "low", support="sealed envelopes"),
            _judged("arnold-2010", "RoB 2", "D1", "high", reviewer="CD"),
            _judged("arnold-2010", "RoB 2", "D2", "high", outcome="relapse"),
        ],
        certainty=[
            *[_graded(d, "serious" if d == "imprecision" else "not serious", start="high") for d in DOMAINS],
            _graded("large effect", "large"),
            _graded("imprecision", "very serious", regimen_class=ATRA, explanation="28 patients"),
        ],
        comparisons=[
            ComparisonRow(
                study="wu-2022",
                outcome=OR,
                name="overall response",
                measure="RD",
                estimate=0.22,
                ci_low=0.07,
                ci_high=0.36,
                level=95,
                p=0.002,
                p_is="=",
                adjusted=False,
                analysis="",
                first_arm="A1",
                second_arm="A2",
                status="accepted",
                checks="estimate matches the counts",
                evidence_start=0,
                evidence_end=9,
            )
        ],
        searches=[
            _searched("2026-10-01", "PubMed", "(purpura[tiab]) AND tretinoin", 41, 41, "pubmed-2026-10-01.nbib"),
            _searched("2026-11-20", "PubMed", "(purpura[tiab]) AND tretinoin", 43, 2, "pubmed-2026-11-20.nbib"),
            _searched("2026-11-19", "Registry", '=HYPERLINK("purpura")', 0, 0, ""),
        ],
    )


def _searched(date: str, source: str, query: str, hits: int, new: int, file: str) -> SearchRow:
    day = datetime.date.fromisoformat(date)
    return SearchRow(date=day, search="main", source=source, query=query, hits=hits, new=new, file=file)


DOMAINS = ("risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias")


def _judged(study: str, tool: str, item: str, judgement: str, **more: str) -> RiskOfBias:
    given = {"study": study, "tool": tool, "item": item, "judgement": judgement, "reviewer": "AB", "date": "2026-11-20"}
    return RiskOfBias.model_validate(given | more)


def _graded(domain: str, judgement: str, **more: str) -> Certainty:
    given = {"outcome": OR, "domain": domain, "judgement": judgement, "reviewer": "AB", "date": "2026-11-20"}
    return Certainty.model_validate(given | more)


def _audit(line: int, study: str, arm: str, what: str, machine: str, was: str, value: str, effect: str) -> DecisionRow:
    return DecisionRow(
        file="overrides/corrections.csv",
        line=line,
        study=study,
        arm=arm,
        field=what,
        machine=machine,
        was=was,
        value=value,
        effect=effect,
        reason="persistent and passing responses both count",
        reviewer="CV",
        date="2026-11-20",
    )


HOSTILE = (
    "<script>alert('x')</script> & \"quoted\" 'titles' </title></svg>--> {{ 7 * 7 }}",
    "תגובה לטיפול בתרומבוציטופניה חיסונית עמידה",
    "\u202etxet desreveR\u0007 with a bell",
    "Очень длинное название " * 12,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
    "免疫性血小板減少症に対する治療反応の検討",
)


def sixty() -> ReviewSpec:
    """60 arms with long and hostile names, 0 % and 100 %, missing years and sizes, an abstract of 10,000 characters."""
    studies = []
    for i in range(60):
        n = 5 + (i * 37) % 240
        events = {0: 0, 1: n}.get(i % 10, (n * (11 + (i * 29) % 80)) // 100)
        title = HOSTILE[i % len(HOSTILE)]
        studies.append(
            StudySpec(
                f"study-{i:02d}",
                f"{title[:90]} {2000 + i % 25}" if i % 3 == 0 else f"Author {i} {2000 + i % 25}",
                title,
                n_total=n if i % 7 else None,
                year=2000 + i % 25 if i % 9 else None,
                journal="Journal <b>of</b> Tests",
                doi="10.1000/<script>" if i == 0 else "javascript:alert(1)",
                pmid="12345678" if i % 2 else "not a number",
                file=f"corpus/<i>{i % 4}</i>.txt",
                filler="Background text of no interest. " * 320 if i == 0 else "",
                arms=(ArmSpec(f"arm of {title[:40]}", ("drug",), f"class {'ABCDE'[i % 5]}", n),),
                numbers=(
                    share_of(1, OR, events, n),
                    NumberSpec(
                        1,
                        CR,
                        f"complete <b>{title[:30]}",
                        None,
                        n,
                        f'<img src=x onerror="alert({i})"> 12 %',
                        "waiting",
                        12.0,
                    ),
                ),
            )
        )
    studies[3] = replace(studies[3], arms=(ArmSpec("no size", (), "class A", None),))
    told = [_judged(f"study-{i:02d}", "RoB 2", "D1", "low", reviewer=t, support=t) for i, t in enumerate(HOSTILE)]
    graded = [_graded("imprecision", "serious", reviewer=text, explanation=text) for text in HOSTILE]
    return ReviewSpec(
        "Sixty </title><script>alert(1)</script>",
        'What "is" <it>?',
        studies,
        risk_of_bias=told,
        certainty=graded,
        changes=made_up_changes("study-01", HOSTILE[0]),
    )


def barren() -> ReviewSpec:
    """A study whose only number waits: nothing can be pooled."""
    number = NumberSpec(1, OR, "response", None, 20, "nearly half of the 20", "waiting")
    study = StudySpec(
        "lone-2001", "Lone 2001", n_total=20, year=2001, arms=(ArmSpec("x", (), "none", 20),), numbers=(number,)
    )
    return ReviewSpec("Nothing to pool", "Is there anything?", [study])


def empty() -> ReviewSpec:
    """No record at all."""
    return ReviewSpec("Empty", "Is there anything?", [])


REVIEWS: dict[str, Callable[[], ReviewSpec]] = {"itp": itp, "sixty": sixty, "barren": barren, "empty": empty}
