"""An obligation is honoured before the data are used, or the permit is a denial."""

import asyncio

import pytest
from sammati_client import AsyncSammati, NotPermitted, Sammati

from tests.client.conftest import KEY, SERVICE
from tests.client.server import permit, says

pytestmark = pytest.mark.req("POL-11")

PURPOSE = "marketing.email.offers"
MASK = {"type": "custom", "id": "mask", "properties": {"fields": ["phone"]}}


@pytest.fixture
def masked(server):
    """The decision point permits with the duty to mask."""
    server.otherwise = says(permit(obligations=[MASK]))
    return server


def client_of(server, **settings):
    return Sammati(server.url, service=SERVICE, key=KEY, **settings)


def test_the_handler_runs_before_the_body_and_is_told_what_to_do(masked):
    order = []

    def mask(duty, found):
        order.append((duty.properties["fields"], found.decision_id))

    with client_of(masked, honour={"mask": mask}) as client:
        with client.permitted("a", PURPOSE):
            order.append("body")

        @client.requires(purpose=PURPOSE, subject="who")
        def send(who):
            order.append("function")

        send("b")

    assert order == [(["phone"], "018f-decision"), "body", (["phone"], "018f-decision"), "function"]


def test_the_decision_point_is_told_that_the_duty_can_be_seen_to(masked):
    with client_of(masked, honour={"mask": print}, supported_obligations=["why"]) as client:
        client.check("a", PURPOSE)
        with client.permitted("a", PURPOSE):
            pass

    said = [one.body["context"]["supported_obligations"] for one in masked.seen]
    assert said == [["why"], ["mask", "why"]]


def test_a_check_hands_the_duty_to_nobody_so_it_denies(masked):
    with client_of(masked, honour={"mask": print}) as client:
        assert client.check("a", PURPOSE).reason_code == "CLIENT_UNKNOWN_OBLIGATION"


def test_a_duty_that_fails_is_a_denial(masked):
    def mask(_duty, _permit):
        raise RuntimeError("a@example.invalid")

    ran = []
    with (
        client_of(masked, honour={"mask": mask}) as client,
        pytest.raises(NotPermitted) as refused,
        client.permitted("a", PURPOSE),
    ):
        ran.append(1)

    assert ran == []
    assert refused.value.answer.reason_code == "CLIENT_OBLIGATION_FAILED"
    assert "example.invalid" not in str(refused.value)


def test_one_without_a_handler_is_a_denial(masked):
    with (
        client_of(masked, honour={"notify": print}) as client,
        pytest.raises(NotPermitted) as refused,
        client.permitted("a", PURPOSE),
    ):
        pass

    assert refused.value.answer.reason_code == "CLIENT_UNKNOWN_OBLIGATION"


def test_an_async_handler_is_awaited(masked):
    order = []

    async def mask(_duty, _permit):
        await asyncio.sleep(0)
        order.append("masked")

    async def run():
        settings = {"service": SERVICE, "key": KEY, "honour": {"mask": mask}}
        async with (
            AsyncSammati(masked.url, **settings) as client,
            client.permitted("a", PURPOSE),
        ):
            order.append("body")

    asyncio.run(run())

    assert order == ["masked", "body"]
