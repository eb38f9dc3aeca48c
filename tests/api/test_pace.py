"""A loop gone wild is slowed; a cache that is down slows nobody."""

import os
import signal
import tempfile
import time
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.cache.backends.redis import RedisCache

from accounts import pace
from config.places import Places
from config.run.valkey import Valkey
from tests.api import house
from tests.api.house import problem


@pytest.fixture
def slow(monkeypatch):
    monkeypatch.setattr(pace, "READS_PER_SECOND", 2)
    monkeypatch.setattr(pace, "WRITES_PER_SECOND", 1)


@pytest.fixture
def still():
    with time_machine.travel("2026-03-14T09:26:53Z", tick=False) as clock:
        yield clock


@pytest.fixture
def api(still, lotus):
    """A service whose key was made at this moment."""
    return house.caller(lotus)


def test_too_many_requests_in_a_second_are_refused(api, slow):
    statuses = [api.get("/purposes").status_code for _ in range(3)]
    response = api.get("/purposes")

    assert statuses == [200, 200, 429]
    problem(response, 429, "throttled")
    assert response.headers["Retry-After"] == "1"


def test_the_next_second_begins_anew(api, slow, still):
    for _ in range(3):
        api.get("/purposes")

    still.shift(1)

    assert api.get("/purposes").status_code == 200


def test_reads_do_not_use_up_writes_nor_one_service_anothers(api, slow, lotus, asha):
    for _ in range(3):
        api.get("/purposes")

    assert api.post("/consents", house.least(asha)).status_code == 201
    assert api.post("/consents", house.least(asha)).status_code == 429
    assert house.caller(lotus, code="other").get("/purposes").status_code == 200


def test_processes_share_a_limit_and_none_goes_beyond_it(still, db):
    processes = [pace.Held() for _ in range(3)]

    taken = [
        processes[turn % 3].take("pace:shared:w", pace.WRITES_PER_SECOND)
        for turn in range(2 * pace.WRITES_PER_SECOND)
    ]  # fmt: skip

    assert pace.WRITES_PER_SECOND - 3 * 5 <= sum(taken) <= pace.WRITES_PER_SECOND


def test_a_process_asks_the_cache_for_several_at_once(still, db, monkeypatch):
    asked = []
    counted = pace._counted
    monkeypatch.setattr(pace, "_counted", lambda *args: asked.append(args) or counted(*args))
    process = pace.Held()

    taken = [process.take("pace:alone:r", 80) for _ in range(100)]

    assert taken == [True] * 80 + [False] * 20
    assert len(asked) == 80 // 2 + 20


@pytest.fixture
def hung_cache(monkeypatch):
    """A Valkey of this test's own that takes connections and answers nothing."""
    with tempfile.TemporaryDirectory() as folder:
        valkey = Valkey(Places(data=Path(folder), sockets=Path(folder)))
        valkey.places.valkey.mkdir()
        valkey.start()
        options = {**settings.CACHES["default"]}
        options["LOCATION"] = f"unix://{valkey.places.valkey_socket}"
        found = RedisCache(options["LOCATION"], options)
        found.set("is_there", 1)
        monkeypatch.setattr(pace, "cache", found)
        pid = int(found._cache.get_client().info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
        yield
        os.kill(pid, signal.SIGCONT)
        valkey.stop()


@pytest.mark.fault
def test_a_cache_that_hangs_holds_no_withdrawal_up(api, lotus, asha, hung_cache):
    lotus.yes(asha)
    began = time.monotonic()

    response = api.post("/consents/withdraw", house.least(asha))

    assert response.status_code == 200
    assert time.monotonic() - began < 5


def test_a_cache_that_is_down_keeps_no_withdrawal_out(api, slow, lotus, asha, monkeypatch):
    lotus.yes(asha)
    monkeypatch.setattr(pace, "cache", RedisCache("unix:///nowhere/valkey.sock", {}))

    statuses = [api.post("/consents/withdraw", house.least(asha)).status_code for _ in range(3)]

    assert statuses == [200, 200, 200]
