"""The suite itself as one of a controller's systems: what it holds goes like anybody's."""

from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from registry.connectors import ConnectorRow
from registry.models import System, SystemKind

__all__ = ["CODE", "KIND", "ensure"]

CODE, KIND = "sammati", "own"
BY = Actor.system("ourselves")


@transaction.atomic
def ensure(controller_id: UUID) -> System:
    """The controller's row of this suite, entered with its connector where there was none."""
    found = System.objects.filter(controller_id=controller_id, kind=SystemKind.OWN).first()
    if found is not None:
        return found
    system, is_new = System.objects.get_or_create(
        controller_id=controller_id, code=CODE,
        defaults={"name": "Sammati", "kind": SystemKind.OWN, "created_by": BY.id},
    )  # fmt: skip
    if is_new:
        ConnectorRow.objects.create(
            controller_id=controller_id, system=system, kind=KIND, created_by=BY.id
        )
        audit.record(
            event="system:recorded", by=BY, controller_id=controller_id,
            target=Target("system", str(system.id)),
            data={"code": system.code, "kind": system.kind, "unit": "", "secret": False},
        )  # fmt: skip
    return system
