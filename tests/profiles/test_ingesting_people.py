"""Whose values are taken in, and from whom: the erased, other companies, sources, two at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import services as accounts
from audit.actors import Actor
from keys.ids import uuid7
from profiles.errors_intake import SourceFrozenError, SourceNotPushedError, SourceNotYoursError
from profiles.models import ProfileRecord
from registry import legal
from registry import services_systems as systems
from registry.errors_systems import SystemNotActiveError, SystemUnknownError
from subjects import returning, tombstones
from subjects import services as subjects
from subjects.errors import SubjectErasedError, SubjectUnknownError
from tests.profiles.intake_world import BY, EARLIER, LATER, make, source
from tests.subjects.people import add, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def asha(lotus):
    return lotus.person()


class TestSources:
    def test_one_that_does_not_exist_or_is_another_companys(self, lotus, asha):
        tulip = make("tulip", "NL")
        source(tulip.controller, "web")

        for code in ("nowhere", "web"):
            with pytest.raises(SystemUnknownError):
                lotus.take(asha, city="Pune", source=code)

    @pytest.mark.parametrize("state", ["paused", "retired"])
    def test_one_that_is_not_in_use(self, lotus, asha, state):
        systems.set_state(by=BY, system=lotus.source, state=state)

        with pytest.raises(SystemNotActiveError):
            lotus.take(asha, city="Pune")

    def test_one_that_an_incident_stopped(self, lotus, asha):
        frozen = legal.freeze(
            by=BY, controller_id=lotus.id, kind="system", code="crm", incident="INC-7"
        )
        with pytest.raises(SourceFrozenError):
            lotus.take(asha, city="Pune")

        legal.release(by=BY, frozen=frozen, reason="over")
        assert lotus.take(asha, city="Pune").recorded == 1

    def test_one_that_is_asked_hands_nothing_in(self, lotus, asha):
        new = systems.NewSystem(
            code="live", name="Live", kind="http",
            settings={
                "url": "https://crm.example/people", "identify_by": ["crm"],
                "fields": {"city": "/city"},
            },
        )  # fmt: skip
        systems.record_system(by=BY, controller_id=lotus.id, new=new)

        with pytest.raises(SourceNotPushedError):
            lotus.take(asha, city="Pune", source="live")

    def test_a_service_hands_in_for_its_own_source_only(self, lotus, asha):
        feed = accounts.create_service(
            by=BY, controller_id=lotus.id, code="feed", name="Feed", purposes=[]
        )
        mine = source(lotus.controller, "shop", service_id=feed.id)
        actor = Actor("service", str(feed.id))

        with pytest.raises(SourceNotYoursError):
            lotus.take(asha, city="Pune", actor=actor)
        assert lotus.take(asha, city="Pune", actor=actor, source=mine.code).recorded == 1


@pytest.mark.req("P8")
class TestErasedPeople:
    @pytest.mark.parametrize("state", ["erasing", "erased", "vault"])
    def test_nothing_is_taken_in_about_them(self, lotus, asha, state):
        subjects.set_standing(by=BY, subject=asha, state=state)

        with pytest.raises(SubjectErasedError):
            lotus.take(asha, city="Pune")

        assert not ProfileRecord.objects.exists()

    def test_nor_once_their_key_is_gone(self, lotus, asha):
        lotus.take(asha, city="Pune")
        subjects.destroy_key(by=BY, subject=asha)

        with pytest.raises(SubjectErasedError):
            lotus.take(asha, city="Delhi", at=LATER)

    def test_of_an_erased_category_nothing_and_the_rest_stands(self, lotus, asha):
        subjects.set_standing(
            by=BY, subject=asha, state="erased", scope_type="category", scope="pd:City"
        )

        taken = lotus.take(asha, city="Pune", tier="gold")

        assert taken.left_out == ("city",)
        assert lotus.known(asha) == {"tier": "gold"}

    @pytest.mark.req("P8", "ERA-16")
    def test_of_who_came_back_what_was_seen_before_is_older(self, lotus):
        """The company promised that nothing from before counts; a late export does not either."""
        email = "asha.rao@example.in"
        gone = add(lotus.controller, ("email", email))
        tombstones.set_many(by=BY, controller_id=lotus.id, cases={gone.id: uuid7()})
        subjects.destroy_key(by=BY, subject=gone)
        asked = returning.note(controller_id=lotus.id, address=email, language="en")
        asha = returning.begin(token=returning.send(request_id=asked)[1])
        before, after = asha.created_at - timedelta(days=1), timezone.now() + timedelta(seconds=1)

        old = lotus.take(asha, at=before, city="Pune", tier="gold")
        new = lotus.take(asha, at=after, city="Delhi")

        assert (old.older, old.recorded) == (2, 0)
        assert new.recorded == 1
        assert lotus.known(asha) == {"city": "Delhi"}

    def test_a_restriction_lets_data_be_stored(self, lotus, asha):
        """GDPR 18(2): storage is what a restriction leaves."""
        subjects.set_standing(by=BY, subject=asha, state="restricted")

        assert lotus.take(asha, city="Pune").recorded == 1


@pytest.mark.req("P9")
class TestOtherCompanies:
    def test_anothers_person_does_not_exist(self, lotus):
        stranger = make("tulip", "NL").person()

        with pytest.raises(SubjectUnknownError):
            lotus.take(stranger, city="Pune")

    def test_the_database_refuses_their_person_and_their_source(self, lotus, asha, superuser):
        tulip = make("tulip", "NL")
        lotus.take(asha, city="Pune")
        row = ProfileRecord.objects.get()
        stranger = tulip.person()

        for change in (
            {"subject_id": stranger.id}, {"source_id": tulip.source.id},
            {"controller_id": tulip.id},
        ):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                ProfileRecord.objects.filter(pk=row.pk).update(**change)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_who_say_different_things_of_one_person_both_count(self):
        lotus = make()
        asha = lotus.person()

        told = at_once(lambda: lotus.take(asha, city="Pune"), lambda: lotus.take(asha, tier="gold"))

        assert [one.recorded for one in told] == [1, 1]
        assert lotus.known(asha) == {"city": "Pune", "tier": "gold"}

    def test_an_erasure_acknowledged_meanwhile_is_never_overtaken(self):
        lotus = make()
        asha = lotus.person()

        told = at_once(
            lambda: subjects.set_standing(by=BY, subject=asha, state="erasing"),
            lambda: lotus.take(asha, city="Pune", at=EARLIER + timedelta(hours=1)),
        )

        assert not isinstance(told[0], Exception)
        assert isinstance(told[1], SubjectErasedError) or told[1].recorded == 1
        with pytest.raises(SubjectErasedError):
            lotus.take(asha, city="Delhi", at=LATER)
