"""Gate 2: what became of the person's record. A legal hold is not looked at: it never permits."""

from policies.pdp.model import EU, IN, Facts, Standing
from policies.rules.law import act, gdpr, rules
from policies.rules.registry import Rule
from policies.rules.topics import STANDING

EXPIRED = "expired"


def covers(standing: Standing, facts: Facts) -> bool:
    """Tell whether a standing reaches the question; a scope nobody knows reaches everything."""
    if standing.scope_type == "purpose":
        return standing.scope == facts.question.purpose
    if standing.scope_type == "category":
        purpose = facts.purpose
        needed = purpose.categories if purpose is not None else ()
        return standing.scope in needed or standing.scope in facts.question.data
    return True


def _stands(state: str, facts: Facts) -> bool:
    subject = facts.subject
    if subject is None or not subject.standings:
        return False
    return any(each.state == state and covers(each, facts) for each in subject.standings)


@Rule(
    "R10", gate=2, code="SUBJECT_ERASED",
    refs={IN: act("12(3)"), EU: gdpr("17")}, about=STANDING,
    text="The data concerned have been erased.",
    person="Your data has been erased.",
)  # fmt: skip
def subject_erased(facts: Facts, _pack: str) -> bool:
    return _stands("erased", facts)


@Rule(
    "R11", gate=2, packs=(IN,), code="RETENTION_VAULT_ONLY",
    refs={IN: rules("8(3)")}, about=STANDING,
    text="The data concerned are kept only because the law requires it, and sealed for that.",
    person="Your data is kept only because the law demands it, and is not used for this.",
)  # fmt: skip
def retention_vault_only(facts: Facts, _pack: str) -> bool:
    return _stands("vault", facts)


@Rule(
    "R12", gate=2, code="ERASURE_PENDING", cure="case_rejected",
    refs={IN: act("8(7)"), EU: gdpr("17", "18")}, about=STANDING,
    text="An erasure of the data concerned is pending or running.",
    person="Your data is being erased and is no longer used.",
)  # fmt: skip
def erasure_pending(facts: Facts, _pack: str) -> bool:
    return _stands("erasing", facts)


@Rule(
    "R13", gate=2, code="RETENTION_EXPIRED",
    refs={IN: (*act("8(7)"), *rules("8")), EU: gdpr("5(1)(e)")}, about=STANDING,
    text="The time for which the data concerned may be kept is over.",
    person="The time for which your data may be kept is over.",
)  # fmt: skip
def retention_expired(facts: Facts, _pack: str) -> bool:
    # The one standing that may be set ahead: the day on which the time will be over.
    subject = facts.subject
    if subject is None or not subject.standings:
        return False
    return any(
        each.state == EXPIRED and each.since <= facts.now and covers(each, facts)
        for each in subject.standings
    )


@Rule(
    "R14", gate=2, code="SUBJECT_DECEASED", cure="rights_by_nominee",
    refs={IN: act("14"), EU: ("GDPR Recital 27",)}, about=STANDING,
    text="The person has died.",
    person="The person has died; a nominee may exercise their rights.",
)  # fmt: skip
def subject_deceased(facts: Facts, _pack: str) -> bool:
    # A death has no scope, whatever the row says.
    subject = facts.subject
    if subject is None or not subject.standings:
        return False
    return any(each.state == "deceased" for each in subject.standings)
