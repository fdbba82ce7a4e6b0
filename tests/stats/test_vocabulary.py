"""What the package gives, and what it costs to ask for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pipeline.stats


@pytest.mark.parametrize("name", pipeline.stats.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(pipeline.stats, name).__name__ == name
    assert name in dir(pipeline.stats)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(AttributeError, match=r"no 'pool_proportion' .*pool_proportions"):
        pipeline.stats.pool_proportion  # noqa: B018


def test_pooling_loads_nothing_heavy() -> None:
    code = "import sys; from pipeline.stats import pool_proportions; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "pipeline.stats.pool" in loaded
    assert not loaded & {"scipy.stats", "scipy.optimize", "statsmodels", "pandas", "pipeline.stats.network"}
