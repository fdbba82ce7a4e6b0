"""Whatever is in a marked-up file, it comes out as sound records or is set aside."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord

from .conftest import DATA

TAGS = [
    "p",
    "sec",
    "section",
    "div",
    "title",
    "h2",
    "table",
    "tr",
    "td",
    "th",
    "sup",
    "sub",
    "xref",
    "a",
    "list",
    "ul",
    "li",
]
#: words, signs that readers give a meaning, and characters that markup must escape
WORDS = st.sampled_from(
    ["12", "of 20", "Abstract", "References", "<", "&", "&#0;", "&x;", "\x02", "\xa0", "10", ",", "(", "]]>"]
)
MARKUP = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda tag, parts, span: f'<{tag} colspan="{span}" rowspan="{span}" href="#ref{span}">{"".join(parts)}</{tag}>',
        st.sampled_from(TAGS),
        st.lists(inner, max_size=5),
        st.integers(-1, 70_000),
    ),
    max_leaves=30,
)
PROSE = "We treated forty adults for eight weeks and counted what came of it, twice, by hand. " * 12
FRAMES = [
    "<article><body>{}</body></article>",
    "<pmc-articleset><article><body>{}</body></article></pmc-articleset>",
    f"<html><body><h1>T</h1><p>{PROSE}</p>{{}}</body></html>",
]


def check(path: Path) -> None:
    for row in parse(path, path.name):
        if not isinstance(row, ParsedRecord):
            assert row.reason
            assert row.remedy
            continue
        assert row.source.span[1] - row.source.span[0] == len(row.raw)
        starts = [section.start for section in row.sections]
        assert starts == sorted(starts)
        assert all(0 <= s.start < s.end <= len(row.text) for s in row.sections)
        assert all(len({len(cells) for cells in table.rows}) == 1 for table in row.tables)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("markup") / "a.xml"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FRAMES), MARKUP)
def test_any_markup(place: Path, frame: str, markup: str) -> None:
    place.write_text(frame.replace("{}", markup), "utf-8")
    check(place)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["article.nxml", "page.html"]), st.integers(0, 4_000), st.binary(max_size=40), st.integers(0, 400)
)
def test_any_bytes_in_the_place_of_others(place: Path, name: str, at: int, put: bytes, instead: int) -> None:
    data = (DATA / name).read_bytes()
    place.write_bytes(data[:at] + put + data[at + instead :])
    check(place)
