"""Asking for an audience, naming people for it, taking it, and its end. Each is recorded."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import members
from audit import services as audit
from audit.actors import Actor, Target
from keys.problems import DomainError
from policies.audiences import lists, returning
from policies.audiences.chunks import Chunk
from policies.audiences.errors import (
    AudienceFailedError,
    AudienceNotReadyError,
    AudienceNotStoppableError,
    AudienceOverError,
    AudienceStoppedError,
    ListTooLargeError,
    SegmentCodeError,
    SegmentUnknownError,
)
from policies.audiences.models import Audience, AudiencePart, AudienceState, IdList, IdPart
from policies.pdp.model import Question
from subjects import selectors as subjects
from subjects.schemes import MalformedIdentifierError, normalise
from work import services as work

KIND: Final = "policies.audience"
PART: Final = 100_000
LOOKED_UP: Final = 10_000
AT_ONCE: Final = 100
_FORGET = """
UPDATE policies_idpart i
SET ids = substring(i.ids FROM 1 FOR 16 * p.place) || substring(i.ids FROM 16 * p.place + 17)
FROM (
  SELECT id, audit_place_among(ids, %(person)s) AS place FROM policies_idpart
  WHERE controller_id = %(log)s
) p
WHERE i.id = p.id AND p.place IS NOT NULL
"""
ENDINGS: Final[dict[AudienceState, type[DomainError]]] = {
    AudienceState.STOPPED: AudienceStoppedError,
    AudienceState.FAILED: AudienceFailedError,
    AudienceState.EXPIRED: AudienceOverError,
}
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Named:
    """People as a service named them: ids, and how many names are nobody's."""

    ids: frozenset[bytes]
    strangers: int


def named(controller_id: UUID, kind: str, body: bytes, *, scheme: str = "") -> Named:
    """The people of a list: by our ids or, with a `scheme`, by the company's own.

    Raises ListMalformedError, FormatMissingError, ListTooLargeError, UnknownSchemeError.
    """
    if len(body) > settings.AUDIENCE_LIST_BYTES:
        raise ListTooLargeError
    texts = _few_enough(lists.values(kind, body))
    if not scheme:
        ids, strangers = lists.ids_of(texts)
        return Named(frozenset(ids), strangers)
    return _looked_up(controller_id, scheme, texts)


@transaction.atomic
def put_segment(*, by: Actor, controller_id: UUID, code: str, people: Named) -> IdList:
    """Replace a segment as a whole. Audiences in the making keep the people they began with.

    Raises SegmentCodeError.
    """
    if not re.fullmatch(lists.SEGMENT, code):
        raise SegmentCodeError
    IdList.objects.select_for_update().filter(controller_id=controller_id, segment=code).update(
        segment=""
    )
    made = _store(controller_id, people, segment=code)
    audit.record(
        event="segment:replaced", by=by, controller_id=controller_id,
        target=Target("segment", code),
        data={"segment": code, "people": made.count, "strangers": made.strangers},
    )  # fmt: skip
    return made


@transaction.atomic
def request(
    *, by: Actor, controller_id: UUID, service_id: UUID, question: Question, segment: str = "",
    people: Named | None = None,
) -> Audience:  # fmt: skip
    """Ask whom the service may reach: the named people, a segment's, or all of the controller.

    Decided by a job. Raises SegmentUnknownError.
    """
    listed = _list(controller_id, segment, people)
    total = (
        listed.count + listed.strangers
        if listed
        else subjects.subjects([controller_id]).order_by().count()
    )
    audience = Audience.objects.create(
        controller_id=controller_id, service_id=service_id, list=listed, total=total,
        question=msgspec.to_builtins(question), purpose=question.purpose,
        campaign=question.campaign, created_at=timezone.now(), is_listed=listed is not None,
        segment=segment if people is None else "",
    )  # fmt: skip
    data = {"question": audience.question, "total": total, "segment": segment,
            "listed": listed is not None}  # fmt: skip
    _record("audience:requested", by, audience, data)
    work.enqueue(
        kind=KIND, controller_id=controller_id, payload={"audience": str(audience.id)},
        dedupe_key=str(audience.id), total=total,
    )  # fmt: skip
    return audience


