"""Who saw me and why: what a person may know of the looks at their profile (AUD-15; s.11, Art 15).

From the log's own index; it names no officer, only from which role and unit somebody looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from audit import selectors as log
from audit import uses
from audit.catalogue import EVENTS
from audit.uses import Use
from profiles import reads
from profiles.models import AttributeDefinition, BreakGlass, ReaderRole, Seat, Verdict
from profiles.reads import Noted

TARGET: Final = reads.TARGET
KEPT: Final = ("held", *sorted({EVENTS[one].retention.value for one in reads.EVENTS}))


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at the person's profile: when, from which role and unit, what for, and at what.

    `attributes` are titles; `is_beyond_view` says that more was opened than the view shows.
    """

    id: UUID
    at: datetime
    actor_type: str
    actor_id: str
    role: str
    unit: str
    purpose: str
    is_list: bool
    is_beyond_view: bool
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page of looks, newest first; `cursor` is where the next one starts, None on the last."""

    looks: tuple[Seen, ...]
    cursor: UUID | None


@dataclass(frozen=True, slots=True)
class PastGlass:
    """Broken glass that is over, as the person concerned may read it: it names no officer.

    `is_justified` is None until it was reviewed.
    """

    case: UUID
    role: str
    unit: str
    purpose: str
    reason: str
    opened_at: datetime
    ended_at: datetime
    told_at: datetime
    reviewed_at: datetime | None
    is_justified: bool | None


def seen(  # noqa: PLR0913 (whom, when, and which page)
    controller_id: UUID,
    subject_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: UUID | None = None,
    limit: int = 100,
) -> SeenPage:
    """The looks at this person's profile at this controller, from `since` up to `until`.

    A page of the log's uses is gone through at once, so that a page may be short, or empty, and
    still have a `cursor`. Raises as `audit.uses.uses_of`.
    """
    page = uses.uses_of(
        controller_id, subject_id, since=since, until=until, cursor=cursor, limit=limit
    )
    return SeenPage(tuple(described(controller_id, page.uses)), page.cursor)


def described(controller_id: UUID, found: Sequence[Use]) -> list[Seen]:
    """Those of these uses that are looks at a profile, with what the log says of each."""
    looks = [one for one in found if one.target_type == reads.TARGET]
    notes = _notes([one.id for one in looks])
    titles = _titles(controller_id)
    roles = _roles(controller_id)
    return [_seen(one, notes.get(one.id), titles, roles) for one in looks]


def look(controller_id: UUID, subject_id: UUID, entry_id: UUID) -> Seen | None:
    """The look of that id at this person's profile; None for what is none."""
    rows = log.entries_about(controller_id, subject_id)
    row = rows.filter(id=entry_id, target_type=reads.TARGET, event__in=reads.EVENTS).first()
    if row is None:
        return None
    found = Use(
        row.id, row.at, uses.KINDS[row.event], row.event, row.actor_type, row.actor_id,
        row.purpose, row.reason_code, row.outcome, row.target_type, row.target_id,
    )  # fmt: skip
    return described(controller_id, [found])[0]


def glass_about(
    controller_id: UUID, subject_id: UUID, *, since: UUID | None = None, before: UUID | None = None
) -> list[PastGlass]:
    """The break-glass accesses to this person that are over and may be told, newest first.

    `since` and `before` are ids, as places in time: of a page of the log, for instance.
    """
    rows = BreakGlass.objects.filter(
        controller_id=controller_id, subject_id=subject_id, told_at__isnull=False
    )
    if since is not None:
        rows = rows.filter(id__gte=since)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_past(row) for row in rows.select_related("seat__role").order_by("-id")]


def _past(row: BreakGlass) -> PastGlass:
    return PastGlass(
        case=row.id, role=row.seat.role.name, unit=row.seat.unit, purpose=row.purpose,
        reason=row.reason, opened_at=row.opened_at, ended_at=row.expires_at,
        told_at=row.told_at or row.expires_at, reviewed_at=row.reviewed_at,
        is_justified=row.verdict == Verdict.JUSTIFIED if row.verdict else None,
    )  # fmt: skip


def _seen(
    use: Use, noted: Noted | None, titles: Mapping[str, str], roles: Mapping[str, tuple[str, str]]
) -> Seen:
    """Where the entry's payload has ended, the seat still tells the role."""
    name, unit = roles.get(use.target_id, ("", ""))
    codes = noted.codes if noted else ()
    return Seen(
        id=use.id, at=use.at, actor_type=use.actor_type, actor_id=use.actor_id, role=name,
        unit=unit, purpose=use.purpose, is_list=use.event == "list:viewed",
        is_beyond_view=bool(noted and noted.beyond),
        attributes=tuple(titles.get(one, one) for one in codes),
    )  # fmt: skip


def _notes(ids: Sequence[UUID]) -> dict[UUID, Noted]:
    bodies = log.payloads(list(ids), KEPT) if ids else {}
    return {one: reads.noted(_data(body)) for one, body in bodies.items()}


def _data(body: bytes) -> Mapping[str, Any]:
    said = msgspec.json.decode(body)
    data = said.get("data") if isinstance(said, dict) else None
    return data if isinstance(data, dict) else {}


def _titles(controller_id: UUID) -> dict[str, str]:
    rows = AttributeDefinition.objects.filter(controller_id=controller_id)
    return dict(rows.values_list("code", "title"))


def _roles(controller_id: UUID) -> dict[str, tuple[str, str]]:
    """What the role of each seat is called, and its unit, by the seat's id; ended ones too."""
    names = dict(ReaderRole.objects.filter(controller_id=controller_id).values_list("id", "name"))
    seats = Seat.objects.filter(controller_id=controller_id).values_list("id", "role_id", "unit")
    return {str(one): (names.get(role, ""), unit) for one, role, unit in seats}
