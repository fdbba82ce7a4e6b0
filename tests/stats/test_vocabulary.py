"""What the package gives, and what it costs to ask for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
    assert not loaded & {"scipy", "statsmodels", "pandas", "pipeline.stats.network"}


def test_no_name_is_a_module_too() -> None:
    """The module would take the name's place as soon as somebody imports it."""
    modules = {path.stem for path in Path(pipeline.stats.__path__[0]).glob("*.py")}
    assert not modules & set(pipeline.stats.__all__)
