"""Which record of an article is kept is one rule, in studies and in `litpool dedupe`."""

from __future__ import annotations

from pipeline.link.merged import merge
from pipeline.link.reports import merged
from pipeline.link.richness import is_full_text
from pipeline.parse.cited import Cited
from pipeline.parsed import Citation
from tests.link.linked_records import LONG, record

FEW = {"title": "Zinc in two hospitals", "pmid": "7"}
MORE = FEW | {"year": 2012, "journal": "Gut", "volume": "61", "pages": "112-119"}


def cited(record_id: str, length: int, file: str = "", **citation: object) -> Cited:
    return Cited(
        record_id=record_id,
        file=file or f"corpus/{record_id}.txt",
        citation=Citation.model_validate(citation),
        abstract="Of 40 infants 22 were well.",
        length=length,
        digest=record_id,
    )


def kept(*records: Cited) -> str:
    found = merge(records)
    assert len(set(found.kept)) == 1
    return records[found.kept[0]].record_id


def test_a_full_text_before_more_fields_before_a_longer_text() -> None:
    full, short, long = ("full", LONG, FEW), ("short", 500, MORE), ("long", 900, FEW)
    for one, other, best in [(full, short, "full"), (short, long, "short"), (long, ("none", 500, FEW), "long")]:
        a, b = ((name, length, fields) for name, length, fields in (one, other))
        assert kept(cited(a[0], a[1], **a[2]), cited(b[0], b[1], **b[2])) == best
        assert merged([record(n, length=size, events=9, **c) for n, size, c in (a, b)]).record_id == best


def test_proved_counts_before_all() -> None:
    assert merged([record("full", length=LONG, **MORE), record("counts", events=9, **FEW)]).record_id == "counts"


def test_a_long_record_of_an_export_is_no_full_text() -> None:
    assert is_full_text("corpus/articles/arnold.xml", "arnold", LONG)
    assert not is_full_text("corpus/export.ris", "export-25000001", LONG)
    assert not is_full_text("corpus/articles/arnold.xml", "arnold", 500)
