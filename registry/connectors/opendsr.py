"""Processors that speak OpenDSR 2.0: asked as their controller, and believed by their signature.

What they accept they report by signed callbacks; asking for the state is the other way. OpenDSR
knows no way to look whether a person is gone. Where a processor has one of its own, the settings
name it (`probe`, calls as http_settings.py describes them); else no step is verified by itself.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from django.conf import settings as django_settings
from django.utils import timezone

from registry.adapters.settings import SCHEMES
from registry.connectors import ConnectorRow, http, http_settings, register, signed, web
from registry.connectors.contract import (
    Act,
    ConnectorError,
    Declaration,
    Effect,
    Person,
    Probed,
    Reingest,
    Said,
    Verb,
)

__all__ = [
    "KIND", "OpenDsrConnector", "OpenDsrSettings", "callback_url", "heard", "made", "meant", "read",
    "request_id",
]  # fmt: skip

KIND: Final = "opendsr"
DOMAIN, SIGNATURE = "x-opendsr-processor-domain", "x-opendsr-signature"
TYPES: Final = {
    Verb.ERASE: "erasure", Verb.RESTRICT: "restriction", Verb.CORRECT: "rectification",
}  # fmt: skip
"""The standard knows erasure only; the others are asked where the processor says it knows them."""
REPEATED: Final = frozenset({400, 409})
STATES: Final = {
    "pending": Act.ACCEPTED, "in_progress": Act.ACCEPTED, "completed": Act.DONE,
    "cancelled": Act.REFUSED,
}  # fmt: skip


class OpenDsrSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`identities` leads from our schemes to their identity types; `certificate` is a PEM, entered
    by an officer: what the processor offers for download has to be the same.
    """

    url: str
    domain: str
    certificate: str
    identities: dict[str, str]
    hashed: list[str] = []
    types: list[str] = msgspec.field(default_factory=lambda: ["erasure"])
    regulation: Literal["gdpr", "ccpa", "dpdp"] = "gdpr"
    effect: Effect = Effect.DELETE
    requests: str = "requests"
    auth: Literal["none", "bearer", "basic", "header"] = "none"
    header: str = ""
    per_minute: int = 0
    timeout_seconds: float = 20.0
    probe: dict[Verb, http_settings.Call] = {}
    probe_url: str = ""
    probe_after_seconds: int = 0

    def fault(self) -> str:
        if not self.identities or not SCHEMES.issuperset({*self.identities, *self.hashed}):
            return "identities"
        if not {"erasure"} <= set(self.types) <= set(TYPES.values()):
            return "types"
        if bool(self.header) != (self.auth == "header") or not self.requests.isalnum():
            return "header" if self.requests.isalnum() else "requests"
        if not 0 < self.timeout_seconds <= 60 or self.per_minute < 0:
            return "timeout_seconds"
        return self._probe_fault() or ("" if self._is_certified() else "certificate")

    def _probe_fault(self) -> str:
        """One call each, in the words of a look, by identifiers that the processor knows."""
        asked = {verb for verb, name in TYPES.items() if name in self.types}
        if not set(self.probe) <= asked or (self.probe and Verb.ERASE not in self.probe):
            return "probe"
        if self.probe_after_seconds < 0:
            return "probe_after_seconds"
        fits = all(
            not one.fault()
            and one.looks()
            and not one.is_many
            and one.schemes() <= set(self.identities)
            for one in self.probe.values()
        )
        return "" if fits else "probe"

    def _is_certified(self) -> bool:
        try:
            signed.verifier(self.certificate)
        except ValueError:
            return False
        return True


def read(settings: object) -> OpenDsrSettings:
    """The settings, if they have the form. Raises ConnectorError `settings_<member>`."""
    try:
        found = msgspec.convert(settings, OpenDsrSettings)
    except msgspec.ValidationError:
        raise ConnectorError("settings_malformed", retry=False) from None
    if fault := found.fault():
        raise ConnectorError(f"settings_{fault}", retry=False)
    return found


def callback_url(connector_id: UUID) -> str:
    """Where the processor reports to."""
    return f"{django_settings.BASE_URL}/api/v1/callbacks/opendsr/{connector_id}"


