"""Web, worker and keeper on a database and a broker of their own, and what can happen to them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import psycopg
import redis

from config.places import BASE_DIR
from tests.patience import wait_until
from work import crash

DEATH_SECONDS = 40.0
AWAY_SECONDS = 2.5


class Nursery:
    """Makes our processes; `log` holds what they say."""

    def __init__(self, environment, log):
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"], env=environment, cwd=BASE_DIR,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip

    def ask(self, **said):
        with self.lock:
            self.process.stdin.write(json.dumps(said) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Crew:
    """One of each; whoever dies is replaced. `database` is None where others use the server."""

    def __init__(self, nursery, house, broker, port, chance):
        self.nursery, self.house, self.broker = nursery, house, broker
        self.port, self.chance = port, chance
        self.parts, self.asleep, self.vendors = {}, [], []
        self.acts = [
            self.kill_worker, self.kill_keeper, self.kill_web, self.stop_worker, self.stop_keeper,
            self.flush_broker, self.kill_broker, self.empty_broker, self.silence_broker,
            self.cut_connections, self.kill_a_child, self.vendor_away, self.vendor_hangs,
        ]  # fmt: skip
        if house.postgres is not None:
            self.acts += [self.kill_database] * 2

    def begin(self):
        for what in ("web", "worker", "keeper"):
            self.start(what)

    def start(self, what, **more):
        given = {"port": self.port} if what == "web" else {}
        self.parts[what] = self.nursery.ask(what=what, **given, **more)

    def kill(self, what):
        kill_group(self.parts[what])
        wait_until(lambda: self.nursery.ask(ended=self.parts[what]) is not None)

    def replace(self, what, **more):
        self.kill(what)
        self.start(what, **more)

    def kill_worker(self):
        self.replace("worker")

    def kill_keeper(self):
        self.replace("keeper")

    def kill_web(self):
        self.replace("web")

    def kill_a_child(self):
        """One of the worker's two processes; its parent makes another."""
        found = children(self.parts["worker"])
        if found:
            signalled(self.chance.choice(sorted(found)), signal.SIGKILL)

    def stop_worker(self):
        """It sleeps longer than its pulse may be silent, and wakes when others have its work."""
        self.asleep.append(self.parts["worker"])
        os.killpg(self.parts["worker"], signal.SIGSTOP)
        self.start("worker")

    def stop_keeper(self):
        os.killpg(self.parts["keeper"], signal.SIGSTOP)
        self.later(lambda number=self.parts["keeper"]: signalled(number, signal.SIGCONT))

    def flush_broker(self):
        client = redis.Redis(unix_socket_path=str(self.broker.places.valkey_socket))
        client.flushall()
        client.close()

    def kill_broker(self):
        self.broker.process.kill()
        self.broker.process.wait()
        time.sleep(self.chance.uniform(0.0, AWAY_SECONDS))
        self.broker.start()

    def empty_broker(self):
        """It comes back from its death with nothing."""
        self.broker.process.kill()
        self.broker.process.wait()
        shutil.rmtree(self.broker.places.valkey)
        self.broker.places.valkey.mkdir()
        self.broker.start()

    def silence_broker(self):
        """It keeps its connections and answers none."""
        number = self.broker.process.pid
        os.kill(number, signal.SIGSTOP)
        time.sleep(self.chance.uniform(0.5, AWAY_SECONDS))
        os.kill(number, signal.SIGCONT)

    def cut_connections(self):
        with psycopg.connect(self.house.superuser_dsn, autocommit=True) as superuser:
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def kill_database(self):
        """`kill -9` of PostgreSQL, which then recovers."""
        self.house.postgres.process.kill()
        self.house.postgres.process.wait()
        self.house.postgres.start()

    def vendor_away(self):
        self.in_mood(dead=True)

    def vendor_hangs(self):
        self.in_mood(hangs=True)

    def in_mood(self, **mood):
        account = self.chance.choice(self.vendors)
        account.mood(**mood)
        self.later(lambda: account.mood(**dict.fromkeys(mood, False)))

    def die_at(self, place, passing, *, as_worker):
        """Whether a process of the product came to this place and died there."""
        what = "web" if place == "erasure.starting" else "worker" if as_worker else "keeper"
        others = {"worker", "keeper"} - {what} if what != "web" else set()
        for other in others:
            self.kill(other)
        more = {"pool": "solo"} if what == "worker" else {"patience": 0.0}
        if what == "worker":
            self.start("keeper", patience=600.0)
        self.replace(what, crash_at=f"{place}:{passing}", **({} if what == "web" else more))
        ends, code = time.monotonic() + DEATH_SECONDS, None
        while code is None and time.monotonic() < ends:
            time.sleep(0.05)
            code = self.nursery.ask(ended=self.parts[what])
        self.kill_all()
        self.begin()
        return code == -signal.SIGKILL

    def later(self, what):
        """After a while, beside what else happens."""
        timer = threading.Timer(self.chance.uniform(1.0, 4.5), what)
        timer.start()
        self.asleep.append(timer)

    def wake_all(self):
        for one in self.asleep:
            if isinstance(one, int):
                signalled(one, signal.SIGCONT)
            else:
                one.join()

    def kill_all(self):
        for number in self.parts.values():
            kill_group(number)

    def end(self):
        self.wake_all()
        self.kill_all()
        for one in self.asleep:
            if isinstance(one, int):
                kill_group(one)


def kill_group(number):
    try:
        os.killpg(number, signal.SIGCONT)
        os.killpg(number, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def signalled(number, which):
    """To the whole group where it leads one, else to it alone; nothing where it is gone."""
    try:
        (os.killpg if os.getpgid(number) == number else os.kill)(number, which)
    except ProcessLookupError:
        return


def children(number):
    try:
        with open(f"/proc/{number}/task/{number}/children") as file:
            return [int(one) for one in file.read().split()]
    except OSError:
        return []


PLACES = crash.POINTS
