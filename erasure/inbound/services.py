"""The verbs on deletion callbacks: setting an app up, proving what was sent, taking it in."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.selectors import controller_by_slug
from audit import services as audit
from audit.actors import Actor, Target
from audit.alarms import AlarmKind, raise_alarm
from consent import services as consent
from erasure.errors_inbound import (
    CallbackUnprovenError,
    PlatformAppError,
    PlatformAppThereError,
)
from erasure.inbound import published, shapes, signatures
from erasure.inbound.shapes import Setup, Told
from erasure.models import Callback, Platform, PlatformApp, Trigger
from erasure.services import NewCase, open_case
from keys import services as keys
from keys.problems import DomainError
from subjects.schemes import SCHEMES
from subjects.selectors import find
from work import services as work

__all__ = ["ASKED", "prove", "receive", "record_app", "set_app_secret", "switch_app"]

BY: Final = Actor.system("platform")
SIGNED_BY_KEYS: Final = frozenset({Platform.APPLE.value, Platform.GOOGLE.value})
LONGEST_SECRET: Final = 1000
FOR_AN_OFFICER: Final = frozenset({"access_asked", "shop_closed"})
"""Outcomes that nobody has answered: a copy for somebody who is not known here, and a shop that is
closed, of which an officer says whether that ends the reason to keep its people's data."""
ASKED: Final = "erasure.access_asked"
"""The kind of job that takes a request for a copy in; its handler is rights'."""


@transaction.atomic
def record_app(  # noqa: PLR0913 (an app has these parts)
    *,
    by: Actor,
    controller_id: UUID,
    platform: str,
    audiences: Sequence[str] = (),
    secret: str = "",
    scheme: str = "account",
    before: str = "",
    keys_url: str = "",
) -> PlatformApp:
    """Say what the company has at a platform; from then on its callbacks are heard.

    Raises PlatformAppError, PlatformAppThereError, ValidationError; then nothing was entered.
    """
    if PlatformApp.objects.filter(controller_id=controller_id, platform=platform).exists():
        raise PlatformAppThereError
    row = PlatformApp(
        controller_id=controller_id, platform=platform, audiences=list(audiences), scheme=scheme,
        before=before, keys_url=keys_url, created_by=by.id,
    )  # fmt: skip
    _seal(row, secret)
    _check(row)
    row.full_clean()
    row.save(force_insert=True)
    _record(by, row, "platform_app:recorded")
    return row


@transaction.atomic
def set_app_secret(*, by: Actor, app: PlatformApp, secret: str) -> PlatformApp:
    """Another secret, as the platform shows it. Raises PlatformAppError."""
    locked = PlatformApp.objects.select_for_update().get(pk=app.pk)
    _seal(locked, secret)
    _check(locked)
    locked.save(update_fields=["sealed_secret", "secret_version"])
    _record(by, locked, "platform_app:changed")
    return locked


@transaction.atomic
def switch_app(*, by: Actor, app: PlatformApp) -> PlatformApp:
    """Hear no more of a platform, or hear of it again."""
    locked = PlatformApp.objects.select_for_update().get(pk=app.pk)
    locked.is_active = not locked.is_active
    locked.save(update_fields=["is_active"])
    _record(by, locked, "platform_app:changed")
    return locked


