"""`snakemake update` brings an export; `snakemake all` then reads it, and does not reach for the network itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.update.conftest import Review
from tests.update.server import Server
from tests.workflow import ROOT, jobs, snakemake


@pytest.fixture
def made(review: Review) -> Review:
    """A review as `litpool new` makes it."""
    shutil.copytree(
        ROOT / "pipeline/skeleton/review",
        review.folder,
        dirs_exist_ok=True,
        ignore=lambda _, names: [n for n in names if n in ("searches.yaml", "__pycache__")],
    )
    (review.folder / "overrides").mkdir()
    return review


def test_update_is_a_target_of_its_own(made: Review, server: Server) -> None:
    assert "update" not in jobs(made.folder)
    assert server.asked == []
    done = snakemake(made.folder, "update")
    assert done.returncode == 0, done.stderr
    (export,) = (name for name in made.files() if name.endswith("-itp-pubmed.xml"))
    asked = len(server.asked)
    todo = jobs(made.folder)
    assert todo["parse"] == [export]
    assert len(server.asked) == asked > 0


def test_a_source_that_fails_is_told_by_the_workflow(made: Review, server: Server) -> None:
    from tests.update.server import status

    server.always["/esearch.fcgi"] = status(403)
    done = snakemake(made.folder, "update")
    assert done.returncode == 1
    assert "itp: NCBI: refuses with 403 Forbidden" in done.stderr + done.stdout
    assert Path(made.folder / "logs/update.log").read_text("utf-8").startswith("itp: NCBI")
