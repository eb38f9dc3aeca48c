"""Gate 5: whether the purpose rests on a ground the law knows. One law's ground serves no other."""

from policies.pdp.model import EU, IN, Facts
from policies.rules.choice import SAID_NO, has_objected
from policies.rules.consent import PERMITTING
from policies.rules.findings import (
    ART_9,
    ART_10,
    COMPATIBLE,
    FURTHER_USE,
    LIA,
    SOFT_OPT_IN,
    is_found,
    topics,
)
from policies.rules.law import act, gdpr
from policies.rules.registry import CONSENT_GROUND, Rule
from policies.rules.topics import RECORDED

CERTAIN_USES = tuple(f"s7{clause}" for clause in "abcdefghi")  # DPDP Act s.7(a)-(i)
LEGITIMATE_INTERESTS = "6-1-f"
ARTICLE_6 = tuple(f"6-1-{letter}" for letter in "abcdef")  # GDPR Art 6(1)(a)-(f)

GROUNDS: dict[str, frozenset[str]] = {
    IN: frozenset((CONSENT_GROUND[IN], *CERTAIN_USES)),
    EU: frozenset(ARTICLE_6),
}
BY_HAND = frozenset(("in_person", "letter", "post"))  # channels that are not electronic


def _lacks_ground(facts: Facts, pack: str) -> bool:
    # An unknown purpose is R02's finding; it has no grounds to look at.
    return facts.purpose is not None and facts.purpose.grounds.get(pack) not in GROUNDS[pack]


@Rule(
    "R40", gate=5, packs=(IN,), code="NO_LAWFUL_GROUND_IN", cure="obtain_consent",
    refs={IN: act("4")},
    text="In India the purpose rests on neither consent nor a use listed in section 7.",
    person="Indian law does not allow this use of your data without your consent.",
)  # fmt: skip
def no_lawful_ground_in(facts: Facts, pack: str) -> bool:
    return _lacks_ground(facts, pack)


@Rule(
    "R41", gate=5, packs=(IN,), code="GROUND_NOT_AVAILABLE",
    refs={IN: act("7")},
    text="The purpose rests on a clause of section 7 whose facts are not on record.",
    person="The company has not shown that the law allows this use without your consent.",
)  # fmt: skip
def ground_not_available(facts: Facts, pack: str) -> bool:
    ground = "" if facts.purpose is None else facts.purpose.grounds.get(pack, "")
    return ground in CERTAIN_USES and not is_found(facts, ground)


@Rule(
    "R42", gate=5, packs=(EU,), code="NO_LEGAL_BASIS_EU",
    refs={EU: gdpr("6(1)")},
    text="In the EU the purpose has no legal basis under Article 6.",
    person="European law does not allow this use of your data.",
)  # fmt: skip
def no_legal_basis_eu(facts: Facts, pack: str) -> bool:
    return _lacks_ground(facts, pack)


def _on(facts: Facts, pack: str) -> str:
    return "" if facts.purpose is None else facts.purpose.grounds.get(pack, "")


@Rule(
    "R43", gate=5, packs=(EU,), code="LIA_MISSING", cure="complete_lia",
    refs={EU: gdpr("6(1)(f)")},
    text="The purpose rests on legitimate interests, and no balancing is approved and in force.",
    person="The company has not weighed its interest against yours.",
)  # fmt: skip
def lia_missing(facts: Facts, pack: str) -> bool:
    return _on(facts, pack) == LEGITIMATE_INTERESTS and not is_found(facts, LIA)


@Rule(
    "R44", gate=5, packs=(EU,), code="ART9_CONDITION_MISSING", cure="explicit_consent",
    refs={EU: gdpr("9(1)", "9(2)")}, about=RECORDED,
    text="Special categories of data are concerned, and no condition of Article 9(2) is met.",
    person="These are specially protected data of yours, and nothing allows using them for this.",
)  # fmt: skip
def art9_condition_missing(facts: Facts, pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or not (purpose.special or facts.special):
        return False
    on_explicit_consent = purpose.needs_explicit and _on(facts, pack) == CONSENT_GROUND[EU]
    return not (on_explicit_consent or is_found(facts, ART_9))


@Rule(
    "R45", gate=5, packs=(EU,), code="ART10_NOT_AUTHORISED",
    refs={EU: gdpr("10")}, about=RECORDED,
    text="Data about offences are concerned, and no law that authorises this is on record.",
    person="These data are about offences, and no law allows using them for this.",
)  # fmt: skip
def art10_not_authorised(facts: Facts, _pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or not (purpose.criminal or facts.criminal):
        return False
    return not is_found(facts, ART_10)


@Rule(
    "R46", gate=5, packs=(EU,), code="EPRIVACY_CONSENT_MISSING", cure="request_consent",
    refs={EU: ("ePrivacy Directive Art 13",)},
    text="Electronic marketing needs an opt-in, or a recorded soft opt-in.",
    person="You have not agreed to be written to for advertising.",
)  # fmt: skip
def eprivacy_consent_missing(facts: Facts, pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or not purpose.is_marketing:
        return False
    # Where consent is the ground itself, gate 7 judges it. A channel left out may be electronic.
    if _on(facts, pack) == CONSENT_GROUND[EU] or facts.question.channel in BY_HAND:
        return False
    if _opted_in(facts):
        return False
    return has_objected(facts, SAID_NO, "upheld") or not is_found(facts, SOFT_OPT_IN)


def _opted_in(facts: Facts) -> bool:
    consent = facts.consent
    if consent.state not in PERMITTING or not consent.is_provable or consent.is_stale:
        return False
    return consent.expires_at is None or facts.now < consent.expires_at


@Rule(
    "R47", gate=5, packs=(EU,), code="PURPOSE_INCOMPATIBLE", cure="obtain_consent",
    refs={EU: gdpr("5(1)(b)", "6(4)")}, about=RECORDED,
    text="The data were collected for another purpose, and no compatibility is on record.",
    person="You gave these data for something else.",
)  # fmt: skip
def purpose_incompatible(facts: Facts, pack: str) -> bool:
    if facts.purpose is None or _on(facts, pack) == CONSENT_GROUND[EU]:
        return False
    collected_for = set(topics(facts, FURTHER_USE))
    claimed = facts.question.collected_for
    if claimed and claimed != facts.question.purpose:
        collected_for.add(claimed)
    return any(not is_found(facts, COMPATIBLE, source) for source in collected_for)
