"""From the counts of `make score` to pipeline/report/measured.csv, which the page's methods print."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pipeline.report.measured import FILE, MeasuredRow, measured
from pipeline.report.versions import LITPOOL, version_of
from pipeline.tables import write_rows

#: sets of labelled texts, by their names in scripts/gold.py, in the page's order: what the texts are
TEXTS = {
    "itp, held": "abstracts on immune thrombocytopenia, written for this",
    "pubmed, held": "PubMed records",
    "itp, develop": "abstracts on immune thrombocytopenia, written for tests",
    "pubmed, develop": "other PubMed records",
    "medicine, develop": "abstracts across medicine, written for tests",
    "dev": "abstracts of trials in general medicine",
    "seeds": "the records of litpool’s first review",
}
HELD = ("itp, held", "pubmed, held")


def row_of(name: str, counts: Mapping[str, int], date: datetime.date) -> MeasuredRow:
    """The figures of one set, from score.py's counts."""
    return MeasuredRow(
        texts=TEXTS[name],
        labels="held back" if name in HELD else "seen",
        records=counts["records"],
        labelled=counts["gold_rows"],
        found=counts["found"],
        accepted=counts["rows_accepted"],
        right=counts["found_accepted"],
        eligible=counts["include_right"] + counts["include_wrong"],
        kept=counts["include_right"],
        others=counts["exclude_right"] + counts["exclude_wrong"],
        left_out=counts["exclude_right"],
        date=date,
        version=version_of(LITPOOL),
    )


def keep(found: Mapping[str, Mapping[str, int]], date: datetime.date) -> list[str]:
    """Write the rows of these sets; rows whose figures are as they were keep their date, other rows stay. Returns the
    texts whose figures changed."""
    before = {row.texts: row for row in measured()} if FILE.exists() else {}
    now = {row.texts: row for row in (row_of(name, found[name], date) for name in TEXTS if name in found)}
    changed = [texts for texts, row in now.items() if _figures(row) != _figures(before.get(texts))]
    rows = before | {texts: now[texts] for texts in changed}
    write_rows(FILE, MeasuredRow, [rows[t] for t in TEXTS.values() if t in rows] + _others(before))
    return changed


def _others(before: Mapping[str, MeasuredRow]) -> list[MeasuredRow]:
    """Rows that people read by eye."""
    return [row for texts, row in before.items() if texts not in TEXTS.values()]


def _figures(row: MeasuredRow | None) -> object:
    return None if row is None else row.model_dump(exclude={"date", "version"})
