"""Connectors on the laboratory: declared ones, and what else speaks HTTP."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from registry.connectors import declared, http
from registry.connectors.contract import Act, Connector
from registry.models import Connector as Row
from tests.laboratory.using import LabAccount, Laboratory

FIRST = 7_000
"""Numbers of people at the vendors begin here; digits alone, as some of them want."""
SETTINGS = {
    "amplitude": {"host": "amplitude.com"},
    "braze": {"host": "rest.iad-01.braze.com"},
    "hubspot": {},
    "mailchimp": {"data_center": "us6", "list_id": "abc123"},
    "segment": {"host": "api.segmentapis.com"},
    "segment_unify": {
        "host": "api.segmentapis.com", "profiles": "profiles.segment.com", "space_id": "spa-1"
    },
    "shopify": {"shop": "laboratory", "version": "2026-10"},
}  # fmt: skip
SECRET = "laboratory-secret-3141"
TROUBLES = {
    "expired": ("expired", Act.REFUSED, "credentials_refused"),
    "redirected": ("redirects", Act.REFUSED, "redirected"),
    "error_body": ("error_body", Act.RETRY, "answer_says_error"),
    "garbled": ("garbles", Act.RETRY, "answer_malformed"),
    "dead": ("dead", Act.RETRY, "unreachable"),
}  # fmt: skip
NOT_UNDERSTOOD = (Act.RETRY, "answer_not_understood")
CONTROLLED = {"error_body": (Act.RETRY, "control_failed")}
"""Of one that is asked first for what must be there."""


@dataclass
class LabWorld:
    """An account of the laboratory behind a connector of the suite."""

    account: LabAccount
    make: Callable[[str], Connector]
    delay_seconds: float = 0.0
    otherwise: dict[str, tuple[Act, str]] = field(default_factory=dict)  # than TROUBLES says

    def connector(self) -> Connector:
        return self.make(self.account.url)

    def put(self, numbers: Sequence[int]) -> None:
        self.account.people(*({"id": name_of(n), "email": email_of(n)} for n in numbers))

    def identifiers(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"email": (email_of(number),), "crm": (name_of(number),)}

    def left(self) -> set[int]:
        return {int(name) - FIRST for name in self.account.counts()["left"]}

    def effects(self) -> dict[int, int] | None:
        return {int(n) - FIRST: c for n, c in self.account.counts()["effects"].items()}

    def wait(self) -> None:
        time.sleep(self.delay_seconds)

    def trouble(self, kind: str) -> tuple[Act, str]:
        mood, *said = TROUBLES[kind]
        self.account.mood(**{mood: True})
        return self.otherwise.get(kind, tuple(said))

    def at(self, host: str) -> Connector | None:
        return self.make(f"https://{host}/interface")

    def fail(self) -> str | None:
        self.account.mood(limit_every=1, retry_after="30")
        return "too_many_requests"

    def mend(self) -> None:
        self.account.mood(limit_every=0)


def name_of(number: int) -> str:
    return str(FIRST + number)


def email_of(number: int) -> str:
    return f"person{number}@people.example"


def row(kind: str, settings: dict[str, Any]) -> Row:
    return Row(kind=kind, settings=settings)


def declared_on(kind: str) -> Callable[[str], Connector]:
    return lambda url: declared.made_shipped(kind, row(kind, SETTINGS[kind] | {"url": url}), SECRET)


@pytest.fixture
def amplitude_world(laboratory: Laboratory) -> LabWorld:
    account = laboratory.account("amplitude")
    account.mood(later_seconds=0.1)
    return LabWorld(account, declared_on("amplitude"), delay_seconds=0.2)


@pytest.fixture
def braze_world(laboratory: Laboratory) -> LabWorld:
    return LabWorld(laboratory.account("braze"), declared_on("braze"))


@pytest.fixture
def hubspot_world(laboratory: Laboratory) -> LabWorld:
    otherwise = dict.fromkeys(("error_body", "garbled"), NOT_UNDERSTOOD)
    return LabWorld(laboratory.account("hubspot"), declared_on("hubspot"), otherwise=otherwise)


@pytest.fixture
def mailchimp_world(laboratory: Laboratory) -> LabWorld:
    return LabWorld(laboratory.account("mailchimp"), declared_on("mailchimp"), otherwise=CONTROLLED)


@pytest.fixture
def segment_world(laboratory: Laboratory) -> LabWorld:
    account = laboratory.account("segment")
    account.mood(later_seconds=0.1)
    return LabWorld(account, declared_on("segment"), delay_seconds=0.2, otherwise=CONTROLLED)


@pytest.fixture
def segment_unify_world(laboratory: Laboratory) -> LabWorld:
    account = laboratory.account("segment_unify")
    account.mood(later_seconds=0.1)
    made = declared_on("segment_unify")
    return LabWorld(account, made, delay_seconds=0.2, otherwise=CONTROLLED)


@pytest.fixture
def shopify_world(laboratory: Laboratory) -> LabWorld:
    account = laboratory.account("shopify")
    account.mood(later_seconds=0.1)
    return LabWorld(account, declared_on("shopify"), delay_seconds=0.2)


@pytest.fixture
def http_world(laboratory: Laboratory) -> LabWorld:
    """A company's own system, one person a call."""
    return LabWorld(laboratory.account("generic"), _http(SINGLE))


