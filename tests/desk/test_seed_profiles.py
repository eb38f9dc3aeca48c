"""The demo's profiles: readers from their seats see what the matrix says, of invented people."""

import json
from datetime import UTC, date, datetime
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command

from accounts import selectors as accounts
from audit.actors import Actor
from desk.demo.companies import COMPANIES
from desk.demo.profiles import readers, values
from profiles import services as profiles
from profiles.documents import Observed
from profiles.examples import sector as sectors
from profiles.fields import Why
from profiles.models import ProfileRecord
from profiles.services.ingesting import record
from subjects.models import Relationship, Subject
from tests.profiles.test_examples import SHIPPED

SUBJECTS = 300
TODAY = date(2026, 3, 1)


@pytest.fixture
def demo(transactional_db, tmp_path):
    path = tmp_path / "demo.json"
    call_command("seed_demo", subjects=SUBJECTS, demo_file=path, stdout=StringIO())
    return json.loads(path.read_text())


def holder(one):
    """A service or reader of the file, as whoever acts."""
    if "username" in one:
        staff = accounts.officers_of([one["controller"]])
        return Actor("officer", str(staff.get(username=one["username"]).pk))
    found = accounts.services_of(one["controller"]).get(code=one["id"])
    return Actor("service", str(found.pk))


def test_a_service_hands_in_what_one_of_the_systems_knows(demo):
    for slug, code in readers.HANDED_IN.items():
        house = accounts.controller_by_slug(slug).id
        person = ProfileRecord.objects.filter(controller_id=house).first().subject_id
        service = accounts.services_of(house).get(code=readers.HANDS_IN)
        by = Actor("service", str(service.pk))

        told = record(
            by=by, controller_id=house, subject_id=person, source=code,
            values={"full_name": Observed("Asha Handed-In", datetime.now(UTC))},
        )  # fmt: skip

        assert told.is_change


def test_everybody_in_the_file_reads_from_the_seats_it_names(demo):
    seen = set()
    for one in [*demo["readers"], *demo["services"]]:
        house = UUID(one["controller"])
        everybody = list(Subject.objects.filter(controller_id=house).values_list("pk", flat=True))
        for seat in one["seats"]:
            shown = [
                person
                for start in range(0, len(everybody), 100)
                for person in profiles.read_many(
                    by=holder(one), controller_id=house,
                    subject_ids=everybody[start : start + 100], purpose=seat["purpose"],
                    role=seat["role"], unit=seat["unit"],
                )
            ]  # fmt: skip
            fields = [each for person in shown for each in person.fields]
            assert any(each.value is not None for each in fields), seat
            assert {Why.ROLE, Why.DENIED} <= {each.why for each in fields}, seat
            seen.add(seat["role"])

    assert {"service-desk", "gate-agent", "campaign-tool", "recommender"} <= seen


def test_who_is_restricted_or_erased_is_nobody_to_readers(demo):
    hidden = [one for one in demo["subjects"] if one["state"] in {"erasing", "erased"}]
    for one in hidden:
        reader = next(who for who in demo["readers"] if who["controller"] == one["controller"])
        seat = reader["seats"][0]

        shown = profiles.read_many(
            by=holder(reader), controller_id=UUID(one["controller"]), subject_ids=[UUID(one["id"])],
            purpose=seat["purpose"], role=seat["role"], unit=seat["unit"],
        )  # fmt: skip

        assert shown == []


def test_people_share_households_and_sources_say_something_of_most(demo):
    assert Relationship.objects.filter(kind="household").count() > 20
    assert ProfileRecord.objects.count() > SUBJECTS


@pytest.mark.parametrize("company", COMPANIES, ids=lambda one: one.slug)
def test_what_is_said_fits_the_sector_and_is_the_same_every_time(company):
    sector = sectors.read(SHIPPED / readers.SECTORS[company.slug])
    attributes = {one.code for one in sector.definitions.attributes}
    sources = {one.code for one in sector.definitions.sources}

    said = [each for n in range(200) for each in values.of_person(*who(company, n))]

    assert {code for one in said for code in one.values} <= attributes
    assert {one.source for one in said} == sources
    assert said == [each for n in range(200) for each in values.of_person(*who(company, n))]
    assert any(one.days_ago > 190 for one in said)


def who(company, number):
    return company.slug, company.pack, number, TODAY
