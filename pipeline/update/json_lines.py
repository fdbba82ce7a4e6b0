"""Exports of sources that answer in JSON: a list under a name, one record in each line, so that they diff and cut."""

from __future__ import annotations

import json
from typing import Any

from pipeline.update.waiting import Passing


def line_of(record: Any) -> bytes:
    """One record as it stands in an export: the same bytes for the same record."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def read_object(data: bytes, label: str) -> dict[str, Any]:
    """The object of an answer or an export. Raises Passing for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Passing(f"answers with something else than {label}") from None
    if not isinstance(found, dict):
        raise Passing(f"answers with something else than {label}")
    return found


def head(key: str) -> bytes:
    return f'{{"{key}": [\n'.encode()


TAIL = b"\n]}\n"
BETWEEN = b",\n"