def add(audience: Audience, made: Iterable[Chunk]) -> None:
    """Record chunks of permits, each an entry, and whom it names. In the job's transaction."""
    by = Actor("service", str(audience.service_id))
    for number, chunk in enumerate(made, audience.parts.count()):
        entry_id = audit.record(
            event="audience:recorded", by=by, controller_id=audience.controller_id,
            target=Target("audience", str(audience.id)), purpose=audience.purpose[:100],
            outcome="permit", reason_code=chunk.reason_code,
            data={"audience": str(audience.id), "part": number, **chunk.data},
        )  # fmt: skip
        members.put(entry_id, audience.controller_id, chunk.ids)
        AudiencePart.objects.create(
            id=entry_id, controller_id=audience.controller_id, audience=audience, number=number,
            count=len(chunk), valid_until=at(chunk.valid_until),
            obligations=[{"id": one.code, "properties": one.args} for one in chunk.obligations],
        )  # fmt: skip
        audience.permitted += len(chunk)


def finish(audience: Audience, *, problem: str = "") -> None:
    """Record that everybody was decided about, or why that could not be.

    What caps counted for one that failed is given back.
    """
    audience.state = AudienceState.FAILED if problem else AudienceState.READY
    audience.problem, audience.ready_at = problem, timezone.now()
    audience.valid_until = max(
        audience.parts.values_list("valid_until", flat=True), default=audience.ready_at
    )
    audience.save()
    if problem:
        returning.begin(audience)
    data = {"total": audience.total, "permitted": audience.permitted, "problem": problem,
            "excluded": audience.excluded}  # fmt: skip
    _record("audience:finished", Actor("service", str(audience.service_id)), audience, data)


def require_ready(audience: Audience) -> None:
    """Raises AudienceFailedError, AudienceNotReadyError, AudienceOverError, AudienceStoppedError
    where there is nothing to take.
    """
    if audience.state in ENDINGS:
        raise ENDINGS[AudienceState(audience.state)]
    if audience.state != AudienceState.READY or audience.valid_until is None:
        raise AudienceNotReadyError
    if audience.valid_until <= timezone.now():
        raise AudienceOverError


@transaction.atomic
def take(*, by: Actor, audience: Audience, form: str, left_out: int) -> None:
    """Record that the result is handed out, before it is.

    `left_out` have done something since that ends their permit. Raises as `require_ready`.
    """
    found = Audience.objects.select_for_update().get(id=audience.id)
    require_ready(found)
    found.taken, found.taken_at = found.taken + 1, timezone.now()
    found.save(update_fields=["taken", "taken_at"])
    data = {"format": form, "permitted": audience.permitted, "left_out": left_out}
    _record("audience:taken", by, audience, data)


@transaction.atomic
def stop(*, by: Actor, audience: Audience) -> Audience:
    """End an audience before its time: no more is decided, and nobody takes it any more.

    Whoever was handed out already is still recalled when they withdraw, and stays counted by caps;
    of an audience that nobody took the counts are given back. Raises AudienceNotStoppableError.
    """
    found = Audience.objects.select_for_update().get(id=audience.id)
    if found.state not in {AudienceState.MAKING, AudienceState.READY}:
        raise AudienceNotStoppableError
    found.state, found.problem = AudienceState.STOPPED, "stopped_by_officer"
    found.save(update_fields=["state", "problem"])
    _record("audience:stopped", by, found, {"decided": found.decided, "taken": found.taken})
    returning.begin(found)
    return found