def heard(
    settings: OpenDsrSettings, headers: Mapping[str, str], body: bytes, at: dt.datetime
) -> dict[str, Any]:
    """What the processor says, once it is sure that it was the processor. Parsed after that only.

    `headers` by lower-case names. Raises ConnectorError `domain_wrong`, `certificate_expired`,
    `signature_wrong`, `answer_malformed`.
    """
    if headers.get(DOMAIN, "").lower() != settings.domain.lower():
        raise ConnectorError("domain_wrong", retry=False)
    checker = signed.verifier(settings.certificate)
    if not checker.is_valid(at):
        raise ConnectorError("certificate_expired", retry=False)
    if not checker.accepts(body, headers.get(SIGNATURE, "")):
        raise ConnectorError("signature_wrong", retry=False)
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ConnectorError("answer_malformed", retry=True) from None
    if not isinstance(said, dict) or said.get("error"):
        raise ConnectorError("answer_says_error", retry=True)
    return said


def meant(step: UUID, said: Mapping[str, Any], reference: str, body: bytes) -> Said:
    """What a state of the standard means for a step; one that is not of the standard: ask again."""
    state = said.get("request_status")
    act = STATES.get(state, Act.RETRY) if isinstance(state, str) else Act.RETRY
    code = {Act.REFUSED: "cancelled_there", Act.RETRY: "answer_not_understood"}.get(act, "")
    proof = {"answer_sha256": sha256(body).hexdigest()}
    return Said(step=step, act=act, code=code, reference=reference, evidence=proof)


