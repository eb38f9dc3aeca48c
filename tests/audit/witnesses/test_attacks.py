"""History rewritten by somebody who has the database and the keys: a witness knows better."""

import pytest
from django.db.models.functions import Now

from audit import sealing
from audit.alarms import open_alarms
from audit.models import Alarm, Checkpoint, Cosignature, Tree, WitnessFeed
from audit.tlog import notes
from audit.witnesses import watching
from audit.witnesses.publishing import Publisher
from tests.audit.log import LOG
from tests.audit.witnesses.attacks import Attacker
from tests.audit.witnesses.conftest import as_table, grow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-06", "AUD-10", "P5")]


@pytest.fixture
def attacker(superuser):
    found = Attacker(superuser)
    yield found
    found.leave()


@pytest.fixture(params=["http", "file"])
def seen(request, witness, configure, tmp_path):
    """A witness of each kind that has a memory: its publisher, and the sizes it holds."""
    if request.param == "http":
        found = witness()

        def make():
            found.trust()
            (publisher,) = configure(as_table(found))
            return publisher, lambda: next(iter(found.seen().values()))

        return make
    folder = tmp_path / "paper"
    folder.mkdir()

    def make():
        (publisher,) = configure({"name": "paper", "kind": "file", "path": str(folder)})
        file = folder / f"{LOG}.checkpoints"
        return publisher, lambda: int(file.read_text().rstrip().split("\n")[-4])

    return make


def publish(publisher):
    WitnessFeed.objects.update(next_at=Now())
    while publisher.step():
        pass
    return WitnessFeed.objects.get(controller_id=LOG)


def alarms():
    return sorted((a.kind, a.position) for a in open_alarms([LOG]))


def new_process(publisher):
    """What a restarted keeper would work with."""
    return Publisher(publisher.witness)


class TestRollback:
    def test_a_shorter_history_is_known_as_such(self, seen, attacker):
        grow(10)
        publisher, size = seen()
        publish(publisher)
        attacker.back_up()
        grow(400)
        publish(publisher)

        attacker.roll_back()
        grow(3)
        feed = publish(publisher)

        assert alarms() == [("shrink", 410)]
        assert (feed.problem, feed.contradicted_size, feed.size) == ("shrink", 410, 10)
        assert size() == 410

    def test_another_history_of_more_entries_is_known_as_such(self, seen, attacker):
        grow(10)
        publisher, size = seen()
        publish(publisher)
        attacker.back_up()
        grow(5)
        publish(publisher)

        attacker.roll_back()
        grow(700)
        feed = publish(publisher)

        assert alarms() == [("fork", 15)]
        assert (feed.problem, feed.contradicted_size, feed.size) == ("fork", 15, 10)
        assert size() == 15
        assert Cosignature.objects.filter(size__gt=15).count() == 0

    def test_another_history_of_as_many_entries_is_known_as_such(self, seen, attacker):
        grow(10)
        publisher, size = seen()
        publish(publisher)
        attacker.back_up()
        grow(5)
        publish(publisher)

        attacker.roll_back()
        grow(5)
        publish(publisher)

        assert alarms() == [("fork", 15)]
        assert size() == 15

    def test_the_note_that_the_witness_holds_is_kept_as_evidence(self, seen, attacker):
        grow(10)
        publisher, _size = seen()
        publish(publisher)
        attacker.back_up()
        grow(5)
        publish(publisher)
        contradicting = Checkpoint.objects.get(size=15).root

        attacker.roll_back()
        grow(5)
        feed = publish(publisher)

        note = notes.parse_note(feed.evidence)
        assert notes.Checkpoint.parse(note.body).root == bytes(contradicting)
        assert any(note.by(key) for key in sealing.log_keys(Tree.objects.get().origin))
        assert bytes(Checkpoint.objects.get(size=15).root) != bytes(contradicting)

    def test_a_start_on_an_older_backup_is_noticed_before_anything_is_written(self, seen, attacker):
        grow(10)
        publisher, size = seen()
        publish(publisher)
        attacker.back_up()
        grow(5)
        publish(publisher)

        attacker.roll_back()
        restarted = new_process(publisher)
        restarted.step()
        restarted.close()

        assert alarms() == [("shrink", 15)]
        assert size() == 15

    def test_whoever_doubts_may_compare_at_any_time(self, seen, attacker):
        grow(10)
        publisher, _size = seen()
        publish(publisher)
        attacker.back_up()
        grow(5)
        publish(publisher)
        assert watching.compare() == 0

        attacker.roll_back()

        assert watching.compare() == 1

    def test_everything_gone_is_noticed_too(self, seen, attacker):
        attacker.back_up()
        grow(10)
        publisher, size = seen()
        publish(publisher)

        attacker.roll_back()
        assert not Tree.objects.exists()
        grow(2)
        publish(publisher)

        assert alarms() == [("shrink", 10)]
        assert size() == 10

    def test_the_alarm_ends_when_the_true_history_is_back(self, seen, attacker):
        grow(10)
        publisher, size = seen()
        publish(publisher)
        attacker.back_up("old")
        grow(5)
        publish(publisher)
        attacker.back_up("new")
        attacker.roll_back("old")
        grow(2)
        publish(publisher)
        assert alarms() == [("shrink", 15)]
        feeds_and_alarms = (WitnessFeed.objects.get(), Alarm.objects.get())

        attacker.roll_back("new")
        WitnessFeed.objects.all().delete()
        for row in feeds_and_alarms:
            row.save(force_insert=True)
        newest = grow()
        feed = publish(publisher)

        assert alarms() == []
        assert (feed.problem, feed.contradicted_size) == ("", None)
        assert feed.size == size() == newest


