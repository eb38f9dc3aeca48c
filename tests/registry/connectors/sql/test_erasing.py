"""What is deleted or overwritten in a database, and that nothing else is."""

import uuid

import pytest

from registry.connectors.contract import Act, Effect, Finding, Verb
from tests.registry.connectors.sql.bases import (
    MAPPING,
    asha,
    failed,
    person,
    probe,
    ravi,
    tell,
)

pytestmark = pytest.mark.django_db
KEPT = {
    "customers": {
        "match": {"email": "email", "crm": "no"}, "rows": "keep",
        "columns": {
            "email": {"unique": "gone-", "category": "pd:EmailAddress"},
            "name": {"to": None, "category": "pd:Name"},
            "phone": {"to": "none", "category": "pd:TelephoneNumber"},
        },
        "correct": {"name": "name", "blocked": "blocked"}, "restrict": {"column": "blocked"},
    },
}  # fmt: skip


class TestDeleting:
    def test_rows_go_with_those_that_point_to_them_and_nobody_elses(self, base):
        connector = base.connector()

        [said] = tell(connector, asha())

        assert (said.act, said.code, said.evidence) == (Act.DONE, "", {"rows": 5})
        assert base.number("customers") == 3
        assert base.number("orders") == 1
        assert base.number("items") == 1
        assert [one.finding for one in probe(connector, asha(), ravi())] == [
            Finding.ABSENT, Finding.PRESENT,
        ]  # fmt: skip

    def test_many_at_once_each_with_their_own_count(self, base):
        said = tell(base.connector(), ravi(), asha(), person(9, email="no@example.in", crm="C-9"))

        assert [(one.act, one.evidence["rows"]) for one in said] == [
            (Act.DONE, 3), (Act.DONE, 5), (Act.UNKNOWN_PERSON, 0),
        ]  # fmt: skip
        assert [one.step.int for one in said] == [2, 1, 9]
        assert base.number("customers") == 2

    def test_letters_with_and_without_accents_are_of_two_people(self, base):
        connector = base.connector()

        [said] = tell(connector, person(3, email="jose@example.in"))

        assert said.evidence == {"rows": 1}
        assert base.number("customers", "no = 'C-4'") == 1
        [found] = probe(connector, person(4, email="josé@example.in"))
        assert found.finding == Finding.PRESENT

    def test_letters_beyond_ascii_have_cases_as_well(self, base):
        base.say("UPDATE customers SET email = 'JOSÉ@Example.in' WHERE id = 4")
        connector, jose = base.connector(), person(4, email="josé@example.in")

        assert probe(connector, jose)[0].finding == Finding.PRESENT
        assert tell(connector, jose)[0].evidence == {"rows": 1}
        assert base.number("customers", "no = 'C-3'") == 1

    def test_a_text_is_no_number(self, base):
        """As numbers, '1x' is 1 and 'x' is 0 for some databases."""
        base.say("INSERT INTO customers (id, no, name) VALUES (0, 'C-0', 'Zero')")
        connector = base.connector(
            {"customers": {**MAPPING["customers"], "match": {"crm": "id"}}, **links()}
        )

        said = tell(connector, *(person(n, crm=text) for n, text in enumerate(
            ("1x", "x", "", "01", "1.0", "1e0", "99999999999999999999")
        )))  # fmt: skip

        assert {one.act for one in said} == {Act.UNKNOWN_PERSON}
        assert base.number("customers") == 5
        assert tell(connector, person(1, crm="1"))[0].evidence == {"rows": 5}

    @pytest.mark.parametrize(
        "text", ["' OR 1=1 --", "%", "_", "\\", "C-1' --", "C-1 OR 1", "`", '"', "%s", "%(a)s"]
    )
    def test_an_identifier_is_a_value_and_nothing_else(self, base, text):
        [said] = tell(base.connector(), person(1, crm=text, email=text))

        assert said.act == Act.UNKNOWN_PERSON
        assert base.number("customers") == 4

    def test_digits_whatever_stands_between_them(self, base):
        match = {"phone": {"column": "phone", "how": "digits"}}
        connector = base.connector({"customers": {"match": match}, **links()})

        [said] = tell(connector, person(1, phone="+919810000001"))

        assert said.evidence == {"rows": 5}

    def test_found_by_our_own_id(self, base):
        subject = uuid.UUID(int=1)
        base.say(f"UPDATE customers SET no = '{subject}' WHERE id = 1")
        connector = base.connector({"customers": {"match": {"subject": "no"}}, **links()})

        assert connector.declaration.schemes == ()
        assert tell(connector, person(1))[0].evidence == {"rows": 5}

    def test_somebody_who_cannot_be_found_is_nobody_elses_trouble(self, base):
        said = tell(base.connector(), person(7, phone="+91"), asha())

        assert (said[0].act, said[0].code) == (Act.REFUSED, "identifier_missing")
        assert said[1].act == Act.DONE
        [found] = probe(base.connector(), person(7, phone="+91"))
        assert (found.finding, found.code) == (Finding.UNSURE, "identifier_missing")

    def test_two_identifiers_of_one_person_find_two_rows(self, base):
        [said] = tell(base.connector(), person(1, crm=("C-1", "C-2")))

        assert said.evidence == {"rows": 8}


