"""Putting into the vault what a plan says, sealed under keys of its own, and destroying it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure import sealing
from erasure.models import VaultItem
from keys import services as keys
from keys.bulk import copy_in
from keys.ids import uuid7
from profiles import vaulting
from subjects import holds

__all__ = ["IDENTIFIERS", "Due", "Kept", "destroy_due", "due", "store", "unsealed"]

IDENTIFIERS: Final = "identifiers"
"""The element by which the others can be found again for the law they are kept for."""
LEAST: Final = timedelta(days=365)
"""DPDP Rules r.8(3): at least a year from the processing."""
_ANY: Final = ""
_CONTEXT: Final = b"erasure.vault:"


class Kept(NamedTuple):
    """What one case puts into the vault: elements of its plan with the fate `vault`."""

    case_id: UUID
    subject_id: UUID
    elements: tuple[Mapping[str, Any], ...]


class _Row(NamedTuple):
    """An element's columns."""

    id: UUID
    controller_id: UUID
    subject_id: UUID
    case_id: UUID
    category: str
    element: str
    citation: str
    destroy_on: date
    stored_at: datetime
    sealed: bytes
    wrapped_key: bytes
    wrapping_version: int


class _Part(NamedTuple):
    category: str
    element: str
    value: Any
    citation: str
    destroy_on: date


class Due(NamedTuple):
    """Elements whose day has come."""

    free: int
    held: int


@transaction.atomic
def store(*, by: Actor, controller_id: UUID, kept: Sequence[Kept]) -> int:
    """Seal what these cases keep of their people; returns how many elements are new.

    Each element has a key of its own, so that one can be destroyed without the others. What nobody
    knows of the person has nothing to be kept. May be repeated: an element is stored once a case.
    """
    if not kept:
        return 0
    ids = {one.subject_id for one in kept}
    known = vaulting.known(controller_id, ids)
    names = sealing.known_by(controller_id, ids)
    there = set(
        VaultItem.objects.filter(case_id__in=[one.case_id for one in kept]).values_list(
            "case_id", "category", "element"
        )
    )
    now = timezone.now()
    new = [
        _row(controller_id, one, part, now)
        for one in kept
        for part in _parts(one, known.get(one.subject_id, {}), names.get(one.subject_id))
        if (one.case_id, part.category, part.element) not in there
    ]
    copy_in("erasure_vaultitem", _Row._fields, new)
    if new:
        data = {"people": len(ids), "elements": len(new)}
        _record("vault:stored", by, controller_id, Target("cases", ""), data)
    return len(new)


@transaction.atomic
def destroy_due(*, limit: int, today: date | None = None) -> int:
    """Destroy the keys of elements whose day has come (DPDP Rules r.8(3)); returns how many.

    While a legal hold stands on the person it waits.
    """
    due = _free(today or timezone.localdate()).select_for_update(skip_locked=True, of=("self",))
    rows = list(due.order_by("destroy_on", "id")[:limit])
    VaultItem.objects.filter(pk__in=[row.id for row in rows]).update(
        sealed=None, wrapped_key=None, wrapping_version=None, destroyed_at=timezone.now()
    )
    audit.record_many(
        audit.Draft(
            event="vault:destroyed", by=Actor.system("vault"), controller_id=row.controller_id,
            target=Target("vault_item", str(row.id)), data={"citation": row.citation},
        )
        for row in rows
    )  # fmt: skip
    return len(rows)


def due(today: date | None = None) -> Due:
    """How many elements would be destroyed now, and how many more a legal hold keeps."""
    day = today or timezone.localdate()
    free = _free(day).count()
    return Due(free, _over(day).count() - free)


def _over(day: date) -> QuerySet[VaultItem]:
    """Whose day has come."""
    return VaultItem.objects.filter(destroyed_at=None, destroy_on__lte=day)


def _free(day: date) -> QuerySet[VaultItem]:
    """Those of them that no hold keeps."""
    over = _over(day).exclude(controller_id__in=holds.held_companies())
    held = over.filter(subject__standings__state="hold", subject__standings__ended_at=None)
    return over.exclude(pk__in=held.values("pk"))


def unsealed(item: VaultItem) -> Any:
    """What an element says. The caller records the reading first (P11). Raises UnsealError."""
    key = keys.unwrap(item.wrapping_version, bytes(item.wrapped_key), context=item.id.bytes)  # type: ignore[arg-type] # an element that is not destroyed is whole
    text = keys.open_sealed(key, bytes(item.sealed), context=_CONTEXT + item.id.bytes)  # type: ignore[arg-type]
    return json.loads(text)


def _parts(kept: Kept, known: Mapping[str, Any], names: Any) -> Iterator[_Part]:
    terms = {one["category"]: (one["citation"], _day(one.get("until"))) for one in kept.elements}
    for category, value in known.items():
        found = terms.get(category) or terms.get(_ANY)
        if found:
            yield _Part(category, "profile", value, *found)
    if names:
        citation, until = max(terms.values(), key=lambda term: term[1])
        yield _Part(IDENTIFIERS, IDENTIFIERS, names, citation, until)


def _day(until: str | None) -> date:
    return date.fromisoformat(until) if until else timezone.localdate() + LEAST


def _row(controller_id: UUID, kept: Kept, part: _Part, now: datetime) -> _Row:
    item_id, key = uuid7(), keys.new_data_key()
    wrapped = keys.wrap(key, context=item_id.bytes)
    text = json.dumps(part.value, ensure_ascii=False).encode()
    return _Row(
        item_id, controller_id, kept.subject_id, kept.case_id, part.category, part.element,
        part.citation, part.destroy_on, now, keys.seal(key, text, context=_CONTEXT + item_id.bytes),
        wrapped.blob, wrapped.version,
    )  # fmt: skip


def _record(
    event: str, by: Actor, controller_id: UUID, target: Target, data: Mapping[str, object]
) -> None:
    audit.record(event=event, by=by, controller_id=controller_id, target=target, data=data)
