import os
import signal
import socket
import time

import pytest

from work import doorbell

WORST_SECONDS = 0.35  # one attempt, on a machine that is busy with other tests


@pytest.fixture
def bell():
    return doorbell.Doorbell()


def timed(call):
    began = time.perf_counter()
    return call(), time.perf_counter() - began


def test_without_a_broker_it_is_silent(bell, settings):
    settings.CELERY_BROKER_URL = ""

    assert bell.ring() is False


def test_rings_at_a_broker_that_is_there(bell, servers):
    assert bell.ring() is True


def test_waits_for_no_other_thread_that_rings(bell, servers):
    bell._lock.acquire()

    rang, seconds = timed(bell.ring)

    assert (rang, seconds < WORST_SECONDS) == (False, True)


@pytest.fixture
def silent_socket(tmp_path):
    """Accepts connections and never answers."""
    with socket.socket(socket.AF_UNIX) as found:
        found.bind(str(tmp_path / "silent"))
        found.listen(8)
        yield tmp_path / "silent"


@pytest.mark.parametrize(
    "url", ["redis+socket://{folder}/nothing", "redis://127.0.0.1:1/0", "redis+socket://{silent}"]
)
def test_a_broken_broker_costs_little_once_and_then_nothing(bell, silent_socket, settings, url):
    settings.CELERY_BROKER_URL = url.format(folder=silent_socket.parent, silent=silent_socket)
    bell.ring()  # imports of the transport are paid for once
    bell._quiet_until = 0

    rang, first = timed(bell.ring)
    assert (rang, first < WORST_SECONDS) == (False, True)

    rang, second = timed(bell.ring)
    assert (rang, second < 0.01) == (False, True)


def test_a_broker_that_stops_answering_costs_little(bell, broker, settings):
    settings.CELERY_BROKER_URL = f"redis+socket://{broker.places.valkey_socket}"
    assert bell.ring() is True
    broker.process.send_signal(signal.SIGSTOP)

    rang, seconds = timed(bell.ring)

    broker.process.send_signal(signal.SIGCONT)
    assert (rang, seconds < WORST_SECONDS) == (False, True)


def test_tries_again_after_a_while(bell, servers):
    bell._quiet_until = time.monotonic() + 60
    assert bell.ring() is False

    bell._quiet_until = time.monotonic() - 1
    assert bell.ring() is True


def test_a_forked_child_makes_a_connection_of_its_own(bell, servers):
    bell.ring()
    of_the_parent = bell._connection
    bell._pid = os.getpid() + 1

    bell.ring()

    assert bell._connection is not of_the_parent


@pytest.mark.parametrize("url", ["redis+socket:///nowhere", "redis://nowhere", "rediss://nowhere"])
def test_workers_put_no_message_back_when_the_broker_goes_away(url):
    transport = doorbell.current_app.connection_for_read(url).transport

    assert transport.Channel.do_restore is False
