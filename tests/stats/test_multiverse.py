"""Every combination of choices, each as fitted alone."""

from __future__ import annotations

import pytest

from pipeline.stats import pool_proportions
from pipeline.stats.multiverse import MEASURES, METHODS, TESTS, multiverse

EVENTS, N = [3, 8, 20, 14, 0, 9], [10, 12, 40, 30, 8, 11]
SETS = {"all": [True] * 6, "large": [n >= 11 for n in N]}


def test_each_specification_is_the_fit_of_its_choices() -> None:
    found = multiverse(EVENTS, N, inclusion=SETS)
    assert len(found.specifications) == 2 * (len(MEASURES) * len(METHODS) * len(TESTS) + 2)
    assert len({(s.inclusion, s.model, s.measure, s.method, s.test) for s in found.specifications}) == len(
        found.specifications
    )
    for s in found.specifications:
        kept = [i for i, inside in enumerate(SETS[s.inclusion]) if inside]
        options = {"model": "glmm"} if s.model == "glmm" else {"measure": s.measure, "method": s.method}
        alone = pool_proportions([EVENTS[i] for i in kept], [N[i] for i in kept], test=s.test, **options)
        assert (s.k, s.proportion, s.ci, s.pi) == (
            len(kept),
            alone.proportion,
            alone.proportion_ci,
            alone.proportion_pi,
        )


def test_the_summary_is_that_of_the_rows() -> None:
    found = multiverse(EVENTS, N, inclusion=SETS, value=0.2)
    proportions = [s.proportion for s in found.specifications]
    assert proportions == sorted(proportions)
    assert (found.low, found.high) == (min(proportions), max(proportions))
    outside = [s for s in found.specifications if s.ci[0] > 0.2 or s.ci[1] < 0.2]
    assert found.excluding == len(outside) / len(proportions)
    assert f"Multiverse of {len(proportions)} specifications" in str(found)
    assert found.to_dict()["median"] == found.median


def test_a_glmm_without_a_fit_is_left_out() -> None:
    assert {s.model for s in multiverse([0, 0, 0], [5, 9, 7]).specifications} == {"iv"}


def test_one_study() -> None:
    assert multiverse([3], [9], tests=["z"]).specifications[0].k == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"measures": ["XX"]}, "PLO"),
        ({"methods": []}, "methods: at least one"),
        ({"inclusion": {"few": [True]}}, 'inclusion "few": must be 6 values'),
        ({"inclusion": {"none": [False] * 6}}, 'inclusion "none"'),
        ({"inclusion": {}}, "at least one set"),
        ({"value": 20}, "value = 20"),
    ],
)
def test_bad_choices_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        multiverse(EVENTS, N, **options)  # type: ignore[arg-type]