@pytest.fixture
def http_batch_world(laboratory: Laboratory) -> LabWorld:
    """The same, many people a call, and done later."""
    account = laboratory.account("generic")
    account.mood(later_seconds=0.1)
    return LabWorld(account, _http(BATCH), delay_seconds=0.2)


def _http(settings: dict[str, Any]) -> Callable[[str], Connector]:
    return lambda url: http.made(row("http", settings | {"url": url}), SECRET)


RESULTS = {
    "done": [{"at": "/result", "is": ["done"]}],
    "accepted": [{"at": "/result", "is": ["accepted", "pending"]}],
    "unknown": [{"status": [404], "at": "/result", "is": ["unknown"]}],
}  # fmt: skip
LISTED = RESULTS | {"unknown": [{"at": "/result", "is": ["unknown"]}]}
SINGLE = {
    "effect": "delete", "schemes": ["email"], "auth": "bearer", "honours_key": True,
    "key_header": "Idempotency-Key",
    "tell": {"erase": {
        "path": ["one", "erase"], "body": {"email": "{email}"}, "reference": "/reference",
        "rules": RESULTS,
    }},
    "status": {
        "path": ["one", "status"], "body": {"reference": "{reference}"}, "rules": RESULTS,
    },
    "probe": {"erase": {
        "path": ["one", "probe"], "body": {"email": "{email}"},
        "rules": {
            "present": [{"at": "/found/0", "is": ["present"]}],
            "archived": [{"at": "/found/0", "is": ["archived"]}],
            "suppressed": [{"at": "/found/0", "is": ["suppressed"]}],
            "absent": [{"at": "/found/0", "exists": False}],
        },
    }},
}  # fmt: skip
EACH = {"key": "{key}", "email": "{email}"}
BATCH = SINGLE | {
    "batch": 100,
    "tell": {"erase": {
        "path": ["erase"], "body": {"people": "{each}"}, "each": EACH, "items": "/results",
        "item_key": "/key", "reference": "/reference", "rules": LISTED,
    }},
    "status": {
        "path": ["status"], "body": {"references": "{each}"}, "each": "{reference}",
        "items": "/results", "item_key": "/reference", "item_is": "{reference}", "rules": LISTED,
    },
    "probe": {"erase": {
        "path": ["probe"], "body": {"people": "{each}"}, "each": EACH, "items": "/results",
        "item_key": "/key",
        "rules": {
            one: [{"at": "/finding", "is": [one]}]
            for one in ("present", "archived", "suppressed", "absent")
        },
    }},
}  # fmt: skip
