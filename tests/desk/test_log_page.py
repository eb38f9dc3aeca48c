"""The page that says whether the audit log is whole, and the plot of what is recorded."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone, translation

from audit import alarms
from audit.alarms import AlarmKind
from audit.catalogue import EVENTS
from audit.figures import HOUR_KINDS, per_hour
from audit.models import EntryIndex, Verified
from audit.sealing import beat, log_key, seal_all
from audit.tiles import LogReader
from desk.log.words import TO_DO, ago
from desk.plot import HEIGHT, WIDTH, ceiling, plot
from keys.ids import SYSTEM_ID, uuid7_at
from tests.audit.log import write
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-05")]
LOGS = "/admin/log/"


def text(answer):
    main = answer.content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


@pytest.fixture
def auditor(lotus):
    return house.signed_in(house.officer(lotus, "ada", "auditor"))


class TestThePage:
    def test_tells_size_root_and_key_of_what_was_signed(self, auditor, lotus):
        seal_all()
        reader = LogReader.of(lotus.id)
        checkpoint = reader.checkpoint()

        page = text(auditor.get(LOGS))

        assert f"{checkpoint.size} entries" in page
        assert bytes(checkpoint.root).hex() in page
        assert str(log_key(reader.tree.origin)) in page
        assert reader.tree.origin in page
        assert "No alarm is open." in page

    def test_tells_how_many_entries_wait(self, auditor, lotus):
        seal_all()
        house.decide(lotus)

        assert "1 entry waits; the oldest came" in text(auditor.get(LOGS))

    def test_tells_of_heartbeats(self, auditor, lotus):
        seal_all()
        beat(older_than=timezone.now() + timedelta(seconds=1))
        seal_all()

        page = text(auditor.get(LOGS))

        assert "Last heartbeat 0 seconds ago" in page or "Last heartbeat 1 second ago" in page

    def test_of_a_log_without_entries_says_so(self, auditor, lotus, settings):
        settings.AUDIT_PENDING_SECONDS = 86_400  # the company was made when the tests began
        assert "Nothing has been recorded in this log yet." in text(auditor.get(LOGS))

    def test_leads_to_checkpoint_and_keys(self, auditor, lotus):
        seal_all()

        page = auditor.get(LOGS).content.decode()

        for place in ("checkpoint", "key"):
            address = f"/log/v1/{lotus.id}/{place}"
            assert f'href="{address}"' in page
            assert auditor.get(address).status_code == 200

    @pytest.mark.req("P11")
    def test_is_itself_recorded(self, auditor, lotus, entries):
        auditor.get(LOGS)

        (entry,) = entries("log:viewed")
        assert (entry.controller_id, entry.target_id) == (lotus.id, str(lotus.id))

    @pytest.mark.req("P11")
    def test_is_not_shown_when_that_cannot_be_recorded(self, auditor, lotus, broken_log):
        broken_log.breaks()

        answer = auditor.get(LOGS)

        assert answer.status_code == 503
        assert "Verifier key" not in answer.content.decode()

    @pytest.mark.req("P9")
    def test_is_of_the_officers_own_controllers(self, auditor, lotus, tulip):
        seal_all()

        page = text(auditor.get(LOGS, {"controller": str(tulip.id)}))

        assert "Lotus Bazaar" in page
        assert "Tulip" not in page
        assert str(tulip.id) not in page

    @pytest.mark.req("ADM-01")
    def test_is_closed_to_whom_the_audit_is_closed(self, lotus):
        operator = house.signed_in(house.officer(lotus, "otto", "operator"))

        assert operator.get(LOGS).status_code == 403
        assert "Verification of the log" not in operator.get("/admin/").content.decode()

    def test_stands_in_the_menu(self, auditor):
        assert f'href="{LOGS}"' in auditor.get("/admin/").content.decode()

    def test_only_reads(self, auditor):
        assert auditor.post(LOGS).status_code == 405

    def test_shows_the_systems_log_to_who_looks_after_the_suite(self, desk, auditor, lotus):
        assert "The suite itself" in text(desk.get(LOGS))
        assert "The suite itself" not in text(auditor.get(LOGS))


class TestAlarms:
    @pytest.fixture
    def alarm(self, lotus):
        alarms.raise_alarm(
            controller_id=lotus.id, kind=AlarmKind.WITNESS_LATE, position=7, detail="w1"
        )
        return alarms.open_alarms([lotus.id]).get()

    def address(self, alarm):
        return f"{LOGS}alarms/{alarm.id}/"

    def test_stand_on_the_page_with_what_to_do(self, desk, alarm):
        page = text(desk.get(LOGS))

        assert "1 alarm is open" in page
        assert "A witness has not signed for too long." in page
        assert "Look whether the witness can be reached" in page
        assert "at place 7 of the log" in page

    @pytest.mark.parametrize("kind", sorted(alarms.BROKEN))
    def test_that_the_log_is_broken_is_said_first_and_nothing_reassures(
        self, auditor, lotus, alarm, kind
    ):
        seal_all()
        alarms.raise_alarm(controller_id=lotus.id, kind=kind, position=48_901)
        alarms.raise_alarm(controller_id=lotus.id, kind=AlarmKind.WITNESS_LATE, detail="w2")
        now = timezone.now()
        Verified.objects.create(
            controller_id=lotus.id, size=1, round_began_at=now, round_ended_at=now, at=now
        )

        page = text(auditor.get(LOGS))

        first = page.index("This log is not as it was signed.")
        said = f"{alarms.SENTENCES[kind]} Place 48901. Do not rely on it"
        assert first < page.index(said) < page.index("A witness has not signed")
        assert page.index(said) < page.index("Size")
        assert "entries agree with what was signed" not in page
        assert "was verified anew" not in page

    def test_that_nothing_of_the_kind_is_wrong_leaves_the_calm_words(self, auditor, lotus, alarm):
        assert "This log is not as it was signed." not in text(auditor.get(LOGS))

    def test_are_a_line_on_the_first_page(self, desk, auditor, alarm):
        for client in (desk, auditor):
            page = client.get("/admin/").content.decode()
            assert 'class="alarm-line"' in page
            assert "1 alarm of the audit log is open." in page

    def test_that_are_closed_leave_the_first_page(self, desk, alarm, lotus):
        alarms.clear(controller_id=lotus.id, kind=AlarmKind.WITNESS_LATE)

        assert "alarm-line" not in desk.get("/admin/").content.decode()

    def test_are_not_needed_to_see_that_nobody_seals_the_log(self, desk, lotus, settings):
        seal_all()
        settings.AUDIT_HEARTBEAT_SECONDS = 0  # no checkpoint is young enough

        assert "The audit log does not grow" in desk.get("/admin/").content.decode()
        assert "The log has not been signed for too long." in text(desk.get(LOGS))

    def test_are_not_needed_to_see_that_entries_wait(self, desk, lotus, settings):
        settings.AUDIT_PENDING_SECONDS = 0

        assert "Entries wait too long for their place" in text(desk.get(LOGS))

    @pytest.mark.req("P9")
    def test_of_others_are_not_there(self, desk, tulip):
        alarms.raise_alarm(controller_id=tulip.id, kind=AlarmKind.SILENT)
        alarm = alarms.open_alarms([tulip.id]).get()

        assert "alarm-line" not in desk.get("/admin/").content.decode()
        assert desk.get(self.address(alarm)).status_code == 404

    def test_are_acknowledged_with_a_reason_once(self, desk, alarm, officer):
        answer = desk.post(self.address(alarm), {"reason": "investigating"}, follow=True)

        page = text(answer)
        alarm.refresh_from_db()
        assert alarm.acknowledged_by == str(officer.id)
        assert "The alarm was acknowledged; that is recorded." in page
        assert "Acknowledged by officer olga" in page
        assert desk.post(self.address(alarm), {"reason": "repaired"}).status_code == 422

    @pytest.mark.parametrize("reason", ["", "because"])
    def test_are_not_acknowledged_without_a_reason(self, desk, alarm, reason):
        answer = desk.post(self.address(alarm), {"reason": reason})

        alarm.refresh_from_db()
        assert answer.status_code == 422
        assert alarm.acknowledged_at is None

    @pytest.mark.req("ADM-01")
    def test_are_not_for_auditors_to_acknowledge(self, auditor, alarm):
        assert auditor.post(self.address(alarm), {"reason": "repaired"}).status_code == 403
        assert self.address(alarm) not in auditor.get(LOGS).content.decode()

    def test_of_the_suite_are_answered_by_who_looks_after_it(self, desk, auditor):
        alarms.raise_alarm(controller_id=SYSTEM_ID, kind=AlarmKind.SILENT)
        alarm = alarms.open_alarms([SYSTEM_ID]).get()

        assert auditor.get(self.address(alarm)).status_code == 404
        assert desk.post(self.address(alarm), {"reason": "repaired"}).status_code == 303

    def test_of_every_kind_have_something_to_do(self):
        assert set(TO_DO) == set(AlarmKind) == set(alarms.SENTENCES)


class TestHours:
    # Ten days ahead, where partitions are and nothing else is recorded.
    NOW = timezone.now().replace(hour=12, minute=30, second=0, microsecond=0) + timedelta(days=10)

    @pytest.fixture
    def at(self, lotus):
        """Puts a line into the index as if it had been recorded so long before now."""

        def put(ago, event, outcome=""):
            when = self.NOW - ago
            EntryIndex.objects.create(
                id=UUID(int=uuid7_at(when).int + EntryIndex.objects.count()), at=when,
                retention_class="rc2", controller_id=lotus.id, event=event, actor_type="service",
                actor_id="s", target_type="t", target_id="t", outcome=outcome,
            )  # fmt: skip

        return put

    def counts(self, lotus, **more):
        return [one.counts for one in per_hour(lotus.id, now=self.NOW, **more)]

    def test_count_by_kind_and_hour(self, lotus, at):
        at(timedelta(hours=3), "decision:made", "permit")
        at(timedelta(hours=3), "decision:made", "deny")
        at(timedelta(hours=49), "decision:made", "deny")
        at(timedelta(minutes=5), "consent:given")
        at(timedelta(minutes=5), "record:viewed")
        at(timedelta(minutes=5), "purpose:closed")

        found = self.counts(lotus)

        assert len(found) == 48
        assert found[-4] == {"permit": 1, "deny": 1}
        assert found[-1] == {"consent": 1, "read": 1, "other": 1}
        assert sum(sum(one.values()) for one in found) == 5

    def test_of_busy_hours_are_projected_from_the_newest(self, lotus, at):
        for number in range(20):
            at(timedelta(minutes=31 + number * 3), "decision:made", "deny")

        last = per_hour(lotus.id, now=self.NOW, at_most=10)[-2]

        assert last.is_projected
        assert 19 <= last.counts["deny"] <= 22  # 10 within the last half of it

    def test_of_busy_hours_tell_of_a_burst_that_ended_before_the_newest(self, lotus):
        write(1300, controller_id=lotus.id, event="consent:given")
        write(450, controller_id=lotus.id, event="purpose:drafted")
        seal_all()

        # Two hours: the clock may strike in between.
        found = per_hour(lotus.id, now=timezone.now(), hours=2, at_most=400)

        assert any(one.is_projected for one in found)
        assert 1000 <= sum(one.counts.get("consent", 0) for one in found) <= 1700
        assert 1500 <= sum(sum(one.counts.values()) for one in found) <= 2100

    def test_have_a_kind_for_every_event(self, lotus, at):
        for event in EVENTS:
            at(timedelta(minutes=5), event)

        assert set(self.counts(lotus)[-1]) <= set(HOUR_KINDS)

    def test_are_a_table_with_the_same_numbers(self, desk, lotus):
        hours = desk.get(LOGS).context["hours"]

        assert len(hours.rows) == 48
        assert sum(int(row.total) for row in hours.rows) == int(re.match(r"\d+", hours.sentence)[0])


class TestThePlot:
    def test_stacks_columns_within_its_frame(self):
        drawn = plot([[("a", 5), ("b", 5)], [("a", 0), ("b", 1)]], ["x", ""])

        first, second, third = drawn.pieces
        assert first.y == second.y + second.height
        assert (third.series, third.height) == ("b", pytest.approx(first.height / 5, abs=0.1))
        assert all(one.y >= 0 and one.y + one.height <= HEIGHT for one in drawn.pieces)

    def test_shows_the_least_that_there_is(self):
        (_, little) = plot([[("a", 100_000)], [("a", 1)]], ["", ""]).pieces

        assert little.height >= 1.5

    def test_runs_the_other_way_where_people_read_so(self):
        given, turned = (plot([[("a", 1)], []], ["x", ""], is_rtl=rtl) for rtl in (False, True))

        (one,), (other,) = given.pieces, turned.pieces
        assert other.x == pytest.approx(WIDTH - one.x - one.width, abs=0.2)
        assert turned.levels[0].x == WIDTH - given.levels[0].x

    def test_of_nothing_has_axes_and_no_column(self):
        drawn = plot([[]] * 48, [""] * 48)

        assert drawn.pieces == ()
        assert [one.text for one in drawn.levels] == ["0", "1"]

    @pytest.mark.parametrize(
        ("value", "top"), [(0, 1), (1, 1), (3, 4), (10, 10), (11, 20), (501, 600)]
    )
    def test_ends_at_a_plain_number(self, value, top):
        assert ceiling(value) == top


def test_how_long_ago_is_said_in_seconds_while_that_matters(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, tzinfo=UTC), tick=False)
    now = timezone.now()

    assert ago(now - timedelta(seconds=1)) == "1 second ago"
    assert ago(now - timedelta(minutes=5)) == "5 minutes ago"
    assert ago(now - timedelta(hours=3)) == "3 hours ago"
    assert ago(now - timedelta(days=40)) == "40 days ago"
    with translation.override("ur"):
        assert ago(now - timedelta(minutes=5)) == "5 منٹ پہلے"
    assert ago(None) == "never"
