"""Which search brought a file of corpus/: an export is a file, or a folder of full texts."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any, cast

from pipeline.release.by_search import exports
from pipeline.searched import SearchRow


def test_files_of_a_folder_belong_to_its_search() -> None:
    day = datetime.date(2026, 11, 1)
    records = SearchRow(date=day, source="PubMed", file="2026-11-01-itp-pubmed.xml")
    texts = SearchRow(date=day, source="PubMed Central", file="2026-11-01-own-pmc")
    files = [
        "corpus/2026-11-01-itp-pubmed.xml",
        "corpus/2026-11-01-own-pmc/PMC501.xml",
        "corpus/pdfs/a.pdf",
        "corpus/x.nbib",
    ]
    study = SimpleNamespace(reports=[SimpleNamespace(file=file) for file in files])
    sources = [file.removeprefix("corpus/") for file in files]
    now = SimpleNamespace(searches=[records, texts], linked=[study], sources=sources)
    found = exports(cast(Any, now))
    assert [found.get(file) for file in files] == [records, texts, None, None]
    assert list(found) == sorted(found)  # the same bytes whatever the order of a set
