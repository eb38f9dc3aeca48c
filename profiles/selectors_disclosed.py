"""Questions about transfers: to whom data of a person went, for the person and for erasure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from profiles.models import Disclosure
from subjects import kin

MOST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One transfer of a person's data, as an access report tells it (DPDP s.11(1)(b))."""

    id: UUID
    recipient: str
    recipient_code: str
    country: str
    purpose: str
    categories: tuple[str, ...]
    described: str
    ground: str
    disclosed_at: datetime
    recorded_at: datetime
    is_written_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who has data of a person and must be told when they are erased (GDPR Art 19)."""

    party_id: UUID
    code: str
    name: str
    categories: tuple[str, ...]
    last_at: datetime
    is_authority: bool


def transfers(
    controller_id: UUID,
    subject_id: UUID,
    *,
    purposes: Collection[str] | None = None,
    before: UUID | None = None,
    limit: int = 100,
) -> list[Transfer]:
    """Every transfer of this person's data, newest first, those of joined records among them.

    Those on a written request of an authority too: they are for the controller's own eyes.
    """
    return [_transfer(row) for row in _rows(controller_id, subject_id, purposes, before)[:limit]]


def told_to_person(
    controller_id: UUID,
    subject_id: UUID,
    *,
    since: UUID | None = None,
    before: UUID | None = None,
    limit: int = MOST,
) -> list[Transfer]:
    """What the person may know, newest first: all but what an authority asked for in writing.

    `since` and `before` are ids, as places in time: of a page of the log, for instance.

    DPDP s.11(2) takes those out of the right to know; GDPR Art 4(9) does not call such an authority
    a recipient.
    """
    rows = _rows(controller_id, subject_id, None, before).filter(is_written_request=False)
    if since is not None:
        rows = rows.filter(id__gte=since)
    return [_transfer(row) for row in rows[:limit]]


def recipients(controller_id: UUID, subject_id: UUID) -> list[Recipient]:
    """Everybody who was given data of this person, by name: whom an erasure must be told to."""
    found: dict[UUID, list[Disclosure]] = {}
    for row in _rows(controller_id, subject_id, None, None):
        found.setdefault(row.recipient_id, []).append(row)
    told = [_recipient(rows) for rows in found.values()]
    return sorted(told, key=lambda one: (one.name, one.party_id))


def _rows(
    controller_id: UUID, subject_id: UUID, purposes: Collection[str] | None, before: UUID | None
) -> QuerySet[Disclosure]:
    people = kin.records_of(controller_id, subject_id)
    rows = Disclosure.objects.filter(controller_id=controller_id, subject_id__in=people)
    if purposes is not None:
        rows = rows.filter(purpose__in=purposes)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return rows.select_related("recipient").order_by("-id")


def _transfer(row: Disclosure) -> Transfer:
    return Transfer(
        id=row.id, recipient=row.recipient.name, recipient_code=row.recipient.code,
        country=row.recipient.country, purpose=row.purpose, categories=tuple(row.categories),
        described=row.described, ground=row.ground, disclosed_at=row.disclosed_at,
        recorded_at=row.recorded_at, is_written_request=row.is_written_request,
    )  # fmt: skip


def _recipient(rows: list[Disclosure]) -> Recipient:
    party = rows[0].recipient
    return Recipient(
        party_id=party.id, code=party.code, name=party.name,
        categories=tuple(sorted({code for row in rows for code in row.categories})),
        last_at=max(row.disclosed_at for row in rows),
        is_authority=all(row.is_written_request for row in rows),
    )  # fmt: skip
