"""The form of a declared connector: what a YAML file may say, and what is wrong with one. Pure.

A file names a person (`person`), what telling really does, and the calls; `ways` are further ones
to find the same person (by telephone, by another id), `verbs` what else it can be told, `parts` how
one data category is erased. Every answer means what the first of its rules that holds says. Nothing
is done, unknown or absent because a call went through: such a rule needs a place in the answer, or
a status that no error page has.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from registry.adapters.settings import SCHEMES
from registry.connectors import templates
from registry.connectors.contract import Declaration, Effect, Finding, Reingest, Verb

BARE: Final = frozenset({202, 204, 410})
_CAUTIOUS: Final = frozenset({"retry", "refused", "unsure"})
TOLD: Final = frozenset({"done", "accepted", "unknown", "refused", "retry"})
LOOKED: Final = frozenset({*(one.value for one in Finding), "items", "same"})
FOUND: Final = frozenset({"items", "refused", "retry"})
FINE: Final = frozenset({"fine", "refused", "retry"})
_POINTER: Final = re.compile(r"(/([^~/\x00-\x1f]|~[01]){1,100}){1,10}")
_SEGMENT: Final = re.compile(r"[A-Za-z0-9._~:@-]{1,100}")
HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,60}")
NAME: Final = re.compile(r"[a-z_]{1,20}")
PLACES: Final = frozenset({"person", "bare", "key", "subject", "values", "fields"})
RESERVED: Final = PLACES | {"found", "reference", "each", "url", "holds"}
_PATTERN: Final = re.compile(r"[A-Za-z0-9\[\]{},()|?+*\\._-]{1,80}")

Means = Literal[
    "done", "accepted", "unknown", "refused", "retry", "absent", "anonymised", "suppressed",
    "archived", "present", "unsure", "items", "same", "fine",
]  # fmt: skip


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A word that the form does not know is refused."""


class Where(Closed, frozen=True, kw_only=True):
    """A place of the answer that is one of these, or is there at all."""

    at: str
    is_: list[str | int | float | bool] = msgspec.field(default_factory=list, name="is")
    exists: bool | None = None

    def fault(self) -> bool:
        return not _POINTER.fullmatch(self.at) or bool(self.is_) == (self.exists is not None)


class Answer(Closed, frozen=True, kw_only=True):
    """Holds when the status is among these (none: any 2xx) and every `where` holds."""

    means: Means
    status: list[int] = []
    where: list[Where] = []
    json: bool = True  # False: only where the body is no JSON
    code: str = ""
    wait_seconds: float = 0.0

    def fault(self) -> bool:
        bare = bool(self.status) and BARE.issuperset(self.status)
        says = any(one.is_ or one.exists for one in self.where)
        return (
            any(one.fault() for one in self.where)
            or not (says or bare or self.means in _CAUTIOUS)
            or (bool(self.code) and not re.fullmatch(r"[a-z_]{1,60}", self.code))
            or not 0 <= self.wait_seconds <= 86_400
        )


class Items(Closed, frozen=True, kw_only=True):
    """A list in the answer, and who of those that were asked for stands in it.

    Without `key`, any item is the one person asked for. An item that is nobody's who was asked
    for makes everybody unsure who is not listed.
    """

    at: str
    key: str | None = None
    value: str = ""  # what the system calls the person: the place {found} of a later call
    listed: Finding = Finding.PRESENT
    unlisted: Finding = Finding.ABSENT
    lists_others: bool = False  # a search by a beginning shows others, too: nothing follows from it
    state: str = ""
    states: dict[str, Finding] = {}

    def fault(self, most: int) -> bool:
        pointers = [self.at, *(one for one in (self.key, self.value, self.state) if one)]
        return (
            not all(map(_POINTER.fullmatch, pointers))
            or (self.key is None and most > 1)
            or bool(self.state) != bool(self.states)
        )


