"""Every cue of every table is tested by the examples it carries; here they are run."""

from __future__ import annotations

import pytest

from pipeline.extract.claims import NO_SHARE
from pipeline.extract.cues import Cue, first
from pipeline.extract.design import LOOKING_AHEAD, LOOKING_BACK, RANDOMISED, SERIES
from pipeline.extract.kinds import FRONT, TITLE
from pipeline.extract.population import DEFINITIONS, GROWN, LINES, NEWBORN, YOUNG

TABLES = {
    "titles": TITLE,
    "abstracts": FRONT,
    "numbers": NO_SHARE,
    "randomised": RANDOMISED,
    "retrospective": LOOKING_BACK,
    "prospective": LOOKING_AHEAD,
    "series": SERIES,
    "children": YOUNG,
    "newborns": NEWBORN,
    "adults": GROWN,
    "lines": LINES,
    "definitions": DEFINITIONS,
}
CUES = [(f"{name}: {cue.says}", cue) for name, table in TABLES.items() for cue in table]


@pytest.mark.parametrize(("cue", "text"), [(c, t) for _, c in CUES for t in c.examples], ids=str)
def test_examples(cue: Cue, text: str) -> None:
    assert cue.search(text)


@pytest.mark.parametrize(("cue", "text"), [(c, t) for _, c in CUES for t in c.counter], ids=str)
def test_counter_examples(cue: Cue, text: str) -> None:
    assert cue.search(text) is None


@pytest.mark.parametrize("text", [t for cue in NO_SHARE for t in cue.counter])
def test_a_share_is_not_taken_for_anything_else(text: str) -> None:
    """The counter-examples of one cue about numbers are shares for all of them."""
    assert first(NO_SHARE, text) is None


def test_every_cue_has_both_kinds_of_examples() -> None:
    assert [name for name, cue in CUES if not cue.examples or not cue.counter] == []
