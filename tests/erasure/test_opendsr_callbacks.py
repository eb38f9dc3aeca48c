"""What OpenDSR processors report counts when it is signed by them, and changes things once."""

import json

import pytest
from django.test import Client

from erasure.models import Step
from registry.connectors import opendsr
from tests.erasure.engine.conftest import asha, heard_above, office
from tests.registry.connectors import processor as world

__all__ = ["asha", "heard_above", "office"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-07")]


@pytest.fixture
def step(office, asha):
    """A step that the processor was told of, and whose answer is not recorded yet."""
    office.system(
        "vendor", kind="opendsr", url="https://processor.example", domain=world.DOMAIN,
        certificate=world.certificate(), identities={"email": "email"},
    )  # fmt: skip
    case = office.began(asha, "vendor")
    found = office.step(case, "vendor")
    Step.objects.filter(pk=found.pk).update(state="sent", sent_at=case.opened_at)
    found.refresh_from_db()
    return found


def report(step, state="completed", whose="processor", send=None, **more):
    connector = step.system.connector.id
    said = {
        "subject_request_id": str(opendsr.request_id(step.key)), "request_status": state,
        "status_callback_url": opendsr.callback_url(connector), "controller_id": "c", **more,
    }  # fmt: skip
    body = json.dumps(said).encode()
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in world.signed(body, whose=whose).items()
    }
    return Client().post(
        f"/api/v1/callbacks/opendsr/{connector}", send or body, content_type="application/json",
        **headers,
    )  # fmt: skip


def state(step):
    step.refresh_from_db()
    return step.state, step.code


def test_a_completed_request_is_confirmed_and_not_yet_proven(step):
    assert report(step).status_code == 204

    assert state(step) == ("confirmed", "needs_evidence")


def test_a_report_said_twice_changes_nothing_the_second_time(step):
    report(step)
    marks = step.marks.count()

    assert report(step).status_code == 204
    assert (state(step)[0], step.marks.count()) == ("confirmed", marks)


def test_it_is_found_by_its_reference_too(step):
    report(step, "in_progress")
    assert state(step)[0] == "accepted"

    assert report(step).status_code == 204
    assert state(step)[0] == "confirmed"


def test_a_cancelled_request_waits_for_an_officer(step):
    report(step, "cancelled")

    assert state(step) == ("failed", "cancelled_there")


@pytest.mark.parametrize(
    "how",
    [
        {"whose": "forger"},
        {"send": b'{"request_status": "completed"}'},
        {"status_callback_url": "https://elsewhere.example/"},
        {"subject_request_id": 7},
    ],
    ids=["forged", "altered", "elsewhere", "malformed"],
)
def test_what_is_not_theirs_is_refused_and_changes_nothing(step, how):
    assert report(step, **how).status_code == 403

    assert state(step)[0] == "sent"


def test_a_request_of_nobody_is_unknown(step):
    answer = report(step, subject_request_id="00000000-0000-4000-8000-000000000000")

    assert (answer.status_code, answer.json()["code"]) == (404, "callback_unknown")


def test_a_connector_that_is_no_longer_used_hears_nothing(step):
    type(step.system.connector).objects.update(is_active=False)

    assert report(step).status_code == 403


def test_a_paused_system_asks_to_be_told_later(step):
    type(step.system).objects.filter(pk=step.system_id).update(state="paused")

    assert report(step).status_code == 503
    assert state(step)[0] == "sent"


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_learn_nothing(db, method):
    url = "/api/v1/callbacks/opendsr/00000000-0000-4000-8000-000000000000"

    assert getattr(Client(), method)(url).status_code == 403
