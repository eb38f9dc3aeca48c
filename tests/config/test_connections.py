"""Requests give their database connections back: PostgreSQL has only so many."""

import pytest

from tests.factories.company import EVALUATION
from tests.factories.server import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("P4")]
REQUESTS = 12
STRANGER = {"Authorization": "Bearer smt_x"}
"""Even a stranger starts the decision point, and from then on the collector looks rarely."""
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"


def test_many_quick_requests_leave_no_connection_behind(test_database, superuser, tmp_path):
    """Each request has a thread of its own: what it kept, nobody would ever meet again."""
    with (
        serving(test_database.environment(), tmp_path / "log") as site,
        site.client() as http,
    ):
        assert http.post(EVALUATION, json={}, headers=STRANGER).status_code == 400
        assert http.get("/-/ready").status_code == 200
        (before,) = superuser.execute(OPEN, [test_database.name]).fetchone()

        assert {http.get("/-/ready").status_code for _ in range(REQUESTS)} == {200}

        (after,) = superuser.execute(OPEN, [test_database.name]).fetchone()
    assert after - before < REQUESTS / 4
