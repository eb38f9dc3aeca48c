"""Any system with an interface over HTTP, told and looked at by calls that its settings describe.

An answer means what a rule of the settings says, and nothing else: a page of errors that comes
with status 200 is an error, and an answer that no rule knows is asked for again.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Self
from uuid import UUID, uuid4

from registry.adapters.http import found
from registry.connectors import ConnectorRow, register, templates, web
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Finding,
    Person,
    Probed,
    Said,
    Verb,
)
from registry.connectors.http_settings import Call, HttpConnectorSettings, Rule, read

__all__ = ["KIND", "HttpConnector", "made"]

KIND: Final = "http"
ACTS: Final = {
    "refused": Act.REFUSED, "": Act.RETRY, "accepted": Act.ACCEPTED, "done": Act.DONE,
    "unknown": Act.UNKNOWN_PERSON,
}  # fmt: skip
"""By what an answer means, the worst first: of several identifiers the worst counts."""
FINDINGS: Final = {
    one.value: one
    for one in (
        Finding.PRESENT, Finding.ARCHIVED, Finding.SUPPRESSED, Finding.UNSURE,
        Finding.ANONYMISED, Finding.ABSENT,
    )
}  # fmt: skip
LONGEST_REFERENCE: Final = 200
NOT_UNDERSTOOD, SAYS_ERROR, NO_IDENTIFIER = (
    "answer_not_understood", "answer_says_error", "no_identifier",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer means for one identifier: an outcome of the settings, empty for none."""

    outcome: str
    code: str = ""
    reference: str = ""
    evidence: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """One way of naming a person to the system."""

    step: UUID
    values: Mapping[str, Any] = field(repr=False)


class HttpConnector:
    """Calls by its settings; the secret and what is sent never show in a log or an error."""

    def __init__(self, settings: HttpConnectorSettings, secret: str = "") -> None:
        self._settings, self._secret = settings, secret
        self._web = web.Web()

    @property
    def declaration(self) -> Declaration:
        return self._settings.declaration()

    async def __aenter__(self) -> Self:
        await self._web.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._web.__aexit__(*error)

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        call = self._settings.tell.get(verb)
        if call is None:
            raise ConnectorError("verb_unknown", retry=False)
        heard = await self._asked(call, people)
        return [_said(one, heard.get(one.step, [])) for one in people]

    async def status(self, people: Sequence[Person]) -> list[Said]:
        if self._settings.status is None:
            raise ConnectorError("no_status", retry=False)
        heard = await self._asked(self._settings.status, people)
        return [_said(one, heard.get(one.step, [])) for one in people]

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        call = self._settings.probe.get(verb)
        if call is None:
            raise ConnectorError("no_probe", retry=False)
        heard = await self._asked(call, people)
        return [_probed(one, heard.get(one.step, [])) for one in people]

    async def check(self) -> list[str]:
        """Asks for a stranger, who must not be there, and for `control`, who must be."""
        try:
            await web.look_up(self._settings.url)
            return await self._checked() if Verb.ERASE in self._settings.probe else []
        except ConnectorError as error:
            return [error.code]

    async def _checked(self) -> list[str]:
        stranger = {one: (_made_up(one),) for one in self._settings.schemes}
        known = {scheme: (text,) for scheme, text in self._settings.control.items()}
        wrong = []
        [seen] = await self.probe(Verb.ERASE, [_somebody(stranger)])
        if seen.finding is not Finding.ABSENT:
            wrong.append(seen.code or "stranger_present")
        if known:
            [seen] = await self.probe(Verb.ERASE, [_somebody(known)])
            wrong += [] if seen.finding is Finding.PRESENT else ["control_absent"]
        return wrong

    async def _asked(self, call: Call, people: Sequence[Person]) -> dict[UUID, list[Heard]]:
        targets = [one for person in people for one in self._targets(call, person)]
        groups = [targets] if call.is_many else [[one] for one in targets]
        heard: dict[UUID, list[Heard]] = {}
        for group in groups:
            for target, answer in await self._called(call, group) if group else []:
                heard.setdefault(target.step, []).append(answer)
        return heard

    def _targets(self, call: Call, person: Person) -> list[Target]:
        """A call for each identifier of a scheme of which it holds one, and each reference."""
        schemes = self._settings.schemes
        known = {one: person.identifiers.get(one, ()) for one in schemes}
        if schemes and not any(known.values()):
            return []
        lists: dict[str, Any] = {f"{name}*": list(texts) for name, texts in known.items()}
        lists |= {"categories": sorted(person.categories), "values": dict(person.values)}
        single = sorted(call.single())
        references = person.reference.split() if call.names("reference") else []
        asks = itertools.product(*(known[name] or (None,) for name in single), references or [""])
        return [
            Target(person.step, lists | dict(zip(single, more, strict=True)) | {
                "reference": reference, "subject": str(person.subject),
                "key": f"{person.key}-{number}" if number else person.key,
            })
            for number, (*more, reference) in enumerate(asks)
        ]  # fmt: skip

    async def _called(self, call: Call, targets: list[Target]) -> list[tuple[Target, Heard]]:
        asked = [*targets, *self._control(call)]
        values: dict[str, Any] = dict(targets[0].values)
        if call.is_many:
            values = {
                "each": [templates.fill(call.each, one.values) for one in asked],
                "key": sha256("".join(one.values["key"] for one in targets).encode()).hexdigest(),
            }
        reply = await self._sent(call, values)
        if call.items:
            heard = _listed(call, reply, asked)
            if asked[len(targets) :] and heard.pop().outcome != Finding.PRESENT:
                heard = [Heard("", "control_absent", "", _proof(reply)) for _ in targets]
            return list(zip(targets, heard, strict=True))
        answer = _meaning(call, reply, reply.said)
        return [(one, answer) for one in targets]

    def _control(self, call: Call) -> list[Target]:
        """Somebody known to be there, asked for with the others: or a list would prove nothing."""
        if call.unlisted != "absent":
            return []
        known = {scheme: (text,) for scheme, text in self._settings.control.items()}
        return self._targets(call, _somebody(known))[:1]

    async def _sent(self, call: Call, values: Mapping[str, Any]) -> web.Reply:
        place = await web.look_up(self._settings.url)
        try:
            path = templates.fill(call.path, values)
            body = templates.fill(call.body, values)
        except KeyError:
            raise ConnectorError("place_unknown", retry=False) from None
        auth = web.proof(self._settings.auth, self._secret, self._settings.header)
        key = {self._settings.key_header: values["key"]} if self._settings.key_header else {}
        reply = await self._web.call(
            call.method, web.at(place, *path), auth | key, body, self._settings.timeout_seconds
        )
        named = {code for rules in call.rules.values() for rule in rules for code in rule.status}
        return web.checked(reply, fine=frozenset(named))


