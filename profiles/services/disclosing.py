"""That data of people went to a recipient: each transfer on record, once and for good (PRO-05).

DPDP Act s.11(1)(b), s.8(7)(b); GDPR Art 15(1)(c), 19, 30(1)(d). What happened is recorded even
where nothing allowed it: then it says so, and somebody is alarmed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import alarms
from audit import selectors as log
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from consent import selectors as consents
from consent.errors import PurposeUnknownError
from consent.grounds import NEEDS
from profiles.errors_guarded import (
    DescribedError,
    DisclosedInFutureError,
    DisclosureCategoryError,
    DisclosureConflictError,
    DisclosureKeyError,
    DisclosurePlaceError,
    ExportPeopleError,
    GroundUnknownError,
    RecipientUnknownError,
    RequestReferenceError,
)
from profiles.models import Disclosure
from profiles.reasons import is_case, names_somebody
from profiles.selectors_recipients import PLACE_CONTEXT
from profiles.selectors_views import RESERVED
from registry import selectors as registry
from subjects import sealing
from subjects import services as subjects
from subjects.errors import SubjectUnknownError

MOST_PEOPLE: Final = 1000
SKEW: Final = timedelta(seconds=30)
KEY: Final = re.compile(r"[A-Za-z0-9._:/-]{1,40}")
GROUNDS: Final = frozenset({"consent", "6-1-a", "9-2-a", *NEEDS})
PLACE: Final = re.compile(r"https?://[\x21-\x7e]{3,490}")
BACKED, UNBACKED = "backed", "unbacked"
"""Whether the named decision allowed it."""
_SAME: Final = (
    "recipient_id", "purpose", "categories", "described", "ground", "decision_id",
    "is_written_request", "request_reference", "is_public", "disclosed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Handed:
    """Whose data were handed over, and the decision that allowed it, if one was asked for."""

    subject_id: UUID
    decision_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A transfer as whoever made it tells it. `recipient` is a party's code.

    `key` is the teller's own name of it: told twice it is recorded once.
    """

    key: str
    recipient: str
    purpose: str
    categories: tuple[str, ...]
    described: str
    ground: str
    disclosed_at: datetime
    is_written_request: bool = False
    request_reference: str = ""
    is_public: bool = False  # it was made public there (GDPR 17(2))
    place: str = field(default="", repr=False)  # and the address at which it is shown


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What is on record now, in the order told, and how many of them were before."""

    rows: tuple[Disclosure, ...]
    repeated: int


@transaction.atomic
def record_disclosure(
    *, by: Actor, controller_id: UUID, people: Sequence[Handed], told: Told
) -> Disclosed:
    """Record a transfer of data of up to 1,000 people to one recipient.

    All or nothing. A written request of an authority needs no decision (DPDP s.11(2)); any other
    transfer without one that allowed it is recorded as unbacked and raises an alarm. Raises
    ExportPeopleError, RecipientUnknownError, PurposeUnknownError, DisclosureCategoryError,
    DescribedError, GroundUnknownError, RequestReferenceError, DisclosedInFutureError,
    DisclosureKeyError, DisclosurePlaceError, SubjectUnknownError, DisclosureConflictError.
    """
    if not 1 <= len({one.subject_id for one in people}) == len(people) <= MOST_PEOPLE:
        raise ExportPeopleError("A disclosure is about 1 to 1,000 different people.")
    recipient_id = _checked(controller_id, told)
    refs = subjects.lock_many(controller_id, [one.subject_id for one in people])
    if len(refs) != len(people):
        raise SubjectUnknownError
    keyring = sealing.keyring(controller_id, refs if told.place else ())
    wanted = [_row(by, controller_id, recipient_id, one, told, keyring) for one in people]
    known = {row.key: row for row in Disclosure.objects.filter(
        controller_id=controller_id, key__in=[row.key for row in wanted]
    )}  # fmt: skip
    if any(not _is_same(row, known[row.key]) for row in wanted if row.key in known):
        raise DisclosureConflictError
    new = [row for row in wanted if row.key not in known]
    Disclosure.objects.bulk_create(new)
    gaps = _gaps(controller_id, new)
    audit.record_many([_draft(by, row, refs[row.subject_id], told, gaps) for row in new])
    _alarm(controller_id, gaps)
    return Disclosed(tuple(known.get(row.key, row) for row in wanted), len(known))


def _checked(controller_id: UUID, told: Told) -> UUID:
    """The recipient's id, once everything else that was told can be."""
    recipient = (
        registry.parties(controller_id).filter(code=told.recipient).exclude(kind="internal").first()
    )
    known = registry.category_codes(controller_id)
    faults: tuple[tuple[bool, Exception], ...] = (
        (not KEY.fullmatch(told.key), DisclosureKeyError()),
        (recipient is None, RecipientUnknownError()),
        (not _is_purpose(controller_id, told.purpose), PurposeUnknownError()),
        (not told.categories or not known.issuperset(told.categories), DisclosureCategoryError()),
        (not 1 <= len(told.described) <= 300 or names_somebody(told.described), DescribedError()),
        (told.ground not in GROUNDS, GroundUnknownError()),
        (told.is_written_request and not is_case(told.request_reference), RequestReferenceError()),
        (told.disclosed_at > timezone.now() + SKEW, DisclosedInFutureError()),
        (bool(told.place) and not _is_place(told), DisclosurePlaceError()),
    )
    for is_wrong, error in faults:
        if is_wrong:
            raise error
    if recipient is None:
        raise RecipientUnknownError
    return recipient.id


