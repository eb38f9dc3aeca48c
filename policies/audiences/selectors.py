"""Questions about audiences: one service's own, and those that name a person."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from audit import members
from audit.uses import KINDS
from keys.ids import SYSTEM_ID, uuid7_at
from policies.audiences import job
from policies.audiences.deciding import (
    ID,
    Asking,
    Group,
    Part,
    before,
    cut,
    decided,
    one_by_one,
)
from policies.audiences.errors import AudienceUnknownError, SegmentUnknownError
from policies.audiences.models import Audience, AudiencePart, AudienceState, IdList
from policies.audiences.reading import View, view
from policies.pdp.catalogue import micros

LONGEST_TRANSACTION: Final = timedelta(minutes=10)
"""An act whose entry is older than the audience's reading may have been committed after it."""
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Permits:
    """The people of one chunk who still may be reached, and the entry that proves each permit."""

    part: AudiencePart
    ids: tuple[bytes, ...]


def audience(controller_id: UUID, service_id: UUID, audience_id: UUID) -> Audience:
    """One of the service's own audiences. Raises AudienceUnknownError."""
    found = Audience.objects.select_related("list").filter(
        controller_id=controller_id, service_id=service_id, id=audience_id
    )
    if (one := found.first()) is None:
        raise AudienceUnknownError
    return one


def segment(controller_id: UUID, code: str) -> IdList:
    """A segment as it stands. Raises SegmentUnknownError."""
    found = IdList.objects.filter(controller_id=controller_id, segment=code).first()
    if found is None:
        raise SegmentUnknownError
    return found


def audiences(controller_ids: list[UUID]) -> QuerySet[Audience]:
    """The audiences of these controllers, newest first."""
    return Audience.objects.filter(controller_id__in=controller_ids).order_by("-id")


def including(controller_id: UUID, subject_id: UUID) -> list[Audience]:
    """The audiences whose permits still run and that name this person, newest first."""
    running = Audience.objects.filter(
        controller_id=controller_id,
        state__in=[AudienceState.MAKING, AudienceState.READY, AudienceState.STOPPED],
    )
    oldest = running.order_by("id").values_list("created_at", flat=True).first()
    if oldest is None:
        return []
    entries = members.about(
        controller_id, subject_id, since=uuid7_at(oldest), until=UUID(int=2**128 - 1), limit=MOST
    )
    now = timezone.now()
    parts = AudiencePart.objects.filter(id__in=entries, valid_until__gt=now)
    return list(running.filter(id__in=parts.values("audience_id")).order_by("-id"))


def ended_since(one: Audience) -> set[bytes]:
    """Of the people of an audience, those who would be denied now (P2).

    Who has acted since is told by the log, and is asked about again, alone. Everybody is asked
    about again where what is the same for all has changed: purposes, services, rules, freezes.
    """
    asking = job.asking_of(one)
    if one.read_at is None or asking is None:
        return {raw for _, ids in _members(one) for raw in cut(ids)}
    with view() as snapshot:
        read_at = micros(one.read_at)
        is_moved = (
            asking.catalogue.version != one.stamp
            or asking.caller.words.last > read_at
            or asking.caller.policy(snapshot.now) is not asking.caller.policy(read_at)
        )
        if asking.is_counted(snapshot.now):
            asking = asking.uncounted(snapshot.now)
        return _denied(one, asking, snapshot) if is_moved else _acted(one, asking, snapshot)


def permits(one: Audience, without: set[bytes]) -> Iterator[Permits]:
    """The permits of an audience, a chunk at a time; those that have ended are left out."""
    now = timezone.now()
    parts = {part.id: part for part in one.parts.filter(valid_until__gt=now)}
    for entry_id, ids in members.of(one.controller_id, list(parts)):
        yield Permits(parts[entry_id], tuple(raw for raw in cut(ids) if raw not in without))


def _members(one: Audience) -> Iterator[tuple[UUID, bytes]]:
    return members.of(one.controller_id, list(one.parts.values_list("id", flat=True)))


def _acted(one: Audience, asking: Asking, snapshot: View) -> set[bytes]:
    """Who has done something since and would be denied."""
    since = uuid7_at(one.read_at - LONGEST_TRANSACTION) if one.read_at else SYSTEM_ID
    acted = members.changed(one.controller_id, since=since, apart=sorted(KINDS))
    named = {raw for _, ids in _members(one) for raw in cut(ids)} if acted else set()
    asked = sorted(named & {person.bytes for person in acted})
    return set(asked) - _permitted(one_by_one(snapshot, asking, asked))


def _denied(one: Audience, asking: Asking, snapshot: View) -> set[bytes]:
    """Who would be denied now, whoever they are."""
    found: set[bytes] = set()
    for _, ids in _members(one):
        part = Part(before(ids[:ID]), ids[-ID:], ids)
        found |= set(cut(ids)) - _permitted(decided(snapshot, asking, part))
    return found


def _permitted(groups: Iterable[Group]) -> set[bytes]:
    return {raw for group in groups if group.decision.permit for raw in cut(group.ids)}
