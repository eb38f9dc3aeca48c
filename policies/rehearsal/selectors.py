"""Questions about recorded decisions."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from audit import selectors as log
from policies.pdp.policy import NONE, Guardrails
from policies.pdp.record import EVENT
from policies.rehearsal.models import Rehearsal
from policies.rehearsal.recorded import UnreadableDecisionError, read
from policies.rehearsal.replaying import Finding, Replay, label_parts, replay
from policies.rehearsal.tally import Tally, header
from policies.versions import selectors as versions

__all__ = ["Rehearsal", "Replayed", "counted", "flips", "policy_of", "rehearsals", "replayed"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A line of the log's index about a decision, and what computing it again came to.

    `alike`: how many others of an audience were decided about by the same facts.
    """

    id: UUID
    controller_id: UUID
    at: datetime
    service_id: str
    subject_id: UUID | None
    purpose: str
    outcome: str
    reason_code: str
    replay: Replay
    alike: int = 0


def replayed(controller_ids: Iterable[UUID], decision_id: UUID) -> Replayed | None:
    """The decision in one of these controllers' logs, made again; None where there is none.

    Three queries at most. Raises nothing for what is gone or cannot be read: the finding says so.
    """
    rows = log.entries(list(controller_ids)).filter(id=decision_id, event=EVENT)
    row = rows.first()
    if row is None:
        return None
    body = log.payloads([row.id], {row.retention_class}).get(row.id)
    return Replayed(
        row.id, row.controller_id, row.at, row.actor_id, row.subject_id, row.purpose, row.outcome,
        row.reason_code, _replay(row.controller_id, body),
    )  # fmt: skip


def _replay(controller_id: UUID, body: bytes | None) -> Replay:
    if body is None:
        return Replay(Finding.GONE)
    try:
        recorded = read(body)
    except UnreadableDecisionError:
        return Replay(Finding.UNREADABLE)
    return replay(recorded, policy_of(controller_id, recorded.decision.policy_version))


def policy_of(controller_id: UUID, label: str) -> Guardrails | None:
    """The controller's policy that a decision names; NONE where it names none, None where it is
    not to be found.
    """
    _, number = label_parts(label)
    if not number:
        return NONE
    found = versions.version(controller_id, number)
    return versions.compiled_version(found) if found is not None else None


def rehearsals(controller_ids: Iterable[UUID]) -> QuerySet[Rehearsal]:
    """The rehearsals of these controllers, newest first."""
    return Rehearsal.objects.filter(controller_id__in=controller_ids).order_by("-id")


def counted(rehearsal: Rehearsal) -> Tally:
    """What it has counted so far, all parts together."""
    found = Tally()
    parts = rehearsal.parts.order_by("number").values_list("counted", flat=True)
    for part in parts.iterator(chunk_size=10):
        found.add(Tally.of_dict(part))
    return found


def flips(rehearsal: Rehearsal) -> Iterator[bytes]:
    """The decisions that would come out the other way, as CSV, part by part."""
    yield header()
    parts = rehearsal.parts.order_by("number").values_list("flips", flat=True)
    for packed in parts.iterator(chunk_size=1):
        yield from _unpacked(bytes(packed))


def _unpacked(packed: bytes) -> Iterator[bytes]:
    """One packed piece behind the other."""
    while packed:
        reader = zlib.decompressobj(wbits=31)
        yield reader.decompress(packed)
        packed = reader.unused_data
