import base64
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from audit.canonical import canonical
from consent import services as consent
from consent.models import ConsentEvent, ConsentState
from keys import services as keys
from subjects import services as subjects
from tests.api import house
from tests.api.house import least, pointers, problem
from tests.portal import world
from tests.portal.world import APPROVER, AUTHOR, DELIVERY, MAPS, OFFERS

PATH = "/consents"


@pytest.mark.req("CON-12", "CON-13", "CON-14")
def test_it_works(api, asha, lotus, entries):
    response = api.post(PATH, least(asha))

    assert response.status_code == 201
    body = response.json()
    event = ConsentEvent.objects.get()
    assert response.headers["Location"] == f"/api/v1/consents/{event.id}"
    assert body["id"] == str(event.id)
    assert (body["subject"], body["purpose"], body["state"]) == (str(asha.id), OFFERS, "given")
    assert (body["notice"], body["language"]) == (str(lotus.notice.id), "en")
    assert body["notice_sha256"] == event.notice_sha256 != ""
    assert (body["method"], body["sequence"], body["given_by"]) == ("checkbox", 1, "principal")
    assert ConsentState.objects.get().is_provable
    (entry,) = entries("consent:given")
    assert (entry.actor_type, entry.subject_id) == ("service", asha.id)


@pytest.mark.req("CON-14")
def test_the_receipt_verifies(api, asha):
    receipt = api.post(PATH, least(asha)).json()["receipt"]

    signature = receipt.pop("signature")
    assert receipt["pii_principal_id"] == str(asha.id)
    assert receipt["event_state"] == "given"
    assert holds(receipt, signature)
    assert not holds({**receipt, "event_state": "refused"}, signature)


def holds(content, signature):
    """Whether anyone with our public keys can check the signature, without us."""
    key = next(one for one in keys.public_keys() if one.key_id == signature["key_id"])
    value = base64.b64decode(signature["ed25519"])
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(value, canonical(content))
    except InvalidSignature:
        return False
    return True


def test_the_words_are_the_persons_own_language_where_the_notice_has_it(api, lotus):
    ravi = lotus.person("ravi@example.in", language="hi")
    meena = lotus.person("meena@example.in", language="hi-IN")
    tara = lotus.person("tara@example.in", language="ta")

    languages = [api.post(PATH, least(one)).json()["language"] for one in (ravi, meena, tara)]

    assert languages == ["hi", "hi", "en"]


def test_everything_can_be_said(api, asha, lotus):
    said = {
        "state": "given", "notice": str(lotus.notice.id), "language": "hi", "channel": "web",
        "event_at": "2026-01-02T03:04:05.5+05:30", "expires_at": "2027-01-01T00:00:00Z",
        "given_by": "agent", "explicit": True,
        "evidence": {
            "ui_version": "web 4.2.1", "session": "s-1", "operator": "op:7", "source": "pos",
            "ip": "203.0.113.77", "authority": "POA 2026/14",
        },
    }  # fmt: skip

    body = api.post(PATH, least(asha, **said)).json()

    assert (body["language"], body["channel"], body["given_by"]) == ("hi", "web", "agent")
    assert body["event_at"] == "2026-01-01T21:34:05.500000Z"
    assert body["expires_at"] == "2027-01-01T00:00:00Z"
    assert body["explicit"] is True
    assert ConsentEvent.objects.get().evidence == {**said["evidence"], "ip": "203.0.113.0/24"}


@pytest.mark.req("CON-13")
@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("::1", "::/48"),
    ],
)
def test_an_address_is_kept_as_its_network_only(api, asha, address, kept):
    api.post(PATH, least(asha, evidence={"ip": address}))

    assert ConsentEvent.objects.get().evidence == {"ip": kept}


@pytest.mark.parametrize(
    "who",
    [
        {"subject": "Asha@Example.in ", "scheme": "email"},
        {"subject": {"scheme": "email", "value": "asha@example.in"}},
    ],
)
def test_a_person_can_be_named_by_the_companys_identifier(api, asha, who):
    response = api.post(PATH, {**least(asha), **who})

    assert response.json()["subject"] == str(asha.id)


