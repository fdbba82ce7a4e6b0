"""Links out of the page, and only where an identifier has the form of one: of a DOI, a PubMed record, a trial."""

from __future__ import annotations

import re
from urllib.parse import quote

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMID = re.compile(r"[1-9]\d{0,8}")
_NCT = re.compile(r"NCT\d{8}", re.ASCII)


def doi_link(doi: str) -> str | None:
    return f"https://doi.org/{quote(doi, safe='/().;:_-')}" if _DOI.fullmatch(doi) else None


def pubmed_link(pmid: str) -> str | None:
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if _PMID.fullmatch(pmid) else None


def register_link(number: str) -> str | None:
    """Of the one register whose addresses are made of its numbers."""
    return f"https://clinicaltrials.gov/study/{number}" if _NCT.fullmatch(number) else None
