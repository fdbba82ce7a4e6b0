"""When and where a study was done, and what its record says of other reports of its patients."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pipeline.extract.abbreviations import definitions
from pipeline.extract.centres import centre_count, centres
from pipeline.extract.enrolment import window
from pipeline.extract.kinship import kinship, trial_names
from pipeline.extract.reading import Reading
from pipeline.parsed import ParsedRecord

#: (start, end, kind of section) of a sentence in the record's text
Part = tuple[int, int, str]

_OF_TRIALS = re.compile(r"stud|trial|regist|cohort", re.IGNORECASE)


def setting(record: ParsedRecord, readings: Sequence[Reading], parts: Sequence[Part]) -> dict[str, Any]:
    """The fields of a candidate that say so."""
    return {
        "enrolment": window(record, parts),
        "centre_count": centre_count(record, parts),
        "centres": centres(record, parts),
        "trial_names": trial_names(record, parts, _of_things(record.text)),
        "kinship": kinship(record, parts),
        "drugs_in_title": sorted(_in_title(record, readings)),
    }


def _in_title(record: ParsedRecord, readings: Sequence[Reading]) -> frozenset[str]:
    """What the treatments of the title name."""
    end = len(record.citation.title or "")
    named = [
        m.names
        for r in readings
        if r.sentence.start + 1 < end
        for m in r.of("DRUG")
        if end >= r.span(m.first, m.last)[1]
    ]
    return frozenset().union(*named)


def _of_things(text: str) -> list[str]:
    """Short forms that the text defines for something else than a trial."""
    return [d.short for d in definitions(text) if not _OF_TRIALS.search(text, d.start, d.end)]
