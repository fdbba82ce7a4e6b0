"""Fixtures that many tests share."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from pipeline.config import Settings, load

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="module", autouse=True)
def what_stays() -> None:
    """Tests by the thousand, and what was loaded for them, stay until the end: to look for garbage among them, again and
    again, takes minutes."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test material beside the project."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which is not here")
    return SHARED


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The embedded review's settings."""
    return load(ROOT / "config")
