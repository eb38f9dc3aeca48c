"""The page of consent rates: right numbers, nobody in a small group, and every look recorded."""

import csv
import io
import itertools
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from audit.selectors import payload
from consent import figures
from consent.models import ConsentEvent
from consent.transitions import State
from desk.rates import gathering
from desk.rates.hiding import SMALLEST, Group, hidden
from keys.ids import uuid7, uuid7_at
from subjects import services as subjects
from subjects.models import Subject
from tests.desk import house
from tests.portal.world import DELIVERY, MAPS, OFFERS, SURVEYS

RATES, TABLE = "/admin/rates/", "/admin/rates/table/"
pytestmark = [pytest.mark.django_db, pytest.mark.req("ADM-08")]


def text(answer):
    main = answer.content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def people(number):
    """Persons whom the ledger knows by their ids alone."""
    return [uuid7() for _ in range(number)]


@pytest.fixture
def said(lotus):
    """Puts lines into the ledger as if they had been recorded so long ago."""
    number = itertools.count(1)

    def put(who, state, *, purpose=SURVEYS, language="en", channel="web", days=1, event=None,
            at=lotus, method="checkbox"):  # fmt: skip
        when = timezone.now() - timedelta(days=days)
        Subject.objects.bulk_create(
            (Subject(id=one, controller_id=at.id) for one in who), ignore_conflicts=True
        )
        ConsentEvent.objects.bulk_create(
            ConsentEvent(
                id=UUID(int=uuid7_at(when).int + next(number)), controller_id=at.id,
                subject_id=one, purpose_id=at.world.versions[purpose].purpose_id,
                sequence=next(number), state=state,
                event_at=event or when,
                recorded_at=when, purpose_version=1, language=language, channel=channel,
                method=method, actor_type="service", actor_id="s",
            )
            for one in who
        )  # fmt: skip

    return put


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "ada", "auditor"))


def answered(lotus, *, days=30, at_most=1000):
    since = timezone.now() - timedelta(days=days)
    return figures.answered(lotus.id, since=since, at_most=at_most)


def counts(lotus, value=SURVEYS, *, by="purpose", **more):
    found = {one.value: one for one in answered(lotus, **more).by[by]}.get(value)
    return (found.yes, found.no) if found else None


def lines(client, **query):
    """The CSV by dimension and value."""
    body = client.get(TABLE, query).content.decode()
    return {(row["by"], row["value"]): row for row in csv.DictReader(io.StringIO(body))}


