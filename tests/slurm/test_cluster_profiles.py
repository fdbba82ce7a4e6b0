"""The profiles for clusters, without a cluster: their options are known to the plugins, and jobs come out as asked.

Skipped where requirements-cluster.txt is not installed; `make test-slurm` runs it.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.skeleton import new
from tests.workflow import ROOT, copy_review, snakemake

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("snakemake_executor_plugin_slurm") is None, reason="needs requirements-cluster.txt"
)


@pytest.mark.parametrize("profile", ["slurm", "kubernetes"])
def test_a_profile_is_understood(tmp_path: Path, profile: str) -> None:
    folder = copy_review(ROOT, tmp_path / "review")
    done = snakemake(folder, "all", "--dry-run", "--workflow-profile", profile)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"Group job (\w+)", done.stdout + done.stderr) == ["small", "studies"]


def test_kubernetes_is_asked_for_two_pods(tmp_path: Path) -> None:
    folder, state = tmp_path / "data/review", tmp_path / "state"
    new(folder)
    state.mkdir()
    (folder / "corpus/a.txt").write_text(
        "Danazol\n\nThirty patients received danazol. Of the 30 patients, 21 (70%) responded.\n"
    )
    profile = folder / "profiles/kubernetes/config.yaml"
    profile.write_text(profile.read_text("utf-8").replace(" /data ", f" {tmp_path / 'data'} "), "utf-8")
    kubectl = tmp_path / "bin/kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.slurm.fake_kubectl "$@"\n', "utf-8")
    kubectl.chmod(0o755)
    path = f"{kubectl.parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "FAKE_KUBECTL": str(state), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "snakemake", "all", "--workflow-profile", "kubernetes", "--cores", "2"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "reports/index.html").is_file()
    assert [p.read_text("utf-8") for p in state.iterdir()] == ["Complete", "Complete"]
