"""The reports of the review's own studies that are not excluded, as the last rebuild left them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import UserError
from pipeline.linked import Study
from pipeline.parsed import Citation
from pipeline.update.source import Asked


def included(asked: Asked) -> list[Citation]:
    """Their citations. Raises UserError before the first rebuild."""
    path = asked.review / "extracted" / "studies.jsonl"
    if not path.is_file():
        raise UserError(f"{path}: is missing; run `snakemake all` first, which says which studies are included")
    with path.open(encoding="utf-8") as lines:
        return [cited for line in lines for cited in _reports(Study.model_validate_json(line))]


def _reports(study: Study) -> Iterator[Citation]:
    for report in (study.candidate, *study.further):
        if report.eligibility.decision != "exclude":
            yield report.citation


def numbers(asked: Asked, field: str, prefix: str = "") -> list[str]:
    """Their numbers in a database, from a field of the citation, without a prefix, each once."""
    said = (str(getattr(cited, field) or "").upper().removeprefix(prefix) for cited in included(asked))
    return sorted({str(int(n)) for n in said if n.isascii() and n.isdigit()}, key=int)
