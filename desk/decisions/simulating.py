"""What the law in force on a day would have said of a decision: to compare, never to answer.

Answers are given as if every law here were in force. Only who may approve purposes may look at
another day, and each look is recorded with the page it is on (POL-13).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.roles import Permission
from audit.console import site
from desk.decisions import words
from desk.decisions.gathering import Cited, cited, text_of
from policies.audiences.spans import UndecidedError
from policies.pdp.engine import decide
from policies.pdp.policy import NONE
from policies.rehearsal.selectors import Replayed, policy_of


@dataclass(frozen=True, slots=True)
class Simulated:
    """The answer of a day, and its reasons: sentence, code, citations."""

    on: date
    is_permit: bool
    answer: str
    reasons: tuple[tuple[str, str, tuple[Cited, ...]], ...]


def may_simulate(request: HttpRequest, controller_id: UUID) -> bool:
    """Whether the officer may look at the law of another day."""
    return controller_id in site().controller_ids(request, Permission.APPROVE_PURPOSES)


def day(request: HttpRequest, controller_id: UUID) -> date | None:
    """The day asked for; None for none. Raises PermissionDenied, Http404 for what is no day."""
    asked = request.GET.get("as_of", "")
    if not asked:
        return None
    if not may_simulate(request, controller_id):
        raise PermissionDenied
    try:
        return date.fromisoformat(asked)
    except ValueError:
        raise Http404 from None


def simulated(one: Replayed, on: date) -> Simulated | None:
    """The same facts and the same policy under the law of that day; None where facts are gone."""
    recorded = one.replay.recorded
    if recorded is None or recorded.facts is None:
        return None
    policy = policy_of(one.controller_id, recorded.decision.policy_version) or NONE
    try:
        made = decide(recorded.facts, policy, as_of=on)
    except UndecidedError:  # bounds of an audience, which another day leaves open
        return None
    return Simulated(
        on, made.permit, str(words.OUTCOMES["permit" if made.permit else "deny"]),
        tuple((text_of(each.code), each.code, cited(each.refs)) for each in made.reasons),
    )  # fmt: skip
