"""The verdicts on a messy library as a whole: floors for what is merged wrong and what is missed."""

from __future__ import annotations

from collections import defaultdict

import pytest

from pipeline.link.duplicates import clusters, judged
from tests.link.noise import NEAR, Copy, library


def measured(copies: list[Copy]) -> tuple[float, float]:
    """Precision and recall, per record: a group of r copies is r - 1 duplicates."""
    pairs = judged([c.citation for c in copies], [str(i) for i in range(len(copies))])
    merged, items = defaultdict(list), defaultdict(set)
    for copy, cluster in zip(copies, clusters(len(copies), pairs), strict=True):
        merged[cluster].append(copy.item)
        items[copy.item].add(cluster)
    done = sum(len(group) - 1 for group in merged.values())
    wrong = sum(len(set(group)) - 1 for group in merged.values())
    missed = sum(len(found) - 1 for found in items.values())
    return 1 - wrong / done, (done - wrong) / (done - wrong + missed)


@pytest.mark.parametrize("seed", [11, 12])
def test_few_are_merged_wrong_and_few_are_missed(seed: int) -> None:
    precision, recall = measured(library(500, seed))
    assert precision >= 0.995
    assert recall >= 0.97


def test_the_library_holds_what_is_hard() -> None:
    kinds = {copy.kind for copy in library(500, 11)}
    assert kinds == {"article", *NEAR}
    sizes = defaultdict(int)
    for copy in library(500, 11):
        sizes[copy.item] += 1
    assert max(sizes.values()) >= 5
    assert min(sizes.values()) == 1
