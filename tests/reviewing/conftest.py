"""A small review, and who works on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reviewing.commands import Review
from tests.reviewing.review import make_review


@pytest.fixture
def review(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Review:
    monkeypatch.delenv("LITPOOL_REVIEWER", raising=False)
    return Review(make_review(tmp_path / "review"), capsys)