class TestRewriting:
    @pytest.mark.parametrize("place", [0, 100, 255, 300, 511])
    def test_a_changed_bundle_no_longer_bears_what_was_cosigned(self, cosigner, attacker, place):
        grow(600)
        _found, publisher = cosigner()
        publish(publisher)

        with attacker.unguarded("audit_bundle") as do:
            do(
                "UPDATE audit_bundle SET entries = set_byte(entries, %s, get_byte(entries, %s) # 1)"
                " WHERE number = %s",
                [place % 256 * 32, place % 256 * 32, place // 256],
            )
        rehash(attacker, place // 256)
        grow()
        feed = publish(publisher)

        assert alarms() == [("fork", 600)]
        assert feed.size == 600

    def test_a_deleted_bundle_is_no_quiet_matter(self, cosigner, attacker):
        grow(600)
        _found, publisher = cosigner()
        publish(publisher)

        with attacker.unguarded("audit_bundle") as do:
            do("DELETE FROM audit_bundle WHERE number = 1")
        grow()
        publish(publisher)

        assert alarms() == [("fork", 600)]

    def test_an_edited_cosignature_is_no_quiet_matter(self, cosigner, attacker):
        grow()
        _found, publisher = cosigner()
        publish(publisher)

        with attacker.unguarded("audit_cosignature") as do:
            do("UPDATE audit_cosignature SET line = overlay(line PLACING 'AAAA' FROM 90)")
        grow()
        publish(publisher)

        assert alarms() == [("fork", 1)]

    def test_the_tree_cut_alone_is_noticed_without_any_news(self, cosigner, attacker):
        """The trees and checkpoints rolled back, the witnesses' own tables left as they are."""
        grow(10)
        attacker.back_up()
        _found, publisher = cosigner()
        grow(5)
        publish(publisher)

        with attacker.unguarded("audit_tree") as do:
            do("DELETE FROM audit_tree")
            do("INSERT INTO audit_tree SELECT * FROM backup.one_audit_tree")
        publish(publisher)

        assert alarms() == [("shrink", 15)]


def rehash(attacker, number):
    """The bundle's own hash, the tree's peaks and the last root put right, as a careful attacker
    would: the sequencer signs nothing that they contradict.
    """
    from audit.models import Bundle
    from audit.tlog import merkle

    bundle = Bundle.objects.get(number=number)
    root = merkle.complete_root(merkle.leaf_hashes(bytes(bundle.entries)))
    with attacker.unguarded("audit_bundle") as do:
        do("UPDATE audit_bundle SET hash = %s WHERE number = %s", [root, number])
    roots = [bytes(one.hash) for one in Bundle.objects.order_by("number")]
    frontier = merkle.Frontier()
    for one in roots:
        frontier = frontier.append(one, leaves=256)
    with attacker.unguarded("audit_tree") as do:
        do("UPDATE audit_tree SET peaks = %s", [frontier.as_bytes()])
    whole = frontier.extend(merkle.leaf_hashes(bytes(Tree.objects.get().entries)))
    with attacker.unguarded("audit_checkpoint") as do:
        do("UPDATE audit_checkpoint SET root = %s WHERE size = %s", [whole.root, whole.size])
