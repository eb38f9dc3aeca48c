"""Gate 9: whether the data may go where the caller would send them.

Looked at are the country the caller names and the parties that receive; that the caller itself
processes abroad is settled in its contract.
"""

from policies.law.tables import ADEQUATE, TERRITORIES
from policies.pdp.model import EU, IN, Facts, RecipientFacts
from policies.rules.consent import PERMITTING
from policies.rules.law import gdpr, rules
from policies.rules.registry import CONSENT_GROUND, Rule
from policies.rules.topics import RECEIVED

BY_DECISION = "adequacy"
SAFEGUARDS = frozenset(("scc", "bcr"))


def _is_safe(country: str, tool: str, now: int) -> bool:
    """Whether the country itself is enough: inside, or adequate for whoever receives there."""
    if country in TERRITORIES[EU]:
        return True
    line = ADEQUATE.line(country, now)
    return line is not None and (not line.only or tool == BY_DECISION)


def _is_covered(party: RecipientFacts, now: int) -> bool:
    if _is_safe(party.country, party.tool, now):
        return True
    is_over = party.tool_ends_at is not None and party.tool_ends_at <= now
    return bool(party.country) and party.tool in SAFEGUARDS and not is_over


def _has_strangers(facts: Facts) -> bool:
    """Whether somebody would receive whom the registry does not know."""
    declared = () if facts.purpose is None else facts.purpose.recipients
    known = [each.code for each in facts.recipients if each.country]
    return not set(facts.question.recipients or declared).issubset(known)


def _agreed_expressly(facts: Facts) -> bool:
    """The derogation of Art 49(1)(a), for purposes that ask for explicit consent."""
    consent, purpose = facts.consent, facts.purpose
    if purpose is None or not purpose.needs_explicit:
        return False
    on_consent = purpose.grounds.get(EU) == CONSENT_GROUND[EU]
    return on_consent and consent.is_explicit and consent.state in PERMITTING


@Rule(
    "R75", gate=9, packs=(EU,), code="TRANSFER_NO_BASIS", cure="transfer_tool",
    refs={EU: gdpr("44", "45", "46", "49")}, about=RECEIVED,
    text="The data would leave the EEA, and no adequacy, safeguard or derogation covers it.",
    person="Your data would go to a country where it is not protected as it is here.",
)  # fmt: skip
def transfer_no_basis(facts: Facts, _pack: str) -> bool:
    receiving, country = facts.recipients, facts.question.destination
    covered = [party for party in receiving if _is_covered(party, facts.now)]
    is_bare = bool(country) and not _is_safe(country, "", facts.now)
    if is_bare and any(party.country == country for party in covered):
        is_bare = False
    uncovered = is_bare or _has_strangers(facts) or len(covered) != len(receiving)
    return uncovered and not _agreed_expressly(facts)


@Rule(
    "R76", gate=9, packs=(IN,), code="IN_FOREIGN_STATE_CONDITION", cure="foreign_state_order",
    refs={IN: rules("15")}, about=RECEIVED,
    text="A foreign State would get the data, or somebody who may serve one, "
    "and the condition set for that is not met.",
    person="A foreign State might get your data, and Indian law does not allow that.",
)  # fmt: skip
def foreign_state_condition(facts: Facts, _pack: str) -> bool:
    if any(each.is_foreign_state and not each.state_order for each in facts.recipients):
        return True
    return _has_strangers(facts)
