"""All texts of ../shared/gold: titles, sections, abstracts, and no word lost or made up but by a repair that is told."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.parsed import ParsedRecord

from .conftest import SHARED, check_spans, read_all, stored

GOLD = SHARED / "gold"
pytestmark = pytest.mark.skipif(not GOLD.is_dir(), reason="no ../shared/gold here")
DEV = sorted(GOLD.glob("dev/*.txt"))
SEEDS = sorted(GOLD.glob("seeds/docs/*.txt"))
#: words that mark the parts of the corpus and are no part of the article
_MARKS = re.compile(r"^(?:TITLE|ABSTRACT)[:.]?", re.M)
#: labels as the collections print them: capitals and a stop, or words and a colon, at the start of a line or sentence
_CAPITALS = re.compile(r"(?:^|(?<=[.!?)\]] )|(?<=ABSTRACT\.))([A-Z][A-Z]{4,}(?:[ /,&-]+[A-Z]{2,})*)[:.](?=\s|$)", re.M)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W\d_]{3,}", text.replace("\u00ad", "")))


def label(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("path", DEV, ids=lambda p: str(p.stem))
def test_dev(path: Path) -> None:
    source = stored(path)
    (record,) = read_all(path)
    title = " ".join(str(label(path)["title"]).split())
    assert record.citation.title == title
    assert record.text[slice(*_span(record, 0))] == title
    body = _MARKS.sub("", source)
    kept, there = words(record.text), words(body)
    there.subtract(Counter({"Abstract": there["Abstract"], "ABSTRACT": there["ABSTRACT"]}))
    assert kept - there == Counter()
    assert sum((there - kept).values()) <= 0.002 * sum(there.values())
    titles = [s.title for s in record.sections]
    assert len(titles) > 1
    for words_of in _CAPITALS.findall(_MARKS.sub("", source)):
        assert words_of in titles, (words_of, titles)
    check_spans(record, source)


def _span(record: ParsedRecord, i: int) -> tuple[int, int]:
    return record.sections[i].start, record.sections[i].end


@pytest.mark.parametrize("path", SEEDS, ids=lambda p: str(p.stem))
def test_seeds_keep_their_words(path: Path) -> None:
    source = stored(path)
    records = read_all(path)
    assert [r.source.span[0] for r in records] == sorted(r.source.span[0] for r in records)
    for record in records:
        kept, there = words(_letters(record.text)), words(_letters(record.raw))
        made_up = sum((kept - there).values())
        # a word broken over two lines is another word when it is joined
        assert made_up <= 0.02 * sum(kept.values()), (kept - there).most_common(5)
        check_spans(record, source)


def _letters(text: str) -> str:
    return re.sub(r"[-‐]\s*\n\s*", "", text).replace("-", " ").replace("‐", " ")


def test_title_and_sections_of_the_seeds() -> None:
    found = {path.name[:3]: read_all(path) for path in SEEDS}
    (atra,), (layer,), (cancer,), (page,) = (found[n] for n in ("000", "002", "003", "004"))
    assert atra.citation.title is None
    assert cancer.citation.title is None
    assert json.loads((GOLD / "seeds" / "seed-002.json").read_text("utf-8"))["title"] is None
    assert layer.citation.title is None
    assert {"abstract", "Introduction", "Methods", "Results", "Discussion"} <= {s.title for s in layer.sections}
    assert [s.title for s in cancer.sections] == ["Background", "Methods", "Results", "Conclusion"]
    assert page.citation.title is None
    assert {s.title for s in page.sections} >= {"Diagnostic Features", "Monitoring Parameters"}
