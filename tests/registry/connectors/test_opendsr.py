"""OpenDSR processors are asked as the standard says, and believed by their signature alone."""

import datetime as dt
from uuid import UUID

import pytest

from registry.connectors import signed as checking
from registry.connectors.contract import Act, Verb
from registry.connectors.opendsr import OpenDsrConnector, heard, read
from tests.registry.connectors import processor as world
from tests.registry.connectors.house import check, person, probe, refused, status, tell

pytestmark = pytest.mark.req("ERA-07")
CALLBACK = "https://sammati.example/api/v1/callbacks/opendsr/1"


def settings(url="https://processor.example", **more):
    given = {
        "url": url, "domain": world.DOMAIN, "certificate": world.certificate(),
        "identities": {"email": "email"}, "auth": "bearer",
    }  # fmt: skip
    return given | more


def connector(system, **more):
    return OpenDsrConnector(read(settings(system.url, **more)), "s3cret", CALLBACK)


@pytest.fixture
def there(system):
    system.answer = world.Processor()
    return system.answer


class TestAsking:
    def test_a_request_has_the_form_of_the_standard(self, system, there):
        [said] = tell(connector(system), person())

        body = system.heard[0].body
        assert (said.act, said.reference) == (Act.ACCEPTED, body["subject_request_id"])
        assert UUID(body["subject_request_id"]).version == 4
        assert body["subject_request_type"] == "erasure"
        assert body["status_callback_urls"] == [CALLBACK]
        assert body["subject_identities"] == [
            {
                "identity_type": "email", "identity_format": "raw",
                "identity_value": "asha@example.in",
            }
        ]  # fmt: skip

    def test_a_repetition_is_the_same_request(self, system, there):
        tell(connector(system), person())
        tell(connector(system), person())

        assert len(there.requests) == 1

    def test_a_processor_that_refuses_repeats_is_asked_what_became_of_it(self, system, there):
        there.refuses_repeats = True
        tell(connector(system), person())

        [said] = tell(connector(system), person())

        assert said.act is Act.ACCEPTED

    def test_identities_are_hashed_where_the_settings_say(self, system, there):
        tell(connector(system, hashed=["email"]), person())

        [one] = system.heard[0].body["subject_identities"]
        assert (one["identity_format"], len(one["identity_value"])) == ("sha256", 64)

    def test_who_has_none_of_its_identities_waits_for_an_officer(self, system, there):
        [said] = tell(connector(system), person(identifiers={}))

        assert (said.act, said.code, system.heard) == (Act.REFUSED, "no_identifier", [])

    def test_correction_is_asked_only_where_it_is_known(self, system, there):
        assert refused(lambda: tell(connector(system), person(), verb=Verb.CORRECT)).code == (
            "verb_unknown"
        )

    @pytest.mark.parametrize(
        ("state", "act", "code"),
        [
            ("pending", Act.ACCEPTED, ""),
            ("in_progress", Act.ACCEPTED, ""),
            ("completed", Act.DONE, ""),
            ("cancelled", Act.REFUSED, "cancelled_there"),
            ("gone", Act.RETRY, "answer_not_understood"),
        ],
    )
    def test_a_state_means_what_the_standard_says(self, system, there, state, act, code):
        [said] = tell(connector(system), person())
        there.state = state

        [then] = status(connector(system), person(reference=said.reference))

        assert (then.act, then.code) == (act, code)

    def test_there_is_no_way_to_look(self, system, there):
        assert connector(system).declaration.probes is False
        assert refused(lambda: probe(connector(system), person())).code == "no_probe"


class TestBelieving:
    @pytest.mark.parametrize(
        ("manner", "value", "code"),
        [
            ("whose", "forger", "signature_wrong"),
            ("kind", "ec", "signature_wrong"),
            ("domain", "other.example", "domain_wrong"),
        ],
    )
    def test_an_answer_of_somebody_else_is_none(self, system, there, manner, value, code):
        setattr(there, manner, value)

        error = refused(lambda: tell(connector(system), person()))

        assert (error.code, error.retry) == (code, False)

    def test_an_answer_that_is_not_signed_is_none(self, system):
        system.say(201, {"subject_request_id": "x"})

        assert refused(lambda: tell(connector(system), person())).code == "domain_wrong"

    def test_a_signed_error_is_an_error(self):
        body = b'{"error": {"code": 500}}'
        headers = {name.lower(): text for name, text in world.signed(body).items()}

        error = refused(lambda: heard(read(settings()), headers, body, world.NOW))

        assert error.code == "answer_says_error"

    def test_a_certificate_that_has_expired_proves_nothing(self, system, there):
        expired = connector(system, certificate=world.certificate(days=-1))

        assert refused(lambda: tell(expired, person())).code == "certificate_expired"

    @pytest.mark.parametrize("kind", ["rsa", "ec", "ed25519"])
    def test_certificates_and_keys_of_each_kind(self, kind):
        body = b"{}"
        for pem in (world.certificate(kind), world.public(kind)):
            checker = checking.verifier(pem)

            assert checker.accepts(body, world.signature(body, kind))
            assert not checker.accepts(b"{ }", world.signature(body, kind))
            assert not checker.accepts(body, "not base64!")
            assert checker.is_valid(world.NOW)

    def test_a_certificate_is_valid_for_a_while_only(self):
        checker = checking.verifier(world.certificate())

        assert not checker.is_valid(world.NOW + dt.timedelta(days=31))
        assert not checker.is_valid(world.NOW - dt.timedelta(days=61))


class TestChecking:
    def test_it_fits(self, system, there):
        assert check(connector(system)) == []

    @pytest.mark.parametrize(
        ("discovery", "codes"),
        [
            ({"supported_subject_request_types": ["access"]}, ["types_unsupported"]),
            ({"supported_identities": []}, ["identities_unsupported"]),
            ({"supported_identities": None}, ["identities_unsupported"]),
            ({"processor_certificate": "https://evil.example/c.pem"}, ["certificate_elsewhere"]),
        ],
    )
    def test_what_it_cannot_do_has_a_name(self, system, there, discovery, codes):
        there.discovery = discovery

        assert check(connector(system)) == codes

    def test_another_certificate_is_a_change_that_an_officer_accepts(self, system, there):
        other = connector(system, certificate=world.certificate(days=29))

        assert check(other) == ["certificate_changed"]

    def test_expired_credentials(self, system):
        system.say(401, None)

        assert check(connector(system)) == ["credentials_refused"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"certificate": "x"}, "settings_certificate"),
        ({"identities": {}}, "settings_identities"),
        ({"identities": {"passport": "x"}}, "settings_identities"),
        ({"types": ["access"]}, "settings_types"),
        ({"requests": "../admin"}, "settings_requests"),
        ({"auth": "header"}, "settings_header"),
        ({"timeout_seconds": 0}, "settings_timeout_seconds"),
        ({"more": 1}, "settings_malformed"),
    ],
)
def test_each_fault_of_the_settings_has_a_name(more, code):
    assert refused(lambda: read(settings(**more))).code == code
