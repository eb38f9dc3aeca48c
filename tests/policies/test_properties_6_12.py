"""The same properties around scope, transfers, models, capacity and reserved purposes."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from policies.pdp.engine import decide
from policies.pdp.model import AIUse, ModelFacts, Provenance, RecipientFacts, Standing
from policies.rehearsal.trail import trail
from policies.rules.ground import CERTAIN_USES
from policies.rules.standing import covers
from tests.policies.flagged import is_exempt
from tests.policies.scenes import BOTH, CHILD, DAY, NOW, OUTSOURCED, PUBLISHED, change
from tests.policies.test_engine_properties import CASES, CHECKS, PROTECTIONS, changed
from tests.policies.test_reserved import CALM, TABLE, reserved
from tests.policies.test_rules_6_12 import (
    ABROAD,
    GROWN,
    GUARDED,
    ON_CONTRACT,
    POST,
    SDF,
    SPECIAL,
    WATCHED,
    YOUNG,
    to,
)

FLAGS = [False, True]
WHEN = [None, NOW - DAY, NOW, NOW + 1, NOW + DAY]
SUPPORTED = [None, (), ("mask",), ("custom",), ("mask", "no_onward_transfer")]
OPERATIONS = [(), ("Use",), ("Use", "Access"), ("Access",), ("Disclose",)]
MODELS = [
    None, ModelFacts(), WATCHED, replace(WATCHED, is_high_risk=True),
    replace(WATCHED, has_oversight=False, is_high_risk=True),
    replace(WATCHED, has_review_route=False), replace(WATCHED, is_prohibited=True),
    replace(WATCHED, diligence_until=NOW), replace(WATCHED, authorising_law="L"),
]  # fmt: skip
USES = [
    AIUse(model="prop-7", automation=automation, is_significant=grave)
    for automation in ("FullAutomation", "AssistiveAutomation", "odd") for grave in FLAGS
]  # fmt: skip
PARTIES = [
    RecipientFacts("post", country, tool, ends, is_state, order)
    for country in ("", "DE", "US") for tool in ("", "scc", "adequacy") for ends in (None, NOW)
    for is_state, order in ((False, ""), (True, ""), (True, "G.S.R. 1(E)"))
]  # fmt: skip
INACCURATE = (Standing("inaccurate", "everything", "", NOW - DAY),)
CHANGES = [
    [("question", "operations", value) for value in OPERATIONS],
    [("question", "data", value) for value in ((), ("pd:EmailAddress",), ("pd:Age", "x"))],
    [("question", "recipients", value) for value in ((), ("post",), ("post", "x"))],
    [("question", "destination", value) for value in ("", "DE", "US", "CH", "Atlantis")],
    [("question", "supported", value) for value in SUPPORTED],
    [("question", "ai", value) for value in (None, *USES)],
    [("question", "gpc", value) for value in FLAGS],
    [("question", "case", value) for value in ("", "C-1")],
    [("purpose", "operations", value) for value in OPERATIONS],
    [("purpose", "recipients", value) for value in ((), ("post",))],
    [("purpose", "uses_ai", value) for value in FLAGS],
    [("purpose", "duties", value) for value in ((), ("sdf",))],
    [("subject", "has_guardian", value) for value in FLAGS],
    [("subject", "consents_at", value) for value in WHEN],
    [("subject", "adult_at", value) for value in WHEN],
    [("subject", "age", value) for value in ("adult", "child", "unknown")],
    [("subject", "standings", value) for value in ((), INACCURATE)],
    [("subject", "packs", value) for value in (("IN",), ("EU",), ("IN", "EU"), ("CA",))],
    [("subject", "region", value) for value in ("", "IN", "US")],
    [
        ("subject", "provenance", value)
        for value in (
            (),
            (Provenance("outsourced"),),
            (Provenance("published", "pd:EmailAddress"),),
        )
    ],
    [("consent", "given_by", value) for value in ("principal", "parent", "guardian")],
    [("consent", "guardian_verified", value) for value in FLAGS],
    [("consent", "is_legacy", value) for value in FLAGS],
    [("consent", "is_noticed", value) for value in FLAGS],
    [("consent", "is_explicit", value) for value in FLAGS],
    [("model", "", value) for value in MODELS],
    [("sink", "", value) for value in ("", "live")],
    [("recipients", "", value) for value in ((), *((one,) for one in PARTIES))],
    [("special", "", value) for value in ((), ("pd:Health",))],
]
SCENES = [
    GUARDED, YOUNG, GROWN, CHILD, BOTH, ON_CONTRACT, SPECIAL, SDF, to(POST), to(ABROAD),
    OUTSOURCED, PUBLISHED,
    *(reserved(CALM, code) for code in TABLE),
]  # fmt: skip
BORDER = [changed(scene, new) for scene in SCENES for member in CHANGES for new in member]
NEAR = st.builds(
    lambda scene, changes: reduce(changed, changes, scene),
    st.sampled_from(SCENES),
    st.lists(st.sampled_from(CHANGES).flatmap(st.sampled_from), max_size=7),
)


def _unregistered(facts):
    """The parties are gone from the registry: of those named or declared only the codes remain."""
    named = facts.question.recipients or (facts.purpose.recipients if facts.purpose else ())
    return (
        replace(facts, recipients=tuple(RecipientFacts(code) for code in named)) if named else None
    )


def _known(facts, **new):
    return facts if facts.purpose is None else change(facts, purpose=new)


UNKNOWN = {
    "model": lambda f: f.question.ai and replace(f, model=None),
    "due diligence": lambda f: f.model and replace(f, model=replace(f.model, diligence_until=None)),
    "risk": lambda f: f.model and replace(f, model=replace(f.model, is_high_risk=True)),
    "effect": lambda f: f.model and replace(f, model=replace(f.model, is_significant=True)),
    "oversight": lambda f: f.model and replace(f, model=replace(f.model, has_oversight=False)),
    "review": lambda f: f.model and replace(f, model=replace(f.model, has_review_route=False)),
    "record": lambda f: replace(f, sink=""),
    "recipients": lambda f: f.purpose and f.purpose.recipients and replace(f, recipients=()),
    "operations of the purpose": lambda f: _known(f, operations=()),
    "categories of the purpose": lambda f: _known(f, categories=()),
    "AI in the purpose": lambda f: _known(f, uses_ai=False),
    "age of consent": lambda f: f.subject and change(f, subject={"consents_at": None}),
    "case": lambda f: change(f, question={"case": ""}),
    "accuracy": lambda f: f.subject and change(
        f, subject={"standings": (*f.subject.standings, *INACCURATE)}),
}  # fmt: skip
# A protection is about the person's own choice; a reserved purpose may pass some of them by.
ALL = {
    **PROTECTIONS,
    "countries of recipients unknown": _unregistered,
    **{f"{name} unknown": act for name, act in UNKNOWN.items()},
}


def is_reserved(facts):
    return facts.question.purpose in TABLE


def check_ground(facts):
    """In India nothing is permitted without consent, a commitment or a use section 7 lists."""
    decision = decide(facts)
    basis = decision.basis.get("IN")
    assert basis in (None, "consent", "commitment", *CERTAIN_USES)
    if decision.permit and "IN" in facts.subject.packs and basis is None:
        assert is_exempt(facts)


def check_live(facts):
    """Outside reserved purposes nothing but a live record permits; what is erased never does."""
    decision = decide(facts)
    if not decision.permit:
        return
    stopping = ("erased",) if is_reserved(facts) else ("erased", "erasing", "vault", "deceased")
    for each in facts.subject.standings:
        assert not (each.state in stopping and covers(each, facts))


def check_obligations(facts):
    """Whoever said what it can fulfil gets no permit that asks for more."""
    decision, supported = decide(facts), facts.question.supported
    if decision.permit and supported is not None and "custom" not in supported:
        mandatory = {"mask", "no_onward_transfer", "human_review_before_effect"}
        assert mandatory.intersection(each.code for each in decision.obligations) <= {*supported}


def check_trail(facts):
    """The trail tells of the same decision."""
    denying = [each.rule.number for each in trail(facts) if each.said == "denied"]
    assert denying == [] or denying == [each.rule for each in decide(facts).reasons]


MINE = [check_ground, check_live, check_obligations, check_trail]


@pytest.mark.req("POL-07", "POL-08", "POL-09", "POL-16", "POL-17", "POL-18")
@pytest.mark.parametrize("check", [*CHECKS, *MINE])
def test_holds_on_the_border(check):
    for facts in BORDER:
        check(facts)


@pytest.mark.req("POL-07", "POL-08", "POL-09", "POL-16", "POL-17", "POL-18")
@pytest.mark.parametrize("check", [*CHECKS, *MINE])
@CASES
@given(facts=NEAR)
def test_holds_beyond_the_border(check, facts):
    check(facts)


@pytest.mark.req("POL-08")
@pytest.mark.parametrize("protection", ALL)
def test_protection_never_lifts_a_denial(protection):
    denied = [facts for facts in BORDER if not decide(facts).permit]
    protected = [ALL[protection](facts) or facts for facts in denied]

    lifted = [(each, decide(each)) for each in protected if decide(each).permit]

    assert len(denied) > 500
    assert lifted == []


@pytest.mark.req("POL-08")
@CASES
@given(facts=NEAR)
def test_protection_never_turns_a_denial_into_a_permit(facts):
    if not decide(facts).permit:
        assert [name for name, act in ALL.items() if decide(act(facts) or facts).permit] == []
