"""What is held about a person, from every package that holds some (GDPR 15; DPDP s.11, r.14).

Values of the person are opened here and nowhere kept: the caller has recorded the reading.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from accounts import selectors as accounts
from audit import uses as audit
from consent import catalogue
from consent import selectors as consent
from policies import selectors as policies
from policies.wishes import selectors as wishes
from profiles import selectors as profiles
from profiles import selectors_disclosed as disclosed
from registry import selectors as registry
from registry import selectors_systems as systems
from rights import selectors as rights
from rights import values
from subjects import jurisdiction
from subjects import selectors as subjects

Content = dict[str, Any]
A_PAGE = 500


def gather(controller_id: UUID, subject: Any) -> Content:
    """Everything, as values that JSON can say. Raises KeyDestroyedError."""
    company = accounts.controller(controller_id)
    return {
        "controller": {
            "name": company.name, "country": company.country,
            "contact_name": company.contact_name, "contact_email": company.contact_email,
        },
        "laws": list(jurisdiction.packs(subject.residence, company.country)),
        "person": _person(subject),
        "purposes": list(_purposes(controller_id, subject.id)),
        "consents": list(_consents(controller_id, subject.id)),
        "objections": list(_objections(controller_id, subject.id)),
        "restrictions": list(_restrictions(controller_id, subject.id)),
        "attributes": list(_attributes(controller_id, subject.id)),
        "volunteered": [
            {"purpose": purpose, "attribute": attribute}
            for purpose, attribute in wishes.volunteered(controller_id, subject.id)
        ],
        "systems_asked_live": list(_live(controller_id)),
        "systems_not_asked": list(_silent(controller_id)),
        "disclosures": list(_disclosures(controller_id, subject.id)),
        "uses": list(_uses(controller_id, subject.id)),
        "processing": list(_reported(policies.processing_about, controller_id, subject.id)),
        "ai_decisions": list(_reported(policies.ai_decisions_about, controller_id, subject.id)),
        "requests": list(_requests(controller_id, subject.id)),
    }  # fmt: skip


def _person(subject: Any) -> Content:
    return {
        "identifiers": [
            {"scheme": one.scheme, "value": one.text} for one in subjects.reveal(subject)
        ],
        "residence": subject.residence, "region": subject.region,
        "time_zone": subject.time_zone, "language": subject.language,
        "age": subject.age_state, "age_assurance": subject.age_assurance,
        "adult_on": _day(subject.adult_on), "has_guardian": subject.has_guardian,
        "known_since": _at(subject.created_at),
    }  # fmt: skip


def _purposes(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    """What the data are used for: ground, categories, recipients by name, and for how long."""
    names = {one.code: one.name for one in registry.parties(controller_id)}
    called = registry.category_names(controller_id)
    numbers = {
        code: one.version for code, one in catalogue.in_force(controller_id).purposes.items()
    }
    rows = consent.purposes([controller_id]).prefetch_related("versions")
    versions = {
        row.code: next((v for v in row.versions.all() if v.number == numbers.get(row.code)), None)
        for row in rows
    }
    for state in consent.states(controller_id, subject_id):
        version = versions.get(state.purpose)
        yield {
            "purpose": state.purpose, "title": state.title, "description": state.description,
            "answer": state.state.value, "since": _at(state.since_at),
            "until": _at(state.expires_at), "grounds": dict(state.grounds),
            "categories": [called.get(one, one) for one in (version.categories if version else ())],
            "recipients": [names.get(one, one) for one in (version.recipients if version else ())],
            "kept_days_after": version.retention_days if version else None,
            "uses_ai": bool(version and version.uses_ai),
        }  # fmt: skip


def _consents(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    for line in consent.history(controller_id, subject_id).iterator(A_PAGE):
        yield {
            "receipt": str(line.id), "purpose": line.purpose.code,
            "version": line.purpose_version, "answer": line.state, "at": _at(line.event_at),
            "recorded_at": _at(line.recorded_at), "until": _at(line.expires_at),
            "language": line.language, "method": line.method, "channel": line.channel,
            "given_by": line.given_by,
        }  # fmt: skip


def _objections(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    for one in consent.objections(controller_id, subject_id).select_related("purpose"):
        yield {
            "kind": one.kind, "purpose": one.purpose.code if one.purpose else "",
            "state": one.state, "at": _at(one.objected_at),
        }  # fmt: skip


def _restrictions(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    for one in consent.restrictions(controller_id, subject_id):
        yield {
            "ground": one.ground, "of": one.scope or "everything", "asked_at": _at(one.asked_at),
            "lifts_at": _at(one.lifts_at),
        }  # fmt: skip


def _attributes(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    """Every value that is stored of the person, with the source it came from (15(1)(g))."""
    sources = profiles.sources(controller_id)
    defined = {one.code: one for one in profiles.definitions(controller_id)}
    for source_id, code, observed in values.observed(controller_id, subject_id):
        source, about = sources.get(source_id), defined.get(code)
        yield {
            "attribute": code, "title": about.title if about else code,
            "category": about.category if about else "", "value": observed.v,
            "source": source.name if source else "", "observed_at": _at(observed.at),
            "verified_by": observed.by,
        }  # fmt: skip


def _live(controller_id: UUID) -> Iterator[str]:
    """Systems that are asked when somebody looks: what they hold is theirs to copy."""
    for one in profiles.sources(controller_id).values():
        if one.is_live:
            yield one.name


def _silent(controller_id: UUID) -> Iterator[str]:
    """Systems that hold data of people and are only told what must go."""
    for one in systems.silent_systems(controller_id):
        yield one.name


def _disclosures(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    """To whom data went, by name, but for what DPDP s.11(2) takes out of the right to know."""
    before = None
    while found := disclosed.told_to_person(controller_id, subject_id, before=before):
        for one in found:
            yield {
                "recipient": one.recipient, "country": one.country, "purpose": one.purpose,
                "categories": list(one.categories), "described": one.described,
                "ground": one.ground, "at": _at(one.disclosed_at),
            }  # fmt: skip
        before = found[-1].id


def _uses(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    """Who asked, used or looked. Of staff it is said that it was staff, and not who."""
    services = accounts.service_names([controller_id])
    cursor = None
    while True:
        page = audit.uses_of(controller_id, subject_id, cursor=cursor, limit=A_PAGE)
        for one in page.uses:
            yield {
                "at": _at(one.at), "what": one.kind.value, "by": one.actor_type,
                "service": services.get(one.actor_id, ""), "purpose": one.purpose,
                "outcome": one.outcome, "reason": one.reason_code,
            }  # fmt: skip
        if page.cursor is None:
            return
        cursor = page.cursor


def _reported(found: Any, controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    """What services reported, with the account of it in plain words (15(1)(h))."""
    before = None
    while page := found(controller_id, subject_id, before=before, limit=A_PAGE):
        for one in page:
            yield {
                "at": _at(one.at), "service": one.service, "purpose": one.purpose,
                "what": one.what, "account": one.account, "was_permitted": one.backed,
            }  # fmt: skip
        before = page[-1].entry_id


def _requests(controller_id: UUID, subject_id: UUID) -> Iterator[Content]:
    for one in rights.requests_of(controller_id, subject_id):
        yield {
            "reference": str(one.id), "kind": one.kind, "scope": one.scope or "everything",
            "received_at": _at(one.received_at), "due_at": _at(one.due_at), "state": one.state,
            "answered_at": _at(one.answered_at), "answer": one.answer_text,
        }  # fmt: skip


def _at(at: Any) -> str:
    return at.isoformat() if at else ""


def _day(day: Any) -> str:
    return day.isoformat() if day else ""
