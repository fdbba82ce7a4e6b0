"""A small SVG writer. Everything goes through ElementTree, so no text can become markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal
from xml.etree import ElementTree

from markupsafe import Markup

from pipeline.report.plain import plain

XMLNS = "http://www.w3.org/2000/svg"

Anchor = Literal["start", "middle", "end"]

#: the class of words as they come, which is not written
PLAIN = "f-text"


class Canvas:
    """A drawing of `width` × `height` user units with a name and a description for screen readers.

    `role` is "group" for a drawing with links, which an image could not have; `style` names its classes.
    """

    def __init__(
        self,
        ident: str,
        width: float,
        height: float,
        title: str,
        description: str,
        *,
        role: Literal["img", "group"] = "img",
        style: str = "plot",
    ) -> None:
        attributes = {
            "xmlns": XMLNS,
            "class": style,
            "viewBox": f"0 0 {coordinate(width)} {coordinate(height)}",
            "role": role,
            "aria-labelledby": f"{ident}-title {ident}-desc",
        }
        self._root = ElementTree.Element("svg", attributes)
        self._into = self._root
        self._add("title", {"id": f"{ident}-title"}).text = plain(title)
        self._add("desc", {"id": f"{ident}-desc"}).text = plain(description)

    @contextmanager
    def group(self, ident: str) -> Iterator[None]:
        """What is drawn within it can be shown again by its `ident` (see `sheet`)."""
        with self._within({"id": ident}):
            yield

    @contextmanager
    def stretch(self, top: float, height: float) -> Iterator[None]:
        """What is drawn within it takes this stretch of the drawing, which script may hide or move (tables.js)."""
        with self._within({"data-top": coordinate(top), "data-height": coordinate(height)}):
            yield

    @contextmanager
    def _within(self, attributes: dict[str, str]) -> Iterator[None]:
        outside = self._into
        self._into = self._add("g", attributes)
        yield
        self._into = outside

    def text(self, x: float, y: float, words: str, style: str, anchor: Anchor = "start", full: str = "") -> None:
        """Words with their baseline at y; `full`, if it differs, is shown as a tooltip."""
        place = {"x": coordinate(x), "y": coordinate(y)}
        place |= {} if style == PLAIN else {"class": style}
        place |= {} if anchor == "start" else {"text-anchor": anchor}
        element = self._add("text", place)
        element.text = plain(words)
        if full and full != words:
            ElementTree.SubElement(element, "title").text = plain(full)

    def upwards(self, x: float, y: float, words: str, style: str) -> None:
        """Words around (x, y) that are read from below."""
        turn = f"rotate(-90 {coordinate(x)} {coordinate(y)})"
        place = {"x": coordinate(x), "y": coordinate(y), "class": style, "text-anchor": "middle", "transform": turn}
        self._add("text", place).text = plain(words)

    @contextmanager
    def link(self, anchor: str) -> Iterator[None]:
        """What is drawn within leads to `anchor` in the page; nothing does where it is empty."""
        outside = self._into
        if anchor:
            self._into = self._add("a", {"href": f"#{anchor}"})
        yield
        self._into = outside

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        self._add("line", {**{name: coordinate(value) for name, value in ends.items()}, "class": style})

    def box(self, x: float, y: float, width: float, height: float, style: str) -> None:
        sides = {"x": x, "y": y, "width": width, "height": height}
        self._add("rect", {**{name: coordinate(value) for name, value in sides.items()}, "class": style})

    def boxes(self, corners: Sequence[tuple[float, float]], width: float, height: float, style: str) -> None:
        """Boxes of one size in one element: there may be hundreds."""
        w, h = coordinate(width), coordinate(height)
        path = "".join(f"M{coordinate(x)} {coordinate(y)}h{w}v{h}h-{w}z" for x, y in corners)
        self._add("path", {"d": path, "class": style})

    def polygon(self, points: Sequence[tuple[float, float]], style: str) -> None:
        path = " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points)
        self._add("polygon", {"points": path, "class": style})

    def circle(self, x: float, y: float, radius: float, style: str, full: str = "") -> None:
        """`full` is shown as a tooltip."""
        place = {"cx": x, "cy": y, "r": radius}
        element = self._add("circle", {**{name: coordinate(v) for name, v in place.items()}, "class": style})
        if full:
            ElementTree.SubElement(element, "title").text = plain(full)

    def polyline(self, points: Sequence[tuple[float, float]], style: str) -> None:
        path = " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points)
        self._add("polyline", {"points": path, "class": style})

    def markup(self) -> Markup:
        return _markup(self._root)

    def _add(self, tag: str, attributes: dict[str, str]) -> ElementTree.Element:
        return ElementTree.SubElement(self._into, tag, attributes)


def sheet(
    width: float, height: float, parts: Sequence[tuple[str, float]], window: tuple[str, float, float, float]
) -> Markup:
    """Parts of a drawing once more, for paper: groups by ident, each moved down, and of one group only a window.

    `window` is the group's ident, where it comes to stand, and which stretch of it is shown: from, to.
    """
    box = f"0 0 {coordinate(width)} {coordinate(height)}"
    root = ElementTree.Element("svg", {"xmlns": XMLNS, "class": "plot sheet", "viewBox": box, "aria-hidden": "true"})
    for ident, down in parts:
        ElementTree.SubElement(root, "use", {"href": f"#{ident}", "y": coordinate(down)})
    ident, top, low, high = window
    numbers = {"x": 0.0, "y": top, "width": width, "height": high - low}
    place = {name: coordinate(value) for name, value in numbers.items()}
    place["viewBox"] = f"0 {coordinate(low)} {coordinate(width)} {coordinate(high - low)}"
    ElementTree.SubElement(ElementTree.SubElement(root, "svg", place), "use", {"href": f"#{ident}"})
    return _markup(root)


def _markup(root: ElementTree.Element) -> Markup:
    """No space before the end of an empty element, of which a page has thousands; in text, > is always escaped."""
    return Markup(ElementTree.tostring(root, encoding="unicode").replace(" />", "/>"))


def coordinate(value: float) -> str:
    """At most two decimals, the same on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
