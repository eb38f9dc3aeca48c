"""Reading profiles: role, purpose, decision and freshness decide the fields, and the read is on
record before anything is shown (P11).
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import selectors as accounts
from accounts.roles import Permission
from audit import services as audit
from audit.actors import Actor
from keys import services as keys
from policies.deciding import CatalogueMovesError
from profiles import alike, assembling, live, reads, relations, rulings, selectors
from profiles.assembling import Said, Shelf
from profiles.errors import (
    CaseMalformedError,
    NoSeatError,
    PurposeMissingError,
    ReadNotRecordedError,
    SeatAmbiguousError,
    SubjectNotFoundError,
    TooManySubjectsError,
)
from profiles.fields import (
    TREATMENTS,
    Defined,
    FieldShown,
    Planned,
    ProfileShown,
    Why,
    fields,
    plan,
)
from profiles.live import Heard
from profiles.masks import masked
from profiles.models import Relation, Treatment
from profiles.reasons import names_somebody
from profiles.rulings import Ruled, Use
from profiles.selectors import Sitting
from profiles.services.widening import NOTHING, Widened, widened
from subjects.sealing import keyring

log = structlog.get_logger(__name__)

MOST: Final = 100
"""So many people are in one list at most."""
NOBODY: Final = UUID(int=0)
"""Looked up in place of who is not there for the reader, so that both cost the same (PRO-06)."""
PURPOSE: Final = re.compile(r"[a-z0-9_]{1,100}(\.[a-z0-9_]{1,100})*", re.ASCII)
LONGEST_PURPOSE, LONGEST_CASE = 100, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who reads, for what, and in what capacity the people are looked at."""

    by: Actor
    controller_id: UUID
    purpose: str
    role: str | None
    unit: str | None
    relation: Relation
    case: str

    @property
    def use(self) -> Use:
        return Use(purpose=self.purpose, case=self.case)


def read(  # noqa: PLR0913 (who asks, about whom, and in what capacity)
    *,
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    purpose: str,
    role: str | None = None,
    unit: str | None = None,
    relation: Relation = Relation.SELF,
    case: str = "",
) -> ProfileShown:
    """A person's profile as this reader may see it for this purpose.

    `role` and `unit` choose among the reader's seats; they may be left out where there is one.
    `case` is what a reserved purpose serves. What was revealed to this seat, or opened by broken
    glass, is shown beyond the view. Raises NoSeatError, SeatAmbiguousError, PurposeMissingError,
    CaseMalformedError, SubjectNotFoundError (nobody, another controller's, erased, not in that
    capacity, restricted for a reader without the right to see those: all alike), and
    ReadNotRecordedError (then nothing is shown).
    """
    asking = Asking(
        by=by, controller_id=controller_id, purpose=purpose, role=role, unit=unit,
        relation=relation, case=case,
    )  # fmt: skip
    found = _read(asking, [subject_id], is_list=False)
    if not found:
        raise SubjectNotFoundError
    return found[0]


def read_many(  # noqa: PLR0913 (as `read`)
    *,
    by: Actor,
    controller_id: UUID,
    subject_ids: Sequence[UUID],
    purpose: str,
    role: str | None = None,
    unit: str | None = None,
    relation: Relation = Relation.SELF,
    case: str = "",
) -> list[ProfileShown]:
    """The profiles of at most 100 people, in the order asked; who is absent is left out.

    Nothing is shown beyond the view, nothing sensitive is in a list (PRO-07), and sources that are
    read live are not asked. Raises as `read`, but no SubjectNotFoundError; TooManySubjectsError.
    """
    wanted = list(dict.fromkeys(subject_ids))
    if not 1 <= len(wanted) <= MOST:
        raise TooManySubjectsError
    asking = Asking(
        by=by, controller_id=controller_id, purpose=purpose, role=role, unit=unit,
        relation=relation, case=case,
    )  # fmt: skip
    return _read(asking, wanted, is_list=True)


def _read(asking: Asking, ids: list[UUID], *, is_list: bool) -> list[ProfileShown]:
    _check(asking)
    began = alike.began()
    try:
        found = _attempt(asking, ids, is_list=is_list)
    except (DatabaseError, CatalogueMovesError) as error:
        log.error("profile_read_failed", error=type(error).__name__)
        raise ReadNotRecordedError from None
    if len(found) < len(ids):
        alike.wait(began)
    return [one.shown for one in found]


