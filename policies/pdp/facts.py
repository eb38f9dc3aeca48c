"""The information point: every fact about every person of a batch, in one query.

The connection forces the plan (index look-ups only), and a test asserts it: a changed plan would
scan a million rows where it should touch twenty.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

import msgspec

from audit import arrays
from keys import services as keys
from keys.ids import text
from policies.law.ages import consents_at
from policies.pdp.catalogue import MICROSECONDS, STAMP, Caller, Catalogue, Purpose
from policies.pdp.channel import Parameters, Rows, Statement
from policies.pdp.model import (
    Commitment,
    ConsentFacts,
    Facts,
    Objection,
    Provenance,
    RecipientFacts,
    Standing,
    SubjectFacts,
)
from policies.pdp.shapes import Row, Shapes
from policies.pdp.wire import Item
from policies.rules.automated import LIVE
from policies.rules.choice import SAID_NO
from policies.rules.commencement import SECTION_5_AT
from policies.rules.consent import PERMITTING
from subjects.clock import offsets
from subjects.flags import read as flags
from subjects.jurisdiction import packs, region
from subjects.schemes import MalformedIdentifierError, UnknownSchemeError, normalise
from subjects.suppression import channels

_BY_ID = "asked.subject_id"
_STANDINGS = """(
  SELECT array_agg(ARRAY[x.state, x.scope_type, x.scope,
                         (extract(epoch FROM x.since_at) * 1000000)::bigint::text])
  FROM subjects_standing x WHERE x.subject_id = s.id AND x.ended_at IS NULL)"""
_OBJECTIONS = """(
  SELECT array_agg(ARRAY[b.kind, b.state,
                         (extract(epoch FROM b.objected_at) * 1000000)::bigint::text])
  FROM consent_objection b
  WHERE b.subject_id = s.id AND b.lifted_at IS NULL
    AND (b.purpose_id IS NULL OR b.purpose_id = asked.purpose_id))"""
"""In any order: hardly anybody has some, and PostgreSQL would make ready to sort for everybody."""
_KNOWN = """
LEFT JOIN LATERAL (
  SELECT i.subject_id FROM subjects_identifier i
  WHERE asked.scheme <> '' AND i.controller_id = asked.controller_id
    AND i.scheme = asked.scheme AND i.digest = asked.digest
  OFFSET 0
) known ON true"""
_COMMITMENT = """
LEFT JOIN LATERAL (
  SELECT d.reference, (SELECT p.code FROM consent_purpose p WHERE p.id = d.purpose_id) AS purpose,
    d.started_at, d.ends_at
  FROM consent_commitment d
  WHERE asked.commitment <> '' AND d.subject_id = s.id AND d.reference = asked.commitment
  OFFSET 0
) m ON true"""
_NO_COMMITMENT = """
CROSS JOIN (SELECT NULL::text AS reference, NULL::text AS purpose,
  NULL::timestamptz AS started_at, NULL::timestamptz AS ends_at) m"""


def _query(sources: list[str], is_many: bool, *, is_plain: bool = False) -> str:
    """The one query; `is_plain` where it is our id that is asked about, and no commitment."""
    by_either = f"CASE WHEN asked.scheme <> '' THEN known.subject_id ELSE {_BY_ID} END"
    ordered, number = ("WITH ORDINALITY", ", n") if is_many else ("", "")
    return f"""
SELECT s.id, s.pseudonym, s.residence, s.age_state, s.age_assurance, s.adult_on, s.has_guardian,
       {_STANDINGS} AS standings, {_OBJECTIONS} AS objections,
       c.event_id, c.state, c.since_at, c.expires_at, c.purpose_version, c.notice_version_id,
       c.language, c.is_explicit, c.is_provable, c.given_by, c.guardian_verified,
       m.reference, m.purpose, m.started_at, m.ends_at, s.time_zone, s.region,
       s.suppressed, c.is_noticed, s.provenance, now(), ({STAMP})
FROM {sources[0]} {ordered}
  AS asked(controller_id, subject_id, purpose_id, scheme, digest, commitment{number})
{"" if is_plain else _KNOWN}
LEFT JOIN LATERAL (
  SELECT * FROM subjects_subject p WHERE p.controller_id = asked.controller_id
    AND p.id = {_BY_ID if is_plain else by_either}
    AND p.merged_into IS NULL
  OFFSET 0
) s ON true
LEFT JOIN LATERAL (
  SELECT * FROM consent_consentstate e
  WHERE e.subject_id = s.id AND e.purpose_id = asked.purpose_id
  OFFSET 0
) c ON true
{_NO_COMMITMENT if is_plain else _COMMITMENT}
{"ORDER BY asked.n" if is_many else ""}
"""  # noqa: S608 (constants)


_COLUMNS = ("uuid", "uuid", "uuid", "text", "bytea", "text")
FACTS = Shapes("facts", _query, _COLUMNS)
PLAIN = Shapes("facts_plain", partial(_query, is_plain=True), _COLUMNS).one
"""What most single checks need: a look-up that cannot find anything still costs its preparation."""

_BURIED = """
SELECT (extract(epoch FROM min(t.set_at)) * 1000000)::bigint
FROM unnest($1::uuid[], $2::text[], $3::bytea[]) WITH ORDINALITY
  AS asked(controller_id, scheme, digest, n)
