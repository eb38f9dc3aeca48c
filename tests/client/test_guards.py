"""The decorator and the context manager: activation code cannot run without a live permit."""

import asyncio

import pytest
from sammati_client import AsyncSammati, NotPermitted, Permit, Sammati

from tests.client.conftest import KEY, SERVICE
from tests.client.server import in_seconds, permit, says

PURPOSE = "marketing.email.offers"


@pytest.fixture
def client(server):
    with Sammati(server.url, service=SERVICE, key=KEY) as made:
        yield made


class TestTheDecorator:
    def test_runs_the_function_of_a_person_who_agreed(self, client, server):
        @client.requires(purpose=PURPOSE, subject="customer_id", channel="email")
        def send(template, customer_id, *, urgent=False):
            """Sends."""
            return template, customer_id, urgent

        assert send("offer", "a", urgent=True) == ("offer", "a", True)
        assert send.__doc__ == "Sends."
        assert server.seen[0].body["resource"]["id"] == "a"
        assert server.seen[0].body["action"]["properties"]["channel"] == "email"

    def test_does_not_run_it_for_a_person_who_withdrew(self, client):
        sent = []

        @client.requires(purpose=PURPOSE, subject="customer_id")
        def send(customer_id):
            sent.append(customer_id)

        with pytest.raises(NotPermitted) as caught:
            send(customer_id="no-b")

        assert sent == []
        assert caught.value.answer.reason_code == "CONSENT_WITHDRAWN"
        assert caught.value.answer.cure.code == "NEW_CONSENT"

    def test_asks_at_every_call(self, client, server):
        @client.requires(purpose=PURPOSE, subject="who")
        def send(who="a"):
            return who

        assert [send(), send("c"), send()] == ["a", "c", "a"]
        assert len(server.seen) == 3

    def test_hands_the_permit_over_where_it_is_wanted(self, client):
        @client.requires(purpose=PURPOSE, subject="who", permit_as="lease")
        def send(who, lease):
            return lease

        assert isinstance(send("a"), Permit)

    def test_works_on_methods(self, client):
        class Campaign:
            @client.requires(purpose=PURPOSE, subject="who")
            def send(self, who):
                return self, who

        campaign = Campaign()

        assert campaign.send("a") == (campaign, "a")

    def test_a_call_without_the_person_is_the_usual_type_error(self, client, server):
        @client.requires(purpose=PURPOSE, subject="who")
        def send(who):
            return who

        with pytest.raises(TypeError, match="who"):
            send()
        assert server.seen == []

    def test_a_parameter_that_does_not_exist_shows_when_it_is_decorated(self, client):
        with pytest.raises(TypeError, match="has no parameter 'customer'"):
            client.requires(purpose=PURPOSE, subject="customer")(lambda who: who)

    def test_generators_and_async_functions_are_refused(self, client):
        def generator(who):
            yield who

        async def coroutine(who):
            return who

        for function in (generator, coroutine):
            with pytest.raises(TypeError):
                client.requires(purpose=PURPOSE, subject="who")(function)

    def test_two_clients_may_guard_one_function(self, client, server):
        @client.requires(purpose=PURPOSE, subject="who")
        @client.requires(purpose="profiling", subject="who")
        def send(who):
            return who

        assert send("a") == "a"
        assert len(server.seen) == 2


class TestTheContextManager:
    def test_runs_the_body_with_its_permit(self, client):
        with client.permitted("a", PURPOSE) as lease:
            assert lease.decision_id == "decision-a"

    def test_raises_instead_of_running_the_body(self, client):
        with pytest.raises(NotPermitted), client.permitted("no-b", PURPOSE):
            pytest.fail("the body ran")

    def test_an_error_of_the_body_is_the_bodys(self, client):
        with pytest.raises(ZeroDivisionError), client.permitted("a", PURPOSE):
            1 / 0  # noqa: B018

    def test_a_permit_that_ended_on_the_way_runs_nothing(self, client, server):
        server.otherwise = says(permit(valid_until=in_seconds(-1)))

        with pytest.raises(NotPermitted), client.permitted("a", PURPOSE):
            pytest.fail("the body ran")


class TestAsync:
    def test_guards_async_functions_and_blocks(self, server):
        async def story():
            async with AsyncSammati(server.url, service=SERVICE, key=KEY) as client:

                @client.requires(purpose=PURPOSE, subject="who", permit_as="lease")
                async def send(who, lease):
                    return who, lease.decision_id

                async with client.permitted("b", PURPOSE) as lease:
                    assert lease
                with pytest.raises(NotPermitted):
                    await send("no-c")
                with pytest.raises(NotPermitted):
                    async with client.permitted("no-c", PURPOSE):
                        pytest.fail("the body ran")
                return await send("a")

        assert asyncio.run(story()) == ("a", "decision-a")

    def test_functions_that_are_not_async_are_refused(self, server):
        client = AsyncSammati(server.url, service=SERVICE, key=KEY)

        with pytest.raises(TypeError, match="not async"):
            client.requires(purpose=PURPOSE, subject="who")(lambda who: who)

    def test_cancelling_a_check_is_not_swallowed(self, server):
        server.otherwise = says(permit())

        async def story():
            async with AsyncSammati(server.url, service=SERVICE, key=KEY) as client:
                task = asyncio.create_task(client.check("a", PURPOSE))
                await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

        asyncio.run(story())

    def test_one_client_survives_its_event_loop(self, server):
        client = AsyncSammati(server.url, service=SERVICE, key=KEY)

        async def story():
            found = await client.check("a", PURPOSE)
            await client.aclose()
            return found

        assert asyncio.run(story())
        assert asyncio.run(story())
