"""Drafts, decisions to try them on, and rehearsals worked to their end."""

import csv
import io
from datetime import UTC, datetime, timedelta

from audit.actors import Actor
from policies.rehearsal import selectors, services
from work import services as work

OLGA, NILS = Actor("officer", "olga"), Actor("officer", "nils")
NOW = datetime.now(UTC)


def rule(code="no_sms", effect=None, **match):
    words = {"en": "Not by this channel."}
    return {
        "code": code, "title": "A rule", "match": match or {"channels": ["sms"]},
        "effect": effect or {"kind": "deny"}, "text": words, "person": words,
    }  # fmt: skip


def rehearse(lotus, **more):
    given = {"since": NOW - timedelta(days=1), "until": datetime.now(UTC), **more}
    return services.start(by=OLGA, controller_id=lotus.id, **given)


def done(rehearsal):
    """Works until nothing is due, and gives what was counted."""
    while work.run_available(worker="test"):
        pass
    rehearsal.refresh_from_db()
    return selectors.counted(rehearsal)


def lines(rehearsal):
    text = b"".join(selectors.flips(rehearsal)).decode()
    return list(csv.DictReader(io.StringIO(text)))
