"""The decision point over HTTP: AuthZEN's messages, its errors, and nothing personal in them."""

import copy
import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from accounts import services as accounts
from accounts.models import ServiceKey
from tests.factories.company import AUTHOR, EVALUATION, EVALUATIONS, OFFERS, SURVEYS, company
from tests.policies.searches import SEARCHES

JSON = {"Content-Type": "application/json"}
EMAIL = "asha.rao@example.in"
ENDPOINTS = [EVALUATION, EVALUATIONS]
CONFIGURATION = "/.well-known/authzen-configuration"
DOCUMENTS = [CONFIGURATION, f"{CONFIGURATION}/lotus", "/.well-known/jwks.json"]
SOMEBODY = {
    "subject": {"type": "service", "id": "mailer"},
    "action": {"name": "activate", "properties": {"purpose": OFFERS}},
    "resource": {"type": "customer", "id": "nobody"},
}
KEY = {"Authorization": "Bearer never-looked-at-before-the-message-is-read"}


def error(answer, status=400):
    """The error message string of an answer that is not a decision."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    message = answer.json()
    assert isinstance(message, str)
    assert message
    return message


def code(made):
    return made["decision"], made["context"]["reason_code"]


@pytest.fixture
def send(http):
    """Posts raw bytes."""

    def post(body, path=EVALUATION, **headers):
        return http.post(path, content=body, headers={**JSON, **KEY, **headers})

    return post


@pytest.mark.req("POL-05")
class TestAMessageThatCannotBeRead:
    @pytest.mark.parametrize("member", ["subject", "action", "resource"])
    @pytest.mark.parametrize("fault", ["absent", "null", "string", "list", "empty"])
    def test_is_refused_where_a_member_is_missing_or_ill_typed(self, send, member, fault):
        body = copy.deepcopy(SOMEBODY)
        wrong = {"null": None, "string": EMAIL, "list": [EMAIL], "empty": {}}
        body[member] = wrong.get(fault)
        if fault == "absent":
            del body[member]

        message = error(send(json.dumps(body).encode()))

        assert EMAIL not in message

    @pytest.mark.parametrize(
        ("place", "name", "value"),
        [
            ("subject", "type", 1), ("subject", "id", None), ("subject", "id", ""),
            ("subject", "properties", EMAIL), ("action", "name", ["activate"]),
            ("action", "properties", [EMAIL]), ("resource", "id", 7), ("resource", "type", {}),
            ("resource", "id", "x" * 257), ("resource", "properties", {"scheme": 5}),
            ("action", "properties", {"purpose": None}),
            ("action", "properties", {"data": EMAIL}),
            ("action", "properties", {"recipients": [EMAIL, 5]}),
        ],
    )  # fmt: skip
    def test_is_refused_where_a_field_is_ill_typed(self, send, place, name, value):
        body = copy.deepcopy(SOMEBODY)
        body[place][name] = value

        message = error(send(json.dumps(body).encode()))

        assert f"$.{place}" in message
        assert EMAIL not in message

    @pytest.mark.parametrize("path", ENDPOINTS)
    @pytest.mark.parametrize(
        "body",
        [
            b"", b" ", b"null", b"[]", b'"text"', b"1", b"{", b"{}}", b"{'a': 1}",
            b"\xef\xbb\xbf{}",
            b'{"subject": NaN}', b"{,}", b'{"a":1}{"b":2}',
        ],
    )  # fmt: skip
    def test_is_refused_where_it_is_not_an_object_of_json(self, send, path, body):
        error(send(body, path))

    @pytest.mark.parametrize("path", ENDPOINTS)
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'"purpose"', b'"purpose":"x","purpose"'),
            (b'"purpose"', b'"purpos\\u0065":"x","purpose"'),
            (b"activate", b"activ\xffate"), (b"activate", b"activ\\ud800ate"),
            (b"activate", b"activ\\u0000ate"), (b"activate", b"activ\x00ate"),
            (b'"activate"', b"[" * 40 + b"]" * 40), (b'"activate"', b"[" * 9_000 + b"]" * 9_000),
        ],
        ids=["twice", "disguised", "utf-8", "surrogate", "nul", "raw nul", "depth", "deeper"],
    )  # fmt: skip
    def test_is_refused_where_it_is_not_plain_i_json(self, send, path, old, new):
        body = json.dumps(copy.deepcopy(SOMEBODY)).encode()
        assert old in body

        error(send(body.replace(old, new), path))

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
    def test_is_refused_with_another_content_type(self, send, kind):
        message = error(send(json.dumps(SOMEBODY).encode(), **{"Content-Type": kind}))

        assert "application/json" in message

    def test_is_refused_where_it_says_that_it_is_compressed(self, send):
        for sent in (json.dumps(SOMEBODY).encode(), gzip.compress(json.dumps(SOMEBODY).encode())):
            assert "Content-Encoding" in error(send(sent, **{"Content-Encoding": "GZip"}))

    def test_may_name_its_charset(self, lotus, asha, send):
        kind = "Application/JSON; charset=utf-8"

        answer = send(
            json.dumps(lotus.question(asha)).encode(), **{"Content-Type": kind}, **lotus.headers
        )

        assert answer.json()["decision"] is True

    @pytest.mark.parametrize(
        ("path", "size"), [(EVALUATION, 65 * 1024), (EVALUATIONS, 17 * 1024 * 1024)]
    )
    def test_is_refused_where_it_is_too_large(self, send, path, size):
        body = {**copy.deepcopy(SOMEBODY), "context": {"filler": "x" * size}}

        assert "larger" in error(send(json.dumps(body).encode(), path))

    @pytest.mark.parametrize("semantic", ["execute_some", "", 1, None])
    def test_is_refused_with_a_semantic_nobody_knows(self, send, semantic):
        body = {
            **copy.deepcopy(SOMEBODY), "evaluations": [{}],
            "options": {"evaluations_semantic": semantic},
        }  # fmt: skip

        error(send(json.dumps(body).encode(), EVALUATIONS))

    def test_gives_a_problem_document_only_to_who_asks_for_one(self, send):
        answer = send(b"{", Accept="application/problem+json, */*")

        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 400
        error(send(b"{", Accept="application/json"))


@pytest.mark.req("POL-05", "POL-21")
class TestACallerNobodyKnows:
    @pytest.mark.parametrize("path", ENDPOINTS)
    @pytest.mark.parametrize("value", [None, "Bearer", "Bearer wrong", "Basic eDp5", "smt_1"])
    def test_is_refused(self, http, lotus, asha, path, value):
        headers = {"Authorization": value} if value is not None else {}

        answer = http.post(path, json=lotus.question(asha), headers=headers)

        error(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_is_one_whose_key_was_revoked_between_two_calls(self, http, lotus, asha, ask):
        assert ask(lotus, asha)["decision"] is True

        accounts.revoke_key(by=AUTHOR, key=lotus.key)

        for path in ENDPOINTS:
            error(http.post(path, json=lotus.question(asha), headers=lotus.headers), 401)

    def test_is_one_whose_key_has_expired(self, http, lotus, asha):
        past = datetime.now(UTC) - timedelta(seconds=1)
        ServiceKey.objects.filter(pk=lotus.key.pk).update(
            created_at=past - timedelta(days=1), expires_at=past
        )

        error(http.post(EVALUATION, json=lotus.question(asha), headers=lotus.headers), 401)

    def test_is_known_by_the_second_of_two_keys_and_whatever_the_spelling_of_bearer(
        self, http, lotus, asha
    ):
        _, secret = accounts.issue_key(by=AUTHOR, service=lotus.service)
        headers = {"Authorization": f"bearer {secret}"}

        answer = http.post(EVALUATION, json=lotus.question(asha), headers=headers)

        assert answer.json()["decision"] is True

    def test_holds_up_nobody_else_in_a_batch(self, http, lotus, asha):
        body = {"evaluations": [lotus.question(asha)] * 3}
        for headers, status in [(lotus.headers, 200), ({"Authorization": "Bearer x"}, 401)] * 5:
            assert http.post(EVALUATIONS, json=body, headers=headers).status_code == status


@pytest.mark.req("POL-05")
class TestEveryAnswer:
    def test_echoes_the_request_id(self, http, lotus, asha):
        question, key, tag = lotus.question(asha), lotus.headers, {"X-Request-ID": "ask-4711"}
        answers = {
            200: http.post(EVALUATION, json=question, headers={**key, **tag}),
            400: http.post(EVALUATION, content=b"{", headers={**JSON, **key, **tag}),
            401: http.post(EVALUATION, json=question, headers=tag),
            404: http.post("/access/v1/nothing", json=question, headers={**key, **tag}),
            405: http.get(EVALUATION, headers={**key, **tag}),
        }

        for status, answer in answers.items():
            assert answer.status_code == status
            assert answer.headers["x-request-id"] == "ask-4711"
            assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("value", ["a b", "x" * 257, "a\tb"])
    def test_echoes_no_request_id_that_is_not_a_token(self, http, value):
        answer = http.get(EVALUATION, headers={"X-Request-ID": value})

        assert "x-request-id" not in answer.headers

    @pytest.mark.req("POL-04")
    @pytest.mark.parametrize("path", [*ENDPOINTS, *SEARCHES])
    @pytest.mark.parametrize("more", ["/", "//", "/x"])
    def test_comes_from_one_address_alone_without_a_redirect(self, http, lotus, asha, path, more):
        answer = http.post(path + more, json=lotus.question(asha), headers=lotus.headers)

        error(answer, 404)
        assert "location" not in answer.headers

    @pytest.mark.req("POL-04")
    @pytest.mark.parametrize("path", DOCUMENTS)
    def test_that_describes_us_comes_from_one_address_alone_too(self, http, path):
        found, other = http.get(path), http.get(f"{path}/")

        assert (found.status_code, other.status_code) == (200, 404)
        assert "location" not in other.headers

    def test_ignores_members_it_does_not_know(self, lotus, asha, ask):
        body = lotus.question(asha)
        body |= {"zeal": [1, {"a": None}], "context": {"time": "now"}}
        for place in ("subject", "action", "resource"):
            body[place]["extra"] = {"deep": [True, 1.5]}
            body[place].setdefault("properties", {})["unheard"] = 1

        assert ask(lotus, body)["decision"] is True

    def test_is_200_for_a_denial(self, lotus, asha, ask):
        lotus.withdraws(asha)

        assert code(ask(lotus, asha)) == (False, "CONSENT_WITHDRAWN")


@pytest.mark.req("POL-04")
def test_the_metadata_document_names_the_endpoints(http, site):
    answer = http.get("/.well-known/authzen-configuration")

    found = answer.json()
    assert answer.status_code == 200
    assert found["policy_decision_point"] == site.url
    assert found["access_evaluation_endpoint"] == site.url + EVALUATION
    assert found["access_evaluations_endpoint"] == site.url + EVALUATIONS
    assert http.post("/.well-known/authzen-configuration").status_code == 405


@pytest.mark.req("POL-01")
class TestADecision:
    def test_says_why_and_until_when(self, lotus, asha, ask):
        made = ask(lotus, asha)

        context = made["context"]
        until = datetime.fromisoformat(context["valid_until"])
        assert code(made) == (True, "PERMIT_IN:consent")
        assert context["basis"] == {"IN": "consent"}
        assert 0 < (until - datetime.now(UTC)).total_seconds() <= 60
        assert context["legal_refs"]
        assert context["decision_id"]
        assert context["consent_record"]
        assert context["policy_version"]

    def test_says_what_would_cure_a_denial_and_where_the_person_can_act(
        self, site, lotus, asha, ask
    ):
        lotus.withdraws(asha)

        cure = ask(lotus, asha)["context"]["cure"]

        assert cure["code"] == "new_consent"
        assert cure["url"].startswith(site.url)

    def test_finds_the_person_by_the_companys_own_identifier(self, lotus, asha, ask):
        for spelling in (EMAIL, " Asha.Rao@EXAMPLE.in "):
            assert ask(lotus, lotus.by_email(spelling))["decision"] is True

    @pytest.mark.parametrize(
        "resource",
        [
            {"id": "nobody@example.in", "properties": {"scheme": "email"}},
            {"id": EMAIL, "properties": {"scheme": "phone"}},
            {"id": EMAIL, "properties": {"scheme": "fax"}},
            {"id": "no address", "properties": {"scheme": "email"}},
            {"id": EMAIL}, {"id": "01900000-0000-7000-8000-000000000001"}, {"id": "x"},
            {"id": "\U0001f600" * 200, "properties": {"scheme": "crm"}},
        ],
    )  # fmt: skip
    def test_is_a_denial_about_somebody_unknown(self, lotus, asha, ask, resource):
        body = {**lotus.question(), "resource": {"type": "customer", **resource}}

        made = ask(lotus, body)

        assert code(made) == (False, "SUBJECT_UNKNOWN")
        assert resource["id"] not in json.dumps(made["context"]["reasons"])

    def test_is_a_denial_about_another_kind_of_thing(self, lotus, asha, ask):
        body = lotus.question(asha)
        body["resource"]["type"] = "parcel"

        assert code(ask(lotus, body)) == (False, "SUBJECT_UNKNOWN")

    @pytest.mark.parametrize("purpose", ["", "no.such", "Marketing.Email.Offers", "x" * 256, "é€"])
    def test_is_a_denial_for_a_purpose_that_does_not_exist(self, lotus, asha, ask, purpose):
        made = ask(lotus, asha, purpose=purpose)

        assert code(made) == (False, "PURPOSE_UNKNOWN")

    def test_is_a_denial_for_a_purpose_the_service_is_not_registered_for(self, lotus, asha, ask):
        lotus.purpose("ads.profiling")

        assert code(ask(lotus, asha, purpose="ads.profiling")) == (False, "CALLER_NOT_AUTHORISED")

    @pytest.mark.parametrize("claimed", [("service", "other"), ("user", "mailer")])
    def test_is_a_denial_to_who_claims_to_be_somebody_else(self, lotus, asha, ask, claimed):
        body = lotus.question(asha)
        body["subject"] = dict(zip(("type", "id"), claimed, strict=True))

        assert code(ask(lotus, body)) == (False, "CALLER_NOT_AUTHORISED")

    def test_is_a_denial_of_an_action_nobody_has_ruled_on(self, lotus, asha, ask):
        body = lotus.question(asha)
        body["action"]["name"] = "sell"

        assert code(ask(lotus, body)) == (False, "NO_MATCHING_RULE")


@pytest.mark.req("POL-05")
def test_nothing_personal_is_in_what_went_wrong(lotus, asha, send, site):
    phone = "+919812345678"
    bodies = [
        json.dumps({**lotus.question(asha), "subject": {"type": EMAIL, "id": {phone: EMAIL}}}),
        json.dumps({**lotus.question(asha), EMAIL: 1}).replace("{", '{"' + EMAIL + '": 2, ', 1),
        json.dumps({EMAIL: phone}), f'{{"{EMAIL}": {phone}',
        json.dumps({**lotus.by_email(EMAIL), "action": EMAIL}),
    ]  # fmt: skip

    said = [error(send(body.encode())) for body in bodies]

    for message in [*said, site.log.read_text()]:
        assert EMAIL not in message
        assert phone not in message
        assert lotus.secret not in message


@pytest.mark.req("POL-01", "POL-15")
def test_a_sibling_of_the_purpose_is_another_purpose(lotus, asha, ask):
    lotus.purpose(SURVEYS, is_marketing=False)

    assert code(ask(lotus, asha, purpose=SURVEYS)) == (False, "CONSENT_MISSING")
    assert code(ask(lotus, asha, purpose=OFFERS)) == (True, "PERMIT_IN:consent")


@pytest.mark.req("POL-01")
def test_two_companies_with_the_same_codes_do_not_share_people(lotus, asha, ask):
    other = company("rival")

    assert code(ask(other, asha)) == (False, "SUBJECT_UNKNOWN")
    assert code(ask(other, other.by_email(EMAIL))) == (False, "SUBJECT_UNKNOWN")
