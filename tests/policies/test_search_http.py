"""Searches over HTTP: what they find, and how pages follow each other."""

import pytest

from accounts import services as accounts
from consent import services as consent
from tests.factories.company import AUTHOR, DELIVERY, OFFERS, SURVEYS, company
from tests.factories.policies import in_force, rule
from tests.policies.searches import ACTION, RESOURCE, SUBJECT, ids, people

EMAIL = "asha.rao@example.in"


@pytest.mark.req("POL-03")
class TestASearchForPeople:
    def test_finds_who_may_be_contacted_and_nobody_else(self, lotus, search):
        made = people(lotus, 7)

        found = search(lotus)

        assert found["results"] == [{"type": "customer", "id": str(one.id)} for one in made[::2]]
        assert found["page"] == {"next_token": "", "count": 4}

    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
    def test_comes_in_pages_that_follow_each_other(self, lotus, search, limit):
        made = people(lotus, 8)
        seen, token = [], ""

        for _ in range(9):
            found = search(lotus, page={"limit": limit, "token": token})
            assert len(found["results"]) <= limit
            seen += ids(found)
            token = found["page"]["next_token"]
            if not token:
                break

        assert token == ""
        assert seen == [str(one.id) for one in made[::2]]

    def test_does_not_find_who_withdrew_between_two_pages(self, lotus, search):
        made = people(lotus, 6)
        first = search(lotus, page={"limit": 1})

        lotus.withdraws(made[2])
        rest = search(lotus, page={"token": first["page"]["next_token"]})

        assert ids(first) + ids(rest) == [str(made[0].id), str(made[4].id)]

    @pytest.mark.parametrize(
        "members",
        [
            {"resource": {"type": "parcel"}}, {"subject": {"type": "service", "id": "other"}},
            {"subject": {"type": "user", "id": "mailer"}},
            {"action": {"name": "activate", "properties": {"purpose": "no.such"}}},
            {"action": {"name": "sell", "properties": {"purpose": OFFERS}}},
            {"action": {"name": "activate"}},
        ],
    )  # fmt: skip
    def test_about_what_nobody_may_do_is_empty_and_says_so_at_once(self, lotus, search, members):
        people(lotus, 3)

        found = search(lotus, page={"limit": 1}, **members)

        assert found["results"] == []
        assert found["page"] == {"next_token": "", "count": 0}

    def test_stays_within_the_company(self, lotus, search):
        people(lotus, 3)
        other = company("rival")
        stranger = other.person()
        other.yes(stranger)

        assert ids(search(other)) == [str(stranger.id)]

    def test_needs_no_id_of_a_person_and_ignores_one(self, lotus, asha, search):
        for resource in ({"type": "customer"}, {"type": "customer", "id": None}):
            assert ids(search(lotus, resource=resource)) == [str(asha.id)]

    def test_says_until_when_all_of_it_holds(self, lotus, asha, search, ask):
        found = search(lotus)

        context = found["context"]
        assert context["policy_version"] == ask(lotus, asha)["context"]["policy_version"]
        assert context["valid_until"] > "2026"


