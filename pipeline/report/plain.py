"""Text from documents as text: characters that HTML and SVG cannot hold are replaced, direction cannot leak."""

from __future__ import annotations

import re

#: control characters, and characters that switch the direction of what follows them
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Every unprintable character becomes U+FFFD, and directional overrides go; letters of every script stay."""
    if text.isprintable():  # most of them: none of these characters is
        return text
    return _DIRECTION.sub("", _UNPRINTABLE.sub("�", text))
