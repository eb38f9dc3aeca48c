"""What is sent: AuthZEN 1.0 questions and management writes, as bytes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict
from uuid import UUID, uuid4

import msgspec

EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
CONSENTS = "/api/v1/consents"
WITHDRAWALS = "/api/v1/consents/withdraw"

LONGEST_ID = 256
ANSWER_BYTES = 65_536
ITEM_BYTES = 16_384

Subject = str | UUID


class Details(TypedDict, total=False):
    """What a question may say beyond the person and the purpose.

    `scheme`: the subject is the company's own identifier of this scheme, not our subject id.
    `operations`, `channel`: how the data would be used. `properties`: further action properties
    (recipients, destination, data, ai). `context`: signals such as `gpc`.
    """

    scheme: str | None
    operations: Sequence[str]
    channel: str | None
    properties: Mapping[str, Any]
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Use:
    """What would be done with the person's data."""

    purpose: str
    scheme: str | None = None
    operations: Sequence[str] = ()
    channel: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, repeated only as it is: same body, same idempotency key.

    `logged_as` is how logs name it, where the path itself names a person.
    """

    path: str = field(repr=False)
    body: bytes = field(repr=False)
    answer_bytes: int
    idempotency_key: str
    request_id: str = field(default_factory=lambda: f"c-{uuid4().hex}")
    method: str = "POST"
    logged_as: str = ""

    @property
    def name(self) -> str:
        """How logs name it."""
        return self.logged_as or self.path


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the service the key belongs to, and the obligations it can fulfil."""

    service: str
    supported_obligations: frozenset[str]

    def one(self, subject: Subject, use: Use) -> Call:
        """Raises ValueError or TypeError where the question cannot be put into JSON."""
        body = {**self.common(use), "resource": _resource(subject, use)}
        return Call(EVALUATION, _encoded(body), ANSWER_BYTES, uuid4().hex)

    def many(self, subjects: Sequence[Subject], use: Use) -> Call:
        """As `one`, for several people in their order."""
        body = {
            **self.common(use),
            "evaluations": [{"resource": _resource(subject, use)} for subject in subjects],
            "options": {"evaluations_semantic": "execute_all"},
        }
        size = ANSWER_BYTES + ITEM_BYTES * len(subjects)
        return Call(EVALUATIONS, _encoded(body), size, uuid4().hex)

    def common(self, use: Use) -> dict[str, Any]:
        """What every question of this caller says, whoever it is about."""
        wanted: dict[str, Any] = {"purpose": use.purpose, "operations": list(use.operations)}
        wanted["channel"] = use.channel
        properties = {**use.properties, **{k: v for k, v in wanted.items() if v}}
        context = {**use.context, "supported_obligations": sorted(self.supported_obligations)}
        return {
            "subject": {"type": "service", "id": self.service},
            "action": {"name": "activate", "properties": properties},
            "context": context,
        }


def write(
    path: str,
    body: Mapping[str, Any],
    idempotency_key: str | None,
    *,
    answer_bytes: int = ANSWER_BYTES,
) -> Call:
    """A management write; without a key of the caller's it gets one of its own."""
    present = {name: value for name, value in body.items() if value is not None}
    return Call(path, _encoded(present), answer_bytes, idempotency_key or uuid4().hex)


def is_askable(subject: object) -> bool:
    """Whether this can be the id of a person: one bad id must not spoil the others' request."""
    if isinstance(subject, UUID):
        return True
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_ID:
        return False
    return "\0" not in subject and not any("\ud800" <= c <= "\udfff" for c in subject)


def _resource(subject: Subject, use: Use) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "customer", "id": str(subject)}
    if use.scheme is not None:
        found["properties"] = {"scheme": use.scheme}
    return found


def _encoded(body: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(body)
