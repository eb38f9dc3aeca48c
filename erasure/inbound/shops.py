"""A shop that is closed at a platform: an officer says whether its people's data go (shop/redact).

The platform says only that the shop is closed there. Whether the company keeps selling to the same
people elsewhere it cannot know, so nothing goes by itself.
"""

from typing import Final
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from erasure.errors_inbound import ShopSettledError
from erasure.models import Callback, PlatformApp, Trigger
from erasure.services import causes
from erasure.services.opening import NewCase
from keys.ids import SYSTEM_ID
from subjects import identifying
from work import services as work
from work.handlers import JobView, Outcome, finished, handler

__all__ = ["CLOSED", "erase_people", "keep_people", "people"]

KIND: Final = "erasure.shop_people"
CLOSED, ERASED, KEPT = "shop_closed", "shop_erased", "shop_kept"


def people(row: Callback) -> int:
    """How many people are known here as the platform's customers: of whom a case would be opened.

    By the scheme of identifiers that was set up for the platform; who came by another shop of the
    same platform is among them.
    """
    app = _app(row)
    return identifying.count(row.controller_id, app.scheme) if app else 0


@transaction.atomic
def erase_people(*, by: Actor, controller_id: UUID, callback_id: UUID) -> Callback:
    """Open a case of everything for each of them, by a job. Raises ShopSettledError."""
    row = _settled(by, controller_id, callback_id, ERASED)
    work.enqueue(kind=KIND, controller_id=controller_id, payload={"callback": str(row.id)})
    return row


@transaction.atomic
def keep_people(*, by: Actor, controller_id: UUID, callback_id: UUID) -> Callback:
    """Note that the reasons to keep their data go on. Raises ShopSettledError."""
    return _settled(by, controller_id, callback_id, KEPT)


@handler(KIND, lease_seconds=600)
def open_cases(job: JobView) -> Outcome:
    """Who is erased already is passed over; a repeated job opens nothing twice."""
    row = Callback.objects.get(controller_id=job.controller_id, pk=UUID(job.payload["callback"]))
    app, after = _app(row), SYSTEM_ID
    while app and (page := identifying.known(job.controller_id, app.scheme, after, causes.AT_ONCE)):
        causes.open_all(job.controller_id, [_case(one, row) for one in page])
        after = page[-1]
    return finished()


def _case(subject_id: UUID, row: Callback) -> NewCase:
    return NewCase(
        subject_id=subject_id, trigger=Trigger.PLATFORM.value, trigger_ref=str(row.id),
        received_at=row.received_at,
    )  # fmt: skip


def _settled(by: Actor, controller_id: UUID, callback_id: UUID, outcome: str) -> Callback:
    rows = Callback.objects.select_for_update().filter(controller_id=controller_id, outcome=CLOSED)
    row = rows.filter(pk=callback_id).first()
    if row is None:
        raise ShopSettledError
    row.outcome = outcome
    row.save(update_fields=["outcome"])
    audit.record(
        event="callback:settled", by=by, controller_id=controller_id,
        target=Target("callback", str(row.id)), outcome=outcome,
        data={"platform": row.platform, "people": people(row)},
    )  # fmt: skip
    return row


def _app(row: Callback) -> PlatformApp | None:
    return PlatformApp.objects.filter(
        controller_id=row.controller_id, platform=row.platform
    ).first()