@pytest.mark.parametrize("state", ["refused", "requested"])
def test_other_choices_can_be_recorded(api, asha, state):
    assert api.post(PATH, least(asha, state=state)).json()["state"] == state


def test_a_deferral_follows_a_request_and_a_renewal_a_yes(api, asha):
    states = ["requested", "deferred", "given", "renewed", "refused"]

    seen = [api.post(PATH, least(asha, state=state)).json()["state"] for state in states]

    assert seen == ["requested", "deferred", "given", "renewed", "withdrawn"]


@pytest.mark.req("CON-08")
@pytest.mark.parametrize("method", ["preselected", "silence", "inactivity", "bundled"])
def test_what_is_no_affirmative_act_is_refused(api, asha, method, unchanged):
    unchanged()

    body = problem(api.post(PATH, least(asha, method=method)), 422, "method_forbidden")

    assert body["errors"][0]["pointer"] == "/method"
    assert body["detail"].endswith(".")


def test_an_unknown_method_is_refused(api, asha, unchanged):
    unchanged()

    problem(api.post(PATH, least(asha, method="telepathy")), 422, "method_unknown")


def test_an_unknown_person_is_not_found(api, lotus, unchanged):
    unchanged()
    nobody = {"purpose": OFFERS, "method": "button"}

    unknown = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
    problem(api.post(PATH, {**nobody, "subject": unknown}), 404, "subject_unknown")
    named = {"subject": "asha9@example.in", "scheme": "email"}
    problem(api.post(PATH, {**nobody, **named}), 404, "subject_unknown")


def test_an_identifier_without_its_scheme_is_explained(api, asha, unchanged):
    unchanged()

    response = api.post(PATH, least(asha, subject="CRM-20417"))

    assert pointers(response) == {("/subject", "subject_form")}


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        ("mind", "asha", "unknown_scheme"),
        ("email", "asha", "malformed_identifier"),
        ("phone", "99999", "malformed_identifier"),
        ("crm", " ", "malformed_identifier"),
    ],
)
def test_a_wrong_identifier_is_refused(api, asha, scheme, value, code, unchanged):
    unchanged()

    problem(api.post(PATH, least(asha, scheme=scheme, subject=value)), 422, code)


def test_a_service_records_only_for_its_purposes(api, asha, unchanged):
    unchanged()

    for purpose in (MAPS, "no.such_purpose"):
        problem(api.post(PATH, least(asha, purpose=purpose)), 403, "purpose_not_registered")


def test_permission_is_asked_before_anybody_is_looked_up(api, lotus):
    body = {"subject": "asha9@example.in", "scheme": "email", "purpose": MAPS, "method": "button"}

    problem(api.post(PATH, body), 403, "purpose_not_registered")


def test_a_registered_purpose_that_nobody_approved_is_unknown(lotus, asha, unchanged):
    api = house.caller(lotus, code="other", purposes=["no.such_purpose"])
    unchanged()

    problem(api.post(PATH, least(asha, purpose="no.such_purpose")), 422, "purpose_unknown")


def test_a_closed_purpose_takes_no_yes(api, asha, lotus):
    consent.close_purpose(by=APPROVER, purpose=lotus.versions[OFFERS].purpose)
    before = house.everything()

    problem(api.post(PATH, least(asha)), 409, "purpose_closed")

    assert house.everything() == before


def test_a_yes_needs_words(lotus, asha, unchanged):
    """The purpose of deliveries has no notice."""
    api = house.caller(lotus, code="other", purposes=[DELIVERY])
    unchanged()

    problem(api.post(PATH, least(asha, purpose=DELIVERY)), 422, "notice_not_in_force")


@pytest.mark.parametrize("state", ["given", "refused", "requested"])
def test_words_in_a_language_nobody_published_are_refused(api, asha, lotus, state, unchanged):
    unchanged()

    body = least(asha, state=state, notice=str(lotus.notice.id), language="ta")

    problem(api.post(PATH, body), 422, "notice_not_in_force")


@pytest.mark.parametrize("state", ["given", "refused", "requested"])
def test_an_unpublished_notice_is_refused(api, asha, lotus, state):
    draft = consent.draft_notice(
        by=world.AUTHOR, controller_id=lotus.id, code="website", pack="IN",
        purposes=[lotus.versions[OFFERS]],
        translations={"en": world.content("en", lotus.controller)},
    )  # fmt: skip
    before = house.everything()

    response = api.post(PATH, least(asha, state=state, notice=str(draft.id)))

    problem(response, 422, "notice_not_in_force")
    assert house.everything() == before