def _attempt(asking: Asking, ids: list[UUID], *, is_list: bool) -> "list[_Person]":
    """Live sources are asked between two transactions: none is held open while they think."""
    try:
        with transaction.atomic():
            return _read_and_record(_reading(asking, is_list=is_list), ids)
    except _ListenFirst as first:
        heard = live.listen(
            controller_id=asking.controller_id, subject_id=ids[0], codes=first.codes,
            units=relations.units_of(first.unit),
        )  # fmt: skip
    with transaction.atomic():
        return _read_and_record(_reading(asking, is_list=is_list, heard=heard), ids)


def _read_and_record(reading: "_Reading", ids: list[UUID]) -> "list[_Person]":
    found = reading.people(ids)
    _record(reading, found)
    return found


class _ListenFirst(Exception):  # noqa: N818 (nothing is wrong)
    """Live sources have to be asked about these attributes before the reading can be recorded."""

    def __init__(self, codes: Collection[str], unit: str) -> None:
        super().__init__()
        self.codes = codes
        self.unit = unit


def _check(asking: Asking) -> None:
    """Raises PurposeMissingError, CaseMalformedError: what is recorded is never free text."""
    if len(asking.purpose) > LONGEST_PURPOSE or not PURPOSE.fullmatch(asking.purpose):
        raise PurposeMissingError
    case = asking.case
    if len(case) > LONGEST_CASE or not case.isprintable() or names_somebody(case):
        raise CaseMalformedError


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody who is there for the reader, as they are shown, and by what beyond the view."""

    ruled: Ruled
    shown: ProfileShown
    beyond: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One reading in its transaction: the reader's seat, the matrix in force, the sources."""

    asking: Asking
    is_list: bool
    sitting: Sitting
    definitions: Sequence[Defined]
    cells: Sequence[Any]
    shelf: Shelf
    sees_restricted: bool
    at: datetime
    heard: Sequence[Heard] | None

    def people(self, ids: list[UUID]) -> list[_Person]:
        """Who is there for the reader, as the reader sees them, in the order asked."""
        there = self._there(ids)
        looked_up = [one if one in there else NOBODY for one in ids]
        opened = self._widened(looked_up)
        stored = selectors.records(self.asking.controller_id, looked_up)
        owners = {record.subject_id for records in stored.values() for record in records}
        ring = keyring(self.asking.controller_id, [*dict.fromkeys([*looked_up, *owners])])
        found = []
        for one in ids:
            if one in there:
                planned = plan(
                    self.definitions, self.cells, there[one].by_category, opened.opens,
                    unmasks=opened.unmasks, is_list=self.is_list,
                )  # fmt: skip
                said = assembling.said(stored.get(one, ()), planned, self.shelf, ring)
                shown = self._shown(one, there[one], planned, said)
                is_beyond = any(field.is_beyond_view for field in shown.fields)
                beyond = opened.reference if is_beyond else ""
                found.append(_Person(there[one], shown, beyond))
        return found

    def _there(self, ids: list[UUID]) -> dict[UUID, Ruled]:
        asking = self.asking
        found = rulings.ruled(
            by=asking.by, controller_id=asking.controller_id, subject_ids=ids, use=asking.use,
            categories=self._categories(), sees_restricted=self.sees_restricted,
        )  # fmt: skip
        capable = relations.in_capacity(
            asking.controller_id, ids, asking.relation, self.sitting.unit
        )
        return {one: ruled for one, ruled in found.items() if one in capable}

    def _categories(self) -> Iterable[str]:
        """The categories to decide about: in a list those that the matrix shows at all."""
        if not self.is_list:
            return (one.category for one in self.definitions)
        return (one.category for one in self.cells if one.treatment in TREATMENTS)

    def _widened(self, ids: list[UUID]) -> Widened:
        if self.is_list:
            return NOTHING
        return widened(
            controller_id=self.asking.controller_id, seat_id=self.sitting.seat_id,
            holder_id=self.asking.by.id, subject_id=ids[0], purpose=self.asking.purpose,
            now=self.at,
        )  # fmt: skip

    def _listened(self, planned: Sequence[Planned]) -> Sequence[Heard]:
        """What live sources said. Raises _ListenFirst where they are still to be asked."""
        if self.heard is not None or not self.shelf.live():
            return self.heard or ()
        if self.is_list:
            return assembling.unasked(self.shelf, planned)
        raise _ListenFirst({one.defined.code for one in planned if one.why is None},
                           self.sitting.unit)  # fmt: skip

    def _shown(
        self, subject_id: UUID, ruled: Ruled, planned: Sequence[Planned], said: Said
    ) -> ProfileShown:
        heard = self._listened(planned)
        for code, each in assembling.told(heard, planned).items():
            said.setdefault(code, []).extend(each)
        made = fields(planned, said, now=self.at, treat=self._treat)
        return ProfileShown(
            subject_id=subject_id, purpose=self.asking.purpose, role=self.sitting.role,
            unit=self.sitting.unit, relation=str(self.asking.relation), as_of=self.at,
            decision=rulings.shown(ruled.whole), fields=made,
            sources=assembling.sources(made, self.shelf, heard),
        )  # fmt: skip

    def _treat(self, defined: Defined, treatment: str, value: Any) -> Any:
        key = self._key(defined.code) if treatment == Treatment.TOKEN else b""
        return masked(treatment, defined.kind, value, key=key)

    def _key(self, code: str) -> bytes:
        """Of one attribute of one controller: tokens of two attributes tell nothing together."""
        owner = self.asking.controller_id.bytes + code.encode()
        return keys.derived_key(use="profiles.token", owner=owner).value


