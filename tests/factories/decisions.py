"""Entries such as the decision point leaves, made by its own engine, without its server."""

from datetime import UTC, datetime, timedelta

import msgspec
from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from policies.pdp.engine import decide
from policies.pdp.model import (
    IN,
    ConsentFacts,
    Facts,
    PurposeFacts,
    Question,
    ServiceFacts,
    SubjectFacts,
)
from subjects.services import ref

OFFERS = "marketing.email.offers"


def recorded(
    controller_id, service_id, person, *, purpose=OFFERS, at=None, given=True, asks=None, **more
):
    """The id of a decision about the person, made `at` (else now); a permit if consent is given.

    `asks` is what the question says beyond the purpose.
    """
    now = audit.micros(at or datetime.now(UTC))
    facts = Facts(
        now=now,
        question=Question(
            purpose=purpose, caller=str(service_id), caller_type="service", **(asks or {})
        ),
        service=ServiceFacts(
            id=str(service_id), code=str(service_id), is_active=True, may_ask=True,
            has_contract=True,
        ),
        purpose=PurposeFacts(
            code=purpose, version=1, state="active", grounds={IN: "consent", "EU": "6-1-a"},
            material_version=1,
        ),
        subject=SubjectFacts(packs=(IN,), age="adult", age_assurance="declared"),
        consent=ConsentFacts(
            record="r", state="given" if given else "withdrawn", since=now - 1, purpose_version=1,
            is_provable=True, notice="n", language="en",
        ),
        **more,
    )  # fmt: skip
    made = decide(facts)
    assert made.permit is given, made
    data = msgspec.to_builtins({"facts": facts, "decision": made})
    with transaction.atomic():
        return audit.record(
            event="decision:made", by=Actor("service", str(service_id)),
            controller_id=controller_id, target=Target("decision", ""), subject=ref(person),
            purpose=purpose, outcome="permit" if made.permit else "deny",
            reason_code=made.reason_code, data=data,
        )  # fmt: skip


def soon(seconds=0):
    """A time so many seconds from now, as a service writes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
