"""This suite as a connected system: told and looked at within the transaction that records it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from erasure.models import Step
from erasure.ourselves import erasing
from erasure.scopes import ScopeType
from erasure.vault import storing
from profiles.errors_intake import ValueRefusedError
from profiles.services import correcting
from registry.connectors import ConnectorRow, register
from registry.connectors.contract import (
    Act,
    Declaration,
    Effect,
    Finding,
    Person,
    Probed,
    Reingest,
    Said,
    Verb,
)
from subjects import selectors as subjects

__all__ = ["KIND", "OwnConnector", "connector"]

KIND: Final = "own"
HELD_SECONDS: Final = 86_400.0
"""After so long it is seen whether a hold has ended."""

DECLARATION: Final = Declaration(
    effect=Effect.DELETE, verbs=frozenset(Verb), batch=500, probes=True, honours_key=True,
    by_category=True, reingest=Reingest.NONE,
)  # fmt: skip


class _Told(NamedTuple):
    """What a step is about. `vault`: elements that go out of reach instead of away."""

    case_id: UUID
    subject_id: UUID
    scope: tuple[str, str]
    is_whole: bool
    categories: tuple[str, ...]
    vault: tuple[Mapping[str, Any], ...]


class OwnConnector:
    """One controller's own data here."""

    declaration = DECLARATION

    def __init__(self, controller_id: UUID, system_id: UUID) -> None:
        self.controller_id, self.system_id = controller_id, system_id

    def tell(self, verb: Verb, people: Sequence[Person]) -> list[Said]:
        """Erase or correct; a restriction stands by the standing that its case has set already."""
        if verb in {Verb.RESTRICT, Verb.LIFT}:
            return [Said(step=one.step, act=Act.DONE, code="by_standing") for one in people]
        told = self._told(people)
        if verb is Verb.CORRECT:
            return [self._correct(one, told.get(one.step)) for one in people]
        self._vault(told)
        gone = self._erase(told)
        return [self._said(one, told.get(one.step), gone) for one in people]

    def probe(self, verb: Verb, people: Sequence[Person]) -> list[Probed]:
        """Look by reading. Of a restriction: whether the standing is as the verb wants it."""
        told = self._told(people)
        left = self._not_as_told(verb, people, told)
        return [
            Probed(step=one.step, finding=Finding.PRESENT if one.step in left else Finding.ABSENT)
            if one.step in told
            else Probed(step=one.step, finding=Finding.UNSURE, code="step_unknown")
            for one in people
        ]

    def _not_as_told(
        self, verb: Verb, people: Sequence[Person], told: Mapping[UUID, _Told]
    ) -> set[UUID]:
        if verb is Verb.ERASE:
            return self._left(told)
        if verb is Verb.CORRECT:
            return self._wrong(people, told)
        return self._standing_otherwise(verb, told)

    def _told(self, people: Sequence[Person]) -> dict[UUID, _Told]:
        rows = Step.objects.filter(
            controller_id=self.controller_id, pk__in=[one.step for one in people]
        )
        values = rows.values_list(
            "pk", "case_id", "subject_id", "case__scope_type", "case__scope", "categories",
            "case__plan",
        )  # fmt: skip
        return {
            step: _Told(
                case_id, subject_id, (kind, scope),
                kind == ScopeType.EVERYTHING and not categories, tuple(categories),
                tuple(self._vaulted(plan)),
            )
            for step, case_id, subject_id, kind, scope, categories, plan in values
        }  # fmt: skip

    def _correct(self, person: Person, told: _Told | None) -> Said:
        if told is None:
            return Said(step=person.step, act=Act.REFUSED, code="step_unknown")
        try:
            changed = correcting.correct(
                by=erasing.BY, controller_id=self.controller_id, subject_id=told.subject_id,
                values=person.values,
            )  # fmt: skip
        except ValueRefusedError as error:
            return Said(step=person.step, act=Act.REFUSED, code=error.code)
        return Said(step=person.step, act=Act.DONE, evidence={"corrected": len(changed)})

    def _wrong(self, people: Sequence[Person], told: Mapping[UUID, _Told]) -> set[UUID]:
        """Whose values are not as they were put right."""
        return {
            one.step
            for one in people
            if one.step in told
            and not correcting.is_right(self.controller_id, told[one.step].subject_id, one.values)
        }

    def _vaulted(self, plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for one in plan.get("elements", ()):
            if one["fate"] == "vault" and one.get("system_id") == str(self.system_id):
                yield one

    def _vault(self, told: Mapping[UUID, _Told]) -> None:
        """Before anything is erased: what a law has kept goes where only that law reaches."""
        storing.store(
            by=erasing.BY, controller_id=self.controller_id,
            kept=[
                storing.Kept(one.case_id, one.subject_id, one.vault)
                for one in told.values()
                if one.vault
            ],
        )  # fmt: skip

    def _erase(self, told: Mapping[UUID, _Told]) -> frozenset[UUID]:
        """Of whom it was done; who is under a hold is not among them."""
        whole = {one.subject_id: one.case_id for one in told.values() if one.is_whole}
        gone = erasing.erase(controller_id=self.controller_id, cases=whole) if whole else set()
        parts = self._parts(told)
        held = subjects.held_among(
            self.controller_id, {one for each in parts.values() for one in each}
        )
        done: set[UUID] = set(gone)
        for categories, ids in parts.items():
            free = [one for one in ids if one not in held]
            erasing.erase_categories(
                controller_id=self.controller_id, subject_ids=free, categories=categories,
                named={one: case for one, case in _named(told).items() if one in free},
            )  # fmt: skip
            done |= set(free)
        return frozenset(done)

    def _parts(self, told: Mapping[UUID, _Told]) -> dict[tuple[str, ...], list[UUID]]:
        parts: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
        for one in told.values():
            if one.categories:
                parts[one.categories].append(one.subject_id)
        return parts

    def _said(self, person: Person, told: _Told | None, gone: frozenset[UUID]) -> Said:
        if told is None:
            return Said(step=person.step, act=Act.REFUSED, code="step_unknown")
        if not told.is_whole and not told.categories:
            # A case of a scope that names no category would erase everything else of theirs, too.
            return Said(step=person.step, act=Act.REFUSED, code="categories_missing")
        if told.subject_id not in gone:
            return Said(
                step=person.step, act=Act.RETRY, code="legal_hold", wait_seconds=HELD_SECONDS
            )
        return Said(
            step=person.step, act=Act.DONE,
            evidence={"effect": "key_destroyed" if told.is_whole else "values_removed"},
        )  # fmt: skip

    def _left(self, told: Mapping[UUID, _Told]) -> set[UUID]:
        whole = {one.subject_id for one in told.values() if one.is_whole}
        present = erasing.present(self.controller_id, whole) if whole else set()
        for categories, ids in self._parts(told).items():
            present |= erasing.present_categories(
                self.controller_id, ids, categories, _named(told).keys() & set(ids)
            )
        return {
            step
            for step, one in told.items()
            if one.subject_id in present or not (one.is_whole or one.categories)
        }

    def _standing_otherwise(self, verb: Verb, told: Mapping[UUID, _Told]) -> set[UUID]:
        restricted = subjects.restricted_scopes(
            self.controller_id, {one.subject_id for one in told.values()}
        )
        wanted = verb is Verb.RESTRICT
        return {
            step
            for step, one in told.items()
            if (one.scope in restricted.get(one.subject_id, ())) is not wanted
        }


def _named(told: Mapping[UUID, _Told]) -> dict[UUID, UUID]:
    """Those who have a data category itself erased, with their case: identifiers go with it."""
    kind = ScopeType.CATEGORY
    return {one.subject_id: one.case_id for one in told.values() if one.scope[0] == kind}


def connector(row: ConnectorRow, _secret: str) -> OwnConnector:
    """The connector of a controller's own row."""
    return OwnConnector(row.controller_id, row.system_id)


register(KIND, connector)
