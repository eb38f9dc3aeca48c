"""Searches over HTTP: what is refused, what goes wrong, and what is left on record."""

import json

import msgspec
import pytest

from audit.uses import uses_of
from policies.pdp import batch, search_record
from policies.pdp import search as searching
from policies.pdp.engine import decide
from tests.factories.company import OFFERS
from tests.factories.point import asked
from tests.policies.searches import ACTION, RESOURCE, SEARCHES, SOMETHING, SUBJECT, ids, people

JSON = {"Content-Type": "application/json"}
EMAIL = "asha.rao@example.in"


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
        for other in (f"{path}s", f"{path}/"):
            assert http.post(other, json=question, headers=lotus.headers).status_code == 404

    @pytest.mark.parametrize("path", SEARCHES)
    def test_echoes_the_request_id_all_the_same(self, http, lotus, path):
        tag = {"X-Request-ID": "find-1"}

        for headers in (lotus.headers, {}):
            answer = http.post(path, json=lotus.question("x"), headers={**headers, **tag})
            assert answer.headers["x-request-id"] == "find-1"


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
