"""The four cases that rule 10 of the DPDP Rules illustrates: a child's account and its parent."""

from dataclasses import dataclass

import pytest

from consent.family.verifiers import Claim, Verdict
from tests.stories.town import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("CON-22", "CON-23")]
ACCOUNT = "accounts.open"


@dataclass
class Locker:
    """An entity entrusted with identity details: it knows one token, of an adult."""

    def check(self, claim: Claim) -> Verdict:
        if claim.token == "token-of-an-adult":
            return Verdict(True, "adult_confirmed", "LOCKER-1")
        return Verdict(False, "token_not_recognised")


@pytest.fixture(autouse=True)
def _locker(settings):
    settings.PARENT_VERIFIERS = {
        **settings.PARENT_VERIFIERS, "virtual_token": f"{__name__}.Locker",
    }  # fmt: skip


@pytest.fixture
def site_of_y(http):
    """An online service with accounts."""
    house = opened(http, "playground", ACCOUNT)
    house.asks_about(ACCOUNT)
    return house


@pytest.fixture
def c(site_of_y):
    return site_of_y.person("c@example.in", age_state="child", age_assurance="declared")


def parent(house, *, is_registered):
    """P, whose reliable identity and age details the company holds only if P is registered."""
    assurance = "verified" if is_registered else "unknown"
    state = "adult" if is_registered else "unknown"
    return house.person("p@example.in", age_state=state, age_assurance=assurance)


def verified(house, c, p, *, begun_by, is_registered, **method):
    body = {
        "child": str(c.id), "parent": str(p.id), "begun_by": begun_by,
        "registered": is_registered,
    }  # fmt: skip
    named = house.api.post("/parents", body)
    assert named.status_code == 201, named.content
    checked = house.api.post(f"/parents/{named.json()['id']}/check", method)
    return {**checked.json(), "case": named.json()["case"]}


CASES = [
    # case, who speaks first, whether P is registered, how P is found to be an adult
    (1, "child", True, {"method": "existing_details"}),
    (2, "child", False, {"method": "virtual_token", "token": "token-of-an-adult"}),
    (3, "parent", True, {"method": "existing_details"}),
    (4, "parent", False, {"method": "virtual_token", "token": "token-of-an-adult"}),
]


@pytest.mark.parametrize(("case", "begun_by", "is_registered", "method"), CASES)
def test_p_is_found_to_be_an_adult_and_decides_for_c(
    site_of_y, c, case, begun_by, is_registered, method
):
    p = parent(site_of_y, is_registered=is_registered)
    own = site_of_y.says_yes(c, ACCOUNT)
    assert not site_of_y.permits(c, ACCOUNT), own.content

    found = verified(site_of_y, c, p, begun_by=begun_by, is_registered=is_registered, **method)
    answer = site_of_y.says_yes(c, ACCOUNT, given_by="parent", guardian=str(p.id))

    assert (found["state"], found["case"]) == ("verified", case), found
    assert answer.status_code == 201, answer.content
    assert site_of_y.permits(c, ACCOUNT)


@pytest.mark.parametrize(("is_registered", "method"), [
    (True, {"method": "virtual_token", "token": "forged"}),
    (False, {"method": "virtual_token", "token": "forged"}),
    (False, {"method": "existing_details"}),
])  # fmt: skip
def test_somebody_who_is_not_found_to_be_an_adult_decides_nothing(
    site_of_y, c, is_registered, method
):
    p = parent(site_of_y, is_registered=False)

    verified(site_of_y, c, p, begun_by="child", is_registered=is_registered, **method)
    answer = site_of_y.says_yes(c, ACCOUNT, given_by="parent", guardian=str(p.id))

    assert (answer.status_code, answer.json()["code"]) == (422, "guardian_not_verified")
    assert not site_of_y.permits(c, ACCOUNT)
