"""A backup is put back: whoever was erased since is erased again before anything is served."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audit.actors import Actor
from erasure.errors_journal import JournalSinceError
from erasure.journal import files, noting, replaying
from erasure.models import Case, VaultItem
from erasure.services.opening import NewCase, open_case
from policies.audiences.models import IdPart
from profiles.models import ProfileRecord
from subjects import services as subjects
from subjects import tombstones
from subjects.errors import SubjectErasedError
from subjects.models import DataKey, Identifier, Standing
from subjects.selectors import in_bulk
from tests.erasure import own_world
from tests.erasure.own_world import EMAIL, planted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("ERA-11", "P8")]

BY = Actor.system("test")
RAVI = ("ravi@example.in", "+919812345679", "CRM-2")
MEERA = ("meera@example.in", "+919812345670", "CRM-3")


@pytest.fixture
def lotus(transactional_db, journal):
    return own_world.make()


def erased(lotus, person, ref="R-1", **scope):
    """A case about somebody that waits for nobody."""
    found = opened(lotus, person, ref, **scope)
    assert found.state == "running"
    return found.case_id


def opened(lotus, person, ref="R-1", **scope):
    new = NewCase(subject_id=person.id, trigger="request", trigger_ref=ref, **scope)
    return open_case(by=BY, controller_id=lotus.id, new=new)


def once(call):
    """The call, and whoever makes it a second time is killed."""
    made = []

    def killed(**given):
        if made:
            raise KeyboardInterrupt
        made.append(1)
        return call(**given)

    return killed


def ready():
    return Client().get("/-/ready").json()


class TestTheDrill:
    def test_who_was_erased_since_is_erased_again(self, lotus, backup, journal, capsys):
        asha, ravi = planted(lotus), planted(lotus, *RAVI)
        backup.take()
        erased(lotus, asha)
        meera = planted(lotus, *MEERA)
        erased(lotus, meera, "R-2")
        assert noting.note() == 2

        with backup.restored():
            assert Identifier.objects.filter(subject_id=asha.id).count() == 3
            assert not Case.objects.exists()
            assert ready()["erasures"] is False

            call_command("replay_erasures", since=backup.at - timedelta(minutes=1))

            assert ready()["erasures"] is True
            for model in (Identifier, DataKey, ProfileRecord):
                assert not model.objects.filter(subject_id=asha.id).exists()
                assert model.objects.filter(subject_id=ravi.id).exists()
            assert not any(asha.id.bytes in bytes(one.ids) for one in IdPart.objects.all())
            assert Standing.objects.filter(subject_id=asha.id, state="erasing").exists()
            assert VaultItem.objects.filter(subject_id=asha.id).exists()
            known = tombstones.known(lotus.id, [("email", one) for one in (EMAIL, MEERA[0])])
            assert len(known) == 2
            with pytest.raises(SubjectErasedError):
                lotus.company.person(MEERA[0])
        assert "1 opened" in capsys.readouterr().out

    def test_a_second_time_changes_nothing(self, lotus, backup):
        asha = planted(lotus)
        backup.take()
        erased(lotus, asha)
        noting.note()

        with backup.restored():
            replaying.replay(by=BY)
            again = replaying.replay(by=BY)

            assert (again.opened, again.known, again.tombstones) == (0, 1, 0)
            assert Case.objects.count() == 1

    def test_a_trial_changes_nothing(self, lotus, backup, capsys):
        asha = planted(lotus)
        backup.take()
        erased(lotus, asha)
        noting.note()

        with backup.restored():
            call_command("replay_erasures", dry_run=True)

            assert "1 would be opened" in capsys.readouterr().out
            assert Identifier.objects.filter(subject_id=asha.id).count() == 3
            assert ready()["erasures"] is False

    def test_too_late_a_time_is_told(self, lotus, backup):
        asha = planted(lotus)
        backup.take()
        erased(lotus, asha)
        noting.note()

        with backup.restored():
            with pytest.raises(CommandError, match="has more"):
                call_command("replay_erasures", since=datetime.now(UTC) + timedelta(hours=1))

            assert ready()["erasures"] is False
            assert not Case.objects.exists()

    def test_nor_is_anything_done_when_the_time_lies_between_two_erasures(self, lotus, backup):
        """The newest would be known then, and the older one never missed."""
        asha, ravi = planted(lotus), planted(lotus, *RAVI)
        backup.take()
        erased(lotus, asha)
        between = datetime.now(UTC)
        erased(lotus, ravi, "R-2")
        noting.note()

        with backup.restored():
            with pytest.raises(JournalSinceError):
                replaying.replay(by=BY, since=between)
            assert not Case.objects.exists()

            assert replaying.replay(by=BY, since=backup.at).opened == 2
            assert ready()["erasures"] is True

    def test_killed_on_the_way_it_is_still_behind(self, lotus, backup, monkeypatch):
        """It goes in the journal's order, so what is missing is always the end."""
        asha, ravi = planted(lotus), planted(lotus, *RAVI)
        backup.take()
        erased(lotus, asha)
        erased(lotus, ravi, "R-2")
        noting.note()
        monkeypatch.setattr(replaying, "AT_ONCE", 1)
        monkeypatch.setattr(replaying, "open_cases", once(replaying.open_cases))

        with backup.restored():
            with pytest.raises(KeyboardInterrupt):
                replaying.replay(by=BY)
            assert Case.objects.get().subject_id == asha.id
            assert ready()["erasures"] is False

            monkeypatch.undo()
            assert replaying.replay(by=BY).opened == 1
            assert ready()["erasures"] is True

    @pytest.mark.parametrize("backup", ["dump"], indirect=True)
    def test_of_a_real_backup_by_dump_and_restore(self, lotus, backup, capsys):
        asha, ravi = planted(lotus), planted(lotus, *RAVI)
        backup.take()
        erased(lotus, asha)
        noting.note()

        with backup.restored():
            assert Identifier.objects.filter(subject_id=asha.id).count() == 3
            assert ready()["erasures"] is False

            call_command("replay_erasures", since=backup.at - timedelta(minutes=1))

            assert ready()["erasures"] is True
            for model in (Identifier, DataKey, ProfileRecord):
                assert not model.objects.filter(subject_id=asha.id).exists()
                assert model.objects.filter(subject_id=ravi.id).exists()
            assert tombstones.known(lotus.id, [("email", EMAIL)])

    def test_what_waits_for_an_officer_waits_again_and_is_not_used_meanwhile(self, lotus, backup):
        """The source cannot be told by category, so somebody has to look; now as before."""
        asha = planted(lotus)
        backup.take()
        opened(lotus, asha, scope_type="category", scope="pd:City")
        noting.note()

        with backup.restored():
            assert ready()["erasures"] is False
            done = replaying.replay(by=BY)

            assert (done.opened, done.waiting) == (1, 1)
            assert ready()["erasures"] is True
            assert Standing.objects.get(subject_id=asha.id, state="erasing").scope == "pd:City"
            assert Identifier.objects.filter(subject_id=asha.id).count() == 3

    def test_somebody_under_another_number_is_found_by_what_they_were_known_by(self, lotus, backup):
        """The backup knows them by another record: they had been added again by a source."""
        ghost = lotus.company.person("ghost@example.in")
        backup.take()
        subjects.destroy_key(by=BY, subject=ghost)
        asha = lotus.company.person("ghost@example.in")
        erased(lotus, asha)
        noting.note()

        with backup.restored():
            replaying.replay(by=BY)

            assert not Identifier.objects.filter(subject_id=ghost.id).exists()
            assert in_bulk(lotus.id, [asha.id]) == {}

    def test_what_was_called_off_is_left_alone(self, lotus, backup, journal):
        asha = planted(lotus)
        backup.take()
        case_id = erased(lotus, asha)
        noting.note()
        files.append([
            {"kind": "called_off", "id": str(case_id), "at": datetime.now(UTC).isoformat()}
        ])  # fmt: skip

        with backup.restored():
            assert ready()["erasures"] is True
            done = replaying.replay(by=BY)

            assert (done.opened, done.called_off) == (0, 1)
            assert Identifier.objects.filter(subject_id=asha.id).count() == 3

    def test_whoever_came_back_themselves_is_not_erased_again(self, lotus, backup):
        asha = lotus.company.person(EMAIL)
        backup.take()
        erased(lotus, asha)
        tombstones.lift(
            by=Actor("subject", str(asha.id)), controller_id=lotus.id, pairs=[("email", EMAIL)],
            how="signed_in", acted_at=datetime.now(UTC),
        )  # fmt: skip
        noting.note()

        with backup.restored():
            replaying.replay(by=BY)

            assert tombstones.known(lotus.id, [("email", EMAIL)]) == {}
            assert Identifier.objects.filter(subject_id=asha.id).exists()
            assert ready()["erasures"] is True

    def test_a_database_that_was_not_restored_is_served(self, lotus):
        erased(lotus, planted(lotus))
        noting.note()

        assert ready()["erasures"] is True


