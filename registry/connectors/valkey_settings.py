"""What of Valkey is a person's: a closed form of patterns, and the names they make for a person.

`keys` are patterns such as `session:{email}`: each place becomes one identifier, and nothing is
searched for, so what no pattern names is not found. `members` are fields of hashes, members of sets
and of sorted sets that many people share. With `done`, a key under that prefix remembers for
`done_seconds` that somebody was erased; telling it again in that time has no second effect.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final, Literal

import msgspec

from registry.adapters.settings import SCHEMES
from registry.connectors.contract import ConnectorError, Declaration, Effect, Person, Reingest

__all__ = ["Key", "Member", "ValkeySettings", "names", "read"]

_PLACE: Final = re.compile(r"\{(\w*)\}")
_PATTERN: Final = re.compile(r"[^\x00-\x1f\x7f{}*?\[\]\\]{0,200}")
_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
SUBJECT: Final = "subject"
KNOWN: Final = SCHEMES | {SUBJECT}
MOST_NAMES: Final = 1_000
"""Of one person: several identifiers in one pattern multiply."""


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pattern: str
    category: str = ""


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`pattern` of what stands within `key`, which is the same for everybody."""

    key: str
    kind: Literal["hash", "set", "sorted_set"]
    pattern: str
    category: str = ""


class ValkeySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    host: str
    port: int = 6379
    database: int = 0
    user: str = ""
    tls: Literal["verify-full", "require", "disable"] = "verify-full"
    keys: list[Key] = []
    members: list[Member] = []
    done: str = ""
    done_seconds: int = 30 * 86_400
    batch: int = 500
    per_minute: int = 0
    probe_after_seconds: int = 0
    timeout_seconds: float = 10.0
    reingest: Reingest = Reingest.POSSIBLE

    def parts(self) -> list[Key | Member]:
        return [*self.keys, *self.members]

    def schemes(self) -> set[str]:
        return {scheme for one in self.parts() for scheme in _PLACE.findall(one.pattern)}

    def fault(self) -> str:
        if not 0 < len(self.host) <= 200 or not 1 <= self.port <= 65_535 or self.database < 0:
            return "host"
        if not self.keys or not all(_is_key(one.pattern) for one in self.keys):
            return "keys"
        if not all(_is_pattern(one.pattern) and _is_plain(one.key) for one in self.members):
            return "members"
        return self._more_faults()

    def _more_faults(self) -> str:
        if not KNOWN.issuperset(self.schemes()):
            return "schemes"
        if not all(_CODE.fullmatch(one.category) for one in self.parts() if one.category):
            return "category"
        if (self.done and not _is_plain(self.done)) or not 60 <= self.done_seconds <= 10**9:
            return "done"
        return self._numbers_fault()

    def declaration(self) -> Declaration:
        held = {one.category for one in self.parts()}
        schemes = self.schemes()
        return Declaration(
            effect=Effect.DELETE, batch=self.batch, per_minute=self.per_minute,
            probe_after_seconds=self.probe_after_seconds, honours_key=bool(self.done),
            by_category="" not in held, reingest=self.reingest,
            schemes=() if SUBJECT in schemes else tuple(sorted(schemes)),
            holds=() if "" in held else tuple(sorted(held)),
        )  # fmt: skip

    def _numbers_fault(self) -> str:
        if not 1 <= self.batch <= 10_000:
            return "batch"
        if not 0 < self.timeout_seconds <= 60 or self.probe_after_seconds < 0:
            return "timeout_seconds"
        return "" if 0 <= self.per_minute <= 1_000_000 else "per_minute"


def names(settings: ValkeySettings, person: Person) -> list[tuple[Key | Member, str]] | str:
    """What is to go of this person; or a code that says why that cannot be known."""
    parts = settings.parts()
    if person.categories:
        if not all(one.category for one in parts):
            return "category_inseparable"
        parts = [one for one in parts if one.category in person.categories]
    found: list[tuple[Key | Member, str]] = []
    for one in parts:
        filled = list(_filled(one.pattern, person))
        if not filled:
            return "identifier_missing"
        if not all(_is_safe(one.pattern, person)) or len(found) + len(filled) > MOST_NAMES:
            return "identifier_unsafe"
        found += [(one, name) for name in filled]
    return found


def read(settings: object) -> ValkeySettings:
    """The settings, if they have the form. Raises ConnectorError `settings_<member>`."""
    try:
        found = msgspec.convert(settings, ValkeySettings)
    except msgspec.ValidationError:
        raise ConnectorError("settings_malformed", retry=False) from None
    if fault := found.fault():
        raise ConnectorError(f"settings_{fault}", retry=False)
    return found


def _is_key(pattern: str) -> bool:
    """It begins with something that is ours to say, so no identifier chooses the key alone."""
    return _is_pattern(pattern) and not pattern.startswith("{")


def _is_pattern(pattern: str) -> bool:
    return bool(_PLACE.search(pattern)) and bool(_PATTERN.fullmatch(_PLACE.sub("", pattern)))


def _is_plain(text: str) -> bool:
    return bool(text) and bool(_PATTERN.fullmatch(text))


def _values(person: Person, scheme: str) -> tuple[str, ...]:
    return (str(person.subject),) if scheme == SUBJECT else person.identifiers.get(scheme, ())


def _filled(pattern: str, person: Person) -> Iterator[str]:
    """The pattern with each combination of the person's identifiers in its places."""
    schemes = list(dict.fromkeys(_PLACE.findall(pattern)))
    for values in product(*(_values(person, scheme) for scheme in schemes)):
        by = dict(zip(schemes, values, strict=True))
        yield _PLACE.sub(lambda place, by=by: by[place[1]], pattern)  # type: ignore[misc]


def _is_safe(pattern: str, person: Person) -> Iterator[bool]:
    """An identifier that holds what parts a key could name somebody else's."""
    parting = {one for one in _PLACE.sub("", pattern) if one in ":/|#"}
    for scheme in _PLACE.findall(pattern):
        for value in _values(person, scheme):
            yield bool(value) and value.isprintable() and parting.isdisjoint(value)
