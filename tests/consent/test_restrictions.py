"""Restrictions of processing: set at once, ended by the person or after they were told."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import EntryIndex
from consent import selectors, services
from consent.errors import (
    LiftingNotAnnouncedError,
    LiftingTooSoonError,
    PurposeUnknownError,
    RestrictionMissingError,
    RestrictionReasonError,
    RestrictionScopeError,
    SubjectNotToldError,
)
from consent.models import Restriction
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.errors import SubjectUnknownError
from tests.portal.world import APPROVER, AUTHOR, OFFERS, SURVEYS
from work import services as work

pytestmark = [pytest.mark.django_db, pytest.mark.req("POR-07")]


def restrict(company, person, **more):
    given = {"ground": "accuracy", "method": "phone", **more}
    return services.restrict(by=AUTHOR, controller_id=company.id, subject_id=person.id, **given)


def announce(restriction, **more):
    given = {"reason": "The data were put right.", **more}
    return services.announce_lifting(by=APPROVER, restriction=restriction, **given)


def lift(restriction):
    return services.lift_restriction(by=APPROVER, restriction=restriction)


def take_back(restriction, person):
    return services.take_back_restriction(
        by=AUTHOR, controller_id=restriction.controller_id, subject_id=person.id,
        restriction_id=restriction.pk,
    )  # fmt: skip


def standing(person):
    return {(one.scope_type, one.scope) for one in subjects.standings(person)}


def events():
    found = EntryIndex.objects.filter(event__startswith="restriction:").order_by("id")
    return list(found.values_list("event", flat=True))


class TestSetting:
    def test_one_stands_for_everything_or_for_one_purpose(self, company, asha):
        restrict(company, asha)
        restrict(company, asha, scope_type="purpose", scope=OFFERS)

        assert standing(asha) == {("everything", ""), ("purpose", OFFERS)}
        assert events() == ["restriction:set"] * 2

    def test_restricting_twice_changes_nothing(self, company, asha):
        first = restrict(company, asha)

        assert restrict(company, asha) == first
        assert events() == ["restriction:set"]

    @pytest.mark.parametrize(
        ("more", "error"),
        [
            ({"scope": OFFERS}, RestrictionScopeError),
            ({"scope_type": "purpose"}, RestrictionScopeError),
            ({"scope_type": "purpose", "scope": "no.such"}, PurposeUnknownError),
            ({"scope_type": "category", "scope": "pd:NoSuch"}, RestrictionScopeError),
            ({"scope_type": "odd"}, ValueError),
            ({"ground": "odd"}, ValueError),
        ],
    )
    def test_of_another_form_it_is_refused(self, company, asha, more, error):
        with pytest.raises(error):
            restrict(company, asha, **more)

        assert not Restriction.objects.exists()
        assert standing(asha) == set()

    @pytest.mark.req("P9")
    def test_of_a_person_of_another_controller_it_is_refused(self, company, other, asha):
        with pytest.raises(SubjectUnknownError):
            restrict(other, asha)

        assert not Restriction.objects.exists()


class TestTakingBack:
    def test_ends_it_at_once(self, company, asha):
        found = take_back(restrict(company, asha), asha)

        assert (found.is_taken_back, found.lifted_by) == (True, AUTHOR.id)
        assert standing(asha) == set()
        assert list(selectors.restrictions(company.id, asha.id)) == []
        assert events() == ["restriction:set", "restriction:lifted"]

    def test_of_one_ground_leaves_another(self, company, asha):
        first = restrict(company, asha)
        restrict(company, asha, ground="claims")

        take_back(first, asha)

        assert standing(asha) == {("everything", "")}

    def test_leaves_a_standing_that_others_set(self, company, asha):
        subject_services.set_standing(by=AUTHOR, subject=asha, state="restricted")

        take_back(restrict(company, asha), asha)

        assert standing(asha) == {("everything", "")}

    def test_of_somebody_elses_or_of_none_is_refused(self, company, other, asha):
        found = restrict(company, asha)
        ben = company.person("ben@example.in")

        with pytest.raises(RestrictionMissingError):
            take_back(found, ben)
        with pytest.raises(RestrictionMissingError):
            services.take_back_restriction(
                by=AUTHOR, controller_id=other.id, subject_id=asha.id, restriction_id=found.pk
            )
        take_back(found, asha)
        with pytest.raises(RestrictionMissingError):
            take_back(found, asha)


class TestLifting:
    """GDPR Art 18(3): whoever has obtained a restriction is informed before it is lifted."""

    def told(self, restriction):
        return services.note_told(by=APPROVER, restriction=restriction, through="phone")

    def test_needs_an_announcement_a_telling_and_the_time(self, company, asha):
        found = restrict(company, asha)
        with pytest.raises(LiftingNotAnnouncedError):
            lift(found)
        announced = announce(found, days=3)
        with pytest.raises(SubjectNotToldError):
            lift(found)
        self.told(found)
        with pytest.raises(LiftingTooSoonError):
            lift(found)
        assert standing(asha) == {("everything", "")}

        with time_machine.travel(announced.lifts_at, tick=False):
            lifted = lift(found)

        assert (lifted.is_taken_back, lifted.lifted_by) == (False, APPROVER.id)
        assert standing(asha) == set()
        assert events() == [
            "restriction:set", "restriction:announced", "restriction:told", "restriction:lifted",
        ]  # fmt: skip

    def test_the_person_is_written_to_in_their_language(self, company):
        person = company.person("lena@example.de", language="hi", residence="DE")
        found = restrict(company, person)
        announce(found)

        work.run_available(worker="test")

        found.refresh_from_db()
        (letter,) = mail.outbox
        assert letter.to == ["lena@example.de"]
        assert "privacy@lotus.example" in letter.body
        assert found.told_through == "email"
        assert EntryIndex.objects.filter(
            event="identifier:revealed", target_id=str(found.pk)
        ).exists()

    def test_a_letter_about_an_earlier_announcement_tells_nothing(self, company, asha):
        found = restrict(company, asha)
        announce(found, days=1)
        announce(found, days=30)

        work.run_available(worker="test")

        found.refresh_from_db()
        assert len(mail.outbox) == 1
        assert found.lifts_at - found.announced_at == timedelta(days=30)
        assert found.told_at is not None

    def test_a_letter_that_crosses_a_new_announcement_tells_nothing(
        self, company, asha, monkeypatch
    ):
        """While the first letter is on its way, an officer announces another day."""
        found = restrict(company, asha)
        announce(found, days=1)
        told, sent = [], EmailMessage.send

        def send(letter):
            if not told:
                announce(found, days=30)
            found.refresh_from_db()
            told.append(found.told_at)
            return sent(letter)

        monkeypatch.setattr(EmailMessage, "send", send)
        work.run_available(worker="test")

        found.refresh_from_db()
        assert told == [None, None]
        assert len(mail.outbox) == 2
        assert found.told_at is not None

    def test_announcing_anew_needs_telling_anew(self, company, asha):
        found = restrict(company, asha)
        announce(found)
        self.told(found)

        again = announce(found, days=20)

        assert again.told_at is None
        with pytest.raises(SubjectNotToldError):
            lift(found)

    def test_somebody_without_an_address_is_not_told(self, company, asha):
        found = restrict(company, asha)
        subject_services.destroy_key(by=AUTHOR, subject=asha)
        announce(found)

        work.run_available(worker="test")

        found.refresh_from_db()
        assert (mail.outbox, found.told_at) == ([], None)

    @pytest.mark.parametrize("more", [{"reason": " "}, {"days": 0}, {"days": 91}])
    def test_is_not_announced_without_reason_or_time(self, company, asha, more):
        with pytest.raises(RestrictionReasonError):
            announce(restrict(company, asha), **more)

    def test_telling_comes_after_the_announcement_and_by_a_known_channel(self, company, asha):
        found = restrict(company, asha)

        with pytest.raises(LiftingNotAnnouncedError):
            self.told(found)
        with pytest.raises(ValueError, match="channel"):
            services.note_told(by=APPROVER, restriction=found, through="pigeon")

    def test_is_refused_by_the_database_without_notice(self, company, asha):
        found = restrict(company, asha)
        announce(found)
        rows = Restriction.objects.filter(pk=found.pk)

        with pytest.raises(IntegrityError, match="after_notice"), transaction.atomic():
            rows.update(lifted_at=timezone.now(), lifted_by="somebody")

    def test_rolls_back_with_its_entry(self, company, asha, monkeypatch):
        found = restrict(company, asha)

        def full(**_given):
            raise OSError("no space is left")

        monkeypatch.setattr("consent.services.restrictions.audit.record", full)
        with pytest.raises(OSError, match="no space"):
            take_back(found, asha)

        found.refresh_from_db()
        assert found.lifted_at is None
        assert standing(asha) == {("everything", "")}

    def test_of_surveys_leaves_offers_restricted(self, company, asha):
        restrict(company, asha, scope_type="purpose", scope=OFFERS)
        surveys = restrict(company, asha, scope_type="purpose", scope=SURVEYS)

        take_back(surveys, asha)

        assert standing(asha) == {("purpose", OFFERS)}
