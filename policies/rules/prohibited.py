"""Gate 3: what no choice of the person and no ground makes lawful."""

from policies.law.tables import LOCALISED as LOCALISED_BY_LAW
from policies.law.tables import RESTRICTED
from policies.pdp.model import EU, IN, Facts
from policies.rules.findings import EVERY_TOPIC, LOCALISED, SDF, SECTOR, topics
from policies.rules.law import act, gdpr, rules
from policies.rules.places import concerned, destinations, leaves
from policies.rules.registry import Rule
from policies.rules.topics import GUARDED, RECORDED

MONITORING = frozenset((
    "dpv:Profiling", "dpv:Monitor", "dpv:SystematicMonitoring", "dpv:Observe", "monitor",
    "monitoring", "profile", "profiling", "track", "tracking",
))  # fmt: skip
"""Operations that are tracking or behavioural monitoring, whatever the purpose calls itself."""


def is_child(facts: Facts) -> bool:
    """Whether the person is known to be a child now."""
    subject = facts.subject
    if subject is None or subject.age != "child":
        return False
    return subject.adult_at is None or facts.now < subject.adult_at


def is_targeting(facts: Facts) -> bool:
    """Tracking, behavioural monitoring or targeted advertising, as DPDP s.9(3) lists them."""
    purpose = facts.purpose
    if purpose is None:
        return False  # an unknown purpose is R02's finding
    if purpose.is_tracking or purpose.is_advertising:
        return True
    return not MONITORING.isdisjoint(facts.question.operations)


@Rule(
    "R20", gate=3, packs=(IN,), code="CHILD_DETRIMENT_PROHIBITED",
    refs={IN: act("9(2)")}, about=GUARDED,
    text="The purpose is likely to harm the well-being of a child, and the person is one.",
    person="You are under 18, and this could harm you: it is forbidden.",
)  # fmt: skip
def child_detriment(facts: Facts, _pack: str) -> bool:
    purpose = facts.purpose
    return purpose is not None and purpose.is_detrimental and is_child(facts)


@Rule(
    "R21", gate=3, packs=(IN,), code="CHILD_TRACKING_PROHIBITED",
    refs={IN: (*act("9(3)"), *rules("12"))}, about=GUARDED,
    text="Children may not be tracked, monitored or targeted by advertising.",
    person="You are under 18: nobody may track you or aim advertising at you.",
)  # fmt: skip
def child_tracking(facts: Facts, _pack: str) -> bool:
    return is_child(facts) and not _is_exempt(facts) and is_targeting(facts)


@Rule(
    "R22", gate=3, packs=(IN,), code="AGE_UNKNOWN", cure="assure_age",
    refs={IN: act("9")}, about=GUARDED,
    text="The purpose tracks, monitors or targets, and it is not known whether the person is a "
    "child.",
    person="We do not know whether you are an adult, so we may not do this.",
)  # fmt: skip
def age_unknown(facts: Facts, _pack: str) -> bool:
    subject = facts.subject
    if subject is None or subject.age in ("adult", "child"):
        return False
    return not _is_exempt(facts) and is_targeting(facts)


def _is_exempt(facts: Facts) -> bool:
    # Fourth Schedule: its items lift s.9(1) and (3); nothing lifts s.9(2).
    return facts.purpose is not None and bool(facts.purpose.schedule_item)


@Rule(
    "R23", gate=3, packs=(EU,), code="EU_MINOR_PROFILING_ADS",
    refs={EU: ("DSA Art 28(2)",)}, about=GUARDED,
    text="Advertising based on profiling may not be shown to a minor.",
    person="You are under 18: advertising that rests on a profile of you is forbidden.",
)  # fmt: skip
def minor_profiling_ads(facts: Facts, _pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or not is_child(facts):
        return False
    return (purpose.is_marketing or purpose.is_advertising) and is_targeting(facts)


@Rule(
    "R24", gate=3, packs=(EU,), code="AI_PRACTICE_PROHIBITED",
    refs={EU: ("AI Act Art 5",)},
    text="The AI model is registered as a prohibited practice.",
    person="European law forbids this use of artificial intelligence.",
)  # fmt: skip
def ai_practice_prohibited(facts: Facts, _pack: str) -> bool:
    return facts.model is not None and facts.model.is_prohibited


@Rule(
    "R25", gate=3, packs=(IN,), code="IN_RESTRICTED_COUNTRY", cure="change_destination",
    refs={IN: act("16(1)")},
    text="The data would go to a country that India restricted transfers to.",
    person="Indian law forbids sending your data to that country.",
)  # fmt: skip
def restricted_country(facts: Facts, _pack: str) -> bool:
    if not RESTRICTED.lines:
        return False
    return any(RESTRICTED.line(country, facts.now) for country in destinations(facts))


@Rule(
    "R26", gate=3, packs=(IN,), code="IN_LOCALISATION",
    refs={IN: rules("13(4)")}, about=RECORDED,
    text="These data, or the traffic data about them, may not leave India.",
    person="Indian law demands that these data of yours stay in India.",
)  # fmt: skip
def localisation(facts: Facts, _pack: str) -> bool:
    if facts.purpose is None or SDF not in facts.purpose.duties:
        return False
    kept = {*topics(facts, LOCALISED), *LOCALISED_BY_LAW.codes(facts.now)}
    return not kept.isdisjoint(concerned(facts)) and leaves(facts, IN)


@Rule(
    "R27", gate=3, packs=(IN, EU), code="SECTORAL_TRANSFER_RESTRICTED",
    refs={IN: act("16(2)"), EU: gdpr("44")}, about=RECORDED,
    text="A law of the sector forbids this transfer.",
    person="A law of this trade demands that these data of yours stay where they are.",
)  # fmt: skip
def sectoral_transfer(facts: Facts, pack: str) -> bool:
    if facts.purpose is None or not facts.purpose.duties:
        return False
    kept = topics(facts, SECTOR[pack])
    reaches = EVERY_TOPIC in kept or not concerned(facts).isdisjoint(kept)
    return reaches and leaves(facts, pack)
