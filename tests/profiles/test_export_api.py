"""Exports of profiles asked for by a service."""

import pytest
from django.test import Client

from profiles import services as profiles
from profiles.models import ProfileExport
from tests.factories.company import OFFERS
from tests.profiles.guarded_world import REASON, guarded
from work import services as work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("PRO-03")]
URL = "/api/v1/profiles/exports"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PROFILE_EXPORT_FOLDER = str(tmp_path / "exports")


@pytest.fixture
def lotus(transactional_db):
    found = guarded()
    found.seat(found.service)
    return found


@pytest.fixture
def asha(lotus):
    return lotus.person()


def post(lotus, *people, key=None, **more):
    body = {
        "purpose": OFFERS, "reason": REASON, "subjects": [str(one.id) for one in people], **more
    }  # fmt: skip
    headers = {**lotus.company.headers, **({"Idempotency-Key": key} if key else {})}
    return Client().post(URL, body, content_type="application/json", headers=headers)


def get(lotus, path):
    return Client().get(f"{URL}/{path}", headers=lotus.company.headers)


def test_is_made_once_an_officer_approved_it(lotus, asha):
    asked = post(lotus, asha)
    assert (asked.status_code, asked.json()["state"]) == (202, "requested")
    assert get(lotus, f"{asked.json()['id']}/file").status_code == 409

    export = ProfileExport.objects.get()
    profiles.approve_export(by=lotus.meera, export=export)
    while work.run_available(worker="w"):
        pass

    told = get(lotus, asked.json()["id"]).json()
    file = b"".join(get(lotus, f"{asked.json()['id']}/file").streaming_content)
    assert (told["state"], told["shown"]) == ("ready", 1)
    assert told["watermark"].encode() in file
    assert str(asha.id).encode() in file


def test_asked_for_twice_under_one_key_is_one(lotus, asha):
    first, again = (post(lotus, asha, key="once") for _ in range(2))

    assert first.json() == again.json()
    assert ProfileExport.objects.count() == 1


def test_of_somebody_else_is_not_told(lotus, asha):
    export = profiles.request_export(
        by=lotus.ravi, controller_id=lotus.id, subject_ids=[asha.id], purpose=OFFERS,
        reason=REASON,
    )  # fmt: skip

    assert get(lotus, str(export.id)).status_code == 404
    assert get(lotus, f"{export.id}/file").status_code == 404


@pytest.mark.req("P9")
def test_of_another_company_is_not_told(lotus, asha):
    asked = post(lotus, asha).json()["id"]
    rose = guarded("rose")

    assert get(rose, asked).status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [({"purpose": "orders.other"}, "purpose_not_registered"), ({"reason": "no"}, "reason_missing"),
     ({"role": "campaign"}, "no_seat"), ({"subjects": []}, "invalid_request"),
     ({"extra": 1}, "invalid_request")],
)  # fmt: skip
def test_bad_input_is_refused(lotus, asha, change, code):
    found = post(lotus, asha, **change)

    assert found.status_code in (400, 403, 422)
    assert code in (found.json()["code"], "invalid_request")
    assert not ProfileExport.objects.exists()


def test_without_a_seat_is_refused(transactional_db):
    bare = guarded("rose")
    person = bare.person("chitra@example.in")

    assert post(bare, person).json()["code"] == "no_seat"
