"""How connected systems are told to let go of people, and in which order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class Connector(models.Model):
    """The way into one system. `settings` are of its kind and hold no secret.

    `fingerprint` is the shape of the system (tables, columns, keys) that an officer accepted;
    another shape stops it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    system = models.OneToOneField(
        "registry.System",
        on_delete=models.PROTECT,
        related_name="connector",
        verbose_name=_("system"),
    )
    kind = models.SlugField(
        _("kind of connector"),
        max_length=40,
        help_text=_("An adapter of the suite, or the name of a declared one."),
    )
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    sealed_secret = models.BinaryField(null=True, blank=True)
    secret_version = models.PositiveIntegerField(null=True, blank=True)
    fingerprint = models.CharField(_("accepted shape"), max_length=64, blank=True)
    per_minute = models.PositiveIntegerField(
        _("calls a minute at most"),
        default=0,
        help_text=_("Calls a minute at most; 0: what the connector says of itself."),
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    fault = models.CharField(
        _("what is wrong"), max_length=60, blank=True, help_text=_("What the last check found.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    created_by = models.CharField(_("entered by"), max_length=80)

    wrapped_pairs = (("sealed_secret", "secret_version"),)

    class Meta:
        verbose_name = _("connector")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sealed_secret=None, secret_version=None)
                | models.Q(sealed_secret__isnull=False, secret_version__isnull=False),
                name="registry_connector_secret_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("created_by",)
        operational = (
            "id", "controller", "system", "kind", "settings", "sealed_secret", "secret_version",
            "fingerprint", "per_minute", "checked_at", "fault", "is_active", "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.system.name} ({self.kind})"


class Wait(models.Model):
    """Nothing is told `system` before `after` has ended, and `seconds` have passed since.

    An edge of the graph of systems, in which there is no way round.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    system = models.ForeignKey(
        "registry.System", on_delete=models.PROTECT, related_name="waits", verbose_name=_("system")
    )
    after = models.ForeignKey(
        "registry.System", on_delete=models.PROTECT, related_name="+", verbose_name=_("waits for")
    )
    seconds = models.PositiveIntegerField(_("and so many seconds more"), default=0)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    created_by = models.CharField(_("entered by"), max_length=80)

    class Meta:
        verbose_name = _("order of systems")
        verbose_name_plural = _("orders of systems")
        constraints = [
            models.UniqueConstraint(fields=["system", "after"], name="registry_wait_once"),
            models.CheckConstraint(
                condition=~models.Q(system=models.F("after")), name="registry_wait_for_another"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("created_by",)
        operational = ("id", "controller", "system", "after", "seconds", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.system.name} > {self.after.name}"
