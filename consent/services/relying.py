"""Ending what rested on somebody who decides no longer for another, and asking that one anew."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from audit.actors import Actor
from consent import catalogue as catalogues
from consent.models import ConsentEvent, ConsentState
from consent.services.choices import record_many
from consent.services.lines import Choice
from consent.transitions import VALID, State
from keys.problems import DomainError
from subjects import selectors as subjects


def running(controller_id: UUID, subject_id: UUID) -> list[ConsentState]:
    """The consents of a person that run now, by purpose code."""
    rows = ConsentState.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
        controller_id=controller_id, subject_id=subject_id, state__in=VALID,
    )  # fmt: skip
    return list(rows.select_related("purpose").order_by("purpose__code"))


def given_through(states: Iterable[ConsentState], giver_id: UUID, kind: str) -> list[ConsentState]:
    """Those that this parent or guardian gave, or of which nobody knows who gave them."""
    found = [state for state in states if state.given_by == kind]
    lines = ConsentEvent.objects.filter(pk__in=[state.event_id for state in found])
    givers = dict(lines.values_list("pk", "guardian_id"))
    return [state for state in found if givers.get(state.event_id) in {giver_id, None}]


def invalidate(*, by: Actor, states: Sequence[ConsentState], reason: str) -> int:
    """Find these consents invalid, because whoever gave them could not; returns how many.

    Raises what `record` raises: none may go on counting because a line could not be written.
    """
    return _write(by, states, [State.INVALIDATED], reason)


def ask_anew(*, by: Actor, states: Sequence[ConsentState], reason: str) -> int:
    """End these consents and ask the person themselves; returns how many ended.

    Nobody is asked about a purpose that is closed, or who is being erased.
    """
    if not states:
        return 0
    controller_id, subject_id = states[0].controller_id, states[0].subject_id
    ended = _write(by, states, [State.EXPIRED], reason)
    known = catalogues.in_force(controller_id).purposes
    erased = subjects.erased_scopes(controller_id, [subject_id]).get(subject_id, set())
    asked = [
        state for state in states
        if (found := known.get(state.purpose.code)) and not found.is_closed
        and erased.isdisjoint({"", state.purpose.code})
    ]  # fmt: skip
    _write(by, asked, [State.REQUESTED], reason)
    return ended


def _write(by: Actor, states: Sequence[ConsentState], after: Sequence[State], reason: str) -> int:
    if not states:
        return 0
    choices = [
        Choice(
            subject_id=state.subject_id, purpose=state.purpose.code, state=step, method="api",
            language=state.language, notice_version=state.notice_version_id, reason=reason,
        )
        for state in states
        for step in after
    ]  # fmt: skip
    outcomes = record_many(by=by, controller_id=states[0].controller_id, choices=choices)
    for outcome in outcomes:
        if isinstance(outcome, DomainError):
            raise outcome
    return len(outcomes)