LEFT JOIN LATERAL (
  SELECT x.set_at FROM subjects_tombstone x
  WHERE x.controller_id = asked.controller_id AND x.scheme = asked.scheme
    AND x.digest = asked.digest AND x.lifted_at IS NULL
  OFFSET 0
) t ON true
GROUP BY asked.n
ORDER BY asked.n
"""
BURIED = Statement("facts_buried", _BURIED, (arrays.UUIDS, arrays.TEXTS, arrays.BYTEAS))
"""When somebody of an identifier that is nobody's was erased; asked of strangers alone."""

_NOBODY = UUID(int=0).bytes
_ERASED = ("erased", "everything", "")
MARKETING = "direct_marketing"


class Found(msgspec.Struct, gc=False, frozen=True):
    """The facts of one item and, beside them, what the record and its index need."""

    facts: Facts
    subject_id: bytes | None
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The batch's time, PostgreSQL's own, and how long a permit may last at most."""

    now: int
    valid_seconds: int


class Asked(msgspec.Struct, gc=False, frozen=True):
    """One item, with the service that asks."""

    item: Item
    caller: Caller
    request: str = ""  # the caller's id of it


def look_up(asked: list[Asked]) -> tuple[Statement, Parameters]:
    """What is asked of PostgreSQL: by our id, or by the keyed hash of the company's own."""
    if len(asked) == 1:
        item = asked[0].item
        if not item.scheme and not item.question.commitment:
            return PLAIN, _row(asked[0])
    return FACTS.command(list(map(_row, asked)))


def strangers(asked: list[Asked], rows: Rows) -> list[int]:
    """The places of those named by an identifier that is nobody's now; mostly there are none."""
    return [place for place, row in enumerate(rows) if row[0] is None and asked[place].item.scheme]


def ask_buried(asked: list[Asked], places: list[int]) -> tuple[Statement, Parameters]:
    """Whether these strangers are people who were erased: by any look-up key there has been."""
    columns = zip(*(row for place in places for row in _digests(asked[place])), strict=True)
    arrays_of = (arrays.uuid_array, arrays.text_array, arrays.bytea_array)
    return BURIED, [
        made(list(column)).data for made, column in zip(arrays_of, columns, strict=True)
    ]


def bury(rows: Rows, asked: list[Asked], places: list[int], found: Rows) -> None:
    """Have the rows of strangers with a tombstone say that they are erased (ERA-16)."""
    times = iter(found)
    for place in places:
        since = [at for _ in _digests(asked[place]) if (at := next(times)[0]) is not None]
        if since:
            row = rows[place]
            rows[place] = (*row[:7], [[*_ERASED, str(min(since))]], *row[8:])


def _digests(asked: Asked) -> list[tuple[bytes, bytes, bytes]]:
    item, caller = asked.item, asked.caller
    return [
        (caller.controller, item.scheme.encode(), _digest(caller.controller_id, item, version))
        for version in range(1, keys.lookup_version() + 1)
    ]


def _row(asked: Asked) -> Row:
    item, caller = asked.item, asked.caller
    purpose = caller.purposes.get(item.question.purpose)
    return (
        caller.controller,
        _NOBODY if item.scheme else _uuid(item.resource_id),
        purpose.id if purpose else _NOBODY,
        item.scheme.encode(),
        _digest(caller.controller_id, item),
        item.question.commitment.encode(),
    )


