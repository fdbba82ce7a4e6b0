"""Groups of things that belong together, where a person's word goes before the machine's."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

Edge = tuple[int, int]


class Groups:
    """Sets of 0 … count - 1, named by their lowest member; pairs that must stay apart are never joined."""

    def __init__(self, count: int, apart: Iterable[Edge] = ()) -> None:
        self._parent = list(range(count))
        self._enemies: defaultdict[int, set[int]] = defaultdict(set)
        for a, b in apart:
            self._enemies[a].add(b)
            self._enemies[b].add(a)

    def of(self, i: int) -> int:
        """The lowest member of the set that holds `i`."""
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def join(self, a: int, b: int) -> bool:
        """Makes the sets of `a` and `b` one; False, and nothing done, if that joins a pair that must stay apart."""
        low, high = sorted((self.of(a), self.of(b)))
        if low == high:
            return True
        if high in self._enemies.get(low, ()):
            return False
        self._parent[high] = low
        for enemy in self._enemies.pop(high, set()):
            self._enemies[enemy].discard(high)
            self._enemies[enemy].add(low)
            self._enemies[low].add(enemy)
        return True

    def all(self) -> list[int]:
        """The lowest member of each one's set."""
        return [self.of(i) for i in range(len(self._parent))]


def grouped(
    count: int, must: Iterable[Edge], edges: Sequence[Edge], apart: Iterable[Edge] = ()
) -> tuple[list[int], set[int]]:
    """The lowest member of each one's group, and the positions of the `edges` that are left out.

    `must` joins first and may not contradict `apart`; `edges` follow in their order, the surest first.
    """
    groups = Groups(count, apart)
    for a, b in must:
        if not groups.join(a, b):
            raise ValueError(f"{a} and {b} must be joined and kept apart; contradictions are found before")
    left_out = {i for i, (a, b) in enumerate(edges) if not groups.join(a, b)}
    return groups.all(), left_out


def path(edges: Sequence[Edge], start: int, end: int) -> list[int] | None:
    """Positions of the fewest edges that lead from `start` to `end`; None if none do."""
    beside: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for i, (a, b) in enumerate(edges):
        beside[a].append((b, i))
        beside[b].append((a, i))
    came: dict[int, tuple[int, int]] = {start: (start, -1)}
    todo = deque([start])
    while todo and end not in came:
        here = todo.popleft()
        for there, i in beside[here]:
            if there not in came:
                came[there] = (here, i)
                todo.append(there)
    if end not in came:
        return None
    found = []
    while end != start:
        end, i = came[end]
        found.append(i)
    return sorted(found)
