"""Caps are exact: however many ask at once, in however many processes."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.factories.company import EVALUATION, EVALUATIONS
from tests.factories.policies import in_force, rule
from tests.factories.server import serving

CONNECTIONS = 32
HOUR = 3600

pytestmark = [pytest.mark.req("POL-08"), pytest.mark.slow]


@pytest.fixture(scope="module")
def other_site(django_db_setup, tmp_path_factory):
    """A second process on the same database."""
    log = tmp_path_factory.mktemp("pdp-2") / "log"
    with serving(django_db_setup.environment(), log) as found:
        yield found


def at_once(sites, headers, bodies, path):
    """The answers to bodies that are all sent at the same moment, the sites by turns."""
    barrier = Barrier(len(bodies))

    def send(number):
        with sites[number % len(sites)].client(headers=headers) as client:
            client.get("/-/live")
            barrier.wait(timeout=30)
            return client.post(path, json=bodies[number])

    with ThreadPoolExecutor(len(bodies)) as threads:
        answers = list(threads.map(send, range(len(bodies))))
    assert {answer.status_code for answer in answers} == {200}, answers
    return [answer.json() for answer in answers]


def codes(made):
    return Counter(one["context"]["reason_code"] for one in made)


def test_of_thirty_two_at_once_three_are_permitted(lotus, asha, site, other_site, superuser):
    in_force(lotus.id, rule("thrice", "cap", limit=3, seconds=HOUR))
    bodies = [lotus.question(asha)] * CONNECTIONS

    made = at_once([site, other_site], lotus.headers, bodies, EVALUATION)

    assert codes(made) == {"PERMIT_IN:consent": 3, "CAP_REACHED:thrice": CONNECTIONS - 3}
    counts = superuser.execute(
        "SELECT convert_from(body, 'utf8')::json #> '{data,facts,counts,thrice}' FROM audit_payload"
        " WHERE convert_from(body, 'utf8') LIKE '%decision:made%'"
    ).fetchall()
    assert Counter(one for (one,) in counts) == {0: 1, 1: 1, 2: 1, 3: CONNECTIONS - 3}


def test_bulk_requests_in_any_order_share_the_counters_and_none_fails(lotus, site, other_site):
    in_force(
        lotus.id, rule("twice", "cap", limit=2, seconds=HOUR),
        rule("mail", "cap", limit=5, seconds=HOUR, per=["purpose", "channel"]),
    )  # fmt: skip
    people = [lotus.person(f"p{number}@example.in") for number in range(60)]
    for person in people:
        lotus.yes(person)
    turned = [people[number * 7 :] + people[: number * 7] for number in range(8)]
    orders = [order[::-1] if number % 2 else order for number, order in enumerate(turned)]
    bodies = [{"evaluations": [lotus.question(one) for one in order]} for order in orders]

    made = at_once([site, other_site], lotus.headers, bodies, EVALUATIONS)

    permits = Counter(
        order[place].id
        for order, answer in zip(orders, made, strict=True)
        for place, one in enumerate(answer["evaluations"])
        if one["decision"]
    )
    assert permits == dict.fromkeys((one.id for one in people), 2)


def test_repeats_at_the_same_time_get_one_permit_and_count_once(lotus, asha, site, other_site):
    in_force(lotus.id, rule("twice", "cap", limit=2, seconds=HOUR))
    headers = {**lotus.headers, "Idempotency-Key": "send-1"}

    made = at_once([site, other_site], headers, [lotus.question(asha)] * CONNECTIONS, EVALUATION)

    assert {one["decision"] for one in made} == {True}
    assert len({one["context"]["decision_id"] for one in made}) == 1
    with site.client(headers=lotus.headers) as client:
        more = [client.post(EVALUATION, json=lotus.question(asha)).json() for _ in range(2)]
    assert [one["decision"] for one in more] == [True, False]
