"""Who saw me and why: looks, broken glass and transfers, as the person and the portal know them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from profiles import selectors_seen as selectors
from profiles import services as profiles
from profiles.services import Handed, Told, breaking, record_disclosure
from registry import services as registry
from tests.factories.company import AUTHOR
from tests.portal.conftest import LINK
from tests.profiles.guarded_world import CASE, CONTACT, OFFERS, REASON, guarded, officer, sees
from work import services as work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-15", "PRO-03")]
USES = "/privacy/uses/"


@pytest.fixture
def lotus(transactional_db):
    return guarded()


@pytest.fixture
def asha(lotus):
    return lotus.person()


def breaks(lotus, person):
    return profiles.break_glass(
        by=lotus.ravi, controller_id=lotus.id, subject_id=person.id, purpose=OFFERS, case=CASE,
        reason=REASON, minutes=5,
    )  # fmt: skip


def over(glass):
    """After the glass has shut, when the keeper has been round."""
    with time_machine.travel(glass.expires_at + timedelta(seconds=1), tick=False):
        breaking.tell()


def hands(lotus, person, **more):
    registry.record_party(
        by=AUTHOR, controller_id=lotus.id, code="acme", name="Acme Bank", kind="recipient",
        country="IN", contract_reference="C-7",
    )  # fmt: skip
    told = Told(
        key="k", recipient="acme", purpose=OFFERS, categories=(CONTACT,), ground="consent",
        described="Address for the parcel", disclosed_at=datetime.now(UTC), **more,
    )  # fmt: skip
    record_disclosure(
        by=lotus.service, controller_id=lotus.id, people=[Handed(person.id)], told=told
    )


class TestLooks:
    def test_say_from_where_what_for_and_at_what(self, lotus, asha):
        sees(lotus, asha)

        (look,) = selectors.seen(lotus.id, asha.id).looks

        assert (look.role, look.unit, look.purpose) == ("Branch", "", OFFERS)
        assert look.attributes == ("email", "income")
        assert (look.is_list, look.is_beyond_view) == (False, False)

    def test_in_a_list_are_told_as_such(self, lotus, asha):
        profiles.read_many(
            by=lotus.ravi, controller_id=lotus.id, subject_ids=[asha.id], purpose=OFFERS
        )

        assert selectors.seen(lotus.id, asha.id).looks[0].is_list

    def test_beyond_the_view_say_so(self, lotus, asha):
        breaks(lotus, asha)
        sees(lotus, asha)

        look = selectors.seen(lotus.id, asha.id).looks[0]
        assert look.is_beyond_view
        assert {"diagnosis", "home"} <= set(look.attributes)

    def test_of_other_people_are_not_among_them(self, lotus, asha):
        sees(lotus, lotus.person("bela@example.in"))

        assert selectors.seen(lotus.id, asha.id).looks == ()

    @pytest.mark.req("P9")
    def test_are_told_within_a_company(self, lotus, asha):
        sees(lotus, asha)

        assert selectors.seen(guarded("rose").id, asha.id).looks == ()

    def test_come_a_page_at_a_time(self, lotus, asha):
        for _ in range(3):
            sees(lotus, asha)

        first = selectors.seen(lotus.id, asha.id, limit=2)
        second = selectors.seen(lotus.id, asha.id, limit=2, cursor=first.cursor)

        assert (len(first.looks), len(second.looks), second.cursor) == (2, 1, None)


class TestGlass:
    def test_is_told_when_it_is_over_and_not_before(self, lotus, asha):
        glass = breaks(lotus, asha)
        assert selectors.glass_about(lotus.id, asha.id) == []

        over(glass)

        (past,) = selectors.glass_about(lotus.id, asha.id)
        assert (past.case, past.reason, past.is_justified) == (glass.id, REASON, None)

    def test_says_what_the_review_found(self, lotus, asha):
        glass = breaks(lotus, asha)
        over(glass)
        profiles.review_glass(
            by=lotus.meera, glass=glass, verdict="not_justified", finding="Nobody was in danger"
        )

        assert selectors.glass_about(lotus.id, asha.id)[0].is_justified is False


@pytest.fixture
def portal(lotus, asha, mailoutbox):
    """Asha, signed in."""
    client = Client()
    slug = lotus.company.controller.slug
    client.post(f"/privacy/{slug}/sign-in/", {"email": "asha.rao@example.in"})
    while work.run_available(worker="w"):
        pass
    client.post(LINK.search(mailoutbox[0].body)[0])
    return client


def page(client, url=USES):
    main = client.get(url).content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


class TestThePortal:
    def test_shows_each_look_with_role_and_purpose(self, lotus, asha, portal):
        sees(lotus, asha)

        shown = page(portal)

        assert "Looked at your profile for “Offers by e-mail”, as Branch." in shown
        assert "An officer of" in shown
        assert lotus.ravi.id not in shown

    def test_says_what_a_look_was_at(self, lotus, asha, portal):
        sees(lotus, asha)
        entry = selectors.seen(lotus.id, asha.id).looks[0].id

        assert "What was shown: email, income." in page(portal, f"/privacy/uses/{entry}/")

    def test_says_nothing_of_a_look_at_somebody_else(self, lotus, asha, portal):
        bela = lotus.person("bela@example.in")
        sees(lotus, bela)
        entry = selectors.seen(lotus.id, bela.id).looks[0].id

        assert portal.get(f"/privacy/uses/{entry}/").status_code == 404

    def test_tells_of_broken_glass_once_it_is_over(self, lotus, asha, portal):
        glass = breaks(lotus, asha)
        assert "opened your whole profile" not in page(portal)

        over(glass)

        shown = page(portal)
        assert "opened your whole profile for “Offers by e-mail”" in shown
        assert REASON in shown
        assert CASE not in shown
        assert "A second person still has to review" in shown
        assert lotus.ravi.id not in shown

    def test_tells_to_whom_data_went(self, lotus, asha, portal):
        hands(lotus, asha)

        shown = page(portal)

        assert "handed data of yours to “Acme Bank” for “Offers by e-mail”" in shown
        assert "Address for the parcel" in shown

    def test_tells_nothing_of_what_an_authority_asked_for(self, lotus, asha, portal):
        hands(lotus, asha, is_written_request=True, request_reference="FIR-1")

        assert "Acme Bank" not in page(portal)

    def test_gives_two_seats_a_line_each(self, lotus, asha, portal):
        other = officer(lotus, "other", "profile_reader")
        lotus.seat(other)
        sees(lotus, asha)
        sees(lotus, asha)
        sees(lotus, asha, by=other)

        shown = page(portal)

        assert shown.count("Looked at your profile") >= 2
        assert "2 times" in shown
