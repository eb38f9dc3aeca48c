"""What is heard: bytes become a permit only where they say so explicitly and completely. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import msgspec

from sammati_client.answers import Cure, Deny, Obligation, Permit, Reason, clock

CLOCK_GRAIN_SECONDS = 1.0  # the Date header counts whole seconds

REFUSALS = {
    HTTPStatus.UNAUTHORIZED: ("CLIENT_UNAUTHENTICATED", "The service key was not accepted."),
    HTTPStatus.FORBIDDEN: ("CLIENT_FORBIDDEN", "The service may not ask this."),
    HTTPStatus.TOO_MANY_REQUESTS: ("CLIENT_RATE_LIMITED", "The server asks for fewer requests."),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Nothing was heard. `was_sent` says whether the server may have acted on the request."""

    code: str
    detail: str
    was_sent: bool
    is_repeatable: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer. `asked_at` is this process's clock when the request left."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    asked_at: float
    request_id: str | None = None


Outcome = Reply | Failure


class BadAnswerError(Exception):
    """The answer is not one: the message says what is wrong, never what was in it."""


class _Context(msgspec.Struct, frozen=True):
    decision_id: str | None = None
    reason_code: str | None = None
    reasons: tuple[Reason, ...] = ()
    reason_admin: dict[str, str] = {}
    reason_user: dict[str, str] = {}
    packs: tuple[str, ...] = ()
    basis: dict[str, str] = {}
    consent_record: str | None = None
    policy_version: str | int | None = None
    valid_until: str | None = None
    legal_refs: tuple[str, ...] = ()
    cure: Cure | None = None
    obligations: tuple[Obligation, ...] = ()


class _Evaluation(msgspec.Struct, frozen=True):
    decision: bool
    context: _Context = msgspec.field(default_factory=_Context)


def readable(outcome: Outcome) -> Reply | Deny:
    """The reply whose body must be read, or the denial that a failure or HTTP error means."""
    if isinstance(outcome, Failure):
        return Deny(reason_code=outcome.code, detail=outcome.detail)
    if outcome.status == HTTPStatus.OK:
        return outcome
    code, detail = _refusal(outcome.status)
    return Deny(
        reason_code=code,
        detail=detail,
        http_status=outcome.status,
        request_id=outcome.request_id,
    )


def _refusal(status: int) -> tuple[str, str]:
    if status in REFUSALS:
        return REFUSALS[HTTPStatus(status)]
    if status >= 500:
        return "CLIENT_SERVER_ERROR", "The server could not decide."
    if status >= 400:
        return "CLIENT_BAD_REQUEST", "The server did not understand the question."
    if status >= 300:
        return "CLIENT_REDIRECTED", "The server pointed elsewhere; redirects are never followed."
    return "CLIENT_BAD_ANSWER", "The server answered with an unexpected status."


def parsed(body: bytes) -> Any:
    """The body as JSON without doubt about its meaning. Raises BadAnswerError."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise BadAnswerError("The answer is not unambiguous JSON.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_name: str) -> None:
    raise ValueError


def items(document: Any, expected: int) -> list[Any]:
    """The evaluations of a batch answer, exactly as many as asked. Raises BadAnswerError."""
    found = document.get("evaluations") if isinstance(document, dict) else None
    if not isinstance(found, list) or len(found) != expected:
        raise BadAnswerError("The answer does not hold one decision for each question.")
    return found


def answer(item: Any, reply: Reply, supported: frozenset[str]) -> Permit | Deny:
    """One evaluation as a permit or a denial; a permit needs its record, its end, no surprises."""
    try:
        found = msgspec.convert(item, _Evaluation)
    except (msgspec.ValidationError, RecursionError):
        return bad_answer(reply, "The decision or its context has a wrong type.")
    if not found.decision:
        return _denied(found.context, reply)
    if any(is_unknown(duty, supported) for duty in found.context.obligations):
        return _unknown_obligation(found.context, reply)
    return _permitted(found.context, reply)


def bad_answer(reply: Reply, detail: str) -> Deny:
    """The denial of an answer that cannot be relied on."""
    return Deny(
        reason_code="CLIENT_BAD_ANSWER",
        detail=detail,
        http_status=reply.status,
        request_id=reply.request_id,
    )


def is_unknown(duty: Obligation, supported: frozenset[str]) -> bool:
    """Whether a duty is one that the caller does not say it sees to."""
    return duty.mandatory and not {duty.type, duty.id} & supported


def _common(context: _Context) -> dict[str, Any]:
    names: Sequence[str] = [
        *("decision_id", "reasons", "reason_admin", "reason_user", "packs", "basis"),
        *("consent_record", "policy_version", "legal_refs", "obligations"),
    ]
    return {name: getattr(context, name) for name in names}


def _denied(context: _Context, reply: Reply) -> Deny:
    return Deny(
        reason_code=context.reason_code or "CLIENT_NO_REASON",
        cure=context.cure,
        http_status=reply.status,
        request_id=reply.request_id,
        **_common(context),
    )


def _unknown_obligation(context: _Context, reply: Reply) -> Deny:
    return Deny(
        reason_code="CLIENT_UNKNOWN_OBLIGATION",
        detail="The permit has an obligation that supported_obligations does not name.",
        http_status=reply.status,
        request_id=reply.request_id,
        **_common(context),
    )


def lease_of(said: str | None, reply: Reply) -> tuple[datetime, float]:
    """When what was answered ends, and by the clock of this process. Raises BadAnswerError."""
    ends_at = _instant(said)
    if ends_at is None:
        raise BadAnswerError("What was answered has no end.")
    return ends_at, reply.asked_at + (ends_at - _server_time(reply)).total_seconds()


def _permitted(context: _Context, reply: Reply) -> Permit | Deny:
    try:
        ends_at, lease_ends = lease_of(context.valid_until, reply)
    except BadAnswerError:
        return bad_answer(reply, "The permit lacks its decision id or its end.")
    if not context.decision_id:
        return bad_answer(reply, "The permit lacks its decision id or its end.")
    if lease_ends <= clock():
        return Deny(
            reason_code="CLIENT_LEASE_ENDED",
            detail="The permit had ended before it arrived.",
            http_status=reply.status,
            request_id=reply.request_id,
            **_common(context),
        )
    return Permit(
        reason_code=context.reason_code or "PERMIT",
        valid_until=ends_at,
        lease_ends=lease_ends,
        request_id=reply.request_id,
        **_common(context),
    )


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


def _server_time(reply: Reply) -> datetime:
    """The server's clock when it answered, at the latest; ours where it did not say.

    Taken together with the moment the request left, this never makes a lease longer than it is,
    and a wrong clock on this machine does not matter.
    """
    try:
        said = parsedate_to_datetime(reply.headers.get("date", ""))
    except ValueError:
        return datetime.now(UTC)
    aware = said if said.tzinfo else said.replace(tzinfo=UTC)
    return datetime.fromtimestamp(aware.timestamp() + CLOCK_GRAIN_SECONDS, UTC)
