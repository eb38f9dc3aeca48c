"""Gate 6: whether whoever decided was able to decide."""

from policies.pdp.model import IN, Facts
from policies.rules.consent import PERMITTING, is_held
from policies.rules.law import act, rules
from policies.rules.registry import CONSENT_GROUND, Rule


def _verified_parent(facts: Facts) -> bool:
    consent = facts.consent
    return consent.given_by in ("parent", "guardian") and consent.guardian_verified


def _consent_in_force(facts: Facts) -> bool:
    consent = facts.consent
    is_over = consent.expires_at is not None and consent.expires_at <= facts.now
    return consent.state in PERMITTING and not is_over


@Rule(
    "R50", gate=6, packs=(IN,), code="PARENTAL_CONSENT_REQUIRED", cure="verify_parent",
    refs={IN: (*act("9(1)"), *rules("10"))},
    text="The person is a child, and no verified parent or guardian has consented.",
    person="You are under 18: a parent or guardian has to agree first.",
)  # fmt: skip
def parental_consent_required(facts: Facts, pack: str) -> bool:
    subject, purpose = facts.subject, facts.purpose
    if subject is None or subject.age != "child" or purpose is None or purpose.schedule_item:
        return False
    on_consent = purpose.grounds.get(pack) == CONSENT_GROUND[pack]
    if subject.adult_at is not None and subject.adult_at <= facts.now:
        lapsed = is_held(facts, pack) and not _decided_as_adult(facts, subject.adult_at)
        return on_consent and lapsed
    # On consent the state is gate 7's to judge; on other grounds s.9(1) still asks for a
    # parent's consent, and then it must be in force.
    return not (_verified_parent(facts) and (on_consent or _consent_in_force(facts)))


def _decided_as_adult(facts: Facts, adult_at: int) -> bool:
    # A parent's consent ends with childhood, and a child's own never counted.
    consent = facts.consent
    if consent.state not in PERMITTING or consent.given_by != "principal":
        return False
    return consent.since >= adult_at
