"""Recording what services report: held against the decision, sealed, one entry each (AUD-08)."""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from accounts import selectors as accounts
from audit import alarms
from audit import selectors as log
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from audit.alarms import AlarmKind
from audit.canonical import canonical
from audit.classes import RetentionClass
from consent import selectors as consents
from consent.errors import PurposeUnknownError
from keys.problems import DomainError
from policies.audiences import permits as audiences
from policies.intake.backing import Claim, Made, gaps
from policies.intake.reports import SEALED_AS, Report
from policies.pdp.model import Decision
from registry import selectors as registry
from subjects import naming, sealing

DECISIONS = "decision:made"
KEPT = (RetentionClass.PROCESSING.value, "held")
"""The classes in which the payloads of decisions are; the key of both tables begins with it."""
BACKED, UNBACKED = "backed", "unbacked"


class RefusedError(Exception):
    """Some of the reports cannot be recorded, so none was: what is wrong, by place."""

    def __init__(self, faults: Mapping[int, DomainError]) -> None:
        super().__init__(f"{len(faults)} reports refused")
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A report in the log. `gaps` are the codes of why no decision backs it; empty: one does."""

    entry_id: UUID
    gaps: tuple[str, ...]
    are_values_lost: bool

    @property
    def outcome(self) -> str:
        return UNBACKED if self.gaps else BACKED


@dataclass(frozen=True, slots=True)
class _Names:
    """What things are called now: the record must be readable when they are called otherwise."""

    controller: str
    service: str
    purposes: Mapping[str, str]
    categories: Mapping[str, str]
    parties: Mapping[str, str]

    @classmethod
    def of(cls, controller_id: UUID, service_id: UUID) -> "_Names":
        services = accounts.services_of(controller_id).prefetch_related(None)
        return cls(
            accounts.controller(controller_id).name, services.get(pk=service_id).name,
            consents.purpose_titles(controller_id), registry.category_names(controller_id),
            dict(registry.parties(controller_id).values_list("code", "name")),
        )  # fmt: skip

    def used(self, report: Report) -> dict[str, Any]:
        """The names of what this report mentions."""
        lists = {
            "data": {one: self.categories[one] for one in report.data if one in self.categories},
            "recipients": {one: self.parties[one] for one in report.recipients
                           if one in self.parties},
        }  # fmt: skip
        return {
            "controller": self.controller, "service": self.service,
            "purpose": self.purposes[report.purpose], **{k: v for k, v in lists.items() if v},
        }  # fmt: skip


@transaction.atomic
def report(
    *, by: Actor, controller_id: UUID, service_id: UUID, reports: Sequence[Report]
) -> list[Recorded]:
    """Record what a service did with people's data, or decided about them, in order.

    All or nothing: raises RefusedError where a person is not the controller's (SubjectUnknownError,
    UnknownSchemeError, MalformedIdentifierError) or a purpose was never approved there
    (PurposeUnknownError). What no decision of this controller backs is recorded as unbacked and
    raises an alarm. Values of a person whose key is gone are not kept. The number of statements
    does not grow with the number of reports.
    """
    names = _Names.of(controller_id, service_id)
    people = _people(controller_id, reports, names.purposes)
    decided = _decisions(controller_id, reports)
    among = _permits(controller_id, reports, people, decided)
    sealed = _sealed(controller_id, reports, people)
    drafts, recorded = [], []
    for one, who, values in zip(reports, people, sealed, strict=True):
        named = one.decision_id
        made = (decided.get(named) or among.get((named, who.id))) if named else None
        found = gaps(_claim(one, who, service_id), made)
        is_lost = bool(one.values) and values is None
        data = {
            **one.as_data(), **_permission(one, made, found), "names": names.used(one),
            **({"sealed": values} if values else {}), **({"lost": True} if is_lost else {}),
        }  # fmt: skip
        drafts.append(_draft(by, controller_id, one, who, found, data))
        recorded.append((found, is_lost))
    ids = audit.record_many(drafts)
    _alarm(controller_id, [found for found, _ in recorded])
    return [Recorded(one, *rest) for one, rest in zip(ids, recorded, strict=True)]


def _people(
    controller_id: UUID, reports: Sequence[Report], purposes: Mapping[str, str]
) -> list[SubjectRef]:
    """Raises RefusedError for strangers and unknown purposes."""
    found = naming.people(controller_id, [one.who for one in reports])
    faults = {n: one for n, one in enumerate(found) if isinstance(one, DomainError)}
    for number, one in enumerate(reports):
        if one.purpose not in purposes:
            faults.setdefault(number, PurposeUnknownError())
    if faults:
        raise RefusedError(faults)
    return [one for one in found if isinstance(one, SubjectRef)]


class _Data(msgspec.Struct, frozen=True):
    decision: Decision


class _Body(msgspec.Struct, frozen=True):
    """Of a decision's payload what matters here; policies.pdp.record writes it."""

    at: int
    data: _Data
    purpose: str = ""


