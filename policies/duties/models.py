"""How far the log was looked through for what obligations ask of us."""

from uuid import UUID

from django.db import models

from keys.ids import uuid7

NONE_BEFORE = UUID(int=0)


class DutyWatch(models.Model):
    """One controller: up to which decision denials were looked at, and permits for their report."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.OneToOneField(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    denials_through = models.UUIDField(default=NONE_BEFORE)
    permits_through = models.UUIDField(default=NONE_BEFORE)

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "denials_through", "permits_through")
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.controller_id)
