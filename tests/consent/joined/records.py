"""Where records stand, and how they got there."""

from datetime import timedelta

from django.utils import timezone

from consent import selectors, services
from consent.models import ConsentEvent, ConsentState
from consent.services.folding import fold
from consent.services.lines import lines_of, states_of
from consent.transitions import State
from tests.portal.world import APPROVER, OFFERS

GUEST = "asha.guest@example.in"


def states(company, someone):
    return {
        one.purpose: one.state.value
        for one in selectors.states(company.id, someone.id)
        if one.event_id
    }


def ledger(someone):
    return list(ConsentEvent.objects.filter(subject=someone).order_by("id").values())


def snapshot(someone):
    rows = ConsentState.objects.filter(subject=someone).order_by("purpose__code")
    return list(rows.values("purpose_id", "event_id", "state", "since_at", "expires_at",
                            "is_provable", "language", "notice_version_id"))  # fmt: skip


def folds(someone):
    lines = lines_of(someone.controller_id, [someone.id])
    for state in states_of(someone.controller_id, [someone.id]):
        found = fold(line for line in lines if line.purpose_id == state.purpose_id)
        assert found._replace(id=state.id) == state
    return True


def answer(company, someone, state):
    """Bring the person into a state about offers; None: they were never asked."""
    if state == "withdrawn":
        company.yes(someone)
    if state == "expired":
        company.yes(someone, event_at=timezone.now() - timedelta(days=2),
                    expires_at=timezone.now() - timedelta(days=1))  # fmt: skip
    elif state in {"revoked", "invalidated"}:
        company.yes(someone)
        verb = services.revoke if state == "revoked" else services.invalidate
        reason = "purpose_ended" if state == "revoked" else "not_free"
        verb(by=APPROVER, controller_id=company.id, subject_id=someone.id, purpose=OFFERS,
             reason=reason)  # fmt: skip
    elif state:
        company.answer(someone, OFFERS, State(state))
