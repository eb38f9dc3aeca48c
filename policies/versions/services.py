"""The verbs on policy versions: draft, change, rehearse, approve, roll back (POL-14)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from policies.guardrails.model import Guardrail, RulesError, canonical_rules, parse, plain
from policies.versions import selectors, signing, words
from policies.versions.errors import (
    DraftExistsError,
    EffectiveInPastError,
    GuardrailUnknownError,
    GuardrailUnreadableError,
    NotADraftError,
    NothingToRollBackError,
    NotRehearsedError,
    PolicySecondPersonError,
    RulesRefusedError,
)
from policies.versions.models import PolicyVersion, State

LOCK: Final = 730_611
TO_COME: Final = (
    "rules", "rehearsed_at", "rehearsal_id", "approved_at", "effective_from", "signature",
    "withdrawn_at",
)  # fmt: skip
"""Columns of a draft that are empty at first, or checked elsewhere."""


@transaction.atomic
def draft_policy(*, by: Actor, controller_id: UUID, note: str) -> PolicyVersion:
    """Draft the next version, starting from the rules in force. Raises DraftExistsError.

    It counts for nothing until a second person has approved it.
    """
    _one_at_a_time(controller_id)
    if selectors.draft(controller_id):
        raise DraftExistsError
    now = timezone.now()
    base = selectors.in_force(controller_id, now)
    newest = selectors.versions(controller_id).first()
    version = PolicyVersion(
        controller_id=controller_id, number=newest.number + 1 if newest else 1, note=note,
        rules=base.rules if base else [], created_by=by.id,
        authors=[by.id], changed_at=now,
    )  # fmt: skip
    version.sha256 = signing.digest(version.rules)
    version.full_clean(exclude=TO_COME)
    version.save(force_insert=True)
    _record(by, version, "policy:drafted", {"base": base.number if base else 0})
    return version


@transaction.atomic
def put_guardrail(
    *, by: Actor, version: PolicyVersion, guardrail: Mapping[str, Any]
) -> PolicyVersion:
    """Add a rule to a draft, or replace the one of its code.

    Raises NotADraftError, GuardrailUnreadableError, RulesRefusedError with every reason why the
    rules could not stand together; nothing is changed then.
    """
    locked = _locked_draft(version)
    try:
        (new,) = parse([guardrail])
    except RulesError as error:
        raise GuardrailUnreadableError(str(error)) from None
    old = selectors.rules(locked)
    places = {rule.code: place for place, rule in enumerate(old)}
    kept = list(old)
    kept[places.get(new.code, len(old)) : places.get(new.code, len(old)) + 1] = [new]
    return _change(by, locked, kept, "policy:rule_put", new.code)


@transaction.atomic
def remove_guardrail(*, by: Actor, version: PolicyVersion, code: str) -> PolicyVersion:
    """Take a rule out of a draft. Raises NotADraftError, GuardrailUnknownError."""
    locked = _locked_draft(version)
    old = selectors.rules(locked)
    kept = [rule for rule in old if rule.code != code]
    if len(kept) == len(old):
        raise GuardrailUnknownError
    return _change(by, locked, kept, "policy:rule_removed", code)


@transaction.atomic
def replace_guardrails(*, by: Actor, version: PolicyVersion, guardrails: Any) -> PolicyVersion:
    """Set all rules of a draft at once. Raises as `put_guardrail`."""
    locked = _locked_draft(version)
    try:
        rules = parse(guardrails)
    except RulesError as error:
        raise GuardrailUnreadableError(str(error)) from None
    return _change(by, locked, rules, "policy:rules_replaced", "")


def refuse_faults(version: PolicyVersion) -> None:
    """Raises RulesRefusedError where the rules cannot stand together; call before a rehearsal.

    What a rule names may have gone since the rule was written.
    """
    _refuse(version.controller_id, selectors.rules(version))


@transaction.atomic
def note_rehearsed(*, by: Actor, version: PolicyVersion, job_id: UUID) -> PolicyVersion:
    """Note that a rehearsal of the draft as it is now came to its end.

    `version` is as it was when the rehearsal began: a change since then makes it one of other
    rules. Raises NotADraftError, NotRehearsedError (changed since), RulesRefusedError.
    """
    locked = _locked_draft(version)
    if locked.sha256 != version.sha256 or locked.changed_at != version.changed_at:
        raise NotRehearsedError
    refuse_faults(locked)
    locked.state, locked.rehearsed_at = State.REHEARSED, timezone.now()
    locked.rehearsal_id = job_id
    locked.save(update_fields=["state", "rehearsed_at", "rehearsal_id"])
    _record(by, locked, "policy:rehearsed", {"rehearsal": str(job_id)})
    return locked


@transaction.atomic
def approve_policy(
    *, by: Actor, version: PolicyVersion, effective_from: datetime | None = None
) -> PolicyVersion:
    """Approve and sign a rehearsed draft, in force from a moment on (now, without one).

    The next batch of the decision point after that moment uses it. Raises NotADraftError,
    NotRehearsedError, PolicySecondPersonError, EffectiveInPastError, RulesRefusedError,
    KeyUnavailableError.
    """
    _one_at_a_time(version.controller_id)
    locked = _locked_draft(version)
    if locked.state != State.REHEARSED or locked.sha256 != version.sha256:
        raise NotRehearsedError
    if by.id in {locked.created_by, *locked.authors}:
        raise PolicySecondPersonError
    refuse_faults(locked)
    now = _database_now()
    if effective_from is not None and effective_from < now:
        raise EffectiveInPastError
    locked.state, locked.approved_by, locked.approved_at = State.APPROVED, by.id, now
    _sign(locked, effective_from or now)
    locked.save()
    _record(by, locked, "policy:approved", {"effective_from": _micros(locked)})
    return locked


@transaction.atomic
def discard_draft(*, by: Actor, version: PolicyVersion) -> PolicyVersion:
    """Give up a draft; its number is not used again. Raises NotADraftError."""
    return _withdraw(by, _locked_draft(version), "policy:discarded")


@transaction.atomic
def roll_back(*, by: Actor, controller_id: UUID, number: int) -> PolicyVersion | None:
    """Go back to an earlier approved version in one step; 0: to the law alone.

    Every approved version that began or is to begin after it is withdrawn for good, so the
    earlier one is in force with the next batch, with the signature it has. Returns the version
    then in force. Raises NothingToRollBackError.
    """
    _one_at_a_time(controller_id)
    approved = selectors.versions(controller_id).filter(state=State.APPROVED)
    goal = approved.filter(number=number).first()
    if goal is None and number != 0:
        raise NothingToRollBackError
    later = [one for one in approved if goal is None or _begins_after(one, goal)]
    if not later:
        raise NothingToRollBackError
    for one in later:
        _withdraw(by, one, "policy:rolled_back", {"to": number})
    return goal


def _begins_after(one: PolicyVersion, other: PolicyVersion) -> bool:
    return (one.effective_from, one.number) > (other.effective_from, other.number)


def _database_now() -> datetime:
    """When this transaction began, by the clock that the decision point's batches go by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cast("datetime", cursor.fetchone()[0])


