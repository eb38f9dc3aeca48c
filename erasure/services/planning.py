"""Plans of cases: what would happen, and what will, by the same code."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from audit.canonical import canonical
from consent import selectors_uses as consent
from erasure import selectors
from erasure.errors import CaseScopeError
from erasure.gathering import Gathered, gather
from erasure.models import Case
from erasure.planning import telling
from erasure.planning.facts import Ask, Claim, PersonFacts
from erasure.planning.plans import plan
from erasure.policies import Terms
from erasure.scopes import ScopeType
from registry import selectors as registry
from registry import selectors_systems as systems
from registry.connectors.contract import Verb
from subjects import selectors as subjects

__all__ = ["Frozen", "Planner", "check_scopes", "dry_run", "of_case"]

WISHES: Final = frozenset({
    "request", "platform", "unlawful", "legal_duty", "child_service", "inactivity",
})  # fmt: skip
"""Triggers that consents do not outlive: the person, the law or their silence ended them."""

SCHEDULE: Final = "DPDP Rules 2025, Third Schedule"
SCHEDULE_LOOK: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A plan as a case keeps it: `text` is its canonical JSON."""

    text: str
    sha256: str
    review: str
    revisit_on: date | None
    packs: tuple[str, ...]

    def plan(self) -> dict[str, Any]:
        """As Python has it."""
        return dict(json.loads(self.text))


@dataclass(slots=True)
class Planner:
    """Makes the plans of many people; equal people share one, which is made once."""

    gathered: Gathered
    terms: Terms
    policy: int
    today: date
    _made: dict[tuple[PersonFacts, Ask], Frozen] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        controller_id: UUID,
        subject_ids: Sequence[UUID],
        claims: Sequence[Mapping[str, str]] = (),
    ) -> "Planner":
        """For these people of a controller, under its policy in force."""
        now = timezone.now()
        in_force = selectors.policy_in_force(controller_id)
        gathered = gather(controller_id, subject_ids, now.date(), claims)
        return cls(gathered, in_force.terms, in_force.number, local_day(now, gathered.zone))

    def frozen(  # noqa: PLR0913 (what a case asks for)
        self,
        subject_id: UUID,
        *,
        verb: str,
        trigger: str,
        scope_type: str,
        scope: str,
        law: str = "",
        accepted: bool = False,
    ) -> Frozen:
        """The plan for one person."""
        person = self._person(subject_id, trigger)
        ask = Ask(
            verb=verb, scope_type=scope_type, scope=scope, today=self.today,
            categories=self.gathered.categories(scope_type, scope), is_wish=trigger in WISHES,
            vault=self.terms.vault, vault_days=self.terms.vault_days, policy=self.policy,
            law=law, accepted=accepted,
        )  # fmt: skip
        found = self._made.get((person, ask))
        if found is None:
            found = self._made[person, ask] = self._freeze(person, ask)
        return found

    def _person(self, subject_id: UUID, trigger: str) -> PersonFacts:
        """Silence ends no access to the account, nor tokens (DPDP Rules, Third Schedule)."""
        person = self.gathered.people[subject_id]
        if trigger != "inactivity" or not self.terms.inactivity.keeps:
            return person
        until = self.today + SCHEDULE_LOOK
        kept = tuple(
            Claim(category=one, pack="IN", citation=SCHEDULE, until=until)
            for one in self.terms.inactivity.keeps
        )
        return replace(person, claims=(*person.claims, *kept))

    def _freeze(self, person: PersonFacts, ask: Ask) -> Frozen:
        made = plan(person, ask, self.gathered.world)
        body = canonical(made.plan)
        return Frozen(
            body.decode(), hashlib.sha256(body).hexdigest(), made.review, made.revisit_on,
            person.packs,
        )  # fmt: skip


def dry_run(  # noqa: PLR0913 (what would be asked for)
    *,
    controller_id: UUID,
    subject_id: UUID,
    scope_type: str = ScopeType.EVERYTHING,
    scope: str = "",
    verb: str = Verb.ERASE,
    trigger: str = "request",
) -> dict[str, Any]:
    """The plan a case would have if it were opened now, and `review` where an officer must look.

    `told` is who would be told, by whom: connectors that cannot say it are known beforehand.

    Nothing about the person is written. Raises SubjectUnknownError, CaseScopeError.
    """
    Verb(verb)
    check_scopes(controller_id, {(scope_type, scope)})
    found = subjects.subject(controller_id, subject_id)
    planner = Planner.of(controller_id, [found.id])
    frozen = planner.frozen(
        found.id, verb=verb, trigger=trigger, scope_type=scope_type, scope=scope
    )
    made = frozen.plan()
    return {**made, "review": frozen.review, "told": _told(controller_id, made["steps"])}


def _told(controller_id: UUID, steps: Sequence[Mapping[str, Any]]) -> list[telling.Told]:
    places: list[Any] = [*systems.systems(controller_id), *registry.parties(controller_id)]
    named = {str(one.id): one for one in places}
    reachable = {str(one) for one in registry.contacts([one.id for one in places])}
    return [
        telling.Told(at.code, at.name, one["duty"], telling.how(one, reachable))
        for one in steps
        if (at := named.get(str(one.get("system") or one["party"])))
    ]


def of_case(case: Case, *, law: str = "", accepted: bool = False) -> Frozen:
    """The plan of a case as things are now, under the policy in force now."""
    planner = Planner.of(case.controller_id, [case.subject_id], case.claims)
    return planner.frozen(
        case.subject_id, verb=case.verb, trigger=case.trigger, scope_type=case.scope_type,
        scope=case.scope, law=law, accepted=accepted,
    )  # fmt: skip


def check_scopes(controller_id: UUID, scopes: set[tuple[str, str]]) -> None:
    """Raises CaseScopeError unless each is everything, or a purpose or category there is."""
    purposes = categories = frozenset[str]()
    if any(kind == ScopeType.PURPOSE for kind, _ in scopes):
        purposes = consent.purpose_codes(controller_id)
    if any(kind == ScopeType.CATEGORY for kind, _ in scopes):
        categories = frozenset(registry.category_codes(controller_id))
    known = {
        ScopeType.EVERYTHING.value: frozenset({""}), ScopeType.PURPOSE.value: purposes,
        ScopeType.CATEGORY.value: categories,
    }  # fmt: skip
    if any(scope not in known.get(kind, ()) for kind, scope in scopes):
        raise CaseScopeError


def local_day(at: datetime, zone: str) -> date:
    """The day it is at the company."""
    return at.astimezone(ZoneInfo(zone)).date()
