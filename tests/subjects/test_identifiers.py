import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import EntryIndex, Payload
from keys.errors import UnsealError
from subjects import selectors, services
from subjects.errors import (
    IdentifierTakenError,
    KeyDestroyedError,
    NoIdentifierError,
    SubjectHeldError,
)
from subjects.models import DataKey, Identifier, Subject
from subjects.schemes import MalformedIdentifierError, UnknownSchemeError
from tests.subjects.people import BY, EMAIL, NUMBER, PHONE, add, at_once

pytestmark = pytest.mark.django_db


def everything():
    return [model.objects.count() for model in (Subject, DataKey, Identifier, Payload, EntryIndex)]


class TestFinding:
    @pytest.mark.parametrize(
        ("scheme", "value"),
        [("email", EMAIL), ("email", f" {EMAIL.upper()}"), ("crm", NUMBER), ("crm", f"{NUMBER} ")],
    )
    def test_a_person_is_found_by_any_spelling(self, lotus, asha, scheme, value):
        assert selectors.find(lotus.id, scheme, value) == asha

    @pytest.mark.parametrize(
        ("scheme", "value"),
        [("email", "a" + EMAIL), ("crm", NUMBER.lower()), ("account", NUMBER), ("phone", PHONE)],
    )
    def test_nobody_is_found_by_another(self, lotus, asha, scheme, value):
        assert selectors.find(lotus.id, scheme, value) is None

    @pytest.mark.req("P9")
    def test_a_person_is_found_at_their_controller_only(self, lotus, tulip, asha):
        assert selectors.find(tulip.id, "email", EMAIL) is None
        twin = add(tulip, ("email", EMAIL))

        assert selectors.find(tulip.id, "email", EMAIL) == twin
        assert selectors.find(lotus.id, "email", EMAIL) == asha

    def test_many_are_found_at_once(self, lotus, tulip, asha):
        ben = add(lotus, ("email", "ben@example.in"))
        add(tulip, ("email", "cleo@example.in"))
        values = [EMAIL, "ben@example.in", "cleo@example.in", "nobody@example.in"]

        found = selectors.find_many(lotus.id, "email", values)

        assert found == {EMAIL: asha.id, "ben@example.in": ben.id}

    @pytest.mark.parametrize(("scheme", "error"), [("email", MalformedIdentifierError),
                                                   ("passport", UnknownSchemeError)])  # fmt: skip
    def test_a_bad_question_is_an_error(self, lotus, scheme, error):
        with pytest.raises(error):
            selectors.find(lotus.id, scheme, "no address")


@pytest.mark.req("P9")
def test_equal_identifiers_of_two_controllers_have_unlike_digests(lotus, tulip, asha):
    add(tulip, ("email", EMAIL), ("crm", NUMBER))

    digests = [bytes(one.digest) for one in Identifier.objects.all()]
    assert len(set(digests)) == len(digests) == 4


def test_equal_values_of_two_schemes_have_unlike_digests(lotus):
    add(lotus, ("crm", "one"), ("account", "one"), ("device", "one"))

    assert len({bytes(one.digest) for one in Identifier.objects.all()}) == 3


