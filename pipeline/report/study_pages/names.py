"""The file that a study's page stands in: its name where every system can hold it, else a name made from it."""

from __future__ import annotations

import hashlib
import re

_SAFE = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_OTHER = re.compile(r"[^a-z0-9]+")

#: names that Windows keeps for devices
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def page_name(study: str) -> str:
    """`arnold-2010` → `arnold-2010.html`; names that differ get files that differ, also where case does not count."""
    if _SAFE.fullmatch(study) and not _DEVICE.fullmatch(study):
        return f"{study}.html"
    slug = _OTHER.sub("-", study.lower()).strip("-")[:60] or "study"
    return f"{slug}_{hashlib.sha256(study.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.html"
