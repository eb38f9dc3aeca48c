"""`manage.py rotate_keys`: before somebody's eyes, over everything wrapped, stopped at any time."""

import io
import os
import signal
import subprocess
import sys
import time

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import BinaryField
from django.utils import timezone

from config.places import BASE_DIR
from consent.models import Subscriber
from keys import rewrapping
from keys import services as keys
from policies.recalls.models import Endpoint
from registry.models import System
from subjects import rewrap, selectors
from subjects.models import DataKey
from tests.factories.company import company
from tests.subjects import people
from work.models import Job
from work.webhooks import secrets

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self):
        return True


def rotate(screen=io.StringIO, **options):
    out, errors = screen(), io.StringIO()
    call_command("rotate_keys", stdout=out, stderr=errors, **options)
    return out.getvalue() + errors.getvalue()


def versions():
    return set(DataKey.objects.values_list("wrapping_version", flat=True))


def all_open(crowd):
    return all(selectors.reveal(person)[0].text == email for person, email in crowd.items())


@pytest.fixture
def holders(db):
    """A row of every other table that keeps a secret of ours, and what it keeps."""
    house = company("tulip")
    now = timezone.now()
    given = {"controller": house.controller, "service": house.service}
    found = [Subscriber(**given), Endpoint(**given, url="https://hear.example/recalls")]
    for one in found:
        secrets.renew(one)
        secrets.change_over(one, now)
        one.save()
    system = System(controller=house.controller, code="crm", name="CRM", kind="http")
    wrapped = keys.wrap(b"the password", context=system.id.bytes)
    system.sealed_secret, system.secret_version = wrapped.blob, wrapped.version
    system.save()
    return lambda: [
        *(secrets.usable(type(one).objects.get(pk=one.pk), now) for one in found),
        opened(System.objects.get(pk=system.pk)),
    ]


def opened(system):
    blob = bytes(system.sealed_secret)
    return keys.unwrap(system.secret_version, blob, context=system.id.bytes)


class TestEverythingWrapped:
    def test_is_wrapped_anew_and_opens_to_what_it_was(self, key_copy, crowd, holders):
        before = holders()

        said = rotate()

        assert "Wrapping key 2 is active." in said
        assert "28 wrapped anew here; 0 left." in said
        assert rewrapping.in_use() == {2: 28}  # 23 people, two secrets each of two, one system
        assert holders() == before
        assert all_open(crowd)

    def test_is_declared_by_each_model_that_has_any(self):
        """A new one that is forgotten would be lost with the retirement of an old key."""
        declared = {(pair.table, pair.blob) for pair in rewrapping.pairs()}
        named = {
            (model._meta.db_table, field.column)
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if isinstance(field, BinaryField)
            and any(word in field.name for word in ("wrapped", "secret"))
        }

        assert named == declared
        assert len(declared) == 11

    def test_is_counted_by_version(self, key_copy, crowd, holders):
        assert rotate(status=True) == "  version 1 (active): 28\n"


class TestProgress:
    def test_is_a_bar_that_ends_full(self, key_copy, crowd, small_batches):
        said = rotate()

        assert "[........" in said or "#" in said
        assert "100 %  23 keys" in said

    def test_on_a_terminal_it_moves(self, key_copy, crowd, small_batches):
        assert rotate(Terminal).count("\r") == 5  # each of four batches, and the end


class TestResuming:
    def test_never_adds_a_key(self, key_copy, crowd):
        said = rotate(resume=True)

        assert said == "Wrapping key 1 was active already; going on.\n  version 1 (active): 23\n"
        assert not Job.objects.filter(kind=rewrap.REWRAP).exists()

    def test_finishes_what_was_stopped_after_any_batch(self, key_copy, crowd, small_batches):
        version = rewrap.rotate(by=people.BY).version
        next(rewrap.moving(version))
        assert rewrapping.in_use() == {1: 16, 2: 7}

        said = rotate(resume=True)

        assert "16 wrapped anew here; 0 left." in said
        assert versions() == {2}

    def test_so_does_the_command_without_it(self, key_copy, crowd, small_batches):
        next(rewrap.moving(rewrap.rotate(by=people.BY).version))

        assert "Wrapping key 2 was active already; going on." in rotate()
        assert rewrapping.in_use() == {2: 23}

    def test_the_loss_of_the_database_says_how_to_go_on(self, key_copy, crowd, monkeypatch):
        def lost(*args, **more):
            raise OperationalError

        monkeypatch.setattr(rewrapping, "rewrap", lost)

        with pytest.raises(CommandError, match="--resume") as refused:
            rotate()

        assert refused.value.returncode == 3

    def test_so_does_an_interruption(self, key_copy, crowd, monkeypatch):
        def stopped(*args, **more):
            raise KeyboardInterrupt

        monkeypatch.setattr(rewrapping, "rewrap", stopped)

        with pytest.raises(CommandError, match="--resume"):
            rotate()


class TestWhatDoesNotOpen:
    def test_is_named_and_left_and_everything_else_is_done(self, key_copy, crowd):
        broken = DataKey.objects.first()
        DataKey.objects.filter(pk=broken.pk).update(wrapped=b"\x01" + bytes(60))
        errors = io.StringIO()

        with pytest.raises(SystemExit) as ended:
            call_command("rotate_keys", stdout=io.StringIO(), stderr=errors)

        assert ended.value.code == 1
        assert str(broken.pk) in errors.getvalue()
        assert rewrapping.in_use() == {1: 1, 2: 22}

    def test_does_not_let_a_second_key_be_added(self, key_copy, crowd):
        DataKey.objects.filter(pk=DataKey.objects.first().pk).update(wrapped=b"\x01" + bytes(60))
        for _ in range(2):
            with pytest.raises(SystemExit):
                rotate()

        assert keys.current_provider().active_version("wrapping") == 2


COMMAND = """
import django; django.setup()
from django.core.management import call_command
from subjects import rewrap
rewrap.BATCH = 2
call_command("rotate_keys", resume=True)
"""


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_time_it_goes_on(key_copy, lotus, test_database):
    crowd = {
        people.add(lotus, ("email", f"k{n}@example.in")): f"k{n}@example.in" for n in range(60)
    }
    rewrap.rotate(by=people.BY)
    more = {"SAMMATI_KEYS_FILE": str(key_copy), "PYTHONPATH": str(BASE_DIR)}
    environment = {**test_database.environment(), **more, "SAMMATI_EMBEDDED": "test"}

    for _ in range(2):
        before = rewrapping.behind(2)
        command = subprocess.Popen(
            [sys.executable, "-c", COMMAND], cwd=BASE_DIR, env=environment,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        ends = time.monotonic() + 30
        while rewrapping.behind(2) == before and command.poll() is None:
            assert time.monotonic() < ends
            time.sleep(0.001)
        os.kill(command.pid, signal.SIGKILL)
        command.wait()
        assert all_open(crowd)
    rotate(resume=True)

    assert rewrapping.in_use() == {2: 60}
    assert all_open(crowd)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_move_each_row_once(key_copy, lotus, monkeypatch):
    monkeypatch.setattr(rewrap, "BATCH", 3)
    crowd = {
        people.add(lotus, ("email", f"t{n}@example.in")): f"t{n}@example.in" for n in range(40)
    }
    version = rewrap.rotate(by=people.BY).version

    ends = people.at_once(
        lambda: list(rewrap.moving(version))[-1].moved,
        lambda: list(rewrap.moving(version))[-1].moved,
    )

    assert sum(ends) + sum(one.moved for one in rewrap.moving(version)) == 40
    assert rewrapping.in_use() == {2: 40}
    assert all_open(crowd)
