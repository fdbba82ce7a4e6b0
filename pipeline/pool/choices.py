"""The multiverse of a pooled outcome: measure × estimator × test × model, of the main rows and of other sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.analysed import MAIN, Choice
from pipeline.config import Analysis
from pipeline.pool.pooled_set import Counts
from pipeline.stats.multiverse import MEASURES, METHODS, TESTS, Specification, multiverse

#: fewer rows have no spread to speak of, and the GLMM no maximum
LEAST = 3


def choices(sets: Mapping[str, Counts], analysis: Analysis) -> list[Choice]:
    """Every specification of every set with LEAST rows or more, by rising proportion; the config's own choices are
    among them."""
    found = [
        _choice(name, s, analysis)
        for name, counts in sets.items()
        if len(counts) >= LEAST
        for s in _specifications(counts, analysis)
    ]
    return sorted(found, key=lambda c: (c.proportion, c.rows, c.model, c.measure, c.method, c.test))


def _specifications(counts: Counts, analysis: Analysis) -> Sequence[Specification]:
    found = multiverse(
        [e for e, _ in counts],
        [n for _, n in counts],
        measures=_with(analysis.measure, MEASURES),
        methods=_with(analysis.method, METHODS),
        tests=_with(analysis.test, TESTS),
        level=analysis.level / 100,
    )
    return found.specifications


def _with(chosen: str, usual: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((chosen, *usual)))


def _choice(rows: str, s: Specification, analysis: Analysis) -> Choice:
    own = (s.model, s.measure, s.method, s.test) == ("iv", analysis.measure, analysis.method, analysis.test)
    return Choice(
        rows=rows,
        model=s.model,
        measure=s.measure,
        method=s.method if s.model == "iv" else "",
        test=s.test,
        k=s.k,
        proportion=s.proportion,
        ci=s.ci,
        chosen=own and rows == MAIN,
    )
