"""Over TLS the certificate must be the host's, whatever address is called."""

import asyncio
import datetime as dt
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.work.webhooks.ear import listening
from work.webhooks import addresses, calls

pytestmark = pytest.mark.req("INT-02")

HOST = "hooks.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The path of a key and a certificate for the host, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return path


@pytest.fixture
def ear(certificate):
    with listening() as found:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        found.socket = context.wrap_socket(found.socket, server_side=True)
        yield found


def called(ear, host=HOST):
    place = addresses.Place(
        f"https://{host}:{ear.server_port}/x", host, ear.server_port, "127.0.0.1", is_secure=True
    )

    async def run():
        async with calls.client() as through:
            return [await calls.call(through, place, headers={}, content=b"{}") for _ in range(2)]

    return asyncio.run(run())


@pytest.fixture
def trusting(certificate, monkeypatch):
    """As if an authority had signed the certificate."""
    context = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(calls, "_trust", lambda: context)


def test_a_trusted_certificate_of_the_host_is_believed(ear, trusting):
    assert [one.is_heard for one in called(ear)] == [True, True]
    assert ear.heard[0].headers["host"].startswith(HOST)


def test_one_of_another_host_is_not(ear, trusting):
    assert called(ear, host="other.example")[0].code == "unreachable"
    assert ear.heard == []


def test_one_that_nobody_vouches_for_is_not(ear):
    assert called(ear)[0].code == "unreachable"
    assert ear.heard == []
