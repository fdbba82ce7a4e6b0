"""Names of elements, of XML or HTML, without their namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from lxml import etree

T = TypeVar("T")

#: the name that stands for `&alpha;` where nobody has resolved it
ENTITY = "&"


class _Names(dict[Any, str]):
    """Tag → name. lxml makes a tag's string anew each time; looking it up here is cheaper than cutting it."""

    def __missing__(self, tag: Any) -> str:
        if tag is etree.Entity:
            name = ENTITY
        else:
            name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < 5_000:
            self[tag] = name
        return name


class ByTag(dict[Any, T]):
    """Tag → what stands in `named` under the tag's name, else `other`: one look-up per element, for there are many."""

    def __init__(self, named: Mapping[str, T], other: T) -> None:
        super().__init__()
        self._named = named
        self._other = other

    def __missing__(self, tag: Any) -> T:
        found = self._named.get(NAMES[tag], self._other)
        if len(self) < 5_000:
            self[tag] = found
        return found


#: an element's `tag` → its name; "" for a comment or processing instruction, ENTITY for an entity
NAMES = _Names()


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """The children of one of these names, in order."""
    if element is not None:
        for child in element:
            if NAMES[child.tag] in names:
                yield child


def by_name(element: etree._Element | None) -> dict[str, list[etree._Element]]:
    """The children by their names, in order; looking at each once, where many names are asked for."""
    found: dict[str, list[etree._Element]] = {}
    for child in element if element is not None else ():
        found.setdefault(NAMES[child.tag], []).append(child)
    return found


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of the first name, its first child of the next name, and so on; None if one is missing."""
    for name in path:
        if element is None:
            return None
        for inner in element:
            if NAMES[inner.tag] == name:
                element = inner
                break
        else:
            return None
    return element
