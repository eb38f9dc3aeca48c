"""Officers name and verify parents, and record and verify guardians: two persons for those."""

import pytest
from django.urls import reverse

from consent.models import ConsentState, GuardianAppointment, ParentalCheck
from tests.consent.families import house as homes
from tests.desk import house
from tests.portal.world import OFFERS

pytestmark = pytest.mark.django_db


def add(client, model, form):
    return client.post(reverse(f"admin:consent_{model._meta.model_name}_add"), form)


def act(client, row, verb, form=None):
    name = f"admin:consent_{row._meta.model_name}_act"
    return client.post(reverse(name, args=[row.pk, verb]), form or {"go": "1"})


@pytest.fixture
def second(lotus):
    return house.signed_in(house.officer(lotus, "omar", "privacy_officer"))


@pytest.fixture
def operator(lotus):
    return house.signed_in(house.officer(lotus, "opal", "operator"))


@pytest.fixture
def kid(lotus):
    return homes.child(lotus.world)


@pytest.fixture
def mira(lotus):
    return homes.mother(lotus.world)


@pytest.mark.req("CON-22")
class TestParents:
    def name(self, client, lotus, kid, mira, **more):
        form = {"controller": str(lotus.id), "subject": str(kid.id), "parent": str(mira.id),
                "begun_by": "parent", "is_registered": "on", **more}  # fmt: skip
        assert add(client, ParentalCheck, form).status_code == 302
        return ParentalCheck.objects.get(subject=kid)

    def test_are_named_and_found_in_the_details_held(self, operator, lotus, kid, mira):
        named = self.name(operator, lotus, kid, mira)

        assert act(operator, named, "check").status_code == 302

        named.refresh_from_db()
        assert (named.state, named.method) == ("verified", "existing_details")

    def test_are_verified_by_details_that_are_looked_at(self, operator, lotus, kid, mira):
        named = self.name(operator, lotus, kid, mira)
        refused = act(operator, named, "details", {"is_adult": "yes", "reference": homes.DOCUMENT})
        assert refused.status_code == 422
        assert homes.DOCUMENT not in str(ParentalCheck.objects.values_list("reference"))

        act(operator, named, "details", {"is_adult": "yes", "reference": "TICKET 7"})

        named.refresh_from_db()
        assert (named.state, named.reference) == ("verified", "TICKET 7")

    def test_end_with_what_rests_on_them(self, desk, operator, lotus, kid, mira):
        named = homes.verified(lotus.world, kid, mira)
        lotus.world.yes(kid, given_by="parent", guardian_id=mira.id)
        assert act(operator, named, "end", {"reason": "found_wrong"}).status_code == 403

        act(desk, named, "end", {"reason": "found_wrong"})

        assert ConsentState.objects.get(subject=kid).state == "invalidated"

    def test_of_another_company_do_not_exist(self, desk, tulip):
        foreign = homes.name(tulip.world, homes.child(tulip.world), homes.mother(tulip.world))

        assert act(desk, foreign, "check").status_code == 404


@pytest.mark.req("CON-23")
class TestGuardians:
    @pytest.fixture
    def recorded(self, desk, lotus, mira):
        form = {
            "controller": str(lotus.id), "subject": str(lotus.person.id), "guardian": str(mira.id),
            "authority": "court", "issuer": "District court", "number": "GC 113/2024",
            "appointed_on": "2024-05-02", "ends_on": "",
        }  # fmt: skip
        assert add(desk, GuardianAppointment, form).status_code == 302
        return GuardianAppointment.objects.get(number="GC 113/2024")

    def test_are_verified_by_another_officer_alone(self, desk, second, operator, recorded):
        assert act(desk, recorded, "verify").status_code == 422
        assert act(operator, recorded, "verify").status_code == 403
        recorded.refresh_from_db()
        assert recorded.state == "recorded"

        assert act(second, recorded, "verify").status_code == 302

        recorded.refresh_from_db()
        assert (recorded.state, recorded.subject.has_guardian) == ("verified", True)

    def test_may_not_be_accepted(self, second, recorded):
        act(second, recorded, "refuse", {"reason": "not_on_record"})

        recorded.refresh_from_db()
        assert (recorded.state, recorded.outcome) == ("refused", "not_on_record")

    def test_that_never_held_leave_nothing_standing(self, desk, second, lotus, mira, recorded):
        act(second, recorded, "verify")
        lotus.world.yes(lotus.person, OFFERS, given_by="guardian", guardian_id=mira.id)

        act(desk, recorded, "end", {"reason": "found_wrong"})

        found = ConsentState.objects.get(subject=lotus.person, purpose__code=OFFERS)
        assert found.state == "invalidated"

    def test_with_a_documents_number_are_refused(self, desk, lotus, mira):
        form = {
            "controller": str(lotus.id), "subject": str(lotus.person.id), "guardian": str(mira.id),
            "authority": "court", "issuer": "District court", "number": homes.DOCUMENT,
            "appointed_on": "2024-05-02",
        }  # fmt: skip

        assert add(desk, GuardianAppointment, form).status_code == 422
        assert not GuardianAppointment.objects.filter(number=homes.DOCUMENT).exists()
