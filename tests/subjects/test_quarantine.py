"""What comes in again of erased people: refused wherever it knocks, counted, and settled."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.actors import Actor
from keys.ids import uuid7
from subjects import quarantine, services, tombstones
from subjects.errors import ArrivalSettledError, SubjectErasedError
from subjects.models import Quarantined, Subject
from tests.subjects import people

EMAIL = ("email", people.EMAIL)
FEED = quarantine.Source("crm", "record")
pytestmark = pytest.mark.req("ERA-16", "P8")


@pytest.fixture
def buried(lotus, asha):
    """Asha is erased: her identifiers and her key are gone, her tombstones stand."""
    tombstones.set_many(by=people.BY, controller_id=lotus.id, cases={asha.id: uuid7()})
    services.destroy_key(by=people.BY, subject=asha)
    return asha


def matched(lotus, *identifiers):
    new = services.NewSubject(identifiers=identifiers)
    found = services.match_or_create(by=people.BY, controller_id=lotus.id, people=[new])
    return found.outcomes[0]


def came(lotus, *pairs, source=FEED):
    return quarantine.keep_out(
        by=people.BY, controller_id=lotus.id, identifiers=[[pair] for pair in pairs],
        source=source,
    )  # fmt: skip


class TestNobodyIsMadeOfThem:
    def test_by_adding(self, lotus, buried):
        with pytest.raises(SubjectErasedError):
            people.add(lotus, EMAIL)

        assert Subject.objects.count() == 1

    def test_by_matching(self, lotus, buried):
        assert isinstance(matched(lotus, EMAIL), SubjectErasedError)
        assert isinstance(matched(lotus, ("phone", people.PHONE), EMAIL), SubjectErasedError)
        assert Subject.objects.count() == 1

    def test_by_giving_their_identifier_to_somebody_else(self, lotus, buried):
        ravi = people.add(lotus, ("email", "ravi@example.in"))

        with pytest.raises(SubjectErasedError):
            services.add_identifier(by=people.BY, subject=ravi, scheme="crm", value=people.NUMBER)
        outcome = matched(lotus, ("email", "ravi@example.in"), ("crm", people.NUMBER))
        assert isinstance(outcome, SubjectErasedError)

    def test_nor_gains_who_is_being_erased_another_identifier(self, lotus, asha):
        services.set_standing(by=people.BY, subject=asha, state="erasing")

        with pytest.raises(SubjectErasedError):
            services.add_identifier(by=people.BY, subject=asha, scheme="phone", value=people.PHONE)

    def test_another_company_may_have_them(self, tulip, buried):
        assert people.add(tulip, EMAIL)

    def test_others_come_in_as_ever(self, lotus, buried):
        assert matched(lotus, ("email", "ravi@example.in")) in set(
            Subject.objects.values_list("id", flat=True)
        )

    def test_once_they_came_back_themselves_they_do(self, lotus, buried):
        tombstones.lift(
            by=Actor("subject", str(buried.id)), controller_id=lotus.id, pairs=[EMAIL],
            how="signed_in", acted_at=timezone.now(),
        )  # fmt: skip

        assert people.add(lotus, EMAIL).id != buried.id


class TestCounting:
    def test_each_arrival_counts_by_where_it_came_from(self, lotus, buried):
        came(lotus, EMAIL, EMAIL)
        came(lotus, EMAIL)
        came(lotus, EMAIL, source=quarantine.Source("shop", "person"))

        assert set(Quarantined.objects.values_list("source", "kind", "times")) == {
            ("crm", "record", 3), ("shop", "person", 1),
        }  # fmt: skip

    def test_strangers_do_not(self, lotus, buried):
        assert came(lotus, ("email", "ravi@example.in")) == 0
        assert not Quarantined.objects.exists()

    def test_people_named_by_our_id_count_while_they_can_be_found(self, lotus, asha):
        tombstones.set_many(by=people.BY, controller_id=lotus.id, cases={asha.id: uuid7()})
        asked = {"by": people.BY, "controller_id": lotus.id, "ids": [asha.id], "source": FEED}

        assert quarantine.keep_out_people(**asked) == 1

        services.destroy_key(by=people.BY, subject=asha)
        assert quarantine.keep_out_people(**asked) == 0

    def test_the_entry_says_from_where_and_how_many(self, lotus, buried, events):
        came(lotus, EMAIL)

        assert events()[-1] == "arrival:quarantined"


class TestSettling:
    @pytest.fixture
    def arrival(self, lotus, buried):
        came(lotus, EMAIL)
        return quarantine.arrivals([lotus.id]).get()

    def test_an_officer_notes_what_was_done(self, lotus, arrival):
        quarantine.settle(by=people.BY, arrival=arrival, note="The feed was corrected.")

        assert not quarantine.arrivals([lotus.id]).exists()

    def test_once(self, arrival):
        quarantine.settle(by=people.BY, arrival=arrival, note="Done.")

        with pytest.raises(ArrivalSettledError):
            quarantine.settle(by=people.BY, arrival=arrival, note="Again.")

    def test_what_comes_after_waits_anew_and_nobody_was_let_in(self, lotus, arrival):
        quarantine.settle(by=people.BY, arrival=arrival, note="Done.")

        assert isinstance(matched(lotus, EMAIL), SubjectErasedError)
        came(lotus, EMAIL)
        assert quarantine.arrivals([lotus.id]).get().times == 1

    def test_another_companys_officer_sees_nothing(self, tulip, arrival):
        assert not quarantine.arrivals([tulip.id]).exists()

    @pytest.mark.parametrize("changed", ["times = 0", "source = 'x'", "first_at = now()"])
    def test_the_table_refuses_any_other_change(self, arrival, changed):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE subjects_quarantined SET {changed}")
