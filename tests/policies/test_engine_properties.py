"""What holds for all facts: total, deterministic, and monotone towards the person's protection."""

from functools import reduce
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from policies import texts
from policies.pdp.engine import decide
from policies.pdp.model import (
    Commitment,
    ConsentFacts,
    Facts,
    Objection,
    PurposeFacts,
    Question,
    RecipientFacts,
    ServiceFacts,
    Standing,
    SubjectFacts,
)
from policies.rules import RULES
from policies.rules.topics import topics
from tests.policies.flagged import PROVENANCE, check_flag, consent_unknown, ended, is_exempt
from tests.policies.scenes import DAY, NOW, PERMITTED, PURPOSE, change

NAMES = [PURPOSE, "analytics", "pd:EmailAddress", "order-1", "", "\ud800"]
LISTS = [(), ("pd:EmailAddress",), ("pd:Age", "")]
TIMES = [-1, 0, 1, NOW - 31 * DAY, NOW - DAY, NOW - 1, NOW, NOW + 1, NOW + DAY, 2**62]
MAYBE = [None, *TIMES]
FLAGS = [False, True]
VERSIONS = [0, 1, 2, 3, 4]
GROUNDS = ["consent", "s7a", "s7e", "s7j", "6-1-a", "6-1-b", "6-1-f", ""]
STATES = ["given", "renewed", "unknown", "requested", "deferred", "refused", "withdrawn"]
STATES += ["expired", "revoked", "invalidated", "odd"]
STANDINGS = [
    (Standing(state, scope_type, scope, since),)
    for state in (
        "restricted",
        "erasing",
        "erased",
        "deceased",
        "hold",
        "vault",
        "expired",
        "odd",
    )
    for scope_type in ("everything", "purpose", "category", "odd")
    for scope in (PURPOSE, "pd:EmailAddress", "other")
    for since in (NOW - 2 * DAY, NOW)
]
COUNTRIES = ["", "IN", "DE", "AE"]
DUTIES = ["sdf", "dpia_due", "localised:pd:EmailAddress", "sector_in:*", "sector_eu:*"]
DUTIES += ["further_use:analytics"]
FINDINGS = ["dpia", "sdf_dpia", "lia", "art9", "art10", "soft_opt_in", "s7a", "s7e"]
FINDINGS += ["compatibility:analytics"]
OBJECTIONS = [
    (),
    *(
        (Objection(kind, state, since),)
        for kind in ("particular_situation", "voluntary_use", "sale_sharing", "said_no", "odd")
        for state in ("pending", "upheld", "odd")
        for since in (0, NOW)
    ),
]
DEFAULTS = {
    "question": Question(),
    "service": ServiceFacts(),
    "purpose": PurposeFacts(),
    "subject": SubjectFacts(),
    "consent": ConsentFacts(),
    "commitment": Commitment(),
}
MEMBERS: dict[str, dict[str, list[Any]]] = {
    "question": {
        "action": ["activate", "sell", ""],
        "purpose": NAMES,
        "caller": ["email-activator", "", "other"],
        "caller_type": ["service", "user"],
        "resource_type": ["customer", "odd"],
        "data": LISTS,
        "operations": [(), ("dpv:Profiling",)],
        "channel": ["email", "post", ""],
        "destination": ["IN", "DE", "AE"],
        "collected_for": NAMES,
        "case": ["", "case-1"],
        "commitment": NAMES,
    },
    "service": {
        "code": ["email-activator", ""],
        "is_active": FLAGS,
        "may_ask": FLAGS,
        "has_contract": FLAGS,
        "contract_ends_at": MAYBE,
        "country": COUNTRIES,
    },
    "purpose": {
        "code": NAMES,
        "state": ["draft", "approved", "active", "closed", "odd"],
        "grounds": [{}, *({"IN": one, "EU": two} for one in GROUNDS for two in GROUNDS)],
        "categories": LISTS,
        "is_marketing": FLAGS,
        "needs_explicit": FLAGS,
        "schedule_item": ["", "Fourth Schedule, Part B, item 3"],
        "is_tracking": FLAGS,
        "is_advertising": FLAGS,
        "is_detrimental": FLAGS,
        "needs_dpia": FLAGS,
        "special": LISTS,
        "criminal": LISTS,
        "duties": [(), *((one,) for one in DUTIES)],
        "findings": [{}, *({one: at} for one in FINDINGS for at in (NOW, NOW + DAY))],
        "material_version": VERSIONS,
    },
    "subject": {
        "packs": [(), ("IN",), ("EU",), ("IN", "EU"), ("EU", "IN"), ("CA",), ("IN", "IN")],
        "age": ["unknown", "child", "adult", "odd"],
        "adult_at": MAYBE,
        "is_ambiguous": FLAGS,
        "standings": [(), *STANDINGS],
        "suppressed": [(), ("email",), ("*",)],
        "region": ["", "IN", "IN-KA", "US", "DE-BE"],
        "provenance": PROVENANCE,
    },
    "consent": {
        "state": STATES,
        "since": TIMES,
        "expires_at": MAYBE,
        "purpose_version": VERSIONS,
        "is_explicit": FLAGS,
        "is_provable": FLAGS,
        "is_stale": FLAGS,
        "given_by": ["principal", "parent", "guardian", "odd"],
        "guardian_verified": FLAGS,
    },
    "commitment": {
        "reference": NAMES,
        "purpose": NAMES,
        "started_at": TIMES,
        "ends_at": MAYBE,
    },
}
Change = tuple[str, str, Any]  # part, member (empty: the whole part), new value
CHANGES: list[list[Change]] = [
    *(
        [(part, member, value) for value in values]
        for part, members in MEMBERS.items()
        for member, values in members.items()
    ),
    *([(part, "", None), (part, "", DEFAULTS[part])] for part in ("purpose", "subject")),
    [("consent", "", ConsentFacts()), ("commitment", "", None), ("service", "", ServiceFacts())],
    [("objected_marketing_at", "", value) for value in MAYBE],
    [("objections", "", value) for value in OBJECTIONS],
    [("recipients", "", (RecipientFacts("agency", country),)) for country in COUNTRIES],
    [("frozen", "", value) for value in ((), ("system:crm",))],
    [(name, "", value) for name in ("special", "criminal") for value in LISTS],
]


