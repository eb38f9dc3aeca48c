"""Lists of profiles: the same as reading each, without telling who is absent."""

import uuid

import pytest
from msgspec.structs import replace

from accounts.errors import ReadNotRecordedError
from profiles import services as profiles
from profiles.errors import NoSeatError, TooManySubjectsError
from profiles.fields import Why
from subjects import services as subjects
from subjects.sealing import Keyring
from tests.factories.company import AUTHOR, OFFERS
from tests.factories.profiles import CAMPAIGN, HEALTH, MONEY, house, rule
from tests.profiles.reading import HIDING, entries

NOBODY = uuid.UUID(int=7)


@pytest.fixture
def lotus(transactional_db):
    found = house()
    found.seat(found.service)
    found.shows(rule("show"), rule("bucket", category=MONEY))
    return found


def lists(lotus, people, **more):
    ids = [getattr(one, "id", one) for one in people]
    asked = {"by": lotus.service, "purpose": OFFERS, **more}
    return profiles.read_many(controller_id=lotus.id, subject_ids=ids, **asked)


@pytest.fixture
def crowd(lotus):
    """People of every sort: with a yes, without, withdrawn, with a closed category."""
    made = [lotus.person(f"person{n}@example.in") for n in range(3)]
    lotus.company.withdraws(made[1])
    silent = lotus.company.person("silent@example.in")
    lotus.holds(silent, email="silent@example.in")
    closed = lotus.person("closed@example.in")
    lotus.company.stands(closed, "restricted", scope_type="category", scope=MONEY)
    return [*made, silent, closed]


@pytest.mark.req("PRO-01")
def test_each_is_shown_as_alone(lotus, crowd):
    found = lists(lotus, crowd)

    alone = [lotus.reads(one) for one in crowd]
    assert [replace(one, as_of=None) for one in found] == [
        replace(one, as_of=None) for one in alone
    ]


@pytest.mark.req("PRO-07")
def test_nothing_sensitive_is_in_a_list_or_opened_for_it(lotus, crowd, monkeypatch):
    lotus.shows(
        rule("show", category=HEALTH, sensitivity="special"), rule("show", sensitivity="child")
    )
    opened = []
    real = Keyring.unseal

    def watched(self, subject_id, sealed, *, context):
        opened.append(context)
        return real(self, subject_id, sealed, context=context)

    monkeypatch.setattr(Keyring, "unseal", watched)

    (found,) = lists(lotus, crowd[:1])

    assert {one.why for one in found.fields if one.sensitivity != "ordinary"} == {Why.SENSITIVE}
    assert [context[-8:] for context in opened] == [b"ordinary"]


@pytest.mark.req("PRO-06", "P9")
def test_who_is_not_there_is_left_out(lotus, crowd):
    tulip = house("tulip", name="Tulip Stores")
    hidden = [lotus.person(f"hidden{n}@example.in") for n in range(len(HIDING))]
    for person, state in zip(hidden, HIDING, strict=True):
        lotus.company.stands(person, state, reason="contested")
    gone = lotus.person("gone@example.in")
    lotus.company.stands(gone, "erasing")
    subjects.destroy_key(by=AUTHOR, subject=gone)
    others = [*hidden, gone, NOBODY, tulip.person("bela@example.in")]

    found = lists(lotus, [*others, *crowd])

    assert [one.subject_id for one in found] == [one.id for one in crowd]


def test_who_is_named_twice_is_shown_once(lotus, crowd):
    assert len(lists(lotus, [crowd[0], crowd[0]])) == 1


@pytest.mark.parametrize("count", [0, 101])
def test_a_list_is_of_one_to_a_hundred(lotus, count):
    with pytest.raises(TooManySubjectsError):
        lists(lotus, [uuid.UUID(int=n) for n in range(count)])


def test_it_takes_a_seat(lotus, crowd):
    with pytest.raises(NoSeatError):
        lists(lotus, crowd, role=CAMPAIGN)


@pytest.mark.req("P11", "PRO-03")
class TestRecord:
    def test_each_person_shown_has_an_entry_of_their_own(self, lotus, crowd):
        lists(lotus, [*crowd, NOBODY])

        found = entries("list:viewed")
        assert [row.subject_id for row, _ in found] == [one.id for one in crowd]
        assert [row.outcome for row, _ in found] == ["permit", "deny", "permit", "deny", "permit"]
        assert {body["data"]["shown"] for _, body in found} == {len(crowd)}
        assert found[0][1]["data"]["shown_as"] != found[1][1]["data"]["shown_as"]

    def test_nobody_there_is_on_record_too(self, lotus):
        assert lists(lotus, [NOBODY]) == []
        ((row, body),) = entries("list:viewed")
        assert (row.subject_id, row.purpose, body["data"]["shown"]) == (None, OFFERS, 0)

    def test_what_cannot_be_recorded_is_not_shown(self, lotus, crowd, broken_log):
        broken_log.breaks()

        with pytest.raises(ReadNotRecordedError):
            lists(lotus, crowd)
        assert entries("list:viewed") == []


def test_more_people_take_no_more_statements(lotus, crowd, django_assert_max_num_queries):
    more = [lotus.person(f"more{n}@example.in") for n in range(12)]
    lists(lotus, crowd)

    with django_assert_max_num_queries(16):
        lists(lotus, [*crowd, *more])
