"""What can become of a person's consent, told through the services, and the reason that decides."""

from datetime import UTC, date, datetime, timedelta

from accounts import services as accounts
from consent import services as consent
from consent.models import Purpose
from consent.transitions import State
from registry import services as registry
from subjects import services as subjects
from tests.factories.company import AUTHOR, OFFERS, SURVEYS

NOW = datetime.now(UTC)
YESTERDAY = NOW - timedelta(days=1)
LAST_WEEK = NOW - timedelta(days=7)
PERMIT = "PERMIT_IN:consent"

# What is told of a person, and the reason that must decide then.
STORIES = {}


def story(reason, **about):
    """Registers what happened, under its sentence; `about` are the facts of the person."""

    def register(happens):
        STORIES[happens.__name__] = (happens, reason, about)
        return happens

    return register


@story("CONSENT_MISSING")
def never_asked(lotus, person):
    pass


@story(PERMIT)
def given(lotus, person):
    lotus.yes(person)


@story(PERMIT)
def given_and_renewed(lotus, person):
    lotus.yes(person, event_at=LAST_WEEK)
    assert lotus.yes(person).state == State.RENEWED


@story("CONSENT_REFUSED")
def refused(lotus, person):
    lotus.records(person, State.REFUSED)


@story("CONSENT_WITHDRAWN")
def withdrawn(lotus, person):
    lotus.yes(person)
    lotus.withdraws(person)


@story("CONSENT_WITHDRAWN")
def withdrawn_after_a_renewal(lotus, person):
    given_and_renewed(lotus, person)
    lotus.withdraws(person)


@story(PERMIT)
def given_again_after_a_withdrawal(lotus, person):
    withdrawn(lotus, person)
    lotus.yes(person)


@story("CONSENT_EXPIRED")
def expired_though_nobody_wrote_it(lotus, person):
    lotus.yes(person, event_at=LAST_WEEK, expires_at=YESTERDAY)


@story("CONSENT_EXPIRED")
def expired_and_written(lotus, person):
    expired_though_nobody_wrote_it(lotus, person)
    assert consent.expire_due() == 1


@story("CONSENT_MISSING")
def requested(lotus, person):
    lotus.records(person, State.REQUESTED)


@story("CONSENT_MISSING")
def deferred(lotus, person):
    lotus.records(person, State.REQUESTED)
    lotus.records(person, State.DEFERRED)


@story("CONSENT_REVOKED")
def revoked(lotus, person):
    lotus.yes(person)
    lotus.records(person, State.REVOKED, method="api")


@story("CONSENT_INVALID")
def invalidated(lotus, person):
    lotus.yes(person)
    lotus.records(person, State.INVALIDATED, method="api")


@story("RECONSENT_REQUIRED")
def the_notice_changed_materially(lotus, person):
    lotus.yes(person)
    lotus.publishes(introduction="Something else entirely.")


@story(PERMIT)
def the_notice_changed_in_a_comma(lotus, person):
    lotus.yes(person)
    lotus.publishes(introduction="We ask, for your yes.", is_material=False)


@story(PERMIT)
def the_notice_was_only_drafted_anew(lotus, person):
    lotus.yes(person)
    consent.draft_notice(
        by=AUTHOR, controller_id=lotus.id, code="web", pack="IN",
        purposes=[lotus.versions[OFFERS]], translations={},
    )  # fmt: skip


@story("RECONSENT_REQUIRED")
def the_purpose_changed_materially(lotus, person):
    lotus.yes(person)
    lotus.purpose(OFFERS, description="We also tell our partners.")


@story(PERMIT)
def the_purpose_changed_in_a_comma(lotus, person):
    lotus.yes(person)
    lotus.purpose(OFFERS, is_material=False)


@story(PERMIT)
def the_purpose_has_a_draft_that_nobody_approved(lotus, person):
    lotus.yes(person)
    lotus.drafts(OFFERS, grounds={"IN": "s7e"})


@story("CONSENT_UNPROVABLE")
def imported_without_evidence(lotus, person):
    lotus.yes(person, method="import", is_import=True, event_at=LAST_WEEK, language="")


@story("PARENTAL_CONSENT_REQUIRED", age_state="child", age_assurance="declared")
def a_childs_own_yes(lotus, person):
    lotus.yes(person)


@story(PERMIT, age_state="child", age_assurance="verified")
def a_verified_parents_yes(lotus, person):
    parent = lotus.person("parent@example.in")
    subjects.relate(
        by=AUTHOR, subject=parent, related_id=person.id, kind="parent", verified_by="virtual_token"
    )
    lotus.yes(person, given_by="parent", guardian_id=parent.id)


