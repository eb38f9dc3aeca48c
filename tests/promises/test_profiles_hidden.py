"""PRO-06: who is hidden from a reader cannot be told from nobody, by content, work or time."""

import re
import uuid
from contextlib import suppress

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import EntryIndex
from audit.selectors import payload
from profiles import services as profiles
from profiles.alike import TICK_SECONDS
from profiles.errors import SubjectNotFoundError
from tests.factories.company import OFFERS
from tests.promises.profiled import HIDDEN, Api, company, finds, openings, told, unseen

pytestmark = [pytest.mark.req("PRO-06"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lotus(transactional_db):
    return company()


@pytest.fixture
def people(lotus):
    return unseen(lotus, company("rival"))


@pytest.fixture
def api(lotus):
    return Api(lotus)


def shapes(queries):
    """Statements without what they are about."""
    return [
        re.sub(r"'[0-9a-f-]{36}'|'[^']*'|\bs\d+_x\d+\b|\b\d+\b", "?", one["sql"]) for one in queries
    ]


def work_of(call, *arguments):
    with CaptureQueriesContext(connection) as seen, suppress(SubjectNotFoundError):
        call(*arguments)
    return shapes(seen.captured_queries)


class TestContent:
    def test_one_answer_to_all_of_them(self, api, people):
        answers = {why: told(api.read(one)) for why, one in people.items()}

        assert {status for status, _, _ in answers.values()} == {404}
        assert len({body for _, body, _ in answers.values()}) == 1
        assert len({repr(headers) for _, _, headers in answers.values()}) == 1

    def test_also_in_another_capacity_and_with_a_case(self, api, people, lotus):
        somebody = lotus.person("there@example.in")
        for more in ({"relation": "guardian"}, {"relation": "joint"}, {"case": "C-1"}):
            bodies = {told(api.read(one, **more))[:2] for one in people.values()}
            assert len(bodies) == 1
        assert api.read(somebody.id).status_code == 200
        # That somebody has no such capacity is told no more than that they are not there.
        assert told(api.read(somebody.id, relation="guardian")) == told(
            api.read(uuid.uuid4(), relation="guardian")
        )

    def test_one_answer_to_who_asks_to_whom_their_data_went(self, api, people):
        """A purpose that is restricted hides nobody here; all else does."""
        people.pop("for this purpose")

        answers = {why: told(api.transfers(one)) for why, one in people.items()}

        assert {status for status, _, _ in answers.values()} == {404}
        assert len({body for _, body, _ in answers.values()}) == 1

    def test_a_list_leaves_them_out_without_a_gap(self, api, people, lotus):
        somebody = lotus.person("there@example.in")
        moment = re.compile(r'"as_of":"[^"]+"')

        bodies = set()
        for one in people.values():
            status, body, _ = told(api.list(one, somebody.id))
            assert status == 200
            bodies.add(moment.sub("", body))

        assert len(bodies) == 1
        assert told(api.list(*people.values()))[1] == '{"items":[]}'

    @pytest.mark.parametrize("way", ["read", "reveal", "glass"])
    def test_one_refusal_of_whatever_opens_more(self, lotus, people, way):
        call = openings(lotus, lotus.ravi)[way]

        said = set()
        for one in people.values():
            with pytest.raises(SubjectNotFoundError) as refused:
                call(one)
            said.add((str(refused.value), refused.value.code, refused.value.field))

        assert len(said) == 1

    def test_nobody_is_found_by_an_address_or_id_either(self, lotus, people):
        addresses = [f"{state}@example.in" for state in HIDDEN]
        addresses += ["purpose@example.in", "gone@example.in", "theirs@example.in", "no@example.in"]

        assert {finds(lotus, lotus.ravi, one) for one in addresses} == {None}
        assert {finds(lotus, lotus.ravi, str(one), "record") for one in people.values()} == {None}

    def test_what_was_open_beyond_the_view_closes_with_the_person(self, lotus):
        """Glass that was broken before, and a field revealed before, are no way around."""
        for state in HIDDEN:
            person = lotus.person(f"late-{state}@example.in")
            opening = openings(lotus, lotus.ravi)
            opening["glass"](person.id)
            opening["reveal"](person.id)
            assert opening["read"](person.id)
            lotus.company.stands(person, state)

            with pytest.raises(SubjectNotFoundError):
                opening["read"](person.id)

    def test_a_reader_with_the_right_sees_the_restricted_and_a_service_never_does(self, lotus):
        person = lotus.person("r@example.in")
        lotus.company.stands(person, "restricted")

        given = {"controller_id": lotus.id, "subject_id": person.id, "purpose": OFFERS}
        assert profiles.read(by=lotus.meera, **given).subject_id == person.id
        for by in (lotus.ravi, lotus.service):
            with pytest.raises(SubjectNotFoundError):
                profiles.read(by=by, **given)

    def test_the_log_names_none_of_them_and_says_the_same(self, lotus, api, people):
        said = set()
        for one in people.values():
            before = set(EntryIndex.objects.values_list("id", flat=True))
            api.read(one)
            (entry,) = EntryIndex.objects.exclude(id__in=before)
            body = {**payload(entry.id)}
            for name in ("id", "at", "door"):
                body.pop(name, None)
            said.add((entry.event, entry.subject_id, entry.outcome, entry.reason_code, str(body)))

        assert len(said) == 1


class TestWork:
    def test_the_same_statements_for_each(self, lotus, people):
        for name, call in openings(lotus, lotus.ravi).items():
            call_once = {why: work_of(call, one) for why, one in people.items()}
            call_once = {why: work_of(call, one) for why, one in people.items()}  # warm by now
            first = call_once["nobody"]
            assert len(first) > 3
            different = [why for why, one in call_once.items() if one != first]
            assert different == [], name

    def test_the_same_statements_in_a_list(self, lotus, people):
        somebody = lotus.person("there@example.in")

        def listed(one):
            profiles.read_many(
                by=lotus.service, controller_id=lotus.id, subject_ids=[somebody.id, one],
                purpose=OFFERS,
            )  # fmt: skip

        for _ in range(2):
            done = {why: work_of(listed, one) for why, one in people.items()}
        assert [why for why, one in done.items() if one != done["nobody"]] == []

    def test_the_same_statements_for_an_address(self, lotus, people):
        """Whether an address is known is told by nothing: not by a look-up more."""
        addresses = [*(f"{state}@example.in" for state in HIDDEN), "theirs@example.in"]
        for _ in range(2):
            done = [work_of(finds, lotus, lotus.ravi, one) for one in ["no@example.in", *addresses]]
        assert [place for place, one in enumerate(done) if one != done[0]] == []


class TestTime:
    """What is told of nobody and of somebody hidden leaves at the tick of a clock, each once."""

    @pytest.fixture
    def waits(self, monkeypatch):
        taken = []

        def sleep(seconds):
            taken.append(seconds)

        monkeypatch.setattr("profiles.alike.time.sleep", sleep)
        return taken

    def test_each_waits_for_the_tick(self, lotus, people, waits):
        for name, call in openings(lotus, lotus.ravi).items():
            for one in people.values():
                waits.clear()
                with pytest.raises(SubjectNotFoundError):
                    call(one)
                assert [0 <= each < TICK_SECONDS for each in waits] == [True], name

    def test_so_does_a_list_with_one_of_them_in_it(self, lotus, people, waits):
        somebody = lotus.person("there@example.in")
        for one in people.values():
            waits.clear()
            profiles.read_many(
                by=lotus.service, controller_id=lotus.id, subject_ids=[somebody.id, one],
                purpose=OFFERS,
            )  # fmt: skip
            assert [0 <= each < TICK_SECONDS for each in waits] == [True]
