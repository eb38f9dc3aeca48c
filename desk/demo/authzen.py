"""Builds the tenant of AuthZEN's certification scenario, by the services that officers use."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import selectors
from accounts import services as accounts
from audit.actors import Actor
from consent import services as consent
from consent.transitions import State
from consent.versions.languages import ENGLISH, SCHEDULED
from policies.pdp import fixture
from policies.pdp.catalogue import EXERCISE
from registry import services as registry
from subjects import services as subjects

AUTHOR, APPROVER = Actor.system("exercise"), Actor.system("exercise-approver")
HARNESS = "harness"
COUNTRY = "IN"
WAIVED = timedelta(days=180)
_LINK = {"text": "Here", "url": "/privacy/"}


@transaction.atomic
def build() -> str:
    """The tenant with all it holds; returns the key of whoever tests. Again: a new key alone."""
    found = selectors.controller_by_slug(EXERCISE)
    if found is None:
        return _built()
    service = selectors.services_of(found.pk).get(code=HARNESS)
    return accounts.issue_key(by=AUTHOR, service=service)[1]


def _built() -> str:
    controller = accounts.create_controller(
        by=AUTHOR, slug=EXERCISE, name="AuthZEN exercise", country=COUNTRY,
        contact_name="AuthZEN exercise", contact_email="exercise@sammati.example",
    )  # fmt: skip
    _words(controller.pk)
    for name in fixture.RECORDS:
        _record(controller.pk, name)
    party = registry.record_party(
        by=AUTHOR, controller_id=controller.pk, code="own", name="AuthZEN exercise",
        kind="internal", country=COUNTRY,
    )  # fmt: skip
    secrets = {
        code: _service(controller.pk, party, code, [f"exercise.{one}" for one in may])
        for code, may in {**fixture.REGISTERED, HARNESS: ()}.items()
    }
    return secrets[HARNESS]


def _service(controller_id: UUID, party: Any, code: str, purposes: list[str]) -> str:
    service = accounts.create_service(
        by=AUTHOR, controller_id=controller_id, code=code, name=code, purposes=purposes
    )
    registry.put_in_charge(
        by=AUTHOR, controller_id=controller_id, service_id=service.id, party=party
    )
    return accounts.issue_key(by=AUTHOR, service=service)[1]


def _words(controller_id: UUID) -> None:
    versions = [
        consent.approve_purpose(
            by=APPROVER,
            version=consent.draft_purpose(
                by=AUTHOR, controller_id=controller_id, code=code, words=_meaning(code)
            ),
        )
        for code in fixture.PURPOSES
    ]
    draft = consent.draft_notice(
        by=AUTHOR, controller_id=controller_id, code="exercise", pack="IN", purposes=versions,
        translations={"en": _content()},
    )  # fmt: skip
    for words in draft.translations.all():
        consent.approve_translation(by=APPROVER, translation=words, sha256=words.sha256)
    consent.waive_languages(
        by=AUTHOR, notice=draft.notice, reason="An exercise that nobody reads.",
        languages=[one for one in SCHEDULED if one != ENGLISH],
        until_on=timezone.now().date() + WAIVED,
    )  # fmt: skip
    consent.publish_notice(by=APPROVER, version=draft)


def _meaning(code: str) -> consent.Words:
    return consent.Words(
        title=code, description="An exercise with invented records.", enables="Nothing.",
        dpv_purpose="dpv:ServiceProvision", grounds={"IN": "consent"}, categories=("pd:UID",),
        retention_days=365, owner="Certification", valid_days=None,
    )  # fmt: skip


def _content() -> dict[str, Any]:
    items = [
        {"purpose": code, "title": code, "description": "An exercise with invented records.",
         "data": ["Record number"], "enables": "Nothing."}
        for code in fixture.PURPOSES
    ]  # fmt: skip
    links = dict.fromkeys(("withdraw", "rights", "grievance", "board"), _LINK)
    contact = {"name": "AuthZEN exercise", "email": "exercise@sammati.example"}
    return {
        "title": "Exercise", "introduction": "Nobody reads this.", "items": items,
        "contact": contact, **links,
    }  # fmt: skip


def _record(controller_id: UUID, name: str) -> None:
    person = subjects.create(
        by=AUTHOR, controller_id=controller_id,
        new=subjects.NewSubject(
            identifiers=((fixture.SCHEME, name),), residence=COUNTRY, age_state="adult",
            age_assurance="declared",
        ),
    )  # fmt: skip
    for code in fixture.PURPOSES:
        choice = consent.Choice(
            subject_id=person.id, purpose=code, state=State.GIVEN, method="checkbox",
            channel="web", language="en",
        )  # fmt: skip
        consent.record(by=AUTHOR, controller_id=controller_id, choice=choice)
