"""Keepers that tests kill, people who write meanwhile, and what must be true afterwards."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from itertools import combinations
from uuid import UUID

from django.conf import settings
from django.db import Error, connection, transaction

from audit import sealing, services, verification
from audit.health import oldest_waiting
from audit.models import Checkpoint, Pending, Tree
from audit.tiles import LogReader
from audit.tlog import merkle
from config.places import BASE_DIR
from tests.audit.log import LOG, OTHER_LOG, PERSON, draft
from tests.patience import wait_until

HOLDER = """
SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint << 32 | l.objid::bigint = %s
"""
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"


class Crew:
    """Keepers by name, forked from one process; all are gone at the end."""

    def __init__(self, database, superuser, **environment):
        self.superuser = superuser
        self.alive = {}
        self._made = 0
        self._forge = subprocess.Popen(
            [sys.executable, "-m", "tests.audit.forge"], cwd=BASE_DIR, text=True,
            env={**database.environment(), "SAMMATI_KEYS_FILE": settings.KEYS_FILE, **environment},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._forge.stdout.readline() == "ready\n"

    def start(self):
        """A keeper that is connected."""
        self._made += 1
        name = f"keeper-{self._made}"
        self._forge.stdin.write(f"{name}\n")
        self._forge.stdin.flush()
        self.alive[name] = int(self._forge.stdout.readline())
        wait_until(lambda: self.superuser.execute(CONNECTED, [name]).fetchone()[0])
        return name

    def kill(self, name):
        os.kill(self.alive.pop(name), signal.SIGKILL)

    def kill_while_sealing(self, *, seconds=3.0):
        """Whichever of them is in the middle of a round; returns whether one was met there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for (name,) in self.superuser.execute(HOLDER, [sealing.LOCK]).fetchall():
                if name in self.alive:
                    self.kill(name)
                    return True
        return False

    def close(self):
        for name in list(self.alive):
            self.kill(name)
        self._forge.kill()
        self._forge.communicate()


class Writers:
    """Threads that record without pause. `sure`: what was committed; `maybe`: nobody told."""

    def __init__(self, count=2, *, pause=0.004):
        self.sure, self.maybe, self.longest = [], [], 0.0
        self._pause = pause
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=[random.Random(n)]) for n in range(count)
        ]
        self._threads.append(threading.Thread(target=self._measure))

    def __enter__(self):
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for one in self._threads:
            one.join()

    def _write(self, rng):
        while not self._stopping.wait(self._pause):
            log, count = rng.choice([LOG, LOG, OTHER_LOG]), rng.randint(1, 60)
            ids = []
            try:
                with transaction.atomic():
                    drafts = [draft(controller_id=log, subject=PERSON) for _ in range(count)]
                    ids = services.record_many(drafts)
                self.sure += ids
            except Error:
                self.maybe += ids
                connection.close()
        connection.close()

    def _measure(self):
        """How long the oldest entry waited at worst."""
        while not self._stopping.wait(0.1):
            try:
                waits = [time.time() - one.since.timestamp() for one in oldest_waiting().values()]
            except Error:
                connection.close()
                continue
            self.longest = max([self.longest, *waits])
        connection.close()


@contextmanager
def crew(database, superuser, **environment):
    with ExitStack() as stack:
        found = Crew(database, superuser, **environment)
        stack.callback(found.close)
        yield found


def is_drained():
    return not Pending.objects.exists()


def placed(log):
    """Every id of a log, in its order."""
    reader = LogReader.of(log)
    ids = b"".join(reader.part(n).ids for n in range(-(-reader.size // 256)))
    return [UUID(bytes=ids[at : at + 16]) for at in range(0, len(ids), 16)]


def check(writers, known=()):
    """Every entry once, every tree sound, every two checkpoints consistent."""
    found = [one for tree in Tree.objects.all() for one in placed(tree.controller_id)]
    assert len(found) == len(set(found))
    assert set(writers.sure) <= set(found)
    assert not list(verification.verify(known=known))
    for tree in Tree.objects.all():
        check_consistency(LogReader(tree))


def check_consistency(reader, *, pairs=200):
    signed = list(Checkpoint.objects.filter(controller_id=reader.tree.controller_id))
    every = list(combinations(sorted(signed, key=lambda one: one.size), 2))
    chosen = random.Random(0).sample(every, min(pairs, len(every)))
    for older, newer in chosen:
        proof = reader.consistency(older.size, newer.size)
        roots = (bytes(older.root), bytes(newer.root))
        assert merkle.is_consistent(older.size, newer.size, roots, proof)