class TestTheJournal:
    def test_is_read_from_its_end(self, lotus, journal, monkeypatch):
        """However long a day is, and whatever else its last lines say."""
        erased(lotus, planted(lotus))
        noting.note()
        monkeypatch.setattr(files, "PART", 64)
        later = datetime.now(UTC) + timedelta(days=3)
        for day in range(3):
            at = (later + timedelta(days=day)).isoformat()
            files.append([{"kind": "called_off", "id": str(day), "at": at}])

        assert [one["kind"] for one in files.newest(5)] == ["opened"]
        assert files.newest(5) == files.before(later, 5)
        assert files.before(datetime.now(UTC) - timedelta(days=1), 5) == []

    def test_says_each_thing_once_and_names_nobody(self, lotus, journal):
        asha = planted(lotus)
        erased(lotus, asha)

        assert (noting.note(), noting.note()) == (1, 0)

        (path,) = journal.iterdir()
        text = path.read_text()
        assert json.loads(text)["subject"] == str(asha.id)
        for planted_word in (EMAIL, EMAIL.encode().hex(), own_world.PHONE, own_world.NUMBER):
            assert planted_word not in text
        assert oct(path.stat().st_mode)[-3:] == "600"

    def test_goes_on_behind_a_line_that_a_crash_cut_off(self, lotus, journal):
        erased(lotus, planted(lotus))
        noting.note()
        (path,) = journal.iterdir()
        path.write_bytes(path.read_bytes()[:-20])

        assert noting.note() == 1
        assert [one["kind"] for one in files.lines()] == ["opened"]

    def test_ends_days_that_no_backup_needs(self, lotus, journal, settings):
        erased(lotus, planted(lotus))
        noting.note()

        assert noting.prune() == 0
        assert noting.prune(datetime.now(UTC) + timedelta(days=401)) == 1

    def test_a_folder_that_others_may_read_is_refused(self, lotus, journal):
        journal.mkdir(mode=0o755)
        journal.chmod(0o755)

        assert ready()["erasures"] is False
