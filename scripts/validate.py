"""Coverage of intervals by simulation (`make validate`): docs/coverage.csv, and the tables of docs/statistics.md.

Each scenario (k, sizes, median, tau) has its own seed, and draws REPLICATES meta-analyses: sizes uniform, logits normal
around that of the median with standard deviation tau, events binomial. All measures, methods and tests get the same
ones. What a cell holds is a share of its replicates.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

from pipeline.stats.effects import MEASURES, Floats, escalc
from pipeline.stats.inference import Inference, intervals
from pipeline.stats.many import Many, pool_many
from pipeline.stats.pool import pool_proportions

ROOT = Path(__file__).parent.parent
CELLS, PAGE = ROOT / "docs/coverage.csv", ROOT / "docs/statistics.md"
START, END = "<!-- coverage: made by `make validate` -->", "<!-- end of coverage -->"

SEED, REPLICATES, GLMM_REPLICATES = 5, 2000, 500
LEVEL = 0.95
SIMULATED = ("PLO", "PAS", "PFT", "PR")
METHODS = ("DL", "REML", "PM")
TESTS = ("z", "knha", "adhoc")
STUDIES = (5, 10, 20)
SIZES = {"10-40": (10, 40), "50-200": (50, 200)}
MEDIANS = (0.1, 0.3, 0.9)
TAUS = (0.0, 0.5, 1.0)
#: of the GLMM
GLMM_TESTS, GLMM_STUDIES, GLMM_MEDIANS = ("z", "t"), (10,), (0.1, 0.3)
#: tests of the two-step models in the table by measure
SHOWN = ("z", "knha")


@dataclass(frozen=True)
class Scenario:
    """What is drawn: k studies with sizes of SIZES, the proportion of the median study, tau of the logits."""

    k: int
    sizes: str
    median: float
    tau: float


@dataclass(frozen=True)
class Cell:
    """Shares of replicates in which an interval covers: `own_mean`, `median_study` by the confidence interval,
    `new_study` by metafor's prediction interval, `new_study_hts` by Higgins, Thompson & Spiegelhalter's."""

    model: str
    measure: str
    method: str
    test: str
    k: int
    sizes: str
    median: float
    tau: float
    replicates: int
    own_mean: float
    median_study: float
    new_study: float
    new_study_hts: float


@dataclass(frozen=True)
class Drawn:
    """Meta-analyses of a scenario: events and n (M, k), the proportion of a new study of each (M,)."""

    scenario: Scenario
    events: Floats
    n: Floats
    new: Floats

    @property
    def harmonic(self) -> Floats:
        return np.asarray(1 / np.mean(1 / self.n, axis=1))


def main() -> int:
    cells = [cell for scenario in scenarios() for cell in measured(scenario)]
    cells += [cell for scenario in glmm_scenarios() for cell in measured_glmm(scenario)]
    write(cells)
    PAGE.write_text(with_tables(PAGE.read_text("utf-8"), read()), encoding="utf-8")
    print(f"{len(cells)} cells: {CELLS}, condensed in {PAGE}")
    return 0


def scenarios() -> list[Scenario]:
    return [Scenario(*values) for values in product(STUDIES, SIZES, MEDIANS, TAUS)]


def glmm_scenarios() -> list[Scenario]:
    return [s for s in scenarios() if s.k in GLMM_STUDIES and s.median in GLMM_MEDIANS]


# ---- simulation -----------------------------------------------------------------------------------------------------


def draw(scenario: Scenario) -> Drawn:
    """REPLICATES meta-analyses, from the scenario's own seed."""
    rng = np.random.default_rng([SEED, scenarios().index(scenario)])
    shape, (least, most) = (REPLICATES, scenario.k), SIZES[scenario.sizes]
    n = rng.integers(least, most, shape, endpoint=True)
    logits = logit(scenario.median) + scenario.tau * rng.standard_normal((REPLICATES, scenario.k + 1))
    p = expit(logits)
    return Drawn(scenario, rng.binomial(n, p[:, :-1]).astype(float), n.astype(float), p[:, -1])


def measured(scenario: Scenario) -> Iterator[Cell]:
    """Every measure, method and test of a scenario."""
    drawn = draw(scenario)
    for measure in SIMULATED:
        yi, vi = escalc(measure, drawn.events, drawn.n)
        for method in METHODS:
            hts = higgins(pool_many(yi, vi, method, "z", LEVEL))
            for test in TESTS:
                fits = pool_many(yi, vi, method, test, LEVEL)
                yield cell(drawn, "iv", measure, method, test, fits.ci, fits.pi, hts)


def higgins(wald: Many) -> Floats:
    """Higgins, Thompson & Spiegelhalter's prediction intervals (2009, JRSS A 172:137): t on k - 2 df, (M, 2)."""
    return intervals(wald.mu, np.hypot(wald.se, np.sqrt(wald.tau2)), wald.k - 2.0, LEVEL)


def measured_glmm(scenario: Scenario) -> Iterator[Cell]:
    """The binomial-normal model on the first GLMM_REPLICATES; where it has no maximum, what stands in for it."""
    drawn = draw(scenario)
    few = Drawn(scenario, *(a[:GLMM_REPLICATES] for a in (drawn.events, drawn.n, drawn.new)))
    pairs = zip(few.events, few.n, strict=True)
    fits = [pool_proportions(x, n, model="glmm", level=LEVEL, profile=False) for x, n in pairs]
    wide = [float(np.hypot(fit.se, np.sqrt(fit.tau2))) for fit in fits]
    rules = {
        "z": Inference(None, LEVEL),
        "t": Inference(scenario.k - 1, LEVEL),
        "hts": Inference(scenario.k - 2, LEVEL),
    }
    new = {name: np.array([r.around(f.mu, w) for f, w in zip(fits, wide, strict=True)]) for name, r in rules.items()}
    for test in GLMM_TESTS:
        ci = np.array([rules[test].around(fit.mu, fit.se) for fit in fits])
        yield cell(few, "glmm", "PLO", "ML", test, ci, new[test], new["hts"])


