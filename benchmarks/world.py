"""`python -m benchmarks.world SUBJECTS`: fills the set's database; prints the services as JSON.

The filled database is kept as a template beside it and copied for each run, so that every run
starts from the same million people and an empty log. Lines of the ledger and data keys are not
made: no decision reads them.
"""

import hashlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

import django
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

SET = os.environ.setdefault("SAMMATI_EMBEDDED", "bench")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.db import connection as own_connection  # noqa: E402 (settings first)
from django.utils import timezone  # noqa: E402

from accounts import services as accounts  # noqa: E402
from accounts.models import ServiceClient  # noqa: E402
from audit import services as audit  # noqa: E402
from audit.actors import Actor  # noqa: E402
from benchmarks import people, rules  # noqa: E402
from benchmarks.people import MARKETING, PERSONALISATION, PURPOSES, Service, World  # noqa: E402
from config.places import places  # noqa: E402
from config.run import postgres, stages  # noqa: E402
from config.run.provision import DATABASE, OWNER, provision  # noqa: E402
from consent import services as consent  # noqa: E402
from consent.versions.languages import SCHEDULED  # noqa: E402
from keys import services as keys  # noqa: E402
from keys.ids import uuid7  # noqa: E402
from policies.versions import services as versions  # noqa: E402
from registry import services as registry  # noqa: E402

LOOKED_UP = (
    ("subjects_subject", "controller_id, id"),
    ("consent_consentstate", "subject_id, purpose_id"),
    ("subjects_identifier", "controller_id, scheme, digest"),
)
AT_ONCE = 500_000
"""People of one transaction; even. What is checked at its end is remembered until then."""
LINK = {"text": "Your choices", "url": "/privacy/"}

SUBJECTS = """
INSERT INTO subjects_subject (id, controller_id, pseudonym, residence, region, time_zone, language,
  age_state, age_assurance, has_guardian, created_at)
SELECT {id}, CASE WHEN i %% 5 = 4 THEN %(eu)s ELSE %(in)s END::uuid, md5('pseudonym ' || i)::uuid,
  CASE WHEN i %% 5 = 4 THEN 'DE' ELSE 'IN' END, '', '', 'en', 'adult', 'declared', false, now()
FROM generate_series(%(first)s::bigint, %(last)s) AS i
"""
MARKETING_STATES = """
INSERT INTO consent_consentstate (id, controller_id, subject_id, purpose_id, event_id, sequence,
  state, since_at, expires_at, purpose_version, notice_version_id, language, is_explicit,
  is_provable, given_by, guardian_verified)
SELECT md5('state ' || i)::uuid, CASE WHEN i %% 5 = 4 THEN %(eu)s ELSE %(in)s END::uuid, {id},
  CASE WHEN i %% 5 = 4 THEN %(eu_purpose)s ELSE %(in_purpose)s END::uuid,
  md5('event ' || i)::uuid, 1,
  CASE WHEN part < 12 THEN 'given' WHEN part < 15 THEN 'withdrawn' WHEN part < 17 THEN 'refused'
       ELSE 'given' END,
  now(), CASE WHEN part = 17 THEN %(expired)s::timestamptz END, 1,
  CASE WHEN i %% 5 = 4 THEN %(eu_notice)s ELSE %(in_notice)s END::uuid, 'en', false, true,
  'principal', false
FROM generate_series(%(first)s::bigint, %(last)s) AS i, LATERAL (SELECT (i / 5) %% 20 AS part) AS p
WHERE part < 18
"""
PERSONALISATION_STATES = """
INSERT INTO consent_consentstate (id, controller_id, subject_id, purpose_id, event_id, sequence,
  state, since_at, purpose_version, notice_version_id, language, is_explicit, is_provable,
  given_by, guardian_verified)
SELECT md5('second ' || i)::uuid, CASE WHEN i %% 5 = 4 THEN %(eu)s ELSE %(in)s END::uuid, {id},
  CASE WHEN i %% 5 = 4 THEN %(eu_second)s ELSE %(in_second)s END::uuid,
  md5('other ' || i)::uuid, 1, 'given', now(), 1,
  CASE WHEN i %% 5 = 4 THEN %(eu_notice)s ELSE %(in_notice)s END::uuid, 'en', false, true,
  'principal', false
FROM generate_series(%(first)s::bigint, %(last)s, 2) AS i
"""
IDENTIFIERS = """
COPY subjects_identifier (id, controller_id, subject_id, scheme, digest, digest_version, sealed,
  created_at) FROM STDIN (FORMAT binary)
"""
TYPES = ("uuid", "uuid", "uuid", "text", "bytea", "int4", "bytea", "timestamptz")