COLUMNS = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
"""


@pytest.mark.req("P10", "P6")
def test_no_column_of_any_table_holds_an_identifier_in_clear(lotus, asha):
    services.add_identifier(by=BY, subject=asha, scheme="phone", value=PHONE)
    selectors.masked_identifiers(asha)

    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
        # As hexadecimal too: bytea is shown so, and an identifier inside it would be as well.
        needles = [text for value in (EMAIL, NUMBER, PHONE)
                   for text in (value, value.encode().hex())]  # fmt: skip
        found = [
            (table, column) for table, column in columns if holds(cursor, table, column, needles)
        ]

    assert len(columns) > 100
    assert found == []
    assert holds(connection.cursor(), "accounts_controller", "contact_email", ["privacy@lotus"])


def holds(cursor, table, column, needles):
    likes = " OR ".join([f'"{column}"::text ILIKE %s'] * len(needles))
    patterns = [f"%{needle}%" for needle in needles]
    cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" WHERE {likes})', patterns)
    return cursor.fetchone()[0]


class TestCreating:
    def test_a_person_gets_key_pseudonym_identifiers_and_an_entry(self, lotus, asha, events):
        assert (asha.controller_id, Subject.objects.get()) == (lotus.id, asha)
        assert asha.pseudonym not in {None, asha.id}
        assert DataKey.objects.get().subject_id == asha.id
        assert [(one.scheme, one.text) for one in selectors.reveal(asha)] == [
            ("crm", NUMBER), ("email", EMAIL),
        ]  # fmt: skip
        assert events() == ["subject:created"]

    def test_facts_that_cannot_be_are_not_called_a_taken_identifier(self, lotus):
        with pytest.raises(IntegrityError, match="subjects_age_has_assurance"):
            add(lotus, ("email", EMAIL), age_state="child")

        assert Subject.objects.count() == 0

    def test_each_has_a_key_of_their_own(self, lotus, asha):
        ben = add(lotus, ("email", "ben@example.in"))

        assert selectors.data_key(asha) != selectors.data_key(ben)

    @pytest.mark.parametrize("bad", [
        ((("email", "ben@example.in"), ("email", EMAIL)), IdentifierTakenError),
        ((("email", "twice@example.in"), ("email", "Twice@example.in")), IdentifierTakenError),
        ((("email", "ben@example.in"), ("phone", "12")), MalformedIdentifierError),
        ((("email", "ben@example.in"), ("fax", "12")), UnknownSchemeError),
        ((), NoIdentifierError),
    ], ids=lambda bad: bad[1].__name__)  # fmt: skip
    def test_a_bad_or_taken_identifier_leaves_nothing(self, lotus, asha, bad):
        identifiers, error = bad
        before = everything()
        new = [
            services.NewSubject(identifiers=(("email", "first@example.in"),)),
            services.NewSubject(identifiers=identifiers),
        ]

        with pytest.raises(error) as refusal:
            services.create_many(by=BY, controller_id=lotus.id, new=new)

        assert everything() == before
        assert "@" not in str(refusal.value)
        add(lotus, ("email", "first@example.in"))  # the transaction is usable

    @pytest.mark.django_db(transaction=True)
    def test_of_two_at_once_one_has_the_identifier(self, lotus):
        answers = at_once(*[lambda: add(lotus, ("email", EMAIL), ("crm", NUMBER))] * 3)

        assert sorted(type(one).__name__ for one in answers) == [
            "IdentifierTakenError", "IdentifierTakenError", "Subject",
        ]  # fmt: skip
        assert everything()[:3] == [1, 1, 2]


class TestAddingOne:
    def test_makes_the_person_found_by_it(self, lotus, asha, events):
        services.add_identifier(by=BY, subject=asha, scheme="phone", value="+91 98123 45678")

        assert selectors.find(lotus.id, "phone", PHONE) == asha
        assert events()[-1] == "subject:identified"

    def test_that_is_taken_leaves_nothing(self, lotus, asha):
        ben = add(lotus, ("email", "ben@example.in"))
        before = everything()

        with pytest.raises(IdentifierTakenError):
            services.add_identifier(by=BY, subject=ben, scheme="crm", value=NUMBER)

        assert everything() == before

    def test_to_one_whose_key_is_gone_is_refused(self, asha):
        services.destroy_key(by=BY, subject=asha)

        with pytest.raises(KeyDestroyedError):
            services.add_identifier(by=BY, subject=asha, scheme="phone", value=PHONE)


class TestShowing:
    @pytest.mark.req("P11")
    def test_masks_hide_what_reveal_shows(self, asha):
        shown = [one.text for one in selectors.masked_identifiers(asha)]

        assert shown == ["•••ZX", "a•••@e•••"]

    def test_many_are_masked_in_two_queries(self, lotus, asha, django_assert_num_queries):
        ben = add(lotus, ("phone", PHONE))
        gone = add(lotus, ("crm", "gone"))
        services.destroy_key(by=BY, subject=gone)

        with django_assert_num_queries(2):
            shown = selectors.masked_many([asha, ben, gone])

        assert {who: [one.text for one in each] for who, each in shown.items()} == {
            asha.id: ["•••ZX", "a•••@e•••"], ben.id: ["•••78"],
        }  # fmt: skip

    def test_a_sealed_identifier_opens_for_its_person_only(self, lotus, asha):
        """Moved to another person's row, or to another scheme, it stays closed."""
        ben = add(lotus, ("email", "ben@example.in"))
        Identifier.objects.filter(subject=ben).update(
            sealed=Identifier.objects.get(subject=asha, scheme="email").sealed
        )

        with pytest.raises(UnsealError):
            selectors.reveal(ben)


@pytest.mark.req("P6")
class TestDestroyingTheKey:
    def test_makes_everything_unreadable(self, lotus, asha, events):
        sealed = {row.scheme: bytes(row.sealed) for row in Identifier.objects.all()}

        services.destroy_key(by=BY, subject=asha)

        asha.refresh_from_db()
        assert asha.pseudonym is None
        assert selectors.reveal(asha) == []
        assert selectors.find(lotus.id, "email", EMAIL) is None
        assert (DataKey.objects.count(), Identifier.objects.count()) == (0, 0)
        with pytest.raises(KeyDestroyedError):
            selectors.data_key(asha)
        assert all(EMAIL.encode() not in value for value in sealed.values())
        assert events()[-2:] == ["subject:key_destroyed", "subject:forgotten"]

    def test_a_legal_hold_forbids_it(self, asha):
        held = services.set_standing(by=BY, subject=asha, state="hold")

        with pytest.raises(SubjectHeldError):
            services.destroy_key(by=BY, subject=asha)
        assert DataKey.objects.count() == 1

        services.end_standing(by=BY, standing=held)
        services.destroy_key(by=BY, subject=asha)
        assert DataKey.objects.count() == 0

    def test_what_a_backup_still_has_cannot_be_read(self, asha):
        backup = list(Identifier.objects.all())
        services.destroy_key(by=BY, subject=asha)
        Identifier.objects.bulk_create(backup)

        with pytest.raises(KeyDestroyedError):
            selectors.reveal(asha)
        assert selectors.masked_many([asha]) == {}

    def test_nothing_on_the_log_leads_back_afterwards(self, asha):
        services.destroy_key(by=BY, subject=asha)

        services.set_standing(by=BY, subject=asha, state="erased")

        with connection.cursor() as cursor:
            cursor.execute("SELECT convert_from(body, 'UTF8') FROM audit_payload ORDER BY id DESC")
            newest = cursor.fetchone()[0]
        assert str(asha.id) not in newest
        assert str(asha.pseudonym) not in newest

    def test_leaves_others_alone(self, lotus, asha):
        ben = add(lotus, ("email", "ben@example.in"))

        services.destroy_key(by=BY, subject=asha)

        assert [one.text for one in selectors.reveal(ben)] == ["ben@example.in"]


def test_the_database_itself_refuses_a_second_owner(lotus, asha):
    row = Identifier.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Identifier.objects.create(
            controller_id=lotus.id, subject=asha, scheme=row.scheme, digest=row.digest,
            digest_version=1, sealed=b"x",
        )  # fmt: skip
