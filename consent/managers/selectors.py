"""Questions about consent managers: who signed a request, and which of them a company takes."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from audit.actors import Actor
from consent.capture_errors import ManagerNotActiveError, ManagerSignatureError
from consent.managers import httpsig
from consent.models import ConsentManager, ManagerKey, ManagerState


@dataclass(frozen=True, slots=True)
class Manager:
    """A consent manager whose signature was checked, and the key it used."""

    id: UUID
    code: str
    name: str
    controller_id: UUID
    key_id: UUID
    controller: str
    purposes: frozenset[str] = frozenset()

    is_authenticated = True

    @property
    def actor(self) -> Actor:
        """It acts for the person as a service does; its own id says which manager it was."""
        return Actor("service", str(self.id))


def signer(request: httpsig.Request, headers: Mapping[str, str]) -> Manager:
    """The consent manager that signed this request.

    Raises ManagerSignatureError where nobody known did, ManagerNotActiveError for a known one that
    is not accepted or is suspended.
    """
    try:
        signature = httpsig.read(headers, request.body)
    except httpsig.SignatureFormError as error:
        raise ManagerSignatureError(str(error)) from None
    key = _live_key(signature.key_id)
    fresh = signature.is_fresh(int(time.time()))
    if key is None or not fresh or not httpsig.verifies(bytes(key.public), signature, request):
        raise ManagerSignatureError
    manager: ConsentManager = key.manager
    if manager.state != ManagerState.ACTIVE:
        raise ManagerNotActiveError
    return Manager(
        manager.id, manager.code, manager.name, manager.controller_id, key.id,
        manager.controller.name,
    )  # fmt: skip


def active(controller_id: UUID) -> QuerySet[ConsentManager]:
    """The consent managers whose requests a company takes, by name."""
    found = ConsentManager.objects.filter(controller_id=controller_id, state=ManagerState.ACTIVE)
    return found.order_by("name", "id")


def live_keys(manager: ConsentManager) -> QuerySet[ManagerKey]:
    """The keys with which a consent manager can sign now, oldest first."""
    found = ManagerKey.objects.filter(
        manager=manager, revoked_at=None, expires_at__gt=timezone.now()
    )
    return found.order_by("id")


def names(controller_ids: Collection[UUID]) -> dict[str, str]:
    """What the consent managers of these controllers are called, by id, whatever their state."""
    rows = ConsentManager.objects.filter(controller_id__in=controller_ids)
    return {str(one): name for one, name in rows.values_list("id", "name")}


def _live_key(key_id: UUID) -> ManagerKey | None:
    return (
        ManagerKey.objects.select_related("manager__controller")
        .filter(pk=key_id, revoked_at=None, expires_at__gt=timezone.now())
        .first()
    )