class TestOverwriting:
    def test_columns_lose_what_they_held_and_the_row_stays(self, base):
        connector = base.connector(KEPT)
        assert connector.declaration.effect == Effect.ANONYMISE
        assert probe(connector, asha())[0].finding == Finding.PRESENT

        [said] = tell(connector, asha())

        assert (said.act, said.evidence) == (Act.DONE, {"rows": 1})
        [(email, name, phone)] = base.say("SELECT email, name, phone FROM customers WHERE id = 1")
        assert (name, phone) == (None, "none")
        assert email.startswith("gone-")
        assert len(email) > 30
        assert base.number("customers", "name IS NOT NULL") == 3
        assert probe(connector, asha())[0].finding == Finding.ANONYMISED

    def test_no_two_rows_get_the_same(self, base):
        base.say("UPDATE customers SET email = 'asha@example.in' WHERE id = 2")

        tell(base.connector(KEPT), person(1, email="asha@example.in"))

        [(one,), (other,)] = base.say("SELECT email FROM customers WHERE id < 3")
        assert one != other

    def test_only_the_categories_that_are_to_go(self, base):
        connector = base.connector(KEPT)
        assert connector.declaration.by_category
        assert connector.declaration.holds == (
            "pd:EmailAddress", "pd:Name", "pd:TelephoneNumber",
        )  # fmt: skip
        some = asha(categories=frozenset({"pd:Name"}))

        tell(connector, some, ravi())

        assert base.say("SELECT name, phone FROM customers WHERE id = 1") == tuple_or_list(
            base, (None, "+91 98 1000-0001")
        )
        assert probe(connector, some)[0].finding == Finding.ANONYMISED
        assert probe(connector, asha())[0].finding == Finding.PRESENT
        assert base.say("SELECT phone FROM customers WHERE id = 2")[0][0] == "none"

    def test_what_a_mapping_cannot_part_is_not_touched(self, base):
        [said] = tell(base.connector(), asha(categories=frozenset({"pd:Contact"})))

        assert (said.act, said.code) == (Act.REFUSED, "category_inseparable")
        assert base.number("customers") == 4

    def test_correcting_and_restricting(self, base):
        connector = base.connector(KEPT)
        assert connector.declaration.verbs == set(Verb)
        told = {"name": "Asha Rao", "shoe": 42}
        one, two = asha(values=told), ravi(values={"name": "Ravi K"})
        assert probe(connector, one, verb=Verb.CORRECT)[0].finding == Finding.PRESENT

        tell(connector, one, two, verb=Verb.CORRECT)
        tell(connector, one, verb=Verb.RESTRICT)

        assert base.number("customers", "name = 'Asha Rao' AND blocked") == 1
        assert base.number("customers", "name = 'Ravi K' AND NOT blocked") == 1
        assert probe(connector, one, verb=Verb.CORRECT)[0].finding == Finding.ABSENT
        assert probe(connector, one, verb=Verb.RESTRICT)[0].finding == Finding.ABSENT
        assert probe(connector, one, verb=Verb.LIFT)[0].finding == Finding.PRESENT
        tell(connector, one, verb=Verb.LIFT)
        assert base.number("customers", "blocked") == 0

    def test_a_verb_that_no_table_is_mapped_for(self, base):
        for question, verb in ((tell, Verb.CORRECT), (probe, Verb.LIFT)):
            code = failed(question, base.connector(), asha(values={"name": "x"}), verb=verb)
            assert code == ("verb_unknown", False)

    def test_a_value_that_this_system_does_not_hold_is_as_told(self, base):
        [said] = tell(base.connector(KEPT), asha(values={"shoe": 1}), verb=Verb.CORRECT)

        assert (said.act, said.evidence) == (Act.DONE, {"rows": 0})

    def test_a_value_of_no_kind_changes_nothing(self, base):
        [said] = tell(base.connector(KEPT), asha(values={"name": {"a": 1}}), verb=Verb.CORRECT)

        assert (said.act, said.code) == (Act.REFUSED, "value_refused")


