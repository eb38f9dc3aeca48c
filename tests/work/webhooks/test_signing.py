"""Signatures are those of Standard Webhooks.

The symmetric vector is the one its libraries test themselves by. The asymmetric one is ours: a
signature of the same message that the public key beside it verifies.
"""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from work.webhooks import signing

pytestmark = pytest.mark.req("INT-02")

MESSAGE, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
SYMMETRIC = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
PRIVATE = base64.b64decode(
    "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
)
"""The seed and the public key behind it, as the vector spells a private key."""
ASYMMETRIC = (
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
)


def headers(*secrets, **more):
    given = {"message_id": MESSAGE, "timestamp": TIMESTAMP, "body": BODY, **more}
    return signing.headers(secrets, **given)


def test_the_symmetric_vector():
    assert headers(SECRET) == {
        "webhook-id": MESSAGE, "webhook-timestamp": "1614265330", "webhook-signature": SYMMETRIC,
    }  # fmt: skip


def test_the_asymmetric_vector():
    found = headers(PRIVATE[:32], scheme=signing.ED25519)

    assert found["webhook-signature"] == ASYMMETRIC


def test_the_receiver_of_an_asymmetric_one_is_given_the_public_key_only():
    given = signing.spelled(PRIVATE[:32], signing.ED25519)

    assert base64.b64decode(given.removeprefix("whpk_")) == PRIVATE[32:]


def test_a_public_key_checks_the_signature_and_nothing_else():
    found = headers(PRIVATE[:32], scheme=signing.ED25519)["webhook-signature"]
    key = Ed25519PublicKey.from_public_bytes(PRIVATE[32:])
    value = base64.b64decode(found.removeprefix("v1a,"))

    key.verify(value, f"{MESSAGE}.{TIMESTAMP}.".encode() + BODY)
    with pytest.raises(InvalidSignature):
        key.verify(value, f"{MESSAGE}.{TIMESTAMP + 1}.".encode() + BODY)


def test_while_secrets_change_over_each_signs():
    both = headers(SECRET, b"k" * 32)["webhook-signature"].split(" ")

    assert both[0] == SYMMETRIC
    assert both[1] == headers(b"k" * 32)["webhook-signature"]


@pytest.mark.parametrize("change", [{"message_id": "x"}, {"timestamp": 1}, {"body": b"{}"}])
def test_nothing_of_it_can_be_exchanged(change):
    assert headers(SECRET, **change)["webhook-signature"] != SYMMETRIC
