"""Decisions for the suite's own reading: by the decision point's facts and engine, on Django's
connection.

In the transaction of whoever asks, so that what is decided and what is then read are recorded
together or not at all. Nothing is recorded here, and no cap counts. That it decides as the decision
point does is held by a test.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from msgspec.structs import replace
from psycopg.types.json import JsonbLoader

from accounts.selectors import Stamp
from audit.actors import Actor, SubjectRef
from keys import statements
from policies.audiences.reading import View
from policies.pdp import catalogue as catalogues
from policies.pdp import facts as information
from policies.pdp.catalogue import Caller, Catalogue, micros
from policies.pdp.engine import decide, failed
from policies.pdp.extras import Complete, Looked
from policies.pdp.facts import Asked, Clock
from policies.pdp.model import Decision, Facts, Question, ServiceFacts
from policies.pdp.wire import Item
from policies.texts import reason_text

log = structlog.get_logger(__name__)

AT_ONCE: Final = 500
"""So many people are looked up by one statement; the decision point's own batches are as long."""
RELOADS: Final = 3
ACTION: Final = "activate"
NOBODY: Final = UUID(int=0)
STANDING_CODES: Final = {
    "SUBJECT_ERASED": "erased", "RETENTION_VAULT_ONLY": "vault", "ERASURE_PENDING": "erasing",
    "RETENTION_EXPIRED": "expired", "PROCESSING_RESTRICTED": "restricted",
    "SUBJECT_DECEASED": "deceased",
}  # fmt: skip
"""Reasons that say where a person's record stands, and the standing each speaks of."""
_CHOSEN: Final = frozenset((
    "CONSENT_WITHDRAWN", "CONSENT_REFUSED", "CONSENT_INVALID", "CONSENT_REVOKED",
))  # fmt: skip
_OBJECTED: Final = frozenset((
    "OBJECTION_PENDING", "OBJECTED", "VOLUNTARY_USE_OBJECTED", "OPTED_OUT_ADVERTISING",
))  # fmt: skip
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Row = tuple[Any, ...]


class CatalogueMovesError(RuntimeError):
    """The catalogue changed again and again while it was read; nothing was decided."""


@dataclass(frozen=True, slots=True)
class About:
    """One question about one person, by our id of them."""

    subject_id: UUID
    question: Question


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, with the facts it was made from. `subject` is None where there is no such person.

    Whoever uses it hands on no more of the facts than the reader may know.
    """

    decision: Decision
    facts: Facts | None
    subject: SubjectRef | None

    @property
    def text(self) -> str:
        """The first reason in words, as staff and services read it."""
        return reason_text(self.decision.reason_code)

    @property
    def since(self) -> datetime | None:
        """Since when the first reason of a denial holds, where it began at a certain time."""
        if self.facts is None or self.decision.permit:
            return None
        at = _since(self.decision.reason_code, self.facts)
        return None if at is None else _EPOCH + timedelta(microseconds=at)


def decide_many(
    *, controller_id: UUID, caller: Actor, questions: Sequence[About]
) -> list[Decision]:
    """The decision about each question, in order, as the decision point would give it to `caller`.

    A service asks as itself; an officer as the controller's own staff, who may ask about all of
    its purposes. Who has no live key, or is no one of this controller's, is denied. Raises
    CatalogueMovesError and what the database raises; then there is no decision.
    """
    made = decided_many(controller_id=controller_id, caller=caller, questions=questions)
    return [one.decision for one in made]


def decided_many(
    *, controller_id: UUID, caller: Actor, questions: Sequence[About]
) -> list[Decided]:
    """As `decide_many`, with what each was decided from."""
    if not questions:
        return []
    with transaction.atomic(savepoint=False):
        for _ in range(RELOADS):
            catalogue, now = _COMPILED.current()
            asking = _caller(catalogue, controller_id, caller)
            found = _decided(catalogue, [_asked(asking, one) for one in questions], now)
            if found is not None:
                return found
    raise CatalogueMovesError


def _decided(catalogue: Catalogue, asked: list[Asked], now: int) -> list[Decided] | None:
    """None where the catalogue in hand is not the one in force."""
    people = _People(asked)
    view = View(now)
    for some in people.parts():
        found = view.look_up(information.look_up(some))
        people.rows += found
        at, stamp = found[0][-2:]
        if not catalogue.is_in_force(stamp, at):
            view.rest()
            return None
    clock = Clock(at, settings.DECISION_VALID_SECONDS)
    rows = [people.row(one) for one in asked]
    looked = _looked(catalogue, view, asked, rows, clock)
    view.rest()
    return [
        _certain(catalogue, one, row, clock, looked.completing(place))
        for place, (one, row) in enumerate(zip(asked, rows, strict=True))
    ]


class _People:
    """What is looked up, each person once for each purpose however much is asked about them."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self._places: dict[tuple[str, ...], int] = {}
        self._asked: list[Asked] = []
        self.rows: list[Row] = []
        for one in asked:
            if self._key(one) not in self._places:
                self._places[self._key(one)] = len(self._asked)
                self._asked.append(one)

    def parts(self) -> Iterable[list[Asked]]:
        for start in range(0, len(self._asked), AT_ONCE):
            yield self._asked[start : start + AT_ONCE]

    def row(self, one: Asked) -> Row:
        return self.rows[self._places[self._key(one)]]

    def _key(self, one: Asked) -> tuple[str, ...]:
        question = one.item.question
        return one.item.resource_id, question.purpose, question.commitment


