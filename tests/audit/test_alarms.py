from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from audit import alarms
from audit.actors import Actor
from audit.alarms import AlarmKind, acknowledge, clear, open_alarms, raise_alarm
from audit.catalogue import EVENTS
from audit.errors import AlarmAnsweredError, AlarmReasonError, NoSuchAlarmError
from audit.models import EntryIndex
from audit.models_watch import Alarm
from tests.audit.log import LOG, OTHER_LOG

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("AUD-10")]

OFFICER = Actor("officer", "01900000-0000-7000-8000-0000000000ff")


def raised(kind=AlarmKind.TAMPERED, **parts):
    raise_alarm(controller_id=LOG, kind=kind, **parts)
    return open_alarms([LOG]).first()


def events():
    return list(EntryIndex.objects.order_by("id").values_list("event", flat=True))


def test_an_alarm_is_told_once_and_counted():
    raised(position=7, detail="edited")
    raised(position=7, detail="edited again")

    alarm = open_alarms([LOG]).get()
    assert (alarm.position, alarm.count, alarm.detail) == (7, 2, "edited again")
    assert alarm.first_seen_at < alarm.last_seen_at
    assert events() == ["alarm:raised"]


def test_each_place_kind_and_log_has_its_own():
    raised(position=7)
    raised(position=8)
    raised()
    raised(AlarmKind.GAP)
    raise_alarm(controller_id=OTHER_LOG, kind="tampered")

    assert open_alarms([LOG]).count() == 4
    assert open_alarms([LOG, OTHER_LOG]).count() == 5


def test_one_without_a_place_is_one_as_well():
    raised(AlarmKind.SILENT)
    raised(AlarmKind.SILENT)

    assert open_alarms([LOG]).get().count == 2


def test_a_kind_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="panic"):
        raised("panic")

    assert not Alarm.objects.exists()


def test_what_is_gone_is_closed_and_comes_back_as_another():
    first = raised(AlarmKind.SILENT)

    assert clear(controller_id=LOG, kind="silent") == 1
    assert not open_alarms([LOG]).exists()
    assert raised(AlarmKind.SILENT).id != first.id
    assert events() == ["alarm:raised"] * 2


def test_only_what_nobody_sees_any_more_is_closed():
    raised(position=1)
    between = timezone.now()
    raised(position=2)

    clear(controller_id=LOG, kind="tampered", not_seen_since=between)

    assert open_alarms([LOG]).get().position == 2


def test_one_place_is_closed_alone():
    raised(position=1)
    raised(position=2)

    clear(controller_id=LOG, kind="tampered", position=1)

    assert open_alarms([LOG]).get().position == 2


def test_an_officer_answers_once_with_a_reason():
    alarm = raised()

    acknowledge(alarm_id=alarm.id, by=OFFICER, reason="investigating")

    alarm.refresh_from_db()
    assert (alarm.acknowledged_by, alarm.reason) == (OFFICER.id, "investigating")
    assert open_alarms([LOG]).get() == alarm  # the cause is still there
    assert events() == ["alarm:raised", "alarm:acknowledged"]
    with pytest.raises(AlarmAnsweredError):
        acknowledge(alarm_id=alarm.id, by=OFFICER, reason="reported")


def test_an_occurrence_is_closed_by_the_answer():
    alarm = raised(AlarmKind.UNBACKED_USE)

    acknowledge(alarm_id=alarm.id, by=OFFICER, reason="expected")

    assert not open_alarms([LOG]).exists()


@pytest.mark.parametrize("reason", ["", "because Asha asked for it"])
def test_a_reason_is_a_code(reason):
    alarm = raised()

    with pytest.raises(AlarmReasonError):
        acknowledge(alarm_id=alarm.id, by=OFFICER, reason=reason)

    assert events() == ["alarm:raised"]


def test_nobody_answers_what_is_closed_or_never_was():
    alarm = raised()
    clear(controller_id=LOG, kind="tampered")

    for one in (alarm.id, LOG):
        with pytest.raises(NoSuchAlarmError):
            acknowledge(alarm_id=one, by=OFFICER, reason="reported")


def test_many_at_once_raise_one():
    barrier = Barrier(8)

    def shout():
        barrier.wait()
        raised(position=3)
        connection.close()

    threads = [Thread(target=shout) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert open_alarms([LOG]).get().count == 8
    assert events() == ["alarm:raised"]


def test_the_app_cannot_sweep_alarms_away():
    raised()

    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_alarm")


def test_every_kind_and_every_reason_has_words():
    assert set(alarms.SENTENCES) == set(AlarmKind)
    assert set(alarms.REASONS) == set(alarms.AnswerReason)
    assert {"alarm:raised", "alarm:acknowledged"} <= set(EVENTS)


def test_times_are_of_now():
    alarm = raised()

    assert timezone.now() - alarm.last_seen_at < timedelta(seconds=10)
