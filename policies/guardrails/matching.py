"""Whether a guardrail concerns a use, and how to find the few that do among thousands.

Each rule is filed once, under the values of the one list that tells it apart best; only rules
filed under what a question names are looked at, so that rules that do not concern it cost nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from policies.guardrails.model import Guardrail, Match
from policies.pdp.model import Facts, PurposeFacts, Question

COUNTRY: Final = 2
ANY: Final = ""  # files what concerns a use that leaves the list's matter unsaid
Told = tuple[str, ...]
"""What a use names of one list's matter, patterns included; `(ANY,)`: it may be anything."""


@lru_cache(maxsize=16_384)
def patterns(term: str) -> Told:
    """A term and the patterns it falls under: a.b.c, a.*, a.b.*"""
    parts = term.split(".")
    return (term, *(".".join(parts[:n]) + ".*" for n in range(1, len(parts))))


@lru_cache(maxsize=16_384)
def _all_patterns(terms: Told) -> Told:
    return tuple(pattern for term in terms for pattern in patterns(term))


@lru_cache(maxsize=4096)
def places(region: str) -> Told:
    """A country with a part of it, or with whatever part; anywhere where nothing is known."""
    if not region:
        return (ANY,)
    return (region[:2], region if len(region) > COUNTRY else f"{region}-*")


@lru_cache(maxsize=4096)
def _listed_places(regions: Told) -> Told:
    """Regions as listed; of a part, also that it may be meant where the part is unknown."""
    unsure = (f"{one[:2]}-*" for one in regions if len(one) > COUNTRY)
    return (*regions, *dict.fromkeys(unsure))


def _listed(match: Match, name: str) -> Told:
    values: Told = getattr(match, name)
    return _listed_places(values) if name == "regions" else values


def _region(facts: Facts) -> str:
    return "" if facts.subject is None else facts.subject.region


def _data(question: Question, purpose: PurposeFacts | None) -> Told:
    return question.data or ((ANY,) if purpose is None else purpose.categories or (ANY,))


Reader = Callable[[Question, Facts | None], Told]
LISTS: Final[dict[str, Reader]] = {
    "campaigns": lambda question, _: (question.campaign,) if question.campaign else (),
    "attributes": lambda question, _: _all_patterns(question.attributes),
    "recipients": lambda question, _: question.recipients,
    "purposes": lambda question, _: patterns(question.purpose),
    "categories": lambda question, facts: _data(question, facts.purpose if facts else None),
    "regions": lambda _, facts: places(_region(facts)) if facts else (ANY,),
    "channels": lambda question, _: (question.channel or ANY,),
    "operations": lambda question, _: question.operations or (ANY,),
}
"""How each list of a match is read from a use, the one that tells most first."""


def meets(match: Match, question: Question, facts: Facts | None) -> bool:
    """Whether a use meets every list. Without facts: whether it could."""
    for name in match.__struct_fields__:
        wanted = _listed(match, name)
        if wanted and not _meets(wanted, LISTS[name](question, facts)):
            return False
    return True


def _meets(wanted: Told, told: Told) -> bool:
    return told == (ANY,) or any(one in wanted for one in told)


class Index:
    """Finds the rules that concern a use, in the order they were written."""

    __slots__ = ("_always", "_filed", "_readers", "rules")

    def __init__(self, rules: Iterable[Guardrail]) -> None:
        self.rules = tuple(rules)
        self._always: list[int] = []
        self._filed: dict[str, dict[str, list[int]]] = {}
        counted = _counted(self.rules)
        for place, rule in enumerate(self.rules):
            self._file(place, rule.match, counted)
        self._readers = tuple((LISTS[name], filed) for name, filed in self._filed.items())

    def concerned(self, question: Question, facts: Facts | None) -> list[int]:
        """The places of the rules that concern a use; without facts, of those that could."""
        found = self._always
        for read, filed in self._readers:
            for told in read(question, facts):
                if more := filed.get(told):
                    found = found + more
        if not found:
            return found
        matching = {one for one in found if meets(self.rules[one].match, question, facts)}
        return sorted(matching)

    def _file(self, place: int, match: Match, counted: dict[str, Counter[str]]) -> None:
        name = min(
            (one for one in LISTS if getattr(match, one)),
            key=lambda one: max(counted[one][value] for value in (*_listed(match, one), ANY)),
            default=None,
        )
        if name is None:
            self._always.append(place)
            return
        filed = self._filed.setdefault(name, {})
        for value in {*_listed(match, name), ANY}:
            filed.setdefault(value, []).append(place)


_MAY_BE_UNSAID = frozenset({"categories", "regions", "channels", "operations"})


def _counted(rules: Iterable[Guardrail]) -> dict[str, Counter[str]]:
    """How often each value is listed; of what may be left unsaid, also how often at all."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in LISTS}
    for rule in rules:
        for name, counter in counted.items():
            values = set(_listed(rule.match, name))
            counter.update(values)
            if values and name in _MAY_BE_UNSAID:
                counter[ANY] += 1
    return counted
