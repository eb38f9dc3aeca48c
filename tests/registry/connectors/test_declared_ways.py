"""Declared connectors beyond one name and one verb: further ways, verbs, categories, addresses."""

import pytest

from registry.connectors import declared
from registry.connectors.contract import Act, ConnectorError, Finding, Person, Verb
from registry.models import Connector as Row
from tests.conformance import kit
from tests.conformance.worlds.vendors import SECRET, SETTINGS, LabWorld, declared_on
from tests.laboratory.using import laboratory

__all__ = ["laboratory"]
pytestmark = [pytest.mark.req("ERA-07"), pytest.mark.req("ERA-17")]
FORM = """
form: 1
name: Our mail
base: ["https://mail.example"]
auth: bearer
person: {scheme: email}
declares: {effect: delete, batch: 5, holds: ["pd:EmailAddress", "pd:Purchase"]}
tell: &erase
  path: [one, erase]
  body: {email: "{person}"}
  answers: [{where: [{at: /result, is: [done]}], means: done},
    {status: [404], where: [{at: /result, is: [unknown]}], means: unknown}]
probe:
  - path: [one, probe]
    body: {email: "{person}"}
    answers: [{where: [{at: /found, exists: true}], means: items}]
    items: {at: /found}
ways:
  - person: {scheme: phone}
    tell:
      path: [one, erase]
      body: {phone: "{person}"}
      answers: [{where: [{at: /result, is: [done]}], means: done},
        {status: [404], where: [{at: /result, is: [unknown]}], means: unknown}]
    probe:
      - path: [one, probe]
        body: {phone: "{person}"}
        answers: [{where: [{at: /found, exists: true}], means: items}]
        items: {at: /found}
parts:
  "pd:Purchase":
    - tell:
        path: [one, restrict]
        body: {email: "{person}"}
        answers: [{where: [{at: /result, is: [done]}], means: done}]
      probe:
        - path: [one, probe]
          body: {email: "{person}"}
          answers: [{where: [{at: /found, exists: true}], means: items}]
          items: {at: /found, listed: present}
""".replace("&erase", "")
EMAIL, PHONE = "person1@people.example", "+919000000001"


@pytest.fixture(autouse=True)
def _this_machine_may_be_called(settings):
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def own(laboratory):
    """A company's own mail system, where one knows by address and one by telephone."""
    account = laboratory.account("generic")
    account.people({"id": "1", "email": EMAIL}, {"id": "2", "phone": PHONE}, {"id": "3"})

    def make(url):
        return declared.made(Row(kind="declared", settings={"yaml": FORM, "url": url}), SECRET)

    return LabWorld(account, make)


def somebody(own, *, categories=(), **identifiers):
    known = {scheme: (text,) for scheme, text in identifiers.items()}
    one = kit.person(own, 1)
    return Person(
        step=one.step, subject=one.subject, key=one.key, identifiers=known,
        categories=frozenset(categories),
    )  # fmt: skip


class TestWays:
    def test_who_is_known_by_several_names_is_told_by_each(self, own):
        [said] = kit.tell(own, [somebody(own, email=EMAIL, phone=PHONE)])

        assert said.act is Act.DONE
        assert set(own.account.counts()["left"]) == {"3"}

    def test_who_is_left_by_another_name_is_found(self, own):
        one = somebody(own, email="nobody@people.example", phone=PHONE)

        assert kit.probe(own, [one])[0].finding is Finding.PRESENT
        assert own.connector().declaration.schemes == ("email", "phone")

    def test_one_name_of_several_is_enough(self, own):
        [said] = kit.tell(own, [somebody(own, phone=PHONE)])

        assert said.act is Act.DONE
        assert set(own.account.counts()["left"]) == {"1", "3"}


class TestCategories:
    def test_a_category_with_a_call_of_its_own_is_erased_alone(self, own):
        [said] = kit.tell(own, [somebody(own, email=EMAIL, categories=["pd:Purchase"])])

        assert said.act is Act.DONE
        assert "1" in own.account.counts()["left"]
        assert own.account.counts()["restricted"] == ["1"]

    def test_one_that_cannot_be_parted_is_refused_by_name(self, own):
        [said] = kit.tell(own, [somebody(own, email=EMAIL, categories=["pd:EmailAddress"])])

        assert (said.act, said.code) == (Act.REFUSED, "category_inseparable")
        assert own.account.counts()["told"] == {}

    def test_all_that_it_holds_is_the_whole(self, own):
        both = ["pd:EmailAddress", "pd:Purchase", "pd:Name"]

        kit.tell(own, [somebody(own, email=EMAIL, categories=both)])

        assert "1" not in own.account.counts()["left"]

    def test_it_says_whether_categories_can_be_parted(self, own):
        assert not own.connector().declaration.by_category


