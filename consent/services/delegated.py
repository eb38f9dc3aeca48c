"""Choices that people make through a consent manager: give, refuse, withdraw, review (s.6(7)).

A request of a manager has one effect: its id is kept with the line it led to, so that a repeat or
a replay finds that line.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection, transaction

from accounts.reads import record_read
from audit.actors import Target
from consent import catalogue as catalogues
from consent import reading, selectors
from consent.capture_errors import RequestReusedError
from consent.errors import ConsentMissingError
from consent.managers import Manager
from consent.models import ConsentEvent, ConsentState, ManagerRequest
from consent.selectors import StateShown
from consent.services import choices
from consent.services.lines import Choice
from consent.transitions import State
from subjects import services as subjects
from subjects.naming import Named, person

METHOD = "consent_manager"


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
    choice = Choice(
        subject_id=found.id, purpose=mandate.purpose, state=mandate.state, method=METHOD,
        channel="api", notice_version=mandate.notice_version, language=mandate.language,
        given_by="consent_manager",
        evidence={
            "manager": str(manager.id), "mandate": mandate.reference,
            "request": str(mandate.request_id),
        },
    )  # fmt: skip
    event = (
        _withdrawn(manager, choice)
        if mandate.state is State.WITHDRAWN
        else choices.record(by=manager.actor, controller_id=manager.controller_id, choice=choice)
    )
    ManagerRequest.objects.create(
        controller_id=manager.controller_id, manager_id=manager.id, key_id=manager.key_id,
        request_id=mandate.request_id, digest=mandate.digest, event_id=event.id,
    )  # fmt: skip
    return _whole(manager.controller_id, event.id)


def _withdrawn(manager: Manager, choice: Choice) -> ConsentEvent:
    """As a direct withdrawal: of what was withdrawn before, the first line."""
    subjects.lock(manager.controller_id, choice.subject_id)
    state = ConsentState.objects.filter(
        controller_id=manager.controller_id, subject_id=choice.subject_id,
        purpose__code=choice.purpose,
    ).first()  # fmt: skip
    if state is None:
        raise ConsentMissingError
    shown = replace(choice, language=state.language, notice_version=state.notice_version_id)
    return choices.withdraw_from(by=manager.actor, state=state, choice=shown)


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
