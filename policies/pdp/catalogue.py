"""The small tables of a decision, compiled: services and their keys, purposes, notices, parties.

Compiled once and replaced when the stamp that each batch reads has moved, so nothing here is older
than the batch that uses it (docs/adr/0014). One catalogue serves all controllers.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import psycopg

from consent.family import schedule
from policies.pdp import registered
from policies.pdp.connection import connect
from policies.pdp.model import PurposeFacts, RecipientFacts, ServiceFacts
from policies.pdp.policy import NONE, Guardrails
from policies.pdp.registered import NOTHING, Registered
from policies.versions.loading import LAW_ALONE, Timeline, timelines

MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

STAMP = "SELECT version FROM accounts_cataloguestamp WHERE id = 1"
_KEYS = """
SELECT k.digest, k.expires_at, s.id, s.code, s.controller_id, c.country, s.is_active,
       s.items_per_second, p.kind, p.contract_reference, p.contract_ends_on, p.code, p.country
FROM accounts_servicekey k
JOIN accounts_serviceclient s ON s.id = k.service_id
JOIN accounts_controller c ON c.id = s.controller_id
LEFT JOIN registry_serviceparty sp ON sp.service_id = s.id
LEFT JOIN registry_party p ON p.id = sp.party_id AND p.controller_id = s.controller_id
WHERE k.revoked_at IS NULL
"""
_HOUSES = "SELECT id, country FROM accounts_controller"
EXERCISE = "authzen-fixture"
"""The slug of the tenant of AuthZEN's certification scenario (policies.pdp.fixture)."""
_EXERCISE = f"SELECT id FROM accounts_controller WHERE slug = '{EXERCISE}'"  # noqa: S608
_ASKS = "SELECT service_id, purpose FROM accounts_servicepurpose"
_PURPOSES = """
SELECT p.controller_id, p.id, p.code, p.closed_at IS NOT NULL, v.number, v.grounds, v.categories,
       v.is_marketing, v.needs_explicit, v.schedule_item, v.operations, v.recipients, v.uses_ai,
       v.is_tracking, v.is_detrimental_to_children, v.dpv_purpose,
       (SELECT max(m.number) FROM consent_purposeversion m
        WHERE m.purpose_id = p.id AND m.effective_from <= now() AND m.is_material)
FROM consent_purpose p
LEFT JOIN LATERAL (
  SELECT * FROM consent_purposeversion v
  WHERE v.purpose_id = p.id AND v.effective_from <= now() ORDER BY v.number DESC LIMIT 1
) v ON true
"""
_STALE = """
SELECT v.id FROM consent_noticeversion v
WHERE v.number < (SELECT max(m.number) FROM consent_noticeversion m
                  WHERE m.notice_id = v.notice_id AND m.effective_from <= now() AND m.is_material)
"""
_BEGINNINGS = """
SELECT controller_id, max(effective_from) FILTER (WHERE effective_from <= now()),
       min(effective_from) FILTER (WHERE effective_from > now())
FROM (SELECT controller_id, effective_from FROM consent_purposeversion
      UNION ALL SELECT controller_id, effective_from FROM consent_noticeversion) versions
WHERE effective_from IS NOT NULL GROUP BY controller_id
"""
NEVER = 2**63 - 1
STAFF = "sys.staff"
"""Whom a controller's own people ask as: no service can have this code."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose as the facts need it, with the parties it declares.

    `heeds_no`: a refused or withdrawn consent counts as an objection, consent not being the ground.
    """

    id: bytes
    facts: PurposeFacts
    receiving: tuple[RecipientFacts, ...] = ()
    heeds_no: bool = False


@dataclass(frozen=True, slots=True)
class Beginnings:
    """When a version of a controller's purposes or notices began last, and when one begins next."""

    last: int = 0
    next: int = NEVER


UNCHANGING = Beginnings()


