"""A controller's erasure policies: drafted by one person, put in force by another."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, Target
from erasure.errors import PolicyStateError, SecondPersonError
from erasure.models import Policy
from erasure.policies import terms

__all__ = ["approve_policy", "draft_policy"]


@transaction.atomic
def draft_policy(
    *, by: Actor, controller_id: UUID, content: Mapping[str, Any], note: str = ""
) -> Policy:
    """Draft how erasures are handled; nothing changes before another person approves it.

    `content` has the form of `erasure.policies.Terms`. Raises PolicyError, ValidationError.
    """
    said = terms(content).as_content()
    accounts.controller(controller_id)
    rows = Policy.objects.select_for_update().filter(controller_id=controller_id)
    list(rows.values_list("pk", flat=True))  # one draft at a time gets the next number
    last = Policy.objects.filter(controller_id=controller_id).aggregate(last=Max("number"))["last"]
    policy = Policy(
        controller_id=controller_id, number=(last or 0) + 1, content=said, note=note,
        created_by=by.id,
    )  # fmt: skip
    policy.full_clean()
    policy.save(force_insert=True)
    _record("erasure_policy:drafted", by, policy)
    return policy


@transaction.atomic
def approve_policy(*, by: Actor, policy: Policy) -> Policy:
    """Put a policy in force: cases opened from now on follow it.

    Raises PolicyStateError unless it is the newest and not approved, SecondPersonError.
    """
    rows = Policy.objects.select_for_update().filter(controller_id=policy.controller_id)
    newest = rows.order_by("-number").first()
    if newest is None or newest.pk != policy.pk or newest.approved_at:
        raise PolicyStateError
    if newest.created_by == by.id:
        raise SecondPersonError
    newest.approved_at, newest.approved_by = timezone.now(), by.id
    newest.save(update_fields=["approved_at", "approved_by"])
    _record("erasure_policy:approved", by, newest)
    return newest


def _record(event: str, by: Actor, policy: Policy) -> None:
    audit.record(
        event=event, by=by, controller_id=policy.controller_id,
        target=Target("erasure_policy", str(policy.pk)),
        data={"number": policy.number, "content": policy.content},
    )  # fmt: skip