def prepare(subjects: int) -> World:
    """A fresh copy of the filled database, with a key for each service."""
    name = template(subjects)
    with psycopg.connect(superuser("postgres"), autocommit=True) as connection:
        if not is_current(connection, name):
            drop(connection, name)
            fill(connection, subjects)
            keep(connection, name)
        copy(connection, name)
    provision(superuser("postgres"))
    return World(subjects, tuple(new_keys()))


def superuser(database: str = DATABASE) -> str:
    return postgres.superuser_dsn(places(SET), database)


def template(subjects: int) -> str:
    return f"world_{subjects}"


def digest() -> str:
    """Of all that decides what is in the filled database."""
    found = hashlib.sha256(stages.migrations_digest().encode())
    for path in (
        Path(__file__),
        Path(people.__file__),
        Path(rules.__file__),
        places(SET).data / "keys.json",
    ):
        found.update(path.read_bytes() if path.exists() else b"")
    return found.hexdigest()


def is_current(connection: psycopg.Connection, name: str) -> bool:
    query = """SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"""
    row = connection.execute(query, [name]).fetchone()
    return row is not None and row[0] == digest()


def drop(connection: psycopg.Connection, name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    connection.execute(statement.format(sql.Identifier(name)))


def fill(connection: psycopg.Connection, subjects: int) -> None:
    drop(connection, DATABASE)
    provision(superuser("postgres"))
    variables = stages.environment(stages.DEFAULT_PORT, SET)
    for command in (["migrate", "--noinput"], ["ensure_keys"]):
        stages.manage(command, variables=variables)
    load(subjects)


def keep(connection: psycopg.Connection, name: str) -> None:
    with psycopg.connect(superuser(), autocommit=True) as inside:
        inside.execute("VACUUM (ANALYZE, FREEZE)")
    own_connection.close()
    names = {"old": sql.Identifier(DATABASE), "new": sql.Identifier(name)}
    connection.execute(sql.SQL("ALTER DATABASE {old} RENAME TO {new}").format(**names))
    comment = sql.SQL("COMMENT ON DATABASE {new} IS {words}")
    connection.execute(comment.format(words=sql.Literal(digest()), **names))


def copy(connection: psycopg.Connection, name: str) -> None:
    drop(connection, DATABASE)
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
    names = (sql.Identifier(part) for part in (DATABASE, OWNER, name))
    connection.execute(statement.format(*names))
    connection.execute("CHECKPOINT")
    warm()


def warm() -> None:
    """Read what a check looks up into PostgreSQL's memory, as a server that has run a while has it.

    Without it the first minutes measure how a new copy is read in from its files.
    """
    with psycopg.connect(superuser(), autocommit=True) as inside:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            inside.execute(f"SET {setting} = off")
        for table, order in LOOKED_UP:
            rows = f"SELECT * FROM {table} ORDER BY {order} OFFSET 0"
            inside.execute(f"SELECT count(*), max(t::text) FROM ({rows}) AS t")


def load(subjects: int) -> None:
    """Two controllers with their purposes, notices and services; then the people."""
    values: dict[str, object] = {"expired": people.EXPIRED_AT}
    values |= controller("in", "IN", "consent") | controller("eu", "DE", "6-1-a")
    owner = make_conninfo(superuser(), user=OWNER, options="-c synchronous_commit=off")
    with psycopg.connect(owner) as connection:
        for first in range(0, subjects, AT_ONCE):
            values |= {"first": first, "last": min(first + AT_ONCE, subjects) - 1}
            for statement in (SUBJECTS, MARKETING_STATES, PERSONALISATION_STATES):
                connection.execute(statement.format(id=people.SUBJECT_ID), values)
            connection.commit()
        identifiers(connection, subjects, (UUID(str(values["in"])), UUID(str(values["eu"]))))


def controller(slug: str, country: str, ground: str) -> dict[str, object]:
    """One controller through the services, and the ids its people's rows need."""
    author, second = Actor.system("benchmark-author"), Actor.system("benchmark-second")
    made = accounts.create_controller(
        by=author, slug=slug, name=slug.upper(), country=country,
        contact_name="Contact", contact_email="contact@people.example",
    )  # fmt: skip
    pack = "IN" if country == "IN" else "EU"
    versions = [
        consent.draft_purpose(
            by=author, controller_id=made.id, code=code, words=words(code, {pack: ground})
        )
        for code in PURPOSES
    ]
    for version in versions:
        consent.approve_purpose(by=second, version=version)
    notice = consent.draft_notice(
        by=author, controller_id=made.id, code="web", pack=pack, purposes=versions,
        translations={"en": content()},
    )  # fmt: skip
    publish(notice, author, second)
    service = accounts.create_service(
        by=author, controller_id=made.id, code="activator", name="Activator",
        purposes=list(PURPOSES),
    )  # fmt: skip
    party = registry.record_party(
        by=author, controller_id=made.id, code="own", name="Own", kind="internal", country=country
    )
    govern(made.id, author, second)
    registry.put_in_charge(by=author, controller_id=made.id, service_id=service.id, party=party)
    first, other = (version.purpose_id for version in versions)
    return {slug: str(made.id), f"{slug}_purpose": str(first), f"{slug}_second": str(other),
            f"{slug}_notice": str(notice.id)}  # fmt: skip


def publish(notice: Any, author: Actor, second: Actor) -> None:
    """Put a notice in force with its English words; an Indian one waives the other languages."""
    if notice.notice.pack == "IN":
        consent.waive_languages(
            by=author, notice=notice.notice, languages=SCHEDULED, reason="Only measured with.",
            until_on=timezone.now().date(),
        )  # fmt: skip
    consent.publish_notice(by=second, version=notice)


def govern(controller_id: UUID, author: Actor, second: Actor) -> None:
    """Ten guardrails in force, approved as any others; only the rehearsal's job is invented."""
    drafted = versions.draft_policy(by=author, controller_id=controller_id, note="Benchmark")
    whole = versions.replace_guardrails(by=author, version=drafted, guardrails=rules.ten())
    rehearsed = versions.note_rehearsed(by=author, version=whole, job_id=uuid7())
    versions.approve_policy(by=second, version=rehearsed)


def words(code: str, grounds: dict[str, str]) -> consent.Words:
    dpv = {MARKETING: "dpv:DirectMarketing", PERSONALISATION: "dpv:Personalisation"}[code]
    return consent.Words(
        title="Invented", description="Invented", enables="Invented", dpv_purpose=dpv,
        grounds=grounds, categories=("pd:EmailAddress",), retention_days=30, owner="Nobody",
    )  # fmt: skip


def content() -> dict[str, object]:
    told = {"title": "Invented", "description": "Invented", "data": ["E-mail address"],
            "enables": "Invented", "basis": "Invented", "interests": "Invented",
            "recipients": ["Invented"], "retention": "Invented"}  # fmt: skip
    rights = ("access", "rectification", "erasure", "restriction", "objection", "portability")
    return {
        "title": "Invented", "introduction": "Invented",
        "items": [{"purpose": code, **told} for code in PURPOSES],
        "withdraw": LINK, "rights": LINK, "grievance": LINK, "board": LINK,
        "contact": {"name": "Contact", "email": "contact@people.example"},
        "controller": {"name": "Invented", "contact": "Invented"},
        "dpo": {"email": "contact@people.example"}, "collected_from": "person",
        "data_rights": dict.fromkeys(rights, "Invented"), "transfers": "None",
        "necessity": "None",
    }  # fmt: skip


def identifiers(
    connection: psycopg.Connection, subjects: int, controllers: tuple[UUID, UUID]
) -> None:
    """E-mail addresses of one in ten, found by their real digest; what is sealed is filler."""
    now, version = timezone.now(), keys.lookup_version()
    with connection.cursor().copy(IDENTIFIERS) as rows:
        rows.set_types(TYPES)
        for i in filter(people.has_e_mail, range(subjects)):
            owner = controllers[people.controller(i)]
            digest = keys.lookup_digest(
                controller_id=owner, scheme="email", value=people.e_mail(i), version=version
            )
            row = (uuid7(), owner, people.subject_id(i), "email", digest, version, bytes(60), now)
            rows.write_row(row)


def new_keys() -> list[Service]:
    """A new key for each service, and this month's partitions."""
    audit.ensure_partitions()
    by = Actor.system("benchmark")
    clients = ServiceClient.objects.select_related("controller").order_by("-controller__slug")
    return [
        Service(str(one.controller_id), one.code, accounts.issue_key(by=by, service=one)[1])
        for one in clients
    ]


if __name__ == "__main__":
    print(json.dumps(asdict(prepare(int(sys.argv[1])))))
