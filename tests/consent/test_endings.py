"""Consents that the controller ends, and those that were never valid."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.models import EntryIndex
from consent import services
from consent.endings import InvalidBecause, RevokedBecause
from consent.errors import ConsentMissingError, EndReasonError, IllegalTransitionError
from consent.models import ConsentState
from consent.transitions import State
from subjects.errors import SubjectUnknownError
from tests.portal.world import APPROVER, AUTHOR, MAPS, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-12")]
VERBS = {"revoked": services.revoke, "invalidated": services.invalidate}
REASON = {"revoked": "purpose_ended", "invalidated": "notice_defective"}


def end(company, person, state, reason=None, purpose=OFFERS):
    return VERBS[state](
        by=APPROVER, controller_id=company.id, subject_id=person.id, purpose=purpose,
        reason=REASON[state] if reason is None else reason,
    )  # fmt: skip


@pytest.mark.parametrize("state", VERBS)
class TestEnding:
    def test_is_a_line_with_its_reason_and_who_did_it(self, company, asha, state):
        company.yes(asha, language="hi")

        event = end(company, asha, state)

        assert (event.state, event.reason, event.method) == (state, REASON[state], "officer")
        assert (event.actor_id, event.language) == (APPROVER.id, "hi")
        assert ConsentState.objects.get().state == state
        assert EntryIndex.objects.filter(event=f"consent:{state}").count() == 1

    @pytest.mark.parametrize("reason", ["", "because", "Asha asked me to"])
    def test_needs_a_known_reason(self, company, asha, written, state, reason):
        company.yes(asha)
        before = written()

        with pytest.raises(EndReasonError) as refusal:
            end(company, asha, state, reason)

        assert (refusal.value.status, refusal.value.field) == (422, "reason")
        assert written() == before

    def test_ends_nothing_that_never_was(self, company, asha, written, state):
        company.answer(asha, OFFERS, State.REFUSED)
        before = written()

        with pytest.raises(IllegalTransitionError):
            end(company, asha, state)
        with pytest.raises(ConsentMissingError):
            end(company, asha, state, purpose=MAPS)

        assert written() == before

    @pytest.mark.req("P9")
    def test_reaches_no_other_company(self, company, other, asha, state):
        company.yes(asha)

        with pytest.raises(SubjectUnknownError):
            end(other, asha, state)

    def test_leaves_the_person_free_to_agree_again(self, company, asha, state):
        company.yes(asha)
        end(company, asha, state)

        assert company.yes(asha).state == "given"

    def test_is_possible_for_a_closed_purpose(self, company, asha, state):
        company.yes(asha)
        services.close_purpose(by=APPROVER, purpose=company.versions[OFFERS].purpose)

        assert end(company, asha, state).state == state


def test_what_was_withdrawn_or_has_lapsed_may_still_be_found_invalid(company, asha):
    company.yes(asha)
    services.withdraw(
        by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS, method="button"
    )
    company.yes(asha, MAPS, expires_at=timezone.now() + timedelta(hours=1))

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        services.expire_due()
        for purpose in (OFFERS, MAPS):
            end(company, asha, "invalidated", purpose=purpose)

    assert set(ConsentState.objects.values_list("state", flat=True)) == {"invalidated"}


def test_a_no_after_the_finding_does_not_make_it_a_withdrawal(company, asha):
    """On what was withdrawn an older order may still rest; on what was never valid nothing may."""
    company.yes(asha)
    end(company, asha, "invalidated")

    event = services.withdraw(
        by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS, method="button"
    )

    assert event.state == "refused"
    assert ConsentState.objects.get().state == "refused"


def test_no_reason_is_free_text():
    for reason in (*RevokedBecause.values, *InvalidBecause.values):
        assert reason.replace("_", "").isalpha()
        assert len(reason) <= 60
