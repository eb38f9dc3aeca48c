"""Questions about cases, policies, holds and retention."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from erasure.errors import CaseUnknownError
from erasure.models import Case, CaseState, Hold, InactivityNotice, Policy, RetentionRule
from erasure.planning.retention import Rule
from erasure.policies import Terms, terms

__all__ = [
    "UNDER_WAY", "InForce", "case", "cases", "cases_of", "holds", "notices", "overdue", "policies",
    "policy_in_force", "retention_rules", "rules", "terms_of", "working_case",
]  # fmt: skip

UNDER_WAY = (CaseState.OPEN, CaseState.REVIEW, CaseState.APPROVAL, CaseState.RUNNING)
"""States of a case that still has something to do."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A controller's policy in force; none approved yet: the protective values, and number 0."""

    policy: Policy | None
    terms: Terms

    @property
    def number(self) -> int:
        return self.policy.number if self.policy else 0


def cases(controller_ids: Collection[UUID]) -> QuerySet[Case]:
    """The cases of these controllers, newest first."""
    return Case.objects.filter(controller_id__in=controller_ids).order_by("-id")


def case(controller_id: UUID, case_id: UUID) -> Case:
    """Raises CaseUnknownError (also for another controller's)."""
    found = Case.objects.filter(controller_id=controller_id, pk=case_id).first()
    if found is None:
        raise CaseUnknownError
    return found


def working_case(controller_id: UUID, case_id: UUID) -> Case:
    """The case that does what this one asks for: itself, or the one it was joined into."""
    found = case(controller_id, case_id)
    return case(controller_id, found.joined_into) if found.joined_into else found


def cases_of(controller_id: UUID, subject_id: UUID) -> QuerySet[Case]:
    """The cases about one person, newest first."""
    return cases([controller_id]).filter(subject_id=subject_id)


def overdue(controller_ids: Collection[UUID]) -> QuerySet[Case]:
    """Cases whose time has passed and which are not done, the oldest duty first."""
    late = cases(controller_ids).filter(state__in=UNDER_WAY, due_at__lt=timezone.now())
    return late.order_by("due_at", "id")


def policies(controller_ids: Collection[UUID]) -> QuerySet[Policy]:
    """The policies of these controllers, newest first."""
    return Policy.objects.filter(controller_id__in=controller_ids).order_by("-number", "-id")


def policy_in_force(controller_id: UUID) -> InForce:
    """The newest approved policy."""
    found = policies([controller_id]).filter(approved_at__isnull=False).first()
    return InForce(found, terms(found.content if found else None))


def terms_of(found: Case) -> Terms:
    """The policy a case was opened under, or the protective values."""
    return terms(found.policy.content if found.policy else None)


def holds(controller_ids: Collection[UUID]) -> QuerySet[Hold]:
    """The holds of these controllers, newest first."""
    return Hold.objects.filter(controller_id__in=controller_ids).order_by("-id")


def retention_rules(controller_ids: Collection[UUID]) -> QuerySet[RetentionRule]:
    """The retention rules of these controllers, by code; the ended ones after the others."""
    rows = RetentionRule.objects.filter(controller_id__in=controller_ids)
    return rows.order_by("code", "-id")


def rules(controller_id: UUID) -> tuple[Rule, ...]:
    """The retention rules in force today."""
    today = timezone.now().date()
    rows = retention_rules([controller_id]).filter(effective_on__lte=today)
    return tuple(
        Rule(
            code=row.code, purpose=row.purpose, category=row.category, pack=row.pack,
            counts_from=row.counts_from, minimum_days=row.minimum_days,
            maximum_days=row.maximum_days, citation=row.citation,
            since=max(row.effective_on, row.created_at.date()),
        )
        for row in rows
        if row.ended_on is None or row.ended_on > today
    )  # fmt: skip


def notices(controller_ids: Collection[UUID]) -> QuerySet[InactivityNotice]:
    """Notices before erasure, newest first."""
    return InactivityNotice.objects.filter(controller_id__in=controller_ids).order_by("-id")
