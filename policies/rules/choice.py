"""Gate 4: what the person chose against a use, and whether a later choice outweighs it."""

from policies.pdp.model import EU, IN, Facts
from policies.rules.consent import PERMITTING
from policies.rules.law import act, gdpr
from policies.rules.provenance import is_flagged
from policies.rules.registry import Rule
from policies.rules.standing import covers
from policies.rules.topics import FLAGGED, RECORDED, STANDING

PARTICULAR = "particular_situation"
VOLUNTARY = "voluntary_use"
SALE_SHARING = "sale_sharing"
SAID_NO = "said_no"  # refused, or withdrew, consent to what is not based on consent
ALL_CHANNELS = "*"
NO = frozenset(("withdrawn", "refused"))


def _consented_after(facts: Facts, moment: int) -> bool:
    """Tell whether an explicit, informed and valid consent is later; a tie protects the person."""
    consent = facts.consent
    if consent.state not in PERMITTING or not (consent.is_explicit and consent.is_provable):
        return False
    if consent.is_stale or (consent.expires_at is not None and consent.expires_at <= facts.now):
        return False
    return consent.since > moment


def has_objected(facts: Facts, kind: str, state: str) -> bool:
    """Whether such an objection stands and no later consent outweighs it."""
    return any(
        each.kind == kind and each.state == state and not _consented_after(facts, each.since)
        for each in facts.objections
    )


@Rule(
    "R29", gate=4, code="REFUSAL_STANDS", cure="new_consent",
    refs={IN: act("3(c)(ii)", "6(4)", "17(1)(d)"), EU: gdpr("7(3)", "18(2)", "21")},
    about=FLAGGED,
    text="A provenance flag may take the data out of India's Act; the person said no, and that "
    "stands.",
    person="You said no to this use of your data.",
)  # fmt: skip
def refusal_stands(facts: Facts, _pack: str) -> bool:
    # A law that is switched off asks for none of this, so it is asked here.
    if not is_flagged(facts):
        return False
    if facts.consent.state in NO or objected_to_marketing(facts, EU):
        return True
    return processing_restricted(facts, EU) or _objects(facts)


def _objects(facts: Facts) -> bool:
    """Whether any objection that concerns the use stands, decided on or not."""
    is_advertising = facts.purpose is not None and facts.purpose.is_advertising
    return any(
        (each.kind != SALE_SHARING or is_advertising) and not _consented_after(facts, each.since)
        for each in facts.objections
    )


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
    "R31", gate=4, packs=(EU,), code="OBJECTION_PENDING", cure="decide_objection",
    refs={EU: gdpr("21(1)", "18(1)(d)")}, about=RECORDED,
    text="The person objected because of their situation, and nobody has decided on it yet.",
    person="You objected; until this is decided your data is not used for it.",
)  # fmt: skip
def objection_pending(facts: Facts, _pack: str) -> bool:
    return has_objected(facts, PARTICULAR, "pending")


@Rule(
    "R32", gate=4, packs=(EU,), code="OBJECTED", cure="compelling_grounds",
    refs={EU: gdpr("21(1)")}, about=RECORDED,
    text="The person objected because of their situation, and the objection was upheld.",
    person="You objected, and your data is no longer used for this.",
)  # fmt: skip
def objected(facts: Facts, _pack: str) -> bool:
    return has_objected(facts, PARTICULAR, "upheld")


@Rule(
    "R33", gate=4, packs=(EU,), code="PROCESSING_RESTRICTED", cure="restricted_consent",
    refs={EU: gdpr("18(2)")}, about=STANDING,
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


@Rule(
    "R34", gate=4, packs=(IN,), code="VOLUNTARY_USE_OBJECTED", cure="obtain_consent",
    refs={IN: act("7(a)")}, about=RECORDED,
    text="The person gave the data of their own accord and has since said no to this use.",
    person="You said no to this use of what you gave us.",
)  # fmt: skip
def voluntary_use_objected(facts: Facts, pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or purpose.grounds.get(pack) != "s7a":
        return False
    return any(
        each.kind in {VOLUNTARY, SAID_NO} and not _consented_after(facts, each.since)
        for each in facts.objections
    )


@Rule(
    "R38", gate=4, code="CHANNEL_SUPPRESSED", cure="other_channel",
    refs={
        IN: (*act("6(4)"), "TCCCPR 2018 (preferences of recipients)"),
        EU: ("ePrivacy Directive Art 13",),
    }, about=RECORDED,
    text="The person may not be contacted through this channel.",
    person="You are not contacted through this channel.",
)  # fmt: skip
def channel_suppressed(facts: Facts, _pack: str) -> bool:
    subject = facts.subject
    if subject is None or not subject.suppressed:
        return False
    channel = facts.question.channel.strip().casefold()
    if channel:
        return channel in subject.suppressed or ALL_CHANNELS in subject.suppressed
    # A caller that leaves the channel out must not get around it where it is going to write.
    return facts.purpose is not None and facts.purpose.is_marketing


@Rule(
    "R39", gate=4, packs=(IN, EU), code="OPTED_OUT_ADVERTISING", cure="opt_in",
    refs={IN: act("6(4)"), EU: gdpr("21(5)")}, about=RECORDED,
    text="The person opted out of the sale and sharing of their data for advertising.",
    person="You told us not to sell or share your data for advertising.",
)  # fmt: skip
def opted_out_advertising(facts: Facts, _pack: str) -> bool:
    # A recorded opt-out, such as a browser's signal. Neither law asks for it, the company heeds it.
    purpose = facts.purpose
    if purpose is None or not purpose.is_advertising:
        return False
    return has_objected(facts, SALE_SHARING, "upheld")
