"""Numbers and tables as a statistician prints them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.stats.inference import Interval


def number(value: float | None, width: int = 9) -> str:
    """Four decimals, right-aligned; a dash for what is not there."""
    return f"{'-':>{width}}" if value is None else f"{value:{width}.4f}"


def p_value(p: float | None) -> str:
    """Four decimals, or that it is smaller."""
    if p is None:
        return "-"
    return "<.0001" if p < 0.0001 else f"{p:.4f}"


def intervals(*each: Interval, digits: int = 4) -> str:
    """Columns of 22 characters."""
    return "".join(f"{f'[{low:.{digits}f}, {high:.{digits}f}]':>22}" for low, high in each)


def led_back(name: str, estimate: float, *each: Interval, digits: int = 4) -> str:
    """A row below that of mu: the same on the scale that people think in."""
    return f"{name:12}{estimate:10.{digits}f}{'':29}" + intervals(*each, digits=digits)


def digits_of(proportion: float) -> int:
    """Decimals that a proportion is printed with: rare events need more."""
    return 6 if 0 < proportion < 0.01 else 4


def cell(interval: Interval | None) -> str:
    """An interval in a table; a dash for what is not there."""
    return "-" if interval is None else f"[{interval[0]:.4f}, {interval[1]:.4f}]"


def after(interval: Interval | None, digits: int = 4) -> str:
    """An interval to follow its estimate; nothing where there is none."""
    return "" if interval is None else f"  [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"


def between_studies(
    tau2: float, se: float | None, tau2_ci: Interval | None, I2: float, I2_ci: Interval | None
) -> list[str]:
    """Lines for tau² with its standard error, and I²."""
    error = "" if se is None else f" (SE = {se:.4f})"
    return [f"tau²  {tau2:.4f}{error}{after(tau2_ci)}", f"I²    {I2:.2f} %{after(I2_ci, 2)}"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right, as wide as their longest cell."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]


def notes(warnings: Sequence[str]) -> list[str]:
    """Lines below a table."""
    return ["", *(f"note: {w}" for w in warnings)] if warnings else []
