"""Choices on devices, and how a refusal there becomes the person's own at sign-in (CON-32).

Without a choice only the essential is on. Nothing here ever widens what a person allows.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from consent.errors import DeviceCategoryError
from consent.models import DeviceCategory, DeviceChoice, Objection, ObjectionKind
from consent.services.objections import object_to
from keys import services as keys
from subjects import services as subjects

VALID_DAYS = 180
"""Then the company may ask anew; until somebody answers, only the essential is on."""
SIGNAL = "signal"
AT_SIGN_IN = "device"
SCHEME = "visitor"
"""Under which a device's key is hashed: apart from the `device` identifiers of known people."""
ADVERTISING = DeviceCategory.ADVERTISING


@transaction.atomic
def choose_on_device(  # noqa: PLR0913 (whose choice it is, and how it was made)
    *,
    by: Actor,
    controller_id: UUID,
    device: str,
    choices: Mapping[str, bool],
    method: str,
    subject_id: UUID | None = None,
    is_signalled: bool = False,
) -> dict[str, bool]:
    """Note what was chosen on a device; returns what is on there now, as `on_device`.

    With `subject_id` it is said by that person, signed in, and counts for them on all devices.
    While the browser signals an opt-out, advertising cannot be allowed. Raises
    DeviceCategoryError, SubjectUnknownError.
    """
    said = _said(choices, is_signalled=is_signalled)
    now, digest = timezone.now(), _digest(controller_id, device)
    ends = now + timedelta(days=VALID_DAYS)
    for category, is_allowed in said.items():
        DeviceChoice.objects.update_or_create(
            controller_id=controller_id, device=digest, category=category,
            defaults={
                "is_allowed": is_allowed, "method": method, "chosen_at": now, "expires_at": ends,
            },
        )  # fmt: skip
    ref = None
    if subject_id is not None:
        ref = subjects.ref(subjects.lock(controller_id, subject_id))
        _take_over(by, controller_id, subject_id, said, method, now)
    _record(by, controller_id, ref, "device:chosen", said)
    return on_device(controller_id, device, subject_id)


@transaction.atomic
def join_device(
    *, by: Actor, controller_id: UUID, device: str, subject_id: UUID
) -> dict[str, bool]:
    """Make the refusals of a device those of the person who signs in on it.

    A refusal survives; a yes of the device stays the device's. One that the person has allowed
    since, signed in, is not brought back. Raises SubjectUnknownError.
    """
    subject = subjects.lock(controller_id, subject_id)
    own = _of_person(controller_id, subject_id)
    refused = {
        category: row
        for category, row in _of_device(controller_id, device).items()
        if not row.is_allowed
        and (category not in own or own[category].chosen_at < row.chosen_at)
    }  # fmt: skip
    for category, row in refused.items():
        _take_over(by, controller_id, subject_id, {category: False}, AT_SIGN_IN, row.chosen_at)
    if refused:
        taken = dict.fromkeys(refused, False)
        _record(by, controller_id, subjects.ref(subject), "device:joined", taken)
    return on_device(controller_id, device, subject_id)


@transaction.atomic
def hear_signal(
    *, by: Actor, controller_id: UUID, subject_id: UUID | None = None, device: str = ""
) -> None:
    """Heed a Global Privacy Control signal of a person, a device, or both.

    Nothing of theirs is sold or shared for advertising from the next check on. A signal that stays
    away later takes nothing back. Raises SubjectUnknownError.
    """
    if device:
        choose_on_device(
            by=by, controller_id=controller_id, device=device, choices={ADVERTISING: False},
            method=SIGNAL, subject_id=subject_id,
        )  # fmt: skip
    elif subject_id is not None and not _opted_out(controller_id, subject_id):
        object_to(
            by=by, controller_id=controller_id, subject_id=subject_id, method=SIGNAL,
            kind=ObjectionKind.SALE_SHARING,
        )  # fmt: skip


def on_device(controller_id: UUID, device: str, subject_id: UUID | None = None) -> dict[str, bool]:
    """What may be kept on or read from a device, by category; the essential is not asked about.

    Only what was allowed on this very device within its time, unless the person refused it.
    """
    now = timezone.now()
    here = _of_device(controller_id, device)
    own = _of_person(controller_id, subject_id) if subject_id else {}
    allowed = {
        category: category in here
        and here[category].is_allowed
        and (here[category].expires_at or now) > now
        and (category not in own or own[category].is_allowed)
        for category in DeviceCategory.values
    }  # fmt: skip
    if subject_id and _opted_out(controller_id, subject_id):
        allowed[ADVERTISING] = False
    return allowed


@transaction.atomic
def forget_devices(*, limit: int) -> int:
    """Delete choices of devices whose time is over; returns how many. At most `limit`."""
    due = DeviceChoice.objects.filter(expires_at__lte=timezone.now()).order_by("expires_at")
    ids = list(due.values_list("id", flat=True)[:limit])
    return DeviceChoice.objects.filter(id__in=ids).delete()[0]


def _said(choices: Mapping[str, bool], *, is_signalled: bool) -> dict[str, bool]:
    if not choices or not choices.keys() <= set(DeviceCategory.values):
        raise DeviceCategoryError
    said = {str(category): bool(is_allowed) for category, is_allowed in choices.items()}
    return {**said, str(ADVERTISING): False} if is_signalled else said


def _take_over(  # noqa: PLR0913, PLR0917 (what a person's own choice consists of)
    by: Actor,
    controller_id: UUID,
    subject_id: UUID,
    said: Mapping[str, bool],
    method: str,
    chosen_at: datetime,
) -> None:
    """A refusal becomes the person's; a yes of theirs ends an earlier refusal and no more."""
    for category, is_allowed in said.items():
        defaults = {"is_allowed": is_allowed, "method": method, "chosen_at": chosen_at}
        rows = DeviceChoice.objects.filter(
            controller_id=controller_id, subject_id=subject_id, category=category
        )
        if is_allowed:
            rows.update(**defaults)
        elif not rows.update(**defaults):
            DeviceChoice.objects.create(
                controller_id=controller_id, subject_id=subject_id, category=category, **defaults
            )
        if category == ADVERTISING and not is_allowed:
            object_to(
                by=by, controller_id=controller_id, subject_id=subject_id, method=method,
                kind=ObjectionKind.SALE_SHARING,
            )  # fmt: skip


def _opted_out(controller_id: UUID, subject_id: UUID) -> bool:
    return Objection.objects.filter(
        controller_id=controller_id, subject_id=subject_id, lifted_at=None,
        kind=ObjectionKind.SALE_SHARING,
    ).exists()  # fmt: skip


def _of_device(controller_id: UUID, device: str) -> dict[str, DeviceChoice]:
    rows = DeviceChoice.objects.filter(
        controller_id=controller_id, device=_digest(controller_id, device)
    )
    return {row.category: row for row in rows}


def _of_person(controller_id: UUID, subject_id: UUID) -> dict[str, DeviceChoice]:
    rows = DeviceChoice.objects.filter(controller_id=controller_id, subject_id=subject_id)
    return {row.category: row for row in rows}


def _digest(controller_id: UUID, device: str) -> bytes:
    return keys.lookup_digest(controller_id=controller_id, scheme=SCHEME, value=device)


def _record(
    by: Actor, controller_id: UUID, subject: SubjectRef | None, event: str, said: Mapping[str, bool]
) -> None:
    """The entry names categories and answers, of a device nothing."""
    audit.record(
        event=event, by=by, controller_id=controller_id, target=Target("device", ""),
        subject=subject, data={"choices": dict(said)},
    )  # fmt: skip
