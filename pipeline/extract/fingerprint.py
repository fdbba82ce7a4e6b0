"""A short fingerprint of a record's words, by which a reviewer's line knows that the text is not what was seen."""

from __future__ import annotations

import hashlib
import re

_NOT_WORDS = re.compile(r"[\W_]+")


def text_hash(text: str) -> str:
    """As t0c9d1e2f, which no spreadsheet takes for a number. Blanks, signs and capitals do not count."""
    return "t" + hashlib.sha256(_NOT_WORDS.sub("", text).casefold().encode("utf-8", "replace")).hexdigest()[:8]
