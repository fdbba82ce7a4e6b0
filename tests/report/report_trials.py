"""A made-up review of trials of several arms: twelve treatments with long names that connect, designs of both kinds.

`python tests/report/report_trials.py DIR` writes DIR/config, DIR/extracted and DIR/reports.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from make_review import write_review
from report_specs import ArmSpec, NumberSpec, ReviewSpec, StudySpec

from pipeline.report.stage import run
from pipeline.resolved import ComparisonRow

OUTCOME, OTHER = "overall_response", "relapse"
TREATMENTS = (
    "placebo",
    "dexamethasone + recombinant human thrombopoietin",
    "high-dose dexamethasone alone",
    "all-trans retinoic acid + high-dose dexamethasone",
    "low-dose rituximab + all-trans retinoic acid + dexamethasone",
    "oseltamivir <b>plus</b> dexamethasone & more",
    "mycophenolate mofetil",
    "eltrombopag",
    "hetrombopag + immunosuppressant",
    "TPO receptor agonist + immunosuppressant + intravenous immunoglobulin",
    "fostamatinib",
    "Bruton's tyrosine kinase inhibitor",
)
#: treatments (numbers above; the last is the control) with events and sizes, made up: a star, loops, trials of three and
#: four arms, a trial without events, one with an empty cell
TRIALS: tuple[tuple[tuple[int, int, int], ...], ...] = (
    ((2, 22, 50), (0, 6, 48)),
    ((2, 41, 80), (0, 15, 82)),
    ((1, 60, 90), (2, 44, 92)),
    ((1, 33, 51), (2, 25, 49)),
    ((3, 45, 66), (2, 35, 66)),
    ((4, 40, 52), (3, 31, 50), (2, 24, 51)),
    ((5, 30, 48), (2, 22, 47)),
    ((6, 29, 60), (2, 30, 60)),
    ((7, 58, 83), (0, 12, 41)),
    ((7, 62, 135), (0, 9, 62)),
    ((8, 71, 100), (7, 66, 101), (6, 41, 99), (0, 20, 98)),
    ((9, 18, 22), (8, 15, 21)),
    ((10, 9, 51), (0, 0, 25)),
    ((10, 9, 50), (0, 2, 24)),
    ((11, 30, 133), (0, 0, 69)),
    ((11, 0, 12), (0, 0, 11)),
    ((1, 48, 70), (3, 47, 71)),
)
COHORTS: tuple[tuple[tuple[int, int, int], ...], ...] = (
    ((7, 40, 52), (0, 10, 30)),
    ((1, 70, 100), (2, 52, 100)),
    ((1, 20, 41), (2, 21, 40)),
)


def _share(events: int, n: int, arm: int, outcome: str = OUTCOME, **more: object) -> NumberSpec:
    words = f"{events} of {n} patients of group {arm}"
    return NumberSpec(arm, outcome, outcome.replace("_", " "), events, n, words, **more)  # type: ignore[arg-type]


def _study(name: str, year: int, design: str, counts: Sequence[tuple[int, int, int]]) -> StudySpec:
    arms = tuple(
        ArmSpec(
            TREATMENTS[t], (f"drug{t:02d}",), TREATMENTS[t], n, "experimental" if i < len(counts) - 1 else "control"
        )
        for i, (t, _, n) in enumerate(counts)
    )
    return StudySpec(
        f"{name.lower()}-{year}",
        f"{name} {year}",
        f"A study by {name}",
        design=design,
        n_total=sum(n for _, _, n in counts),
        year=year,
        arms=arms,
        numbers=tuple(_share(events, n, i) for i, (_, events, n) in enumerate(counts, 1)),
    )


def _apart() -> list[StudySpec]:
    """Doses of one treatment, an arm that waits, responders of a trial."""
    doses = (
        ArmSpec("375 mg/m²", ("rituximab",), "rituximab", 40, "experimental"),
        ArmSpec("100 mg", ("rituximab",), "rituximab", 42, "control"),
    )
    two = (ArmSpec("x", ("x",), "class X", 30, "experimental"), ArmSpec("y", ("y",), "class Y", 31, "control"))
    responders = {"outcome": OTHER, "denominator": "responders"}
    return [
        StudySpec("dose-2015", "Dose 2015", design="randomised", n_total=82, year=2015, arms=doses,
                  numbers=(_share(25, 40, 1), _share(22, 42, 2))),
        StudySpec("waits-2016", "Waits 2016", design="randomised", n_total=61, year=2016, arms=two,
                  numbers=(_share(12, 30, 1), _share(9, 31, 2, authority="waiting"))),
        StudySpec("late-2017", "Late 2017", design="randomised", n_total=61, year=2017, arms=two,
                  numbers=(_share(4, 12, 1, **responders), _share(6, 11, 2, **responders))),
    ]  # fmt: skip


def _stated(
    study: str, measure: str, estimate: float, ci: tuple[float, float] | None, adjusted: bool = False
) -> ComparisonRow:
    return ComparisonRow(
        study=study, outcome=OUTCOME, name="overall response", measure=measure, estimate=estimate,
        ci_low=None if ci is None else ci[0], ci_high=None if ci is None else ci[1], level=95, p=0.002, p_is="=",
        adjusted=adjusted or None, analysis="", first_arm="A1", second_arm="A2", status="accepted", checks="",
        evidence_start=0, evidence_end=9,
    )  # fmt: skip


def trials() -> ReviewSpec:
    names = [f"Trial{chr(65 + i)}" for i in range(len(TRIALS))]
    studies = [_study(n, 2004 + i, "randomised", c) for i, (n, c) in enumerate(zip(names, TRIALS, strict=True))]
    studies += [_study(f"Cohort{i}", 2010 + i, "non-randomised comparative", c) for i, c in enumerate(COHORTS)]
    return ReviewSpec(
        "Trials of several arms",
        "Which treatment does more?",
        [*studies, *_apart()],
        outcomes=[OUTCOME, OTHER, "death"],
        comparisons=[
            _stated("triala-2004", "RR", 3.52, (1.56, 7.93)),  # 22/50 over 6/48 is 3.52
            _stated("trialc-2006", "RD", 0.38, (0.2, 0.5)),  # 60/90 - 44/92 is 0.188
            _stated("trialg-2010", "HR", 0.71, None, adjusted=True),
            _stated("trialb-2005", "OR", 9.5, (4.1, 22.0), adjusted=True),  # 41·67/(39·15) is 4.70
        ],
    )


def write(folder: Path) -> Path:
    """The page."""
    write_review(trials(), folder)
    extracted = folder / "extracted"
    return run(extracted, folder / "config", extracted / "parsed", folder / "corpus", folder / "reports")


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