def facts(row: tuple[Any, ...], asked: Asked, catalogue: Catalogue, clock: Clock) -> Found:
    """The facts of one item from its row."""
    caller, question = asked.caller, asked.item.question
    purpose = caller.purposes.get(question.purpose)
    subject_id, pseudonym = row[0], row[1]
    known, data = caller.registered, question.data
    receiving = purpose.receiving if purpose else ()
    if question.recipients:
        receiving = known.receiving(question.recipients)
    lasting = caller.lasting(clock.now, clock.valid_seconds)
    emergency = None
    if known.emergencies and subject_id:
        emergency = known.emergencies.get((question.case, caller.id, subject_id))
        if emergency is not None:  # it may end before the permit would
            lasting = min(lasting, max(0, emergency - clock.now) // MICROSECONDS)
    made = Facts(
        now=clock.now,
        question=question,
        service=caller.facts(question.purpose),
        purpose=purpose.facts if purpose else None,
        subject=_subject(row, caller.country) if subject_id else _buried(row, caller.country),
        consent=_consent(row, catalogue) if row[9] else _NO_CONSENT,
        objected_marketing_at=_marketing(row[8]) if row[8] else None,
        objections=_objections(row, purpose) if row[8] or row[10] in _NO else (),
        commitment=_commitment(row) if row[20] else None,
        recipients=receiving,
        frozen=_frozen(asked, receiving) if known.frozen else (),
        special=known.specially(data) if data else (),
        criminal=known.on_offences(data) if data else (),
        model=known.models.get(question.ai.model) if question.ai else None,
        sink=LIVE if question.ai else "",  # what answers appends the record before it commits
        emergency_until=emergency,
        valid_seconds=lasting,
    )
    return Found(made, subject_id, text(pseudonym) if pseudonym else "")


def clocks(row: tuple[Any, ...], now: int) -> tuple[int, ...]:
    """Seconds the clock of a row's person may be ahead of UTC; empty: unknown."""
    return offsets(row[24] or "", row[2] or "", now)


_NO_CONSENT = ConsentFacts()
_NO = frozenset(("refused", "withdrawn"))


def _marketing(found: list[list[str]]) -> int | None:
    """When the person objected to direct marketing; that objection is about every purpose."""
    return next((int(at) for kind, _, at in sorted(found) if kind == MARKETING), None)


def _objections(row: tuple[Any, ...], purpose: Purpose | None) -> tuple[Objection, ...]:
    """The other objections. A no where consent is not the ground, or may not be, is one as well."""
    found = [
        Objection(kind, state, int(at))
        for kind, state, at in sorted(row[8] or ())
        if kind != MARKETING
    ]
    if purpose is not None and (purpose.heeds_no or row[28]) and row[10] in _NO:
        found.append(Objection(SAID_NO, "upheld", row[11]))
    return tuple(found)


def _frozen(asked: Asked, receiving: tuple[RecipientFacts, ...]) -> tuple[str, ...]:
    caller, system = asked.caller, asked.item.question.system
    return caller.registered.stopped(caller.code, caller.party, system, receiving)


def _subject(row: tuple[Any, ...], country: str) -> SubjectFacts:
    standings = row[7]
    if standings is None:
        return _plain_subject(
            row[2], row[25], country, row[3], row[4], row[5], row[6], row[26], row[28]
        )
    told = tuple(
        Standing(state, kind, scope, int(at)) for state, kind, scope, at in sorted(standings)
    )
    return SubjectFacts(
        packs=packs(row[2], country), region=region(row[2], row[25]), age=row[3],
        age_assurance=row[4], adult_at=row[5], has_guardian=row[6], standings=told,
        consents_at=consents_at(row[2], row[5]) if row[3] == "child" else None,
        suppressed=channels(row[26]), provenance=_provenance(row[28]),
    )  # fmt: skip


def _buried(row: tuple[Any, ...], country: str) -> SubjectFacts | None:
    """Nobody, unless `bury` found that they were erased: then the law of the company's country."""
    if row[7] is None:
        return None
    told = tuple(Standing(state, kind, scope, int(at)) for state, kind, scope, at in row[7])
    return SubjectFacts(packs=packs(country, country), standings=told)


@lru_cache(maxsize=65_536)
def _plain_subject(  # noqa: PLR0913, PLR0917 (the columns of a person without standing)
    residence: str,
    part: str,
    country: str,
    age: str,
    assurance: str,
    adult_at: int | None,
    guardian: bool,
    suppressed: str,
    provenance: str,
) -> SubjectFacts:
    return SubjectFacts(
        packs=packs(residence, country), region=region(residence, part), age=age,
        age_assurance=assurance, adult_at=adult_at, has_guardian=guardian,
        consents_at=consents_at(residence, adult_at) if age == "child" else None,
        suppressed=channels(suppressed), provenance=_provenance(provenance),
    )  # fmt: skip


def _provenance(text: str) -> tuple[Provenance, ...]:
    return tuple(Provenance(*each) for each in flags(text)) if text else ()


def _consent(row: tuple[Any, ...], catalogue: Catalogue) -> ConsentFacts:
    notice = row[14]
    # Of a withdrawn consent the time is the withdrawal's, so its age is not known here any more.
    is_old = not notice and (row[11] < SECTION_5_AT or row[10] not in PERMITTING)
    return ConsentFacts(
        record=text(row[9]), state=row[10], since=row[11], expires_at=row[12],
        purpose_version=row[13], notice=_text(notice) if notice else "", language=row[15],
        is_explicit=row[16], is_provable=row[17], is_stale=notice in catalogue.stale_notices,
        given_by=row[18], guardian_verified=row[19],
        is_legacy=is_old and not row[27] and row[10] in PERMITTING,
        is_noticed=is_old and row[27],
    )  # fmt: skip


_text = lru_cache(maxsize=4096)(text)  # there are few notices


def _commitment(row: tuple[Any, ...]) -> Commitment:
    return Commitment(reference=row[20], purpose=row[21], started_at=row[22], ends_at=row[23])


def _uuid(text: str) -> bytes:
    """The bytes of a subject id as sent; of nobody where it is not one."""
    try:
        raw = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return _NOBODY
    return raw if len(raw) == 16 and len(text) == 36 else _NOBODY


def _digest(controller_id: UUID, item: Item, version: int | None = None) -> bytes:
    if not item.scheme:
        return b""
    try:
        value = normalise(item.scheme, item.resource_id)
    except (UnknownSchemeError, MalformedIdentifierError):
        return b""
    return keys.lookup_digest(
        controller_id=controller_id, scheme=item.scheme, value=value, version=version
    )
