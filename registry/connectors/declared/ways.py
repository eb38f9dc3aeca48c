"""By which names a declared system is told of people, and by which of its calls. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import md5, sha256
from typing import Any, Final
from uuid import UUID, uuid4

from registry.connectors.contract import Act, Finding, Person, Probed, Said, Verb
from registry.connectors.declared.form import Form, Way
from registry.connectors.declared.form import Person as Naming

__all__ = ["NO_IDENTIFIER", "Asked", "Target", "Ways"]

NO_IDENTIFIER: Final = "no_identifier"
INSEPARABLE: Final = "category_inseparable"
VALUE_REFUSED: Final = "value_refused"
NOT_HELD: Final = "not_held"
_SCALAR: Final = str | int | float | None

DIGESTS: Final[Mapping[str, Callable[[str], str]]] = {
    "": str,
    "md5": lambda text: md5(text.lower().encode(), usedforsecurity=False).hexdigest(),
    "sha256": lambda text: sha256(text.lower().encode()).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One name of one person there."""

    step: UUID
    name: str = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)


@dataclass(slots=True)
class Asked:
    """What is called about whom; `without` a call: what is answered of them at once."""

    by_way: list[tuple[Way, list[Target]]]
    without: dict[UUID, str]

    def said(self, person: Person) -> Said | None:
        """Its answer where nothing is called: it holds none of the values, or cannot part them."""
        code = self.without.get(person.step)
        if code is None:
            return None
        act = Act.DONE if code == NOT_HELD else Act.REFUSED
        return Said(step=person.step, act=act, code=code)

    def probed(self, person: Person) -> Probed | None:
        """As `said`, of a look."""
        code = self.without.get(person.step)
        if code is None:
            return None
        finding = Finding.ABSENT if code == NOT_HELD else Finding.UNSURE
        return Probed(step=person.step, finding=finding, code=code)


class Ways:
    """The ways of a file."""

    def __init__(self, form: Form) -> None:
        self._form, self._whole = form, form.whole()

    def asked(self, verb: Verb, people: Sequence[Person]) -> Asked:
        """In the order of the file; each name once for each way."""
        by_way: dict[int, tuple[Way, list[Target]]] = {}
        without: dict[UUID, str] = {}
        for person in people:
            known = self._known(verb, person)
            if isinstance(known, str):
                without[person.step] = known
                continue
            ways, values = known
            for way, target in self._targets(ways, person, values):
                by_way.setdefault(id(way), (way, []))[1].append(target)
        return Asked(list(by_way.values()), without)

    def main(self, people: Sequence[Person]) -> list[Target]:
        """By the first way alone."""
        first = self._whole[:1]
        return [target for one in people for _, target in self._targets(first, one, {})]

    def stranger(self) -> Person:
        """Somebody whom no system knows, by every way."""
        found: dict[str, tuple[str, ...]] = {}
        made_up = uuid4().hex
        by_scheme = {"email": f"{made_up}@stranger.invalid", "phone": f"+999{made_up[:8]}"}
        for way in self._whole:
            how = self._naming(way)
            found[how.scheme] = (how.stranger or by_scheme.get(how.scheme, made_up),)
        return Person(step=uuid4(), subject=uuid4(), key=made_up, identifiers=found)

    def _known(self, verb: Verb, person: Person) -> tuple[list[Way], Mapping[str, Any]] | str:
        if verb is Verb.CORRECT:
            return self._corrected(person)
        if verb is not Verb.ERASE:
            return self._form.verbs[verb.value], {}
        ways = self._erased(person.categories)
        return INSEPARABLE if ways is None else (ways, {})

    def _corrected(self, person: Person) -> tuple[list[Way], Mapping[str, Any]] | str:
        names = self._form.fields
        values = {names[code]: one for code, one in person.values.items() if code in names}
        if not all(isinstance(one, _SCALAR) for one in values.values()):
            return VALUE_REFUSED
        return (self._form.verbs["correct"], values) if values else NOT_HELD

    def _erased(self, categories: AbstractSet[str]) -> list[Way] | None:
        """None where what is asked for cannot be parted from the rest."""
        held = set(self._form.declares.holds)
        if not categories or (held and held <= categories):
            return self._whole
        wanted = sorted(categories & held)
        if not wanted or not set(wanted) <= self._form.parts.keys():
            return None
        return [way for one in wanted for way in self._form.parts[one]]

    def _targets(
        self, ways: Sequence[Way], person: Person, values: Mapping[str, Any]
    ) -> list[tuple[Way, Target]]:
        named = [(way, *pair) for way in ways for pair in _names(self._naming(way), person)]
        return [
            (way, Target(person.step, name, {
                "person": name, "bare": bare, "subject": str(person.subject),
                "key": f"{person.key}-{number}" if number else person.key,
                "values": dict(values), "fields": sorted(values),
            }))
            for number, (way, name, bare) in enumerate(named)
        ]  # fmt: skip

    def _naming(self, way: Way) -> Naming:
        return way.person or self._form.person


def _names(how: Naming, person: Person) -> list[tuple[str, str]]:
    """With what the file puts before it, and without."""
    texts = person.identifiers.get(how.scheme, ())
    fits = [one for one in texts if not how.pattern or re.fullmatch(how.pattern, one)]
    digested = dict.fromkeys(DIGESTS[how.digest](one) for one in fits)
    return [(how.before + one, one) for one in digested]
