"""What keepers do without pause beside their ticks."""

import threading
import time

import pytest
from django.db import connection
from structlog.testing import capture_logs

from tests.patience import wait_until
from work import duties, trouble
from work.duties import Duty, DutyThread
from work.keeper import Keeper

EVERY = 0.01


def until(condition, seconds=30.0):
    wait_until(condition, seconds=seconds, pause=0.005)


class Counter:
    """A step that counts its runs, and does what it is told in each of them."""

    def __init__(self, *answers):
        self.runs = 0
        self.threads = set()
        self._answers = list(answers)

    def __call__(self):
        self.runs += 1
        self.threads.add(threading.current_thread())
        answer = self._answers.pop(0) if self._answers else False
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def started():
    """Starts duties, and stops whatever a test left running."""
    threads = []

    def start(step, every=EVERY):
        threads.append(DutyThread(Duty("test.duty", every, step)).start())
        return threads[-1]

    yield start
    for one in threads:
        one.stop()


@pytest.fixture
def only(monkeypatch):
    """The one duty that is known here."""

    def register(step):
        monkeypatch.setattr(duties, "_duties", {})
        duties.duty("test.duty", every=EVERY)(step)

    return register


class TestRepeating:
    def test_is_done_again_and_again(self, started):
        step = Counter()

        started(step)

        until(lambda: step.runs >= 5)

    def test_waits_only_when_there_is_no_more_to_do(self, started):
        step = Counter(*[True] * 50)

        started(step, every=60)

        until(lambda: step.runs == 51)
        time.sleep(0.05)
        assert step.runs == 51

    @pytest.mark.parametrize(("took", "rest"), [(0, 60), (45, 15), (59, 6), (600, 6)])
    def test_begins_by_the_clock_and_rests_in_any_case(self, took, rest, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr(duties.time, "monotonic", lambda: now[0])

        def step():
            now[0] += took
            return False

        assert DutyThread(Duty("test.duty", 60, step))._pause_after_step() == rest

    def test_two_of_one_name_are_refused(self, only):
        only(Counter())

        with pytest.raises(ValueError, match=r"test\.duty"):
            duties.duty("test.duty", every=1)(Counter())

    def test_the_suites_own_are_known(self):
        assert {"audit.seal", "audit.heartbeat"} <= {one.name for one in duties.known()}


class TestTrouble:
    def test_no_error_ends_it(self, started, monkeypatch):
        monkeypatch.setattr(trouble, "LONGEST_PAUSE_SECONDS", EVERY)
        step = Counter(RuntimeError("no"), KeyError("no"), OSError("no"))

        with capture_logs() as logs:
            started(step)
            until(lambda: step.runs >= 5)

        told = [one for one in logs if one["event"] == "duty_trouble"]
        assert [one["error"] for one in told] == ["RuntimeError", "KeyError", "OSError"]
        assert [one["times"] for one in told] == [1, 2, 3]
        assert {
            "event": "duty_recovered",
            "duty": "test.duty",
            "after": 3,
            "log_level": "info",
        } in logs

    def test_what_an_error_says_is_not_logged(self, started, monkeypatch):
        monkeypatch.setattr(trouble, "LONGEST_PAUSE_SECONDS", EVERY)
        step = Counter(RuntimeError("asha.rao@example.in"))

        with capture_logs() as logs:
            started(step)
            until(lambda: step.runs >= 2)

        assert "asha" not in str(logs)

    def test_pauses_grow_up_to_a_bound(self):
        thread = DutyThread(Duty("test.duty", EVERY, Counter()))

        pauses = [thread._trouble.pause(RuntimeError()) for _ in range(12)]

        assert pauses == sorted(pauses)
        assert pauses[0] == 0.5
        assert pauses[-1] == trouble.LONGEST_PAUSE_SECONDS

    @pytest.mark.fault
    @pytest.mark.django_db(transaction=True)
    def test_after_trouble_the_connection_is_a_fresh_one(self, started, superuser, monkeypatch):
        monkeypatch.setattr(trouble, "LONGEST_PAUSE_SECONDS", EVERY)
        backends = []

        def step():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backends.append(cursor.fetchone()[0])
            return False

        started(step)
        until(lambda: backends)
        superuser.execute("SELECT pg_terminate_backend(%s)", [backends[0]])

        until(lambda: backends[-1] != backends[0])

    def test_one_in_trouble_does_not_hold_up_the_others(self, started):
        stuck, busy = threading.Event(), Counter()

        started(lambda: stuck.wait(30) and False)
        started(busy)

        until(lambda: busy.runs >= 5)
        stuck.set()


class TestStopping:
    def test_finishes_the_step_at_hand_and_ends_the_thread(self, started):
        began, ended = threading.Event(), []

        def step():
            began.set()
            time.sleep(0.1)
            ended.append(1)
            return True

        thread = started(step)
        assert began.wait(30)
        thread.stop()

        runs = len(ended)
        assert runs >= 1
        assert not thread._thread.is_alive()
        time.sleep(0.15)
        assert len(ended) == runs

    def test_need_not_wait_for_the_pause(self, started):
        step = Counter()
        thread = started(step, every=600)
        until(lambda: step.runs == 1)

        began = time.monotonic()
        thread.stop()

        assert time.monotonic() - began < 5

    def test_does_not_wait_for_ever_for_a_step_that_hangs(self, started, monkeypatch):
        monkeypatch.setattr(duties, "JOIN_SECONDS", 0.05)
        hangs, began = threading.Event(), threading.Event()

        thread = started(lambda: (began.set(), hangs.wait(10)) == ())
        assert began.wait(30)
        thread.stop()

        assert thread._thread.daemon  # it ends with the process
        hangs.set()

    @pytest.mark.django_db(transaction=True)
    def test_leaves_no_connection(self, started, superuser):
        backends = []

        def step():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backends.append(cursor.fetchone()[0])
            return False

        thread = started(step)
        until(lambda: backends)
        thread.stop()

        query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        until(lambda: superuser.execute(query, [backends[0]]).fetchone() == (0,))


@pytest.mark.django_db(transaction=True)
class TestKeepers:
    def keep(self, keeper):
        keeper.run()
        connection.close()  # a process of its own would end here

    def run(self, keepers, condition):
        threads = [threading.Thread(target=self.keep, args=[one]) for one in keepers]
        for one in threads:
            one.start()
        until(condition)
        for one in keepers:
            one.stop()
        for one in threads:
            one.join(15)
        assert not any(one.is_alive() for one in threads)

    def test_a_keeper_starts_them_and_ends_them(self, only):
        step = Counter()
        only(step)

        self.run([Keeper(patience_seconds=600)], lambda: step.runs >= 3)

        runs = step.runs
        time.sleep(0.05)
        assert step.runs == runs

    def test_two_keepers_have_one_each(self, only):
        step = Counter()
        only(step)

        self.run([Keeper(patience_seconds=600) for _ in range(2)], lambda: len(step.threads) == 2)

    def test_a_keeper_in_trouble_keeps_its_duties(self, only, monkeypatch):
        step = Counter()
        only(step)
        keeper = Keeper(patience_seconds=600)
        monkeypatch.setattr(keeper, "tick", Counter(*[RuntimeError()] * 3))

        self.run([keeper], lambda: step.runs >= 20)