def vendor(laboratory, kind, **settings):
    def make(url):
        given = SETTINGS[kind] | {"url": url} | settings
        return declared.made_shipped(kind, Row(kind=kind, settings=given), SECRET)

    world = LabWorld(laboratory.account(kind), make)
    world.put([1, 2])
    return world


def corrected(world, number, **values):
    one = kit.person(world, number)
    return Person(
        step=one.step, subject=one.subject, key=one.key, identifiers=one.identifiers, values=values
    )


class TestCorrecting:
    @pytest.mark.parametrize("kind", ["hubspot", "mailchimp"])
    def test_what_is_put_right_is_right_there_and_seen(self, laboratory, kind):
        world = vendor(laboratory, kind, fields={"name": "FNAME"})
        one = corrected(world, 1, name="Meera", town="Pune")

        before = kit.probe(world, [one], Verb.CORRECT)[0].finding
        [said] = kit.tell(world, [one], Verb.CORRECT)

        assert before is Finding.PRESENT
        assert said.act is Act.DONE
        assert kit.probe(world, [one], Verb.CORRECT)[0].finding is Finding.ABSENT
        assert world.account.counts()["values"] == {"7001": {"FNAME": "Meera"}}

    def test_one_that_lies_about_it_is_seen_through(self, laboratory):
        world = vendor(laboratory, "hubspot", fields={"name": "firstname"})
        world.account.mood(lies=True)
        one = corrected(world, 1, name="Meera")

        kit.tell(world, [one], Verb.CORRECT)

        assert kit.probe(world, [one], Verb.CORRECT)[0].finding is Finding.PRESENT

    def test_values_that_it_does_not_hold_need_no_call(self, laboratory):
        world = vendor(laboratory, "hubspot", fields={"name": "firstname"})

        [said] = kit.tell(world, [corrected(world, 1, town="Pune")], Verb.CORRECT)

        assert (said.act, said.code) == (Act.DONE, "not_held")

    def test_without_fields_the_verb_is_not_offered(self, laboratory):
        world = vendor(laboratory, "hubspot")

        assert Verb.CORRECT not in world.connector().declaration.verbs

    @pytest.mark.parametrize("fields", [[], {"a b": "x"}, {"name": ""}, {"name": 3}, "x"])
    def test_fields_without_the_form_are_refused(self, laboratory, fields):
        with pytest.raises(ConnectorError, match="settings_fields"):
            vendor(laboratory, "hubspot", fields=fields).connector()


class TestRestricting:
    @pytest.mark.parametrize("kind", ["braze", "mailchimp"])
    def test_who_is_restricted_is_seen_to_be_and_nobody_else(self, laboratory, kind):
        world = vendor(laboratory, kind)
        one, other = kit.person(world, 1), kit.person(world, 2)

        [said] = kit.tell(world, [one], Verb.RESTRICT)
        seen = kit.probe(world, [one, other], Verb.RESTRICT)

        assert said.act is Act.DONE
        assert [each.finding for each in seen] == [Finding.ABSENT, Finding.PRESENT]
        assert world.left() == {1, 2}

    def test_a_suppression_is_followed_and_can_be_lifted(self, laboratory):
        world = LabWorld(laboratory.account("segment"), declared_on("segment"))
        world.put([1])

        for verb, held in ((Verb.RESTRICT, ["7001"]), (Verb.LIFT, [])):
            told = kit.tell(world, [kit.person(world, 1)], verb)
            assert kit.settled(world, [1], told)[0].act is Act.DONE
            assert world.account.counts()["restricted"] == held
        assert not world.connector().declaration.looks_at(Verb.RESTRICT)


class TestSecondAddress:
    def test_a_wrong_space_knows_nobody_and_is_not_believed(self, laboratory):
        world = vendor(laboratory, "segment_unify", space_id="spa-2")

        with pytest.raises(ConnectorError, match=r"status_404|control_failed"):
            kit.probe(world, [kit.person(world, 1)])

    def test_an_id_that_may_name_somebody_is_never_in_an_address(self, laboratory):
        world = vendor(laboratory, "segment_unify")
        one = somebody(world, crm="person@people.example")

        assert kit.probe(world, [one])[0].finding is Finding.UNSURE

    def test_each_address_is_told_its_own_secret(self):
        given = SETTINGS["segment_unify"]
        row = Row(kind="segment_unify", settings=given)

        made = declared.made_shipped("segment_unify", row, "one two")

        assert made._proof(None) == {"Authorization": "Bearer one"}
        assert made._proof(made._form.second) == {"Authorization": "Basic dHdvOg=="}
        assert made._address(made._form.second) == "https://profiles.segment.com"
