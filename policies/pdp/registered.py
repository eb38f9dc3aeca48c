"""What the registry adds to the facts: categories, parties, legal findings, freezes. Compiled.

Small tables, read whole with the rest of the catalogue; nothing here is looked up an item at a
time, and a controller that recorded none of it costs a decision nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import psycopg
from msgspec.structs import replace

from policies.pdp.model import IN, ModelFacts, PurposeFacts, RecipientFacts
from policies.rules.findings import DPIA_DUE
from policies.rules.prohibited import MONITORING

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CATEGORIES = """
SELECT controller_id, code, is_special, is_criminal FROM registry_datacategory
WHERE is_special OR is_criminal
"""
_PARTIES = """
SELECT controller_id, code, country, transfer_tool, transfer_tool_ends_on, is_foreign_state,
  state_order
FROM registry_party
"""
_MODELS = """
SELECT controller_id, code, version, risk, is_significant, oversight, informs_persons, review_route,
  authorising_law, special_law, diligence_until, approved_at IS NOT NULL
FROM registry_aimodel WHERE retired_at IS NULL AND (approved_at IS NOT NULL OR risk = 'prohibited')
ORDER BY risk = 'prohibited', approved_at, id
"""
_FINDINGS = """
SELECT controller_id, kind, purpose, topic, valid_until, approved_at IS NOT NULL
FROM registry_assessment WHERE ended_at IS NULL ORDER BY kind, topic, id
"""
_FREEZES = "SELECT controller_id, kind, code FROM registry_freeze WHERE released_at IS NULL"
_EMERGENCIES = """
SELECT controller_id, id, service_id, subject_id, ends_at FROM policies_emergencyuse
WHERE ended_at IS NULL AND ends_at > now()
"""

ADVERTISING = frozenset((
    "dpv:Advertising", "dpv:PersonalisedAdvertising", "dpv:TargetedAdvertising",
))  # fmt: skip
"""Purposes of the Data Privacy Vocabulary that are advertising aimed at chosen people."""
EVERY_PURPOSE = ""
MINIMAL, PROHIBITED = "minimal", "prohibited"


@dataclass(slots=True, eq=False)
class Registered:
    """What one controller has on record."""

    special: set[str] = field(default_factory=set)
    criminal: set[str] = field(default_factory=set)
    parties: dict[str, RecipientFacts] = field(default_factory=dict)
    models: dict[str, ModelFacts] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    findings: dict[str, dict[str, int]] = field(default_factory=dict)
    duties: dict[str, list[str]] = field(default_factory=dict)
    emergencies: dict[tuple[str, str, bytes], int] = field(default_factory=dict)

    def receiving(self, codes: Iterable[str]) -> tuple[RecipientFacts, ...]:
        """The parties of these codes; of one that nobody recorded only the code."""
        return tuple(self.parties.get(code) or RecipientFacts(code) for code in codes)

    def specially(self, categories: Iterable[str]) -> tuple[str, ...]:
        """Those of the categories that GDPR Art 9 protects."""
        return tuple(each for each in categories if each in self.special)

    def on_offences(self, categories: Iterable[str]) -> tuple[str, ...]:
        """Those of the categories that GDPR Art 10 protects."""
        return tuple(each for each in categories if each in self.criminal)

    def stopped(
        self, service: str, party: str, system: str, receiving: Iterable[RecipientFacts]
    ) -> tuple[str, ...]:
        """What an incident froze of all that takes part in a use."""
        named = [f"service:{service}", f"recipient:{party}", f"system:{system}"]
        named += [f"{kind}:{one.code}" for one in receiving for kind in ("recipient", "system")]
        return tuple(sorted(self.frozen.intersection(named)))

    def about(self, purpose: str) -> tuple[tuple[str, ...], dict[str, int]]:
        """The duties and the findings that concern a purpose."""
        duties = {*self.duties.get(EVERY_PURPOSE, ()), *self.duties.get(purpose, ())}
        everywhere = self.findings.get(EVERY_PURPOSE, {})
        return tuple(sorted(duties)), {**everywhere, **self.findings.get(purpose, {})}


NOTHING = Registered()


def load(connection: psycopg.Connection) -> dict[UUID, Registered]:
    """What each controller has on record."""
    found: dict[UUID, Registered] = {}
    for controller_id, code, is_special, is_criminal in connection.execute(_CATEGORIES):
        one = found.setdefault(controller_id, Registered())
        if is_special:
            one.special.add(code)
        if is_criminal:
            one.criminal.add(code)
    for controller_id, code, country, tool, ends_on, *state in connection.execute(_PARTIES):
        one = found.setdefault(controller_id, Registered())
        ends_at = None if ends_on is None else _day_end(ends_on)
        one.parties[code] = RecipientFacts(code, country, tool, ends_at, *state)
    for controller_id, *model in connection.execute(_MODELS):
        known = _model(*model)
        found.setdefault(controller_id, Registered()).models[known.code] = known
    for controller_id, kind, code in connection.execute(_FREEZES):
        found.setdefault(controller_id, Registered()).frozen.add(f"{kind}:{code}")
    for controller_id, *finding in connection.execute(_FINDINGS):
        _note(found.setdefault(controller_id, Registered()), *finding)
    _open_emergencies(connection, found)
    return found


def _open_emergencies(connection: psycopg.Connection, found: dict[UUID, Registered]) -> None:
    for controller_id, case, service, person, ends_at in connection.execute(_EMERGENCIES):
        uses = found.setdefault(controller_id, Registered()).emergencies
        uses[str(case), str(service), person.bytes] = _micros(ends_at)


def explained(
    facts: PurposeFacts,
    registered: Registered,
    *,
    is_tracking: bool,
    is_detrimental: bool,
    dpv: str,
) -> PurposeFacts:
    """A purpose's facts with what the law looks at beyond consent."""
    duties, findings = registered.about(facts.code)
    special = registered.specially(facts.categories)
    monitors = is_tracking or not MONITORING.isdisjoint(facts.operations)
    return replace(
        facts, is_tracking=monitors, is_detrimental=is_detrimental,
        is_advertising=dpv in ADVERTISING, special=special,
        criminal=registered.on_offences(facts.categories), duties=duties, findings=findings,
        # GDPR 35(3): special categories, or evaluating people by a machine that watches them.
        needs_dpia=bool(special) or (monitors and facts.uses_ai) or DPIA_DUE in duties,
    )  # fmt: skip


