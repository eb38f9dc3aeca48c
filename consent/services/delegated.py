"""Choices that people make through a consent manager: give, refuse, withdraw, review (s.6(7)).

A request of a manager has one effect: its id is kept with the line it led to, so that a repeat or
a replay finds that line.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from accounts.reads import record_read
from audit.actors import Target
from consent import catalogue as catalogues
from consent import reading, selectors
from consent.capture_errors import RequestReusedError
from consent.errors import ConsentMissingError
from consent.managers.selectors import Manager
from consent.models import ConsentEvent, ManagerRequest
from consent.selectors import StateShown
from consent.services import choices
from consent.services.lines import Choice
from consent.transitions import State
from subjects import services as subjects
from subjects.naming import Named, person

METHOD, CHANNEL = "consent_manager", "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What the person asked their consent manager to do, as the manager says it.

    `reference` is the manager's own, a code; `request_id` is new for every request.
    """

    request_id: UUID
    digest: bytes
    who: Named
    purpose: str
    state: State
    reference: str
    notice_version: UUID | None = None
    language: str = ""


@transaction.atomic
def take_mandate(*, manager: Manager, mandate: Mandate) -> ConsentEvent:
    """Record what the person asked for; the next check sees it, as if they had come themselves.

    Raises RequestReusedError, ConsentMissingError, and as `choices.record`.
    """
    _serialise(manager, mandate.request_id)
    before = ManagerRequest.objects.filter(
        controller_id=manager.controller_id, manager_id=manager.id, request_id=mandate.request_id
    ).first()
    if before is None:
        return _taken(manager, mandate)
    if bytes(before.digest) != mandate.digest:
        raise RequestReusedError
    return _whole(manager.controller_id, before.event_id)


@transaction.atomic
def review_for_manager(
    *, manager: Manager, who: Named, reference: str
) -> tuple[UUID, list[StateShown]]:
    """Where the person stands on every purpose; the look is recorded with the manager's reference.

    Raises SubjectUnknownError, ReadNotRecordedError.
    """
    found = person(manager.controller_id, who)
    known = catalogues.in_force(manager.controller_id).purposes
    states = reading.states(manager.controller_id, found.id, known.keys())
    record_read(
        by=manager.actor, controller_id=manager.controller_id,
        target=Target("subject", str(found.id)), subject=subjects.ref(found),
        data={"what": "review", "mandate": reference, "shown": len(states)},
    )  # fmt: skip
    return found.id, states


def _taken(manager: Manager, mandate: Mandate) -> ConsentEvent:
    found = person(manager.controller_id, mandate.who)
    event = _recorded(manager, mandate, found.id)
    ManagerRequest.objects.create(
        controller_id=manager.controller_id, manager_id=manager.id, key_id=manager.key_id,
        request_id=mandate.request_id, digest=mandate.digest, event_id=event.id,
    )  # fmt: skip
    return _whole(manager.controller_id, event.id)


def _recorded(manager: Manager, mandate: Mandate, subject_id: UUID) -> ConsentEvent:
    """A withdrawal is the same as a direct one: of what was withdrawn before, the first line."""
    evidence = {
        "manager": str(manager.id), "mandate": mandate.reference,
        "request": str(mandate.request_id),
    }  # fmt: skip
    if mandate.state is State.WITHDRAWN:
        return choices.withdraw(
            by=manager.actor, controller_id=manager.controller_id, subject_id=subject_id,
            purpose=mandate.purpose, method=METHOD, channel=CHANNEL, given_by=METHOD,
            evidence=evidence,
        )  # fmt: skip
    choice = Choice(
        subject_id=subject_id, purpose=mandate.purpose, state=mandate.state, method=METHOD,
        channel=CHANNEL, notice_version=mandate.notice_version, language=mandate.language,
        given_by=METHOD, evidence=evidence,
    )  # fmt: skip
    return choices.record(by=manager.actor, controller_id=manager.controller_id, choice=choice)


def _whole(controller_id: UUID, event_id: UUID) -> ConsentEvent:
    """The event with its purpose and notice at hand. Raises ConsentMissingError."""
    found = selectors.event(controller_id, event_id)
    if found is None:
        raise ConsentMissingError
    return found


def _serialise(manager: Manager, request_id: UUID) -> None:
    """Two equal requests at once: the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{manager.id}:{request_id}"]
        )
