"""Values of JSON whose shape nobody promises: what is not there, or is of another kind, reads as nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.parse.document import Document, Unreadable
from pipeline.parsed import SetAside

Object = dict[str, Any]


def at(value: Any, *path: str) -> Any:
    """What stands there, None if a step is missing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *path: str) -> str:
    """The words there on one line; numbers as written; "" for anything else."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return " ".join(str(found).split())


def objects(value: Any, *path: str) -> list[Object]:
    """The objects of the list there."""
    found = at(value, *path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def texts(value: Any, *path: str) -> list[str]:
    """The words of the list there."""
    found = at(value, *path)
    words = [text(item) for item in found] if isinstance(found, list) else []
    return [word for word in words if word]


def records(document: Document, key: str) -> Iterator[Object | SetAside]:
    """The objects of an export: a list, or a list under `key`, or one object alone. An export of litpool's has one in
    each line, and is read line by line. Raises Unreadable for what is no JSON."""
    if document.head_text.startswith(f'{{"{key}": [\n'):
        yield from _lines(document)
        return
    try:
        whole = json.loads(document.text())
    except (ValueError, RecursionError):
        raise Unreadable("is damaged JSON", "download it again") from None
    if isinstance(whole, list):
        yield from objects({key: whole}, key)
    elif isinstance(at(whole, key), list):
        yield from objects(whole, key)
    elif isinstance(whole, dict):
        yield whole


def _lines(document: Document) -> Iterator[Object | SetAside]:
    with document.open_text() as file:
        next(file, None)
        number = 0
        for line in file:
            stripped = line.strip().removesuffix(",")
            if not stripped or stripped == "]}":
                continue
            number += 1
            try:
                found = json.loads(stripped)
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict):
                yield found
            else:
                reason = "this record is damaged JSON"
                remedy = "download it again"
                yield SetAside(set_aside=document.name, record=f"number {number}", reason=reason, remedy=remedy)