@transaction.atomic
def end_old() -> int:
    """End audiences whose permits are over, and lists that nothing asks about; how many ended.

    Whom an entry named stays findable for as long as the entry's line lives.
    """
    now = timezone.now()
    over = Audience.objects.filter(state=AudienceState.READY, valid_until__lte=now)
    stuck = Audience.objects.filter(
        state=AudienceState.MAKING, created_at__lte=now - timedelta(days=1)
    )
    ended = over.filter(taken__gt=0).update(state=AudienceState.EXPIRED)
    for one in _locked(over.filter(taken=0)):
        one.state, ended = AudienceState.EXPIRED, ended + 1
        one.save(update_fields=["state"])
        returning.begin(one)
    for one in _locked(stuck):
        finish(one, problem="never_finished")
        ended += 1
    making = Audience.objects.filter(state=AudienceState.MAKING, list__isnull=False)
    idle = IdList.objects.filter(segment="").exclude(id__in=making.values("list_id"))
    for unasked in idle.order_by("id")[:AT_ONCE]:
        unasked.delete()
    members.end()
    return ended


def forget(*, controller_id: UUID, subject_id: UUID) -> int:
    """Take a person out of the controller's lists and segments; of how many parts.

    With `audit.services.forget`, which takes them out of the audiences, where a person is erased.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"log": controller_id, "person": subject_id})
        return int(cursor.rowcount)


def forget_many(*, controller_id: UUID, subject_ids: Iterable[UUID]) -> int:
    """As `forget`, of many people; nothing is asked of anybody where there are no lists."""
    if not IdPart.objects.filter(controller_id=controller_id).exists():
        return 0
    return sum(forget(controller_id=controller_id, subject_id=one) for one in subject_ids)


def at(micros: int) -> datetime:
    """The time of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def _locked(audiences: QuerySet[Audience]) -> Iterable[Audience]:
    """Some of these, oldest first; whatever somebody is at work on waits for the next time."""
    return list(audiences.select_for_update(skip_locked=True).order_by("id")[:AT_ONCE])


def _list(controller_id: UUID, segment: str, people: Named | None) -> IdList | None:
    if people is not None:
        return _store(controller_id, people)
    if not segment:
        return None
    found = IdList.objects.filter(controller_id=controller_id, segment=segment).first()
    if found is None:
        raise SegmentUnknownError
    return found


def _store(controller_id: UUID, people: Named, *, segment: str = "") -> IdList:
    made = IdList.objects.create(
        controller_id=controller_id, segment=segment, count=len(people.ids),
        strangers=people.strangers,
    )  # fmt: skip
    for number, ids in enumerate(lists.parts(people.ids, PART)):
        IdPart.objects.create(controller_id=controller_id, list=made, number=number, ids=ids)
    return made


def _few_enough(texts: Iterable[str]) -> Iterator[str]:
    """Parquet can say the same id a billion times in a few bytes. Raises ListTooLargeError."""
    most = settings.AUDIENCE_LIST_BYTES // lists.ID
    for number, text in enumerate(texts):
        if number >= most:
            raise ListTooLargeError
        yield text


def _looked_up(controller_id: UUID, scheme: str, texts: Iterable[str]) -> Named:
    """The people of the company's own identifiers, found by keyed hash as single checks are."""
    waiting, ids, strangers = iter(texts), set[bytes](), set[str]()
    while some := list(islice(waiting, LOOKED_UP)):
        wanted = set()
        for text in some:
            try:
                wanted.add(normalise(scheme, text))
            except MalformedIdentifierError:
                strangers.add(text)
        found = subjects.find_many(controller_id, scheme, sorted(wanted))
        ids.update(one.bytes for one in found.values())
        strangers |= wanted - found.keys()
    return Named(frozenset(ids), len(strangers))


def _record(event: str, by: Actor, audience: Audience, data: dict[str, object]) -> None:
    audit.record(
        event=event, by=by, controller_id=audience.controller_id,
        target=Target("audience", str(audience.id)), purpose=audience.purpose[:100], data=data,
    )  # fmt: skip
