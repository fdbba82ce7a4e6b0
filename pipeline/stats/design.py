"""The design matrix X (k, p) of a formula, coded as R does: treatment contrasts, the first level is the reference.

A factor in a term is coded by contrasts if the term without it is in the formula, too, and else by one column for each
level, so that "C(a):year" alone has a slope for each level (Chambers & Hastie 1992, Statistical models in S, section
2.4.1). Names of columns are R's: "intrcpt", "year", "designrct", "year:designrct".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import Floats
from pipeline.stats.formula import INTERCEPT as INTERCEPT_TERM, Formula, Variable, parse
from pipeline.stats.moderators import Column, Data, column, levels, listed
from pipeline.stats.result import Result
from pipeline.stats.zero_cells import Flags, left_out

INTERCEPT = "intrcpt"
#: a column that keeps less than this share of its length beside the others is redundant, as in R's lm
REDUNDANT = 1e-7


@dataclass(frozen=True, kw_only=True, eq=False)
class Design(Result):
    """X (k, p) of full rank over the studies that `kept` (all studies) marks.

    `names` (p,) of the columns and `terms` (p,) they belong to; `levels` of each factor, the reference first.
    `formula` is None for a matrix given as such. `columns` marks which columns of the formula are kept in X.
    """

    formula: Formula | None
    X: Floats
    names: tuple[str, ...]
    terms: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    kept: Flags
    columns: Flags
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        return {
            "formula": None if self.formula is None else self.formula.text,
            "names": list(self.names),
            "terms": list(self.terms),
            "levels": {name: list(those) for name, those in self.levels.items()},
            "left_out": [int(i) + 1 for i in np.flatnonzero(~self.kept)],
        }

    def rows(self, new: Data | ArrayLike) -> Floats:
        """X (m, p) of new studies: columns by name as the formula has them (m values each, or one for all), or (m, p).

        Raises ValueError for a column that is missing, a value that is missing, and a level that is not known.
        """
        if self.formula is None or not hasattr(new, "keys"):
            return _given_rows(np.asarray(new, float), len(self.names))
        read = {v: column(new, v) for v in self.formula.variables}  # type: ignore[arg-type]
        m = max((len(c.labels) for c in read.values()), default=1)
        ready = {v: _repeated(v, _known(v, c, self.levels), m) for v, c in read.items()}
        return _blocks(self.formula, ready, self.levels, m)[0][:, self.columns]


def design(mods: str | ArrayLike, data: Data | None, among: Flags) -> Design:
    """Of a formula and its columns (k values each), of one moderator (k,), which gets an intercept, or of a matrix X
    (k, p) with its column of ones.

    `among` (k,) marks the studies that can be taken. Those of them with a missing moderator are left out, and redundant
    columns dropped, each with a warning. Raises ValueError that names the term and what is allowed.
    """
    if isinstance(mods, Mapping):
        raise ValueError(
            "mods holds columns: give them as data, and name those to use in mods, for instance " + _asked(mods)
        )
    return _of_formula(parse(mods), data, among) if isinstance(mods, str) else _of_matrix(mods, among)


def _asked(columns: Mapping[object, object]) -> str:
    """The formula of all columns."""
    return '"' + " + ".join(str(name) if str(name).isidentifier() else f"`{name}`" for name in columns) + '"'


def _of_formula(formula: Formula, data: Data | None, among: Flags) -> Design:
    if data is None and formula.variables:
        raise ValueError(f'mods = "{formula.text}" needs data: its columns by name')
    read = {v: column({} if data is None else data, v) for v in formula.variables}
    for variable, values in read.items():
        if len(values.labels) != len(among):
            raise ValueError(f"mods: {variable} has {len(values.labels)} values for {len(among)} studies")
    missing = np.any([c.missing for c in read.values()], axis=0) if read else np.zeros(len(among), bool)
    kept = among & ~missing
    if not kept.any():
        raise ValueError(f'mods = "{formula.text}": every study lacks one of its columns')
    whole = {v: _chosen(c, kept) for v, c in read.items()}
    known = {str(v): levels(c.labels) for v, c in whole.items() if c.numbers is None}
    X, names, terms = _blocks(formula, whole, known, int(kept.sum()))
    lacking = [str(v) for v, c in read.items() if c.missing.any()]
    lost = left_out(~(among & missing), f"no value of {listed(lacking)}")
    return _full_rank(formula, X, names, terms, known, kept, lost)


def _of_matrix(given: ArrayLike, among: Flags) -> Design:
    X = np.asarray(given, float)
    X = np.column_stack([np.ones(len(X)), X]) if X.ndim == 1 else X
    if X.ndim != 2 or len(X) != len(among) or not X.shape[1]:
        raise ValueError(f"mods of shape {X.shape}: must have one row for each of {len(among)} studies, and a column")
    if np.isinf(X).any():
        raise ValueError("mods has an infinite value")
    missing = np.isnan(X).any(axis=1)
    kept = among & ~missing
    if not kept.any():
        raise ValueError("mods: every study lacks a value")
    X = X[kept]
    constant = [bool(np.all(c == 1)) for c in X.T]
    names = [INTERCEPT if constant[j] and not any(constant[:j]) else f"X{j + 1}" for j in range(X.shape[1])]
    return _full_rank(None, X, names, names, {}, kept, left_out(~(among & missing), "a moderator is missing"))


# ---- columns of the terms -------------------------------------------------------------------------------------------


def _blocks(
    formula: Formula, read: Mapping[Variable, Column], known: Mapping[str, tuple[str, ...]], m: int
) -> tuple[Floats, list[str], list[str]]:
    """(X, names, terms) before redundant columns are dropped."""
    names, terms = ([INTERCEPT], [INTERCEPT]) if formula.intercept else ([], [])
    parts = [np.ones((m, 1))] if formula.intercept else []
    for term, full in zip(formula.terms, _codings(formula, known), strict=True):
        block, labels = np.ones((m, 1)), [""]
        for variable in term.variables:
            columns, own = _coded(variable, read[variable], known.get(str(variable)), variable in full)
            block = (columns[:, :, None] * block[:, None, :]).reshape(m, columns.shape[1] * block.shape[1])
            labels = [f"{before}:{name}" if before else name for name in own for before in labels]
        if not labels:
            flat = next(v for v in term.variables if len(known.get(str(v), "  ")) == 1)
            raise ValueError(f'mods: {term}: {flat} has only one level, "{known[str(flat)][0]}"')
        parts, names, terms = [*parts, block], [*names, *labels], [*terms, *[str(term)] * len(labels)]
    if not parts:
        raise ValueError(f'mods = "{formula.text}": there is no term')
    return np.hstack(parts), names, terms


def _codings(formula: Formula, known: Mapping[str, tuple[str, ...]]) -> list[set[Variable]]:
    """For each term the factors that have a column for every level."""
    keys = {term.key for term in formula.terms} | {INTERCEPT_TERM.key}
    full = [{v for v in term.variables if str(v) in known and term.key - {v} not in keys} for term in formula.terms]
    if not formula.intercept:  # the first factor takes its place, as in R
        for term, chosen in zip(formula.terms, full, strict=True):
            factors = [v for v in term.variables if str(v) in known]
            if factors:
                chosen.add(factors[0])
                break
    return full


def _coded(variable: Variable, read: Column, known: tuple[str, ...] | None, full: bool) -> tuple[Floats, list[str]]:
    """(columns, names) of one variable."""
    if known is None:
        assert read.numbers is not None
        return read.numbers[:, None], [variable.column]
    shown = known if full else known[1:]
    indicators = [[float(label == level) for level in shown] for label in read.labels]
    return np.array(indicators).reshape(len(read.labels), len(shown)), [variable.column + level for level in shown]


def _full_rank(
    formula: Formula | None,
    X: Floats,
    names: Sequence[str],
    terms: Sequence[str],
    known: Mapping[str, tuple[str, ...]],
    kept: Flags,
    notes: tuple[str, ...],
) -> Design:
    columns = independent(X)
    dropped = [name for name, keep in zip(names, columns, strict=True) if not keep]
    if dropped:
        notes = (*notes, f"dropped as redundant beside the other moderators: {', '.join(dropped)}")
    if not columns.any():
        raise ValueError("mods: every column is 0")
    return Design(
        formula=formula,
        X=X[:, columns],
        names=tuple(n for n, keep in zip(names, columns, strict=True) if keep),
        terms=tuple(t for t, keep in zip(terms, columns, strict=True) if keep),
        levels=known,
        kept=kept,
        columns=columns,
        warnings=notes,
    )


def independent(X: Floats) -> Flags:
    """Columns (p,) that are no combination of those before them."""
    basis = np.zeros((len(X), 0))
    keep = np.zeros(X.shape[1], bool)
    for j, column_j in enumerate(X.T):
        length = float(np.linalg.norm(column_j))
        if length == 0:
            continue
        rest = column_j / length
        for _ in range(2):  # the second time takes off what rounding left
            rest = rest - basis @ (basis.T @ rest)
        if np.linalg.norm(rest) > REDUNDANT:
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
            keep[j] = True
    return keep


# ---- parts of columns, new rows -------------------------------------------------------------------------------------


def _chosen(read: Column, kept: Flags) -> Column:
    labels = tuple(text for text, keep in zip(read.labels, kept, strict=True) if keep)
    return Column(None if read.numbers is None else read.numbers[kept], labels)


def _known(variable: Variable, read: Column, known: Mapping[str, tuple[str, ...]]) -> Column:
    """Of new studies: nothing missing, numbers where they were numbers, and levels that the fit has."""
    if read.missing.any():
        raise ValueError(f"{variable}: a value to predict at is missing")
    if str(variable) not in known:
        if read.numbers is None:
            raise ValueError(f'{variable}: "{read.labels[0]}" is not a number')
        return read
    for text in read.labels:
        if text not in known[str(variable)]:
            raise ValueError(f'{variable}: "{text}" is not one of its levels ({listed(known[str(variable)])})')
    return read


def _repeated(variable: Variable, read: Column, m: int) -> Column:
    if len(read.labels) not in (1, m):
        raise ValueError(f"{variable} has {len(read.labels)} values, another moderator {m}")
    times = m // len(read.labels)
    return Column(None if read.numbers is None else np.tile(read.numbers, times), read.labels * times)


def _given_rows(rows: Floats, p: int) -> Floats:
    rows = rows[None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or rows.shape[1] != p or not np.isfinite(rows).all():
        raise ValueError(f"rows to predict at of shape {rows.shape}: must be finite, with {p} columns each")
    return rows
