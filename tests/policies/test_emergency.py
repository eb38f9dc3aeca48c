"""Breaking the glass: one person, one service, some hours; two are told and one must review."""

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import services as accounts
from audit import alarms
from audit.actors import Actor
from audit.models import EntryIndex
from policies.emergency import selectors, services
from policies.emergency.errors import (
    EmergencyOverError,
    EmergencyReviewedError,
    EmergencyServiceError,
    EmergencyTimeError,
    SecondReviewerError,
)
from policies.emergency.models import EmergencyUse
from subjects.errors import SubjectUnknownError
from tests.factories.company import AUTHOR, company
from tests.policies.hearing import work_off

pytestmark = pytest.mark.req("POL-23")

VITAL = "sys.vital"
OFFICER = Actor("officer", "01900000-0000-7000-8000-00000000000a")
SECOND = Actor("officer", "01900000-0000-7000-8000-00000000000b")
SAID = {"ground": "7f", "reason": "treatment", "reference": "INC-7", "hours": 4}


@pytest.fixture
def rescue(lotus):
    """The company's purpose for emergencies, which its service may ask about."""
    lotus.purpose(
        VITAL, title="Emergencies", grounds={"IN": "s7f", "EU": "6-1-d"}, is_marketing=False,
        valid_days=None,
    )  # fmt: skip
    lotus.finds("s7f", VITAL)
    accounts.change_service(by=AUTHOR, service=lotus.service, is_active=True, purposes=[VITAL])
    return lotus


@pytest.fixture
def ravi(lotus):
    """Somebody who never said yes to anything."""
    return lotus.person("ravi@example.in")


def opened(lotus, person, **more):
    given = {"by": OFFICER, "controller_id": lotus.id, "service_id": lotus.service.id, **SAID}
    return services.open_emergency(**{**given, "subject_id": person.id, **more})


def asks(ask, lotus, person, case):
    answer = ask(lotus, person, purpose=VITAL, case=str(case))
    return answer["decision"], answer["context"]["reason_code"]


def aged(use, **change):
    EmergencyUse.objects.filter(pk=use.pk).update(
        opened_at=timezone.now() - timedelta(hours=25), **change
    )


class TestWhoeverOpensIt:
    """They learn at once what the service still lacks."""

    def test_is_told_nothing_where_the_service_may_ask(self, rescue, ravi):
        assert selectors.refusal(opened(rescue, ravi)) == ""

    def test_is_told_why_the_service_would_be_denied(self, lotus, ravi):
        assert selectors.refusal(opened(lotus, ravi)) == "PURPOSE_UNKNOWN"


class TestTheDecision:
    def test_permits_the_service_with_the_case(self, rescue, ravi, ask):
        use = opened(rescue, ravi)

        assert asks(ask, rescue, ravi, use.id) == (True, "PERMIT_RESERVED")

    @pytest.mark.parametrize("case", ["", "C-1", "01900000-0000-7000-8000-000000000000"])
    def test_denies_without_an_opening(self, rescue, ravi, ask, case):
        opened(rescue, ravi)

        assert asks(ask, rescue, ravi, case) == (False, "RESERVED_CASE_REQUIRED")

    def test_denies_another_person(self, rescue, ravi, asha, ask):
        use = opened(rescue, ravi)

        assert asks(ask, rescue, asha, use.id) == (False, "RESERVED_CASE_REQUIRED")

    def test_denies_another_service(self, rescue, ravi, ask):
        other = accounts.create_service(
            by=AUTHOR, controller_id=rescue.id, code="other", name="Other", purposes=[VITAL]
        )
        use = opened(rescue, ravi, service_id=other.id)

        assert asks(ask, rescue, ravi, use.id) == (False, "RESERVED_CASE_REQUIRED")

    def test_denies_from_the_check_after_it_ended(self, rescue, ravi, ask):
        use = opened(rescue, ravi)
        before = asks(ask, rescue, ravi, use.id)[0]

        services.end_emergency(by=OFFICER, emergency=use)

        assert before is True
        assert asks(ask, rescue, ravi, use.id) == (False, "RESERVED_CASE_REQUIRED")

    def test_gives_no_permit_that_outlives_it(self, rescue, ravi, ask):
        use = opened(rescue, ravi)
        ends = timezone.now() + timedelta(seconds=20)
        EmergencyUse.objects.filter(pk=use.pk).update(ends_at=ends)

        answer = ask(rescue, ravi, purpose=VITAL, case=str(use.id))

        until = datetime.fromisoformat(answer["context"]["valid_until"])
        assert until <= ends

    def test_stays_no_where_the_person_was_erased(self, rescue, ravi, ask):
        use = opened(rescue, ravi)
        rescue.stands(ravi, "erased")

        assert asks(ask, rescue, ravi, use.id) == (False, "SUBJECT_ERASED")


