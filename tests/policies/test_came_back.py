"""Somebody who was erased and began anew: erased before, never asked afterwards."""

import pytest

from keys.ids import uuid7
from subjects import returning, selectors, tombstones
from subjects import services as subjects
from tests.factories.company import AUTHOR, EVALUATION

EMAIL = "asha.rao@example.in"
pytestmark = [pytest.mark.req("ERA-16", "P8")]


def test_they_are_somebody_never_asked_and_the_old_id_stays_erased(http, lotus, asha):
    def reason(resource):
        body = {**lotus.question(asha), "resource": {"type": "customer", **resource}}
        answer = http.post(EVALUATION, json=body, headers=lotus.headers).json()
        assert answer["decision"] is (answer["context"]["reason_code"].startswith("PERMIT"))
        return answer["context"]["reason_code"]

    by_email = {"id": EMAIL, "properties": {"scheme": "email"}}
    assert reason(by_email) == "PERMIT_IN:consent"
    tombstones.set_many(by=AUTHOR, controller_id=lotus.id, cases={asha.id: uuid7()})
    subjects.destroy_key(by=AUTHOR, subject=asha)
    lotus.stands(asha, "erased")
    assert reason(by_email) == reason({"id": str(asha.id)}) == "SUBJECT_ERASED"

    asked = returning.note(controller_id=lotus.id, address=EMAIL, language="en")
    new = returning.begin(token=returning.send(request_id=asked)[1])

    facts = {"residence": "", "age_state": "unknown", "age_assurance": "unknown"}
    never = lotus.person("never@example.in", **facts)
    assert selectors.find(lotus.id, "email", EMAIL).id == new.id
    assert reason(by_email) == reason({"id": str(new.id)}) == reason({"id": str(never.id)})
    assert not reason(by_email).startswith("PERMIT")
    assert reason(by_email) not in {"SUBJECT_ERASED", "SUBJECT_UNKNOWN"}
    assert reason({"id": str(asha.id)}) == "SUBJECT_ERASED"

    lotus.yes(new)
    assert reason({"id": str(asha.id)}) == "SUBJECT_ERASED"
