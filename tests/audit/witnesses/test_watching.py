"""Alarms about witnesses, and what is told of them."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models.functions import Now
from django.utils import timezone

from audit.alarms import open_alarms
from audit.models import WitnessFeed
from audit.witnesses import watching
from audit.witnesses.selectors import witness_states
from tests.audit.log import LOG, OTHER_LOG
from tests.audit.witnesses.conftest import answer, as_table, grow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-06")]


def judged(*, after_seconds=0):
    with time_machine.travel(timezone.now() + timedelta(seconds=after_seconds)):
        watching.judge()
    return sorted(open_alarms([LOG]).values_list("kind", flat=True))


def publish(publisher):
    WitnessFeed.objects.update(next_at=Now())
    while publisher.step():
        pass


class TestLate:
    def test_is_an_alarm_only_after_the_witness_patience(self, witness, configure):
        grow()
        found = witness()
        found.kill()
        configure(as_table(found, every=10, patience=60))

        assert judged(after_seconds=60) == []
        assert judged(after_seconds=75) == ["witness_late"]

    def test_is_no_alarm_without_news(self, cosigner):
        grow()
        _found, publisher = cosigner(patience=60)
        publish(publisher)

        assert judged(after_seconds=86_400) == []

    def test_counts_from_the_oldest_checkpoint_it_has_not_seen(self, cosigner):
        grow()
        _found, publisher = cosigner(patience=60)
        publish(publisher)
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            grow()

        assert judged(after_seconds=3630) == []
        assert judged(after_seconds=3700) == ["witness_late"]

    def test_ends_when_the_witness_is_back(self, cosigner):
        grow()
        found, publisher = cosigner(patience=60)
        found.kill()
        publish(publisher)
        assert judged(after_seconds=300) == ["witness_late"]
        found.start()

        publish(publisher)

        assert judged(after_seconds=300) == []

    def test_one_late_witness_is_enough(self, witness, configure):
        grow()
        first, second = witness("w.example/1").trust(), witness("w.example/2").trust()
        publishers = configure(as_table(first, patience=60), as_table(second, patience=60))
        publish(publishers[0])

        assert judged(after_seconds=300) == ["witness_late"]
        publish(publishers[1])
        assert judged(after_seconds=300) == []

    def test_of_one_log_says_nothing_of_another(self, cosigner):
        grow()
        grow(log=OTHER_LOG)
        _found, publisher = cosigner(patience=60)
        publish(publisher)  # the witness knows LOG alone

        assert judged(after_seconds=300) == []
        assert set(open_alarms([OTHER_LOG]).values_list("kind", flat=True)) == {
            "witness_late", "witness_refused",
        }  # fmt: skip


class TestRefused:
    def test_is_an_alarm_at_once_and_ends_with_the_cause(self, cosigner):
        grow()
        found, publisher = cosigner()
        (found.folder / "logs").write_text("")
        publish(publisher)
        assert judged() == ["witness_refused"]
        found.trust()

        publish(publisher)

        assert judged() == []

    def test_a_witness_that_is_only_away_has_refused_nothing(self, cosigner):
        grow()
        found, publisher = cosigner()
        found.kill()
        publish(publisher)
        found.start()

        assert judged() == []


class TestStates:
    def test_tell_how_far_each_witness_is(self, witness, configure, tmp_path):
        grow(3)
        found = witness().trust()
        (tmp_path / "paper").mkdir()
        paper = {"name": "paper", "kind": "file", "path": "paper"}
        publishers = configure(as_table(found), paper)
        publish(publishers[0])
        grow(4)

        cosigner, file = witness_states(LOG)

        assert (cosigner.name, cosigner.kind, cosigner.size) == (found.name, "http", 3)
        assert (cosigner.lag_entries, cosigner.problem) == (4, "")
        assert 0 <= cosigner.lag_seconds < 60
        assert abs((cosigner.at - timezone.now()).total_seconds()) < 60
        assert (file.name, file.size, file.at, file.lag_entries) == ("paper", 0, None, 7)

    def test_tell_what_is_wrong_in_words(self, server, configure, witness):
        grow()
        key = witness().vkey
        url = server(lambda handler, _body: answer(handler, status=403))
        (publisher,) = configure({"name": "w", "kind": "http", "url": url, "vkey": key})
        publish(publisher)

        (state,) = witness_states(LOG)

        assert state.problem == "untrusted_key"
        assert "does not trust the key" in str(state.sentence)

    def test_leave_out_witnesses_of_other_logs(self, witness, configure):
        grow()
        configure(as_table(witness(), logs=["system"]))

        assert witness_states(LOG) == []