@pytest.mark.req("POL-07", "POL-03")
class TestTheVeryNextSearch:
    """Each change is made while the server holds the catalogue of the search before."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda lotus: lotus.publishes(),
            lambda lotus: lotus.purpose(OFFERS),
            lambda lotus: consent.close_purpose(by=AUTHOR, purpose=lotus.versions[OFFERS].purpose),
            lambda lotus: accounts.change_service(
                by=AUTHOR, service=lotus.service, is_active=True, purposes=[SURVEYS]
            ),
            lambda lotus: in_force(lotus.id, rule("no_letters", channels=["letter"])),
        ],
        ids=["notice", "purpose", "closed", "service", "guardrail"],
    )
    def test_sees_a_change(self, lotus, asha, search, change):
        action = lotus.question(asha, channel="letter")["action"]
        before = ids(search(lotus, action=action))

        change(lotus)

        assert before == [str(asha.id)]
        assert ids(search(lotus, action=action)) == []

    def test_is_refused_to_a_key_that_was_revoked(self, http, lotus, asha, search):
        search(lotus)

        accounts.revoke_key(by=AUTHOR, key=lotus.key)

        answer = http.post(RESOURCE, json=lotus.question("x"), headers=lotus.headers)
        assert answer.status_code == 401


@pytest.mark.req("POL-03")
class TestASearchForCallers:
    def test_finds_the_service_itself_where_it_may(self, lotus, asha, search):
        about = lotus.question(asha)["resource"]
        subject = {"type": "service"}

        before = search(lotus, SUBJECT, resource=about, subject=subject)
        lotus.withdraws(asha)
        after = search(lotus, SUBJECT, resource=about, subject=subject)

        assert before["results"] == [{"type": "service", "id": "mailer"}]
        assert after["results"] == []

    def test_finds_nobody_of_a_type_that_does_not_exist(self, lotus, asha, search):
        about = lotus.question(asha)["resource"]

        assert search(lotus, SUBJECT, resource=about, subject={"type": "user"})["results"] == []


@pytest.mark.req("POL-03")
class TestASearchForActions:
    @pytest.fixture
    def about(self, lotus, asha):
        lotus.purpose(SURVEYS, is_marketing=False)
        lotus.asks_for(DELIVERY)
        lotus.yes(asha, purpose=DELIVERY)
        return {"resource": lotus.question(asha)["resource"], "action": None}

    def test_finds_what_the_service_may_do(self, lotus, search, about):
        found = search(lotus, ACTION, **about)

        assert {one["properties"]["purpose"] for one in found["results"]} == {OFFERS, DELIVERY}
        assert {one["name"] for one in found["results"]} == {"activate"}

    def test_comes_in_pages(self, lotus, search, about):
        first = search(lotus, ACTION, page={"limit": 1}, **about)
        token = first["page"]["next_token"]
        second = search(lotus, ACTION, page={"limit": 1, "token": token}, **about)

        found = first["results"] + second["results"]
        assert {one["properties"]["purpose"] for one in found} == {OFFERS, DELIVERY}

    def test_finds_the_person_by_the_companys_own_identifier(self, lotus, search, about):
        about["resource"] = lotus.by_email(EMAIL)["resource"]

        assert len(search(lotus, ACTION, **about)["results"]) == 2

    def test_about_somebody_unknown_is_empty(self, lotus, search, about):
        about["resource"]["id"] = "nobody"

        assert search(lotus, ACTION, **about)["results"] == []


@pytest.mark.req("POL-03", "POL-11")
class TestAnObligation:
    @pytest.fixture(autouse=True)
    def why(self, lotus):
        in_force(lotus.id, rule("why", "require", obligation="why_am_i_seeing_this"))

    def test_goes_with_the_results_it_belongs_to(self, lotus, search):
        people(lotus, 3)

        (found,) = search(lotus)["context"]["obligations"]

        assert (found["id"], found["type"]) == ("why_am_i_seeing_this", "custom")
        assert found["results"] == [0, 1]

    @pytest.mark.parametrize(
        ("supported", "count"), [(["why_am_i_seeing_this"], 2), (["custom"], 2), (["other"], 0)]
    )
    def test_that_a_caller_cannot_meet_drops_the_result(self, lotus, search, supported, count):
        people(lotus, 3)

        found = search(lotus, context={"supported_obligations": supported})

        assert len(found["results"]) == count


@pytest.mark.req("POL-03")
class TestATokenOfAPage:
    @pytest.fixture
    def token(self, lotus, search):
        people(lotus, 4)
        return search(lotus, page={"limit": 1})["page"]["next_token"]

    def refused(self, http, asker, token, path=RESOURCE, **members):
        body = {**asker.question("ignored"), **members, "page": {"token": token}}
        answer = http.post(path, json=body, headers=asker.headers)
        return answer.status_code == 400 and "page token" in answer.json()

    def test_serves_the_same_question_only(self, http, lotus, token):
        question = lotus.question()
        changes = [
            {"action": {"name": "activate", "properties": {"purpose": SURVEYS}}},
            {"action": {**question["action"], "name": "sell"}},
            {"action": {"name": "activate", "properties": {"purpose": OFFERS, "channel": "sms"}}},
            {"subject": {"type": "service", "id": "other"}}, {"resource": {"type": "parcel"}},
            {"resource": {"type": "customer", "properties": {"region": "KA"}}},
            {"context": {"campaign": "c-9"}},
        ]  # fmt: skip

        assert [self.refused(http, lotus, token, **one) for one in changes] == [True] * len(changes)
        assert not self.refused(http, lotus, token)

    @pytest.mark.parametrize("path", [SUBJECT, ACTION])
    def test_serves_no_other_kind_of_search(self, http, lotus, token, path):
        assert self.refused(http, lotus, token, path)

    def test_serves_no_other_caller(self, http, lotus, token):
        assert self.refused(http, company("rival"), token)

    def test_serves_the_same_service_with_its_next_key_and_another_limit(self, http, lotus, token):
        _, secret = accounts.issue_key(by=AUTHOR, service=lotus.service)
        body = {**lotus.question("x"), "page": {"token": token, "limit": 2}}
        answer = http.post(RESOURCE, json=body, headers={"Authorization": f"Bearer {secret}"})

        assert answer.status_code == 200, answer.text

    @pytest.mark.parametrize("wrong", ["x", "AAAA", "é", "A" * 1024, "A" * 80, EMAIL])
    def test_is_no_text_of_the_callers_own(self, http, lotus, wrong):
        assert self.refused(http, lotus, wrong)

    def test_serves_nobody_without_a_key(self, http, lotus, token):
        body = {**lotus.question("x"), "page": {"token": token}}

        assert http.post(RESOURCE, json=body).status_code == 401
