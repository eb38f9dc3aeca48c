"""Officers hand in files and decide upon those of others; a file is seen by a recorded look."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from audit.models import EntryIndex
from erasure.admin.step_acts import is_evident
from erasure.models import ShownEvidence
from tests.desk.house import signed_in
from tests.erasure.manual.test_manual import PDF, case, step
from tests.factories.company import AUTHOR

__all__ = ["case", "step"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-07")]


@pytest.fixture
def desk(office):
    """Clients of two privacy officers."""
    return [signed_in(officer(office, name)) for name in ("olga", "omar")]


def officer(office, name):
    found = accounts.create_officer(
        by=AUTHOR, username=name, email=f"{name}@staff.example", password="long-enough-42!"
    )
    accounts.assign_role(
        by=AUTHOR, officer=found, controller=office.company.controller, role="privacy_officer"
    )
    return User.objects.get(pk=found.pk)


def address(model, row, verb):
    return reverse(f"admin:erasure_{model}_act", args=[row.pk, verb])


def hand_in(client, step, **more):
    file = SimpleUploadedFile("x.pdf", PDF, "application/pdf")
    data = {"claim": "done", "file": file, **more}
    return client.post(address("step", step, "hand_in"), data)


def act(client, row, verb, **data):
    return client.post(address("shownevidence", row, verb), {"sent": "1", **data})


def test_a_file_goes_up_and_another_officer_ends_the_step(desk, step):
    asked, looked = desk

    assert hand_in(asked, step).status_code == 302
    row = ShownEvidence.objects.get()
    refused = act(asked, row, "accept")
    accepted = act(looked, row, "accept")

    step.refresh_from_db()
    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert (step.state, row.size) == ("absent", len(PDF))


def test_the_form_can_carry_a_file(desk, step):
    page = desk[0].get(address("step", step, "hand_in"))

    assert b'enctype="multipart/form-data"' in page.content


def test_a_file_is_taken_away_as_one_and_the_look_is_on_record(desk, step):
    hand_in(desk[0], step)

    answer = act(desk[1], ShownEvidence.objects.get(), "look")

    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert EntryIndex.objects.filter(event="evidence:read").count() == 1


def test_a_rejection_names_its_reason(desk, step):
    hand_in(desk[0], step)
    row = ShownEvidence.objects.get()

    assert act(desk[1], row, "reject", reason="short").status_code == 422
    assert act(desk[1], row, "reject", reason="It shows another record.").status_code == 302
    assert desk[1].get(f"/admin/erasure/shownevidence/{row.id}/change/").status_code == 200


def test_without_a_file_the_form_says_so(desk, step):
    assert hand_in(desk[0], step, file="").status_code == 422


def test_a_word_alone_is_no_evidence_of_what_is_done_by_hand(step):
    assert not is_evident(step)
