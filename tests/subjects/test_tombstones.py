"""Tombstones: set for all a person is known by, found by it, and lifted by the person alone."""

from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.actors import Actor
from keys import services as keys
from keys.ids import uuid7
from subjects import tombstones
from subjects.errors import TombstoneLiftError
from subjects.models import Tombstone
from tests.subjects import people

EMAIL = ("email", people.EMAIL)
NUMBER = ("crm", people.NUMBER)


@pytest.fixture
def buried(lotus, asha):
    """The case for which Asha's tombstones were set."""
    case_id = uuid7()
    tombstones.set_many(by=people.BY, controller_id=lotus.id, cases={asha.id: case_id})
    return case_id


def herself(asha):
    return Actor("subject", str(asha.id))


@pytest.mark.req("ERA-16")
class TestSetting:
    def test_everything_the_person_is_known_by_has_one(self, lotus, buried):
        found = tombstones.known(lotus.id, [EMAIL, NUMBER, ("email", "meera@example.in")])

        assert set(found) == {EMAIL, NUMBER}
        assert set(Tombstone.objects.values_list("case_id", flat=True)) == {buried}

    def test_identifiers_are_found_by_the_person_whatever_is_known_of_the_table(self, lotus, asha):
        given = [[asha.id], [uuid7()], lotus.id, None, None]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {tombstones._IDENTIFIERS}", given)
            plan = "\n".join(row[0] for row in cursor.fetchall())

        assert "Cond: (subject_id =" in plan
        assert "Filter: (i.controller_id =" in plan  # of what was found, not a way to find it

    def test_another_spelling_of_the_identifier_is_found(self, lotus, buried):
        assert tombstones.known(lotus.id, [("email", people.EMAIL.upper())])

    def test_another_controller_knows_nothing_of_it(self, tulip, buried):
        assert tombstones.known(tulip.id, [EMAIL, NUMBER]) == {}

    def test_nobody_of_another_controller_gets_one(self, tulip, asha):
        cases = {asha.id: uuid7()}

        assert tombstones.set_many(by=people.BY, controller_id=tulip.id, cases=cases) == 0

    def test_what_is_no_identifier_has_none(self, lotus, buried):
        assert tombstones.known(lotus.id, [("email", "nonsense"), ("planet", "mars")]) == {}

    def test_a_second_case_leaves_the_first_ones_in_place(self, lotus, asha, buried):
        again = {asha.id: uuid7()}

        assert tombstones.set_many(by=people.BY, controller_id=lotus.id, cases=again) == 0
        assert Tombstone.objects.count() == 2

    def test_only_the_digest_is_kept(self, lotus, buried):
        kept = Tombstone.objects.get(scheme="email")
        digest = keys.lookup_digest(controller_id=lotus.id, scheme="email", value=people.EMAIL)

        assert bytes(kept.digest) == digest

    def test_one_entry_counts_them_and_names_nobody(self, lotus, asha, buried, events):
        assert events()[-1] == "tombstone:set"

    def test_it_is_found_after_the_look_up_key_was_replaced(self, lotus, key_copy, buried):
        keys.rotate("lookup")

        assert set(tombstones.known(lotus.id, [EMAIL, NUMBER])) == {EMAIL, NUMBER}


@pytest.mark.req("P8")
class TestLifting:
    def lift(self, lotus, by, **changes):
        given = {"pairs": [EMAIL], "how": "signed_in", "acted_at": timezone.now(), **changes}
        return tombstones.lift(by=by, controller_id=lotus.id, **given)

    def test_the_person_lifts_what_they_showed_to_be_theirs(self, lotus, asha, buried):
        assert self.lift(lotus, herself(asha)) == 1
        assert set(tombstones.known(lotus.id, [EMAIL, NUMBER])) == {NUMBER}

    @pytest.mark.parametrize("kind", ["officer", "service", "system"])
    def test_nobody_else_does(self, lotus, buried, kind):
        with pytest.raises(TombstoneLiftError):
            self.lift(lotus, Actor(kind, str(uuid7())))

        assert tombstones.known(lotus.id, [EMAIL])

    def test_what_they_did_before_the_erasure_does_not(self, lotus, asha, buried):
        before = Tombstone.objects.first().set_at

        with pytest.raises(TombstoneLiftError):
            self.lift(lotus, herself(asha), acted_at=before)

    def test_what_they_have_yet_to_do_does_not(self, lotus, asha, buried):
        with pytest.raises(TombstoneLiftError):
            self.lift(lotus, herself(asha), acted_at=timezone.now() + timedelta(minutes=1))

    def test_an_import_is_no_act_of_theirs(self, lotus, asha, buried):
        with pytest.raises(TombstoneLiftError):
            self.lift(lotus, herself(asha), how="import")

    def test_they_may_be_erased_again(self, lotus, asha, buried):
        self.lift(lotus, herself(asha), pairs=[EMAIL, NUMBER])

        again = {asha.id: uuid7()}
        assert tombstones.set_many(by=people.BY, controller_id=lotus.id, cases=again) == 2
        assert Tombstone.objects.count() == 4

    def test_a_case_that_is_called_off_takes_its_own_along(self, lotus, asha, buried):
        ended = tombstones.call_off(by=people.BY, controller_id=lotus.id, case_ids=[buried])

        assert ended == 2
        assert tombstones.known(lotus.id, [EMAIL, NUMBER]) == {}


class TestTheTable:
    @pytest.mark.parametrize(
        "changed",
        ["digest = 'x'", "lifted_at = now(), lifted_how = 'import'", "case_id = id",
         "set_at = now()"],
    )  # fmt: skip
    def test_refuses_any_other_change(self, buried, changed):
        with pytest.raises(DatabaseError), transaction.atomic():
            _run(f"UPDATE subjects_tombstone SET {changed}")

    def test_refuses_to_lose_one(self, buried):
        with pytest.raises(DatabaseError), transaction.atomic():
            _run("DELETE FROM subjects_tombstone")

    @pytest.mark.django_db(transaction=True)
    def test_refuses_to_be_emptied(self, superuser, db):
        with pytest.raises(psycopg.Error, match="a tombstone stays"):
            superuser.execute("TRUNCATE subjects_tombstone CASCADE")


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