def _one_at_a_time(controller_id: UUID) -> None:
    """Let nobody else draft, approve or roll back at this controller until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(controller_id)])


def _locked_draft(version: PolicyVersion) -> PolicyVersion:
    locked = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if locked.state not in selectors.OPEN:
        raise NotADraftError
    return locked


def _change(
    by: Actor, locked: PolicyVersion, rules: Iterable[Guardrail], event: str, code: str
) -> PolicyVersion:
    """Store other rules; whatever was rehearsed was not these."""
    kept = tuple(rules)
    _refuse(locked.controller_id, kept)
    locked.rules = plain(kept)
    locked.sha256 = signing.digest(locked.rules)
    locked.authors = sorted({*locked.authors, by.id})
    locked.state, locked.changed_at = State.DRAFT, timezone.now()
    locked.save(update_fields=["rules", "sha256", "authors", "state", "changed_at"])
    _record(by, locked, event, {"rule": code, "rules": len(kept)})
    return locked


def _refuse(controller_id: UUID, rules: tuple[Guardrail, ...]) -> None:
    canonical_rules(rules)
    if found := selectors.faults_among(controller_id, rules):
        raise RulesRefusedError(words.refusal(found))


def _sign(locked: PolicyVersion, effective_from: datetime) -> None:
    locked.effective_from = effective_from
    made = signing.signed(selectors.statement(locked, effective_from))
    locked.signature, locked.signing_key = made.value, made.key_id
    locked.signing_version = made.version


def _withdraw(
    by: Actor, one: PolicyVersion, event: str, data: Mapping[str, Any] | None = None
) -> PolicyVersion:
    one.state, one.withdrawn_by, one.withdrawn_at = State.WITHDRAWN, by.id, timezone.now()
    one.save(update_fields=["state", "withdrawn_by", "withdrawn_at"])
    _record(by, one, event, data or {})
    return one


def _micros(of: PolicyVersion) -> int:
    return 0 if of.effective_from is None else audit.micros(of.effective_from)


def _record(by: Actor, version: PolicyVersion, event: str, data: Mapping[str, Any]) -> None:
    audit.record(
        event=event, by=by, controller_id=version.controller_id,
        target=Target("policy", str(version.id)),
        data={"number": version.number, "sha256": version.sha256, **data},
    )  # fmt: skip
