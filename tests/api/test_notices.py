import hashlib

import pytest

from audit.canonical import canonical
from consent import services as consent
from tests.api.house import pointers, problem
from tests.portal.world import APPROVER, DELIVERY, OFFERS

PATH = "/notices"


def test_it_works(api, lotus, unchanged):
    unchanged()

    response = api.get(PATH, {"purpose": OFFERS, "language": "hi"})

    assert response.status_code == 200
    body = response.json()
    assert (body["version"], body["code"], body["number"], body["language"]) == (
        str(lotus.notice.id), "website", 1, "hi",
    )  # fmt: skip
    assert body["sha256"] == hashlib.sha256(canonical(body["content"])).hexdigest()


@pytest.mark.parametrize("query", [{}, {"language": "ta"}])
def test_english_stands_in(api, lotus, query):
    assert api.get(PATH, {"purpose": OFFERS, **query}).json()["language"] == "en"


def test_the_newest_words_are_shown(api, lotus):
    tag = api.get(PATH, {"purpose": OFFERS}).headers["ETag"]
    newer = lotus.republish()

    response = api.get(PATH, {"purpose": OFFERS}, If_None_Match=tag)

    assert response.json()["version"] == str(newer.id)


def test_the_words_shown_can_be_named_in_the_consent(api, lotus, asha):
    shown = api.get(PATH, {"purpose": OFFERS, "language": "hi"}).json()
    body = {
        "subject": str(asha.id), "purpose": OFFERS, "method": "checkbox",
        "notice": shown["version"], "language": shown["language"],
    }  # fmt: skip

    assert api.post("/consents", body).json()["notice_sha256"] == shown["sha256"]


def test_what_has_no_notice_says_so(api, lotus):
    problem(api.get(PATH, {"purpose": DELIVERY}), 404, "notice_missing")
    problem(api.get(PATH, {"purpose": "no.such"}), 422, "purpose_unknown")


def test_a_closed_purpose_says_so(api, lotus):
    consent.close_purpose(by=APPROVER, purpose=lotus.versions[OFFERS].purpose)

    problem(api.get(PATH, {"purpose": OFFERS}), 409, "purpose_closed")


def test_a_wrong_query_is_refused(api, lotus):
    assert pointers(api.get(PATH)) == {("/purpose", "required")}
    assert pointers(api.get(PATH, {"purpose": OFFERS, "language": "Asha!"})) == {
        ("/language", "invalid")
    }
