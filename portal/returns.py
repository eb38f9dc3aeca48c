"""What somebody who was erased sees by a link to their address: when, why, and what proves it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from erasure import selectors as erasure
from erasure.certificates import selectors as certificates
from erasure.certificates.errors import CertificateMissingError
from erasure.certificates.selectors import File
from erasure.errors import CaseUnknownError
from rights import selectors as rights
from rights.errors import RequestMissingError
from rights.references import reference
from subjects.returning import Erased


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says. `reference` follows the request for erasure, where there was one.

    `is_kept`: a law has the address itself kept, so that nobody can begin anew with it yet.
    """

    since: datetime
    was_asked: bool
    reference: str
    has_certificate: bool
    is_kept: bool


def shown(met: Erased) -> Shown:
    """Of the erasure by which an address got its tombstone."""
    controller_id = met.asked.controller_id
    case = _case(met)
    request = _request(case) if case else None
    return Shown(
        since=met.since, was_asked=bool(case and case.trigger == rights.BY_REQUEST),
        reference=reference(request) if request else "",
        has_certificate=bool(certificates.numbers(controller_id, [met.case_id])),
        is_kept=met.is_kept,
    )  # fmt: skip


@transaction.atomic
def certificate(met: Erased) -> File | None:
    """The certificate of that erasure, once its taking is on record; None while there is none."""
    try:
        newest = certificates.newest(met.asked.controller_id, met.case_id)
    except CertificateMissingError:
        return None
    audit.record(
        event="certificate:taken", by=Actor.system("portal"),
        controller_id=met.asked.controller_id, target=Target("certificate", str(newest.id)),
        data={"number": newest.number},
    )  # fmt: skip
    return certificates.file(newest)


def _case(met: Erased) -> Any | None:
    try:
        return erasure.case(met.asked.controller_id, met.case_id)
    except CaseUnknownError:
        return None


def _request(case: Any) -> Any | None:
    """The request that opened a case; services name theirs by references of their own."""
    if case.trigger != rights.BY_REQUEST:
        return None
    try:
        return rights.request(case.controller_id, UUID(case.trigger_ref.partition(":")[0]))
    except (ValueError, RequestMissingError):
        return None
