"""The update stage: searches are run, and what is new comes into corpus/ as a dated export that never changes.

The only stage that uses the network; `snakemake all` never runs it. To search another source, write a module with a
`SOURCE` (see `source.py`) and add its line to `SOURCES`. A source's module is imported only when a search names it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pipeline.update.source import Source

#: name in config/searches.yaml → module
SOURCES = {
    "pubmed": "pipeline.update.pubmed",
    "europepmc": "pipeline.update.europepmc",
    "clinicaltrials": "pipeline.update.clinicaltrials",
    "pmc": "pipeline.update.pmc",
    "openalex": "pipeline.update.openalex",
    "crossref": "pipeline.update.crossref",
}


def load_source(name: str) -> Source:
    """The source of a name that is in `SOURCES`."""
    return cast("Source", import_module(SOURCES[name]).SOURCE)
