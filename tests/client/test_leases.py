"""Keeping permits: off by default, over at their end, gone when recalled, also in flight."""

import os
import threading

import pytest
from sammati_client import Leases, Options, RecallRefused, Sammati
from sammati_client.answers import clock

from tests.client.conftest import KEY, SERVICE
from tests.client.recalls import FORMER, PERSON, PURPOSE, SECRET, recall, signed
from tests.client.server import in_seconds, permit, refusal, says, waits

pytestmark = pytest.mark.req("POL-10")

OTHER = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c43"


@pytest.fixture
def leases():
    return Leases(SECRET)


@pytest.fixture
def client(server, leases):
    options = Options(total_seconds=1.0)
    with Sammati(server.url, service=SERVICE, key=KEY, leases=leases, options=options) as made:
        yield made


def hears(leases, **said):
    body = recall(**said)
    return leases.hear(body, signed(body))


class TestKeeping:
    def test_is_off_by_default(self, asked, server):
        asked.check(PERSON, PURPOSE)
        asked.check(PERSON, PURPOSE)

        assert len(server.seen) == 2

    def test_answers_the_same_question_without_asking(self, client, server):
        first, second = client.check(PERSON, PURPOSE), client.check(PERSON, PURPOSE)

        assert second is first
        assert len(server.seen) == 1

    def test_asks_where_anything_about_the_question_differs(self, client, server):
        client.check(PERSON, PURPOSE)
        client.check(OTHER, PURPOSE)
        client.check(PERSON, "research.surveys")
        client.check(PERSON, PURPOSE, channel="email")
        client.check(PERSON, PURPOSE, scheme="crm")
        client.check(PERSON, PURPOSE, properties={"data": ["pd:EmailAddress"]})
        client.check(PERSON, PURPOSE, context={"gpc": True})

        assert len(server.seen) == 7

    def test_never_keeps_a_denial(self, client, server):
        server.script = [says(refusal())]

        assert not client.check(PERSON, PURPOSE)
        assert client.check(PERSON, PURPOSE)

    def test_ends_with_the_permit(self, client, server):
        server.script = [says(permit(valid_until=in_seconds(1.4)))]
        first = client.check(PERSON, PURPOSE)
        threading.Event().wait(max(0.0, first.lease_ends - clock()) + 0.05)

        client.check(PERSON, PURPOSE)

        assert len(server.seen) == 2

    def test_ends_after_the_longest_time_too(self, server):
        leases = Leases(SECRET, longest_seconds=0.05)
        with Sammati(server.url, service=SERVICE, key=KEY, leases=leases) as client:
            client.check(PERSON, PURPOSE)
            threading.Event().wait(0.1)
            client.check(PERSON, PURPOSE)

        assert len(server.seen) == 2

    def test_is_bounded(self, server):
        leases = Leases(SECRET, most=2)
        with Sammati(server.url, service=SERVICE, key=KEY, leases=leases) as client:
            for person in ("a", "b", "c", "c", "b", "a"):
                client.check(person, PURPOSE)

        assert [one.body["resource"]["id"] for one in server.seen] == ["a", "b", "c", "a"]

    def test_does_not_outlive_a_fork(self, client, leases, monkeypatch):
        client.check(PERSON, PURPOSE)
        monkeypatch.setattr(os, "getpid", lambda: 1)

        assert repr(leases).startswith("Leases(1 ")
        assert leases.find(b"anything") is None
        assert repr(leases).startswith("Leases(0 ")

    @pytest.mark.parametrize("bad", [{"most": 0}, {"longest_seconds": 0}, {"longest_seconds": 9e9}])
    def test_has_limits(self, bad):
        with pytest.raises(ValueError, match="Keep up to"):
            Leases(SECRET, **bad)


class TestARecall:
    def test_ends_what_was_kept_about_the_person_and_purpose(self, client, leases, server):
        client.check(PERSON, PURPOSE)
        client.check(OTHER, PURPOSE)
        client.check(PERSON, "research.surveys")

        hears(leases)
        server.script = [says(refusal())]
        again = client.check(PERSON, PURPOSE)
        client.check(OTHER, PURPOSE)
        client.check(PERSON, "research.surveys")

        assert again.reason_code == "CONSENT_WITHDRAWN"
        assert len(server.seen) == 4

    def test_ends_the_permits_it_names_whatever_the_person_was_called(self, client, leases, server):
        client.check("a@example.invalid", PURPOSE, scheme="email")

        hears(leases, decisions=["decision-a@example.invalid"])
        client.check("a@example.invalid", PURPOSE, scheme="email")

        assert len(server.seen) == 2

    def test_that_could_not_name_all_ends_the_whole_purpose(self, client, leases, server):
        client.check("a@example.invalid", PURPOSE, scheme="email")

        hears(leases, decisions_omitted=7)
        client.check("a@example.invalid", PURPOSE, scheme="email")

        assert len(server.seen) == 2

    def test_finds_the_person_however_the_id_was_spelled(self, client, leases, server):
        client.check(PERSON.upper(), PURPOSE)

        hears(leases)
        client.check(PERSON.upper(), PURPOSE)

        assert len(server.seen) == 2

    @pytest.mark.parametrize(
        "said", [{}, {"subject": OTHER, "decisions": [f"decision-{PERSON}"]}],
        ids=["by person", "by decision"],
    )  # fmt: skip
    def test_that_overtakes_the_permit_keeps_it_out(self, client, leases, server, said):
        """The permit was decided before the withdrawal and arrives after its recall."""
        found = permit(decision_id=f"decision-{PERSON}")
        server.script = [waits(0.3, says(found)), waits(0.0, says(refusal()))]
        asking = threading.Thread(target=client.check, args=(PERSON, PURPOSE))
        asking.start()
        while not server.seen:
            threading.Event().wait(0.005)
        hears(leases, **said)
        asking.join()

        assert client.check(PERSON, PURPOSE).reason_code == "CONSENT_WITHDRAWN"

    def test_does_not_keep_out_what_was_asked_after_it(self, client, leases, server):
        hears(leases)
        client.check(PERSON, PURPOSE)
        client.check(PERSON, PURPOSE)

        assert len(server.seen) == 1

    def test_that_is_not_ours_ends_nothing(self, client, leases, server):
        client.check(PERSON, PURPOSE)
        body = recall()

        with pytest.raises(RecallRefused):
            leases.hear(body, signed(body, secret=FORMER))
        client.check(PERSON, PURPOSE)

        assert len(server.seen) == 1


def test_a_cache_that_forgot_recalls_keeps_nothing_for_a_while(client, leases, server, monkeypatch):
    monkeypatch.setattr("sammati_client.leases.MOST_REMEMBERED", 3)
    for number in range(8):
        hears(leases, subject=f"p{number}")

    client.check(PERSON, PURPOSE)
    client.check(PERSON, PURPOSE)

    assert len(server.seen) == 2
