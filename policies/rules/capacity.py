"""Gate 6: whether whoever decided was able to decide."""

from policies.pdp.model import CA, EU, IN, Facts
from policies.rules.consent import PERMITTING, is_held
from policies.rules.law import act, ccpa, gdpr, rules
from policies.rules.provenance import exemption
from policies.rules.registry import CONSENT_GROUND, Rule
from policies.rules.topics import GUARDED


def _by_verified(facts: Facts, *givers: str) -> bool:
    consent = facts.consent
    return consent.given_by in givers and consent.guardian_verified


def _consent_in_force(facts: Facts) -> bool:
    consent = facts.consent
    is_over = consent.expires_at is not None and consent.expires_at <= facts.now
    return consent.state in PERMITTING and not is_over


def _lacks(facts: Facts, pack: str, *givers: str) -> bool:
    """Whether s.9(1) is unmet: nobody verified of these agreed.

    On consent the state is gate 7's to judge; on other grounds s.9(1) still asks for the consent
    of a parent or guardian, and then it must be in force. So it must where a provenance flag
    leaves no ground to look at.
    """
    purpose = facts.purpose
    if purpose is None:  # R02's finding
        return False
    on_consent = purpose.grounds.get(pack) == CONSENT_GROUND[pack] and not exemption(facts)
    return not (_by_verified(facts, *givers) and (on_consent or _consent_in_force(facts)))


@Rule(
    "R50", gate=6, packs=(IN,), code="PARENTAL_CONSENT_REQUIRED", cure="verify_parent",
    refs={IN: (*act("9(1)"), *rules("10"))}, about=GUARDED,
    text="The person is a child, and no verified parent or guardian has consented.",
    person="You are under 18: a parent or guardian has to agree first.",
)  # fmt: skip
def parental_consent_required(facts: Facts, pack: str) -> bool:
    subject, purpose = facts.subject, facts.purpose
    if subject is None or subject.age != "child" or purpose is None or purpose.schedule_item:
        return False
    if subject.adult_at is not None and subject.adult_at <= facts.now:
        return False  # R53 judges what was decided in childhood
    return _lacks(facts, pack, "parent", "guardian")


@Rule(
    "R51", gate=6, packs=(IN,), code="GUARDIAN_CONSENT_REQUIRED", cure="verify_guardian",
    refs={IN: (*act("9(1)"), *rules("11"))}, about=GUARDED,
    text="The person has a lawful guardian, and no verified guardian has consented.",
    person="Your lawful guardian has to agree first.",
)  # fmt: skip
def guardian_consent_required(facts: Facts, pack: str) -> bool:
    # The Fourth Schedule lifts s.9(1) for children alone.
    subject = facts.subject
    return subject is not None and subject.has_guardian and _lacks(facts, pack, "guardian")


@Rule(
    "R52", gate=6, packs=(EU,), code="EU_PARENTAL_CONSENT_REQUIRED", cure="verify_parent",
    only_on_consent=True, refs={EU: gdpr("8(1)", "8(2)")}, about=GUARDED,
    text="The person is below the age of consent online, and no verified parent has authorised.",
    person="You are too young to agree to this alone: a parent has to agree.",
)  # fmt: skip
def eu_parental_consent_required(facts: Facts, pack: str) -> bool:
    subject = facts.subject
    if subject is None or subject.age != "child" or _by_verified(facts, "parent", "guardian"):
        return False
    since = subject.consents_at
    if since is None or facts.now < since:
        return True
    return is_held(facts, pack) and facts.consent.since < since


@Rule(
    "R53", gate=6, packs=(IN,), code="RECONSENT_MAJORITY", cure="ask_adult", only_on_consent=True,
    refs={IN: act("9(1)", "6(1)")}, about=GUARDED,
    text="The person has come of age, and has not decided as an adult yet.",
    person="You have come of age: now you decide yourself, and you have not been asked yet.",
)  # fmt: skip
def reconsent_majority(facts: Facts, pack: str) -> bool:
    subject = facts.subject
    if subject is None or subject.has_guardian or not is_held(facts, pack):
        return False
    if subject.adult_at is not None and subject.adult_at <= facts.now:
        return not _decided_as_adult(facts, subject.adult_at)
    return subject.age == "adult" and facts.consent.given_by in ("parent", "guardian")


def _decided_as_adult(facts: Facts, adult_at: int) -> bool:
    # A parent's consent ends with childhood, and a child's own never counted.
    consent = facts.consent
    if consent.state not in PERMITTING or consent.given_by in ("parent", "guardian"):
        return False
    return consent.since >= adult_at


@Rule(
    "R54", gate=6, packs=(CA,), code="CA_MINOR_OPT_IN_REQUIRED", cure="opt_in",
    refs={CA: ccpa("1798.120(c)")},
    text="The person may be under 16, and has not opted in to the sale of their data.",
    person="You are under 16: your data is not sold unless you say yes first.",
)  # fmt: skip
def ca_minor_opt_in_required(facts: Facts, _pack: str) -> bool:
    purpose, person = facts.purpose, facts.california
    if purpose is None or not purpose.is_advertising:
        return False
    return person is None or (person.is_under_16 and not person.opted_in_sale)
