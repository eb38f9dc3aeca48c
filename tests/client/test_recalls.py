"""A recall is believed only with a right and fresh signature; whatever else comes is refused."""

import json
import pickle
import time

import pytest
from sammati_client import RecallRefused, Secrets, read_recall

from tests.client.recalls import FORMER, PERSON, PURPOSE, SECRET, recall, signed
from work.webhooks import signing

pytestmark = pytest.mark.req("POL-10", "INT-02")


class TestBelieving:
    def test_tells_what_was_recalled(self):
        body = recall(decisions=["d-1"], campaigns=["c-1"])

        found = read_recall(body, signed(body), Secrets(SECRET))

        assert (found.subject, found.purpose, found.reason) == (
            PERSON, PURPOSE, "consent_withdrawn",
        )  # fmt: skip
        assert (found.decisions, found.campaigns, found.is_complete) == (("d-1",), ("c-1",), True)

    def test_what_the_suite_itself_signs_is_believed(self):
        body = recall()
        headers = signing.headers(
            [b"f" * 32, b"k" * 32], message_id="r-1", timestamp=int(time.time()), body=body
        )

        assert read_recall(body, headers, Secrets(SECRET)).id == "r-1"

    def test_either_secret_of_a_change_over_will_do(self):
        body = recall()

        for used in (SECRET, FORMER):
            headers = signed(body, secret=used)
            assert read_recall(body, headers, Secrets([SECRET, FORMER])).id == "r-1"

    def test_the_names_of_headers_may_be_spelled_anyhow(self):
        body = recall()
        headers = {name.title(): value for name, value in signed(body).items()}

        assert read_recall(body, headers, Secrets(SECRET)).id == "r-1"


class TestRefusing:
    @pytest.mark.parametrize(
        "change",
        [
            {"webhook-signature": ""},
            {"webhook-signature": "v1,AAAA"},
            {"webhook-signature": "v1," + "é" * 44},
            {"webhook-id": "r-2"},
            {"webhook-id": ""},
            {"webhook-timestamp": "0"},
            {"webhook-timestamp": "-5"},
            {"webhook-timestamp": "1e9"},
            {"webhook-timestamp": "٣" * 10},
            {"webhook-timestamp": "9" * 400},
        ],
    )
    def test_headers_that_are_not_right(self, change):
        body = recall()

        with pytest.raises(RecallRefused):
            read_recall(body, {**signed(body), **change}, Secrets(SECRET))

    def test_another_secret(self):
        body = recall()

        with pytest.raises(RecallRefused):
            read_recall(body, signed(body, secret=FORMER), Secrets(SECRET))

    def test_a_changed_body(self):
        body = recall()

        with pytest.raises(RecallRefused):
            read_recall(body.replace(b"email", b"phone"), signed(body), Secrets(SECRET))

    @pytest.mark.parametrize("minutes", [-6, 6])
    def test_one_of_another_time(self, minutes):
        body = recall()

        with pytest.raises(RecallRefused):
            read_recall(body, signed(body, at=time.time() + 60 * minutes), Secrets(SECRET))

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b'{"id": "r-1"}',
            b"\xff\xfe",
            b"[" * 10_000,
            json.dumps({**json.loads(recall()), "type": "something.else"}).encode(),
            recall(message_id="r-9"),
            recall(decisions=[1]),
            b" " * 70_000 + recall(),
        ],
    )
    def test_a_signed_message_that_is_no_recall(self, body):
        with pytest.raises(RecallRefused) as refused:
            read_recall(body, signed(body), Secrets(SECRET))

        assert PERSON not in str(refused.value)


class TestSecrets:
    @pytest.mark.parametrize(
        "bad", ["", "whsec_", "whsec_!!!", "whsec_QUJD", "QUJD" * 12, [], None]
    )
    def test_what_is_none_is_refused_without_showing_it(self, bad):
        with pytest.raises((ValueError, TypeError)) as refused:
            Secrets(bad)

        assert "QUJD" not in str(refused.value)

    def test_are_neither_shown_nor_pickled(self):
        secrets = Secrets(SECRET)

        assert SECRET not in repr(secrets)
        with pytest.raises(TypeError):
            pickle.dumps(secrets)
