"""The copy of a person's data: all of it, under their key, for some days (POR-03, POR-04, P11)."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.actors import Actor
from audit.models import EntryIndex
from consent import services as consent
from consent.transitions import State
from registry.models import System
from rights import services
from rights.errors import CopyMissingError
from rights.models import AccessBundle
from rights.services import NewRequest
from subjects import services as subject_services
from tests.portal.world import AUTHOR, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-03", "POR-04")]


def ask(company, subject):
    new = NewRequest(
        kind="access", channel="portal", subject_id=subject.id, identified_how="signed_in"
    )
    by = Actor("subject", str(subject.id))
    return services.receive(by=by, controller_id=company.id, new=new)


def take(company, request):
    by = Actor("subject", str(request.subject_id))
    packed = services.take_copy(by=by, controller_id=company.id, request_id=request.id)
    with zipfile.ZipFile(io.BytesIO(packed)) as file:
        assert sorted(file.namelist()) == ["copy.html", "copy.json"]
        return json.loads(file.read("copy.json")), file.read("copy.html").decode()


@pytest.fixture
def made(company, asha, run_jobs):
    company.yes(asha)
    company.answer(asha, SURVEYS, State.REFUSED)
    request = ask(company, asha)
    run_jobs()
    request.refresh_from_db()
    return request


def test_it_says_who_what_for_and_what_was_answered(company, asha, made):
    said, page = take(company, made)

    assert said["person"]["identifiers"] == [{"scheme": "email", "value": "asha@example.in"}]
    answers = {one["purpose"]: one["answer"] for one in said["purposes"]}
    assert (answers[OFFERS], answers[SURVEYS]) == ("given", "refused")
    assert [one["purpose"] for one in said["consents"]] == [SURVEYS, OFFERS]
    offers = next(one for one in said["purposes"] if one["purpose"] == OFFERS)
    assert (offers["kept_days_after"], offers["categories"]) == (365, ["pd:EmailAddress"])
    assert said["requests"][0]["reference"] == str(made.id)
    assert "asha@example.in" in page
    assert "Meera Iyer" in page


def test_it_names_the_systems_of_which_nothing_is_in_it(company, asha, run_jobs):
    System.objects.create(
        controller_id=company.id, code="letters", name="Letters", kind="silent", created_by="a"
    )
    request = ask(company, asha)
    run_jobs()
    request.refresh_from_db()

    said, page = take(company, request)

    assert (said["systems_asked_live"], said["systems_not_asked"]) == ([], ["Letters"])
    assert "not in this copy: Letters" in page


def test_it_answers_the_request(made):
    assert (made.state, made.answer_code) == ("answered", "given")


def test_its_reading_making_and_taking_are_on_record(company, made):
    take(company, made)

    events = EntryIndex.objects.filter(controller_id=company.id).values_list("event", flat=True)
    assert {"record:viewed", "copy:made", "copy:taken"} <= set(events)


def test_it_lies_there_sealed_and_opens_as_nothing_else(company, asha, made):
    copy = AccessBundle.objects.get()

    assert b"PK" not in bytes(copy.sealed)[:4]
    assert b"asha" not in bytes(copy.sealed)
    subject_services.destroy_key(by=AUTHOR, subject=asha)
    with pytest.raises(CopyMissingError):
        take(company, made)


def test_after_two_weeks_it_is_gone(company, made):
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        with pytest.raises(CopyMissingError):
            take(company, made)
        assert services.end_copies() == 1

    copy = AccessBundle.objects.get()
    assert (copy.sealed, copy.ended_at is None) == (None, False)


def test_nobody_of_another_controller_takes_it(european, made):
    with pytest.raises(CopyMissingError):
        take(european, made)


def test_one_that_was_taken_back_is_not_made(company, asha, run_jobs):
    request = ask(company, asha)
    by = Actor("subject", str(asha.id))
    services.take_back(by=by, controller_id=company.id, request_id=request.id)
    run_jobs()

    copy = AccessBundle.objects.get()
    assert (copy.sealed, copy.made_at) == (None, None)


def test_it_is_made_once(company, asha, made):
    copy = AccessBundle.objects.get()

    assert services.keep_copy(copy_id=copy.id, controller_id=company.id, body=b"other") is None


def test_it_speaks_the_persons_language(company, run_jobs):
    zara = company.person("zara@example.in", language="ur")
    request = ask(company, zara)
    run_jobs()

    _, page = take(company, request)

    assert '<html lang="ur" dir="rtl">' in page


def test_what_is_restricted_and_objected_to_is_in_it(european, run_jobs):
    lena = european.person("lena@example.de", residence="DE")
    by = Actor("subject", str(lena.id))
    consent.object_to(
        by=by, controller_id=european.id, subject_id=lena.id, kind="direct_marketing", purpose="",
        method="portal",
    )  # fmt: skip
    request = ask(european, lena)
    run_jobs()

    said, _ = take(european, request)

    assert [one["kind"] for one in said["objections"]] == ["direct_marketing"]
