"""What the stages behind resolve load before they do anything: no library that they may never need."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: package of the stage → what its start must not load
NEVER = {
    "pool": {"numpy", "pydantic"},  # even the models wait until the options are read
    "audit": {"scipy", "pandas", "matplotlib", "rapidfuzz"},
    "release": {"numpy", "scipy", "pandas", "rapidfuzz"},
}


@pytest.mark.parametrize("stage", NEVER)
def test_a_start_loads_no_library_that_may_not_be_needed(stage: str) -> None:
    code = f"import sys, pipeline.{stage}.__main__; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert f"pipeline.{stage}.__main__" in loaded
    assert not NEVER[stage] & set(loaded)