@story("RECONSENT_MAJORITY", age_state="child", adult_on=date(2026, 1, 1))
def a_childs_own_yes_before_it_came_of_age(lotus, person):
    lotus.yes(person, event_at=datetime(2025, 12, 1, tzinfo=UTC))


@story(PERMIT, age_state="child", adult_on=date(2026, 1, 1))
def a_grown_childs_own_yes(lotus, person):
    lotus.yes(person)


@story("GUARDIAN_CONSENT_REQUIRED", has_guardian=True)
def a_wards_own_yes(lotus, person):
    lotus.yes(person)


@story("PROCESSING_RESTRICTED", residence="DE")
def restricted(lotus, person):
    lotus.yes(person, is_explicit=True)
    lotus.stands(person, "restricted")


@story("PROCESSING_RESTRICTED", residence="DE")
def restricted_and_then_ordinary_consent(lotus, person):
    lotus.stands(person, "restricted")
    lotus.yes(person)


@story(PERMIT, residence="DE")
def restricted_and_then_explicit_consent(lotus, person):
    lotus.stands(person, "restricted")
    lotus.yes(person, is_explicit=True)


@story("ERASURE_PENDING")
def erasing_everything(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "erasing")


@story("ERASURE_PENDING")
def erasing_for_the_purpose(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "erasing", scope_type="purpose", scope=OFFERS)


@story(PERMIT)
def erasing_for_another_purpose(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "erasing", scope_type="purpose", scope=SURVEYS)


@story("ERASURE_PENDING")
def erasing_a_category_the_purpose_needs(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "erasing", scope_type="category", scope="pd:EmailAddress")


@story(PERMIT)
def erasing_a_category_the_purpose_does_not_need(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "erasing", scope_type="category", scope="pd:Location")


@story(PERMIT)
def an_erasure_that_was_rejected(lotus, person):
    lotus.yes(person)
    subjects.end_standing(by=AUTHOR, standing=lotus.stands(person, "erasing"))


@story("SUBJECT_ERASED")
def erased(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "erased")
    subjects.destroy_key(by=AUTHOR, subject=person)


@story("SUBJECT_DECEASED")
def deceased(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "deceased")


@story("SUBJECT_ERASED")
def erased_deceased_and_on_hold(lotus, person):
    for state in ("hold", "deceased", "erasing", "erased"):
        lotus.stands(person, state)


@story(PERMIT)
def on_hold(lotus, person):
    lotus.yes(person)
    lotus.stands(person, "hold")


@story("CONSENT_MISSING")
def on_hold_without_consent(lotus, person):
    lotus.stands(person, "hold")


@story("OBJECTED_DIRECT_MARKETING", residence="DE")
def objected(lotus, person):
    lotus.yes(person, is_explicit=True)
    consent.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=person.id)


@story(PERMIT, residence="DE")
def objected_and_then_opted_in_expressly(lotus, person):
    consent.object_to(by=AUTHOR, controller_id=lotus.id, subject_id=person.id)
    lotus.yes(person, is_explicit=True)


@story(PERMIT, residence="DE")
def objected_and_took_it_back(lotus, person):
    objected(lotus, person)
    consent.lift_objection(by=AUTHOR, controller_id=lotus.id, subject_id=person.id)


@story("JURISDICTION_UNKNOWN", residence="")
def living_nobody_knows_where(lotus, person):
    lotus.yes(person)


@story("CALLER_NOT_AUTHORISED")
def the_contract_ended_yesterday(lotus, person):
    lotus.yes(person)
    registry.end_contract(by=AUTHOR, party=lotus.party, on=YESTERDAY.date() - timedelta(days=1))


@story(PERMIT)
def the_contract_ends_tomorrow(lotus, person):
    lotus.yes(person)
    registry.end_contract(by=AUTHOR, party=lotus.party, on=NOW.date() + timedelta(days=2))


@story("CALLER_NOT_AUTHORISED")
def the_service_was_switched_off(lotus, person):
    lotus.yes(person)
    accounts.change_service(by=AUTHOR, service=lotus.service, is_active=False, purposes=[OFFERS])


@story("PURPOSE_CLOSED")
def the_purpose_was_closed(lotus, person):
    lotus.yes(person)
    consent.close_purpose(by=AUTHOR, purpose=Purpose.objects.get(code=OFFERS))


@story("CONSENT_WITHDRAWN")
def withdrawn_with_an_order_nobody_mentions(lotus, person):
    lotus.yes(person, event_at=LAST_WEEK)
    lotus.promises(person, "ORDER-1")
    lotus.withdraws(person)
