"""Reserved purposes pass by exactly the gates listed, with a case, and nothing else."""

import pytest
from msgspec.structs import replace

from policies.pdp.engine import decide
from policies.pdp.model import Commitment, Objection, Standing
from policies.pdp.policy import Verdict
from policies.rules import RULES
from policies.rules.permit import NOTHING_MATCHED
from policies.rules.reserved import RESERVED
from tests.policies import test_rules, test_rules_1_5, test_rules_6_12
from tests.policies.scenes import BOTH, DAY, NOW, change

DENIED = [*test_rules.DENIED, *test_rules_1_5.DENIED, *test_rules_6_12.DENIED]
GATE = {rule.number: rule.gate for rule in RULES}
TABLE = {
    "sys.rights": {2, 4, 6, 7},
    "sys.legal_obligation": {2, 4, 6, 7},
    "sys.legal_claim": {2, 4, 6, 7},
    "sys.authority_request": set(),
    "sys.security": {2, 4, 6, 7},
    "sys.vital": {4, 6, 7},
    "sys.preserve": set(),
}
GROUNDS = {"IN": "s7d", "EU": "6-1-c"}


def reserved(facts, code, **question):
    """The scene, asked for a reserved purpose that rests on the law, with its case."""
    purpose = facts.purpose and replace(
        facts.purpose, code=code, grounds=GROUNDS, is_marketing=False,
        findings={**facts.purpose.findings, "s7d": NOW + 300 * DAY},
    )  # fmt: skip
    asked = replace(facts.question, purpose=code, case="C-1", **question)
    broken = {"emergency_until": NOW + DAY} if code == "sys.vital" else {}
    return replace(facts, purpose=purpose, question=asked, **broken)


CALM = change(BOTH, consent={"state": "unknown", "is_provable": False})


@pytest.mark.req("POL-08")
@pytest.mark.parametrize("code", TABLE)
def test_it_permits_without_consent_and_says_so(code):
    decision = decide(reserved(CALM, code))

    assert decision.permit, decision.reasons
    assert {(each.rule, each.code) for each in decision.reasons} == {("R94", "PERMIT_RESERVED")}
    assert decision.basis == GROUNDS


OF_OTHERS = {"R29", "R93", "R94", "R95", "R99"}
"""Permits, and R29: provenance flags take nothing from a purpose of the law, nor add to it."""


@pytest.mark.req("POL-08")
@pytest.mark.parametrize("code", TABLE)
def test_it_passes_by_the_listed_gates_and_no_other(code):
    """Every scene in which a rule denies: the same rule denies still, unless its gate is listed."""
    bypassed = set()
    for _, _, _, facts in DENIED:
        asked = reserved(facts, code)
        ordinary = reserved(facts, "plain.purpose")
        denying = {each.rule for each in decide(ordinary).reasons} - OF_OTHERS
        still = {each.rule for each in decide(asked).reasons}
        for rule in denying - still:
            bypassed.add(rule)
            assert GATE[rule] in TABLE[code] or rule == "R11"
            assert rule not in ("R10", "R08")
        passed = {rule for rule in denying & still if GATE[rule] in TABLE[code]}
        assert passed <= {"R10", "R11"}
    assert bool(bypassed) is bool(TABLE[code]) or code == "sys.authority_request"


@pytest.mark.parametrize("code", TABLE)
def test_what_is_erased_stays_erased(code):
    erased = change(CALM, subject={"standings": (Standing("erased", "everything", "", NOW),)})

    assert decide(reserved(erased, code)).reason_code == "SUBJECT_ERASED"


@pytest.mark.parametrize("code", TABLE)
def test_it_needs_its_case(code):
    nameless = change(reserved(CALM, code), question={"case": " "})
    if code == "sys.vital":  # its case is the use of break-glass, which we know of ourselves
        nameless = replace(nameless, emergency_until=None)

    assert decide(nameless).reason_code == "RESERVED_CASE_REQUIRED"


@pytest.mark.parametrize(
    ("code", "operations", "reason"),
    [
        ("sys.rights", ("Access",), "PERMIT_RESERVED"),
        ("sys.rights", ("Access", "Use"), "RETENTION_VAULT_ONLY"),
        ("sys.rights", (), "RETENTION_VAULT_ONLY"),
        ("sys.authority_request", (), "PERMIT_RESERVED"),
        ("sys.legal_claim", (), "PERMIT_RESERVED"),
        ("sys.vital", (), "RETENTION_VAULT_ONLY"),
        ("sys.preserve", (), "RETENTION_VAULT_ONLY"),
    ],
)
def test_the_vault_opens_only_to_those_listed(code, operations, reason):
    vaulted = change(
        CALM, subject={"standings": (Standing("vault", "everything", "", NOW),)},
        purpose={"operations": ("Access", "Use")},
    )  # fmt: skip

    assert decide(reserved(vaulted, code, operations=operations)).reason_code == reason


def test_one_that_rests_on_consent_asks_for_it_like_any_other():
    claimed = reserved(CALM, "sys.legal_claim")
    on_consent = change(claimed, purpose={"grounds": {"IN": "consent", "EU": "6-1-c"}})

    assert [each.rule for each in decide(on_consent).reasons] == ["R65"]


def test_a_name_that_is_not_in_the_table_is_an_ordinary_purpose():
    objected = replace(
        reserved(CALM, "sys.fishing"),
        objections=(Objection("particular_situation", "upheld", NOW),),
    )

    assert decide(objected).reason_code == "OBJECTED"
    assert decide(reserved(CALM, "sys.fishing")).reason_code == "PERMIT_IN:s7d"


def test_a_company_cannot_narrow_what_the_law_asks_for():
    class Never:
        number = 7

        def judge(self, _facts):
            return Verdict((NOTHING_MATCHED.reason,))

    assert decide(reserved(CALM, "sys.vital"), Never()).permit
    assert not decide(BOTH, Never()).permit
    assert decide(reserved(CALM, "sys.vital"), Never()).policy_version.endswith("+7")


def test_no_commitment_is_needed_or_told():
    withdrawn = change(CALM, consent={"state": "withdrawn"})
    committed = replace(withdrawn, commitment=Commitment(reference="x"))

    assert decide(reserved(committed, "sys.legal_claim")).rule == "R94"


def test_the_table_is_whole():
    assert {code: set(one.gates) for code, one in RESERVED.items()} == TABLE
    assert all(one.refs.keys() == {"IN", "EU"} for one in RESERVED.values())
