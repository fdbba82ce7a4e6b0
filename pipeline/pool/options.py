"""What `litpool pool` and `litpool compare` share: options, and how an answer is printed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from pipeline.errors import UserError
from pipeline.pool.writing import as_json
from pipeline.stats.inference import TESTS
from pipeline.stats.result import Pooled

#: results of `pipeline.stats.subgroup_tests`; None where it cannot be done
GroupTests = Mapping[str, Mapping[str, float] | None]

TITLES = {"subgroup_test": "one tau² for all", "subgroup_test_separate_tau2": "tau² of each group"}


def add_shared_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--test", choices=list(TESTS), default="z", help="test and interval (default z)")
    parser.add_argument("--by", metavar="COLUMN", help="pool each value of a column apart, too, and test between them")
    parser.add_argument("--level", type=float, default=95, help="confidence level in percent (default 95)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def check_level(level: float) -> None:
    """Raises UserError."""
    if not 50 < level < 100:
        raise UserError(f"--level {level:g}: must be a percentage between 50 and 100, for instance 95")


def answer_json(
    overall: Pooled,
    studies: Sequence[Mapping[str, object]],
    fits: Mapping[str, Pooled],
    tests: GroupTests,
    by: str | None,
) -> str:
    """The overall fit's fields, `studies`, and with --by the fits of the groups and the tests between them."""
    extra = {"by": by, "subgroups": {g: f.to_dict() for g, f in fits.items()}, **tests} if fits else {}
    return as_json(overall.to_dict() | {"studies": list(studies)} | extra)


def answer_text(overall: Pooled, fits: Mapping[str, Pooled], tests: GroupTests, by: str | None) -> str:
    """The same for people."""
    lines = [str(overall)]
    for name, fit in fits.items():
        lines += ["", f"{by} = {name}", str(fit)]
    for name, test in tests.items():
        if test is not None:
            q, df, p = test["Q_between"], test["df"], test["p"]
            lines += ["", f"Between groups, {TITLES[name]}: Q({df:.0f}) = {q:.4f}, p {p:.4f}"]
    return "\n".join(lines) + "\n"
