"""Cases whose steps have ended in a given way, by the states a step may go through."""

from datetime import UTC, datetime, timedelta

from erasure.models import Case, Step
from registry.models import Party
from registry.models_systems import System
from tests.portal import world
from tests.portal.world import AUTHOR

BEGAN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
KEPT = {
    "category": "pd:Transaction", "because": "retention", "citation": "Companies Act 2013 s.128(5)",
    "until": "2034-03-31",
}  # fmt: skip
PLAN = {
    "version": 1, "packs": ["IN"], "policy": 1, "steps": [],
    "elements": [
        {
            "system": "crm", "system_id": "", "category": "pd:EmailAddress", "fate": "erase",
            "because": "", "purpose": "", "citation": "", "until": "",
        },
        {
            "system": "ledger", "system_id": "", "category": "pd:Transaction", "fate": "keep",
            "because": "retention", "purpose": "orders.delivery",
            "citation": "Companies Act 2013 s.128(5)", "until": "2034-03-31",
        },
    ],
}  # fmt: skip


def system(company, code, name):
    found = System.objects.filter(controller_id=company.id, code=code).first()
    return found or System.objects.create(
        controller_id=company.id, code=code, name=name, kind="silent", created_by="author"
    )


def party(company, code, name):
    found = Party.objects.filter(controller_id=company.id, code=code).first()
    return found or Party.objects.create(
        controller_id=company.id, code=code, name=name, kind="recipient", country="IN",
        contract_reference="C-1",
    )  # fmt: skip


def case(company, subject, ref="r-1", **more):
    facts = {
        "verb": "erase", "trigger": "request", "trigger_ref": ref, "scope_type": "everything",
        "packs": ["IN"], "state": "open", "received_at": BEGAN,
        "due_at": BEGAN + timedelta(days=30), "opened_by": "author", "plan": PLAN,
        "plan_sha256": "ab" * 32, **more,
    }  # fmt: skip
    return Case.objects.create(controller_id=company.id, subject_id=subject.id, **facts)


def step(of, *, system=None, party=None, ends="absent", **more):
    """A step that went all the way to its end; `ends` None leaves it planned."""
    duty = "inform" if party else "instruct"
    made = Step.objects.create(
        controller_id=of.controller_id, case=of, subject_id=of.subject_id, system=system,
        party=party, verb=of.verb, duty=more.pop("duty", duty), kept=more.pop("kept", []),
        round=more.pop("round", 1),
    )  # fmt: skip
    for state, facts in _way(ends, more):
        Step.objects.filter(id=made.id).update(state=state, **facts)
    return made


def _way(ends, more):
    if ends is None:
        return []
    at = BEGAN + timedelta(minutes=5)
    if ends == "exempt":
        return [("exempt", {"ended_at": at, **more})]
    sent = [("sent", {"sent_at": at})]
    if ends == "excepted":
        signed = {"ended_at": at, "excepted_by": "officer-1", **more}
        return [*sent, ("failed", {}), ("excepted", signed)]
    if ends == "informed":
        return [*sent, ("confirmed", {"confirmed_at": at, "ended_at": at, **more})]
    done = ("confirmed", {"confirmed_at": at})
    return [*sent, done, ("absent", {"ended_at": at, **more})]


__all__ = ["AUTHOR", "BEGAN", "KEPT", "PLAN", "case", "party", "step", "system", "world"]
