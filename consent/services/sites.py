"""The verbs on company sites: which origins may ask, and tickets for those who look at them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.reads import record_read
from audit import services as audit
from audit.actors import Actor, Target
from consent import catalogue as catalogues
from consent.capture_errors import OriginError, SiteUnknownError
from consent.models import CollectionSite
from consent.sites import tickets
from subjects import services as subjects
from subjects.naming import Named, person

_SECURE = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[1-9][0-9]{0,4})?", re.ASCII)
_OWN_MACHINE = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Issued:
    """A ticket as a service gets it."""

    token: str
    expires_at: datetime


@transaction.atomic
def add_site(*, by: Actor, controller_id: UUID, origin: str) -> CollectionSite:
    """Let an origin of the company ask. Raises OriginError; ValidationError where it may already.

    Only https, but for this very machine: words that somebody could change on the way are none.
    """
    spelled = origin.strip().lower().removesuffix("/")
    if not (_SECURE.fullmatch(spelled) or _OWN_MACHINE.fullmatch(spelled)):
        raise OriginError
    site = CollectionSite(controller_id=controller_id, origin=spelled)
    site.full_clean()
    site.save(force_insert=True)
    _record("site:added", by, site)
    return site


@transaction.atomic
def end_site(*, by: Actor, site: CollectionSite) -> CollectionSite:
    """Take nothing more from this origin, tickets that are out included.

    Raises SiteUnknownError where that was done before.
    """
    locked = CollectionSite.objects.select_for_update().get(pk=site.pk)
    if locked.ended_at is not None:
        raise SiteUnknownError
    locked.ended_at = timezone.now()
    locked.save(update_fields=["ended_at"])
    _record("site:ended", by, locked)
    return locked


@transaction.atomic
def issue_ticket(
    *, controller_id: UUID, service_id: UUID, who: Named, origin: str, purposes: Collection[str]
) -> Issued:
    """A ticket with which a page of `origin` may ask this person about these purposes.

    It shows the page where the person stands, so it is recorded as a reading of the service (P11).
    Raises SiteUnknownError, SubjectUnknownError, PurposeUnknownError, ReadNotRecordedError.
    """
    site = CollectionSite.objects.filter(
        controller_id=controller_id, origin=origin, ended_at=None
    ).first()
    if site is None:
        raise SiteUnknownError
    known = catalogues.in_force(controller_id)
    asked = [known.purpose(code).code for code in dict.fromkeys(purposes)]
    found = person(controller_id, who)
    token, ticket = tickets.issue(
        controller_id=controller_id, service_id=service_id, site_id=site.id, subject_id=found.id,
        purposes=asked,
    )  # fmt: skip
    record_read(
        by=Actor("service", str(service_id)), controller_id=controller_id,
        target=Target("subject", str(found.id)), subject=subjects.ref(found),
        data={"what": "ticket", "reference": ticket.reference, "shown": len(asked)},
    )  # fmt: skip
    return Issued(token, datetime.fromtimestamp(ticket.expires, UTC))


def _record(event: str, by: Actor, site: CollectionSite) -> None:
    audit.record(
        event=event, by=by, controller_id=site.controller_id,
        target=Target("site", str(site.id)), data={"origin": site.origin},
    )  # fmt: skip
