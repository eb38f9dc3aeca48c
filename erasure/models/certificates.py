"""Certificates: signed accounts of what is gone, what stays and why."""

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class Certificate(models.Model):
    """One issue of a case's certificate. A later one says what was found after the former."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    case = models.ForeignKey(
        "erasure.Case",
        on_delete=models.PROTECT,
        related_name="certificates",
        verbose_name=_("erasure case"),
    )
    number = models.PositiveSmallIntegerField(_("issue"), default=1)
    body = models.BinaryField(_("what it says"), help_text=_("Canonical JSON; names nobody."))
    signature = models.BinaryField(_("signature"))
    key_id = models.CharField(_("signed with the key"), max_length=80)
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("certificate of erasure")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="erasure_certificate_once"),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("case", "number", "body", "signature", "key_id", "issued_at")
        operational = ("id", "controller")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.issued_at)
