import hashlib
import json
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import selectors, services
from accounts.errors import KeyNotLiveError, TooManyKeysError
from accounts.models import ServiceKey
from audit.models import Payload
from tests.subjects.people import BY, at_once

pytestmark = pytest.mark.django_db


def issue(service, **more):
    return services.issue_key(by=BY, service=service, **more)


def in_days(days):
    return time_machine.travel(timezone.now() + timedelta(days=days))


class TestIssuing:
    def test_a_key_is_long_random_and_known_by_its_prefix(self, mailer):
        key, secret = issue(mailer)
        _, other = issue(mailer)

        assert secret.startswith(f"{key.prefix}_")
        assert key.prefix.startswith("smt_")
        assert len(secret.removeprefix(f"{key.prefix}_")) >= 43  # 256 bits
        assert secret != other

    def test_only_its_hash_is_kept(self, mailer):
        _, secret = issue(mailer)

        row = ServiceKey.objects.get()
        assert bytes(row.digest) == hashlib.sha256(secret.encode()).digest()
        tail = secret.rpartition("_")[2].encode()
        assert all(tail not in bytes(one.body) for one in Payload.objects.all())
        assert tail.decode() not in json.dumps(list(ServiceKey.objects.values()), default=str)

    def test_two_are_live_at_most(self, mailer, events):
        first, _ = issue(mailer)
        issue(mailer)

        with pytest.raises(TooManyKeysError):
            issue(mailer)

        assert events().count("key:issued") == 2
        services.revoke_key(by=BY, key=first)
        issue(mailer)
        assert selectors.live_keys(mailer).count() == 2

    def test_one_that_expired_makes_room(self, mailer):
        issue(mailer, days=1)
        issue(mailer)

        with in_days(2):
            issue(mailer)

    def test_each_service_has_its_own_two(self, lotus, mailer):
        other = services.create_service(
            by=BY, controller_id=lotus.id, code="sms", name="SMS", purposes=[]
        )
        for service in (mailer, other):
            issue(service)
            issue(service)

        assert ServiceKey.objects.count() == 4

    @pytest.mark.django_db(transaction=True)
    def test_of_many_at_once_two_are_made(self, mailer):
        answers = at_once(*[lambda: issue(mailer)] * 4)

        assert sum(isinstance(one, TooManyKeysError) for one in answers) == 2
        assert ServiceKey.objects.count() == 2

    @pytest.mark.parametrize("days", [0, -1])
    def test_one_that_never_lives_is_refused(self, mailer, days):
        with pytest.raises(IntegrityError), transaction.atomic():
            issue(mailer, days=days)


class TestRevoking:
    def test_ends_it_at_once(self, mailer, events):
        key, secret = issue(mailer)

        services.revoke_key(by=BY, key=key)

        assert selectors.caller(secret) is None
        assert events()[-1] == "key:revoked"

    def test_what_ended_cannot_be_revoked(self, mailer, events):
        key, _ = issue(mailer, days=1)
        with in_days(1), pytest.raises(KeyNotLiveError):
            services.revoke_key(by=BY, key=key)

        services.revoke_key(by=BY, key=key)
        with pytest.raises(KeyNotLiveError):
            services.revoke_key(by=BY, key=key)
        assert events().count("key:revoked") == 1


class TestCaller:
    def test_is_the_service_whose_live_key_it_is(self, lotus, mailer):
        for _ in range(2):
            _, secret = issue(mailer)
            assert selectors.caller(secret) == selectors.Caller(mailer.id, "mailer", lotus.id)

    def test_is_nobody_once_the_key_expired(self, mailer):
        _, secret = issue(mailer, days=30)

        with in_days(29):
            assert selectors.caller(secret)
        with in_days(31):
            assert selectors.caller(secret) is None

    def test_is_nobody_while_the_service_is_off(self, mailer):
        _, secret = issue(mailer)
        services.change_service(by=BY, service=mailer, is_active=False, purposes=["a.b"])
        assert selectors.caller(secret) is None

        services.change_service(by=BY, service=mailer, is_active=True, purposes=["a.b"])
        assert selectors.caller(secret)

    @pytest.mark.parametrize(
        "change",
        [
            lambda secret: "",
            lambda secret: secret[:-1],
            lambda secret: secret + "A",
            lambda secret: secret.swapcase(),
            lambda secret: secret.removeprefix("smt_"),
            lambda secret: secret.partition("_")[0],
            lambda secret: " " + secret,
            lambda secret: secret[:20] + "é" + secret[20:],
            lambda secret: "smt_" + "a" * 200,
            lambda secret: "smt_\x00",
            lambda secret: hashlib.sha256(secret.encode()).hexdigest(),
        ],
    )
    def test_is_nobody_for_anything_else(self, mailer, change):
        _, secret = issue(mailer)

        assert selectors.caller(change(secret)) is None


class TestServices:
    def test_purposes_are_exactly_those_set(self, mailer, events):
        assert selectors.purposes_of(mailer.id) == {"a.b", "a.c"}

        services.change_service(by=BY, service=mailer, is_active=True, purposes=["a.c", "a.d"])

        assert selectors.purposes_of(mailer.id) == {"a.c", "a.d"}
        services.change_service(by=BY, service=mailer, is_active=True, purposes=[])
        assert selectors.purposes_of(mailer.id) == set()
        assert events().count("service:changed") == 2

    @pytest.mark.req("P9")
    def test_codes_are_each_controllers_own(self, lotus, tulip, mailer):
        twin = services.create_service(
            by=BY, controller_id=tulip.id, code="mailer", name="Mailer", purposes=["a.b"]
        )

        assert list(selectors.services_of(lotus.id)) == [mailer]
        assert list(selectors.services_of(tulip.id)) == [twin]
        with pytest.raises(IntegrityError), transaction.atomic():
            type(twin).objects.create(controller=tulip, code="mailer", name="Again")
