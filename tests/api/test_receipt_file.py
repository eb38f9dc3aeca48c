"""The full receipt over the API, in each form."""

import json
import uuid

import pytest

from audit.selectors import payload
from consent.records import pdf
from consent.records.files import FORMS
from tests.api.house import least, pointers, problem
from tests.portal.world import MAPS

pytestmark = pytest.mark.req("CON-11", "CON-14")
TEXTS = [form for form in FORMS if form != "pdf"]


@pytest.fixture
def line(lotus, asha):
    return lotus.yes(asha)


def path(event):
    return f"/receipts/{event.id}/file"


@pytest.mark.parametrize("form", TEXTS)
def test_it_works(api, asha, line, form, entries):
    response = api.get(path(line), {"form": form})

    ending, media_type, _ = FORMS[form]
    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
    assert f'filename="receipt-{line.id}{ending}"' in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    (entry,) = entries("record:read")
    assert entry.subject_id == asha.id
    assert payload(entry.id)["data"]["what"] == f"receipt-{form}"


def test_without_a_form_it_is_the_signed_content(api, asha, lotus):
    written = api.post("/consents", least(asha)).json()

    said = json.loads(api.get(f"/receipts/{written['id']}/file").content)

    assert said["schema_version"] == "sammati-receipt-2"
    assert said["signature"]["key_id"] == written["receipt"]["signature"]["key_id"]


def test_a_form_that_does_not_exist_is_refused(api, line, unchanged):
    unchanged()

    assert pointers(api.get(path(line), {"form": "docx"})) == {("/form", "invalid_choice")}


def test_a_pdf_that_cannot_be_made_is_a_problem_with_a_way_out(api, line, monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)

    body = problem(api.get(path(line), {"form": "pdf"}), 501, "pdf_not_installed")

    assert "print" in body["detail"]


@pytest.mark.req("P9")
def test_another_companys_line_is_not_there(api, tulip, bela, unchanged):
    event = tulip.yes(bela)
    unchanged()

    problem(api.get(path(event)), 404, "consent_missing")


def test_a_line_about_another_services_purpose_is_not_there(api, asha, lotus, unchanged):
    event = lotus.yes(asha, MAPS)
    unchanged()

    problem(api.get(path(event)), 404, "consent_missing")


def test_an_unknown_line_is_not_there(api, unchanged):
    unchanged()

    problem(api.get(f"/receipts/{uuid.UUID(int=7)}/file"), 404, "consent_missing")


@pytest.mark.req("P11")
def test_nothing_is_shown_that_cannot_be_recorded(api, line, broken_log):
    with broken_log:
        problem(api.get(path(line)), 503, "read_not_recorded")
