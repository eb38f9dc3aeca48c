"""A permit of an audience on the officers' pages: a part of it, and the decision about one."""

from uuid import UUID

import pytest
from django.db import transaction
from msgspec.structs import replace

from accounts.models import ServiceClient
from keys.ids import uuid7
from policies.audiences import services
from policies.audiences.chunks import chunks
from policies.audiences.deciding import Group
from policies.audiences.spans import Span
from policies.pdp.engine import decide
from tests.desk import house
from tests.desk.decisions.test_explorer import LIST, text
from tests.desk.house_audiences import audience
from tests.policies.scenes import DAY, INDIA, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.req("P3", "ADM-08")]


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "ada", "auditor"))


def part_of(company):
    """The one part of an audience: the person and two others, who agreed within ten days."""
    since = Span(NOW - 20 * DAY, NOW - 10 * DAY)
    facts = replace(INDIA, consent=replace(INDIA.consent, since=since))
    others = [uuid7().bytes for _ in range(2)]
    group = Group(
        facts, decide(facts), b"".join([company.person.id.bytes, *others]),
        b"".join([company.person.pseudonym.bytes, *others]),
    )  # fmt: skip
    made = audience(company, ServiceClient.objects.get(id=company.rows["ServiceClient"]))
    with transaction.atomic():
        services.add(made, chunks([group]))
    return made.parts.get()


@pytest.fixture
def part(lotus):
    return part_of(lotus)


class TestAPart:
    def test_says_of_how_many_it_is_and_that_each_comes_out_the_same(self, auditor, part):
        said = text(auditor.get(f"{LIST}{part.id}/"))

        assert f"People permitted {part.count}" in said
        assert "the same answers, byte for byte" in said
        assert "Id of the person" in said

    def test_names_nobody_and_the_look_is_recorded(self, auditor, lotus, part, entries):
        page = auditor.get(f"{LIST}{part.id}/").content.decode()

        assert str(lotus.person.id) not in page
        looked = entries("list:viewed")[0]
        assert (looked.target_id, looked.subject_id) == (str(part.id), None)

    def test_is_reached_from_its_audience(self, auditor, part):
        page = auditor.get(f"/admin/policies/audience/{part.audience_id}/change/")

        assert f'href="{LIST}{part.id}/"' in page.content.decode()


class TestOnePerson:
    def test_is_told_answer_steps_and_facts(self, auditor, lotus, part, entries):
        answer = auditor.get(f"{LIST}{part.id}/", {"person": str(lotus.person.id)})

        assert answer.status_code == 200
        said = text(answer)
        assert "Permitted" in said
        assert "the same answer, byte for byte" in said
        assert "Gate 7: The state of the consent" in said
        assert "decided at once for this person and 2 others" in said
        assert "since between" in said
        looked = entries("record:viewed")[0]
        assert (looked.target_id, looked.subject_id) == (str(part.id), lotus.person.id)

    def test_is_compared_with_another_day_as_well(self, desk, lotus, part):
        person = str(lotus.person.id)

        page = desk.get(f"{LIST}{part.id}/", {"person": person, "as_of": "2026-11-22"})

        assert page.context["simulated"].is_permit in {True, False}
        assert f'name="person" value="{person}"' in page.content.decode()

    def test_whom_it_does_not_name_is_told_so_and_recorded(self, auditor, lotus, part, entries):
        other = lotus.world.person("ravi@lotus.example").id

        answer = auditor.get(f"{LIST}{part.id}/", {"person": str(other)})

        assert "This entry does not name that person" in text(answer)
        assert entries("record:viewed")[0].subject_id == other

    def test_whom_nobody_knows_is_not_named_either(self, auditor, part):
        answer = auditor.get(f"{LIST}{part.id}/", {"person": str(uuid7())})

        assert "This entry does not name that person" in text(answer)

    @pytest.mark.parametrize("asked", ["x", "asha@example.in", "0" * 31, "%00"])
    def test_who_is_no_id_is_not_found(self, auditor, part, asked):
        assert auditor.get(f"{LIST}{part.id}/", {"person": asked}).status_code == 404

    @pytest.mark.parametrize("person", ["", str(UUID(int=1))])
    @pytest.mark.req("P9")
    def test_of_another_company_does_not_exist(self, auditor, tulip, person):
        theirs = part_of(tulip)

        answer = auditor.get(f"{LIST}{theirs.id}/", {"person": person or str(tulip.person.id)})

        assert answer.status_code == 404
