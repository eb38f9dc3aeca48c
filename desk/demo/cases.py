"""Every interesting state of a person, and what the decision point must answer about them. Pure.

The answers are written by hand from the statutory rules, never computed: they are the demo's claim.
"""

from collections.abc import Mapping
from typing import NamedTuple

from desk.demo.companies import CLOSED, DRAFT, EMAIL, HEALTH, ORDERS, RECOMMENDATIONS


class Step(NamedTuple):
    """One event of a person: `ago` in days; `more` holds further columns of the import."""

    state: str
    ago: int
    purpose: str = EMAIL
    more: Mapping[str, str] = {}


class Expect(NamedTuple):
    """The answer to a question about them."""

    decision: bool
    reason_code: str


class Case(NamedTuple):
    """A state: the events that lead to it, the facts, what happens after the import, the answer.

    `expect` is by the company's law; a case is left out where the law does not know it.
    """

    state: str
    steps: tuple[Step, ...]
    expect: Mapping[str, Expect]
    purpose: str = EMAIL
    facts: Mapping[str, str] = {}
    then: str = ""


GIVEN = (Step("given", 200),)
SOMETHING_ELSE = (Step("refused", 150, RECOMMENDATIONS),)
UNPROVABLE = {"notice": "", "notice_version": "", "notice_language": "", "method": ""}
FIRST_NOTICE = {"notice_version": "1"}
CHILD = {"age_state": "child", "age_assurance": "declared", "adult_on": "+1200"}
BY_PARENT = {"given_by": "parent", "guardian_verification": "existing-account"}

PERMIT = {"IN": Expect(True, "PERMIT_IN:consent"), "EU": Expect(True, "PERMIT_EU:6-1-a")}
TWO_LAWS = {law: Expect(True, "PERMIT_IN:consent") for law in ("IN", "EU")}


def _deny(code: str, *laws: str) -> dict[str, Expect]:
    return {law: Expect(False, code) for law in laws or ("IN", "EU")}


CASES = (
    Case("given", GIVEN, PERMIT),
    Case("renewed", (Step("given", 480), Step("given", 60)), PERMIT),
    Case("refused", (Step("refused", 120),), _deny("CONSENT_REFUSED")),
    Case(
        "withdrawn",
        (Step("given", 300), Step("withdrawn", 20)),
        _deny("CONSENT_WITHDRAWN"),
    ),
    Case("expired", (Step("given", 400, more={"expires_at": "30"}),), _deny("CONSENT_EXPIRED")),
    Case("requested", (Step("requested", 10),), _deny("CONSENT_MISSING")),
    Case("deferred", (Step("requested", 12), Step("deferred", 11)), _deny("CONSENT_MISSING")),
    Case(
        "revoked",
        (Step("given", 300), Step("revoked", 40, more={"reason": "use_ended"})),
        _deny("CONSENT_REVOKED"),
    ),
    Case(
        "invalidated",
        (Step("given", 300), Step("invalidated", 35, more={"reason": "notice_defective"})),
        _deny("CONSENT_INVALID"),
    ),
    Case("never_asked", SOMETHING_ELSE, _deny("CONSENT_MISSING")),
    Case(
        "notice_changed",
        (Step("given", 350, more=FIRST_NOTICE),),
        _deny("RECONSENT_REQUIRED"),
    ),
    Case("unprovable", (Step("given", 500, more=UNPROVABLE),), _deny("CONSENT_UNPROVABLE")),
    Case("residence_unknown", GIVEN, _deny("JURISDICTION_UNKNOWN"), facts={"residence": ""}),
    Case("two_laws", GIVEN, TWO_LAWS, facts={"residence": "abroad"}),
    Case("child", GIVEN, _deny("PARENTAL_CONSENT_REQUIRED", "IN"), facts=CHILD),
    Case(
        "child_with_parent",
        (Step("given", 90, more=BY_PARENT),),
        {"IN": PERMIT["IN"]},
        facts=CHILD,
        then="has_parent",
    ),
    Case("restricted", GIVEN, _deny("PROCESSING_RESTRICTED", "EU"), then="restricted"),
    Case("objected", GIVEN, _deny("OBJECTED_DIRECT_MARKETING", "EU"), then="objected"),
    Case("objected_then_agreed", GIVEN, {"EU": PERMIT["EU"]}, then="objected_then_agreed"),
    Case("erasing", GIVEN, _deny("ERASURE_PENDING"), then="erasing"),
    Case("erased", GIVEN, _deny("SUBJECT_ERASED"), then="erased"),
    Case("deceased", GIVEN, _deny("SUBJECT_DECEASED"), then="deceased"),
    Case(
        "commitment",
        (Step("given", 300, ORDERS), Step("withdrawn", 4, ORDERS)),
        _deny("CONSENT_WITHDRAWN", "IN"),  # unless the question names the order
        purpose=ORDERS,
        then="has_order",
    ),
    Case("contract", SOMETHING_ELSE, {"EU": Expect(True, "PERMIT_EU:6-1-b")}, purpose=ORDERS),
    Case(
        "explicit",
        (Step("given", 80, HEALTH, {"is_explicit": "true"}),),
        {"EU": PERMIT["EU"]},
        purpose=HEALTH,
    ),
    Case(
        "not_explicit",
        (Step("given", 80, HEALTH),),
        _deny("EXPLICIT_CONSENT_REQUIRED", "EU"),
        purpose=HEALTH,
    ),
    Case("purpose_closed", (Step("given", 380, CLOSED),), _deny("PURPOSE_CLOSED"), purpose=CLOSED),
    Case("purpose_draft", SOMETHING_ELSE, _deny("PURPOSE_UNKNOWN"), purpose=DRAFT),
)
EACH = 4
"""So many people of each case at each company."""
