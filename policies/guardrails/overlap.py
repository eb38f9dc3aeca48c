"""Which rules may concern the same use, and which concern nothing that another does not. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from policies.guardrails.matching import LISTS, patterns
from policies.guardrails.model import Guardrail, Match

_PATTERNED = frozenset({"purposes", "attributes"})


def overlaps(one: Match, other: Match) -> bool:
    """Whether some use meets both."""
    return all(_share(name, getattr(one, name), getattr(other, name)) for name in LISTS)


def covers(wide: Match, narrow: Match) -> bool:
    """Whether every use that meets `narrow` meets `wide`."""
    return all(_covers(name, getattr(wide, name), getattr(narrow, name)) for name in LISTS)


def _share(name: str, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one or not other:
        return True
    return any(_same(name, a, b) or _same(name, b, a) for a in one for b in other)


def _covers(name: str, wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    if not wide:
        return True
    return bool(narrow) and all(any(_same(name, a, b) for a in wide) for b in narrow)


def _same(name: str, wide: str, narrow: str) -> bool:
    """Whether the first stands for everything the second does."""
    if name in _PATTERNED:
        return wide in wider(narrow)
    return wide == narrow or (name == "regions" and wide == narrow[:2])


def wider(term: str) -> tuple[str, ...]:
    """A term or pattern, and every pattern that takes it in."""
    whole = term.removesuffix(".*")
    found = patterns(whole)
    return (term, *found[1:]) if term != whole else found


@dataclass
class Shelf:
    """Rules filed by every value of every list, so that few pairs have to be compared."""

    rules: tuple[Guardrail, ...]
    _by: Mapping[str, dict[str, set[int]]] = field(init=False)

    def __post_init__(self) -> None:
        self._by = {name: {} for name in LISTS}
        for place, rule in enumerate(self.rules):
            for name, filed in self._by.items():
                for key in _keys(name, getattr(rule.match, name)):
                    filed.setdefault(key, set()).add(place)

    def near(self, match: Match) -> Iterator[Guardrail]:
        """Those that could overlap with a match: by the list that leaves the fewest."""
        best: set[int] | None = None
        for name, filed in self._by.items():
            if wanted := getattr(match, name):
                keys = {"", *_keys(name, wanted)}
                found = set().union(*(filed.get(key, set()) for key in keys))
                best = found if best is None or len(found) < len(best) else best
        places: Iterable[int] = range(len(self.rules)) if best is None else sorted(best)
        return (self.rules[place] for place in places)


def _keys(name: str, values: tuple[str, ...]) -> set[str]:
    """Where a rule is filed: of related terms and patterns one is always filed with the other."""
    if not values:
        return {""}
    if name == "regions":
        return {value[:2] for value in values}
    if name in _PATTERNED:
        return {value.split(".")[0] for value in values}
    return set(values)