def heeds_no(grounds: Mapping[str, str], *, is_marketing: bool) -> bool:
    """Whether a refused or withdrawn consent says something though consent is not the ground."""
    return grounds.get(IN) == "s7a" or (is_marketing and grounds.get("EU") != "6-1-a")


def _model(  # noqa: PLR0913, PLR0917 (the columns of a model)
    code: str, version: str, risk: str, is_significant: bool, oversight: str, informs: bool,
    review_route: str, authorising_law: str, special_law: str, diligence_until: date | None,
    is_approved: bool,
) -> ModelFacts:  # fmt: skip
    """A model as the newest approved line says; one line that prohibits it outweighs all."""
    if not is_approved or risk == PROHIBITED:
        return ModelFacts(code=code, version=version, is_prohibited=True)
    return ModelFacts(
        code=code, version=version, is_high_risk=risk != MINIMAL, is_significant=is_significant,
        has_oversight=bool(oversight), informs_persons=informs, has_review_route=bool(review_route),
        authorising_law=authorising_law, special_law=special_law,
        diligence_until=None if diligence_until is None else _day_end(diligence_until),
    )  # fmt: skip


def _note(
    one: Registered, kind: str, purpose: str, topic: str, until: date | None, is_approved: bool
) -> None:
    name = f"{kind}:{topic}" if topic else kind
    if until is None:
        one.duties.setdefault(purpose, []).append(name)
    elif is_approved:
        known = one.findings.setdefault(purpose, {})
        known[name] = max(known.get(name, 0), _day_end(until))


def _micros(at: datetime) -> int:
    delta = at - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _day_end(on: date) -> int:
    """The first microsecond after a day, in UTC."""
    delta = datetime.combine(on + timedelta(days=1), time(), tzinfo=UTC) - _EPOCH
    return delta.days * 86_400_000_000