def _looked(
    catalogue: Catalogue, view: View, asked: list[Asked], rows: list[Row], clock: Clock
) -> Looked:
    """What the controller's own rules look at; who only looks locks and counts nothing."""
    looked = Looked(catalogue, locks=False)
    for place, (one, row) in enumerate(zip(asked, rows, strict=True)):
        looked.want(place, one, row, clock)
    if looked:
        looked.take([view.look_up(command) for command in looked.reading()])
    return looked


def _certain(
    catalogue: Catalogue, asked: Asked, row: Row, clock: Clock, complete: Complete | None
) -> Decided:
    who = _subject(row)
    try:
        facts = information.facts(row, asked, catalogue, clock).facts
        whole = facts if complete is None else complete(facts)
        return Decided(decide(whole, asked.caller.policy(clock.now)), whole, who)
    except Exception as error:  # a bug denies this question alone (P4)
        log.error("decision_failed", error=type(error).__name__)
        return Decided(failed(None, "ENGINE_ERROR"), None, who)


def _subject(row: Row) -> SubjectRef | None:
    if not row[0]:
        return None
    return SubjectRef(UUID(bytes=row[0]), UUID(bytes=row[1]) if row[1] else None)


def _asked(caller: Caller, about: About) -> Asked:
    question = replace(about.question, caller=caller.code, caller_type="service")
    return Asked(Item(question, str(about.subject_id)), caller)


def _caller(catalogue: Catalogue, controller_id: UUID, by: Actor) -> Caller:
    """Who asks, as the registry knows them; a stranger is denied like an inactive service."""
    house = catalogue.houses.get(controller_id)
    if by.type == "officer" and house is not None:
        return house
    now = micros(timezone.now())
    for one in catalogue.callers.values():
        is_it = by.type == "service" and (one.id, one.controller_id) == (by.id, controller_id)
        if is_it and now < one.expires_at:
            return one
    return Caller("", controller_id, controller_id.bytes, "", 0, {}, ServiceFacts(), {}, None)


def _since(code: str, facts: Facts) -> int | None:
    """The microsecond since which a denial's reason holds."""
    if code in _CHOSEN:
        return facts.consent.since or None
    if code == "CONSENT_EXPIRED":
        return facts.consent.expires_at or facts.consent.since or None
    if code == "OBJECTED_DIRECT_MARKETING":
        return facts.objected_marketing_at
    if code in _OBJECTED:
        return max((one.since for one in facts.objections), default=None)
    state, person = STANDING_CODES.get(code), facts.subject
    standings = person.standings if person is not None and state else ()
    return min((one.since for one in standings if one.state == state), default=None)


class _Reader:
    """Django's connection, reading documents as the catalogue wants them."""

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Any:
        connection.ensure_connection()
        cursor = psycopg.Cursor(cast(psycopg.Connection[Any], connection.connection))
        cursor.adapters.register_loader("jsonb", JsonbLoader)
        return cursor.execute(cast(Any, statement), parameters or None)


_STAMP: Final = "SELECT version, xmin::text, now() FROM accounts_cataloguestamp"


def _stamp() -> tuple[Stamp, int]:
    """The stamp as this transaction sees it, and the transaction's time, which the facts share."""
    ((version, writer, now),) = statements.rows(_STAMP, ())
    return (int(version), str(writer)), micros(now)


class _Compiled:
    """The newest catalogue of this process, as this transaction may see it.

    Kept under the stamp and whoever wrote it: what a rolled-back transaction saw is met no more.
    """

    def __init__(self) -> None:
        self._kept: tuple[Stamp, Catalogue] | None = None
        self._turn = threading.Lock()

    def current(self) -> tuple[Catalogue, int]:
        """Read and compiled where the tables have changed; and the transaction's time.

        Raises CatalogueMovesError.
        """
        for _ in range(RELOADS):
            stamp, now = _stamp()
            kept = self._kept
            if kept and kept[0] == stamp and kept[1].is_in_force(stamp[0], now):
                return kept[1], now
            with self._turn:  # one thread reads, the others then have it
                if self._kept is kept:
                    made = catalogues.load(cast(Any, _Reader()))
                    self._kept = (stamp, made) if made.version == stamp[0] else None
        raise CatalogueMovesError


_COMPILED: Final = _Compiled()
