"""Who may call: a service with a live key, and nobody else."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import services as accounts
from accounts.models import ServiceKey
from tests.api import house
from tests.api.house import least, problem
from tests.portal.world import AUTHOR

OPERATIONS = [
    ("get", "/consents"), ("post", "/consents"), ("post", "/consents/withdraw"),
    ("get", "/consents/history"), ("get", f"/consents/{uuid.UUID(int=7)}"),
    ("get", f"/receipts/{uuid.UUID(int=7)}"), ("post", "/subjects"), ("post", "/subjects/find"),
    ("get", f"/subjects/{uuid.UUID(int=7)}"), ("get", "/purposes"), ("get", "/notices"),
    ("get", "/nothing"),
]  # fmt: skip


@pytest.mark.parametrize("key", [None, "", "wrong", "smt_1234_wrong", "smt_\x80", "a b"])
def test_without_a_live_key_nothing_is_told(lotus, key, unchanged, subtests):
    unchanged()

    for method, path in OPERATIONS:
        with subtests.test(f"{method} {path}"):
            response = getattr(house.Api(key), method)(path)

            assert response.status_code == 401
            assert response.json()["code"] in {"not_authenticated", "authentication_failed"}
            assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_ends_at_once(api, lotus, asha):
    accounts.revoke_key(by=AUTHOR, key=ServiceKey.objects.get())

    problem(api.post("/consents", least(asha)), 401, "authentication_failed")


def test_an_expired_key_has_ended(api, asha):
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        problem(api.post("/consents", least(asha)), 401, "authentication_failed")


def test_a_service_that_is_switched_off_has_no_key(api, lotus, asha):
    service = ServiceKey.objects.get().service
    accounts.change_service(by=AUTHOR, service=service, is_active=False, purposes=[])

    problem(api.post("/consents", least(asha)), 401, "authentication_failed")


def test_a_purpose_taken_away_counts_at_once(api, lotus, asha):
    service = ServiceKey.objects.get().service
    accounts.change_service(by=AUTHOR, service=service, is_active=True, purposes=[])

    problem(api.post("/consents", least(asha)), 403, "purpose_not_registered")


def test_a_session_of_an_officer_is_no_key(lotus, client, admin_user):
    client.force_login(admin_user)

    assert client.get("/api/v1/purposes").status_code == 401


@pytest.fixture
def admin_user(db):
    return accounts.create_officer(
        by=AUTHOR, username="olga", email="olga@lotus.example", password="a long pass phrase"
    )
