"""What comes after what, where nothing may wait for itself. Pure."""

from collections.abc import Hashable, Iterable, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

__all__ = ["CycleError", "leads", "sorted_by"]

T = TypeVar("T", bound=Hashable)


def leads(edges: Iterable[tuple[T, T]], *, start: T, to: T) -> bool:
    """Whether a way along the edges, of whatever length, leads from one to the other."""
    onward: dict[T, list[T]] = {}
    for here, there in edges:
        onward.setdefault(here, []).append(there)
    waiting, seen = [start], {start}
    while waiting:
        here = waiting.pop()
        if here == to:
            return True
        fresh = [there for there in onward.get(here, []) if there not in seen]
        seen.update(fresh)
        waiting += fresh
    return False


def sorted_by(before: Mapping[T, Set[T]]) -> list[T]:
    """All of them, each after those it names. Raises CycleError where there is a way round."""
    return list(TopologicalSorter(before).static_order())
