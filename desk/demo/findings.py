"""The legal findings of the invented companies: without them several purposes would be denied."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from audit.actors import Actor
from desk.demo.companies import ANALYTICS, HEALTH, RECOMMENDATIONS
from registry import services as registry

DAYS = 365


@dataclass(frozen=True, slots=True)
class FindingPlan:
    """One finding, what it is about and what it says."""

    kind: str
    purpose: str
    citation: str
    conclusion: str


FINDINGS = (
    FindingPlan(
        "dpia", RECOMMENDATIONS, "GDPR Art 35(3)(a)",
        "Suggestions order a page and decide nothing about anybody. The remaining risk is low.",
    ),
    FindingPlan(
        "dpia", HEALTH, "GDPR Art 35(3)(b)",
        "Only what people told us, only to remind them, seen by nobody. The remaining risk is low.",
    ),
    FindingPlan(
        "lia", ANALYTICS, "GDPR Art 6(1)(f)",
        "Counting without following anybody across sites; people expect it and may object.",
    ),
)  # fmt: skip


def record(controller_id: UUID, *, author: Actor, approver: Actor, today: date) -> None:
    """Record every finding by one officer and approve it by another."""
    for plan in FINDINGS:
        finding = registry.Finding(
            kind=plan.kind, purpose=plan.purpose, citation=plan.citation,
            conclusion=plan.conclusion, valid_until=today + timedelta(days=DAYS),
        )  # fmt: skip
        made = registry.record_assessment(by=author, controller_id=controller_id, finding=finding)
        registry.approve_assessment(by=approver, assessment=made)
