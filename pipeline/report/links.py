"""Links out of the page: to a DOI or a PubMed record, and only where the identifier has the form of one."""

from __future__ import annotations

import re
from urllib.parse import quote

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMID = re.compile(r"[1-9]\d{0,8}")


def doi_link(doi: str) -> str | None:
    return f"https://doi.org/{quote(doi, safe='/().;:_-')}" if _DOI.fullmatch(doi) else None


def pubmed_link(pmid: str) -> str | None:
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if _PMID.fullmatch(pmid) else None
