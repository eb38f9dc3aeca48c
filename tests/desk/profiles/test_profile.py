"""An officer finds somebody, states a purpose, and reads what the view of the role shows."""

import html
import re

import pytest

from audit.actors import Actor
from audit.selectors import payload
from consent.transitions import State
from profiles import services as profiles
from profiles.models import Seat
from subjects import services as subjects
from tests.desk import house
from tests.desk.profiles.conftest import officer
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.profiles import house as company
from tests.factories.profiles import rule

pytestmark = pytest.mark.req("PRO-01")
FIND = "/admin/profiles/"


def text(answer):
    """What stands on a page, without its markup."""
    main = answer.content.decode().split("<main")[1]
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", main).split()))


def seat_of(user):
    return Seat.objects.get(holder_id=str(user.pk))


def asks(reader, **more):
    """What a form or an address says besides the person."""
    return {"seat": str(seat_of(reader).pk), "purpose": OFFERS, "relation": "self", **more}


def find(client, reader, value, scheme="email", **more):
    return client.post(FIND, {**asks(reader, **more), "scheme": scheme, "value": value})


def look(client, reader, person, **more):
    return client.get(f"{FIND}{getattr(person, 'id', person)}/", asks(reader, **more))


class TestFinding:
    @pytest.mark.req("P10", "P11", "PRO-08")
    def test_leads_to_the_view_by_record_and_leaves_no_identifier(
        self, desk, reader, lotus, entries, caplog
    ):
        asha = lotus.person()

        answer = find(desk, reader, " Asha.Rao@Example.in ")

        (entry,) = entries("person:searched")
        assert answer.status_code == 303
        assert answer["Location"].startswith(f"{FIND}{asha.id}/?seat=")
        assert "asha" not in answer["Location"].lower()
        assert (entry.outcome, entry.subject_id, entry.purpose) == ("found", asha.id, OFFERS)
        assert "asha" not in str(payload(entry.id)).lower()
        assert "asha.rao@" not in caplog.text.lower()

    def test_takes_the_id_of_a_record_too(self, desk, reader, lotus):
        asha = lotus.person()

        assert find(desk, reader, str(asha.id), scheme="record").status_code == 303
        assert find(desk, reader, "no id", scheme="record").status_code == 200

    @pytest.mark.req("PRO-06", "P9")
    def test_tells_nobody_hidden_and_another_companys_alike(self, desk, reader, lotus, entries):
        hidden = lotus.person("hidden@example.in")
        subjects.set_standing(by=AUTHOR, subject=hidden, state="restricted")
        company("tulip").person("tulip@example.in")
        emails = ("hidden@example.in", "tulip@example.in", "nobody@example.in")

        pages = {re.sub(r'value="[^"]*"', "", find(desk, reader, one).content.decode())
                 for one in emails}  # fmt: skip

        assert len(pages) == 1
        assert "Nobody was found whom you may look at" in pages.pop()
        found = entries("person:searched")
        assert [(one.outcome, one.subject_id) for one in found] == [("not_found", None)] * 3

    @pytest.mark.req("PRO-06")
    def test_of_somebody_restricted_is_for_who_may_see_them(self, second, lotus):
        sana = officer(lotus, "sana")
        lotus.seat(Actor("officer", str(sana.pk)))
        hidden = lotus.person("hidden@example.in")
        subjects.set_standing(by=AUTHOR, subject=hidden, state="restricted")

        assert find(second, sana, "hidden@example.in").status_code == 303

    def test_asks_for_a_purpose_and_a_seat_of_ones_own(self, desk, reader, lotus):
        lotus.person()
        other = lotus.seat(lotus.service)

        for wrong in ({"purpose": ""}, {"purpose": "no.such"}, {"seat": str(other.pk)}):
            assert find(desk, reader, "asha.rao@example.in", **wrong).status_code == 422

    def test_by_something_malformed_is_explained(self, desk, reader):
        answer = find(desk, reader, "12", scheme="phone")

        assert answer.status_code == 422
        assert "does not have the form" in text(answer)

    def test_without_a_seat_is_not_offered(self, second):
        assert "You have no seat" in text(second.get(FIND))

    def test_without_rules_in_force_is_not_offered(self, desk, lotus):
        profiles.roll_back_view(by=AUTHOR, controller_id=lotus.id, number=0)

        assert "No rule in force shows your role anything" in text(desk.get(FIND))

    def test_is_not_for_staff_without_the_permission(self, auditor, lotus):
        assert auditor.get(FIND).status_code == 403
        assert auditor.get(f"{FIND}{lotus.person().id}/").status_code == 403


