"""Pieces of scripts for R's metafor: text that R reads as it was, columns, calls, and comments.

litpool runs no R: the scripts are for a reader who wants to do the analysis again elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.stats.inference import Interval
    from pipeline.stats.result import Pooled

#: metafor's back-transformation of each measure, as arguments of predict()
BACK = {
    "PR": "",
    "PLO": ", transf = transf.ilogit",
    "PLN": ", transf = exp",
    "PAS": ", transf = transf.iarcsin",
    "PFT": ", transf = transf.ipft.hm, targs = list(ni = d$n)",
}

#: metafor stops iterating at an absolute 1e-5, which is coarse on some scales; litpool's numbers are converged
CONTROL = {
    **dict.fromkeys(("ML", "REML", "EB"), "list(threshold = 1e-12, maxiter = 10000)"),
    **dict.fromkeys(("PM", "PMM"), "list(tol = 1e-12, maxiter = 10000)"),
}

#: estimators that metafor has not by name: the weights with which its generalised Q-statistic gives them
GENERALISED_Q = {
    "DL2": '1 / (d$vi + rma(yi, vi, data = d{mods}, method = "DL")$tau2)',
    "HE2": '1 / (d$vi + rma(yi, vi, data = d{mods}, method = "HE")$tau2)',
    "SQGENQ": "1 / sqrt(d$vi)",
}

GLMM_DIGITS = "R stops its search early: later digits may differ from litpool's, which are at the maximum"

#: letters of comments, which are in ASCII
PLAIN = str.maketrans({"²": "^2", "τ": "tau", "χ": "chi", "≥": ">=", "≤": "<=", "–": "-", "’": "'"})


# ---- values ---------------------------------------------------------------------------------------------------------


def text(value: str) -> str:
    """A string literal that R reads as the same text, whatever it holds; control characters become spaces."""
    return '"' + "".join(map(_character, value)) + '"'


def _character(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    if " " <= c <= "~":
        return c
    if not c.isprintable():
        return " "
    return f"\\u{ord(c):04x}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08x}"


def number(value: float) -> str:
    """All digits, so that R reads the same number."""
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def truth(value: bool) -> str:
    return "TRUE" if value else "FALSE"


def vector(cells: Iterable[str]) -> str:
    return f"c({', '.join(cells)})"


def lines(cells: Iterable[str]) -> str:
    """Cells of a column of text, one to a line."""
    return ",\n    ".join(["", *cells])[1:]


def percent(level: float) -> str:
    """A level on (0, 1) as metafor takes it. Raises ValueError where it would read something else."""
    if level < 0.01:
        raise ValueError(f"level = {level}: metafor reads a level below 1 % as a fraction; it cannot be said in R")
    return f"{100 * level:.12g}"


# ---- statements -----------------------------------------------------------------------------------------------------


def comment(said: str) -> str:
    """One line that R passes over, whatever it holds."""
    plain = "".join(c if c.isprintable() else " " for c in said.translate(PLAIN))
    return "# " + plain.encode("ascii", "replace").decode("ascii")


def call(function: str, *before: str, **arguments: str) -> str:
    """A call on one line, the arguments by name in the order given."""
    return f"{function}({', '.join([*before, *(f'{name} = {value}' for name, value in arguments.items())])})"


def frame(columns: Mapping[str, str]) -> str:
    """`d`, the data."""
    return "d <- data.frame(\n" + ",\n".join(f"  {name} = {cells}" for name, cells in columns.items()) + "\n)"


def names(studies: Sequence[str] | None, k: int) -> str:
    """The column of names, "study 1" and so on where there are none. Raises ValueError."""
    if studies is not None and len(studies) != k:
        raise ValueError(f"studies: {len(studies)} names for {k} studies")
    labels = [f"study {i + 1}" for i in range(k)] if studies is None else map(str, studies)
    return f"c({lines(text(label) for label in labels)})"


def used(kept: Sequence[bool]) -> tuple[str, list[str]]:
    """The column that says which studies count, and the statement that keeps these, if it does not keep all."""
    return vector(map(truth, kept)), [] if all(kept) else ["d <- d[d$used, ]"]


def weighted(method: str, test: str, level: float, profile: Interval | None, mods: str = "") -> list[str]:
    """Statements from yi and vi in `d` to `fit` and its Q-profile intervals. `mods` are arguments, ", mods = …"."""
    how = f"test = {text(test)}, level = {percent(level)}"
    if method in GENERALISED_Q:
        weights = GENERALISED_Q[method].replace("{mods}", mods)
        first = f'rma(yi, vi, data = d{mods}, weights = {weights}, method = "GENQ")'
        fit = [
            comment(f"metafor has no method {method}: its generalised Q-statistic with these weights is the same"),
            f"first <- {first}",
            "print(c(tau2 = first$tau2, se = first$se.tau2))",
            f'fit <- rma(yi, vi, data = d{mods}, tau2 = first$tau2, method = "DL", {how})',
        ]
        profiled = f'rma(yi, vi, data = d{mods}, method = "DL", level = {percent(level)})'
    else:
        control = f", control = {CONTROL[method]}" if method in CONTROL else ""
        fit = [f"fit <- rma(yi, vi, data = d{mods}, method = {text(method)}, {how}{control})"]
        profiled = "fit"
    ends = [] if profile is None else [_q_profile(profiled, profile)]
    return [*fit, "print(fit)", *ends]


def _q_profile(fit: str, profile: Interval) -> str:
    highest = number(max(100.0, 10 * profile[1])) if profile[1] < float("inf") else "1e6"
    return f"print(confint({fit}, control = list(tol = 1e-12, maxiter = 10000, tau2.max = {highest})))"


# ---- what litpool got -----------------------------------------------------------------------------------------------


def script(made_of: str, found: Sequence[str], warnings: Sequence[str], body: Sequence[str]) -> str:
    """The whole text: what it is, litpool's numbers, its warnings, and the statements."""
    head = [f"{made_of}, again with R's metafor. litpool did not run this script.", "litpool's numbers:"]
    notes = [f"litpool warns: {warning}" for warning in warnings]
    return "\n".join(
        [*map(comment, [*head, *(f"  {line}" for line in found), *notes]), "library(metafor)", "", *body, ""]
    )


def told(fit: Pooled) -> list[str]:
    """The numbers of a pooled effect, on the analysis scale."""
    profile = "" if fit.tau2_ci is None else f" [{_pair(fit.tau2_ci)}]"
    return [
        f"k {fit.k}, mu {digits(fit.mu)}, se {digits(fit.se)}, CI {span(fit.ci)}",
        f"prediction interval ({fit.pi_method}) {span(fit.pi)}",
        f"tau2 {digits(fit.tau2)}{profile}, I2 {digits(fit.I2)}, H2 {digits(fit.H2)}",
        f"Q {digits(fit.Q)} on {fit.Q_df}, p {digits(fit.Q_p)}",
    ]


def span(interval: Interval) -> str:
    return f"[{_pair(interval)}]"


def _pair(interval: Interval) -> str:
    return f"{digits(interval[0])}, {digits(interval[1])}"


def digits(value: float) -> str:
    return f"{value:.8g}"