def _listed(call: Call, reply: web.Reply, targets: list[Target]) -> list[Heard]:
    """The answers to a call about many, each found by what it says it is about."""
    items = found(reply.said, call.items)
    if not isinstance(items, list) or _says_error(call, reply.said):
        return [_meaning(call, reply, reply.said, is_listed=False) for _ in targets]
    named = ((found(one, call.item_key), one) for one in items)
    by_key = {str(name).casefold(): one for name, one in named if name is not None}
    return [
        _meaning(call, reply, by_key[key]) if (key := _item_key(call, one)) in by_key
        else Heard("absent" if call.unlisted == "absent" else "", NOT_UNDERSTOOD, "", _proof(reply))
        for one in targets
    ]  # fmt: skip


def _item_key(call: Call, target: Target) -> str:
    return str(templates.fill(call.item_is, target.values)).casefold()


def _meaning(call: Call, reply: web.Reply, said: Any, *, is_listed: bool = True) -> Heard:
    """The first outcome, worst first, of which a rule holds. An error in it is none of them."""
    proof = _proof(reply)
    if _says_error(call, said) or _says_error(call, reply.said):
        return Heard("", SAYS_ERROR, "", proof)
    for outcome in (*ACTS, *FINDINGS) if is_listed else ():
        rules = call.rules.get(outcome, [])  # type: ignore[call-overload]
        if any(_holds(rule, reply.status, said) for rule in rules):
            return _named(call, outcome, said, proof)
    return Heard("", NOT_UNDERSTOOD, "", proof)


def _says_error(call: Call, said: Any) -> bool:
    return any(found(said, place) for place in call.errors)


def _named(call: Call, outcome: str, said: Any, proof: Mapping[str, str | int]) -> Heard:
    reference = found(said, call.reference) if call.reference else ""
    text = "" if reference is None else str(reference)
    is_word = len(text) <= LONGEST_REFERENCE and text.isprintable() and " " not in text
    if outcome == "accepted" and call.reference and not (text and is_word):
        return Heard("", "reference_missing", "", proof)
    return Heard(outcome, "", text if is_word else "", proof)


def _holds(rule: Rule, status: int, said: Any) -> bool:
    if rule.status and status not in rule.status:
        return False
    if not rule.status and not 200 <= status < 300:
        return False
    if not rule.at:
        return said is None
    value = found(said, rule.at)
    if rule.exists is not None:
        return (value is not None) == rule.exists
    return any(type(value) is type(one) and value == one for one in rule.is_)


def _said(person: Person, heard: list[Heard]) -> Said:
    if not heard:
        return Said(step=person.step, act=Act.REFUSED, code=NO_IDENTIFIER)
    worst = min(heard, key=lambda one: list(ACTS).index(one.outcome))
    reference = " ".join(dict.fromkeys(one.reference for one in heard if one.reference))
    if len(reference) > LONGEST_REFERENCE:
        return Said(step=person.step, act=Act.REFUSED, code="reference_too_long")
    act = ACTS[worst.outcome]
    code = worst.code or ("refused" if act is Act.REFUSED else "")
    return Said(
        step=person.step, act=act, code=code, reference=reference or person.reference,
        evidence=worst.evidence,
    )  # fmt: skip


def _probed(person: Person, heard: list[Heard]) -> Probed:
    if not heard:
        return Probed(step=person.step, finding=Finding.UNSURE, code=NO_IDENTIFIER)
    found_ = [FINDINGS.get(one.outcome, Finding.UNSURE) for one in heard]
    order = list(FINDINGS.values())
    at = min(range(len(heard)), key=lambda one: order.index(found_[one]))
    code = heard[at].code if found_[at] is Finding.UNSURE else ""
    return Probed(step=person.step, finding=found_[at], code=code, evidence=heard[at].evidence)


def _proof(reply: web.Reply) -> dict[str, str | int]:
    return {"status": reply.status, "answer_sha256": sha256(reply.body).hexdigest()}


def _somebody(identifiers: Mapping[str, tuple[str, ...]]) -> Person:
    return Person(step=uuid4(), subject=uuid4(), key=uuid4().hex, identifiers=identifiers)


def _made_up(scheme: str) -> str:
    """Somebody whom no system knows."""
    name = uuid4().hex
    return {"email": f"{name}@stranger.invalid", "phone": f"+999{name[:8]}"}.get(scheme, name)


def made(row: ConnectorRow, secret: str) -> HttpConnector:
    """Raises ConnectorError for settings without the form."""
    return HttpConnector(read(row.settings), secret)


register(KIND, made)
