"""`python -m benchmarks.rehearsal`: how long a draft takes over recorded decisions, caps included.

`DECISIONS=` so many (a million unless said otherwise). Decisions are those of the engine, recorded
as the decision point records them, about a tenth as many people, in ten campaigns.
"""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SAMMATI_EMBEDDED", "bench-rehearsal")
django.setup()

from accounts import services as accounts  # noqa: E402 (Django first)
from audit import services as audit  # noqa: E402
from audit.actors import Actor  # noqa: E402
from benchmarks.log import house  # noqa: E402
from config import env  # noqa: E402
from keys.ids import uuid7_at  # noqa: E402
from policies.pdp import model, record  # noqa: E402
from policies.pdp.engine import decide  # noqa: E402
from policies.rehearsal import selectors  # noqa: E402
from policies.rehearsal import services as rehearsals  # noqa: E402
from policies.versions import services as policy  # noqa: E402
from work import services as work  # noqa: E402

BY = Actor.system("bench")
PURPOSE = "marketing.email.offers"
SPAN = timedelta(hours=20)
WORDS = {"en": "A rule."}
DENY = {"match": {"campaigns": ["c3"]}, "effect": {"kind": "deny"}}
CAP = {"match": {"channels": ["sms"]}, "effect": {"kind": "cap", "limit": 3, "seconds": 86_400}}
QUIET = {
    "match": {"channels": ["push"]}, "effect": {"kind": "quiet", "starts": "21:00", "ends": "08:00"}
}  # fmt: skip


def main() -> int:
    number = env.integer("DECISIONS", default=1_000_000)
    with house.fresh(os.environ["SAMMATI_EMBEDDED"]) as connection:
        controller = accounts.create_controller(
            by=BY, slug="bench", name="Bench", country="IN", contact_name="B",
            contact_email="b@bench.example",
        )  # fmt: skip
        began = datetime.now(UTC) - SPAN
        filled = time.monotonic()
        _fill(connection, controller.id, number, began)
        print(f"filled {number} in {time.monotonic() - filled:.0f} s", flush=True)
        version = policy.draft_policy(by=BY, controller_id=controller.id, note="bench")
        for kind, rule in (("a denial and quiet hours", (DENY, QUIET)), ("with a cap", (CAP,))):
            for place, one in enumerate(rule):
                told = {"code": f"r{kind[:1]}{place}", "title": "r", "text": WORDS,
                        "person": WORDS, **one}  # fmt: skip
                version = policy.put_guardrail(by=BY, version=version, guardrail=told)
            _rehearse(kind, controller.id, began, number)
    return 0


def _rehearse(kind: str, controller_id: UUID, began: datetime, number: int) -> None:
    started = time.monotonic()
    made = rehearsals.start(
        by=BY, controller_id=controller_id, since=began, until=datetime.now(UTC)
    )
    while work.run_available(worker="bench", seconds=3600):
        pass
    seconds = time.monotonic() - started
    counted = selectors.counted(made)
    if counted.examined != number:
        raise RuntimeError(f"{counted.examined} of {number} decisions were counted")
    print(f"{kind}: {seconds:.1f} s, {number / seconds:,.0f} decisions/s, {counted.flows}")


def _fill(connection: house.Connection, controller_id: UUID, number: int, began: datetime) -> None:
    """Payloads and lines of the index; places in the log are not needed here.

    The decisions are made twice: a million of them at once would take gigabytes.
    """
    with connection.cursor() as cursor:
        with cursor.copy("COPY audit_payload (id, retention_class, salt, body) FROM STDIN") as copy:
            for entry_id, made, at in _entries(controller_id, number, began):
                copy.write_row((entry_id, "rc2", b"0" * 16, record.body(made, at)))
        with cursor.copy(
            "COPY audit_entryindex (id, retention_class, controller_id, at, event, actor_type,"
            " actor_id, target_type, target_id, purpose, outcome, reason_code) FROM STDIN"
        ) as copy:
            for entry_id, made, _at in _entries(controller_id, number, began):
                outcome = "permit" if made.decision.permit else "deny"
                copy.write_row((
                    entry_id, "rc2", controller_id, began, record.EVENT, "service",
                    made.service_id, "decision", made.id, made.purpose, outcome,
                    made.decision.reason_code,
                ))  # fmt: skip
        cursor.execute("ANALYZE audit_payload")
        cursor.execute("ANALYZE audit_entryindex")


def _entries(
    controller_id: UUID, number: int, began: datetime
) -> Iterator[tuple[UUID, record.Made, int]]:
    step = SPAN / (number + 1)
    for place in range(number):
        when = began + step * (place + 1)
        at = audit.micros(when)
        entry_id = UUID(int=uuid7_at(when).int | (place & ((1 << 62) - 1)))
        facts = _facts(place, at)
        person = UUID(int=place % max(1, number // 10) + 1)
        yield entry_id, record.Made(
            str(entry_id), entry_id.bytes, controller_id.bytes, "mailer", decide(facts), facts,
            person.bytes, str(person), PURPOSE,
        ), at  # fmt: skip


def _facts(place: int, at: int) -> model.Facts:
    channel = ("sms", "email", "push", "post")[place % 4]
    given = "withdrawn" if place % 7 == 0 else "given"
    return model.Facts(
        now=at,
        question=model.Question(
            purpose=PURPOSE, caller="mailer", caller_type="service", channel=channel,
            campaign=f"c{place % 10}",
        ),
        service=model.ServiceFacts(
            id="s", code="mailer", is_active=True, may_ask=True, has_contract=True
        ),
        purpose=model.PurposeFacts(
            code=PURPOSE, version=1, state="active", grounds={"IN": "consent"}, material_version=1,
            categories=("pd:EmailAddress",), is_marketing=True,
        ),
        subject=model.SubjectFacts(
            packs=("IN",), region="IN", age="adult", age_assurance="declared"
        ),
        consent=model.ConsentFacts(
            record="01900000-0000-7000-8000-0000000000c1", state=given, since=at - 10**12,
            purpose_version=1, notice="01900000-0000-7000-8000-0000000000c2", language="hi",
            is_provable=True,
        ),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
