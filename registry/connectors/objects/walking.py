"""Which objects of many people there are, in few calls: names are sorted, and so are we.

One page of names answers for everybody whose name would stand on it; the next one is asked for
from the first whom it did not answer for. Where all are gone, that is one page for all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from registry.connectors.objects.store import Found

__all__ = ["Target", "walk"]

Page = Callable[[str, str], tuple[list[Found], str]]


@dataclass(frozen=True, slots=True)
class Target:
    """A key, or all keys with a prefix."""

    name: str
    is_prefix: bool

    def holds(self, key: str) -> bool:
        return key.startswith(self.name) if self.is_prefix else key == self.name

    def is_past(self, key: bytes) -> bool:
        """Whether nothing of it can follow after this key."""
        name = self.name.encode()
        return key > name and not (self.is_prefix and key.startswith(name))


def walk(page: Page, beginning: str, targets: Iterable[Target]) -> Iterator[tuple[Target, Found]]:
    """What there is of the targets, all of which begin with `beginning`."""
    rest = sorted(set(targets), key=lambda one: one.name.encode(), reverse=True)
    after = ""
    while rest:
        after = max(after, rest[-1].name[:-1], key=str.encode)
        found, after = page(beginning, after)
        yield from _met(found, rest)
        if not after:
            return
        while rest and rest[-1].is_past(after.encode()):
            rest.pop()


def _met(found: list[Found], rest: list[Target]) -> Iterator[tuple[Target, Found]]:
    """Both are sorted; `rest` backwards, and left as it is."""
    at = len(rest) - 1
    for one in found:
        key = one.key.encode()
        while at >= 0 and rest[at].is_past(key):
            at -= 1
        if at >= 0 and rest[at].holds(one.key):
            yield rest[at], one
