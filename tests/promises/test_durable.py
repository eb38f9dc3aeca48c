"""P1: no answer was seen whose record did not outlive the process that gave it."""

import threading
import time
from contextlib import ExitStack
from uuid import UUID

import httpx
import pytest

from tests.factories.company import EVALUATION, EVALUATIONS
from tests.factories.server import serving

KILLS = 2
SECONDS = 1.0


class Client(threading.Thread):
    """Asks as fast as it can until the server is gone; keeps the id of every decision it saw."""

    def __init__(self, site, path, body, headers):
        super().__init__()
        self.site, self.path, self.body, self.headers = site, path, body, headers
        self.seen = []

    def run(self):
        with self.site.client(headers=self.headers) as client:
            while True:
                try:
                    answer = client.post(self.path, json=self.body)
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    self.seen += ids(answer.json())


def ids(answer):
    return [UUID(one["context"]["decision_id"]) for one in answer.get("evaluations") or [answer]]


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.req("POL-22")
def test_every_answer_seen_before_a_kill_has_its_record(
    durable_commits, lotus, asha, superuser, test_database, tmp_path
):
    one = lotus.question(asha)
    loads = [(EVALUATION, one)] * 3 + [(EVALUATIONS, {"evaluations": [one] * 120})] * 2
    seen = []

    for number in range(KILLS):
        with ExitStack() as stack:
            log = tmp_path / str(number)
            site = stack.enter_context(serving(test_database.environment(), log))
            clients = [Client(site, path, body, lotus.headers) for path, body in loads]
            for client in clients:
                client.start()
            time.sleep(SECONDS)
            site.kill()
            for client in clients:
                client.join(30)
                assert client.seen
                seen += client.seen

    kept = superuser.execute(
        "SELECT count(*) FROM unnest(%s::uuid[]) AS seen(id) JOIN audit_payload USING (id) "
        "JOIN audit_entryindex USING (id)",
        [seen],
    ).fetchone()[0]
    assert superuser.execute("SHOW fsync").fetchone() == ("on",)
    assert len(set(seen)) == len(seen) > 100
    assert kept == len(seen)