class Call(Closed, frozen=True, kw_only=True):
    """One call. With `most` above 1 the body holds `{each}`: the list of `each`, one a person.

    `same` is where the answer shows values by their names there; `second`: at the other address.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    path: list[str]
    query: dict[str, str] = {}
    body: Any = None
    most: int = 1
    each: Any = "{person}"
    answers: list[Answer]
    items: Items | None = None
    reference: str = ""
    counts: dict[str, str] = {}
    same: str = ""
    second: bool = False
    errors: list[str] = msgspec.field(default_factory=lambda: ["/error", "/errors"])

    def names(self) -> set[str]:
        each = self.each if self.is_many else None
        return templates.places([self.path, self.query, self.body, each])

    @property
    def is_many(self) -> bool:
        return "each" in templates.places(self.body)

    def fault(self, known: frozenset[str], means: frozenset[str]) -> str:
        if not self._path_is_safe(known):
            return "path"
        one = self.each if self.is_many else None
        if not templates.is_safe([self.query, one], known) or (
            not templates.is_safe(self.body, known | {"each"})
        ):
            return "body"
        if not 1 <= self.most <= 10_000 or (self.most > 1) > self.is_many:
            return "most"
        return self._answers_fault(means)

    def _path_is_safe(self, known: frozenset[str]) -> bool:
        literal = [one for one in self.path if not templates.places(one)]
        return templates.is_safe(self.path, known) and all(
            _SEGMENT.fullmatch(one) and one not in {".", ".."} for one in literal
        )

    def _answers_fault(self, means: frozenset[str]) -> str:
        if not self.answers or any(one.fault() or one.means not in means for one in self.answers):
            return "answers"
        reads = any(one.means == "items" for one in self.answers)
        if reads != (self.items is not None) or (self.items and self.items.fault(self.most)):
            return "items"
        compares = any(one.means == "same" for one in self.answers)
        if compares != bool(self.same) or (self.same and self.most > 1):
            return "same"
        pointers = [*self.errors, *self.counts.values(), self.reference, self.same]
        return "" if all(_POINTER.fullmatch(one) for one in pointers if one) else "errors"


class Person(Closed, frozen=True, kw_only=True):
    """How a person is named there: an identifier of the scheme, its digest, or with a beginning."""

    scheme: str
    digest: Literal["", "md5", "sha256"] = ""
    before: str = ""
    pattern: str = ""
    stranger: str = ""

    def fault(self) -> bool:
        return (
            self.scheme not in SCHEMES
            or bool(self.pattern) != bool(self.stranger)
            or (bool(self.pattern) and not is_pattern(self.pattern, self.stranger))
        )


class Declares(Closed, frozen=True, kw_only=True):
    """What it says of itself, as in contract.Declaration."""

    effect: Effect
    batch: int = 1
    per_minute: int = 0
    probe_after_seconds: int = 0
    honours_key: bool = False
    reingest: Reingest = Reingest.POSSIBLE
    holds: list[str] = []
    at_once: int = 1  # calls side by side within a batch

    def fault(self) -> bool:
        return not (
            1 <= self.batch <= 10_000 and 0 <= self.per_minute <= 10**6 and 1 <= self.at_once <= 8
            and 0 <= self.probe_after_seconds <= 366 * 86_400
        )  # fmt: skip


class Way(Closed, frozen=True, kw_only=True):
    """The calls about people who are named so; `person` as the file's own where it is left out."""

    tell: Call
    person: Person | None = None
    find: Call | None = None
    probe: list[Call] = []

    def calls(self) -> Iterator[tuple[str, Call, frozenset[str]]]:
        yield "tell", self.tell, TOLD
        if self.find is not None:
            yield "find", self.find, FOUND
        yield from (("probe", one, LOOKED) for one in self.probe)


class Second(Closed, frozen=True, kw_only=True):
    """Another address of the vendor's; its secret is the second word of the one that is entered.

    `control` asks it for something that must be there, before it is believed.
    """

    base: list[str]
    control: Call
    auth: Literal["none", "bearer", "basic"] = "bearer"


class Never(Closed, frozen=True, kw_only=True):
    """A call that looks like an erasure and is none; no file may make it to these hosts."""

    method: str
    path: list[str]
    because: str


class Form(Closed, frozen=True, kw_only=True):
    """A whole file.

    `settings`: what a company has to say, each with a pattern; `texts`: texts with braces of their
    own (GraphQL), as places. `hosts`: ends of the hosts at which `never` holds for any file.
    `fields` leads from attribute codes to what they are called there; a company may say it, too.
    """

    form: Literal[1]
    name: str
    base: list[str]
    person: Person
    declares: Declares
    tell: Call
    settings: dict[str, str] = {}
    texts: dict[str, str] = {}
    hosts: list[str] = []
    auth: Literal["none", "bearer", "basic", "header"] = "none"
    user: str = ""
    header: str = ""
    headers: dict[str, str] = {}
    key_header: str = ""
    second: Second | None = None
    control: Call | None = None
    find: Call | None = None
    status: Call | None = None
    probe: list[Call] = []
    ways: list[Way] = []
    verbs: dict[str, list[Way]] = {}
    parts: dict[str, list[Way]] = {}
    fields: dict[str, str] = {}
    never: list[Never] = []

    def whole(self) -> list[Way]:
        """How a person is erased there: each way, in the order of the file."""
        own = Way(tell=self.tell, person=self.person, find=self.find, probe=self.probe)
        return [own, *self.ways]

    def all_ways(self) -> Iterator[tuple[str, Way]]:
        yield from ((f"ways_{n}_" if n else "", one) for n, one in enumerate(self.whole()))
        yield from ((f"{verb}_", one) for verb, some in self.verbs.items() for one in some)
        yield from (("parts_", one) for some in self.parts.values() for one in some)

    def declaration(self) -> Declaration:
        said, verbs = self.declares, {Verb.ERASE, *map(Verb, self.verbs)}
        schemes = dict.fromkeys((one.person or self.person).scheme for one in self.whole())
        return Declaration(
            effect=said.effect, batch=said.batch, per_minute=said.per_minute,
            verbs=frozenset(verbs if self.fields else verbs - {Verb.CORRECT}),
            probe_after_seconds=said.probe_after_seconds, probes=bool(self.probe),
            unprobed=frozenset(Verb(one) for one, some in self.verbs.items() if not some[0].probe),
            by_category=bool(said.holds) and set(said.holds) <= set(self.parts),
            honours_key=said.honours_key, reingest=said.reingest, schemes=tuple(schemes),
            holds=tuple(said.holds),
        )  # fmt: skip


def is_pattern(pattern: str, sample: str | None = None) -> bool:
    """Of plain characters, and one that the sample fits."""
    if not _PATTERN.fullmatch(pattern):
        return False
    try:
        found = re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return sample is None or bool(found.fullmatch(sample))
