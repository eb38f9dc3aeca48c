"""Gate 1: who asks, for what, about whom, under which law."""

from policies.pdp.model import EU, IN, Facts
from policies.rules.findings import DPIA, SDF, SDF_DPIA, is_found
from policies.rules.law import act, gdpr, rules
from policies.rules.registry import KNOWN_PACKS, Rule
from policies.rules.topics import RECORDED

RESERVED = "sys."  # purposes of the law itself: rights, claims, security; never activation
VITAL = "sys.vital"
_KNOWN = frozenset(KNOWN_PACKS)
CUSTOMER = "customer"  # the one kind of resource decided here: AuthZEN's name for the person


@Rule(
    "R01", gate=1, code="CALLER_NOT_AUTHORISED", cure="fix_registry",
    refs={IN: act("8(2)"), EU: gdpr("28(3)", "29")},
    text="The calling service is not registered for this purpose, or no valid contract covers it.",
    person="This service has no permission to use your data for this.",
)  # fmt: skip
def caller_not_authorised(facts: Facts, _pack: str) -> bool:
    service, question = facts.service, facts.question
    if not service.is_active or not service.has_contract:
        return True
    if question.caller_type != "service" or question.caller not in (service.code, service.id):
        return True
    if not question.caller:
        return True
    # Nobody can be registered for a purpose that does not exist: that finding is R02's.
    if facts.purpose is not None and not service.may_ask:
        return True
    return service.contract_ends_at is not None and service.contract_ends_at <= facts.now


@Rule(
    "R02", gate=1, code="PURPOSE_UNKNOWN", cure="approve_purpose",
    refs={IN: act("4"), EU: gdpr("5(1)(b)")},
    text="The purpose is not registered, or no version of it is approved and active.",
    person="The company has not declared this use of your data.",
)  # fmt: skip
def purpose_unknown(facts: Facts, _pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None or not purpose.code or purpose.code != facts.question.purpose:
        return True
    return purpose.state not in ("active", "closed")


@Rule(
    "R03", gate=1, code="PURPOSE_CLOSED",
    refs={IN: act("8(7)"), EU: gdpr("5(1)(b)")},
    text="The purpose is closed.",
    person="The company has ended this use of data.",
)  # fmt: skip
def purpose_closed(facts: Facts, _pack: str) -> bool:
    return facts.purpose is not None and facts.purpose.state == "closed"


@Rule(
    "R04", gate=1, code="SUBJECT_UNKNOWN", cure="resolve_identity",
    refs={IN: act("8(3)"), EU: gdpr("5(1)(d)")},
    text="The person is not known, or the identifier fits more than one person.",
    person="We cannot tell for certain whose data this is about.",
)  # fmt: skip
def subject_unknown(facts: Facts, _pack: str) -> bool:
    subject = facts.subject
    return subject is None or subject.is_ambiguous or facts.question.resource_type != CUSTOMER


@Rule(
    "R05", gate=1, code="JURISDICTION_UNKNOWN", cure="complete_profile",
    refs={IN: act("3"), EU: gdpr("3")},
    text="It cannot be determined which data protection law applies to the person.",
    person="We do not know yet which law protects you, so your data stays unused.",
)  # fmt: skip
def jurisdiction_unknown(facts: Facts, _pack: str) -> bool:
    # A law that applies but has no rules here counts as undetermined. Of an unknown person
    # nothing can be determined at all: that finding is R04's.
    if facts.subject is None:
        return False
    packs = facts.subject.packs
    return not packs or not _KNOWN.issuperset(packs)


@Rule(
    "R06", gate=1, packs=(IN, EU), code="DPIA_MISSING", cure="approve_dpia",
    refs={IN: rules("13(1)"), EU: gdpr("35")}, about=RECORDED,
    text="An impact assessment is required, and none is approved and in force.",
    person="The company has not examined yet what this use of your data would mean for you.",
)  # fmt: skip
def dpia_missing(facts: Facts, pack: str) -> bool:
    purpose = facts.purpose
    if purpose is None:
        return False
    # In India it is the duty of a Significant Data Fiduciary, whatever the purpose.
    if pack == IN:
        return SDF in purpose.duties and not is_found(facts, SDF_DPIA)
    return purpose.needs_dpia and not is_found(facts, DPIA)


@Rule(
    "R07", gate=1, code="SYSTEM_FROZEN", cure="release_freeze",
    refs={IN: act("8(5)"), EU: gdpr("32")}, about=RECORDED,
    text="The service, a recipient or the system is frozen because of an incident.",
    person="After a security incident this use of your data has been stopped.",
)  # fmt: skip
def system_frozen(facts: Facts, _pack: str) -> bool:
    return bool(facts.frozen)


@Rule(
    "R08", gate=1, code="RESERVED_CASE_REQUIRED", cure="give_case",
    refs={IN: act("8(1)"), EU: gdpr("5(2)")},
    text="A reserved purpose was asked for without the case it serves.",
    person="This use of your data needs a case on record, and there is none.",
)  # fmt: skip
def reserved_case_required(facts: Facts, _pack: str) -> bool:
    question, open_until = facts.question, facts.emergency_until
    if not question.purpose.startswith(RESERVED):
        return False
    if question.purpose == VITAL and (open_until is None or open_until <= facts.now):
        return True  # an emergency is a case only once the glass was broken for it
    return not question.case.strip()
