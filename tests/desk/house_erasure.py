"""What erasure leaves on the pages of a house: a row of each of its models."""

import hashlib
from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from erasure.models import (
    Callback,
    Certificate,
    Errand,
    Gate,
    Hold,
    InactivityNotice,
    Mark,
    PlatformApp,
    Policy,
    RetentionRule,
    ShownEvidence,
    TrainingMember,
    TrainingSet,
    VaultAccess,
    VaultItem,
)
from registry.models import Connector, Wait
from rights.models import AccessBundle, Pause, Request
from subjects.models import Quarantined, Tombstone
from tests.erasure import ended

BY = "01900000-0000-7000-8000-0000000000ff"


def around(house):
    """Once a house: systems in their order, the policy, rules, and a model's run."""
    crm = ended.system(house, "crm", "CRM")
    ledger = ended.system(house, "ledger", "Accounts")
    once = {"controller_id": house.id, "created_by": BY}
    for system in (crm, ledger):
        Connector.objects.get_or_create(
            system=system, defaults={**once, "kind": "manual", "settings": {}}
        )
    for system in (crm, ledger):
        Gate.objects.get_or_create(system=system, defaults={"controller_id": house.id})
    Errand.objects.get_or_create(
        system=crm, digest=hashlib.sha256(house.id.bytes).hexdigest(),
        defaults={"controller_id": house.id, "opened_at": timezone.now(),
                  "ends_at": timezone.now() + timedelta(hours=8)},
    )  # fmt: skip
    Wait.objects.get_or_create(system=ledger, after=crm, defaults={**once, "seconds": 3600})
    Policy.objects.get_or_create(
        controller_id=house.id, number=1, defaults={"content": {}, "created_by": BY}
    )
    RetentionRule.objects.get_or_create(
        controller_id=house.id, code="bills",
        defaults={"counts_from": "collected", "effective_on": timezone.now().date(),
                  "created_by": BY},
    )  # fmt: skip
    Callback.objects.get_or_create(
        controller_id=house.id, platform="meta", message_id="m-1",
        defaults={"code": f"m-{house.id.hex[-20:]}", "outcome": "unknown_person"},
    )  # fmt: skip
    PlatformApp.objects.get_or_create(
        controller_id=house.id, platform="google",
        defaults={"audiences": ["app-1"], "created_by": BY},
    )  # fmt: skip
    run, _ = TrainingSet.objects.get_or_create(
        controller_id=house.id, service_id=house.rows["ServiceClient"], reference="run-1",
        defaults={"model": "churn", "version": "1", "purpose": "ai.churn",
                  "trained_at": timezone.now()},
    )  # fmt: skip
    return SimpleNamespace(crm=crm, ledger=ledger, run=run)


def cases(house, person):
    """A case that runs, with a step that failed and one that ended, and its certificate."""
    found = around(house)
    case = ended.case(house, person, ref=f"r-{person.id}", state="running")
    ended.step(case, system=found.ledger, ends="exempt", kept=[ended.KEPT])
    step = ended.step(case, system=found.crm, ends=None)
    type(step).objects.filter(pk=step.pk).update(state="failed", code="credentials_refused")
    Certificate.objects.create(
        controller_id=house.id, case=case, body=b"{}", signature=b"s", key_id="k",
        issued_at=timezone.now(),
    )  # fmt: skip
    Mark.objects.create(
        controller_id=house.id, step=step, round=1, kind="failed", at=timezone.now(),
        code="credentials_refused",
    )  # fmt: skip
    ShownEvidence.objects.create(
        controller_id=house.id, step=step, round=1, claim="done", media_type="application/pdf",
        size=9, sha256="ab" * 32, shown_at=timezone.now(), shown_by=BY,
    )  # fmt: skip
    TrainingMember.objects.create(
        controller_id=house.id, training_set=found.run, subject_id=person.id
    )
    kept(house, person, case)
    asked(house, person, case)
    return case


def kept(house, person, case):
    """What may not go yet, and what came in since."""
    now = timezone.now()
    about = {"controller_id": house.id, "subject_id": person.id}
    Hold.objects.create(
        **about, scope_type="everything", matter="M-1", authority="District court",
        citation="CPC", review_on=now.date(), set_by=BY,
    )  # fmt: skip
    VaultItem.objects.create(
        **about, case=case, category="pd:Transaction", element="bill", sealed=b"s",
        wrapped_key=b"k", wrapping_version=1, citation="r.8(3)", destroy_on=now.date(),
    )  # fmt: skip
    VaultAccess.objects.create(
        **about, ground="security", citation="r.6(1)(e)", matter="M-1", reason="An incident",
        asked_by=BY, expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    InactivityNotice.objects.create(
        **about, last_heard_at=now - timedelta(days=1200), purge_at=now + timedelta(days=3)
    )
    stone = Tombstone.objects.create(
        controller_id=house.id, scheme="email", digest=case.id.bytes * 2, digest_version=1,
        case_id=case.id, set_at=now,
    )  # fmt: skip
    Quarantined.objects.create(
        controller_id=house.id, tombstone=stone, source="crm", kind="record", first_at=now,
        last_at=now,
    )  # fmt: skip


def asked(house, person, case):
    """A request for a copy, which is made; its clock stood still."""
    now = timezone.now()
    request = Request.objects.create(
        controller_id=house.id, subject_id=person.id, kind="access", scope_type="everything",
        channel="phone", state="received", pack="IN", received_at=now,
        due_at=now + timedelta(days=90),
    )  # fmt: skip
    Pause.objects.create(
        controller_id=house.id, request=request, reason="An unknown number", began_at=now,
        ended_at=now, began_by=BY,
    )  # fmt: skip
    AccessBundle.objects.create(controller_id=house.id, request=request, subject_id=person.id)
