"""Fixtures that many tests share."""

from __future__ import annotations

import fcntl
import gc
import os
from pathlib import Path

import pytest

from pipeline.config import Settings, load
from tests.workflow import copy_review, snakemake

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


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded review, built once for all tests, also for those that run beside each other: they only read it. What
    the build said is in `embedded.said` beside it."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = base / "embedded", base / "embedded.said"
    with (base / "embedded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            done = snakemake(copy_review(ROOT, folder))
            assert done.returncode == 0, done.stderr
            said.write_text(done.stdout + done.stderr, "utf-8")
    return folder
