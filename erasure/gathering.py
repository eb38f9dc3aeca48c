"""From the rows of all packages to what a plan is made from, for many people at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from accounts import selectors as accounts
from audit.canonical import canonical
from consent import selectors_uses as consent
from erasure import selectors
from erasure.planning import facts
from erasure.planning.retention import Counted, Rule, minima
from keys import statements
from profiles import selectors_recipients as disclosed
from registry import ours
from registry import selectors as registry
from registry.connectors.contract import Declaration
from registry.selectors_connected import Connected, connected
from subjects.jurisdiction import packs

__all__ = ["Gathered", "gather"]

ENDED_BY_A_WISH = frozenset({"s7a", "6-1-f"})
"""Grounds that a wish to be erased ends: what was volunteered, and what was only weighed."""
OTHER_CITATIONS = {
    "commitment": "DPDP Act s.6(5); GDPR Art 6(1)(b)",  # a delivery still owed goes on
    "consent": "DPDP Act s.6; GDPR Art 6(1)(a)",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything plans of one controller are made from."""

    world: facts.World
    people: Mapping[UUID, facts.PersonFacts]
    by_purpose: Mapping[str, frozenset[str]]
    zone: str

    def categories(self, scope_type: str, scope: str) -> frozenset[str] | None:
        """What a scope comes to; None: everything."""
        if scope_type == facts.EVERYTHING:
            return None
        if scope_type == facts.CATEGORY:
            return frozenset({scope})
        return self.by_purpose.get(scope, frozenset())


_PEOPLE = """
SELECT id, residence, (created_at AT TIME ZONE 'UTC')::date FROM subjects_subject
WHERE controller_id = %s AND id = ANY(%s::uuid[])
"""


def gather(
    controller_id: UUID,
    subject_ids: Collection[UUID],
    today: date,
    claims: Iterable[Mapping[str, str]] = (),
) -> Gathered:
    """The systems of a controller and what is known of these people; `claims` are a case's own."""
    ours.ensure(controller_id)
    company = accounts.controller(controller_id)
    reading = _Reading.of(controller_id, subject_ids, today, claims)
    rows = statements.rows(_PEOPLE, [controller_id, statements.array(subject_ids)])
    people = {
        one: reading.known(one, packs(residence, company.country), since)
        for one, residence, since in rows
    }
    return Gathered(reading.world, people, reading.by_purpose, company.time_zone)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read of many people at once."""

    world: facts.World
    by_purpose: Mapping[str, frozenset[str]]
    uses: Mapping[UUID, tuple[consent.Use, ...]]
    holds: Mapping[UUID | None, tuple[facts.Hold, ...]]
    given: Mapping[UUID, tuple[disclosed.Given, ...]]
    told: frozenset[UUID]
    rules: tuple[Rule, ...]
    claims: tuple[facts.Claim, ...]
    today: date

    @classmethod
    def of(
        cls,
        controller_id: UUID,
        subject_ids: Collection[UUID],
        today: date,
        claims: Iterable[Mapping[str, str]],
    ) -> "_Reading":
        by_purpose = consent.categories_by_purpose(controller_id)
        found = connected(controller_id)
        systems = tuple(_system(one) for one in found)
        held = (one.holds for one in systems if one.holds)
        universe = frozenset(registry.category_codes(controller_id))
        universe = universe.union(*by_purpose.values(), *held)
        return cls(
            facts.World(systems=systems, universe=universe), by_purpose,
            consent.live_uses(controller_id, subject_ids),
            _holds(controller_id, subject_ids, by_purpose),
            disclosed.given_to(controller_id, subject_ids),
            frozenset(one.party_id for one in found if one.party_id),
            selectors.rules(controller_id), tuple(_claim(one) for one in claims), today,
        )  # fmt: skip

    def known(self, one: UUID, laws: tuple[str, ...], since: date) -> facts.PersonFacts:
        uses = self.uses.get(one, ())
        counted = Counted(collected=since)
        purposes = {use.purpose for use in uses}
        return facts.PersonFacts(
            packs=laws, claims=self.claims, uses=tuple(self._use(use) for use in uses),
            holds=(*self.holds.get(None, ()), *self.holds.get(one, ())),
            minima=minima(self.rules, self.world.universe, purposes, laws, counted, self.today),
            parties=tuple(
                _party(party)
                for party in self.given.get(one, ())
                if party.party_id not in self.told  # a system of theirs is told already
            ),
        )  # fmt: skip

    def _use(self, use: consent.Use) -> facts.Use:
        is_firm = use.kind == "commitment" or (
            use.kind == "ground" and use.ground not in ENDED_BY_A_WISH
        )
        citation = use.citation or use.ground or OTHER_CITATIONS[use.kind]
        return facts.Use(
            purpose=use.purpose, citation=citation, until=use.until, survives=is_firm,
            categories=self.by_purpose.get(use.purpose, frozenset()),
        )  # fmt: skip


def _system(one: Connected) -> facts.SystemFacts:
    """One whose connector says nothing may hold anything, and parts with all of it or nothing."""
    said = one.declaration
    return facts.SystemFacts(
        id=str(one.id), code=one.code, is_own=one.is_own,
        holds=frozenset(said.holds) if said and said.holds else None,
        by_category=bool(said and said.by_category), duty="inform" if one.informs else "instruct",
        waits=tuple((str(after), seconds) for after, seconds in one.waits),
        declared=canonical(_declared(said)).decode(),
    )  # fmt: skip


def _declared(said: Declaration | None) -> dict[str, Any]:
    if said is None:
        return {}
    sets = {
        name: sorted(verb.value for verb in found)
        for name, found in asdict(said).items()
        if isinstance(found, frozenset)
    }
    return {
        **asdict(said), **sets, "effect": said.effect.value, "reingest": said.reingest.value,
        "schemes": list(said.schemes), "holds": list(said.holds),
    }  # fmt: skip


def _party(given: disclosed.Given) -> facts.PartyFacts:
    """Who processes for the controller is instructed; everybody else is informed."""
    duty = "instruct" if given.kind == "processor" else "inform"
    return facts.PartyFacts(
        id=str(given.party_id), code=given.code, duty=duty, categories=given.categories
    )


_HOLDS = """
SELECT id, subject_id, scope_type, scope, citation, review_on FROM erasure_hold
WHERE controller_id = %s AND lifted_at IS NULL
  AND (subject_id IS NULL OR subject_id = ANY(%s::uuid[])) ORDER BY id
"""


def _holds(
    controller_id: UUID, subject_ids: Collection[UUID], by_purpose: Mapping[str, frozenset[str]]
) -> dict[UUID | None, tuple[facts.Hold, ...]]:
    """Holds by person; those of None are about everybody. A purpose's is on what it needs."""
    found: dict[UUID | None, tuple[facts.Hold, ...]] = {}
    rows = statements.rows(_HOLDS, [controller_id, statements.array(subject_ids)])
    for hold_id, subject_id, scope_type, scope, citation, review_on in rows:
        reach = {"everything": None, "category": frozenset({scope})}
        hold = facts.Hold(
            id=str(hold_id), citation=citation, review_on=review_on,
            categories=reach.get(scope_type, by_purpose.get(scope)),
        )  # fmt: skip
        found[subject_id] = (*found.get(subject_id, ()), hold)
    return found


def _claim(said: Mapping[str, str]) -> facts.Claim:
    return facts.Claim(
        category=said["category"], pack=said["pack"], citation=said["citation"],
        until=date.fromisoformat(said["until"]),
    )  # fmt: skip