def test_a_step_that_cannot_follow_is_refused(api, asha):
    api.post(PATH, least(asha))
    before = house.everything()

    problem(api.post(PATH, least(asha, state="deferred")), 409, "illegal_transition")

    assert house.everything() == before


def test_a_choice_in_the_future_is_refused(api, asha, unchanged):
    unchanged()
    later = (timezone.now() + timedelta(hours=1)).isoformat()

    problem(api.post(PATH, least(asha, event_at=later)), 422, "event_time_invalid")


@pytest.mark.req("CON-30")
def test_a_choice_before_the_last_one_takes_its_place_before_it(api, asha):
    api.post(PATH, least(asha, state="refused"))

    late = api.post(PATH, least(asha, event_at="2020-01-01T00:00:00Z"))

    assert (late.status_code, late.json()["state"]) == (201, "given")
    assert ConsentState.objects.get().state == "withdrawn"


@pytest.mark.req("CON-30")
def test_a_choice_delivered_twice_is_one(api, asha):
    choice = least(asha, event_at="2026-01-01T00:00:00Z")
    first = api.post(PATH, choice)
    before = house.everything()

    again = api.post(PATH, choice)

    assert again.json()["id"] == first.json()["id"]
    assert house.everything() == before


@pytest.mark.req("CON-10")
def test_data_beyond_the_purpose_are_not_kept(api, asha):
    said = least(asha, categories=["pd:EmailAddress", "pd:Contact"])

    event = api.post(PATH, said).json()

    assert ConsentEvent.objects.get(pk=event["id"]).evidence == {"beyond": "1"}


BAD = {
    "giver_lacks_evidence": {"given_by": "agent"},
    "giver_may_not": {"given_by": "nominee"},
    "scope_too_narrow": {"categories": ["pd:Contact"]},
    "evidence_invalid": {"evidence": {"source": "ABCDE1234F"}},
}


@pytest.mark.req("CON-10", "CON-13")
@pytest.mark.parametrize("code", BAD)
def test_an_act_that_cannot_count_is_refused(api, asha, unchanged, code):
    unchanged()

    problem(api.post(PATH, least(asha, **BAD[code])), 422, code)


@pytest.mark.req("CON-27")
def test_a_service_is_no_consent_manager(api, asha, unchanged):
    unchanged()
    claim = least(asha, given_by="consent_manager", evidence={"manager": "01"})

    assert api.post(PATH, claim).status_code == 400
    claim = least(asha, given_by="consent_manager")
    problem(api.post(PATH, claim), 403, "consent_manager_not_active")


@pytest.mark.parametrize("ends", ["2020-01-01T00:00:00Z", "2025-12-31T23:59:59Z"])
def test_a_consent_cannot_end_before_it_begins(api, asha, ends, unchanged):
    unchanged()

    response = api.post(PATH, least(asha, event_at="2026-01-01T00:00:00Z", expires_at=ends))

    assert pointers(response) == {("/expires_at", "order")}


class TestGuardians:
    def test_a_verified_parent_is_recorded(self, api, asha, lotus):
        mira = lotus.person("mira@example.in")
        subjects.relate(
            by=AUTHOR, subject=mira, related_id=asha.id, kind="parent", verified_by="digilocker"
        )

        body = api.post(PATH, least(asha, given_by="parent", guardian=str(mira.id))).json()

        assert (body["guardian"], body["guardian_verified"]) == (str(mira.id), True)

    def test_a_stranger_is_refused(self, api, asha, lotus):
        mira = lotus.person("mira@example.in")
        before = house.everything()

        response = api.post(PATH, least(asha, given_by="guardian", guardian=str(mira.id)))

        problem(response, 422, "guardian_not_verified")
        assert house.everything() == before

    def test_nobody_else_names_one(self, api, asha, lotus, unchanged):
        unchanged()

        response = api.post(PATH, least(asha, guardian=str(asha.id)))

        assert pointers(response) == {("/guardian", "giver")}
