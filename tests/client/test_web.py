"""In Django and in FastAPI: views that run only with a permit, and the address of recalls."""

import asyncio
import json
from typing import Annotated

import fastapi
import httpx
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from sammati_client import AsyncSammati, Leases, Permit, Sammati
from sammati_client.django import permit_required, recall_view
from sammati_client.fastapi import permit as needs_permit
from sammati_client.fastapi import recall_endpoint

from tests.client.conftest import KEY, SERVICE
from tests.client.recalls import FORMER, PERSON, PURPOSE, SECRET, recall, signed
from tests.client.server import refusal, says

pytestmark = pytest.mark.req("POL-10")

BODY = recall()


@pytest.fixture
def leases():
    return Leases(SECRET)


@pytest.fixture
def client(server, leases):
    with Sammati(server.url, service=SERVICE, key=KEY, leases=leases) as made:
        yield made


class TestDjango:
    @pytest.fixture
    def view(self, client):
        @permit_required(client, purpose=PURPOSE, subject="customer", channel="email")
        def offer(request, customer):
            return HttpResponse(request.permit.decision_id)

        return offer

    def post(self, leases, body=BODY, heard=None, **headers):
        given = {**signed(body), **headers}
        request = RequestFactory(headers=given).post(
            "/recalls", body, content_type="application/cloudevents+json"
        )
        return recall_view(leases, heard)(request)

    def test_a_view_runs_with_its_permit(self, view):
        answer = view(RequestFactory().get("/"), customer="a")

        assert (answer.status_code, answer.content) == (200, b"decision-a")

    def test_an_async_view_is_refused_before_it_serves_anybody(self, client):
        async def offer(request, customer):
            return HttpResponse(request.permit.decision_id)

        with pytest.raises(TypeError, match="AsyncSammati"):
            permit_required(client, purpose=PURPOSE, subject="customer")(offer)

    def test_and_not_without_one(self, view, server):
        answer = view(RequestFactory().get("/"), customer="no-a")

        assert answer.status_code == 403
        assert json.loads(answer.content) == {
            "reason_code": "CONSENT_WITHDRAWN", "reason": {"en": "You withdrew your consent."},
        }  # fmt: skip
        assert answer["Cache-Control"] == "no-store"

    def test_nor_when_the_url_names_nobody(self, view, server):
        assert view(RequestFactory().get("/")).status_code == 403
        assert server.seen == []

    def test_a_recall_ends_what_was_kept(self, client, leases, server):
        client.check(PERSON, PURPOSE)
        told = []

        answer = self.post(leases, heard=told.append)
        client.check(PERSON, PURPOSE)

        assert answer.status_code == 204
        assert [one.subject for one in told] == [PERSON]
        assert len(server.seen) == 2

    def test_what_is_not_ours_is_refused(self, leases):
        told = []

        answer = self.post(leases, heard=told.append, **signed(BODY, secret=FORMER))

        assert (answer.status_code, told) == (400, [])

    def test_only_posts_are_recalls(self, leases):
        assert recall_view(leases)(RequestFactory().get("/recalls")).status_code == 405


class TestFastAPI:
    @pytest.fixture
    def ask(self, server, leases):
        """Asks an application whose client lives as long as the question."""

        async def run(method, path, told, **sent):
            async with AsyncSammati(server.url, service=SERVICE, key=KEY, leases=leases) as sammati:
                app = application(sammati, leases, told)
                transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
                async with httpx.AsyncClient(transport=transport, base_url="http://a") as http:
                    return await http.request(method, path, **sent)

        return lambda method, path, told=None, **sent: asyncio.run(
            run(method, path, [] if told is None else told, **sent)
        )

    def test_an_operation_runs_with_its_permit(self, ask):
        answer = ask("GET", "/offers/a")

        assert (answer.status_code, answer.json()) == (200, "decision-a")

    def test_and_not_without_one(self, ask):
        answer = ask("GET", "/offers/no-a")

        assert answer.status_code == 403
        assert answer.json()["detail"]["reason_code"] == "CONSENT_WITHDRAWN"
        assert answer.headers["cache-control"] == "no-store"

    def test_a_recall_is_heard(self, ask, leases, server):
        told = []
        ask("GET", f"/offers/{PERSON}")

        answer = ask("POST", "/recalls", told, content=BODY, headers=signed(BODY))
        server.script = [says(refusal())]

        assert (answer.status_code, told) == (204, [PERSON])
        assert ask("GET", f"/offers/{PERSON}").status_code == 403

    @pytest.mark.parametrize("body", [b"", b"x" * 70_000, BODY[:-1]])
    def test_what_is_not_ours_is_refused(self, ask, body):
        told = []

        answer = ask("POST", "/recalls", told, content=body, headers=signed(BODY))

        assert (answer.status_code, told) == (400, [])


def application(sammati, leases, told):
    app = fastapi.FastAPI()

    @app.get("/offers/{customer}")
    async def offer(
        customer: str,
        lease: Annotated[
            Permit, fastapi.Depends(needs_permit(sammati, purpose=PURPOSE, subject="customer"))
        ],
    ):
        return lease.decision_id

    async def heard(one):
        told.append(one.subject)

    app.post("/recalls")(recall_endpoint(leases, heard))
    return app
