"""Entering a sector's example at a controller: what is there already stays as it is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit.actors import Actor
from consent import selectors as consents
from consent import services as consent
from consent.versions.languages import SCHEDULED
from profiles import selectors_views as views
from profiles.examples.sector import Attribute, Purpose, Rules, Sector
from profiles.models import AttributeDefinition, ViewVersion
from profiles.services import seats
from profiles.services import views as verbs
from profiles.services.defining import Terms, define_attribute
from registry import selectors as registry
from registry import selectors_systems as systems
from registry import services as registry_services
from registry.services_systems import NewSystem, record_system

RETENTION_DAYS = 730
WAIVED_DAYS = 90
ENGLISH_ALONE = "An example is written in English alone; nobody is told by it."


@transaction.atomic
def enter(*, author: Actor, approver: Actor | None, controller_id: UUID, sector: Sector) -> None:
    """Enter the sector's categories, purposes, sources, attributes, roles and matrix; or nothing.

    Without an `approver`, purposes and the matrix stay drafts: they permit and show nothing.
    Raises what the services raise, ViewDraftExistsError where somebody is drafting already.
    """
    _enter_categories(author, controller_id, sector)
    _enter_purposes(author, approver, controller_id, sector)
    _enter_sources(author, controller_id, sector)
    _enter_attributes(author, controller_id, sector)
    _enter_roles(author, controller_id, sector)
    _enter_matrix(author, approver, controller_id, sector)


def _enter_categories(by: Actor, controller_id: UUID, sector: Sector) -> None:
    known = registry.category_codes(controller_id)
    for one in sector.definitions.categories:
        if one.code not in known:
            registry_services.record_category(
                by=by, controller_id=controller_id, code=one.code, name=one.name,
                is_special=one.special,
            )  # fmt: skip


def _enter_purposes(by: Actor, approver: Actor | None, controller_id: UUID, sector: Sector) -> None:
    known = set(consents.purposes([controller_id]).values_list("code", flat=True))
    new = [one for one in sector.definitions.purposes if one.code not in known]
    drafts = [
        consent.draft_purpose(by=by, controller_id=controller_id, code=one.code, words=_words(one))
        for one in new
    ]
    if approver is not None:
        made = [consent.approve_purpose(by=approver, version=draft) for draft in drafts]
        asked = [(one, of) for one, of in zip(new, made, strict=True) if _on_consent(one)]
        _publish_notice(by, approver, controller_id, sector, asked)


def _publish_notice(
    by: Actor,
    approver: Actor,
    controller_id: UUID,
    sector: Sector,
    asked: Sequence[tuple[Purpose, Any]],
) -> None:
    """What the people are told under Indian law; a notice of the EU is the company's own to write.

    Without one, nobody can agree, and what rests on consent stays denied.
    """
    controller = accounts.controller(controller_id)
    if not asked or controller.country != "IN":
        return
    draft = consent.draft_notice(
        by=by, controller_id=controller_id, code=f"example-{sector.code}", pack="IN",
        purposes=[version for _, version in asked],
        translations={"en": _notice(sector, controller, [one for one, _ in asked])},
    )  # fmt: skip
    consent.waive_languages(
        by=by, notice=draft.notice, languages=SCHEDULED, reason=ENGLISH_ALONE,
        until_on=timezone.now().date() + timedelta(days=WAIVED_DAYS),
    )  # fmt: skip
    consent.publish_notice(by=approver, version=draft)


def _on_consent(purpose: Purpose) -> bool:
    return purpose.grounds.get("IN") == "consent"


def _enter_sources(by: Actor, controller_id: UUID, sector: Sector) -> None:
    known = set(systems.systems(controller_id).values_list("code", flat=True))
    for one in sector.definitions.sources:
        if one.code not in known:
            new = NewSystem(code=one.code, name=one.name, kind="pushed", unit=one.unit)
            record_system(by=by, controller_id=controller_id, new=new)


def _enter_attributes(by: Actor, controller_id: UUID, sector: Sector) -> None:
    rows = AttributeDefinition.objects.filter(controller_id=controller_id)
    known = set(rows.values_list("code", flat=True))
    for one in sector.definitions.attributes:
        if one.code not in known:
            define_attribute(
                by=by, controller_id=controller_id, code=one.code, kind=one.kind,
                sensitivity=one.sensitivity, terms=_terms(one),
            )  # fmt: skip


def _enter_roles(by: Actor, controller_id: UUID, sector: Sector) -> None:
    known = set(views.roles(controller_id).values_list("code", flat=True))
    for code, name in sector.definitions.roles:
        if code not in known:
            seats.create_role(by=by, controller_id=controller_id, code=code, name=name)


def _enter_matrix(by: Actor, approver: Actor | None, controller_id: UUID, sector: Sector) -> None:
    rules = [rule for one in sector.matrix.rules for rule in _rules(one, sector)]
    wanted = {one.place: str(one.treatment) for one in rules}
    in_force = views.rules_of(views.in_force(controller_id))
    if wanted.items() <= in_force.items():
        return
    draft = verbs.draft_view(by=by, controller_id=controller_id, note=sector.matrix.note)
    draft = verbs.put_rules(by=by, version=draft, rules=rules)
    if approver is not None:
        approve(approver, draft)


def approve(by: Actor, draft: ViewVersion) -> None:
    """Look at the preview of a draft and put it in force."""
    verbs.approve_view(by=by, version=verbs.note_previewed(by=by, version=draft))


def _rules(one: Rules, sector: Sector) -> list[verbs.NewRule]:
    place = {"role": one.role, "purpose": one.purpose, "relation": one.relation}
    attributes = {each.code: each for each in sector.definitions.attributes}
    by_sensitivity = {"ordinary": one.categories, "special": one.special, "child": one.child}
    made = [
        verbs.NewRule(category=category, treatment=treatment, sensitivity=sensitivity, **place)
        for sensitivity, treatments in by_sensitivity.items()
        for category, treatment in treatments.items()
    ]
    return made + [
        verbs.NewRule(
            attribute=code, category=attributes[code].category, treatment=treatment,
            sensitivity=attributes[code].sensitivity, **place,
        )
        for code, treatment in one.attributes.items()
    ]  # fmt: skip


def _terms(one: Attribute) -> Terms:
    return Terms(
        title=one.title, category=one.category, choices=one.choices, max_length=one.max_length,
        fresh_for_days=one.fresh_for_days, retention_days=one.retention_days,
        former_days=one.former_days,
    )  # fmt: skip


def _words(one: Purpose) -> consent.Words:
    return consent.Words(
        title=one.title, description=one.description, enables=one.enables, dpv_purpose=one.dpv,
        grounds=one.grounds, categories=one.categories, retention_days=RETENTION_DAYS,
        owner="Example", is_marketing=one.marketing, is_tracking=one.tracking,
        needs_explicit=one.explicit,
    )  # fmt: skip


def _notice(sector: Sector, controller: Any, asked: Sequence[Purpose]) -> dict[str, Any]:
    names = {one.code: one.name for one in sector.definitions.categories}
    link = {"text": "On your privacy pages", "url": "/privacy/"}
    return {
        "title": f"How {controller.name} uses your data",
        "introduction": "An example. You decide, and you can change your mind at any time.",
        "items": [
            {
                "purpose": one.code, "title": one.title, "description": one.description,
                "data": [names[code] for code in one.categories], "enables": one.enables,
            }
            for one in asked
        ],
        "contact": {"name": controller.contact_name, "email": controller.contact_email},
        **dict.fromkeys(("withdraw", "rights", "grievance", "board"), link),
    }  # fmt: skip
