"""Searches: every page is read whole or not at all, and nothing is found that was not said."""

import asyncio
import json

import pytest
from sammati_client import AsyncSammati, Options, Sammati, SearchFailed

from policies.pdp import wire_search
from policies.pdp.model import Decision, Obligation
from policies.pdp.wire_search import Entity
from tests.client.conftest import KEY, SERVICE
from tests.client.server import half_an_answer, hangs_up, in_seconds, says, waits

pytestmark = pytest.mark.req("POL-03")
PURPOSE = "marketing.email.offers"
WHY = {"id": "why", "type": "custom", "properties": {"url": "https://x.example"}}


@pytest.fixture(params=[Sammati, AsyncSammati], ids=["sync", "async"])
def find(request, server):
    """All that a search finds, through either client."""

    async def slow(name, args, wanted, settings):
        async with AsyncSammati(server.url, service=SERVICE, key=KEY, **settings) as client:
            return [one async for one in getattr(client.searches, name)(*args, **wanted)]

    def find(name, *args, supported=(), **wanted):
        settings = {"supported_obligations": supported, "options": Options(total_seconds=1.0)}
        if request.param is AsyncSammati:
            return asyncio.run(slow(name, args, wanted, settings))
        with Sammati(server.url, service=SERVICE, key=KEY, **settings) as client:
            return list(getattr(client.searches, name)(*args, **wanted))

    return find


def person(name):
    return {"type": "customer", "id": name}


def page(*results, token="", **context):
    said = {"search_id": "018f-page", "policy_version": "statutory-1", **context}
    if results:
        said = {"valid_until": in_seconds(60), **said}
    return {"results": list(results), "page": {"next_token": token, "count": len(results)},
            "context": said}  # fmt: skip


class TestPeople:
    def test_are_found_page_by_page(self, find, server):
        server.script = [says(page(person("a"), person("b"), token="T1")), says(page(token="T2")),
                         says(page(person("c")))]  # fmt: skip

        found = find("people", PURPOSE, channel="email", limit=2)

        assert [one.id for one in found] == ["a", "b", "c"]
        assert all(found)
        assert {one.search_id for one in found} == {"018f-page"}
        assert [seen.path for seen in server.seen] == ["/access/v1/search/resource"] * 3
        assert [seen.body["page"] for seen in server.seen] == [
            {"limit": 2}, {"limit": 2, "token": "T1"}, {"limit": 2, "token": "T2"},
        ]  # fmt: skip
        assert {json.dumps(seen.body["action"]) for seen in server.seen} == {
            json.dumps({"name": "activate",
                        "properties": {"purpose": PURPOSE, "channel": "email"}})
        }  # fmt: skip

    def test_that_nobody_is_found_is_an_answer(self, find, server):
        server.otherwise = says(page())

        assert find("people", PURPOSE) == []

    def test_whose_end_has_passed_are_not_found(self, find, server):
        server.otherwise = says(page(person("a"), valid_until=in_seconds(-1)))

        assert find("people", PURPOSE) == []

    @pytest.mark.req("POL-11")
    def test_with_an_obligation_nobody_knows_are_dropped_alone(self, find, server):
        duties = [{**WHY, "results": [1]}, {**WHY, "id": "hint", "mandatory": False,
                                            "results": [0]}]  # fmt: skip
        server.otherwise = says(page(person("a"), person("b"), obligations=duties))

        unable = find("people", PURPOSE)
        able = find("people", PURPOSE, supported=["why"])

        assert [one.id for one in unable] == ["a"]
        assert [[duty.id for duty in one.obligations] for one in able] == [["hint"], ["why"]]
        assert server.seen[-1].body["context"] == {"supported_obligations": ["why"]}

    def test_are_in_no_repr(self, find, server):
        server.otherwise = says(page(person("asha@example.in")))

        assert "asha" not in repr(find("people", PURPOSE))