class TestTheCounts:
    def test_are_of_what_each_person_said_last(self, lotus, said):
        first, second, third = people(3)
        said([first, second, third], State.GIVEN, days=9)
        said([second], State.WITHDRAWN, days=8)
        said([third], State.REFUSED, days=8)
        said([third], State.RENEWED, days=7)

        assert counts(lotus) == (2, 1)

    def test_go_by_the_time_of_the_person_where_a_line_came_late(self, lotus, said):
        who = people(1)
        said(who, State.WITHDRAWN, days=5)
        said(who, State.GIVEN, days=2, event=timezone.now() - timedelta(days=9))

        assert counts(lotus) == (0, 1)

    @pytest.mark.parametrize("order", list(itertools.permutations([State.GIVEN, State.REFUSED])))
    def test_take_the_no_of_two_answers_at_one_time(self, lotus, said, order):
        who, event = people(1), timezone.now() - timedelta(days=2)
        for state in order:
            said(who, state, event=event)

        assert counts(lotus) == (0, 1)

    def test_leave_out_what_is_no_answer(self, lotus, said):
        for state in (State.REQUESTED, State.DEFERRED, State.EXPIRED, State.REVOKED):
            said(people(2), state)
        said(people(2), State.GIVEN, method="merge")
        invalid = people(2)
        said(invalid, State.GIVEN, days=3)
        said(invalid, State.INVALIDATED, days=2)

        assert counts(lotus) is None

    @pytest.mark.parametrize(("days", "expected"), [(30, (1, 0)), (90, (1, 1)), (365, (2, 1))])
    def test_are_of_the_period(self, lotus, said, days, expected):
        said(people(1), State.GIVEN, days=29)
        said(people(1), State.REFUSED, days=31)
        said(people(1), State.GIVEN, days=91)
        said(people(1), State.GIVEN, days=366)

        assert counts(lotus, days=days) == expected

    def test_are_by_language_and_channel_too(self, lotus, said):
        said(people(3), State.GIVEN, language="ta", channel="phone")
        said(people(2), State.REFUSED, language="ta", channel="app")

        assert counts(lotus, "ta", by="language") == (3, 2)
        assert counts(lotus, "phone", by="channel") == (3, 0)
        assert counts(lotus, "app", by="channel") == (0, 2)

    def test_know_people_from_answers(self, lotus, said):
        who = people(3)
        said(who, State.GIVEN, language="ta")
        said(who, State.REFUSED, language="ta", purpose=MAPS)

        (found,) = [one for one in answered(lotus).by["language"] if one.value == "ta"]

        assert (found.yes, found.no, found.people, found.people_yes) == (3, 3, 3, 3)

    def test_agree_with_what_was_recorded_by_the_services(self, lotus):
        world = lotus.world
        who = [world.person(f"p{n}@lotus.example") for n in range(3)]
        for one in who:
            world.yes(one, MAPS, "hi")
        world.answer(who[0], MAPS, State.WITHDRAWN)
        world.answer(who[1], SURVEYS, State.REFUSED, "hi")

        assert counts(lotus, MAPS) == (2, 1)
        assert counts(lotus, SURVEYS) == (0, 1)

    @pytest.mark.req("CON-31")
    def test_take_joined_records_for_one_person(self, lotus, said):
        kept, absorbed = people(2)
        said([kept], State.GIVEN, days=3)
        said([absorbed], State.REFUSED, days=2)
        Subject.objects.filter(id=absorbed).update(merged_into=kept)

        (found,) = [one for one in answered(lotus).by["purpose"] if one.value == SURVEYS]

        assert (found.yes, found.no, found.people) == (0, 1, 1)

    @pytest.mark.req("P9")
    def test_are_of_one_controller(self, lotus, tulip, said):
        said(people(3), State.GIVEN, at=tulip)

        assert counts(lotus) is None
        assert counts(tulip) == (3, 0)

    def test_read_the_newest_lines_alone_and_say_so(self, lotus, said):
        said(people(10), State.GIVEN, days=20)
        said(people(10), State.REFUSED, days=-1)

        found = answered(lotus, at_most=10)

        assert [(one.value, one.yes, one.no) for one in found.by["purpose"]] == [(SURVEYS, 0, 10)]
        assert found.begins_at is not None
        assert answered(lotus).begins_at is None

    def test_read_a_range_of_the_key_where_the_ledger_is_long(self, lotus):
        """The table is short here, so the planner is told not to read all of it if it can."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {figures._ANSWERS}", {
                "controller": lotus.id, "purposes": [uuid7()], "at_most": 10,
                "since": uuid7_at(timezone.now()),
            })  # fmt: skip
            plan = "\n".join(row[0] for row in cursor)

        assert "Index" in plan
        assert "Seq Scan on consent_consentevent" not in plan

    def test_of_nobody_are_nothing(self, lotus):
        found = figures.answered(uuid7(), since=timezone.now(), at_most=10)

        assert (found.whole.yes, found.whole.no, found.by["purpose"]) == (0, 0, ())


class TestHiding:
    def test_leaves_large_groups_and_nobody_alone(self):
        found = hidden([Group(10, 5, 5), Group(7, 7, 0), Group(0, 0, 0)])

        assert (found.rows, found.answers) == (set(), set())

    def test_of_a_small_row_hides_a_larger_one_from_which_it_could_be_worked_out(self):
        found = hidden([Group(3, 3, 0), Group(40, 20, 20), Group(20, 10, 10)])

        assert found.rows == {0, 2}
        assert found.rows <= found.answers

    def test_of_a_small_answer_hides_the_answers_and_not_the_row(self):
        found = hidden([Group(103, 100, 3), Group(40, 20, 20), Group(20, 20, 0)])

        assert (found.rows, found.answers) == (set(), {0, 1})

    def test_hides_everything_where_nothing_covers(self):
        assert hidden([Group(3, 3, 0), Group(4, 0, 4)]).rows == {0, 1}
        assert hidden([Group(100, 97, 3), Group(100, 100, 0)]).answers == {0, 1}

    def test_lets_nobody_work_a_small_number_out(self):
        """Every table of three rows: what is left of a sum is of nobody or of enough people."""
        cells = [(0, 0), (3, 0), (0, 3), (9, 3), (3, 9), (9, 9), (9, 0), (0, 9)]
        for rows in itertools.product(cells, repeat=3):
            groups = [Group(yes + no, yes, no) for yes, no in rows]
            found = hidden(groups)
            for places, count in (
                (found.rows, lambda one: one.people),
                (found.answers, lambda one: one.yes),
                (found.answers, lambda one: one.no),
            ):
                covered = [count(groups[at]) for at in places]
                shown = [count(one) for at, one in enumerate(groups) if at not in places]
                assert all(n == 0 or n >= SMALLEST for n in shown)
                if places and len(places) < len(groups) and any(0 < n < SMALLEST for n in covered):
                    assert max(covered) >= SMALLEST
                    assert len([n for n in covered if n]) > 1


class TestThePage:
    def test_shows_rates_as_plots_and_the_same_as_tables(self, auditor, said):
        said(people(15), State.GIVEN, language="hi")
        said(people(5), State.REFUSED, language="hi")
        said(people(10), State.GIVEN, purpose=MAPS, channel="app", language="hi")

        answer = auditor.get(RATES)
        page = text(answer)

        assert "Short surveys 20 15 5 75.0 %" in page
        assert "Shops near you 10 10 0 100.0 %" not in page  # it covers the person of the house
        assert answer.content.decode().count("<svg") >= 1
        bars = answer.context["dimensions"][0].chart.bars
        assert [(bar.datum.label, bar.datum.text) for bar in bars] == [("Short surveys", "75.0 %")]

    def test_shows_no_number_about_few_people(self, auditor, said):
        said(people(4), State.GIVEN, purpose=MAPS)
        said(people(30), State.GIVEN)
        said(people(30), State.REFUSED)

        page = text(auditor.get(RATES))

        assert "Shops near you – – – –" in page
        assert "Some rates are not shown" in page

    def test_of_nobody_says_so(self, auditor):
        page = text(auditor.get(RATES))

        assert "Fewer than 5 people answered in this period: no rate is shown." in page
        assert "No rate can be shown." in page

    def test_says_when_the_ledger_was_too_long(self, auditor, said, monkeypatch):
        said(people(10), State.GIVEN)
        monkeypatch.setattr(gathering, "AT_MOST", 10)

        assert "Only the newest 10 lines of the ledger were read" in text(auditor.get(RATES))

    def test_names_nobody_not_even_who_was_erased(self, auditor, lotus, said):
        who = lotus.world.person("gone@lotus.example")
        said([who.id, *people(9)], State.GIVEN)
        subjects.set_standing(by=house.BY, subject=who, state="erased")

        page = auditor.get(RATES)
        found = lines(auditor)

        assert found["all", ""]["answers"] == "11"  # with the person of the house
        assert str(who.id) not in page.content.decode()
        assert not any(str(who.id) in str(row) for row in found.values())

    @pytest.mark.req("P11")
    def test_is_recorded(self, auditor, lotus, entries):
        auditor.get(RATES, {"days": "90"})

        (entry,) = [one for one in entries("list:viewed") if one.target_type == "consent_rates"]
        assert (entry.controller_id, entry.subject_id) == (lotus.id, None)
        assert payload(entry.id)["data"] == {"days": "90", "form": "page", "shown": 0}

    @pytest.mark.req("P11")
    @pytest.mark.parametrize("address", [RATES, TABLE])
    def test_is_not_shown_when_that_cannot_be_recorded(self, auditor, said, broken_log, address):
        said(people(10), State.GIVEN)
        broken_log.breaks()

        answer = auditor.get(address)

        assert answer.status_code == 503
        assert "Short surveys" not in answer.content.decode()

    @pytest.mark.parametrize("address", [RATES, TABLE])
    @pytest.mark.parametrize("days", ["", "0", "31", "-30", "366", "x", "30 "])
    def test_of_an_unknown_period_is_not_there(self, auditor, entries, address, days):
        assert auditor.get(address, {"days": days}).status_code == 404
        assert entries("list:viewed") == []

    @pytest.mark.req("P9")
    @pytest.mark.parametrize("address", [RATES, TABLE])
    def test_of_a_foreign_controller_is_not_there(self, auditor, tulip, entries, address):
        for other in (str(tulip.id), str(uuid7()), "tulip"):
            assert auditor.get(address, {"controller": other}).status_code == 404
        assert entries("list:viewed") == []

    @pytest.mark.req("ADM-01")
    @pytest.mark.parametrize("address", [RATES, TABLE])
    def test_is_closed_to_whom_the_audit_is_closed(self, lotus, address):
        operator = house.signed_in(house.officer(lotus, "otto", "operator"))

        assert operator.get(address).status_code == 403
        assert RATES not in operator.get("/admin/").content.decode()

    def test_stands_in_the_menu(self, auditor):
        assert f'href="{RATES}"' in auditor.get("/admin/").content.decode()

    @pytest.mark.parametrize("address", [RATES, TABLE])
    def test_only_reads(self, auditor, address):
        assert auditor.post(address).status_code == 405

    @pytest.mark.parametrize("language", ["hi", "ur"])
    def test_is_for_who_reads_other_languages(self, auditor, said, language):
        said(people(10), State.GIVEN)

        assert auditor.get(RATES, headers={"accept-language": language}).status_code == 200


class TestTheTable:
    def test_has_the_numbers_of_the_page(self, auditor, said):
        said(people(15), State.GIVEN)
        said(people(5), State.REFUSED)
        said(people(6), State.GIVEN, purpose=MAPS)  # covers the person of the house

        row = lines(auditor)["purpose", SURVEYS]

        assert row == {
            "by": "purpose", "value": SURVEYS, "name": "Short surveys", "answers": "20",
            "yes": "15", "no": "5", "rate_percent": "75.0",
        }  # fmt: skip

    def test_leaves_out_what_the_page_leaves_out(self, auditor, said):
        said(people(4), State.GIVEN, purpose=DELIVERY)
        said(people(30), State.GIVEN)

        row = lines(auditor)["purpose", DELIVERY]

        assert [row[one] for one in ("answers", "yes", "no", "rate_percent")] == [""] * 4

    def test_is_a_file_that_nobody_keeps(self, auditor):
        answer = auditor.get(TABLE, {"days": "365"})

        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert 'filename="consent-rates-365-days.csv"' in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"]

    def test_is_harmless_to_spreadsheets(self, auditor, said):
        said(people(10), State.GIVEN, language="=1+1")

        assert ("language", "'=1+1") in lines(auditor)

    @pytest.mark.req("P11")
    def test_is_recorded_as_taken_away(self, auditor, entries):
        auditor.get(TABLE)

        (entry,) = [one for one in entries("list:viewed") if one.target_type == "consent_rates"]
        assert payload(entry.id)["data"]["form"] == "csv"


def test_the_house_has_a_purpose_of_few_people(lotus):
    """It is what has to be covered in the tests above."""
    assert sum(counts(lotus, OFFERS)) < SMALLEST
