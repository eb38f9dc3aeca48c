"""The verbs on the addresses at which services hear of recalls."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, Target
from policies.recalls.errors import EndpointEndedError, EndpointExistsError, ServiceUnknownError
from policies.recalls.models import Endpoint
from work.webhooks import addresses, secrets

GONE = Actor.system("recalls")


@transaction.atomic
def add_endpoint(
    *, by: Actor, controller_id: UUID, service_id: UUID, url: str
) -> tuple[Endpoint, str]:
    """An address for a service's recalls, and the secret that signs them, shown only now.

    Raises AddressRefusedError, ServiceUnknownError, EndpointExistsError.
    """
    if not accounts.services_of(controller_id).filter(pk=service_id).exists():
        raise ServiceUnknownError
    if Endpoint.objects.filter(service_id=service_id, disabled_at=None).exists():
        raise EndpointExistsError
    endpoint = Endpoint(
        controller_id=controller_id, service_id=service_id, url=addresses.check(url)
    )
    secret = secrets.renew(endpoint)
    endpoint.save(force_insert=True)
    _record("endpoint:added", by, endpoint)
    return endpoint, secret


@transaction.atomic
def change_secret(*, by: Actor, endpoint: Endpoint) -> str:
    """A new secret, shown only now; the former one signs beside it for 24 hours.

    Raises EndpointEndedError.
    """
    locked = _live(endpoint.pk)
    secret = secrets.change_over(locked, timezone.now())
    locked.save()
    _record("endpoint:changed", by, locked)
    return secret


@transaction.atomic
def end_endpoint(*, by: Actor, endpoint: Endpoint) -> Endpoint:
    """Send nothing there any more. Raises EndpointEndedError."""
    return _end(by, _live(endpoint.pk), "officer")


@transaction.atomic
def note_gone(*, endpoint_id: UUID) -> None:
    """The address has answered that it is gone for good (410)."""
    locked = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    if locked.disabled_at is None:
        _end(GONE, locked, "gone")


def _live(endpoint_id: UUID) -> Endpoint:
    found = Endpoint.objects.select_for_update().filter(pk=endpoint_id, disabled_at=None).first()
    if found is None:
        raise EndpointEndedError
    return found


def _end(by: Actor, locked: Endpoint, reason: str) -> Endpoint:
    locked.disabled_at, locked.disabled_reason = timezone.now(), reason
    locked.save(update_fields=["disabled_at", "disabled_reason"])
    _record("endpoint:ended", by, locked)
    return locked


def _record(event: str, by: Actor, endpoint: Endpoint) -> None:
    audit.record(
        event=event, by=by, controller_id=endpoint.controller_id,
        target=Target("service", str(endpoint.service_id)), data={"endpoint": str(endpoint.id)},
    )  # fmt: skip
