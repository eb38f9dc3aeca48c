"""Whether a guardrail concerns a use, and how to find the few that do among thousands.

Each rule is filed once, under the values of the one list that tells it apart best; only rules
filed under what a question names are looked at, so that rules that do not concern it cost nothing.
Uses that name the same are concerned by the same rules, which are found once.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from policies.guardrails.model import Guardrail, Match
from policies.pdp.model import Facts, Question

COUNTRY: Final = 2
USES: Final = 4096  # so many different ones are kept in mind; callers can make up campaigns
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


class Use(NamedTuple):
    """All that matches look at of a use, `categories` and `region` as far as the facts tell."""

    purpose: str
    channel: str
    campaign: str
    operations: Told
    attributes: Told
    recipients: Told
    categories: Told
    region: str

    @classmethod
    def of(cls, question: Question, facts: Facts | None) -> "Use":
        """What a question names. Without facts: the person may be anywhere, the data be any."""
        purpose, subject = (facts.purpose, facts.subject) if facts is not None else (None, None)
        return cls(
            question.purpose, question.channel, question.campaign, question.operations,
            question.attributes, question.recipients,
            question.data or (() if purpose is None else purpose.categories),
            "" if subject is None else subject.region,
        )  # fmt: skip


LISTS: Final[dict[str, Callable[[Use], Told]]] = {
    "campaigns": lambda use: (use.campaign,) if use.campaign else (),
    "attributes": lambda use: _all_patterns(use.attributes),
    "recipients": lambda use: use.recipients,
    "purposes": lambda use: patterns(use.purpose),
    "categories": lambda use: use.categories or (ANY,),
    "regions": lambda use: places(use.region),
    "channels": lambda use: (use.channel or ANY,),
    "operations": lambda use: use.operations or (ANY,),
}
"""How each list of a match is read from a use, the one that tells most first."""


def meets(match: Match, use: Use) -> bool:
    """Whether a use meets every list."""
    for name in match.__struct_fields__:
        wanted = _listed(match, name)
        if wanted and not _meets(wanted, LISTS[name](use)):
            return False
    return True


def _meets(wanted: Told, told: Told) -> bool:
    return told == (ANY,) or any(one in wanted for one in told)


class Index:
    """Finds the rules that concern a use, in the order they were written."""

    __slots__ = ("_always", "_filed", "_readers", "concerned", "rules")

    def __init__(self, rules: Iterable[Guardrail]) -> None:
        self.rules = tuple(rules)
        self._always: list[int] = []
        self._filed: dict[str, dict[str, list[int]]] = {}
        counted = _counted(self.rules)
        for place, rule in enumerate(self.rules):
            self._file(place, rule.match, counted)
        self._readers = tuple((LISTS[name], filed) for name, filed in self._filed.items())
        self.concerned = lru_cache(maxsize=USES)(self._concerned)

    def _concerned(self, use: Use) -> tuple[int, ...]:
        """The places of the rules that concern a use."""
        found = self._always
        for read, filed in self._readers:
            for told in read(use):
                if more := filed.get(told):
                    found = found + more
        return tuple(sorted({one for one in found if meets(self.rules[one].match, use)}))

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
