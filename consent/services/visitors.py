"""Choices on devices and signals of browsers as a service passes them on."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.reads import record_read
from audit.actors import Actor, Target
from consent.services import devices
from consent.services.asking import check_method
from subjects import services as subjects
from subjects.naming import Named, person


@transaction.atomic
def choose(  # noqa: PLR0913 (whose choice it is, and how it was made)
    *,
    by: Actor,
    controller_id: UUID,
    device: str,
    choices: Mapping[str, bool],
    method: str,
    who: Named | None,
    is_signalled: bool,
) -> dict[str, bool]:
    """Note what was chosen on a device, by `who` if somebody is signed in there.

    Raises as `choose_on_device`, and UnknownMethodError, ForbiddenMethodError.
    """
    check_method(method)
    return devices.choose_on_device(
        by=by, controller_id=controller_id, device=device, choices=choices, method=method,
        subject_id=_id(controller_id, who), is_signalled=is_signalled,
    )  # fmt: skip


@transaction.atomic
def join(*, by: Actor, controller_id: UUID, device: str, who: Named) -> dict[str, bool]:
    """Somebody signed in on a device: its refusals become theirs. Raises SubjectUnknownError."""
    found = person(controller_id, who)
    return devices.join_device(
        by=by, controller_id=controller_id, device=device, subject_id=found.id
    )


@transaction.atomic
def show(*, by: Actor, controller_id: UUID, device: str, who: Named | None) -> dict[str, bool]:
    """What is on there now. Of a person the reading is recorded.

    Raises SubjectUnknownError, ReadNotRecordedError.
    """
    if who is None:
        return devices.on_device(controller_id, device)
    found = person(controller_id, who)
    record_read(
        by=by, controller_id=controller_id, target=Target("subject", str(found.id)),
        subject=subjects.ref(found), data={"what": "device_choices", "shown": 1},
    )  # fmt: skip
    return devices.on_device(controller_id, device, found.id)


@transaction.atomic
def hear(*, by: Actor, controller_id: UUID, device: str, who: Named | None) -> None:
    """Heed a Global Privacy Control signal. Raises SubjectUnknownError."""
    devices.hear_signal(
        by=by, controller_id=controller_id, device=device, subject_id=_id(controller_id, who)
    )


def _id(controller_id: UUID, who: Named | None) -> UUID | None:
    return person(controller_id, who).id if who else None
