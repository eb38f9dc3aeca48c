"""P1, P4: what cannot be counted is not permitted, and a lost answer uses up no second permit."""

import pytest

from tests.factories.company import EVALUATION
from tests.factories.point import asked
from tests.factories.policies import in_force, rule
from tests.promises.tools import decisions, is_refused, locked

pytestmark = [pytest.mark.fault, pytest.mark.req("POL-07")]
COUNTED = "SELECT coalesce(sum(length(permits) / 8), 0) FROM policies_counter"


@pytest.fixture
def capped(lotus, asha):
    return in_force(lotus.id, rule("twice", "cap", limit=2, seconds=3600))


@pytest.mark.parametrize("table", ["audit_payload", "policies_counter", "policies_firstanswer"])
def test_who_repeats_what_was_not_answered_uses_up_one_permit(
    lotus, asha, capped, ask, test_database, superuser, table
):
    """Whether the database had gone on with the first one or not."""

    async def work(client, point):
        async def keyed():
            headers = {**lotus.headers, "Idempotency-Key": "k-1"}
            return await client.post(EVALUATION, json=lotus.question(asha), headers=headers)

        with locked(test_database, table):
            during = await keyed()
        return during, [await keyed(), *[(await ask(client, point))[0] for _ in range(2)]]

    during, after = asked(work)

    assert is_refused(during)
    found = [one.json()["context"]["reason_code"] for one in after]
    assert found == ["PERMIT_IN:consent"] * 2 + ["CAP_REACHED:twice"]
    assert superuser.execute(COUNTED).fetchone() == (2,)
    assert decisions(superuser) == 3


def test_a_counter_that_cannot_be_read_denies_and_says_nothing_of_it(
    lotus, asha, capped, ask, superuser
):
    async def work(client, point):
        first, _ = await ask(client, point)
        superuser.execute("UPDATE policies_counter SET permits = permits || 'x'")
        return first, await ask(client, point)

    first, (answer, seconds) = asked(work)

    assert first.json()["decision"] is True
    assert is_refused(answer, seconds)
