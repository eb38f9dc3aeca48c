"""Connected systems: where data of persons lie besides here."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class SystemKind(models.TextChoices):
    """How the suite gets at what the system holds."""

    PUSHED = "pushed", _("It hands its data in, by the API or as files")
    HTTP = "http", _("Asked over HTTP when somebody looks")
    SQL = "sql", _("Asked by SQL when somebody looks")
    SILENT = "silent", _("Neither asked nor handing anything in; it is told what must go")
    OWN = "own", _("This suite itself")


class SystemState(models.TextChoices):
    ACTIVE = "active", _("In use")
    PAUSED = "paused", _("Paused")
    RETIRED = "retired", _("No longer in use")


class System(models.Model):
    """A CRM, CDP, warehouse or campaign tool of a controller, and the unit that keeps it.

    `settings` are its adapter's and hold no secret; the secret is sealed by the installation's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=SystemKind.choices)
    unit = models.SlugField(
        max_length=60, blank=True, help_text=_("The business unit that keeps it; empty: all.")
    )
    party = models.ForeignKey(
        "registry.Party", on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text=_("Who runs it, where the controller does not."),
    )  # fmt: skip
    service = models.ForeignKey(
        "accounts.ServiceClient", on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text=_("The service that may hand its data in; empty: none may, only files."),
    )  # fmt: skip
    settings = models.JSONField(default=dict, blank=True)
    sealed_secret = models.BinaryField(null=True, blank=True)
    secret_version = models.PositiveIntegerField(null=True, blank=True)
    timeout_ms = models.PositiveIntegerField(default=800)
    state = models.CharField(max_length=10, choices=SystemState.choices, default=SystemState.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)

    wrapped_pairs = (("sealed_secret", "secret_version"),)

    class Meta:
        verbose_name = _("connected system")
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "code"], name="registry_system_code_once"
            ),
            models.UniqueConstraint(
                fields=["controller", "id"], name="registry_system_by_controller"
            ),
            models.CheckConstraint(
                condition=models.Q(service=None) | models.Q(kind="pushed"),
                name="registry_system_handed_in_by_service",
            ),
            models.CheckConstraint(
                condition=models.Q(timeout_ms__gte=50, timeout_ms__lte=10_000),
                name="registry_system_waits_within_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_secret=None, secret_version=None)
                | models.Q(sealed_secret__isnull=False, secret_version__isnull=False),
                name="registry_system_secret_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("created_by",)
        operational = (
            "id", "controller", "code", "name", "kind", "unit", "party", "service", "settings",
            "sealed_secret", "secret_version", "timeout_ms", "state", "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.name
