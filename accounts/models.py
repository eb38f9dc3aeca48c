"""Who acts: controllers, the staff that serve them, and the services that call."""

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from keys.ids import uuid7

RESERVED_SLUGS = frozenset({
    "attributes", "children", "choices", "corrections", "done", "followed", "history", "language",
    "messages", "objections", "parents", "personalisation", "receipts", "requests", "restrictions",
    "return", "sign-in", "sign-out", "uses", "withdraw-all",
})  # fmt: skip
"""The portal's own addresses: a company of that name could not be reached."""


def refuse_reserved(slug: str) -> None:
    """Raises ValidationError for a name that is an address of the portal."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("The portal has a page of this name; choose another."))


class Controller(models.Model):
    """A brand or legal entity that decides why and how personal data are used (a tenant)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=40, unique=True, validators=[refuse_reserved])
    name = models.CharField(max_length=120)
    country = models.CharField(
        max_length=2, help_text=_("Where it is established, as a two-letter ISO 3166 code.")
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    default_language = models.CharField(max_length=20, default="en")
    contact_name = models.CharField(
        max_length=120, help_text=_("Data protection officer or answering person (DPDP s.8(9)).")
    )
    contact_email = models.EmailField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        permissions = [(permission.value, permission.value) for permission in Permission]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$"),
                name="accounts_controller_country_is_iso",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("contact_name", "contact_email")
        sensitive = ()
        evidence = ()
        operational = (
            "id", "slug", "name", "country", "time_zone", "default_language", "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A member of staff. Customers never have one: they are subjects, who sign in by link."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Privacy:
        identifier = ("username", "email")
        personal = ("first_name", "last_name", "last_login", "date_joined")
        sensitive = ()
        evidence = ()
        operational = ("id", "password", "is_superuser", "is_staff", "is_active")
        on_erasure = "null"


class RoleGroup(models.Model):
    """The group that carries one role at one controller; permissions hang on it, not on people."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="role_groups")
    role = models.CharField(max_length=40)
    group = models.OneToOneField("auth.Group", on_delete=models.PROTECT, related_name="role_group")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "role"], name="accounts_one_group_per_role"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "role", "group")
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.group)


class ServiceClient(models.Model):
    """A service that asks for decisions and records consents (a policy enforcement point)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="services")
    code = models.SlugField(max_length=60, help_text=_("Its name in AuthZEN requests."))
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    items_per_second = models.PositiveIntegerField(
        null=True, blank=True,
        help_text=_(
            "The most items a second that each decision point decides for it; empty: as many as "
            "for any service."
        ),
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("service")
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "code"], name="accounts_service_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(items_per_second=None) | models.Q(items_per_second__gt=0),
                name="accounts_service_pace_is_positive",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "code", "name", "is_active", "items_per_second", "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class ServiceKey(models.Model):
    """One credential of a service: 256 random bits, stored only as SHA-256. At most two live."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(ServiceClient, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="accounts_key_expires_after_creation",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "service", "prefix", "digest", "created_at", "expires_at",
            "revoked_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.prefix


class ServicePurpose(models.Model):
    """A purpose that a service may ask about, by its code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(ServiceClient, on_delete=models.CASCADE, related_name="purposes")
    purpose = models.CharField(max_length=100)

    class Meta:
        ordering = ["purpose", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "purpose"], name="accounts_service_purpose_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "service", "purpose")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.purpose


class IdempotencyKey(models.Model):
    """The answer given to a write that carried a key, so that a repeat has no second effect."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(Controller, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(ServiceClient, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="accounts_idempotency_age")]
        constraints = [
            models.UniqueConstraint(fields=["service", "key"], name="accounts_idempotency_once"),
        ]

    class Privacy:
        identifier = ()
        personal = ("answer",)
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "service", "key", "request_digest", "status", "created_at",
        )  # fmt: skip
        on_erasure = "delete_row"


class CatalogueStamp(models.Model):
    """The one row that moves with every change to what the decision point keeps in memory.

    Database triggers move it in the same transaction as the change (docs/adr/0014).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="accounts_stamp_is_one_row"),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "version")
        on_erasure = "none"
