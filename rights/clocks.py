"""The clock of a request, from its row and its pauses (GDPR 12(3); DPDP r.14 leaves it to us)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts import selectors as accounts
from erasure import selectors as erasure
from erasure.clocks import Clock, Pause
from rights.models import Pause as PauseRow
from rights.models import Request

EU, IN = "EU", "IN"


def law_of(packs: Iterable[str]) -> str:
    """The law whose clock counts: the GDPR names one, the DPDP Act leaves it to the company.

    Where nobody knows which law applies, the stricter.
    """
    known = set(packs)
    return EU if EU in known or not known else IN


def clock_for(controller_id: UUID, law: str, received_at: datetime) -> Clock:
    """The clock of a request that comes in."""
    terms = erasure.policy_in_force(controller_id).terms
    zone = accounts.controller(controller_id).time_zone
    return Clock(received_at=received_at, packs=(law,), zone=zone, own_days=terms.days("request"))


def clock_of(request: Request) -> Clock:
    """The clock of a request as it stands, with its pauses and its extension."""
    started = clock_for(request.controller_id, request.pack, request.received_at)
    rows = PauseRow.objects.filter(request=request).order_by("began_at")
    return Clock(
        received_at=started.received_at, packs=started.packs, zone=started.zone,
        own_days=started.own_days, is_extended=request.extended_at is not None,
        pauses=tuple(Pause(one.began_at, one.ended_at) for one in rows),
    )  # fmt: skip
