"""All tests of funnel asymmetry and adjusted estimates in one table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.stats import asymmetry_test, pool_proportions, small_study_effects, small_study_effects_two, trimfill
from pipeline.stats.effects import escalc
from pipeline.stats.small_study import CAVEAT
from pipeline.stats.small_study_tests import NAMED, NAMED_TWO
from tests.stats.test_reference import TABLES, assert_close
from tests.stats.test_small_study import CONTROL, EVENTS, SIZES, SIZES_CONTROL


def test_all_tests_are_there_the_recommended_first() -> None:
    table = small_study_effects(EVENTS, SIZES)
    assert (table.recommended, table.tests[0].name) == ("peters", "Peters' test")
    assert [t.name for t in table.tests[:-1]] == [NAMED[n].title for n in NAMED]
    assert table.tests[0].p == asymmetry_test(EVENTS, SIZES).p
    assert "Hunter et al. 2014" in table.why
    assert CAVEAT in str(table)
    assert isinstance(table.to_dict()["tests"], list)


def test_estimates_are_led_back() -> None:
    table = small_study_effects(EVENTS, SIZES, method="DL")
    rows = {row.name.split(":")[0]: row for row in table.adjusted}
    fit, filled = pool_proportions(EVENTS, SIZES, method="DL"), trimfill(*escalc("PLO", EVENTS, SIZES), method="DL")
    assert rows["unadjusted"].effect == pytest.approx(fit.proportion)
    assert rows["unadjusted"].effect_ci == pytest.approx(fit.proportion_ci)
    assert rows["trim and fill L0"].mu == filled.mu
    assert rows["trim and fill L0"].k == filled.k + filled.k0
    assert rows["PET"].effect == pytest.approx(1 / (1 + math.exp(-rows["PET"].mu)))
    assert "PET-PEESE" not in rows


@pytest.mark.parametrize(
    "name", [n for n, t in TABLES.items() if "DL" in t.get("bias", {}).get("PLO", {}).get("trimfill", {})]
)
def test_filled_proportions_are_as_in_metafor(name: str) -> None:
    answers = TABLES[name]["bias"]["PLO"]["trimfill"]["DL"]
    if len(TABLES[name]["events"]) < 3:
        return
    table = small_study_effects(TABLES[name]["events"], TABLES[name]["n"], method="DL", force=True)
    for estimator, answer in answers.items():
        row = [r for r in table.adjusted if r.name.startswith(f"trim and fill {estimator}")]
        if row and "bt" in answer:
            assert_close([row[0].effect, *row[0].effect_ci], [answer["bt"]["mu"], *answer["bt"]["ci"]], 1e-8, estimator)


def test_with_a_null_pet_peese_chooses() -> None:
    names = [[r.name for r in small_study_effects(EVENTS, SIZES, null=null).adjusted] for null in (0.5, 0.01)]
    assert names[1][-1] == "PET-PEESE: PEESE"
    assert names[0][-1].startswith("PET-PEESE")
    with pytest.raises(ValueError, match="between 0 and 1"):
        small_study_effects(EVENTS, SIZES, null=50)


def test_what_cannot_be_tested_is_said() -> None:
    table = small_study_effects([3, 4, 5, 6] * 3, [10] * 12)
    assert any("no test peters" in w and "the same in all 12 studies" in w for w in table.warnings)
    assert [t.name for t in table.tests[:-1]] == ["Egger's test", "Thompson & Sharp's test"]
    same = small_study_effects([3] * 12, [10] * 12)
    assert any("no PET and PEESE" in w for w in same.warnings)
    assert same.adjusted[0].name == "unadjusted"


@pytest.mark.parametrize("measure", ["PR", "PLO", "PLN", "PAS", "PFT"])
@pytest.mark.parametrize("name", [n for n, t in TABLES.items() if 2 < len(t["events"]) < 100])
def test_no_table_fails(name: str, measure: str) -> None:
    table = small_study_effects(TABLES[name]["events"], TABLES[name]["n"], measure, "DL", force=True)
    assert "nan" not in str(table)
    assert all(0 <= r.effect <= 1 for r in table.adjusted)


def test_few_studies_only_if_forced() -> None:
    with pytest.raises(ValueError, match=r"needs at least 10 studies \(Sterne 2011\), there are 7; pass force=True"):
        small_study_effects(EVENTS[:7], SIZES[:7])
    assert "7 studies" in small_study_effects(EVENTS[:7], SIZES[:7], force=True).warnings[0]


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "AS"])
def test_two_groups(measure: str) -> None:
    columns = [
        np.append(c, extra) for c, extra in zip((EVENTS, SIZES, CONTROL, SIZES_CONTROL), (0, 9, 0, 8), strict=True)
    ]
    table = small_study_effects_two(*columns, measure=measure)
    assert [t.name for t in table.tests[:-1]] == [NAMED_TWO[n].title for n in NAMED_TWO]
    assert table.tests[0].k == 11
    assert any("left out" in w for w in table.warnings)
    assert table.adjusted[-1].name.startswith("PET-PEESE")
    one = table.adjusted[0]
    assert one.effect == pytest.approx(math.exp(one.mu) if measure in ("OR", "RR") else one.mu)
