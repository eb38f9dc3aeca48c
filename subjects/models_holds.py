"""Legal holds on everybody: no row about anybody, so that whoever comes later is held, too."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class CompanyHold(models.Model):
    """While one stands, nothing of anybody of its controller is destroyed (GDPR 17(3)(e))."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    hold_id = models.UUIDField(help_text=_("The hold that says why."))
    since_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("hold on everybody")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "hold_id"], name="subjects_company_hold_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["controller"], condition=models.Q(ended_at=None),
                name="subjects_company_holds",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("since_at", "ended_at")
        operational = ("id", "controller", "hold_id")
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.id)
