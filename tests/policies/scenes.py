"""Facts that permit, one scene per road to a permit; tests change what they are about."""

from typing import Any

from msgspec.structs import replace

from policies.pdp.model import (
    Commitment,
    ConsentFacts,
    Facts,
    Provenance,
    PurposeFacts,
    Question,
    ServiceFacts,
    Standing,
    SubjectFacts,
)

SECOND = 1_000_000
DAY = 86_400 * SECOND
NOW = 1_795_305_600 * SECOND
PURPOSE = "marketing.email.offers"

INDIA = Facts(
    now=NOW,
    question=Question(purpose=PURPOSE, caller="email-activator", caller_type="service"),
    service=ServiceFacts(
        id="0192f6a0", code="email-activator", is_active=True, may_ask=True, has_contract=True
    ),
    purpose=PurposeFacts(
        code=PURPOSE,
        version=3,
        state="active",
        grounds={"IN": "consent", "EU": "6-1-a"},
        categories=("pd:EmailAddress",),
        is_marketing=True,
        material_version=2,
        findings=dict.fromkeys(("s7a", "s7e", "lia", "soft_opt_in"), NOW + 300 * DAY),
    ),
    subject=SubjectFacts(packs=("IN",), age="adult", age_assurance="declared"),
    consent=ConsentFacts(
        record="0192f6a1",
        state="given",
        since=NOW - 30 * DAY,
        purpose_version=3,
        notice="0192f6a2",
        language="en",
        is_provable=True,
    ),
)


def change(facts: Facts, **parts: dict[str, Any]) -> Facts:
    """Change members of members: change(INDIA, consent={"state": "withdrawn"})."""
    return replace(
        facts, **{name: replace(getattr(facts, name), **new) for name, new in parts.items()}
    )


def standing(state: str, scope_type: str = "everything", scope: str = "") -> dict[str, Any]:
    return {"standings": (Standing(state, scope_type, scope, NOW - DAY),)}


EUROPE = change(INDIA, subject={"packs": ("EU",)})
BOTH = change(INDIA, subject={"packs": ("IN", "EU")})
CHILD = change(
    INDIA,
    subject={"age": "child", "adult_at": NOW + 900 * DAY},
    consent={"given_by": "parent", "guardian_verified": True},
)
COMMITTED = replace(
    change(
        INDIA,
        question={"commitment": "order-1"},
        consent={"state": "withdrawn", "since": NOW - DAY},
    ),
    commitment=Commitment(reference="order-1", purpose=PURPOSE, started_at=NOW - 2 * DAY),
)
CERTAIN_USE = change(
    INDIA,
    purpose={"grounds": {"IN": "s7e", "EU": "6-1-c"}, "is_marketing": False},
    consent={"state": "unknown", "is_provable": False},
)
CONTRACT = change(CERTAIN_USE, purpose={"grounds": {"EU": "6-1-b"}}, subject={"packs": ("EU",)})
COMMITTED_BOTH = change(
    COMMITTED,
    purpose={"grounds": {"IN": "consent", "EU": "6-1-b"}, "is_marketing": False},
    subject={"packs": ("EU", "IN")},
)
OPTED_IN_AGAIN = replace(
    change(EUROPE, consent={"is_explicit": True}), objected_marketing_at=NOW - 31 * DAY
)
NAMED_DESPITE_RESTRICTION = change(
    EUROPE,
    consent={"is_explicit": True, "since": NOW - 1},
    subject=standing("restricted", "purpose", PURPOSE),
)

FLAGGED_OUT = {"region": "US", "provenance": (Provenance("outsourced"),)}
NOT_ASKED = {"state": "unknown", "since": 0, "is_provable": False}
OUTSOURCED = change(INDIA, subject=FLAGGED_OUT, consent=NOT_ASKED)
PUBLISHED = change(
    INDIA,
    subject={"provenance": (Provenance("published", "pd:EmailAddress"),)},
    consent=NOT_ASKED,
)
OUTSOURCED_FROM_EUROPE = change(BOTH, subject={**FLAGGED_OUT, "region": "DE"})

PERMITTED: dict[str, Facts] = {
    "india": INDIA,
    "europe": EUROPE,
    "both": BOTH,
    "child": CHILD,
    "committed": COMMITTED,
    "certain_use": CERTAIN_USE,
    "contract": CONTRACT,
    "committed_both": COMMITTED_BOTH,
    "opted_in_again": OPTED_IN_AGAIN,
    "named_despite_restriction": NAMED_DESPITE_RESTRICTION,
    "outsourced": OUTSOURCED,
    "published": PUBLISHED,
    "outsourced_from_europe": OUTSOURCED_FROM_EUROPE,
}
