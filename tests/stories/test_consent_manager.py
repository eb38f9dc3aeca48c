"""The illustration to the First Schedule, Part B of the DPDP Rules: a consent manager."""

import pytest

from tests.consent.signing import entered
from tests.stories.town import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("CON-27")]
STATEMENT, SHARING = "loans.statement_review", "accounts.statement_sharing"


def words(house, purpose):
    found = house.api.get("/notices", {"purpose": purpose}).json()
    return {"notice": found["version"], "language": "en"}


def test_case_1_x_gives_consent_to_b1_through_p(http):
    """B1 asks on P for X's bank statement, which X keeps in her own digital locker."""
    b1 = opened(http, "bank-one", STATEMENT)
    b1.asks_about(STATEMENT, data=("pd:BankAccount",))
    p, x = entered(b1, "platform"), b1.person()
    assert b1.why(x, STATEMENT) == "CONSENT_MISSING"

    answer = p.post("/consents", p.passes_on(x, "given", STATEMENT, **words(b1, STATEMENT)))

    assert answer.status_code == 201, answer.content
    assert b1.permits(x, STATEMENT)
    assert answer.json()["receipt"]["given_by"] == "consent_manager"


def test_case_2_x_routes_her_consent_through_b2_which_sends_the_statement(http):
    """X's account is with B2: through P she tells B2 to send its statement to B1."""
    b2 = opened(http, "bank-two", SHARING)
    b2.app("bank-one")
    b2.asks_about(SHARING, data=("pd:BankAccount",), recipients=("bank-one",))
    p, x = entered(b2, "platform"), b2.person()
    assert not b2.permits(x, SHARING, recipients=["bank-one"])

    p.post("/consents", p.passes_on(x, "given", SHARING, **words(b2, SHARING)))

    assert b2.permits(x, SHARING, recipients=["bank-one"], data=["pd:BankAccount"])
    assert not b2.permits(x, SHARING, recipients=["post"])


def test_what_was_given_on_p_is_withdrawn_on_p(http):
    b1 = opened(http, "bank-one", STATEMENT)
    b1.asks_about(STATEMENT, data=("pd:BankAccount",))
    p, x = entered(b1, "platform"), b1.person()
    p.post("/consents", p.passes_on(x, "given", STATEMENT, **words(b1, STATEMENT)))

    answer = p.post("/consents", p.passes_on(x, "withdrawn", STATEMENT))

    assert answer.status_code == 201, answer.content
    assert b1.why(x, STATEMENT) == "CONSENT_WITHDRAWN"