def _decisions(controller_id: UUID, reports: Sequence[Report]) -> dict[UUID, Made]:
    """The controller's own decisions among those named, as far as they can still be read."""
    wanted = {one.decision_id for one in reports if one.decision_id}
    if not wanted:
        return {}
    rows = log.entries([controller_id]).filter(
        id__in=wanted, event=DECISIONS, retention_class__in=KEPT
    )
    index = {row.id: row for row in rows}
    found: dict[UUID, Made] = {}
    for one, body in log.payloads(list(index), KEPT).items():
        try:
            said = msgspec.json.decode(body, type=_Body)
        except msgspec.MsgspecError:
            continue  # what cannot be read backs nothing
        row = index[one]
        found[one] = Made(
            one, said.at, row.actor_id, row.subject_id, said.purpose, said.data.decision
        )
    return found


def _permits(
    controller_id: UUID, reports: Sequence[Report], people: Sequence[SubjectRef],
    decided: Mapping[UUID, Made],
) -> dict[tuple[UUID, UUID], Made]:  # fmt: skip
    """What audiences permitted, of the named ids that are no single decision's."""
    claimed = [
        (one.decision_id, who)
        for one, who in zip(reports, people, strict=True)
        if one.decision_id and one.decision_id not in decided
    ]
    return audiences.permits(controller_id, claimed, KEPT) if claimed else {}


def _sealed(
    controller_id: UUID, reports: Sequence[Report], people: Sequence[SubjectRef]
) -> list[str | None]:
    """The values of each report under its person's key, as base64; None without values or key."""
    texts = [
        (who.id, canonical(dict(one.values)))
        for one, who in zip(reports, people, strict=True)
        if one.values
    ]
    if not texts:
        return [None] * len(reports)
    sealed = iter(sealing.seal_many(controller_id, texts, context=SEALED_AS))
    found = [next(sealed) if one.values else None for one in reports]
    return [base64.b64encode(one).decode() if one else None for one in found]


def _claim(one: Report, who: SubjectRef, service_id: UUID) -> Claim:
    return Claim(
        one.decision_id, str(service_id), who.id, one.purpose, audit.micros(one.started_at)
    )


def _permission(one: Report, made: Made | None, found: tuple[str, ...]) -> dict[str, Any]:
    """What the record says of the decision: on what it rests, or why it does not.

    It is repeated here because the decision's own payload may not live as long.
    """
    named = {"id": str(one.decision_id)} if one.decision_id else {}
    if made is None or found:
        return {"decision": named, "gaps": list(found)}
    said = made.decision
    return {
        "decision": {
            **named, "at": made.at, "valid_until": said.valid_until, "basis": dict(said.basis),
            "policy_version": said.policy_version,
            "reasons": [{"code": each.code, "refs": list(each.refs)} for each in said.reasons],
        }
    }  # fmt: skip


def _draft(  # noqa: PLR0913 (an entry has these parts)
    by: Actor,
    controller_id: UUID,
    one: Report,
    who: SubjectRef,
    found: tuple[str, ...],
    data: Mapping[str, Any],
) -> audit.Draft:
    return audit.Draft(
        event=one.event, by=by, controller_id=controller_id, subject=who, purpose=one.purpose,
        target=Target("decision", str(one.decision_id or "")),
        outcome=UNBACKED if found else BACKED, reason_code=found[0] if found else "", data=data,
    )  # fmt: skip


def _alarm(controller_id: UUID, found: Sequence[tuple[str, ...]]) -> None:
    counts = Counter(codes[0] for codes in found if codes)
    if not counts:
        return
    said = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
    alarms.raise_alarm(
        controller_id=controller_id, kind=AlarmKind.UNBACKED_USE,
        detail=f"{counts.total()} of {len(found)}: {said}",
    )  # fmt: skip
