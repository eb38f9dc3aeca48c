"""Before a case is opened an officer reads what it would do, and who would have to be told how."""

import pytest

from erasure.models import Case
from erasure.words import WAYS
from tests.desk import house
from tests.erasure import cases_world

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-02")]
ADDRESS = "/admin/erasure/case/add/"
EMAIL = "pd:EmailAddress"


@pytest.fixture
def club(lotus):
    """A system that can be told to erase, and nothing else."""
    return cases_world.system(lotus, "club", verbs=["erase"], holds=[EMAIL])


def previewed(client, house, person, **more):
    said = {
        "controller": str(house.id), "subject": str(person.id), "verb": "erase",
        "trigger": "request", "trigger_ref": "letter-7", "scope_type": "everything",
        "preview": "Preview", **more,
    }  # fmt: skip
    return client.post(ADDRESS, said)


@pytest.fixture
def asha(lotus):
    return house.new_person(lotus, "fresh@lotus.example")


def lines(answer):
    page = answer.content.decode()
    start = page.index('id="preview"')
    return page[start : page.index("</section>", start)]


def test_the_form_offers_it(desk):
    assert 'name="preview"' in desk.get(ADDRESS).content.decode()


def test_it_says_what_goes_where_and_opens_nothing(desk, lotus, club, asha, entries):
    before = Case.objects.count()

    told = lines(previewed(desk, lotus, asha))

    assert "CLUB: E-mail: goes." in told
    assert "CLUB is told by its connector." in told
    assert "Nothing is stored yet." in told
    assert Case.objects.count() == before
    assert [one.subject_id for one in entries("record:read")][:1] == [asha.id]


def test_a_restriction_erases_nothing_and_names_whom_no_connector_can_tell(desk, lotus, club, asha):
    told = lines(previewed(desk, lotus, asha, verb="restrict"))

    assert "CLUB: E-mail: stays, and is not used." in told
    assert f"CLUB {WAYS['by_hand']}." in told
    assert "goes" not in told


def test_nobody_of_another_company_is_rehearsed(desk, lotus, tulip):
    answer = previewed(desk, lotus, tulip.person)

    assert answer.status_code == 422
    assert 'id="preview"' not in answer.content.decode()


@pytest.mark.req("P11")
def test_nothing_is_shown_that_could_not_be_recorded(desk, lotus, club, asha, broken_log):
    broken_log.breaks()

    answer = previewed(desk, lotus, asha)

    assert "CLUB: E-mail: goes." not in answer.content.decode()