class TestTheNotices:
    def test_go_to_the_protection_officer_and_to_the_person(self, rescue, ravi):
        use = opened(rescue, ravi)
        work_off()

        letters = {letter.to[0]: letter.body for letter in mail.outbox}
        use.refresh_from_db()
        assert letters.keys() == {"privacy@lotus.example", "ravi@example.in"}
        assert all(str(use.id) in body for body in letters.values())
        assert "ravi" not in letters["privacy@lotus.example"]
        assert use.officer_told_at is not None
        assert use.person_told_at is not None

    def test_say_that_nobody_was_told_where_there_is_no_address(self, rescue, ravi, superuser):
        superuser.execute("DELETE FROM subjects_identifier")
        use = opened(rescue, ravi)
        work_off()

        use.refresh_from_db()
        assert len(mail.outbox) == 1
        assert (use.officer_told_at is None, use.person_told_at is None) == (False, True)

    def test_reading_the_address_is_recorded(self, rescue, ravi):
        opened(rescue, ravi)
        work_off()

        assert EntryIndex.objects.get(event="identifier:revealed").subject_id == ravi.id


class TestTheReview:
    def test_by_a_second_person_closes_it(self, rescue, ravi):
        use = opened(rescue, ravi)

        services.review_emergency(by=SECOND, emergency=use, finding="justified")

        use.refresh_from_db()
        assert (use.finding, use.reviewed_by) == ("justified", SECOND.id)
        events = EntryIndex.objects.filter(event__startswith="emergency:").order_by("id")
        assert [(one.event, one.subject_id) for one in events] == [
            ("emergency:opened", ravi.id), ("emergency:reviewed", ravi.id),
        ]  # fmt: skip

    def test_by_whoever_opened_it_is_refused_by_the_database_too(self, rescue, ravi):
        use = opened(rescue, ravi)

        with pytest.raises(SecondReviewerError):
            services.review_emergency(by=OFFICER, emergency=use, finding="justified")
        with pytest.raises(IntegrityError), transaction.atomic():
            EmergencyUse.objects.filter(pk=use.pk).update(
                reviewed_at=timezone.now(), reviewed_by=OFFICER.id, finding="justified"
            )

    def test_happens_once(self, rescue, ravi):
        use = opened(rescue, ravi)
        services.review_emergency(by=SECOND, emergency=use, finding="unjustified")

        with pytest.raises(EmergencyReviewedError):
            services.review_emergency(by=SECOND, emergency=use, finding="justified")

    def test_that_is_overdue_is_an_alarm_until_it_is_done(self, rescue, ravi):
        use = opened(rescue, ravi)
        early = services.watch()
        aged(use)

        late = services.watch()
        (alarm,) = alarms.open_alarms([rescue.id])
        services.review_emergency(by=SECOND, emergency=use, finding="justified")

        assert (early, late) == (0, 1)
        assert alarm.kind == "emergency_unreviewed"
        assert re.fullmatch(r"1 to review", alarm.detail)
        assert not alarms.open_alarms([rescue.id]).exists()
        assert services.watch() == 0


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"hours": 0}, EmergencyTimeError),
            ({"hours": 25}, EmergencyTimeError),
            ({"ground": "6a"}, ValueError),
            ({"reason": "curiosity"}, ValueError),
        ],
    )
    def test_opens_nothing(self, rescue, ravi, change, error):
        with pytest.raises(error):
            opened(rescue, ravi, **change)

        assert not EmergencyUse.objects.exists()

    @pytest.mark.req("P9")
    def test_of_another_company_opens_nothing(self, rescue, ravi):
        kamal = company("kamal")
        hers = kamal.person()

        with pytest.raises(EmergencyServiceError):
            opened(rescue, ravi, service_id=kamal.service.id)
        with pytest.raises(SubjectUnknownError):
            opened(rescue, hers)

        assert not EmergencyUse.objects.exists()

    def test_ending_twice_is_refused(self, rescue, ravi):
        use = opened(rescue, ravi)
        services.end_emergency(by=OFFICER, emergency=use)

        with pytest.raises(EmergencyOverError):
            services.end_emergency(by=OFFICER, emergency=use)