def _is_purpose(controller_id: UUID, purpose: str) -> bool:
    return purpose in RESERVED or purpose in consents.purpose_titles(controller_id)


def _is_place(told: Told) -> bool:
    return told.is_public and bool(PLACE.fullmatch(told.place))


def _row(  # noqa: PLR0913 (what is on record of a transfer)
    by: Actor,
    controller_id: UUID,
    recipient_id: UUID,
    one: Handed,
    told: Told,
    keyring: sealing.Keyring,
) -> Disclosure:
    """Where it is shown goes with the person's key. Raises KeyDestroyedError."""
    place = told.place.encode()
    sealed = keyring.seal(one.subject_id, place, context=PLACE_CONTEXT) if place else None
    return Disclosure(
        is_public=told.is_public, place=sealed, controller_id=controller_id,
        subject_id=one.subject_id, recipient_id=recipient_id,
        purpose=told.purpose, categories=sorted(set(told.categories)), described=told.described,
        ground=told.ground, decision_id=one.decision_id, disclosed_at=told.disclosed_at,
        is_written_request=told.is_written_request,
        request_reference=told.request_reference if told.is_written_request else "",
        recorded_by=by.id, key=f"{told.key}:{one.subject_id}",
    )  # fmt: skip


def _is_same(row: Disclosure, known: Disclosure) -> bool:
    return all(getattr(row, name) == getattr(known, name) for name in _SAME)


def _gaps(controller_id: UUID, rows: Sequence[Disclosure]) -> dict[UUID, str]:
    """Why no decision backs a transfer, by its id; those that one backs are left out."""
    claimed = {row.decision_id for row in rows if row.decision_id}
    found = log.entries([controller_id]).filter(id__in=claimed, event="decision:made")
    made = {entry.id: entry for entry in found}
    gaps = {row.id: _gap(row, made) for row in rows if not row.is_written_request}
    return {one: code for one, code in gaps.items() if code}


def _gap(row: Disclosure, made: Mapping[UUID, Any]) -> str:
    if row.decision_id is None:
        return "DECISION_MISSING"
    decision = made.get(row.decision_id)
    if decision is None:
        return "DECISION_UNKNOWN"
    checks = (
        ("DECISION_DENIED", decision.outcome != "permit"),
        ("DECISION_OTHER_SUBJECT", decision.subject_id != row.subject_id),
        ("DECISION_OTHER_PURPOSE", decision.purpose != row.purpose),
        ("DECISION_TOO_LATE", decision.at > row.disclosed_at + SKEW),
    )
    return next((code for code, is_gap in checks if is_gap), "")


def _draft(
    by: Actor, row: Disclosure, person: SubjectRef, told: Told, gaps: Mapping[UUID, str]
) -> audit.Draft:
    gap = gaps.get(row.id, "")
    return audit.Draft(
        event="disclosure:recorded", by=by, controller_id=row.controller_id, subject=person,
        purpose=row.purpose, target=Target("party", str(row.recipient_id)),
        outcome=UNBACKED if gap else BACKED, reason_code=gap,
        data={
            "disclosure": str(row.id), "recipient": told.recipient, "categories": row.categories,
            "ground": row.ground, "written_request": row.is_written_request,
            "public": row.is_public, "decision": str(row.decision_id or ""),
            "at": audit.micros(row.disclosed_at),
        },
    )  # fmt: skip


def _alarm(controller_id: UUID, gaps: Mapping[UUID, str]) -> None:
    if gaps:
        codes = ", ".join(sorted(set(gaps.values())))
        alarms.raise_alarm(
            controller_id=controller_id, kind=alarms.AlarmKind.UNBACKED_USE,
            detail=f"{len(gaps)} disclosures: {codes}",
        )  # fmt: skip