class OpenDsrConnector:
    """One request a person. Its id follows from the step, so that a repetition is the same one."""

    def __init__(self, settings: OpenDsrSettings, secret: str, callback: str) -> None:
        self._settings, self._secret, self._callback = settings, secret, callback
        self._web, self._looking = web.Web(), _looking(settings, secret)

    @property
    def declaration(self) -> Declaration:
        given = self._settings
        verbs = frozenset(verb for verb, name in TYPES.items() if name in given.types)
        return Declaration(
            effect=given.effect, batch=1, per_minute=given.per_minute, probes=bool(given.probe),
            verbs=verbs, unprobed=verbs - set(given.probe),
            probe_after_seconds=given.probe_after_seconds,
            honours_key=True, reingest=Reingest.POSSIBLE, schemes=tuple(given.identities),
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._web.__aenter__()
        await self._looking.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._looking.__aexit__(*error)
        await self._web.__aexit__(*error)

    async def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        if verb not in self.declaration.verbs:
            raise ConnectorError("verb_unknown", retry=False)
        return [await self._told(verb, one) for one in people]

    async def status(self, people: Sequence[Person]) -> list[Said]:
        return [await self._state(one) for one in people]

    async def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        """By the way of its own that the settings name."""
        return await self._looking.probe(verb, people)

    async def check(self) -> list[str]:
        """What its discovery says against the settings."""
        try:
            reply = web.checked(await self._call("GET", ["discovery"]))
            said = reply.said if isinstance(reply.said, dict) else {}
            wrong = self._unsupported(said)
            wrong += await self._certificate(said.get("processor_certificate"))
            return wrong + (await self._looking.check() if self._settings.probe else [])
        except ConnectorError as error:
            return [error.code]

    def _unsupported(self, said: Mapping[str, Any]) -> list[str]:
        types = said.get("supported_subject_request_types")
        known = said.get("supported_identities")
        pairs = {
            (one.get("identity_type"), one.get("identity_format"))
            for one in (known if isinstance(known, list) else [])
            if isinstance(one, dict)
        }
        asked = {(name, self._format(scheme)) for scheme, name in self._settings.identities.items()}
        wrong = [] if set(self._settings.types) <= set(_texts(types)) else ["types_unsupported"]
        return wrong + ([] if asked <= pairs else ["identities_unsupported"])

    async def _certificate(self, url: object) -> list[str]:
        """The one it offers, at its own host, has to be the one that was entered."""
        own = urlsplit(self._settings.url).hostname
        if not isinstance(url, str) or urlsplit(url).hostname != own:
            return ["certificate_elsewhere"]
        if not signed.verifier(self._settings.certificate).is_valid(timezone.now()):
            return ["certificate_expired"]
        place = await web.look_up(url)
        reply = await self._web.get(place, {"Accept": "*/*"}, self._settings.timeout_seconds)
        is_same = signed.same_certificate(self._settings.certificate, reply.body)
        return [] if reply.is_fine and is_same else ["certificate_changed"]

    async def _told(self, verb: Verb, person: Person) -> Said:
        identities = self._identities(person)
        if not identities:
            return Said(step=person.step, act=Act.REFUSED, code="no_identifier")
        number = str(request_id(person.key))
        body = {
            "regulation": self._settings.regulation, "subject_request_id": number,
            "subject_request_type": TYPES[verb], "subject_identities": identities,
            "submitted_time": timezone.now().isoformat(), "api_version": "2.0",
            "status_callback_urls": [self._callback],
            "extensions": self._extensions(verb, person),
        }  # fmt: skip
        reply = await self._call("POST", [self._settings.requests], body)
        if reply.status in REPEATED:
            return await self._told_before(person, number, reply)
        said = heard(self._settings, web.checked(reply).headers, reply.body, timezone.now())
        if reply.status != 201 or said.get("subject_request_id") != number:
            raise ConnectorError("answer_not_understood", retry=True)
        proof: dict[str, str | int] = {
            "status": 201,
            "answer_sha256": sha256(reply.body).hexdigest(),
        }
        return Said(step=person.step, act=Act.ACCEPTED, reference=number, evidence=proof)

    async def _told_before(self, person: Person, number: str, reply: web.Reply) -> Said:
        """Some processors refuse a request that they have: then they know the state of it."""
        known = await self._call("GET", [self._settings.requests, number])
        if not known.is_fine:
            web.checked(reply)
        return await self._state(person)

    async def _state(self, person: Person) -> Said:
        number = person.reference or str(request_id(person.key))
        reply = web.checked(await self._call("GET", [self._settings.requests, number]))
        said = heard(self._settings, reply.headers, reply.body, timezone.now())
        if said.get("subject_request_id") != number:
            raise ConnectorError("answer_not_understood", retry=True)
        return meant(person.step, said, number, reply.body)

    async def _call(self, method: str, path: list[str], body: object = None) -> web.Reply:
        place = web.at(await web.look_up(self._settings.url), *path)
        proof = web.proof(self._settings.auth, self._secret, self._settings.header)
        return await self._web.call(method, place, proof, body, self._settings.timeout_seconds)

    def _identities(self, person: Person) -> list[dict[str, str]]:
        return [
            {
                "identity_type": name, "identity_format": self._format(scheme),
                "identity_value": _hashed(text) if scheme in self._settings.hashed else text,
            }
            for scheme, name in self._settings.identities.items()
            for text in person.identifiers.get(scheme, ())
        ]  # fmt: skip

    def _format(self, scheme: str) -> str:
        return "sha256" if scheme in self._settings.hashed else "raw"

    def _extensions(self, verb: Verb, person: Person) -> dict[str, Any]:
        if verb is not Verb.CORRECT:
            return {}
        return {self._settings.domain: {"values": dict(person.values)}}


def _looking(settings: OpenDsrSettings, secret: str) -> http.HttpConnector:
    """Looks at what the processor has; it is told nothing that way."""
    asked = http_settings.HttpConnectorSettings(
        url=settings.probe_url or settings.url, effect=settings.effect, tell={},
        probe=settings.probe, schemes=list(settings.identities), auth=settings.auth,
        header=settings.header, timeout_seconds=settings.timeout_seconds,
    )  # fmt: skip
    return http.HttpConnector(asked, secret)


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def request_id(key: str) -> UUID:
    """A UUID of version 4, as the standard wants it, that is the same for every repetition."""
    return UUID(bytes=sha256(f"opendsr {key}".encode()).digest()[:16], version=4)


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def made(row: ConnectorRow, secret: str) -> OpenDsrConnector:
    """Raises ConnectorError for settings without the form."""
    return OpenDsrConnector(read(row.settings), secret, callback_url(row.id))


register(KIND, made)
