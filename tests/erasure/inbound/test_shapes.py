"""What platforms sign, taken apart: whatever is not exactly right proves nothing."""

import datetime as dt
import json

import pytest

from erasure.errors_inbound import CallbackMalformedError, CallbackUnprovenError
from erasure.inbound import shapes, signatures
from tests.erasure.inbound import signing

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
AT = NOW.timestamp()
SETUP = shapes.Setup(
    frozenset({signing.APP_ID, signing.GOOGLE_ID}), "account", "", signing.SECRET,
    (signing.published(),),
)  # fmt: skip


def told(platform, body, headers=None, setup=SETUP):
    return shapes.told(platform, body, headers or {}, setup, NOW)


def apple(**changed):
    said = {**signing.apple_claims(AT), **changed}
    return json.dumps({"payload": signing.token(said)}).encode()


class TestTokens:
    def test_a_token_by_a_published_key_says_what_it_says(self):
        said = signatures.claims(signing.token({"a": 1}), [signing.published()])

        assert said == {"a": 1}

    @pytest.mark.parametrize(
        "token",
        [
            "", "a.b.c", signing.token({}, alg="none"), signing.token({}, alg="HS256"),
            signing.token({}, name="other"), signing.token({}, signer=signing.key("forger")),
            signing.token({}) + "A", signing.token({})[:-4], "." + signing.token({}),
            signing.token({}).replace(".", "..", 1), "é.b.c", signing.token([1]),
        ],
    )  # fmt: skip
    def test_whatever_is_not_exactly_right_says_nothing(self, token):
        assert signatures.claims(token, [signing.published()]) is None

    @pytest.mark.parametrize(
        "changed", [{"kty": "EC"}, {"use": "enc"}, {"n": 1}, {"n": "!"}, {"e": ""}, {"kid": "k-2"}]
    )
    def test_a_key_that_is_none_proves_nothing(self, changed):
        keys = [signing.published() | changed]

        assert signatures.claims(signing.token({"a": 1}), keys) is None

    def test_a_short_key_proves_nothing(self):
        short = signing.key("short", 1024)
        keys = [signing.published("short", short)]

        assert signatures.claims(signing.token({"a": 1}, "short", signer=short), keys) is None

    def test_no_secret_proves_nothing(self):
        assert not signatures.is_keyed(b"x", "", b"")


class TestApple:
    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "https://evil.example"}, {"aud": "other"}, {"aud": None}, {"aud": []},
            {"exp": AT - 1}, {"exp": None}, {"iat": AT + 3600}, {"iat": None}, {"iat": True},
        ],
    )  # fmt: skip
    def test_a_token_for_another_or_for_another_time_is_refused(self, changed):
        with pytest.raises(CallbackUnprovenError):
            told("apple", apple(**changed))

    @pytest.mark.parametrize(
        "events",
        [None, "[]", "{", {"type": "account-delete", "sub": 7}, {"type": "account-delete"}],
    )
    def test_what_has_not_its_form_is_malformed(self, events):
        with pytest.raises(CallbackMalformedError):
            told("apple", apple(events=events))

    def test_events_may_be_a_text_or_an_object(self):
        as_object = {"type": "account-delete", "sub": "001.ann"}

        found = told("apple", apple(events=as_object))

        assert found == told("apple", apple())
        assert found.identifiers == (("account", "001.ann"),)


class TestGoogle:
    def test_the_subject_is_of_google_or_nobody(self):
        said = signing.google_claims(AT)
        said["events"][signing.PURGED]["subject"]["iss"] = "https://evil.example"

        with pytest.raises(CallbackMalformedError):
            told("google", signing.token(said).encode())

    def test_a_token_does_not_expire(self):
        said = signing.google_claims(AT - 86_400 * 30)

        assert told("google", signing.token(said).encode()).kind == "erase"


class TestMeta:
    @pytest.mark.parametrize("algorithm", ["none", "", "HMAC-SHA1", None])
    def test_another_algorithm_is_refused(self, algorithm):
        with pytest.raises(CallbackUnprovenError):
            told("meta", signing.meta(algorithm=algorithm))

    @pytest.mark.parametrize("body", [b"", b"signed_request=", b"signed_request=a.b", b"\xff" * 9])
    def test_a_form_without_a_signature_is_refused(self, body):
        with pytest.raises(CallbackUnprovenError):
            told("meta", body)


class TestShopify:
    def test_its_topic_is_what_is_signed_and_not_a_header(self):
        said = signing.shopify({"shop_id": 1, "shop_domain": "x"})
        headers = {name.lower(): text for name, text in said["headers"].items()}

        found = told("shopify", said["data"], headers | {"x-shopify-topic": "customers/redact"})

        assert found.kind == "shop_closed"

    def test_the_number_comes_first_and_what_is_missing_is_left_out(self):
        said = signing.shopify()
        headers = {name.lower(): text for name, text in said["headers"].items()}

        found = told("shopify", said["data"], headers)

        assert found.identifiers == (("account", "191167"), ("email", "asha.rao@example.in"))

    def test_shown_it_names_nobody(self):
        said = signing.shopify()
        headers = {name.lower(): text for name, text in said["headers"].items()}

        assert "asha" not in repr(told("shopify", said["data"], headers))
        assert signing.SECRET not in repr(SETUP)