class TestOthers:
    def test_callers_are_found(self, find, server):
        server.otherwise = says(page({"type": "service", "id": "mailer"}))

        (found,) = find("callers", "a@example.in", PURPOSE, scheme="email")

        assert (found.type, found.id) == ("service", "mailer")
        body = server.seen[0].body
        assert body["subject"] == {"type": "service"}
        assert body["resource"]["properties"] == {"scheme": "email"}

    def test_actions_are_found_with_their_purposes(self, find, server):
        action = {"name": "activate", "properties": {"purpose": PURPOSE}}
        server.otherwise = says(page(action))

        (found,) = find("actions", "a")

        assert (found.name, found.purpose) == ("activate", PURPOSE)
        assert "action" not in server.seen[0].body

    @pytest.mark.parametrize("limit", [0, 1001])
    def test_a_page_of_no_such_size_is_not_asked_for(self, find, server, limit):
        with pytest.raises(ValueError, match="1000"):
            find("people", PURPOSE, limit=limit)
        assert server.seen == []

    def test_nobodys_id_is_not_asked_about(self, find, server):
        with pytest.raises(ValueError, match="id"):
            find("actions", "")
        assert server.seen == []


class TestWhatIsNoPage:
    @pytest.mark.parametrize(
        "said",
        [
            [],
            {"results": [person("a")]},
            {**page(person("a")), "results": None},
            page({"type": "service", "id": "a"}),
            page({"type": "customer"}),
            page({"type": "customer", "id": 7}),
            page(person("a"), person("b"), person("c")),
            page(person("a"), search_id=""),
            page(person("a"), valid_until=None),
            page(person("a"), valid_until="2026-11-01T00:00:00"),
            {**page(person("a")), "page": {"next_token": None}},
            page(person("a"), obligations=[{**WHY, "results": [1]}]),
            page(person("a"), obligations=[{**WHY, "results": [-1]}]),
            b'{"results":[],"results":[]}',
        ],
    )
    def test_finds_nobody(self, find, server, said):
        server.script = [says(said)]

        with pytest.raises(SearchFailed) as caught:
            find("people", PURPOSE, limit=2)

        assert caught.value.code == "CLIENT_BAD_ANSWER"

    @pytest.mark.parametrize(
        ("behaviour", "code"),
        [
            (says("x", 401), "CLIENT_UNAUTHENTICATED"),
            (says("x", 400), "CLIENT_BAD_REQUEST"),
            (says("x", 500), "CLIENT_SERVER_ERROR"),
            (says(page(person("a")), 302, Location="https://elsewhere.example"),
             "CLIENT_REDIRECTED"),
            (half_an_answer, "CLIENT_UNREACHABLE"),
            (hangs_up, "CLIENT_UNREACHABLE"),
            (waits(1.5, says(page(person("a")))), "CLIENT_TIMEOUT"),
        ],
    )  # fmt: skip
    def test_of_the_server_or_the_network_finds_nobody(self, find, server, behaviour, code):
        server.otherwise = behaviour

        with pytest.raises(SearchFailed) as caught:
            find("people", PURPOSE)

        assert caught.value.code == code

    def test_that_leads_to_itself_ends(self, find, server):
        server.otherwise = says(page(person("a"), token="T"))

        with pytest.raises(SearchFailed):
            find("people", PURPOSE)

        assert len(server.seen) == 2

    def test_after_a_good_one_takes_nobody_of_it_back_and_ends_the_search(self, server):
        server.script = [says(page(person("a"), token="T")), says("x", 500)]

        with Sammati(server.url, service=SERVICE, key=KEY) as client:
            search = client.searches.people(PURPOSE)
            first = next(search)
            with pytest.raises(SearchFailed):
                next(search)
            assert first
            assert list(search) == []


class TestTheDecisionPoint:
    """Each reads what the other really writes."""

    @pytest.mark.parametrize(
        ("kind", "name", "args"),
        [("resource", "people", (PURPOSE,)), ("subject", "callers", ("a", PURPOSE)),
         ("action", "actions", ("a",))],
    )  # fmt: skip
    def test_reads_each_search(self, find, server, kind, name, args):
        server.otherwise = says(page())

        find(name, *args, limit=7)

        search = wire_search.parse_search(json.dumps(server.seen[0].body).encode(), kind)
        assert (search.limit, search.token) == (7, "")
        assert search.item.question.supported == ()

    def test_is_read_with_its_obligations(self, find, server):
        decision = Decision(
            permit=True, reason_code="PERMIT", rule="R95", policy_version="statutory-1",
            valid_until=4_000_000_000_000_000, obligations=(Obligation("why", {"url": "u"}),),
        )  # fmt: skip
        people = [(Entity(type="customer", id="a"), decision)]
        server.otherwise = says(wire_search.answer(people, search_id="s", next_token=""))

        (found,) = find("people", PURPOSE, supported=["why"])

        assert (found.id, found.obligations[0].properties) == ("a", {"url": "u"})
