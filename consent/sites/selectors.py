"""Questions about company sites: which origins may ask, and what a ticket is still good for."""

from dataclasses import dataclass
from uuid import UUID

from accounts import selectors as accounts
from audit.actors import Actor
from consent.capture_errors import TicketError
from consent.models import CollectionSite
from consent.sites import tickets


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody looks at a page of a company's site; what may be asked of them there now."""

    controller_id: UUID
    subject_id: UUID
    origin: str
    purposes: tuple[str, ...]
    actor: Actor
    reference: str


def may_ask(controller_id: UUID, origin: str) -> bool:
    """Whether pages of this origin may ask at all."""
    return CollectionSite.objects.filter(
        controller_id=controller_id, origin=origin, ended_at=None
    ).exists()


def visit(controller_id: UUID, token: str, origin: str = "") -> Visit:
    """What a ticket is good for now; with `origin` only on pages of that one.

    Raises TicketError for one that is over, another company's or site's, or whose service or site
    ended since. Purposes that the service may no longer ask about are left out.
    """
    ticket = tickets.opened(controller_id, token)
    site = CollectionSite.objects.filter(
        controller_id=controller_id, pk=ticket.site_id, ended_at=None
    ).first()
    services = accounts.services_of(controller_id).filter(is_active=True, pk=ticket.service_id)
    if site is None or (origin and site.origin != origin) or not services.exists():
        raise TicketError
    registered = accounts.purposes_of(ticket.service_id)
    return Visit(
        controller_id, ticket.subject_id, site.origin,
        tuple(code for code in ticket.purposes if code in registered),
        Actor("service", str(ticket.service_id)), ticket.reference,
    )  # fmt: skip