def changed(facts: Facts, new: Change) -> Facts:
    part, member, value = new
    if member:
        whole = getattr(facts, part) or DEFAULTS[part]
        value = replace(whole, **{member: value})
    return replace(facts, **{part: value})


# Every permitting scene with each single member changed to each value: the border of a permit.
BORDER = [
    changed(scene, new) for scene in PERMITTED.values() for member in CHANGES for new in member
]
NEAR = st.builds(
    lambda scene, changes: reduce(changed, changes, scene),
    st.sampled_from(list(PERMITTED.values())),
    st.lists(st.sampled_from(CHANGES).flatmap(st.sampled_from), max_size=6),
)
CASES = settings(max_examples=300, deadline=None, derandomize=True)


def _with_standing(facts, state):
    if facts.subject is None:
        return facts
    more = Standing(state, "everything", "", NOW)
    return change(facts, subject={"standings": (*facts.subject.standings, more)})


def _objecting(facts, kind, state):
    since = max(NOW, facts.consent.since)
    return replace(facts, objections=(*facts.objections, Objection(kind, state, since)))


def _withdrawn(facts):
    if facts.consent.state not in ("given", "renewed"):
        # Whoever holds no consent has no commitment resting on one.
        facts = replace(facts, commitment=None)
    since = max(facts.consent.since, NOW)
    return change(facts, consent={"state": "withdrawn", "since": since})


def _known_part(facts, part, **new):
    return facts if getattr(facts, part) is None else change(facts, **{part: new})


PROTECTIONS = {
    "withdraw": _withdrawn,
    "refuse": lambda f: change(f, consent={"state": "refused"}),
    "object": lambda f: replace(
        f, objected_marketing_at=max(NOW, f.consent.since, f.objected_marketing_at or 0)
    ),
    "object to one purpose": lambda f: _objecting(f, "particular_situation", "pending"),
    "uphold an objection": lambda f: _objecting(f, "particular_situation", "upheld"),
    "object to a volunteered use": lambda f: _objecting(f, "voluntary_use", "upheld"),
    "close every channel": lambda f: _known_part(f, "subject", suppressed=("*",)),
    "freeze": lambda f: replace(f, frozen=("system:crm",)),
    "end retention": lambda f: _with_standing(f, "expired"),
    "seal in the vault": lambda f: _with_standing(f, "vault"),
    "findings unknown": lambda f: _known_part(f, "purpose", findings={}),
    "country of the service unknown": lambda f: change(f, service={"country": ""}),
    "countries of recipients unknown": lambda f: replace(
        f, recipients=tuple(RecipientFacts(each.code) for each in f.recipients)
    ),
    "restrict": lambda f: _with_standing(f, "restricted"),
    "erase": lambda f: _with_standing(f, "erasing"),
    "die": lambda f: _with_standing(f, "deceased"),
    "subject unknown": lambda f: replace(f, subject=None),
    "purpose unknown": lambda f: replace(f, purpose=None),
    "service unknown": lambda f: replace(f, service=ServiceFacts()),
    "consent unknown": lambda f: consent_unknown(f, ConsentFacts()),
    "consent state unknown": lambda f: consent_unknown(f, replace(f.consent, state="unknown")),
    "evidence unknown": lambda f: change(f, consent={"is_provable": False}),
    "explicitness unknown": lambda f: change(f, consent={"is_explicit": False}),
    "giver unknown": lambda f: change(f, consent={"guardian_verified": False}),
    "time of consent unknown": lambda f: change(f, consent={"since": 0}),
    "version of consent unknown": lambda f: change(f, consent={"purpose_version": 0}),
    "commitment unknown": lambda f: replace(f, commitment=None),
    "contract unknown": lambda f: change(f, service={"has_contract": False}),
    "law unknown": lambda f: _known_part(f, "subject", packs=()),
    "residence unknown": lambda f: _known_part(f, "subject", region=""),
    "residence in India": lambda f: _known_part(f, "subject", region="IN"),
    "flags ended": ended,
    "identity ambiguous": lambda f: _known_part(f, "subject", is_ambiguous=True),
    "ground unknown": lambda f: _known_part(f, "purpose", grounds={}),
    "exemption unknown": lambda f: _known_part(f, "purpose", schedule_item=""),
    "state of purpose unknown": lambda f: _known_part(f, "purpose", state="draft"),
}