# ---- what is to be covered ------------------------------------------------------------------------------------------


def cell(drawn: Drawn, model: str, measure: str, method: str, test: str, ci: Floats, pi: Floats, hts: Floats) -> Cell:
    """Intervals (M, 2) on the scale of the measure, judged there."""
    s = drawn.scenario
    new = led(measure, drawn.new, drawn.harmonic)
    median = led(measure, np.full(len(ci), s.median), drawn.harmonic)
    return Cell(
        *(model, measure, method, test, s.k, s.sizes, s.median, s.tau, len(ci)),
        own_mean=share(ci, np.full(len(ci), own_mean(measure, s.median, s.tau))),
        median_study=share(ci, median),
        new_study=share(pi, new),
        new_study_hts=share(hts, new),
    )


def led(measure: str, p: Floats, harmonic: Floats) -> Floats:
    """Proportions on the scale of the measure; Freeman-Tukey's at the harmonic n, whose inverse is Miller's."""
    return MEASURES[measure].effect(harmonic * p, harmonic)[0]


def own_mean(measure: str, median: float, tau: float, nodes: int = 100) -> float:
    """The mean of the studies' true effects on the scale of the measure, by Gauss-Hermite quadrature.

    Freeman-Tukey's scale is that of the arcsine as n grows, so its mean is taken there.
    """
    z, weights = np.polynomial.hermite_e.hermegauss(nodes)
    p = expit(logit(median) + tau * z)
    scale = "PAS" if measure == "PFT" else measure
    return float(weights @ led(scale, p, np.ones(nodes)) / weights.sum())


def share(ends: Floats, truth: Floats) -> float:
    """Of the intervals (M, 2) that hold their truth (M,); one without width holds what differs by rounding only."""
    slack = 1e-9
    return float(np.mean((ends[:, 0] - slack <= truth) & (truth <= ends[:, 1] + slack)))


# ---- files ----------------------------------------------------------------------------------------------------------


def write(cells: Sequence[Cell]) -> None:
    """All cells; shares with three digits."""
    with CELLS.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(f.name for f in fields(Cell))
        shares = ("own_mean", "median_study", "new_study", "new_study_hts")
        for each in cells:
            values = {f.name: getattr(each, f.name) for f in fields(Cell)}
            lines.writerow(f"{value:.3f}" if name in shares else value for name, value in values.items())


def read() -> list[Cell]:
    with CELLS.open(encoding="utf-8", newline="") as file:
        kinds = {"int": int, "float": float, "str": str}
        return [Cell(**{f.name: kinds[str(f.type)](row[f.name]) for f in fields(Cell)}) for row in csv.DictReader(file)]


def with_tables(page: str, cells: Sequence[Cell]) -> str:
    """The page with the tables between its markers made anew."""
    before, rest = page.split(START)
    return f"{before}{START}\n{tables(cells)}\n{END}{rest.split(END)[1]}"


def tables(cells: Sequence[Cell]) -> str:
    """What the page shows of the cells, as percentages."""
    return "\n".join([*by_measure(cells), "", *by_method(cells)])


def by_measure(cells: Sequence[Cell]) -> list[str]:
    """Measures and tests with REML, and the GLMM beside PLO on the same cells (*): all targets."""
    targets = ("own_mean", "median_study", "new_study", "new_study_hts")
    names = ("own mean", "median study", "new study", "new study, hts")
    rows = [
        [
            *label,
            *(condensed([c for c in chosen if c.sizes == size], target) for target, size in product(targets, SIZES)),
        ]
        for label, chosen in _of_measures(cells)
    ]
    return markdown(["measure", "test", *(f"{name}, {size}" for name, size in product(names, SIZES))], rows)


def _of_measures(cells: Sequence[Cell]) -> Iterator[tuple[tuple[str, str], list[Cell]]]:
    for measure, test in product(SIMULATED, SHOWN):
        yield (measure, test), [c for c in cells if (c.measure, c.method, c.test) == (measure, "REML", test)]
    same = [c for c in cells if c.k in GLMM_STUDIES and c.median in GLMM_MEDIANS]
    for test in SHOWN:
        yield ("PLO *", test), [c for c in same if (c.measure, c.method, c.test) == ("PLO", "REML", test)]
    for test in GLMM_TESTS:
        yield ("GLMM *", test), [c for c in cells if (c.model, c.test) == ("glmm", test)]


def by_method(cells: Sequence[Cell]) -> list[str]:
    """PLO by every method and test: the median study, by the number of studies."""
    rows = []
    for method, test in product(METHODS, TESTS):
        of = [c for c in cells if (c.measure, c.method, c.test) == ("PLO", method, test)]
        groups = product(STUDIES, SIZES)
        rows.append(
            [method, test, *(condensed([c for c in of if (c.k, c.sizes) == g], "median_study") for g in groups)]
        )
    return markdown(["PLO", "test", *(f"k {k}, {size}" for k, size in product(STUDIES, SIZES))], rows)


def condensed(cells: Sequence[Cell], target: str) -> str:
    """The mean of the cells, and in brackets the lowest, in percent."""
    values = [100 * getattr(c, target) for c in cells]
    return f"{np.mean(values):.1f} ({min(values):.1f})"


def markdown(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]


if __name__ == "__main__":
    raise SystemExit(main())