class TestTheProfile:
    def test_shows_values_masks_and_why_not(self, desk, reader, lotus):
        page = text(look(desk, reader, lotus.person()))

        assert "a•••@•••.in Open the field : email Masked First and last characters" in page
        assert "4 Lake Road, Kerala" in page
        assert "800000-899999" in page
        assert "asthma" not in page
        assert not re.search(r"845\D?000", page)
        assert "diagnosis (sensitive)" in page
        assert "The use is permitted." in page

    @pytest.mark.req("P11", "PRO-03")
    def test_is_on_record_with_purpose_role_and_fields(self, desk, reader, lotus, entries):
        asha = lotus.person()

        look(desk, reader, asha)

        (entry,) = entries("record:viewed")
        assert (entry.subject_id, entry.purpose) == (asha.id, OFFERS)
        assert payload(entry.id)["data"]["role"] == "branch"

    def test_asks_what_for_before_anything_is_read(self, desk, reader, lotus, entries):
        answer = desk.get(f"{FIND}{lotus.person().id}/")

        assert "Say which; both are recorded" in text(answer)
        assert "Lake Road" not in text(answer)
        assert not entries("record:viewed")

    def test_for_a_purpose_of_no_rule_is_not_opened(self, desk, reader, lotus, entries):
        answer = look(desk, reader, lotus.person(), purpose="no.such")

        assert answer.status_code == 422
        assert not entries("record:viewed")

    @pytest.mark.req("P1")
    def test_of_somebody_who_withdrew_shows_nothing_but_since_when(self, desk, reader, lotus):
        asha = lotus.person()
        lotus.company.records(asha, State.WITHDRAWN)

        page = text(look(desk, reader, asha))

        assert "The use is not permitted. The person withdrew the consent." in page
        assert re.search(r"Not permitted The person withdrew the consent\. Since \w+\.? \d+", page)
        assert "Lake Road" not in page
        assert "a•••" not in page

    @pytest.mark.req("PRO-06", "P9")
    def test_of_nobody_hidden_and_another_companys_do_not_exist_alike(self, desk, reader, lotus):
        hidden = lotus.person()
        subjects.set_standing(by=AUTHOR, subject=hidden, state="erasing")
        foreign = company("tulip").person("tulip@example.in")

        answers = [look(desk, reader, one) for one in (hidden, foreign, lotus.id)]

        assert {one.status_code for one in answers} == {404}
        assert len({one.content for one in answers}) == 1

    @pytest.mark.req("P11")
    def test_is_not_shown_where_it_cannot_be_recorded(self, desk, reader, lotus, broken_log):
        asha = lotus.person()
        broken_log.breaks()

        answer = look(desk, reader, asha)

        assert answer.status_code == 503
        assert b"Lake Road" not in answer.content

    def test_is_closed_as_soon_as_the_seat_has_ended(self, desk, reader, lotus):
        asha, asked = lotus.person(), asks(reader)
        profiles.end_seat(by=AUTHOR, seat=seat_of(reader))

        assert desk.get(f"{FIND}{asha.id}/", asked).status_code == 403

    def test_of_a_seat_of_somebody_else_is_not_opened(self, desk, lotus, reader):
        other = lotus.seat(lotus.service, role="campaign")

        answer = look(desk, reader, lotus.person(), seat=str(other.pk))

        assert answer.status_code == 422
        assert "Lake Road" not in text(answer)

    def test_in_a_capacity_the_person_does_not_have_does_not_exist(self, desk, reader, lotus):
        lotus.shows(rule("show", relation="joint"))

        assert look(desk, reader, lotus.person(), relation="joint").status_code == 404

    def test_leads_on_request_to_who_stands_to_the_person(self, desk, reader, lotus, entries):
        asha, twin = lotus.person(), lotus.person("binod@example.in")
        subjects.relate(
            by=AUTHOR, subject=twin, related_id=asha.id, kind="joint_holder",
            verified_by="document",
        )  # fmt: skip
        lotus.shows(rule("show", relation="joint"))
        before = text(look(desk, reader, asha))

        page = look(desk, reader, asha, related="1")

        assert str(twin.id)[-12:] not in before
        (address,) = re.findall(r'href="([^"]*relation=joint[^"]*)"', page.content.decode())
        assert str(twin.id) in address
        assert "asha.rao@example.in" not in before
        assert "asha.rao@example.in" in text(desk.get(html.unescape(address)))
        assert {one.subject_id for one in entries("list:viewed")} == {asha.id, twin.id}

    @pytest.mark.req("P10")
    def test_is_kept_by_no_browser(self, desk, reader, lotus):
        assert "no-store" in look(desk, reader, lotus.person())["Cache-Control"]

    def test_leads_to_opening_a_field_and_back(self, desk, reader, lotus):
        asha = lotus.person()
        page = look(desk, reader, asha).content.decode()
        (address, *_more) = re.findall(r'href="([^"]*/reveal/[^"]*attribute=email)"', page)

        answer = desk.post(html.unescape(address), {
            "attribute": "email", "minutes": "5", "reason": "Answering a call of theirs",
        })  # fmt: skip

        assert answer.status_code == 303
        assert "asha.rao@example.in beyond your view" in text(desk.get(answer["Location"]))

    def test_offers_consents_and_history_to_who_may_see_people(self, desk, reader, second, lotus):
        sana = officer(lotus, "sana")
        lotus.seat(Actor("officer", str(sana.pk)))
        asha = lotus.person()

        assert f"/admin/people/{asha.id}/" not in look(desk, reader, asha).content.decode()
        assert f"/admin/people/{asha.id}/" in look(second, sana, asha).content.decode()


def test_a_reader_has_the_page_in_the_menu(desk):
    page = desk.get("/admin/").content.decode()

    assert 'class="find-person" href="/admin/profiles/"' in page
    assert 'href="/admin/people/find/"' not in page
    assert 'href="/admin/views/"' not in page


def test_two_seats_are_told_apart(lotus, reader, desk):
    lotus.seat(Actor("officer", str(reader.pk)), unit="cards")

    choices = text(desk.get(FIND))

    assert "Branch · cards" in choices
    assert house.PASSWORD not in choices