def _reading(asking: Asking, *, is_list: bool, heard: Sequence[Heard] | None = None) -> _Reading:
    log_id = asking.controller_id
    sitting = _seat(asking)
    return _Reading(
        asking=asking, is_list=is_list, sitting=sitting, at=timezone.now(), heard=heard,
        definitions=selectors.definitions(log_id),
        cells=selectors.cells(log_id, sitting.role_id, asking.purpose, asking.relation),
        shelf=Shelf(selectors.sources(log_id), sitting.unit),
        sees_restricted=_sees_restricted(asking),
    )  # fmt: skip


def _seat(asking: Asking) -> Sitting:
    """The one seat meant. Raises NoSeatError, SeatAmbiguousError."""
    mine = [
        one for one in selectors.sittings(asking.controller_id, asking.by)
        if asking.role in (None, one.role) and asking.unit in (None, one.unit)
    ]  # fmt: skip
    if not mine:
        raise NoSeatError
    if len(mine) > 1:
        raise SeatAmbiguousError
    return mine[0]


def _sees_restricted(asking: Asking) -> bool:
    """Whether hidden people are shown: to staff with that permission, and to no service."""
    if asking.by.type != "officer":
        return False
    return accounts.permits(asking.by.id, Permission.VIEW_RESTRICTED, asking.controller_id)


def _record(reading: _Reading, found: Sequence[_Person]) -> None:
    """One entry a person shown, each naming what was shown of them; one where nobody was."""
    shown = [_draft(reading, one, of=len(found)) for one in found]
    audit.record_many(shown or [_nobody(reading)])


def _draft(reading: _Reading, person: _Person, *, of: int) -> audit.Draft:
    asking, decision = reading.asking, person.ruled.whole.decision
    return audit.Draft(
        event="list:viewed" if reading.is_list else "record:viewed", by=asking.by,
        controller_id=asking.controller_id, target=reads.target(reading.sitting.seat_id),
        subject=person.ruled.subject, purpose=asking.purpose,
        outcome="permit" if decision.permit else "deny", reason_code=decision.reason_code,
        data=_data(reading, _outcomes(person.shown.fields), of=of, beyond=person.beyond),
    )  # fmt: skip


def _nobody(reading: _Reading) -> audit.Draft:
    """That somebody looked and was shown nobody: whom they asked about stands nowhere."""
    asking = reading.asking
    return audit.Draft(
        event="list:viewed", by=asking.by, controller_id=asking.controller_id,
        target=reads.target(reading.sitting.seat_id), purpose=asking.purpose,
        data=_data(reading, {}, of=0, beyond=""),
    )  # fmt: skip


def _data(
    reading: _Reading, outcomes: Mapping[str, tuple[str, ...]], *, of: int, beyond: str
) -> dict[str, Any]:
    asking = reading.asking
    noted = reads.Noted(
        role=reading.sitting.role, unit=reading.sitting.unit, relation=str(asking.relation),
        outcomes=outcomes, beyond=beyond,
    )  # fmt: skip
    case = {"case": asking.case} if asking.case else {}
    return {**reads.data(noted), **case, "shown": of}


def _outcomes(shown: Iterable[FieldShown]) -> dict[str, tuple[str, ...]]:
    """Attribute codes by what became of them: the treatment, or why they are absent."""
    found: dict[str, list[str]] = {}
    for one in shown:
        is_given = one.why is None or (one.why is Why.MASKED and one.value is not None)
        found.setdefault(one.treatment if is_given else str(one.why), []).append(one.code)
    return {outcome: tuple(codes) for outcome, codes in found.items()}
