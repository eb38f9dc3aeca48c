"""What was chosen on a device, and what of it survives as the choice of a person (CON-32)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class DeviceCategory(models.TextChoices):
    """What may be kept on or read from a device beyond the essential, which nobody is asked."""

    FUNCTIONAL = "functional", _("Convenience")
    ANALYTICS = "analytics", _("Measurement")
    ADVERTISING = "advertising", _("Advertising")


class DeviceChoice(models.Model):
    """One answer about one category: of a device, or of a person whatever device they use.

    A device is known by a keyed hash alone. No row means no: only the essential is on. A person's
    row appears when a refusal on a device becomes theirs at sign-in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    device = models.BinaryField(max_length=32, null=True)
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        db_index=False, null=True,
    )  # fmt: skip
    category = models.CharField(max_length=12, choices=DeviceCategory.choices)
    is_allowed = models.BooleanField()
    method = models.CharField(max_length=20)
    chosen_at = models.DateTimeField()
    expires_at = models.DateTimeField(
        null=True, help_text=_("Of a device; a person's refusal does not expire.")
    )

    class Meta:
        verbose_name = _("choice on a device")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(device__isnull=False, subject=None, expires_at__isnull=False)
                | models.Q(device=None, subject__isnull=False, expires_at=None),
                name="consent_devicechoice_of_one",
            ),
            models.UniqueConstraint(
                fields=["controller", "device", "category"],
                condition=models.Q(device__isnull=False),
                name="consent_devicechoice_device_once",
            ),
            models.UniqueConstraint(
                fields=["subject", "category"],
                condition=models.Q(subject__isnull=False),
                name="consent_devicechoice_person_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="consent_devicechoice_ending",
            ),
        ]

    class Privacy:
        identifier = ("device",)
        personal = ("category", "is_allowed", "method", "chosen_at", "expires_at")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return f"{self.category} {self.id}"
