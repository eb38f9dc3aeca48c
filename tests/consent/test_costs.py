"""How many queries the verbs take: one more for each row would be a mistake."""

import pytest

from consent import services
from consent.services import choices
from consent.transitions import State
from tests.portal.world import AUTHOR, MAPS, OFFERS, SURVEYS

pytestmark = pytest.mark.django_db

# Locks the person; states; catalogue (its stamp, and three where that moved); ledger line; state;
# entry; change; a savepoint with its end; the ledger, where somebody chose twice.
A_CHOICE = 13
# One job in a savepoint: whoever holds a permit must be told that it has ended.
THE_NEWS = 3


def choice(person, purpose=OFFERS):
    return services.Choice(
        subject_id=person.id, purpose=purpose, state=State.GIVEN, method="button", language="en"
    )


def test_recording_one(company, asha, django_assert_max_num_queries):
    with django_assert_max_num_queries(A_CHOICE):
        services.record(by=AUTHOR, controller_id=company.id, choice=choice(asha))


def test_recording_more_costs_no_query_more(company, asha, django_assert_max_num_queries):
    wishes = [choice(asha, code) for code in (OFFERS, SURVEYS, MAPS)] * 3

    with django_assert_max_num_queries(A_CHOICE):
        choices.record_many(by=AUTHOR, controller_id=company.id, choices=wishes)


def test_withdrawing(company, asha, django_assert_max_num_queries):
    company.yes(asha)

    with django_assert_max_num_queries(A_CHOICE + 7 + THE_NEWS):
        services.withdraw(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS,
            method="button",
        )  # fmt: skip