def prove(
    platform: str, slug: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> tuple[PlatformApp, Told]:
    """What was told, and to whom, if it is signed; nothing is said of who else is here.

    Raises CallbackUnprovenError, CallbackMalformedError, CallbackKeysError.
    """
    controller = controller_by_slug(slug)
    app = (
        controller
        and PlatformApp.objects.filter(
            controller_id=controller.pk, platform=platform, is_active=True
        ).first()
    )
    if not app or len(body) > signatures.LONGEST:
        raise CallbackUnprovenError
    return app, shapes.told(platform, body, headers, _setup(app, body), now)


@transaction.atomic
def receive(*, app: PlatformApp, told: Told) -> Callback:
    """Take in what was told. The same message again changes nothing and is answered alike.

    Of the person it is about, if anybody here is known by the id: opens a case about everything,
    has a request for a copy taken in, or withdraws what they consented to.
    """
    row, is_new = Callback.objects.get_or_create(
        controller_id=app.controller_id, platform=app.platform, message_id=told.message_id[:100],
        defaults={"code": secrets.token_hex(16), "outcome": told.kind},
    )  # fmt: skip
    if not is_new:
        return row
    if told.identifiers:
        _act(app, told, row)
        row.save(update_fields=["outcome", "case_id"])
    if row.outcome in FOR_AN_OFFICER:
        raise_alarm(
            controller_id=app.controller_id, kind=AlarmKind.CALLBACK_WAITS, detail=row.outcome
        )
    audit.record(
        event="callback:received", by=BY, controller_id=app.controller_id,
        target=Target("callback", str(row.id)),
        data={"platform": app.platform, "outcome": row.outcome},
    )  # fmt: skip
    return row


def _act(app: PlatformApp, told: Told, row: Callback) -> None:
    subject_id = _person(app, told)
    if subject_id is None:
        row.outcome = "unknown_person" if told.kind != "access_asked" else row.outcome
    elif told.kind == "erase":
        row.outcome, row.case_id = _opened(app, subject_id, row)
    elif told.kind == "access_asked":
        row.outcome = "access_opened"
        work.enqueue(
            kind=ASKED, controller_id=app.controller_id,
            payload={"subject": str(subject_id), "callback": str(row.id)},
        )  # fmt: skip
    else:
        _withdrawn(app, subject_id)


def _person(app: PlatformApp, told: Told) -> UUID | None:
    """By the best name that anybody has here; the person is the one whom the platform means."""
    for scheme, value in told.identifiers:
        try:
            person = find(app.controller_id, scheme, value)
        except DomainError:
            continue
        if person is not None:
            return person.id
    return None


def _opened(app: PlatformApp, subject_id: UUID, row: Callback) -> tuple[str, UUID | None]:
    new = NewCase(subject_id=subject_id, trigger=Trigger.PLATFORM.value, trigger_ref=str(row.id))
    opened = open_case(by=BY, controller_id=app.controller_id, new=new)
    return ("opened" if opened.case_id == opened.id else "joined"), opened.case_id


def _withdrawn(app: PlatformApp, subject_id: UUID) -> None:
    """Who takes their sign-in back at the platform takes back what they consented to through it.

    No record says which consent came by which sign-in: so all of them, which permits the least.
    """
    consent.withdraw_all(
        by=BY, controller_id=app.controller_id, subject_id=subject_id, method="api", channel="app"
    )


def _setup(app: PlatformApp, body: bytes) -> Setup:
    known: Sequence[signatures.Key] = ()
    if app.platform in SIGNED_BY_KEYS:
        token = shapes.token_of(app.platform, body)
        known = published.keys_for(app, signatures.key_id(token))
    return Setup(frozenset(app.audiences), app.scheme, app.before, _secret(app), known)


def _secret(app: PlatformApp) -> str:
    if app.sealed_secret is None or app.secret_version is None:
        return ""
    blob = bytes(app.sealed_secret)
    return keys.unwrap(app.secret_version, blob, context=app.id.bytes).decode()


def _seal(row: PlatformApp, secret: str) -> None:
    if len(secret) > LONGEST_SECRET or not (secret.isascii() and secret.isprintable()):
        raise PlatformAppError(field="secret")
    if not secret:
        row.sealed_secret = row.secret_version = None
        return
    wrapped = keys.wrap(secret.encode(), context=row.id.bytes)
    row.sealed_secret, row.secret_version = wrapped.blob, wrapped.version


def _check(row: PlatformApp) -> None:
    by_keys, has_secret = row.platform in SIGNED_BY_KEYS, row.sealed_secret is not None
    if row.platform not in Platform.values or by_keys == has_secret or (
        by_keys != bool(row.audiences) or (bool(row.keys_url) and not by_keys)
    ):  # fmt: skip
        raise PlatformAppError
    if row.scheme not in SCHEMES:
        raise PlatformAppError(field="scheme")


def _record(by: Actor, row: PlatformApp, event: str) -> None:
    audit.record(
        event=event, by=by, controller_id=row.controller_id,
        target=Target("platform_app", str(row.id)),
        data={"platform": row.platform, "is_active": row.is_active},
    )  # fmt: skip
