"""Positions appear in order, of each controller for itself, whatever commits when."""

import threading

import pytest
from django.db import connection, transaction

from consent.feed import numbering
from consent.models import Change, Feed
from consent.services import outgoing
from tests.factories.company import company

pytestmark = pytest.mark.req("CON-16")


def positions(controller):
    rows = Change.objects.filter(controller_id=controller.id).order_by("number")
    return list(rows.values_list("position", flat=True))


def test_changes_are_numbered_from_one_in_their_order(lotus, asha):
    lotus.yes(asha)
    lotus.withdraws(asha)

    assert numbering.place() == 2
    assert positions(lotus) == [1, 2]
    assert Feed.objects.get(controller_id=lotus.id).last == 2


@pytest.mark.req("P9")
def test_each_controller_has_positions_of_its_own(lotus, asha):
    kamal = company("kamal")
    lotus.yes(asha)
    kamal.yes(kamal.person())
    lotus.withdraws(asha)

    numbering.place()

    assert (positions(lotus), positions(kamal)) == ([1, 2], [1])


def test_few_at_a_time_they_go_on(lotus, asha):
    for _ in range(5):
        lotus.yes(asha)

    assert [numbering.place(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert positions(lotus) == [1, 2, 3, 4, 5]


def test_counting_goes_on_after_everything_was_deleted(lotus, asha):
    lotus.yes(asha)
    numbering.place()
    Change.objects.all().delete()

    lotus.withdraws(asha)
    numbering.place()

    assert positions(lotus) == [2]


@pytest.mark.django_db(transaction=True)
class TestWhatCommitsLate:
    @pytest.fixture
    def lotus(self, transactional_db):
        return company()

    def test_takes_a_later_position_though_it_was_written_earlier(self, lotus):
        asha, ravi = lotus.person(), lotus.person("ravi@example.in")
        written, go_on = threading.Event(), threading.Event()

        def slow():
            try:
                with transaction.atomic():
                    outgoing.note(lotus.id, outgoing.OBJECTED, asha.id, cause_id=asha.id)
                    written.set()
                    assert go_on.wait(60)
            finally:
                connection.close()

        thread = threading.Thread(target=slow)
        thread.start()
        assert written.wait(60)
        lotus.yes(ravi)
        numbering.place()  # a reader has seen this one; what comes must not hide behind it
        go_on.set()
        thread.join(60)
        numbering.place()

        found = dict(Change.objects.values_list("subject_id", "position"))
        assert found == {ravi.id: 1, asha.id: 2}
        assert Change.objects.get(position=2).number < Change.objects.get(position=1).number

    def test_two_at_once_give_no_position_twice(self, lotus):
        asha = lotus.person()
        for _ in range(40):
            lotus.yes(asha)

        def work():
            try:
                for _ in range(20):
                    numbering.place(limit=3)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
        while numbering.place():
            pass

        assert positions(lotus) == list(range(1, 41))
