"""Gate 4: what the person chose against a use, and whether a later choice outweighs it."""

from policies.pdp.model import EU, Facts
from policies.rules.consent import PERMITTING
from policies.rules.law import gdpr
from policies.rules.registry import Rule
from policies.rules.standing import covers


def _consented_after(facts: Facts, moment: int) -> bool:
    """Tell whether an explicit, informed and valid consent is later; a tie protects the person."""
    consent = facts.consent
    if consent.state not in PERMITTING or not (consent.is_explicit and consent.is_provable):
        return False
    if consent.is_stale or (consent.expires_at is not None and consent.expires_at <= facts.now):
        return False
    return consent.since > moment


@Rule(
    "R30", gate=4, packs=(EU,), code="OBJECTED_DIRECT_MARKETING", cure="opt_in",
    refs={EU: gdpr("21(2)", "21(3)")},
    text="The person objected to direct marketing.",
    person="You objected to direct marketing.",
)  # fmt: skip
def objected_to_marketing(facts: Facts, _pack: str) -> bool:
    objected_at, purpose = facts.objected_marketing_at, facts.purpose
    if objected_at is None or purpose is None or not purpose.is_marketing:
        return False
    return not _consented_after(facts, objected_at)


@Rule(
    "R33", gate=4, packs=(EU,), code="PROCESSING_RESTRICTED", cure="restricted_consent",
    refs={EU: gdpr("18(2)")},
    text="Processing is restricted, and the person has not consented to this use since.",
    person="You asked us to restrict the use of your data.",
)  # fmt: skip
def processing_restricted(facts: Facts, _pack: str) -> bool:
    subject = facts.subject
    if subject is None or not subject.standings:
        return False
    return any(
        each.state == "restricted"
        and covers(each, facts)
        and not _consented_after(facts, each.since)
        for each in subject.standings
    )
