"""Whom the companies tell of choices, and by whom choices come in: nobody outside is ever called.

The mailer's address is one of this very machine, where `examples/shop.py` may listen; it agreed
and is down since. The text messages' has never answered. The warehouse asks by itself.
"""

import hashlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from accounts import selectors as accounts
from audit.actors import Actor
from consent import selectors as consents
from consent import services as consent
from consent.feed import greeting, numbering, subscribers
from consent.managers.selectors import Manager
from consent.transitions import State
from desk.demo import people
from desk.demo.companies import EMAIL, Company
from keys.ids import uuid7
from subjects.naming import Named

SHOP: Final = "http://127.0.0.1:8099"
"""Where the example of a company's own site stands; both companies have registered it."""
SILENT: Final = "http://127.0.0.1:8098/events"
REMIND_DAYS: Final = (30, 7)
MANAGERS: Final = (
    ("ichchha-setu", "Ichchha Setu", "DPB-CM-2026-0007"),
    ("bharosa-manch", "Bharosa Manch", "DPB-CM-2026-0012"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose doors, and who opens them."""

    company: Company
    controller_id: UUID
    author: Actor
    approver: Actor


@transaction.atomic
def build(scene: Scene, total: int) -> None:
    """All of it or nothing. What people chose before is told to nobody."""
    while numbering.place() == numbering.AT_ONCE:
        pass  # until all of it has its place before the first subscriber's
    _subscribers(scene)
    for origin in (SHOP, f"https://shop.{scene.company.slug}.example"):
        consent.add_site(by=scene.author, controller_id=scene.controller_id, origin=origin)
    purpose = consents.purposes([scene.controller_id]).get(code=EMAIL)
    consent.set_contact_plan(
        by=scene.author, purpose=purpose, remind_days=REMIND_DAYS, confirms=[State.WITHDRAWN]
    )
    if scene.company.pack == "IN":  # consent managers are the DPDP Act's
        _managers(scene, total)


def _subscribers(scene: Scene) -> None:
    known = {one.code: one.pk for one in accounts.services_of(scene.controller_id)}
    url = f"{SHOP}/events/{scene.company.slug}"
    mailer, _ = subscribers.subscribe(
        by=scene.author, controller_id=scene.controller_id, service_id=known["email-activator"],
        url=url, must_confirm=True,
    )  # fmt: skip
    greeting.note_greeted(mailer.pk, greeting.Greeted(url, agrees=True))
    subscribers.subscribe(
        by=scene.author, controller_id=scene.controller_id, service_id=known["sms-gateway"],
        url=SILENT, scheme="ed25519", kinds=("consent.refused", "consent.withdrawn"),
    )  # fmt: skip
    subscribers.subscribe(
        by=scene.author, controller_id=scene.controller_id, service_id=known["warehouse"],
        must_confirm=True,
    )  # fmt: skip


def _managers(scene: Scene, total: int) -> None:
    """One that is accepted and brought a withdrawal, and one that a second person still has to
    look at."""
    setu, _ = (
        consent.register_manager(
            by=scene.author, controller_id=scene.controller_id, code=code, name=name,
            registration=registration,
        )
        for code, name, registration in MANAGERS
    )  # fmt: skip
    consent.accept_manager(by=scene.approver, manager=setu)
    public = Ed25519PrivateKey.generate().public_key()  # the demo's file gets another one
    key = consent.add_manager_key(by=scene.author, manager=setu, public=public.public_bytes_raw())
    signer = Manager(setu.pk, setu.code, setu.name, scene.controller_id, key.pk, scene.company.name)
    consent.take_mandate(
        manager=signer,
        mandate=consent.Mandate(
            request_id=uuid7(), digest=hashlib.sha256(b"{}").digest(),
            who=Named(value=_agreed(scene, total), scheme="email"), purpose=EMAIL,
            state=State.WITHDRAWN, reference="ART-7781",
        ),
    )  # fmt: skip


def _agreed(scene: Scene, total: int) -> str:
    """The first of the crowd who said yes to offers, and of whom there is nothing else to tell."""
    return next(
        one.email for one in people.crowd(scene.company, total)
        if not one.then and one.facts["age_state"] == "adult"
        and [(step.state, step.more) for step in one.steps if step.purpose == EMAIL]
        == [("given", {})]
    )  # fmt: skip
