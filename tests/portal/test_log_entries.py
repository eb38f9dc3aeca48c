"""What a person's own doings, and the jobs that follow from them, leave in the log."""

import json

import pytest

from tests.audit.schema import entries
from tests.portal.test_choices import CHOICES, card, fields, page_of
from work.models import Job

pytestmark = pytest.mark.req("AUD-02")


def through(found, kind):
    return [one["door"] for one in found if one["actor"]["type"] == kind and "door" in one]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"), ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:5:6::7", "2001:db8:5::/48"),
    ],
)  # fmt: skip
def test_a_choice_says_request_and_network(asha_in, address, network):
    asked = fields(card(page_of(asha_in)))

    answer = asha_in.post(CHOICES, {**asked, "answer": "yes"}, REMOTE_ADDR=address)

    request, found = answer.headers["X-Request-ID"], entries()
    assert address not in json.dumps(found)
    assert through(found, "subject")[-1] == {"request": request, "network": network}


def test_a_job_says_which_it_was_and_comes_from_no_network(erased):
    found = [door for door in through(entries(), "system") if "network" not in door]

    jobs = {str(one) for one in Job.objects.values_list("id", flat=True)}
    assert found
    assert {door["request"] for door in found} <= jobs


def test_a_persons_own_page_of_uses_shows_no_network(asha_in):
    for _ in range(2):  # the second look shows the first
        page = asha_in.get("/privacy/uses/", REMOTE_ADDR="203.0.113.77").content.decode()

    assert "203.0.113" not in page
