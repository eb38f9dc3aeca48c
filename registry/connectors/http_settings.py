"""The settings of the generic HTTP connector: a closed form, checked when written and when used.

`tell` holds a call for each verb, `probe` too; `status` asks for the state of what was accepted.
A call names a path below `url`, a body with places (templates.py) and rules that say what an
answer means. Identifiers travel in bodies only. With `each`, one call is about many people: the
place `{each}` becomes the list of them, and `items` leads to their answers, found by `item_key`.
Whom a list leaves out is absent only where `unlisted` says so; then a `control` has to be named:
somebody who is known to be there, asked for in every call, and without whom a list proves nothing.

Nothing is done because a call went through: a rule has to hold, and none may be met by a status
that every error page could have.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from registry.adapters.settings import SCHEMES
from registry.connectors import templates
from registry.connectors.contract import ConnectorError, Declaration, Effect, Reingest, Verb

BARE: Final = frozenset({202, 204, 410})
"""Statuses that mean something without a body; 200 and 404 are what a wrong address says, too."""
_OURS: Final = frozenset({"key", "reference", "subject"})
_IN_BODY: Final = _OURS | SCHEMES | {f"{scheme}*" for scheme in SCHEMES}
_MORE: Final = frozenset({"categories", "values", "each"})
_POINTER: Final = re.compile(r"(/([^~/\x00-\x1f]|~[01]){1,100}){1,10}")
_SEGMENT: Final = re.compile(r"[A-Za-z0-9._~:@-]{1,100}|\{(key|reference|subject)\}")
_HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,60}")

Outcome = Literal[
    "done", "accepted", "unknown", "refused", "absent", "anonymised", "suppressed", "archived",
    "present",
]  # fmt: skip

_SAYS: Final = frozenset({"done", "accepted", "unknown", "refused"})
_WELL: Final = frozenset({"done", "accepted"})


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Holds when everything it says holds: the status is among these, the place is so."""

    status: list[int] = []
    at: str = ""
    is_: list[str | int | float | bool | None] = msgspec.field(default_factory=list, name="is")
    exists: bool | None = None

    def fault(self) -> bool:
        if self.at:
            is_asked = bool(self.is_) != (self.exists is not None)
            return not is_asked or not _POINTER.fullmatch(self.at)
        return bool(self.is_) or self.exists is not None or not BARE.issuperset(self.status)


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    path: list[str] = []
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    body: Any = None
    each: Any = None
    rules: dict[Outcome, list[Rule]]
    errors: list[str] = msgspec.field(default_factory=lambda: ["/error", "/errors"])
    reference: str = ""
    items: str = ""
    item_key: str = ""
    item_is: str = "{key}"
    unlisted: Literal["unsure", "absent"] = "unsure"

    @property
    def is_many(self) -> bool:
        return self.each is not None

    def fault(self) -> str:
        if any(one in {".", ".."} or not _SEGMENT.fullmatch(one) for one in self.path):
            return "path"
        if not all(templates.is_safe(one, _IN_BODY | _MORE) for one in (self.body, self.each)):
            return "body"
        if self.is_many != ("each" in templates.places(self.body)) or (
            "each" in templates.places(self.each) or self.method == "GET" and self.body
        ):
            return "body"
        return self._answer_fault()

    def _answer_fault(self) -> str:
        rules = [rule for some in self.rules.values() for rule in some]
        if not rules or not all(self.rules.values()) or any(rule.fault() for rule in rules):
            return "rules"
        places = [*self.errors, self.reference, self.items, self.item_key]
        if any(one and not _POINTER.fullmatch(one) for one in places):
            return "rules"
        has_items = bool(self.items and self.item_key)
        is_known = templates.is_safe(self.item_is, _OURS | SCHEMES)
        return "" if is_known and has_items >= bool(self.items or self.item_key) else "items"

    def places(self) -> set[str]:
        """Of whom the call is: the names of the places of path, body and each."""
        return templates.places([self.path, self.body, self.each])

    def names(self, place: str) -> bool:
        return place in self.places()

    def schemes(self) -> set[str]:
        return {one.rstrip("*") for one in self.places() if one.rstrip("*") in SCHEMES}

    def looks(self) -> bool:
        """Whether it can say that somebody is still there, and speaks as a look does."""
        return "present" in self.rules and not _SAYS & set(self.rules)

    def single(self) -> set[str]:
        """Schemes of which a call holds one identifier: several make several calls."""
        return self.places() & SCHEMES


class HttpConnectorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    url: str
    effect: Effect
    tell: dict[Verb, Call]
    probe: dict[Verb, Call] = {}
    status: Call | None = None
    schemes: list[str] = []
    auth: Literal["none", "bearer", "basic", "header"] = "none"
    header: str = ""
    key_header: str = ""
    batch: int = 1
    per_minute: int = 0
    probe_after_seconds: int = 0
    timeout_seconds: float = 20.0
    honours_key: bool = False
    by_category: bool = False
    reingest: Reingest = Reingest.POSSIBLE
    holds: list[str] = []
    control: dict[str, str] = {}

    def calls(self) -> Iterator[Call]:
        yield from self.tell.values()
        yield from self.probe.values()
        if self.status is not None:
            yield self.status

    def fault(self) -> str:
        if Verb.ERASE not in self.tell or not set(self.probe) <= set(self.tell):
            return "tell"
        if fault := next((fault for call in self.calls() if (fault := call.fault())), ""):
            return fault
        if not SCHEMES.issuperset({*self.schemes, *self.control}) or not self._names_all():
            return "schemes"
        if not self._meanings_fit():
            return "rules"
        return self._numbers_fault() or self._header_fault()

    def declaration(self) -> Declaration:
        return Declaration(
            effect=self.effect, verbs=frozenset(self.tell), batch=self.batch,
            per_minute=self.per_minute, probe_after_seconds=self.probe_after_seconds,
            probes=Verb.ERASE in self.probe, unprobed=frozenset(set(self.tell) - set(self.probe)),
            honours_key=self.honours_key,
            by_category=self.by_category, reingest=self.reingest, schemes=tuple(self.schemes),
            holds=tuple(self.holds),
        )  # fmt: skip

    def _names_all(self) -> bool:
        """What a body is filled with is known to be needed."""
        return all(call.schemes() <= set(self.schemes) for call in self.calls())

    def _meanings_fit(self) -> bool:
        """Each call can be answered well, and only in the words of its own kind."""
        told = [*self.tell.values(), *([self.status] if self.status else [])]
        waits = any("accepted" in one.rules for one in self.tell.values())
        return (
            all(_SAYS.issuperset(one.rules) and _WELL & set(one.rules) for one in told)
            and all(one.looks() for one in self.probe.values())
            and (not waits or self.status is not None)
            and not any(one.unlisted == "absent" for one in told)
            and (bool(self.control) or all(one.unlisted == "unsure" for one in self.calls()))
        )

    def _numbers_fault(self) -> str:
        if not 1 <= self.batch <= 10_000 or (
            self.batch > 1 and not all(call.is_many for call in self.calls())
        ):
            return "batch"
        if not 0 < self.timeout_seconds <= 60 or self.probe_after_seconds < 0:
            return "timeout_seconds"
        return "" if 0 <= self.per_minute <= 1_000_000 else "per_minute"

    def _header_fault(self) -> str:
        named = [one for one in (self.header, self.key_header) if one]
        if bool(self.header) != (self.auth == "header") or not all(map(_HEADER.fullmatch, named)):
            return "header"
        is_told = bool(self.key_header) or all(one.names("key") for one in self.tell.values())
        return "honours_key" if self.honours_key and not is_told else ""


def read(settings: object) -> HttpConnectorSettings:
    """The settings, if they have the form. Raises ConnectorError `settings_<member>`."""
    try:
        found = msgspec.convert(settings, HttpConnectorSettings)
    except msgspec.ValidationError:
        raise ConnectorError("settings_malformed", retry=False) from None
    if fault := found.fault():
        raise ConnectorError(f"settings_{fault}", retry=False)
    return found
