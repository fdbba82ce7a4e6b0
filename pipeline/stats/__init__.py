"""Meta-analysis of proportions: pure functions on arrays.

Vocabulary: k studies; events, n arrays of shape (k,); yi, vi the effects and their sampling variances on the analysis
scale; tau2 the variance between studies; mu the pooled effect. `proportion…` are the same on [0, 1].
"""

from pipeline.stats.clustered import Clustered
from pipeline.stats.compare import compare_proportions
from pipeline.stats.comparison import Comparison
from pipeline.stats.generalised_q import tau2_interval
from pipeline.stats.gosh import gosh
from pipeline.stats.influence import blup, cumulative, influence, leave_one_out
from pipeline.stats.intervals import agresti_coull, clopper_pearson, difference, jeffreys, wilson
from pipeline.stats.many import pool_many
from pipeline.stats.multilevel import multilevel
from pipeline.stats.multilevel_result import Multilevel
from pipeline.stats.multiverse import Multiverse, multiverse
from pipeline.stats.network import pool_network
from pipeline.stats.network_inconsistency import inconsistency_by_design, split_network
from pipeline.stats.network_mantel_haenszel import pool_network_mh
from pipeline.stats.network_ranking import league_table, p_scores
from pipeline.stats.network_result import Network, NetworkMH
from pipeline.stats.permutation import PermutationTest, permutation_test
from pipeline.stats.pet_peese import PetPeese, pet_peese
from pipeline.stats.pool import pool_proportions
from pipeline.stats.regression import meta_regression, predict, residuals
from pipeline.stats.regression_result import Moderated, Regression
from pipeline.stats.result import Fit
from pipeline.stats.robust import robust
from pipeline.stats.robust_result import Robust
from pipeline.stats.sampling_errors import vcalc
from pipeline.stats.selection_model import StepSelection, selection_model
from pipeline.stats.small_study_rank import RankTest, ranktest
from pipeline.stats.small_study_regression import RegressionTest, regtest
from pipeline.stats.small_study_report import SmallStudyEffects, small_study_effects, small_study_effects_two
from pipeline.stats.small_study_tests import asymmetry_test, asymmetry_test_two
from pipeline.stats.subgroup_models import Subgroups, subgroups
from pipeline.stats.subgroups import between, between_common, between_effects
from pipeline.stats.trim_and_fill import TrimFill, trimfill
from pipeline.stats.two_step import pool_effects

__all__ = [
    "Clustered",
    "Comparison",
    "Fit",
    "Moderated",
    "Multilevel",
    "Multiverse",
    "Network",
    "NetworkMH",
    "PermutationTest",
    "PetPeese",
    "RankTest",
    "Regression",
    "RegressionTest",
    "Robust",
    "SmallStudyEffects",
    "StepSelection",
    "Subgroups",
    "TrimFill",
    "agresti_coull",
    "asymmetry_test",
    "asymmetry_test_two",
    "between",
    "between_common",
    "between_effects",
    "blup",
    "clopper_pearson",
    "compare_proportions",
    "cumulative",
    "difference",
    "gosh",
    "inconsistency_by_design",
    "influence",
    "jeffreys",
    "league_table",
    "leave_one_out",
    "meta_regression",
    "multilevel",
    "multiverse",
    "p_scores",
    "permutation_test",
    "pet_peese",
    "pool_effects",
    "pool_many",
    "pool_network",
    "pool_network_mh",
    "pool_proportions",
    "predict",
    "ranktest",
    "regtest",
    "residuals",
    "robust",
    "selection_model",
    "small_study_effects",
    "small_study_effects_two",
    "split_network",
    "subgroups",
    "tau2_interval",
    "trimfill",
    "vcalc",
    "wilson",
]
