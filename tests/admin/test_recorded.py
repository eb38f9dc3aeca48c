"""Reading about people is a recorded act; what cannot be recorded is not shown (P11)."""

import pytest
from django.urls import reverse

from audit.console import RecordedAdmin
from audit.selectors import payload
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("P11")]

RECORDED = [model.__name__ for model, found in house.admins() if isinstance(found, RecordedAdmin)]


def lists(name):
    model = house.model_named(name)
    query = "?kind=all" if name == "EntryIndex" else ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + query


def row_page(name, row):
    model = house.model_named(name)
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row])


def about(name, house, second):
    """Whom the whole list of this model is about."""
    twins = [one.id for one in house.twins]
    everybody = {house.person.id, second.id, *twins}
    special = {
        "User": {None}, "Merge": {twins[0]}, "Subject": everybody, "EntryIndex": everybody,
        "Relationship": {house.person.id, second.id, twins[0]},
    }  # fmt: skip
    return special.get(name, {house.person.id, second.id})


@pytest.mark.parametrize("name", RECORDED)
class TestEveryList:
    def test_is_recorded_once_for_each_person_on_it(self, name, desk, lotus, entries):
        second = house.new_person(lotus, "second@lotus.example")
        lotus.world.yes(second)
        house.reports(lotus, second)

        desk.get(lists(name))

        seen = [*entries("list:viewed"), *entries("record:viewed")]
        people = about(name, lotus, second)
        assert {entry.subject_id for entry in seen} - {None} == people - {None}
        assert len(seen) == len({entry.subject_id for entry in seen})
        assert {entry.actor_type for entry in seen} == {"officer"}


def test_no_list_shows_anything_when_that_fails(desk, lotus, broken_log, subtests):
    broken_log.breaks()
    told = (str(lotus.person.id), str(lotus.person.id)[-12:], lotus.email, "a•••")

    for name in RECORDED:
        with subtests.test(name):
            answer = desk.get(lists(name))
            page = answer.content.decode()

            assert answer.status_code == 503
            assert "nothing is shown" in page
            assert [one for one in told if one in page] == []


@pytest.mark.parametrize("name", RECORDED)
class TestEveryPage:
    def test_is_recorded_or_shows_nothing(self, name, desk, lotus, entries, broken_log):
        address = row_page(name, lotus.rows[name])

        shown = desk.get(address, follow=True)
        recorded = len(entries("record:viewed")) + len(entries("list:viewed"))
        broken_log.breaks()
        broken = desk.get(address, follow=True)

        assert (shown.status_code, broken.status_code) == (200, 503)
        assert recorded >= 1
        assert str(lotus.person.id)[-12:] not in broken.content.decode().split("<main")[1]


class TestThePersonsPage:
    def test_is_recorded_with_the_persons_pseudonym(self, desk, lotus, entries):
        desk.get(f"/admin/people/{lotus.person.id}/")

        (entry,) = entries("record:viewed")
        said = payload(entry.id)
        assert entry.subject_id == lotus.person.id
        assert said["subject"] == str(lotus.person.pseudonym)
        assert str(lotus.person.id) not in str(said)

    @pytest.mark.parametrize("page", ["person", "reveal", "person_choice"])
    def test_and_its_forms_show_nothing_when_that_fails(self, page, desk, lotus, broken_log):
        arguments = [
            lotus.person.id,
            *(["marketing.email.offers"] if page == "person_choice" else []),
        ]
        address = reverse(f"admin:{page}", args=arguments)
        broken_log.breaks()

        if page == "reveal":
            answer = desk.post(address, {"reason": "grievance"})
        else:
            answer = desk.get(address)

        assert answer.status_code == 503
        assert lotus.email not in answer.content.decode()
        assert "Asia/Kolkata" not in answer.content.decode()

    def test_a_look_up_finds_nobody_when_it_cannot_be_recorded(self, desk, lotus, broken_log):
        broken_log.breaks()
        form = {"controller": str(lotus.id), "scheme": "email", "value": lotus.email}

        answer = desk.post("/admin/people/find/", form)

        assert answer.status_code == 503
        assert "Location" not in answer


class TestFilters:
    @pytest.mark.req("P10")
    def test_are_recorded_by_name_never_by_value(self, desk, lotus, entries):
        desk.get("/admin/subjects/subject/", {"age_state__exact": "unknown"})

        seen = [payload(one.id)["data"]["filters"] for one in entries("list:viewed")]
        assert seen == [["age_state__exact"]] * (1 + len(lotus.twins))

    @pytest.mark.req("P10")
    def test_a_search_in_the_address_is_neither_done_nor_kept(self, desk, lotus, entries):
        desk.get("/admin/subjects/subject/", {"q": lotus.email})

        assert lotus.email not in str([payload(one.id) for one in entries("record:viewed")])


def test_an_empty_list_is_recorded_too(desk, lotus, entries):
    desk.get("/admin/subjects/subject/", {"age_state__exact": "child"})

    (entry,) = entries("list:viewed")
    assert entry.subject_id is None
    assert entry.controller_id == lotus.id


def test_people_of_two_companies_are_recorded_in_the_log_of_each(lotus, tulip, entries):
    both = house.officer(lotus, "both", "auditor")
    house.officer(tulip, "both", "auditor")

    house.signed_in(both).get("/admin/subjects/subject/")

    seen = {(one.controller_id, one.subject_id) for one in entries("list:viewed")}
    assert seen == {
        (company.id, one.id)
        for company in (lotus, tulip)
        for one in (company.person, *company.twins)
    }


def test_reading_the_log_does_not_bury_the_log(desk, lotus):
    for _ in range(3):
        desk.get("/admin/audit/entryindex/")

    listed = [row.event for row in desk.get("/admin/audit/entryindex/").context["cl"].result_list]
    looked = desk.get("/admin/audit/entryindex/", {"kind": "reads"}).context["cl"].result_list

    assert not {"record:viewed", "list:viewed"} & set(listed)
    assert {row.event for row in looked} <= {"record:viewed", "list:viewed"}
    assert looked
