"""The clock of silence: told in time, called off by anything the person does."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction

from audit import alarms
from audit.models import EntryIndex
from erasure import errors, policies, selectors
from erasure.clocks import years_after
from erasure.models import Case, InactivityNotice
from erasure.services import idle
from subjects import signin
from tests.erasure.cases_world import OFFICER, fates, opened, system
from tests.erasure.test_cases_deciding import policy
from tests.factories.company import company
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("ERA-12")]
CLOCK = {"named_class": "e_commerce", "years": 3, "notice_hours": 72}
# Ids tell the true time, whatever the clock of a test says; so it begins after that.
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
ENDS = datetime.combine(years_after(START.date(), 3), START.timetz())


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def lotus():
    with at(START):
        found = company()
        policy(found, inactivity=CLOCK, vault=False)
    return found


@pytest.fixture
def asha(lotus):
    with at(START):
        return lotus.person()


@pytest.fixture
def notice(lotus, asha):
    with at(ENDS - timedelta(hours=90)):
        idle.find_silent()
    return InactivityNotice.objects.get(subject=asha)


def delivered(lotus, notice, when):
    with at(when):
        return idle.note_delivered(by=OFFICER, controller_id=lotus.id, notice_id=notice.id)


class TestFinding:
    def test_who_was_not_heard_of_for_three_years_is_found_before_the_end(self, lotus, notice):
        assert notice.purge_at == ENDS
        assert notice.last_heard_at == START

    def test_nobody_is_found_earlier_or_twice(self, lotus, asha):
        with at(ENDS - timedelta(days=30)):
            assert idle.find_silent() == 0
        with at(ENDS - timedelta(hours=90)):
            assert idle.find_silent() == 1
            assert idle.find_silent() == 0

    def test_whoever_chose_something_since_is_not_silent(self, lotus, asha):
        with at(START + timedelta(days=500)):
            lotus.yes(asha)

        with at(ENDS):
            assert idle.find_silent() == 0

    def test_it_is_no_duty_for_somebody_under_another_law(self, lotus):
        tulip = company("tulip", country="NL", name="Tulip")
        policy(tulip, inactivity=CLOCK)
        with at(START):
            tulip.person("anna@example.de", residence="DE")

        with at(ENDS):
            assert idle.find_silent() == 0

    def test_a_company_of_no_named_class_has_no_such_clock(self):
        mango = company("mango", name="Mango")
        policy(mango, inactivity={"named_class": ""})
        with at(START):
            mango.person()

        with at(ENDS):
            assert idle.find_silent() == 0

    def test_nobody_was_silent_before_the_rules_commenced(self, monkeypatch):
        begun = (START + timedelta(days=200)).date()
        monkeypatch.setattr(policies, "COMMENCED", ("2025-11-13", begun.isoformat()))
        mango = company("mango", name="Mango")
        ends = datetime.combine(years_after(begun, 3), time(), tzinfo=UTC)
        with at(START):
            policy(mango, inactivity={**CLOCK, "commenced_on": begun.isoformat()}, vault=False)
            mango.person()

        with at(ENDS):
            assert idle.find_silent() == 0
        with at(ends - timedelta(hours=90)):
            assert idle.find_silent() == 1

        found = InactivityNotice.objects.get()
        assert (found.last_heard_at, found.purge_at) == (START, ends)


class TestNotice:
    def test_one_at_47_hours_is_refused(self, lotus, notice):
        with pytest.raises(errors.NoticeTooLateError):
            delivered(lotus, notice, ENDS - timedelta(hours=47))

        notice.refresh_from_db()
        assert notice.delivered_at is None
        with at(ENDS + timedelta(days=1)):
            assert idle.purge_due() == 0  # nobody who was not told is erased

    def test_one_at_48_hours_counts(self, lotus, notice):
        found = delivered(lotus, notice, ENDS - timedelta(hours=48))

        assert found.delivered_at == ENDS - timedelta(hours=48)

    def test_the_database_holds_it_too(self, lotus, notice):
        early = ENDS - timedelta(hours=47)

        with pytest.raises(DatabaseError), transaction.atomic():
            InactivityNotice.objects.filter(pk=notice.pk).update(
                delivered_at=early, ended_at=ENDS, ended_how="purged"
            )

    def test_it_is_written_to_the_person_and_counts_from_then(self, lotus, notice):
        with at(ENDS - timedelta(hours=80)):
            work.run_available(worker="test")

        notice.refresh_from_db()
        assert notice.delivered_at == ENDS - timedelta(hours=80)
        letter = next(one for one in mail.outbox if "erased" in one.subject)
        assert letter.to == ["asha.rao@example.in"]

    def test_a_late_one_puts_the_end_off(self, lotus, notice):
        with at(ENDS - timedelta(hours=10)):
            with pytest.raises(errors.NoticeTooLateError):
                idle.put_off(by=OFFICER, controller_id=lotus.id, notice_id=notice.id, hours=47)
            idle.put_off(by=OFFICER, controller_id=lotus.id, notice_id=notice.id, hours=72)

        entry = EntryIndex.objects.get(event="inactivity:put_off")
        assert (entry.actor_id, entry.subject_id) == (OFFICER.id, notice.subject_id)

        found = delivered(lotus, notice, ENDS - timedelta(hours=9))
        assert found.purge_at == ENDS + timedelta(hours=62)

    def test_whom_no_letter_reached_an_officer_hears_of(self, lotus, notice):
        with at(ENDS - timedelta(hours=80)):
            assert idle.warn() == 0
        with at(ENDS - timedelta(hours=60)):
            assert idle.warn() == 1
            assert [one.kind for one in alarms.open_alarms([lotus.id])] == ["notice_undelivered"]

        delivered(lotus, notice, ENDS - timedelta(hours=50))

        with at(ENDS - timedelta(hours=40)):
            assert idle.warn() == 0
        assert not alarms.open_alarms([lotus.id])

    def test_nobody_is_to_tell_whoever_is_erased_for_another_reason(self, lotus, asha, notice):
        with at(ENDS - timedelta(hours=60)):
            opened(lotus, asha)
            assert idle.warn() == 0


class TestPurging:
    def test_a_silent_person_who_was_told_is_erased_at_the_end(self, lotus, asha, notice):
        delivered(lotus, notice, ENDS - timedelta(hours=72))

        with at(ENDS - timedelta(minutes=1)):
            assert idle.purge_due() == 0
        with at(ENDS + timedelta(minutes=1)):
            assert idle.purge_due() == 1
            assert idle.purge_due() == 0

        case = Case.objects.get()
        assert (case.trigger, case.trigger_ref) == ("inactivity", str(notice.id))
        notice.refresh_from_db()
        assert notice.ended_how == "purged"

    def test_a_sign_in_an_hour_after_the_notice_calls_it_off(self, lotus, asha, notice):
        told = ENDS - timedelta(hours=72)
        delivered(lotus, notice, told)
        with at(told + timedelta(hours=1)):
            link = signin.request_link(subject=asha, language="en")
            _link, token = signin.make_token(link_id=link.id)
            signin.redeem(token=token)

        with at(ENDS + timedelta(minutes=1)):
            assert idle.purge_due() == 0

        notice.refresh_from_db()
        assert notice.ended_how == "heard"
        assert not Case.objects.exists()

    def test_a_sign_in_ends_the_notice_before_its_end_comes(self, lotus, asha, notice):
        with at(ENDS - timedelta(hours=70)):
            assert idle.call_off() == 0
            link = signin.request_link(subject=asha, language="en")
            _link, token = signin.make_token(link_id=link.id)
            signin.redeem(token=token)
            assert idle.call_off() == 1
            assert idle.warn() == 0

        notice.refresh_from_db()
        assert notice.ended_how == "heard"

    def test_contact_or_the_use_of_a_right_calls_it_off_at_once(self, lotus, asha, notice):
        delivered(lotus, notice, ENDS - timedelta(hours=72))

        with at(ENDS - timedelta(hours=70)):
            ended = idle.hear(by=OFFICER, controller_id=lotus.id, subject_id=asha.id, how="contact")

        assert ended == 1
        with at(ENDS + timedelta(days=1)):
            assert idle.purge_due() == 0
            assert idle.find_silent() == 0

    def test_access_to_the_account_and_tokens_stay(self, lotus, asha):
        policy(lotus, inactivity={**CLOCK, "keeps": ["pd:AccountIdentifier"]}, vault=False)
        system(lotus, "shop", holds=["pd:AccountIdentifier", "pd:Name"], by_category=True)
        with at(ENDS - timedelta(hours=90)):
            idle.find_silent()
        notice = InactivityNotice.objects.get()
        delivered(lotus, notice, ENDS - timedelta(hours=72))

        with at(ENDS + timedelta(minutes=1)):
            idle.purge_due()

        found = selectors.cases([lotus.id]).get()
        assert fates(found.plan)["shop", "pd:AccountIdentifier"] == "keep"
        assert fates(found.plan)["shop", "pd:Name"] == "erase"


class TestDeliveredByHand:
    """Somebody without an e-mail address is told by letter, and the letter is proven."""

    def note(self, lotus, notice, hours, **more):
        given = {"how": "letter", "proof": "RL 4711 IN", **more}
        moment = ENDS - timedelta(hours=hours)
        with at(moment):
            return idle.note_delivered(
                by=OFFICER, controller_id=lotus.id, notice_id=notice.id, delivered_at=moment,
                **given,
            )  # fmt: skip

    def test_one_in_time_counts_and_says_what_shows_it(self, lotus, notice):
        found = self.note(lotus, notice, 48)

        assert (found.delivered_how, found.proof) == ("letter", "RL 4711 IN")
        entry = EntryIndex.objects.get(event="inactivity:noticed")
        assert entry.actor_id == OFFICER.id

    def test_one_at_47_hours_is_refused(self, lotus, notice):
        with pytest.raises(errors.NoticeTooLateError):
            self.note(lotus, notice, 47)

    @pytest.mark.parametrize("more", [{"proof": ""}, {"how": "pigeon"}, {"how": "email"}])
    def test_one_that_nothing_shows_is_refused(self, lotus, notice, more):
        with pytest.raises(errors.NoticeProofError):
            self.note(lotus, notice, 60, **more)

    def test_after_it_was_put_off_a_late_letter_is_in_time(self, lotus, asha, notice):
        with at(ENDS - timedelta(hours=20)):
            later = idle.put_off(by=OFFICER, controller_id=lotus.id, notice_id=notice.id, hours=100)
        assert self.note(lotus, notice, 10).delivered_at is not None

        with at(later.purge_at + timedelta(hours=1)):
            assert idle.purge_due() == 1
        assert Case.objects.get(subject_id=asha.id).trigger == "inactivity"
