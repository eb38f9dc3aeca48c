"""Systems and the order in which they are told, as plain SVG: positions only, no script. Pure.

Who waits stands behind whom it waits for, so every arrow points the way people read. Each state
has a mark of its own besides its colour, which not everybody can tell apart.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDE: Final = 236
HIGH: Final = 58
ACROSS: Final = 86
DOWN: Final = 20
EDGE: Final = 12
LONGEST: Final = 24
SMALL: Final = 30
"""So many letters of a name, and of a state, fit into a box; the table has the whole of both."""

MARKS: Final = {
    "planned": "M-6,0 a6,6 0 1,0 12,0 a6,6 0 1,0 -12,0",
    "sent": "M-6,0 H5 M1,-4 L5,0 L1,4",
    "accepted": "M-6,-2 L-2,2 L6,-6",
    "confirmed": "M-6,0 L-2,4 L6,-4",
    "absent": "M-7,0 L-4,4 L2,-4 M-1,2 L1,4 L7,-4",
    "exempt": "M-5,-6 H5 V6 H-5 Z M-2,0 H2",
    "excepted": "M-6,6 L-4,1 L4,-7 L7,-4 L-1,4 Z",
    "failed": "M-5,-5 L5,5 M5,-5 L-5,5",
    "waits": "M-5,-6 H5 L-5,6 H5 Z",
    "rests": "M-3,-5 V5 M3,-5 V5",
    "well": "M-6,0 L-2,4 L6,-4",
}
"""The line of each state, around the middle of its mark."""


Wait = tuple[Hashable, Hashable, str]
"""Who waits, for whom, and how long besides."""


@dataclass(frozen=True, slots=True)
class Node:
    """A system or a party: what it is called, in which state it is, and that state in words."""

    key: Hashable
    name: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place; its texts start at `text_x`, its mark stands at (`mark_x`, `y`)."""

    node: Node
    name: str
    text: str
    x: int
    y: int
    text_x: int
    mark_x: int

    @property
    def mark(self) -> str:
        return MARKS[self.node.state]


@dataclass(frozen=True, slots=True)
class Arrow:
    """From whom is told first to whom waits, with a word on how long, and where that stands.

    `state` is of whom is waited for.
    """

    state: str
    path: str
    head: str
    text: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int
    box_width: int = WIDE
    box_height: int = HIGH


def picture(
    nodes: Sequence[Node],
    waits: Sequence[Wait],
    *,
    is_rtl: bool = False,
) -> Picture:
    """A picture of nodes and of who waits for whom among them.

    Who waits for another only because of one between them is not joined with it by an arrow.
    """
    known = {one.key for one in nodes}
    edges = [one for one in waits if one[0] in known and one[1] in known]
    columns = _columns(nodes, edges)
    tallest = max((len(one) for one in columns), default=1)
    width = 2 * EDGE + len(columns) * WIDE + max(len(columns) - 1, 0) * ACROSS
    boxes: dict[Hashable, Box] = {}
    for number, column in enumerate(columns):
        x = EDGE + number * (WIDE + ACROSS)
        x = width - x - WIDE if is_rtl else x
        top = EDGE + (tallest - len(column)) * (HIGH + DOWN) // 2
        for row, node in enumerate(column):
            boxes[node.key] = _box(node, x, top + row * (HIGH + DOWN), is_rtl=is_rtl)
    arrows = [
        _arrow(boxes[first], boxes[then], text, is_rtl=is_rtl)
        for then, first, text in _direct(edges)
    ]
    height = 2 * EDGE + tallest * (HIGH + DOWN) - DOWN
    return Picture(tuple(boxes.values()), tuple(arrows), max(width, WIDE), height)


def _direct(edges: Sequence[Wait]) -> list[Wait]:
    """Without those that follow from others, unless they say how long."""
    firsts = _firsts(edges)
    return [
        (then, first, text)
        for then, first, text in edges
        if text or not any(first in _before(one, firsts) for one in firsts[then] if one != first)
    ]


def _firsts(edges: Sequence[Wait]) -> dict[Hashable, list[Hashable]]:
    found: dict[Hashable, list[Hashable]] = {}
    for then, first, _text in edges:
        found.setdefault(then, []).append(first)
    return found


def _before(key: Hashable, firsts: Mapping[Hashable, Sequence[Hashable]]) -> set[Hashable]:
    """Everything that ends before it."""
    found: set[Hashable] = set()
    left = [*firsts.get(key, ())]
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left.extend(firsts.get(one, ()))
    return found


def _columns(nodes: Sequence[Node], edges: Sequence[Wait]) -> list[list[Node]]:
    """Each node one column behind the last of those it waits for."""
    firsts = _firsts(edges)
    depths: dict[Hashable, int] = {}
    for node in nodes:
        _depth(node.key, firsts, depths)
    _put_off(nodes, edges, depths)
    columns: list[list[Node]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for node in nodes:
        columns[depths[node.key]].append(node)
    return columns


def _put_off(nodes: Sequence[Node], edges: Sequence[Wait], depths: dict[Hashable, int]) -> None:
    """As near to whoever waits for it as can be, so that no arrow runs behind a box."""
    thens: dict[Hashable, list[Hashable]] = {}
    for then, first, _text in edges:
        thens.setdefault(first, []).append(then)
    for node in sorted(nodes, key=lambda one: -depths[one.key]):
        behind = [depths[one] - 1 for one in thens.get(node.key, ())]
        depths[node.key] = max([depths[node.key], *([min(behind)] if behind else [])])


def _depth(
    key: Hashable, firsts: Mapping[Hashable, Sequence[Hashable]], depths: dict[Hashable, int]
) -> int:
    """How many must end before it. A circle, which the services refuse, is cut where it closes."""
    if key not in depths:
        depths[key] = 0
        depths[key] = max((_depth(one, firsts, depths) + 1 for one in firsts.get(key, ())),
                          default=0)  # fmt: skip
    return depths[key]


def _box(node: Node, x: int, y: int, *, is_rtl: bool) -> Box:
    inner, mark = (x + WIDE - 34, x + WIDE - 20) if is_rtl else (x + 34, x + 20)
    return Box(node, _short(node.name, LONGEST), _short(node.text, SMALL), x, y, inner, mark)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _arrow(first: Box, then: Box, text: str, *, is_rtl: bool) -> Arrow:
    way = -1 if is_rtl else 1
    from_x = first.x if is_rtl else first.x + WIDE
    to_x = (then.x + WIDE if is_rtl else then.x) - way * 7
    from_y, to_y = first.y + HIGH // 2, then.y + HIGH // 2
    bend = from_x + way * ACROSS // 2
    path = f"M{from_x},{from_y} C{bend},{from_y} {to_x - way * ACROSS // 2},{to_y} {to_x},{to_y}"
    head = f"{to_x + way * 7},{to_y} {to_x - way * 3},{to_y - 5} {to_x - way * 3},{to_y + 5}"
    return Arrow(first.node.state, path, head, text, (from_x + to_x) // 2, (from_y + to_y) // 2 - 6)
