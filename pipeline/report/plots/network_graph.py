"""The graph of a network: treatments around a circle, joined where studies compare them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from pipeline.compared import Edge, Node
from pipeline.report.plots.lettering import width, wrap
from pipeline.report.plots.svg import Anchor, Canvas

WIDTH = 960.0
FONT, LINE = 13.0, 15.0
NAME_ROOM = 250.0
NAME_LINES = 3
NAME_GAP = 4.0
#: of the circle that all lie on: of few treatments, of more, and at most
FEW_RADIUS, RADIUS, LARGEST_RADIUS = 110.0, 165.0, 270.0
MARGIN = 34.0
#: circles of the treatments with fewest and with most patients
SMALLEST, LARGEST = 10.5, 17.0
GAP = 10.0
#: treatments up to which names stand beside their circles, else outside of all with lines to them
BESIDE = 12
#: size of the numbers on lines, and height of their boxes
COUNT, COUNT_HIGH = 12.0, 15.0
#: places on a line where the count of studies can stand
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73)


#: left, top, right, bottom
_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Spot:
    """A treatment in the drawing: its circle, and its name with the top of its first line."""

    node: Node
    x: float
    y: float
    radius: float
    lines: list[str]
    right: bool
    #: of the circle that all lie on
    around: float
    outside: bool
    top: float = 0.0

    @property
    def way(self) -> int:
        return 1 if self.right else -1

    @property
    def high(self) -> float:
        return LINE * len(self.lines)

    @property
    def pushed(self) -> bool:
        return self.outside or abs(self.top + self.high / 2 - self.y) > LINE

    @property
    def name_x(self) -> float:
        """Beside its circle; a name that was pushed away stands outside of all."""
        edge = WIDTH / 2 + self.way * (self.around + LARGEST + GAP + 12)
        return edge if self.pushed else self.x + self.way * (self.radius + GAP)

    @property
    def name_box(self) -> _Box:
        long = max(width(line, FONT) for line in self.lines)
        ends = sorted((self.name_x, self.name_x + self.way * long))
        return ends[0], self.top, ends[1], self.top + self.high


def network_graph(ident: str, title: str, nodes: Sequence[Node], edges: Sequence[Edge]) -> Markup:
    """Nodes clockwise in their order, numbered; areas by patients, widths by studies, the count on each line."""
    spots = _named(_spots(nodes))
    high = max(2 * (spots[0].around + MARGIN), *(s.top + s.high + 8 for s in spots))
    words = f"Network of {len(nodes)} treatments and {len(edges)} direct comparisons. The tables have its numbers."
    canvas = Canvas(ident, WIDTH, high, title, words)
    of = {s.node.name: s for s in spots}
    most = max((e.studies for e in edges), default=1)
    for e in edges:
        a, b = of[e.first], of[e.second]
        canvas.line(a.x, a.y, b.x, b.y, f"f-edge f-edge-{_step(e.studies, most)}")
    for spot in spots:
        _name(canvas, spot)
    _counts(canvas, [(of[e.first], of[e.second], e.studies) for e in edges], spots)
    for i, spot in enumerate(spots, 1):
        canvas.circle(spot.x, spot.y, spot.radius, "f-node", full=_told(spot.node))
        canvas.text(spot.x, spot.y + 4, str(i), "f-node-number", "middle")
    return canvas.markup()


def _step(studies: int, most: int) -> int:
    """Of five widths, the share of the most studies on one line."""
    return max(1, math.ceil(5 * studies / most)) if most > 1 else 1


def _told(node: Node) -> str:
    return f"{node.name}: {node.studies} {'study' if node.studies == 1 else 'studies'}, {node.patients} patients"


def _spots(nodes: Sequence[Node]) -> list[_Spot]:
    """Clockwise from beside the top: there names would lie on neighbours. The circle grows with the names."""
    most = max(n.patients for n in nodes)
    turn = math.pi / len(nodes) / (1 if len(nodes) % 2 == 0 else 2)
    least = FEW_RADIUS if len(nodes) < 6 else RADIUS
    around = min(LARGEST_RADIUS, max(least, (LINE * NAME_LINES + NAME_GAP) * len(nodes) / 4))
    room = min(NAME_ROOM, WIDTH / 2 - around - LARGEST - GAP - 14)
    found = []
    for i, node in enumerate(nodes):
        angle = 2 * math.pi * i / len(nodes) + turn
        x, y = WIDTH / 2 + around * math.sin(angle), around + MARGIN - around * math.cos(angle)
        radius = max(SMALLEST, LARGEST * math.sqrt(node.patients / most))
        lines = wrap(node.name, FONT, room, NAME_LINES)
        found.append(_Spot(node, x, y, radius, lines, math.sin(angle) > -1e-9, around, len(nodes) > BESIDE))
    return found


def _named(spots: Sequence[_Spot]) -> list[_Spot]:
    """Each name beside its circle, pushed down where it would lie on the one above."""
    tops = {}
    for side in (True, False):
        below = 0.0
        for spot in sorted((s for s in spots if s.right is side), key=lambda s: s.y):
            tops[spot.node.name] = max(below, spot.y - spot.high / 2)
            below = tops[spot.node.name] + spot.high + NAME_GAP
    return [replace(s, top=tops[s.node.name]) for s in spots]


def _name(canvas: Canvas, spot: _Spot) -> None:
    """Joined to its circle by a thin line where it was pushed away."""
    x, middle = spot.name_x, spot.top + spot.high / 2
    if spot.pushed:
        canvas.line(spot.x, spot.y, x - spot.way * 4, middle, "f-thin")
    anchor: Anchor = "start" if spot.right else "end"
    full = "" if " ".join(spot.lines) == " ".join(spot.node.name.split()) else spot.node.name
    for i, words in enumerate(spot.lines):
        canvas.text(x, spot.top + LINE * (i + 0.8), words, "f-text", anchor, full=full)


def _counts(canvas: Canvas, edges: Sequence[tuple[_Spot, _Spot, int]], spots: Sequence[_Spot]) -> None:
    """Each line's count of studies, at the first of several places where it lies on nothing else; without such a place
    only the table behind the graph has it."""
    taken = [box for s in spots for box in (_around(s.x, s.y, s.radius), s.name_box)]
    for a, b, studies in edges:
        half = width(str(studies), COUNT) / 2 + 3
        places = [(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)) for t in _PLACES]
        boxes = [(x - half, y - COUNT_HIGH / 2, x + half, y + COUNT_HIGH / 2) for x, y in places]
        box = next((box for box in boxes if not any(_meet(box, other) for other in taken)), None)
        if box is None:
            continue
        taken.append(box)
        left, top, right, bottom = box
        canvas.box(left, top, right - left, bottom - top, "f-count")
        canvas.text((left + right) / 2, (top + bottom) / 2 + 4, str(studies), "f-tick", "middle")


def _around(x: float, y: float, radius: float) -> _Box:
    return x - radius, y - radius, x + radius, y + radius


def _meet(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
