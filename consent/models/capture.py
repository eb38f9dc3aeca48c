"""Who brings choices in from outside: consent managers, their keys and requests, company sites."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import tailed


class ManagerState(models.TextChoices):
    REGISTERED = "registered", _("Registered, not yet accepted")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class ConsentManager(models.Model):
    """A consent manager registered with the Data Protection Board (DPDP s.6(7)-(9), r.4).

    Entered by one officer and accepted by another; while it is not active nothing of it is taken.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    registration = models.CharField(
        max_length=80, help_text=_("Its registration with the Data Protection Board (s.6(9)).")
    )
    state = models.CharField(
        max_length=10, choices=ManagerState.choices, default=ManagerState.REGISTERED
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=80, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.CharField(max_length=80, blank=True)
    suspension = models.CharField(max_length=60, blank=True, help_text=_("Why: a code."))

    class Meta:
        verbose_name = _("consent manager")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "code"], name="consent_manager_once"),
            models.UniqueConstraint(
                fields=["controller", "registration"], name="consent_manager_registered_once"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None, accepted_by="") & ~models.Q(state="active")
                | models.Q(accepted_at__isnull=False)
                & ~models.Q(accepted_by="")
                & ~models.Q(accepted_by=models.F("created_by"))
                & ~models.Q(state="registered"),
                name="consent_manager_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at=None, suspended_by="", suspension="")
                & ~models.Q(state="suspended")
                | models.Q(suspended_at__isnull=False, state="suspended")
                & ~models.Q(suspended_by="")
                & ~models.Q(suspension=""),
                name="consent_manager_suspension_is_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "code", "name", "registration", "state", "created_by", "accepted_at", "accepted_by",
            "suspended_at", "suspended_by", "suspension",
        )  # fmt: skip
        operational = ("id", "controller", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.name


class ManagerKey(models.Model):
    """A public key of a consent manager, made by itself; its requests are signed with the other
    half, which never leaves it. At most two are live, so that keys can be changed over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    manager = models.ForeignKey(ConsentManager, on_delete=models.PROTECT, related_name="keys")
    public = models.BinaryField(max_length=32, help_text=_("The 32 bytes of an Ed25519 key."))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("key of a consent manager")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["manager", "public"], name="consent_managerkey_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="consent_managerkey_expires_after_creation",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("public", "expires_at", "revoked_at")
        operational = ("id", "controller", "manager", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return tailed("", self.id)


class ManagerRequest(models.Model):
    """A request of a consent manager that led to a line of the ledger, by the manager's own id.

    The same request again, replayed or repeated, finds its first line and adds none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    manager = models.ForeignKey(
        ConsentManager, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key = models.ForeignKey(ManagerKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    request_id = models.UUIDField()
    digest = models.BinaryField(max_length=32, help_text=_("SHA-256 of the signed body."))
    event_id = models.UUIDField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manager", "request_id"], name="consent_managerrequest_once"
            ),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("key", "request_id", "digest", "event_id", "received_at")
        operational = ("id", "controller", "manager")
        on_erasure = "keep_pseudonymous"


class CollectionSite(models.Model):
    """An origin of the company's own on which our notice may be shown and a choice taken."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(
        max_length=200, help_text=_("Scheme and host as browsers say it: https://shop.example.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("company site")
        ordering = ["origin", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "origin"],
                condition=models.Q(ended_at=None),
                name="consent_site_once",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("origin", "ended_at")
        operational = ("id", "controller", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.origin


class SharingRecord(models.Model):
    """That data were shared under a consent that this company manages (DPDP First Schedule B.3).

    Only where the company is itself a consent manager. Of what was shared it keeps a commitment
    and never a readable word (B.2); the record stays at least seven years (B.4(c)).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    purpose_code = models.CharField(max_length=100)
    sender = models.CharField(max_length=80, help_text=_("The fiduciary that gave the data."))
    via = models.CharField(max_length=80, blank=True)
    receiver = models.CharField(max_length=80, help_text=_("The fiduciary that got them."))
    content_sha256 = models.CharField(
        max_length=64, help_text=_("Of the encrypted content, which is not kept.")
    )
    shared_at = models.DateTimeField()
    keep_until_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(content_sha256__regex=r"^[0-9a-f]{64}$"),
                name="consent_sharing_commits_only",
            ),
        ]

    class Privacy:
        ledger = True
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "purpose_code", "sender", "via", "receiver", "content_sha256", "shared_at",
            "keep_until_at",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"
