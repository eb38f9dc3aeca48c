"""Questions about policy versions: which is in force, what differs, what is wrong with a draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from consent import selectors as consent
from keys.errors import KeyUnavailableError
from keys.provider import Signature
from policies.guardrails.compiled import Refusing, compiled
from policies.guardrails.faults import Fault, Known
from policies.guardrails.faults import faults as faults_of
from policies.guardrails.model import Guardrail, RulesError, parse
from policies.pdp.policy import Guardrails
from policies.versions import signing
from policies.versions.models import PolicyVersion, State
from policies.versions.signing import Statement
from registry import selectors as registry

OPEN = (State.DRAFT, State.REHEARSED)


class Standing(StrEnum):
    """Where a version stands at a moment; of the approved ones time alone tells."""

    DRAFT = "draft"
    REHEARSED = "rehearsed"
    APPROVED = "approved"  # comes into force later
    ACTIVE = "active"
    RETIRED = "retired"  # a later one is in force
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that two versions do not share: `old` or `new` is missing, or both differ."""

    code: str
    old: Guardrail | None
    new: Guardrail | None


def versions(controller_id: UUID) -> QuerySet[PolicyVersion]:
    """Every version of a controller, newest first."""
    return PolicyVersion.objects.filter(controller_id=controller_id).order_by("-number")


def version(controller_id: UUID, number: int) -> PolicyVersion | None:
    """The version of that number, whatever became of it."""
    return versions(controller_id).filter(number=number).first()


def draft(controller_id: UUID) -> PolicyVersion | None:
    """The draft that is being worked on, if any."""
    return versions(controller_id).filter(state__in=OPEN).first()


def in_force(controller_id: UUID, at: datetime) -> PolicyVersion | None:
    """The version that was or will be in force at a moment, as far as is known now.

    Of those approved by then and not withdrawn by then, the one that began last; None: the law
    alone.
    """
    begun = PolicyVersion.objects.filter(controller_id=controller_id, effective_from__lte=at)
    standing = begun.filter(withdrawn_at=None) | begun.filter(withdrawn_at__gt=at)
    return standing.order_by("-effective_from", "-number").first()


def before(of: PolicyVersion) -> PolicyVersion | None:
    """The version that is in force when this one and all later ones are withdrawn."""
    earlier = PolicyVersion.objects.filter(
        controller_id=of.controller_id, state=State.APPROVED, effective_from__lte=of.effective_from
    ).exclude(pk=of.pk)
    same = earlier.filter(effective_from=of.effective_from, number__gt=of.number)
    found = earlier.exclude(pk__in=same.values("pk"))
    return found.order_by("-effective_from", "-number").first()


def standing(of: PolicyVersion, at: datetime) -> Standing:
    """Where a version stands at a moment."""
    if of.state != State.APPROVED or of.effective_from is None:
        return Standing(of.state)
    if of.effective_from > at:
        return Standing.APPROVED
    current = in_force(of.controller_id, at)
    return Standing.ACTIVE if current == of else Standing.RETIRED


def rules(of: PolicyVersion) -> tuple[Guardrail, ...]:
    """The rules of a version. Raises RulesError where what is stored is not well formed."""
    return parse(of.rules)


def is_genuine(of: PolicyVersion) -> bool:
    """Whether an approved version is what was signed: rules, number, people and beginning."""
    if of.effective_from is None or of.approved_at is None:
        return False
    signature = Signature(of.signing_key, of.signing_version, bytes(of.signature))
    try:
        return signing.digest(of.rules) == of.sha256 and signing.is_genuine(
            statement(of, of.effective_from), signature
        )
    except (RulesError, KeyUnavailableError):
        return False


def statement(of: PolicyVersion, effective_from: datetime) -> Statement:
    """What the signature over a version says."""
    return Statement(
        controller_id=of.controller_id, number=of.number, sha256=of.sha256,
        created_by=of.created_by, approved_by=of.approved_by, effective_from=effective_from,
    )  # fmt: skip


def compiled_version(of: PolicyVersion) -> Guardrails:
    """A version as the engine asks it: a draft as it is, an approved one only where it is genuine.

    Anything else refuses every use (P4).
    """
    if of.approved_at is not None and not is_genuine(of):
        return Refusing(of.number)
    try:
        return compiled(parse(of.rules), of.number)
    except RulesError:
        return Refusing(of.number)


def known(controller_id: UUID) -> Known:
    """The codes a controller's rules may name."""
    purposes = dict(consent.purposes([controller_id]).values_list("code", "closed_at"))
    return Known(
        purposes=frozenset(purposes),
        open_purposes=frozenset(code for code, closed_at in purposes.items() if not closed_at),
        categories=frozenset(registry.category_codes(controller_id)),
        recipients=frozenset(one.code for one in registry.parties(controller_id)),
    )


def faults(of: PolicyVersion) -> list[Fault]:
    """Why the rules of a version cannot stand together; none: they can. Raises RulesError."""
    return faults_among(of.controller_id, parse(of.rules))


def faults_among(controller_id: UUID, rules: Iterable[Guardrail]) -> list[Fault]:
    """Why a controller's rules cannot stand together."""
    return faults_of(rules, known(controller_id))


def changes(old: Iterable[Guardrail], new: Iterable[Guardrail]) -> list[Change]:
    """What differs between two sets of rules, by code: changed and removed first, then added."""
    before, after = ({rule.code: rule for rule in each} for each in (old, new))
    gone = [Change(code, rule, after.get(code)) for code, rule in before.items()
            if after.get(code) != rule]  # fmt: skip
    return gone + [Change(code, None, rule) for code, rule in after.items() if code not in before]


def changes_of(of: PolicyVersion) -> list[Change]:
    """What a version changes against the one before it that was approved."""
    earlier = versions(of.controller_id).filter(number__lt=of.number, approved_at__isnull=False)
    base = earlier.first()
    return changes(parse(base.rules) if base else (), parse(of.rules))
