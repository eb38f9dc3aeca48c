"""Officers come and go by recorded acts, and nobody guesses passwords at speed."""

import pytest
from django.core.cache import cache
from django.test import Client

from audit.selectors import payload
from config import signin
from keys.ids import SYSTEM_ID
from tests.desk import house

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def no_earlier_failures():
    cache.clear()
    signin._own.clear()


def enter(client, name="olga", password=house.PASSWORD):
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"})


class TestSigningIn:
    @pytest.mark.req("ADM-03")
    def test_is_recorded_without_the_name(self, client, officer, lotus, entries):
        answer = enter(client)

        (entry,) = entries("officer:signed_in")
        assert answer.status_code == 302
        assert (entry.actor_id, entry.controller_id) == (str(officer.id), lotus.id)
        assert "olga" not in str(payload(entry.id))

    def test_fails_when_it_cannot_be_recorded(self, client, officer, broken_log):
        broken_log.breaks()

        answer = enter(client)

        assert answer.status_code == 503
        assert client.get("/admin/").status_code == 302

    def test_with_a_wrong_password_is_no_entry(self, client, officer, entries):
        answer = enter(client, password="wrong")

        assert answer.status_code == 200
        assert not entries("officer:signed_in")

    def test_without_a_role_leads_nowhere_and_is_recorded_for_the_system(
        self, client, lotus, entries
    ):
        house.officer(lotus, "new")

        enter(client, "new")

        (entry,) = entries("officer:signed_in")
        assert entry.controller_id == SYSTEM_ID
        assert client.get("/admin/").status_code == 302


class TestGuessing:
    def test_is_refused_after_five_failures_even_with_the_right_password(self, client, officer):
        for _ in range(signin.ATTEMPTS):
            enter(client, password="wrong")

        answer = enter(client)

        assert answer.status_code == 200
        assert "Too many failed sign-ins" in answer.content.decode()
        assert enter(Client(), name="OLGA ").status_code == 200

    def test_of_one_name_does_not_close_the_door_for_another(self, client, officer, lotus):
        house.officer(lotus, "ada", "auditor")
        for _ in range(signin.ATTEMPTS + 1):
            enter(client, password="wrong")

        assert enter(client, "ada").status_code == 302

    def test_is_forgiven_after_the_right_password(self, client, officer):
        for _ in range(signin.ATTEMPTS - 1):
            enter(client, password="wrong")
        enter(client)

        for _ in range(signin.ATTEMPTS):
            answer = enter(Client(), password="wrong")

        assert "Too many" not in answer.content.decode()

    def test_is_still_counted_while_the_shared_counter_is_gone(self, client, officer, monkeypatch):
        monkeypatch.setattr(signin, "cache", Gone())
        for _ in range(signin.ATTEMPTS):
            enter(client, password="wrong")

        assert "Too many" in enter(client).content.decode()

    @pytest.mark.req("P10")
    def test_is_counted_under_a_key_that_does_not_tell_the_name(self):
        key = signin.account_key("olga")

        assert "olga" not in key
        assert key == signin.account_key(" Olga")


class Gone:
    """A broker that answers nobody."""

    def __getattr__(self, name):
        raise ConnectionError


class TestSigningOut:
    def test_is_recorded(self, desk, officer, entries):
        desk.post("/admin/logout/")

        assert [entry.actor_id for entry in entries("officer:signed_out")] == [str(officer.id)]

    def test_happens_even_if_it_cannot_be_recorded(self, desk, broken_log):
        broken_log.breaks()

        desk.post("/admin/logout/")

        assert desk.get("/admin/").status_code == 302


def test_a_new_password_is_recorded(desk, officer, entries):
    form = {
        "old_password": house.PASSWORD,
        "new_password1": "Quiet-river-42",
        "new_password2": "Quiet-river-42",
    }

    answer = desk.post("/admin/password_change/", form)

    assert answer.status_code == 302
    assert len(entries("officer:password_changed")) == 1
