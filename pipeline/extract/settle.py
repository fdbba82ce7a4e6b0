"""From shares to rows: which denominator each share has, what confirms it, and what leaves it in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.agreeing_rows import (
    merged,
    with_derived_responses,
    with_p_values,
    with_remainders,
    with_short_of_complete,
    with_sums,
    with_totals,
)
from pipeline.extract.arms import FoundArm
from pipeline.extract.conflicting_rows import with_clashes, with_hidden_groups
from pipeline.extract.frames import Share
from pipeline.extract.named_parts import with_named_parts
from pipeline.extract.percent_rows import completed, with_exact_lists, with_placed_percents
from pipeline.extract.printed_sizes import PrintedSizes
from pipeline.extract.proofs import Doubt
from pipeline.extract.reading import Reading
from pipeline.extract.rows import Row
from pipeline.extract.share_rows import rows_of
from pipeline.extract.subgroup_rows import of_parts, proved_part, with_counts_of_arms, with_parts


def settle(
    shares: list[Share],
    arms: list[FoundArm],
    n_total: int | None,
    printed: PrintedSizes,
    compared: bool = False,
    readings: Sequence[Reading] = (),
) -> list[Row]:
    """Rows in the order of the text, repeated statements merged, proofs that need several rows added.

    `compared`: the text compares groups; where it does and neither arms were found nor parts of the patients that add up to
    all of them, no row is beyond doubt. `readings`: all sentences, which may tell how many a part of the patients are.
    """
    rows = with_named_parts(completed(rows_of(shares, arms, n_total, printed), n_total), readings)
    rows = merged(rows)
    rows = with_short_of_complete(with_remainders(rows, shares))
    rows = with_derived_responses(with_sums(rows))
    rows = with_totals(with_p_values(rows), arms, n_total, printed)
    rows = with_counts_of_arms(with_exact_lists(with_placed_percents(rows)), len(arms))
    rows = of_parts(with_parts(rows))
    if len(arms) > 1:
        return with_clashes(rows)
    if compared and not any(proved_part(row) for row in rows):
        return [row.with_doubt(Doubt.UNKNOWN_GROUPS) for row in rows]
    return with_hidden_groups(rows)
