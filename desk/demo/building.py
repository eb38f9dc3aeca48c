"""Builds the companies: controllers, officers, parties, services, purposes and notices.

By the services that an officer uses, each version drafted by one person and approved by another.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from accounts import selectors
from accounts import services as accounts
from audit.actors import Actor
from consent import services as consent
from consent.versions.languages import ENGLISH, SCHEDULED
from desk.demo import findings, machine
from desk.demo.companies import COMPANIES, DRAFT, SERVICES, Company
from desk.demo.profiles.readers import reader_name
from desk.demo.purposes import (
    CATEGORIES,
    CHANGED,
    NOTICES,
    PURPOSES,
    PurposePlan,
    content,
)
from registry import services as registry

OFFICER, AUDITOR = "officer", "auditor"
BUILDER = Actor.system("demo")
WAIVED = "The translators work on the other languages of the Eighth Schedule."
WAIVED_DAYS = 180


@dataclass(frozen=True, slots=True)
class Staff:
    """Who writes and who approves at one company."""

    author: Actor
    approver: Actor


def author_name(company: Company) -> str:
    """The user name of the privacy officer who drafts what the officer of both approves."""
    return f"{company.slug}-officer"


@transaction.atomic
def build(today: date) -> None:
    """Everything that exists before the first person does; all of it or nothing."""
    serving_both, auditor = _officer(OFFICER), _officer(AUDITOR)
    for company in COMPANIES:
        author = _officer(author_name(company))
        controller = accounts.create_controller(
            by=BUILDER, slug=company.slug, name=company.name, country=company.country,
            contact_name=company.contact_name, contact_email=company.contact_email,
            time_zone=company.time_zone, default_language=company.language,
        )  # fmt: skip
        for person, role in (
            (serving_both, "privacy_officer"), (author, "privacy_officer"), (auditor, "auditor"),
        ):  # fmt: skip
            accounts.assign_role(by=BUILDER, officer=person, controller=controller, role=role)
        reader = _officer(reader_name(company.slug))
        accounts.assign_role(
            by=BUILDER, officer=reader, controller=controller, role="profile_reader"
        )
        staff = Staff(Actor("officer", str(author.id)), Actor("officer", str(serving_both.id)))
        _registry(company, controller.id, staff.author, today)
        _words(company, controller.id, staff, today)
        findings.record(controller.id, author=staff.author, approver=staff.approver, today=today)


def set_passwords() -> dict[str, str]:
    """New random passwords of all demo officers, by user name."""
    passwords = {}
    readers = [reader_name(one.slug) for one in COMPANIES]
    for name in (OFFICER, AUDITOR, *map(author_name, COMPANIES), *readers):
        passwords[name] = secrets.token_urlsafe(12)
        person = get_user_model().objects.get(username=name)
        accounts.set_password(by=BUILDER, officer=person, password=passwords[name])
    return passwords


def officer() -> Actor:
    """The officer of both companies, as whoever acts."""
    return Actor("officer", str(get_user_model().objects.get(username=OFFICER).pk))


def staff_of(company: Company) -> Staff:
    """Who writes and who approves at a company that was built."""
    author = get_user_model().objects.get(username=author_name(company))
    return Staff(Actor("officer", str(author.pk)), officer())


def controller_id(company: Company) -> UUID:
    """The id of a company that was built."""
    found = selectors.controller_by_slug(company.slug)
    if found is None:
        raise LookupError(f"There is no controller {company.slug}.")
    return found.id


def _officer(name: str) -> Any:
    """Nobody knows this first password; the demo's last step sets one that is told."""
    return accounts.create_officer(
        by=BUILDER, username=name, email=f"{name}@sammati.example",
        password=secrets.token_urlsafe(32),
    )  # fmt: skip


def _registry(company: Company, controller_id: UUID, by: Actor, today: date) -> None:
    for code, name, is_special in CATEGORIES:
        registry.record_category(
            by=by, controller_id=controller_id, code=code, name=name, is_special=is_special
        )
    parties = {}
    for plan in company.parties:
        ends_on = None if plan.contract_days is None else today + timedelta(plan.contract_days)
        parties[plan.code] = registry.record_party(
            by=by, controller_id=controller_id, code=plan.code, name=plan.name, kind=plan.kind,
            country=plan.country, contract_reference=plan.contract, contract_ends_on=ends_on,
            transfer_tool=plan.transfer_tool,
        )  # fmt: skip
    for service in SERVICES:
        made = accounts.create_service(
            by=by, controller_id=controller_id, code=service.code, name=service.name,
            purposes=list(service.purposes),
        )  # fmt: skip
        registry.put_in_charge(
            by=by, controller_id=controller_id, service_id=made.id, party=parties[service.party]
        )


def _words(company: Company, controller_id: UUID, staff: Staff, today: date) -> None:
    versions = {}
    for plan in PURPOSES:
        versions[plan.code] = consent.draft_purpose(
            by=staff.author, controller_id=controller_id, code=plan.code, words=_meaning(plan)
        )
        if plan.code != DRAFT:
            consent.approve_purpose(by=staff.approver, version=versions[plan.code])
    for code, purposes in NOTICES:
        for number in (1, 2) if code == CHANGED else (1,):
            draft = consent.draft_notice(
                by=staff.author, controller_id=controller_id, code=code, pack=company.pack,
                purposes=[versions[purpose] for purpose in purposes],
                translations=content(company, code, number),
            )  # fmt: skip
            _publish(company, draft, staff, today)


def _publish(company: Company, draft: Any, staff: Staff, today: date) -> None:
    """Read by a second person in each language; what an Indian notice lacks is waived for now."""
    for words in draft.translations.exclude(language=ENGLISH):
        consent.approve_translation(by=staff.approver, translation=words, sha256=words.sha256)
    if company.pack == "IN":
        spoken = set(draft.translations.values_list("language", flat=True))
        consent.waive_languages(
            by=staff.author, notice=draft.notice, reason=WAIVED,
            languages=[one for one in SCHEDULED if one not in spoken],
            until_on=today + timedelta(days=WAIVED_DAYS),
        )  # fmt: skip
    consent.publish_notice(by=staff.approver, version=draft)
    if company.pack == "IN" and draft.notice.code == machine.NOTICE:
        english = draft.translations.get(language=ENGLISH).content
        for language in machine.DRAFTED:
            consent.draft_translation(
                by=BUILDER, version=draft, language=language, origin="machine",
                content=machine.content(english, language),
            )  # fmt: skip


def _meaning(plan: PurposePlan) -> consent.Words:
    return consent.Words(
        title=plan.en.title, description=plan.en.description, enables=plan.en.enables,
        dpv_purpose=plan.dpv, grounds=plan.grounds, categories=plan.categories,
        retention_days=plan.retention_days, valid_days=plan.valid_days, owner="Marketing",
        is_marketing=plan.is_marketing, is_tracking=plan.is_tracking, uses_ai=plan.uses_ai,
        needs_explicit=plan.needs_explicit, recipients=plan.recipients,
    )  # fmt: skip
