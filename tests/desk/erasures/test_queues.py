"""The queue of a system: how it stands, who is asked, and one press for all that failed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from erasure.models import Errand, Gate, Step
from tests.desk import house
from tests.erasure import ended
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-06")]


@pytest.fixture
def step(lotus):
    return Step.objects.get(controller_id=lotus.id, state="failed")


@pytest.fixture
def gate(step):
    return Gate.objects.get(pk=step.system_id)


def address(gate):
    return f"/admin/erasures/queues/{gate.pk}/"


def act(client, gate, verb):
    return client.post(f"/admin/erasure/gate/{gate.pk}/act/{verb}/", {"sent": "1"})


def text(client, gate):
    return client.get(address(gate)).content.decode()


def rest(gate, trouble="unreachable"):
    Gate.objects.filter(pk=gate.pk).update(
        rests_until_at=timezone.now() + timedelta(minutes=5), failures=3, trouble=trouble
    )


def test_it_says_what_failed_in_words_and_never_as_a_code(desk, gate):
    page = text(desk, gate)

    assert "1 step has failed and waits for somebody to look." in page
    assert "The system refused our credentials." in page
    assert "credentials_refused" not in page


def test_it_says_why_a_system_is_left_alone_and_until_when(desk, lotus, gate, step):
    Step.objects.filter(pk=step.pk).update(state="planned", code="", next_at=timezone.now())
    rest(gate)

    page = text(desk, gate)

    assert "The system failed and is left alone for now." in page
    assert "The system cannot be reached." in page
    assert "Left alone until" in page


def test_one_press_has_all_that_failed_told_again(desk, lotus, gate, step):
    other = ended.case(lotus, house.new_person(lotus, "b@lotus.example"), ref="r-2",
                       state="running")  # fmt: skip
    second = ended.step(other, system=gate.system, ends=None)
    Step.objects.filter(pk=second.pk).update(state="failed", code="timeout")

    assert act(desk, gate, "retry-all").status_code == 302

    states = Step.objects.filter(system=gate.system).values_list("state", "code")
    assert set(states) == {("planned", "")}
    assert b"Try all failed again" not in desk.get(address(gate)).content


def overview(client, lotus):
    return client.get("/admin/erasures/", {"controller": str(lotus.id)}).content.decode()


def test_what_failed_is_listed_by_where_and_why_and_not_one_by_one(desk, lotus, gate, step):
    for number in range(3):
        person = house.new_person(lotus, f"c{number}@lotus.example")
        other = ended.case(lotus, person, ref=f"r-{number}", state="running")
        second = ended.step(other, system=gate.system, ends=None)
        Step.objects.filter(pk=second.pk).update(state="failed", code="timeout")

    page = overview(desk, lotus)

    assert "4 steps have failed and wait for somebody to look." in page
    assert page.count(address(gate)) == 3  # in the picture's table, and two causes
    assert page.count(f"/admin/erasure/gate/{gate.pk}/act/except-cause/") == 2
    assert '<strong class="trouble">3</strong>' in page


def test_one_reason_is_signed_for_all_of_one_cause(desk, gate, step, entries):
    place = f"/admin/erasure/gate/{gate.pk}/act/except-cause/"
    form = desk.get(place).content.decode()
    reason = "The vendor has shown that the account is empty."
    said = {"cause": f"erase:{step.code}", "reason": reason}

    assert "Erase: The system refused our credentials. (1)" in form
    assert desk.post(place, {**said, "cause": "erase:another"}).status_code == 422
    assert desk.post(place, {**said, "reason": "no"}).status_code == 422
    assert desk.post(place, said).status_code == 302

    step.refresh_from_db()
    assert (step.state, step.excepted_reason) == ("excepted", reason)
    assert len(entries("step:excepted")) == 1
    assert desk.post(place, said).status_code == 422


@pytest.mark.req("ERA-17")
def test_what_no_connector_can_say_ends_for_all_by_what_was_shown(desk, lotus, gate, step, entries):
    gate.system.connector.kind = "http"
    gate.system.connector.save()
    Step.objects.filter(pk=step.pk).update(code="verb_by_hand")
    place = f"/admin/erasure/gate/{gate.pk}/act/evidence-cause/"
    said = {"cause": "erase:verb_by_hand", "reference": "list 2026-11"}

    page = overview(desk, lotus)
    assert place in page
    assert f"/admin/erasure/gate/{gate.pk}/act/retry-all/" not in page
    assert desk.post(place, {**said, "cause": "erase:another"}).status_code == 422
    assert desk.post(place, {**said, "reference": "Asha <a@b.example>"}).status_code == 422
    assert desk.post(place, said).status_code == 302

    step.refresh_from_db()
    assert (step.state, step.evidence["shown"]["reference"]) == ("absent", "list 2026-11")
    assert len(entries("step:evidenced")) == 1


def test_what_somebody_does_by_hand_needs_their_file(desk, gate):
    assert "evidence-cause" not in text(desk, gate)


def test_an_officer_ends_the_rest_of_a_system_and_that_is_on_record(desk, gate, entries):
    rest(gate)

    assert act(desk, gate, "call-now").status_code == 302

    gate.refresh_from_db()
    assert gate.rests_until_at is None
    assert [one.outcome for one in entries("gate:opened")] == [""]


def test_a_system_that_does_not_rest_is_not_woken(desk, gate):
    assert act(desk, gate, "call-now").status_code == 422


def test_who_does_it_by_hand_is_named_and_asked_again(desk, lotus, gate, step):
    gate.system.connector.settings = {"to": "archive@vendor.example"}
    gate.system.connector.save()
    now = timezone.now()
    Step.objects.filter(pk=step.pk).update(state="planned", code="")
    Step.objects.filter(pk=step.pk).update(state="sent", sent_at=now)
    step.shown.update(decided_at=now, decided_by="another", is_accepted=False, reason="Blank")

    page = text(desk, gate)
    answer = act(desk, gate, "ask-again")

    assert "archive@vendor.example is asked about 1 person." in page
    assert "asked once" in page
    assert answer.status_code == 302
    assert Job.objects.filter(kind="erasure.errand_letter").count() == 1


def test_what_was_shown_by_hand_waits_on_the_page(desk, gate):
    page = text(desk, gate)

    assert "Shown, and waiting for another person’s look" in page
    assert Errand.objects.filter(system=gate.system).exists()
    assert "open until" in page


def test_the_list_leads_to_it(desk, gate):
    answer = desk.get(f"/admin/erasure/gate/{gate.pk}/change/")

    assert answer.headers["Location"] == address(gate)


def test_an_auditor_looks_and_does_nothing(lotus, gate):
    auditor = house.signed_in(house.officer(lotus, "ada", "auditor"))
    page = auditor.get(address(gate)).content

    assert b"Try again" not in page
    assert act(auditor, gate, "retry-all").status_code == 403
    assert act(auditor, gate, "except-cause").status_code == 403
    assert "except-cause" not in overview(auditor, lotus)


@pytest.mark.req("P9", "P11")
def test_another_companys_does_not_exist_and_each_look_is_recorded(
    desk, lotus, tulip, gate, entries, broken_log
):
    foreign = Gate.objects.get(pk=tulip.rows["Gate"])
    desk.get(address(gate))
    seen = {one.subject_id for one in entries("record:viewed")}

    assert desk.get(address(foreign)).status_code == 404
    assert seen == {lotus.person.id}
    broken_log.breaks()
    assert desk.get(address(gate)).status_code == 503


def fill(lotus, gate, number):
    for one in range(number):
        other = ended.case(lotus, house.new_person(lotus, f"f{one}@lotus.example"), ref=f"f-{one}",
                           state="running")  # fmt: skip
        ended.step(other, system=gate.system, ends=None)


def test_what_stands_alike_is_counted_and_the_rest_is_told_apart_page_by_page(desk, lotus, gate):
    fill(lotus, gate, 27)

    first, second = text(desk, gate), desk.get(address(gate), {"page": "2"}).content.decode()
    people = [set(re.findall(r"/admin/people/([0-9a-f-]{36})/", page)) for page in (first, second)]

    assert re.search(r"Planned</span></td><td>–</td><td>27</td>", first)
    assert [len(one) for one in people] == [25, 3]
    assert not people[0] & people[1]
    assert '<a href="?page=2">2</a>' in first
    assert desk.get(address(gate), {"page": "x'"}).status_code == 200


@pytest.mark.req("P11")
def test_only_who_is_on_the_page_is_recorded_as_seen(desk, lotus, gate, entries):
    fill(lotus, gate, 27)

    desk.get(address(gate), {"page": "2"})

    assert len({one.subject_id for one in entries("list:viewed")}) == 3


@pytest.mark.parametrize(("language", "name"), [("en", "Queues of systems"),
                                                ("hi", "प्रणालियों की कतारें"),
                                                ("ur", "نظاموں کی قطاریں")])  # fmt: skip
def test_a_list_is_called_as_in_the_menu_and_times_have_their_zone(desk, gate, language, name):
    desk.cookies["django_language"] = language
    rest(gate)

    listed = desk.get("/admin/erasure/gate/").content.decode()

    assert f"<h1>{name}</h1>" in listed
    assert f"› {name}" in listed
    assert f"{name}s" not in listed
    assert " UTC" in listed
    acting = desk.get(f"/admin/erasure/gate/{gate.pk}/act/call-now/").content.decode()
    assert f"{name}</a>" in acting
