"""A link by which somebody erased comes back: at once, at the wrong time, and by the wrong door."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actors import Actor
from keys import services as keys
from keys.ids import uuid7
from subjects import identifying, returning, selectors, services, tombstones
from subjects.errors import (
    IdentifierTakenError,
    LinkNotValidError,
    SubjectErasedError,
    TombstoneLiftError,
)
from subjects.models import LinkRequest, Subject, Tombstone
from subjects.schemes import CATEGORIES
from tests.subjects import people
from tests.subjects.people import add, at_once

pytestmark = [pytest.mark.django_db, pytest.mark.req("P8", "ERA-16")]


@pytest.fixture
def buried(lotus, asha):
    """Asha was erased."""
    case_id = uuid7()
    tombstones.set_many(by=people.BY, controller_id=lotus.id, cases={asha.id: case_id})
    services.destroy_key(by=people.BY, subject=asha)
    return case_id


def asked(company, address=people.EMAIL):
    return returning.note(controller_id=company.id, address=address, language="")


def token(company, address=people.EMAIL):
    return returning.send(request_id=asked(company, address))[1]


class TestTheLink:
    def test_is_kept_as_a_hash_and_the_address_sealed(self, lotus, buried):
        made = token(lotus)

        row = LinkRequest.objects.get()
        assert made.encode() not in bytes(row.token_digest)
        assert people.EMAIL.encode() not in bytes(row.sealed)

    def test_says_by_which_case_and_when(self, lotus, buried):
        met = returning.look(token=token(lotus))

        assert (met.case_id, met.is_kept) == (buried, False)
        assert met.since == Tombstone.objects.filter(scheme="email").get().set_at

    def test_is_for_nobody_who_was_not_erased(self, lotus, tulip, buried):
        assert returning.send(request_id=asked(lotus, "meera@example.in")) is None
        assert returning.send(request_id=asked(tulip)) is None

    def test_is_for_nobody_who_is_here_still_by_another_identifier(self, lotus, asha):
        identifying.remove(
            by=people.BY, controller_id=lotus.id, cases={asha.id: uuid7()},
            categories={CATEGORIES["email"]},
        )  # fmt: skip

        assert tombstones.known(lotus.id, [("email", people.EMAIL)])
        assert returning.send(request_id=asked(lotus)) is None

    def test_a_letter_written_again_ends_the_one_before(self, lotus, buried):
        request_id = asked(lotus)
        first, second = (returning.send(request_id=request_id)[1] for _ in range(2))

        with pytest.raises(LinkNotValidError):
            returning.begin(token=first)
        assert returning.begin(token=second)

    def test_is_found_by_an_older_version_of_the_look_up_key(self, lotus, asha, key_copy):
        tombstones.set_many(by=people.BY, controller_id=lotus.id, cases={asha.id: uuid7()})
        services.destroy_key(by=people.BY, subject=asha)
        keys.rotate("lookup")

        new = returning.begin(token=token(lotus))

        assert selectors.find(lotus.id, "email", people.EMAIL) == new
        assert tombstones.known(lotus.id, [("email", people.EMAIL)]) == {}


class TestBeginning:
    def test_another_tombstone_of_the_person_stands(self, lotus, buried):
        returning.begin(token=token(lotus))

        assert list(tombstones.known(lotus.id, [("crm", people.NUMBER)]))
        with pytest.raises(SubjectErasedError):
            add(lotus, ("crm", people.NUMBER))

    def test_what_was_asked_before_does_not_count(self, lotus, asha):
        before = asked(lotus)
        tombstones.set_many(by=people.BY, controller_id=lotus.id, cases={asha.id: uuid7()})
        services.destroy_key(by=people.BY, subject=asha)

        assert returning.send(request_id=before) is None

    def test_nor_what_was_asked_before_a_second_erasure(self, lotus, buried):
        old = token(lotus)
        new = returning.begin(token=token(lotus))
        tombstones.set_many(by=people.BY, controller_id=lotus.id, cases={new.id: uuid7()})
        services.destroy_key(by=people.BY, subject=new)

        with pytest.raises(LinkNotValidError):
            returning.begin(token=old)
        assert Subject.objects.count() == 2

    def test_where_the_address_is_kept_nothing_changes(self, lotus, asha, buried):
        """A law has the old record keep it: one address is one person's."""
        made = token(lotus)
        Tombstone.objects.filter(scheme="email").update(
            lifted_at=timezone.now(), lifted_how="called_off"
        )
        holder = add(lotus, ("email", people.EMAIL))
        tombstones.set_many(
            by=people.BY, controller_id=lotus.id, cases={holder.id: uuid7()},
            at=timezone.now() - timedelta(days=1),
        )  # fmt: skip
        assert returning.look(token=made).is_kept

        with pytest.raises(IdentifierTakenError):
            returning.begin(token=made)

        assert tombstones.known(lotus.id, [("email", people.EMAIL)])
        assert LinkRequest.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_of_many_at_once_one_begins(self, lotus, buried):
        one, other = token(lotus), token(lotus)
        calls = [lambda: returning.begin(token=one), lambda: returning.begin(token=other)] * 2

        answers = at_once(*calls)

        names = sorted(type(each).__name__ for each in answers)
        assert names.count("Subject") == 1, answers
        assert set(names) <= {"Subject", "LinkNotValidError", "IdentifierTakenError"}
        assert Subject.objects.count() == 2
        assert Tombstone.objects.filter(scheme="email", lifted_how="link_followed").count() == 1


@pytest.mark.parametrize(
    "by", [Actor("officer", "olga"), Actor("service", "crm"), Actor.system("import")]
)
def test_nobody_else_lifts_a_tombstone(lotus, buried, by):
    with pytest.raises(TombstoneLiftError):
        tombstones.lift(
            by=by, controller_id=lotus.id, pairs=[("email", people.EMAIL)], how="link_followed",
            acted_at=timezone.now(),
        )  # fmt: skip
    assert tombstones.known(lotus.id, [("email", people.EMAIL)])
