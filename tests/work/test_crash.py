"""Dying on demand: only where it is asked for, never in production."""

import pytest

from work import crash


def test_in_production_nobody_asks_for_it():
    assert crash.wished({"CRASH_AT": "work.claimed:1", "SAMMATI_PRODUCTION": "true"}) == ""
    assert crash.wished({"CRASH_AT": "work.claimed:1"}) == "work.claimed:1"


def test_an_unknown_place_is_an_error_when_asked_for_and_when_passed():
    with pytest.raises(ValueError, match="names no place"):
        crash.Crash("nowhere:1")
    with pytest.raises(ValueError, match="not among"):
        crash.Crash("").point("nowhere")


def test_it_dies_at_the_passing_that_was_asked_for(monkeypatch):
    dead = []
    monkeypatch.setattr("os.kill", lambda pid, number: dead.append(number))
    place = crash.Crash("erasure.told:2")

    place.point("erasure.told"), place.point("erasure.sent")
    assert dead == []
    place.point("erasure.told")
    assert len(dead) == 1
