"""Rendered reports, once per run."""

from __future__ import annotations

import pytest
from report_rendered import Rendered
from report_specs import REVIEWS


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rendered]:
    return {name: Rendered(name, tmp_path_factory.mktemp(name)) for name in REVIEWS}


@pytest.fixture(params=sorted(REVIEWS))
def report(request: pytest.FixtureRequest, reports: dict[str, Rendered]) -> Rendered:
    return reports[request.param]
