"""Searches over HTTP: what they find, how pages follow each other, what is refused and recorded."""

import json

import msgspec
import pytest

from accounts import services as accounts
from audit.uses import uses_of
from policies.pdp import batch, search_record
from policies.pdp import search as searching
from policies.pdp.engine import decide
from tests.factories.company import AUTHOR, DELIVERY, OFFERS, SURVEYS, company
from tests.factories.point import asked
from tests.factories.policies import in_force, rule

JSON = {"Content-Type": "application/json"}
EMAIL = "asha.rao@example.in"
RESOURCE, SUBJECT, ACTION = (
    f"/access/v1/search/{kind}" for kind in ("resource", "subject", "action")
)
SEARCHES = [RESOURCE, SUBJECT, ACTION]

SOMETHING = {
    "subject": {"type": "service", "id": "mailer"},
    "action": {"name": "activate", "properties": {"purpose": OFFERS}},
    "resource": {"type": "customer", "id": "nobody"},
}


@pytest.fixture
def search(http):
    """Searches, and gives the answer; whatever is not one fails the test."""

    def send(asker, path=RESOURCE, page=None, **members):
        body = {**asker.question("ignored"), **members}
        if page is not None:
            body["page"] = page
        answer = http.post(path, json=body, headers=asker.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return send


def people(lotus, count):
    """So many people, of whom every second said yes; in the order of their ids."""
    made = [lotus.person(f"person{n}@example.in") for n in range(count)]
    for person in made[::2]:
        lotus.yes(person)
    return made


def ids(found):
    return [one["id"] for one in found["results"]]


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


@pytest.mark.req("POL-07")
class TestASearchInTrouble:
    def find(self, lotus, times=1):
        async def work(client, _point):
            body = lotus.question("x")
            found = [
                await client.post(RESOURCE, json=body, headers=lotus.headers) for _ in range(times)
            ]
            return found[-1]

        return asked(work)

    @pytest.mark.parametrize("step", ["facts.look_up", "search_record.append", "tokens.seal"])
    def test_finds_nobody_and_records_nothing(self, lotus, asha, monkeypatch, superuser, step):
        def broken(*_, **__):
            raise ZeroDivisionError

        lotus.yes(lotus.person("ravi@example.in"))
        module, name = step.split(".")
        monkeypatch.setattr(getattr(searching, module), name, broken)
        monkeypatch.setattr(searching, "SCANNED", 1)
        monkeypatch.setattr(searching, "WINDOW", 1)

        answer = self.find(lotus)

        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        query = "SELECT count(*) FROM audit_entryindex WHERE event = 'search:made'"
        assert superuser.execute(query).fetchone() == (0,)

    def test_drops_the_one_result_it_cannot_decide(self, lotus, monkeypatch):
        made, seen, decide = people(lotus, 5), [], batch.decide

        def buggy(facts, *rest):
            seen.append(facts)
            if len(seen) == 2:  # the first person: nobody was asked about before
                raise ZeroDivisionError
            return decide(facts, *rest)

        monkeypatch.setattr(batch, "decide", buggy)

        assert ids(self.find(lotus).json()) == [str(one.id) for one in (made[2], made[4])]

    def test_finds_again_when_the_database_is_back(self, lotus, asha, superuser):
        async def work(client, point):
            async def find():
                return await client.post(RESOURCE, json=lotus.question("x"), headers=lotus.headers)

            first = await find()
            for lane in point._searches:
                lane._opened.close()
            return first, await find()

        assert [one.status_code for one in asked(work)] == [200, 200]


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


@pytest.mark.req("POL-05", "POL-21")
class TestASearchThatCannotBeRead:
    def refusal(self, http, path, body, **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {**JSON, "Authorization": "Bearer x", **headers}
        answer = http.post(path, content=raw, headers=given)
        assert answer.headers["content-type"] == "application/json"
        assert EMAIL not in answer.text
        return answer.status_code

    @pytest.mark.parametrize("path", SEARCHES)
    @pytest.mark.parametrize(
        "body",
        [
            b"", b" ", b"null", b"[]", b'"text"', b"{", b"{}", b'{"page":{}}', b'{"a":1,"a":2}',
            b"\xff", b'{"a":"\\ud800"}', b"[" * 9_000,
        ],
    )  # fmt: skip
    def test_is_refused(self, http, path, body):
        assert self.refusal(http, path, body) == 400

    @pytest.mark.parametrize("path", SEARCHES)
    @pytest.mark.parametrize(
        "page",
        [
            None, [], "x", 1, {"limit": 0}, {"limit": -1}, {"limit": "5"}, {"limit": 1.5},
            {"limit": None}, {"limit": True}, {"token": None}, {"token": 5}, {"token": "x" * 1025},
        ],
    )  # fmt: skip
    def test_is_refused_with_an_ill_typed_page(self, http, path, page):
        assert self.refusal(http, path, {**SOMETHING, "page": page}) == 400

    @pytest.mark.parametrize("path", SEARCHES)
    @pytest.mark.parametrize("member", ["subject", "action", "resource"])
    @pytest.mark.parametrize("fault", [None, EMAIL, [EMAIL], {}, {"type": 1, "name": 1}])
    def test_is_refused_where_a_member_is_ill_typed(self, http, path, member, fault):
        if (path, member) == (ACTION, "action"):
            return  # it has none, and what is sent is ignored

        assert self.refusal(http, path, {**SOMETHING, member: fault}) == 400

    @pytest.mark.parametrize("path", SEARCHES)
    def test_is_refused_whatever_else_is_wrong(self, http, lotus, path):
        question = lotus.question("x")
        long = {**question, "context": {"filler": "x" * 65 * 1024}}

        assert self.refusal(http, path, question, **{"Content-Type": "text/plain"}) == 400
        assert self.refusal(http, path, long) == 400
        assert self.refusal(http, path, question) == 401
        assert http.get(path).status_code == 405
        assert http.post(f"{path}s", json=question).status_code == 404
        slashed = http.post(f"{path}/", json=question, headers=lotus.headers)
        assert slashed.status_code == 200

    @pytest.mark.parametrize("path", SEARCHES)
    def test_echoes_the_request_id_all_the_same(self, http, lotus, path):
        tag = {"X-Request-ID": "find-1"}

        for headers in (lotus.headers, {}):
            answer = http.post(path, json=lotus.question("x"), headers={**headers, **tag})
            assert answer.headers["x-request-id"] == "find-1"


@pytest.mark.req("POL-03", "AUD-01")
class TestAPageOnRecord:
    def entries(self, superuser):
        query = (
            "SELECT i.purpose, i.subject_id, convert_from(p.body, 'UTF8')::jsonb, i.id::text"
            " FROM audit_entryindex i JOIN audit_payload p USING (id)"
            " WHERE i.event IN ('search:made', 'permissions:searched') ORDER BY i.id"
        )
        return superuser.execute(query).fetchall()

    def test_is_one_entry_from_which_each_result_replays(self, lotus, search, superuser):
        made = people(lotus, 5)
        found = search(lotus)

        ((purpose, subject, body, entry_id),) = self.entries(superuser)
        page = msgspec.convert(body["data"], search_record.Data)
        assert (purpose, subject) == (OFFERS, None)
        assert entry_id == found["context"]["search_id"]
        assert page.considered == 5
        assert {one.subject for one in page.results} == {str(one.pseudonym) for one in made[::2]}
        assert all(decide(one).permit for one in search_record.restored(page))
        assert str(made[0].id) not in json.dumps(body)

    def test_is_an_entry_where_nothing_was_found(self, lotus, search, superuser):
        search(lotus)
        search(lotus, resource={"type": "parcel"})

        assert len(self.entries(superuser)) == 2

    @pytest.mark.parametrize("path", [SUBJECT, ACTION])
    def test_about_one_person_is_found_by_the_person(self, lotus, asha, search, superuser, path):
        lotus.withdraws(asha)

        search(lotus, path, resource=lotus.question(asha)["resource"])

        ((_, subject, body, _),) = self.entries(superuser)
        assert subject == asha.id
        assert body["subject"] == str(asha.pseudonym)

    def test_of_people_is_found_by_each_of_them_and_by_nobody_else(self, lotus, search):
        made = people(lotus, 9)
        search(lotus, page={"limit": 2})
        token = search(lotus, page={"limit": 2})["page"]["next_token"]
        search(lotus, page={"limit": 2, "token": token})

        found = [len(uses_of(lotus.id, one.id).uses) for one in made]

        assert found == [2, 0, 2, 0, 1, 0, 1, 0, 0]
        assert uses_of(lotus.id, made[4].id).uses[0].purpose == OFFERS

    def test_is_not_written_for_a_refusal(self, http, lotus, superuser):
        body = {**lotus.question("x"), "page": {"token": "x"}}
        http.post(RESOURCE, json=body, headers=lotus.headers)
        http.post(RESOURCE, json=lotus.question("x"))

        assert self.entries(superuser) == []
