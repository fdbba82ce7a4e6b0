"""Results as JSON that is the same bytes for the same numbers."""

from __future__ import annotations

import json
import math


def fixed(value: object) -> object:
    """Numbers with twelve significant digits, what is not finite as null, tuples as lists; the rest as it is."""
    if isinstance(value, float):
        return float(f"{value:.12g}") + 0.0 if math.isfinite(value) else None  # + 0.0: no negative zero
    if isinstance(value, dict):
        return {k: fixed(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [fixed(v) for v in value]
    return value


def as_json(value: object, indent: int | None = None) -> str:
    """One JSON text with a newline at its end, keys in the order given."""
    return json.dumps(fixed(value), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"