@dataclass(frozen=True, slots=True)
class Caller:
    """The service behind a key. `asks` holds its facts by purpose code, `stranger` for the rest."""

    id: str
    controller_id: UUID
    controller: bytes
    country: str
    expires_at: int
    asks: dict[str, ServiceFacts]
    stranger: ServiceFacts
    purposes: dict[str, Purpose]
    items_per_second: int | None
    timeline: Timeline = LAW_ALONE
    code: str = ""
    party: str = ""
    registered: Registered = NOTHING
    words: Beginnings = UNCHANGING
    peers: "dict[str, Caller] | None" = None  # in the exercise alone: whom its keys may ask as

    def policy(self, now: int) -> Guardrails:
        """The controller's rules in force."""
        timeline = self.timeline
        return NONE if timeline is LAW_ALONE else timeline.at(now)

    def lasting(self, now: int, seconds: int) -> int:
        """How many of the seconds a permit may last: none beyond the rules and words in force."""
        until = self.words.next
        if self.timeline is not LAW_ALONE:
            until = min(until, self.timeline.until(now) or NEVER)
        return min(seconds, max(0, until - now) // MICROSECONDS)

    def facts(self, purpose: str) -> ServiceFacts:
        return self.asks.get(purpose, self.stranger)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the small tables, in force until a version in them begins or they change.

    `callers` are by the digest of a key; `houses` are the controllers themselves, by id.
    """

    version: int = 0
    callers: dict[bytes, Caller] = field(default_factory=dict)
    houses: dict[UUID, Caller] = field(default_factory=dict)
    stale_notices: frozenset[bytes] = frozenset()
    until: int = NEVER

    def is_in_force(self, stamp: int, now: int) -> bool:
        """Whether this is what the tables say at PostgreSQL's time, with the stamp read then."""
        return stamp == self.version and now < self.until

    def caller(self, digest: bytes, now: int) -> Caller | None:
        """The service whose live key this is; a key that has ended is nobody's."""
        found = self.callers.get(digest)
        return found if found is not None and now < found.expires_at else None


def load(connection: psycopg.Connection) -> Catalogue:
    """Read and compile. The stamp is read first: content may be newer than it, never older."""
    row = connection.execute(STAMP).fetchone()
    if row is None:
        raise LookupError("the catalogue stamp is missing; run the migrations")
    asks: dict[UUID, list[str]] = {}
    for service_id, purpose in connection.execute(_ASKS):
        asks.setdefault(service_id, []).append(purpose)
    known = registered.load(connection)
    beginnings = _beginnings(connection)  # before what they are about: at worst it is read twice
    purposes = _purposes(connection, known)
    policies = timelines(connection)

    def with_rules(caller: Caller) -> Caller:
        of = caller.controller_id
        return replace(
            caller, timeline=policies.get(of, LAW_ALONE), registered=known.get(of, NOTHING),
            words=beginnings.get(of, UNCHANGING),
        )  # fmt: skip

    callers = {
        bytes(key[0]): with_rules(_caller(key, asks.get(key[2], []), purposes.get(key[4], {})))
        for key in connection.execute(_KEYS)
    }
    for (of,) in connection.execute(_EXERCISE):
        callers = _with_peers(callers, of)
    houses = {
        of: with_rules(_house(of, country, purposes.get(of, {})))
        for of, country in connection.execute(_HOUSES)
    }
    stale = frozenset(row[0].bytes for row in connection.execute(_STALE))
    until = min((one.next for one in beginnings.values()), default=NEVER)
    return Catalogue(int(row[0]), callers, houses, stale, until)


def compiled() -> Catalogue:
    """Read and compile on a connection of its own; blocks, so call it off the event loop."""
    with connect() as connection:
        return load(connection)


class Newest:
    """The newest catalogue of a process, read once for all who find theirs out of date."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self._turn = asyncio.Lock()

    async def after(self, version: int) -> Catalogue:
        """A catalogue newer than the one of `version`, where there is one; read off the loop."""
        async with self._turn:
            if self.catalogue.version <= version:
                self.catalogue = await asyncio.to_thread(compiled)
            return self.catalogue


def micros(at: datetime) -> int:
    delta = at - _EPOCH
    return (delta.days * 86400 + delta.seconds) * MICROSECONDS + delta.microseconds


def day_end(on: date) -> int:
    """The first microsecond after a day, in UTC."""
    return micros(datetime.combine(on + timedelta(days=1), time(), tzinfo=UTC))


def _beginnings(connection: psycopg.Connection) -> dict[UUID, Beginnings]:
    return {
        controller_id: Beginnings(
            micros(last) if last else 0, micros(to_come) if to_come else NEVER
        )
        for controller_id, last, to_come in connection.execute(_BEGINNINGS)
    }


def _caller(row: tuple, asks: list[str], purposes: dict[str, Purpose]) -> Caller:  # type: ignore[type-arg]
    _, expires_at, service_id, code, controller_id, country, is_active, pace, *party = row
    kind, reference, ends_on, party_code, party_country = party
    shared = {
        "id": str(service_id), "code": code, "is_active": is_active,
        "has_contract": kind == "internal" or bool(kind and reference),
        "contract_ends_at": day_end(ends_on) if ends_on else None,
        "country": party_country or "",
    }  # fmt: skip
    may = ServiceFacts(may_ask=True, **shared)
    return Caller(
        str(service_id), controller_id, controller_id.bytes, country, micros(expires_at),
        dict.fromkeys(asks, may), ServiceFacts(may_ask=False, **shared), purposes, pace,
        code=code, party=party_code or "",
    )  # fmt: skip


def _with_peers(callers: dict[bytes, Caller], of: UUID) -> dict[bytes, Caller]:
    peers = {one.code: one for one in callers.values() if one.controller_id == of}
    return {
        digest: replace(one, peers=peers) if one.controller_id == of else one
        for digest, one in callers.items()
    }


def _house(controller_id: UUID, country: str, purposes: dict[str, Purpose]) -> Caller:
    """The controller itself: its own people may ask about all it does, and need no contract."""
    own = ServiceFacts(
        id=STAFF, code=STAFF, is_active=True, may_ask=True, has_contract=True, country=country
    )
    return Caller(
        STAFF, controller_id, controller_id.bytes, country, NEVER, {}, own, purposes, None,
        code=STAFF,
    )  # fmt: skip


def _purposes(
    connection: psycopg.Connection, known: dict[UUID, Registered]
) -> dict[UUID, dict[str, Purpose]]:
    found: dict[UUID, dict[str, Purpose]] = {}
    for row in connection.execute(_PURPOSES):
        controller_id, purpose_id, code, is_closed, number, grounds, categories, *rest = row
        is_marketing, needs_explicit, schedule_item, operations, recipients, *more = rest
        uses_ai, is_tracking, is_detrimental, dpv, material = more
        one = known.get(controller_id, NOTHING)
        state = "closed" if is_closed else "draft" if number is None else "active"
        facts = PurposeFacts(
            code=code, version=number or 0, state=state, grounds=grounds or {},
            categories=tuple(categories or ()), is_marketing=bool(is_marketing),
            needs_explicit=bool(needs_explicit), schedule_item=schedule.in_force(schedule_item),
            material_version=material or 0, operations=tuple(operations or ()),
            recipients=tuple(recipients or ()), uses_ai=bool(uses_ai),
        )  # fmt: skip
        facts = registered.explained(
            facts, one, is_tracking=bool(is_tracking), is_detrimental=bool(is_detrimental),
            dpv=dpv or "",
        )  # fmt: skip
        found.setdefault(controller_id, {})[code] = Purpose(
            purpose_id.bytes, facts, one.receiving(facts.recipients),
            registered.heeds_no(facts.grounds, is_marketing=facts.is_marketing),
        )  # fmt: skip
    return found