def check_reasons(facts):
    """The decision is the same twice, and its first reason decides and can be cited."""
    decision = decide(facts)

    first, order = (
        decision.reasons[0],
        [(each.rule, each.pack == "EU") for each in decision.reasons],
    )
    assert decide(facts) == decision
    assert (decision.rule, decision.reason_code) == (first.rule, first.code)
    assert len(set(order)) == len(order)
    assert decision.permit or order == sorted(order)
    for each in decision.reasons:
        assert each.refs
        assert all(texts.instrument(ref) for ref in each.refs)
        assert texts.reason_text(each.code) != texts.UNKNOWN_CODE


def check_permit(facts):
    """A permit ends, covers every law, and rests on a consent in force or an older commitment."""
    decision = decide(facts)

    if not decision.permit:
        assert decision.valid_until is None
        return
    assert (
        set(decision.basis) == set(decision.packs) == set(facts.subject.packs) - set(decision.off)
    )
    assert decision.off == {} or set(decision.off) == {"IN"} and is_exempt(facts)
    assert NOW < decision.valid_until <= NOW + facts.valid_seconds * 1_000_000
    if decision.basis.get("IN") == "consent" or decision.basis.get("EU") == "6-1-a":
        assert facts.consent.state in ("given", "renewed")
        assert facts.consent.is_provable
        assert facts.consent.expires_at is None or facts.consent.expires_at > NOW
    if decision.basis.get("IN") == "commitment":
        assert facts.consent.state == "withdrawn"
        assert 0 < facts.commitment.started_at < facts.consent.since


def check_hold(facts):
    """A legal hold changes nothing."""
    assert decide(_with_standing(facts, "hold")) == decide(facts)


def check_laws(facts):
    """One law's permit never outweighs another's denial."""
    if facts.subject is None:
        return
    alone = [decide(change(facts, subject={"packs": (pack,)})).permit for pack in ("IN", "EU")]

    assert decide(change(facts, subject={"packs": ("IN", "EU")})).permit == all(alone)


def check_topics(facts):
    """No rule that would fire is left out because of what a question is about."""
    about = topics(facts)
    for rule in RULES:
        if rule.about and any(rule.fires(facts, pack) for pack in rule.packs or ("",)):
            assert about & rule.about, rule.number


def check_child(facts):
    """In India a child is never tracked or targeted, but under the Fourth Schedule."""
    subject, purpose = facts.subject, facts.purpose
    if subject is None or purpose is None or "IN" not in subject.packs or subject.age != "child":
        return
    if subject.adult_at is not None and subject.adult_at <= facts.now:
        return
    if (purpose.is_tracking or purpose.is_advertising) and not purpose.schedule_item:
        assert not decide(facts).permit


def check_replay(facts):
    """Stored facts decide the same."""
    try:
        stored = msgspec.json.encode(facts)
    except UnicodeEncodeError:
        return  # such text never passes the wire

    assert decide(msgspec.json.decode(stored, type=Facts)) == decide(facts)


CHECKS = [
    check_reasons, check_permit, check_flag, check_hold, check_laws, check_topics, check_child,
    check_replay,
]  # fmt: skip


@pytest.mark.req("POL-07", "POL-08", "POL-09", "CON-12")
@pytest.mark.parametrize("check", CHECKS)
def test_holds_on_the_border_of_every_permit(check):
    for facts in BORDER:
        check(facts)


@pytest.mark.req("POL-07", "POL-08", "POL-09", "CON-12")
@pytest.mark.parametrize("check", CHECKS)
@CASES
@given(facts=NEAR)
def test_holds_beyond_the_border(check, facts):
    check(facts)


@pytest.mark.req("POL-08")
@pytest.mark.parametrize("protection", PROTECTIONS)
def test_protection_never_lifts_a_single_denial(protection):
    denied = [facts for facts in BORDER if not decide(facts).permit]

    lifted = [facts for facts in denied if decide(PROTECTIONS[protection](facts)).permit]

    assert len(denied) > 1_000
    assert lifted == []


@pytest.mark.req("POL-08")
@CASES
@given(facts=NEAR)
def test_protection_never_turns_a_denial_into_a_permit(facts):
    if not decide(facts).permit:
        lifting = [name for name, act in PROTECTIONS.items() if decide(act(facts)).permit]
        assert lifting == []