class TestOnce:
    def test_told_again_with_the_same_key_has_no_second_effect(self, base):
        connector = base.connector(keys="sammati_erasures")
        assert connector.declaration.honours_key
        tell(connector, asha(), ravi())
        base.say("INSERT INTO customers (id, no, name) VALUES (50, 'C-1', 'Somebody new')")

        again = tell(connector, asha(), person(9, email="x@example.in"))

        assert (again[0].act, again[0].code) == (Act.DONE, "done_before")
        assert again[1].act == Act.UNKNOWN_PERSON
        assert base.number("customers", "id = 50") == 1
        assert tell(connector, asha(key="next"))[0].evidence == {"rows": 1}
        assert base.number("sammati_erasures") == 4

    def test_a_refused_one_leaves_no_key(self, base):
        tell(base.connector(keys="sammati_erasures"), person(7, phone="+91"))

        assert base.number("sammati_erasures") == 0

    def test_the_key_and_the_effect_are_one(self, base):
        """What cannot be recorded did not happen."""
        connector = base.connector(keys="sammati_erasures")

        assert tell(connector, asha(key="k" * 300))[0].code == "data_refused"

        assert base.number("customers") == 4


class TestDataInTheWay:
    def test_one_whose_rows_cannot_go_stops_nobody_else(self, base):
        """A row that only the database knows to be needed."""
        connector = base.connector({"customers": {"match": {"crm": "no"}, **blank()}})
        base.say("UPDATE customers SET name = 'kept' WHERE id = 1")
        refuse_overwriting(base)
        connector = base.connector({"customers": {"match": {"crm": "no"}, **blank()}})

        said = tell(connector, asha(), ravi())

        assert [one.act for one in said] == [Act.RETRY, Act.DONE]
        assert said[0].code == "still_there"
        assert base.number("customers", "name IS NULL") == 1

    def test_what_still_stands_is_not_called_done(self, base):
        refuse_overwriting(base)
        base.say("UPDATE customers SET name = 'kept' WHERE id = 2")
        connector = base.connector({"customers": {"match": {"crm": "no"}, **blank()}})

        assert tell(connector, ravi())[0].act == Act.RETRY
        assert probe(connector, ravi())[0].finding == Finding.PRESENT

    def test_a_statement_that_takes_too_long_changes_nothing(self, base):
        base.say(slow_trigger(base))

        code = failed(tell, base.connector(timeout_seconds=1), asha())

        assert code in (("too_slow", True), ("unreachable", True))
        assert base.number("customers") == 4


def links():
    return {name: MAPPING[name] for name in ("orders", "items")}


def blank():
    return {"rows": "keep", "columns": {"name": {"to": None}}}


def tuple_or_list(base, row):
    return (row,) if base.kind == "mysql" else [row]


def refuse_overwriting(base):
    """A trigger that gives a row back what it had."""
    if base.kind == "mysql":
        base.say(
            "CREATE TRIGGER stubborn BEFORE UPDATE ON customers FOR EACH ROW"
            " SET NEW.name = IF(OLD.name = 'kept', OLD.name, NEW.name)"
        )
        return
    base.say(
        "CREATE FUNCTION shop.stubborn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF OLD.name = 'kept' THEN NEW.name = OLD.name; END IF; RETURN NEW; END $$"
    )
    base.say(
        "CREATE TRIGGER stubborn BEFORE UPDATE ON customers FOR EACH ROW"
        " EXECUTE FUNCTION shop.stubborn()"
    )


def slow_trigger(base):
    if base.kind == "mysql":
        return "CREATE TRIGGER slow BEFORE DELETE ON customers FOR EACH ROW SET @slept = SLEEP(3)"
    base.say(
        "CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM pg_sleep(3); RETURN OLD; END $$"
    )
    return (
        "CREATE TRIGGER slow BEFORE DELETE ON customers FOR EACH ROW EXECUTE FUNCTION shop.slow()"
    )
