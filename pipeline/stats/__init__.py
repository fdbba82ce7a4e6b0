"""Meta-analysis of proportions: pure functions on arrays.

Vocabulary: k studies; events, n arrays of shape (k,); yi, vi the effects and their sampling variances on the analysis
scale; tau2 the variance between studies; mu the pooled effect. `proportion…` are the same on [0, 1].

What stands here is loaded when it is first asked for, so that a stage that pools needs no networks. Functions that have
a module of their own name stay in it: `from pipeline.stats.influence import influence`, and so multilevel, robust, gosh
and multiverse.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.stats.agreement import (
        Kappa as Kappa,
        cohen_kappa as cohen_kappa,
        fleiss_kappa as fleiss_kappa,
        gwet_ac1 as gwet_ac1,
    )
    from pipeline.stats.clustered import Clustered as Clustered
    from pipeline.stats.compare import compare_proportions as compare_proportions
    from pipeline.stats.comparison import Comparison as Comparison
    from pipeline.stats.generalised_q import tau2_interval as tau2_interval
    from pipeline.stats.influence import blup as blup, cumulative as cumulative, leave_one_out as leave_one_out
    from pipeline.stats.intervals import (
        agresti_coull as agresti_coull,
        clopper_pearson as clopper_pearson,
        difference as difference,
        jeffreys as jeffreys,
        wilson as wilson,
    )
    from pipeline.stats.intraclass import (
        Intraclass as Intraclass,
        intraclass_correlation as intraclass_correlation,
    )
    from pipeline.stats.many import pool_many as pool_many
    from pipeline.stats.multilevel_result import Multilevel as Multilevel
    from pipeline.stats.multiverse import Multiverse as Multiverse
    from pipeline.stats.network import pool_network as pool_network
    from pipeline.stats.network_inconsistency import (
        inconsistency_by_design as inconsistency_by_design,
        split_network as split_network,
    )
    from pipeline.stats.network_mantel_haenszel import pool_network_mh as pool_network_mh
    from pipeline.stats.network_ranking import league_table as league_table, p_scores as p_scores
    from pipeline.stats.network_result import Network as Network, NetworkMH as NetworkMH
    from pipeline.stats.permutation import PermutationTest as PermutationTest, permutation_test as permutation_test
    from pipeline.stats.pool import pool_proportions as pool_proportions
    from pipeline.stats.precision_effect import PetPeese as PetPeese, pet_peese as pet_peese
    from pipeline.stats.regression import meta_regression as meta_regression, predict as predict, residuals as residuals
    from pipeline.stats.regression_result import Moderated as Moderated, Regression as Regression
    from pipeline.stats.result import Fit as Fit
    from pipeline.stats.robust_result import Robust as Robust
    from pipeline.stats.sampling_errors import vcalc as vcalc
    from pipeline.stats.selection import StepSelection as StepSelection, selection_model as selection_model
    from pipeline.stats.small_study_rank import RankTest as RankTest, ranktest as ranktest
    from pipeline.stats.small_study_regression import RegressionTest as RegressionTest, regtest as regtest
    from pipeline.stats.small_study_report import (
        SmallStudyEffects as SmallStudyEffects,
        small_study_effects as small_study_effects,
        small_study_effects_two as small_study_effects_two,
    )
    from pipeline.stats.small_study_tests import (
        asymmetry_test as asymmetry_test,
        asymmetry_test_two as asymmetry_test_two,
    )
    from pipeline.stats.subgroup_models import Subgroups as Subgroups, subgroups as subgroups
    from pipeline.stats.subgroup_tests import (
        between as between,
        between_common as between_common,
        between_effects as between_effects,
    )
    from pipeline.stats.trim_and_fill import TrimFill as TrimFill, trimfill as trimfill
    from pipeline.stats.two_step import pool_effects as pool_effects

#: module → what it gives
_GIVEN = {
    "agreement": "Kappa cohen_kappa fleiss_kappa gwet_ac1",
    "clustered": "Clustered",
    "compare": "compare_proportions",
    "comparison": "Comparison",
    "generalised_q": "tau2_interval",
    "influence": "blup cumulative leave_one_out",
    "intervals": "agresti_coull clopper_pearson difference jeffreys wilson",
    "intraclass": "Intraclass intraclass_correlation",
    "many": "pool_many",
    "multilevel_result": "Multilevel",
    "multiverse": "Multiverse",
    "network": "pool_network",
    "network_inconsistency": "inconsistency_by_design split_network",
    "network_mantel_haenszel": "pool_network_mh",
    "network_ranking": "league_table p_scores",
    "network_result": "Network NetworkMH",
    "permutation": "PermutationTest permutation_test",
    "precision_effect": "PetPeese pet_peese",
    "pool": "pool_proportions",
    "regression": "meta_regression predict residuals",
    "regression_result": "Moderated Regression",
    "result": "Fit",
    "robust_result": "Robust",
    "sampling_errors": "vcalc",
    "selection": "StepSelection selection_model",
    "small_study_rank": "RankTest ranktest",
    "small_study_regression": "RegressionTest regtest",
    "small_study_report": "SmallStudyEffects small_study_effects small_study_effects_two",
    "small_study_tests": "asymmetry_test asymmetry_test_two",
    "subgroup_models": "Subgroups subgroups",
    "subgroup_tests": "between between_common between_effects",
    "trim_and_fill": "TrimFill trimfill",
    "two_step": "pool_effects",
}
_MODULE_OF = {name: module for module, names in _GIVEN.items() for name in names.split()}

__all__ = sorted(_MODULE_OF)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"pipeline.stats has no {name!r} (it has {', '.join(__all__)})")
    return getattr(import_module(f"pipeline.stats.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
