"""The laboratory itself: what it is told to be, it is; and it counts."""

import time

import httpx
import pytest

from tests.laboratory.using import LabAccount

KEY = {"Authorization": "Bearer secret"}
ANN = {"id": "b-1", "email": "ann@people.example"}


@pytest.fixture
def braze(laboratory):
    account = laboratory.account("braze")
    account.people(ANN, {"id": "b-2", "email": "ben@people.example"})
    return account


def delete(account: LabAccount, *names: str) -> httpx.Response:
    body = {"external_ids": names}
    return httpx.post(f"{account.url}/users/delete", json=body, headers=KEY, timeout=5)


class TestMoods:
    def test_an_honest_one_does_what_it_says_and_counts_it_once(self, braze):
        first, again = delete(braze, "b-1").json(), delete(braze, "b-1").json()

        assert (first["deleted"], again["deleted"]) == (1, 0)
        assert braze.counts()["effects"] == {"b-1": 1}
        assert braze.counts()["left"] == {"b-2": "present"}

    def test_a_liar_says_done_and_does_nothing(self, braze):
        braze.mood(lies=True)

        assert delete(braze, "b-1").json()["message"] == "success"
        assert braze.counts()["effects"] == {}
        assert braze.counts()["left"]["b-1"] == "present"

    def test_an_archiver_still_has_them(self, braze):
        braze.mood(archives=True)

        delete(braze, "b-1")

        assert braze.counts()["left"]["b-1"] == "archived"

    def test_a_limiter_answers_each_second_call_with_429_and_does_nothing_then(self, braze):
        braze.mood(limit_every=2, retry_after="7")

        first, second = delete(braze, "b-1"), delete(braze, "b-2")

        assert (first.status_code, second.status_code) == (200, 429)
        assert second.headers["Retry-After"] == "7"
        assert braze.counts()["effects"] == {"b-1": 1}

    def test_one_that_drops_has_done_it_and_says_nothing(self, braze):
        braze.mood(drop_every=1)

        with pytest.raises(httpx.TransportError):
            delete(braze, "b-1")

        assert braze.counts()["effects"] == {"b-1": 1}

    def test_a_dead_one_ends_every_connection(self, braze):
        braze.mood(dead=True)

        with pytest.raises(httpx.TransportError):
            delete(braze, "b-1")

        assert braze.counts()["effects"] == {}

    def test_a_hanging_one_answers_nothing(self, braze):
        braze.mood(hangs=True)

        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{braze.url}/users/delete", json={}, headers=KEY, timeout=0.2)

    def test_who_came_back_is_there_again(self, braze):
        braze.mood(returns_seconds=0.0)

        delete(braze, "b-1")

        assert braze.counts()["effects"] == {"b-1": 1}
        assert braze.counts()["left"]["b-1"] == "present"

    def test_a_word_for_a_mood_that_is_none_is_refused(self, braze):
        with pytest.raises(httpx.HTTPStatusError):
            braze.mood(moody=True)


class TestAsynchronous:
    def test_what_was_accepted_is_done_later(self, laboratory):
        account = laboratory.account("segment")
        account.people({"id": "s-1"})
        account.mood(later_seconds=0.3)
        body = {"regulationType": "DELETE_ONLY", "subjectType": "USER_ID", "subjectIds": ["s-1"]}

        said = httpx.post(f"{account.url}/regulations", json=body, headers=KEY).json()
        number = said["data"]["regulateId"]
        before = state(account, number)
        until(lambda: state(account, number) == "FINISHED")

        assert before == "RUNNING"
        assert account.counts()["effects"] == {"s-1": 1}


class TestKeys:
    def test_a_key_that_is_told_again_has_no_second_effect(self, laboratory):
        account = laboratory.account("generic")
        account.people(ANN)
        body = {"people": [{"key": "k-1", "email": ANN["email"]}]}

        told = [httpx.post(f"{account.url}/erase", json=body).json() for _ in range(2)]

        assert told[0] == told[1]
        assert account.counts()["effects"] == {"b-1": 1}
        assert account.counts()["keys"] == {"k-1": 2}


def state(account: LabAccount, number: str) -> str:
    told = httpx.get(f"{account.url}/regulations/{number}", headers=KEY).json()
    return told["data"]["regulation"]["overallStatus"]


def until(holds, seconds: float = 5.0) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)
