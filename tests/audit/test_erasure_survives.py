"""A person is erased: nothing in the log leads to them, and the log proves what it proved (P6)."""

import hashlib
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import reverse

from audit import sealing, selectors, services
from audit.actors import Actor, Target
from audit.models import Bundle, EntryIndex, Payload, Tree
from audit.tiles import LogReader
from audit.tlog import merkle, notes
from desk import services as desk
from subjects import sealing as subject_sealing
from subjects import services as subjects
from subjects import signin
from subjects.errors import KeyDestroyedError
from subjects.models import DataKey, Identifier
from tests.audit.ages import problems
from tests.audit.log import OTHER_LOG, PERSON, write
from tests.desk import house

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-05", "P6")]

VALUE = b'{"income_bracket":"7"}'
CONTEXT = b"test"
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname LIKE %s
"""


@pytest.fixture
def lotus(db):
    """A company, and a person about whom the log knows something of every kind."""
    found = house.make()
    person = found.person
    themselves = Actor("subject", str(person.id))
    link, token = signin.make_token(link_id=signin.request_link(subject=person, language="en").id)
    signin.redeem(token=token)
    subjects.set_facts(by=themselves, subject=person, language="hi")
    child = found.world.person("child@lotus.example")
    subjects.relate(by=themselves, subject=child, related_id=person.id, kind="guardian")
    officer = house.officer(found, "meera", "privacy_officer", "auditor")
    found.officer = Actor("officer", str(officer.id))
    desk.search(by=found.officer, controller_id=found.id, scheme="email", value=found.email)
    desk.reveal(
        by=found.officer, controller_id=found.id, subject_id=person.id, reason="request", case="7"
    )
    client = house.signed_in(officer)
    assert client.get(reverse("admin:person", args=[person.id])).status_code == 200
    assert client.get(reverse("admin:subjects_subject_changelist")).status_code == 200
    (found.sealed,) = subject_sealing.seal_many(found.id, [(person.id, VALUE)], context=CONTEXT)
    with transaction.atomic():
        found.decision = services.record(
            event="ai:decided", by=house.BY, controller_id=found.id, target=Target("decision", "d"),
            subject=subjects.ref(person), data={"sealed": found.sealed.hex()},
        )  # fmt: skip
    sealing.seal_all()
    return found


@pytest.fixture
def known(lotus):
    """What an attacker who has the whole database looks for, by name."""
    person = lotus.person
    digests = Identifier.objects.filter(subject=person).values_list("digest", flat=True)
    return {
        "id": spellings(person.id), "pseudonym": spellings(person.pseudonym),
        "e-mail": [lotus.email, lotus.email.encode().hex()],
        "digest": [bytes(one).hex() for one in digests],
    }  # fmt: skip


def spellings(one):
    return [str(one), one.hex, str(one).encode().hex()]


def where(superuser, needles, tables="%"):
    """The tables of which a row has one of these in any column, binary ones included."""
    found = set()
    for (table,) in superuser.execute(TABLES, [tables]).fetchall():
        query = f"SELECT EXISTS (SELECT FROM {table} t WHERE t::text ILIKE ANY(%s))"
        if superuser.execute(query, [[f"%{one}%" for one in needles]]).fetchone()[0]:
            found.add(table)
    return found


class TestNothingLeadsToThePerson:
    def test_in_any_column_of_the_log(self, lotus, known, superuser):
        assert where(superuser, known["id"], "audit%") == {"audit_entryindex"}
        assert "audit_payload" in where(superuser, known["pseudonym"])

        subjects.destroy_key(by=house.BY, subject=lotus.person)
        sealing.seal_all()

        assert where(superuser, known["id"], "audit%") == set()
        assert where(superuser, known["pseudonym"]) == {"audit_payload"}

    def test_in_any_column_of_the_database_that_was_not_the_persons_own(
        self, lotus, known, superuser
    ):
        assert where(superuser, known["digest"]) == {"subjects_identifier"}

        subjects.destroy_key(by=house.BY, subject=lotus.person)

        assert where(superuser, known["digest"]) == set()
        assert where(superuser, known["e-mail"]) == set()

    def test_sealed_values_open_no_more(self, lotus):
        opened = (lotus.id, lotus.person.id, lotus.sealed)
        assert subject_sealing.unseal(*opened, context=CONTEXT) == VALUE

        subjects.destroy_key(by=house.BY, subject=lotus.person)

        said = selectors.payload(lotus.decision)
        assert said["data"]["sealed"] == lotus.sealed.hex()
        assert not DataKey.objects.filter(subject=lotus.person).exists()
        with pytest.raises(KeyDestroyedError):
            subject_sealing.unseal(*opened, context=CONTEXT)

    def test_who_knows_what_was_said_cannot_find_it_by_its_hash(self, lotus, known):
        """Each commitment has a salt of its own: guesses of the whole record do not match."""
        leaves = {
            entries[at : at + 32]
            for rows in (Bundle.objects.filter(controller_id=lotus.id), Tree.objects.all())
            for entries in (bytes(one.entries) for one in rows)
            for at in range(0, len(entries), 32)
        }
        bodies = [bytes(one.body) for one in Payload.objects.all()]
        guesses = [*bodies, *(word.encode() for words in known.values() for word in words)]

        hashes = {
            hashlib.sha256(salt + one).digest() for one in guesses for salt in (b"", bytes(16))
        }
        hashes |= {merkle.leaf_hash(one) for one in hashes}

        assert len(leaves) > 10
        assert not leaves & hashes
        assert not {merkle.leaf_hash(one) for one in leaves} & hashes


class TestTheLogProvesWhatItProved:
    def test_by_replay(self, lotus):
        assert problems() == []

        subjects.destroy_key(by=house.BY, subject=lotus.person)
        sealing.seal_all()

        assert problems() == []

    def test_by_proofs_old_and_new(self, lotus):
        about = [one.id for one in selectors.entries_about(lotus.id, lotus.person.id)]
        before = LogReader.of(lotus.id)
        old = {one: str(before.proof(before.position(one))) for one in about}

        subjects.destroy_key(by=house.BY, subject=lotus.person)
        sealing.seal_all()

        after = LogReader.of(lotus.id)
        for entry_id, text in old.items():
            assert proved(text, entry_id)
            assert proved(str(after.proof(after.position(entry_id))), entry_id)

    def test_that_the_person_was_forgotten_without_saying_who(self, lotus):
        subjects.destroy_key(by=house.BY, subject=lotus.person)

        said = EntryIndex.objects.get(event="subject:forgotten")
        assert (said.subject_id, said.target_id) == (None, "")
        assert "subject" not in selectors.payload(said.id)


class TestTheIndex:
    def test_still_answers_what_others_did(self, lotus):
        """Who looked into the person's data is as answerable as before, and nobody is shown."""
        theirs = EntryIndex.objects.filter(actor_id=lotus.officer.id).order_by("id")
        before = list(theirs.values_list("id", "event", "at"))

        subjects.destroy_key(by=house.BY, subject=lotus.person)

        assert list(theirs.values_list("id", "event", "at")) == before
        assert not selectors.entries_about(lotus.id, lotus.person.id).exists()

    def test_of_other_people_and_companies_is_untouched(self, lotus):
        write(3, subject=PERSON, controller_id=lotus.id)
        write(2, subject=subjects.ref(lotus.person), controller_id=OTHER_LOG)

        subjects.destroy_key(by=house.BY, subject=lotus.person)

        assert selectors.entries_about(lotus.id, PERSON.id).count() == 3
        assert selectors.entries_about(OTHER_LOG, lotus.person.id).count() == 2

    def test_forgets_nobody_without_a_word(self):
        with transaction.atomic():
            assert (
                services.forget(by=house.BY, controller_id=OTHER_LOG, subject_id=UUID(int=1)) == 0
            )

        assert EntryIndex.objects.get().event == "subject:forgotten"


def proved(text, entry_id):
    """Whether the proof file shows that the log has the entry's commitment."""
    payload = Payload.objects.get(id=entry_id)
    committed = hashlib.sha256(bytes(payload.salt) + bytes(payload.body)).digest()
    proof = notes.Proof.parse(text)
    checkpoint = notes.Checkpoint.parse(notes.parse_note(proof.checkpoint).body)
    leaf, hashes = merkle.leaf_hash(committed), proof.hashes
    return merkle.root_from_inclusion(proof.index, checkpoint.size, leaf, hashes) == checkpoint.root
