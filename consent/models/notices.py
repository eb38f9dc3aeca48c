"""Notices, their versions, and the words of each version in each language."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.begun import Versions
from consent.models.purposes import PurposeVersion
from keys.ids import uuid7


class Notice(models.Model):
    """A notice by its code, for one law. What it says is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="notices"
    )
    code = models.SlugField(max_length=60)
    pack = models.CharField(max_length=2, choices=[("IN", "India"), ("EU", "European Union")])
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "code"], name="consent_notice_once"),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("code", "pack")
        operational = ("id", "controller", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.code


class NoticeVersion(models.Model):
    """One version of a notice. Immutable once published (CON-03)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    is_material = models.BooleanField(
        default=True, help_text=_("Consents under earlier versions must be asked again.")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=80, blank=True)
    effective_from = models.DateTimeField(
        _("in force from"), null=True, blank=True,
        help_text=_("Empty though published: it was taken back before it began."),
    )  # fmt: skip

    objects = Versions.as_manager()

    class Meta:
        ordering = ["notice", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_from=None)
                | models.Q(
                    published_at__isnull=False, effective_from__gte=models.F("published_at")
                ),
                name="consent_notice_begins_published",
            ),
            models.UniqueConstraint(
                fields=["notice", "number"], name="consent_notice_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None, published_by="")
                | models.Q(published_at__isnull=False)
                & ~models.Q(published_by="")
                & ~models.Q(published_by=models.F("created_by")),
                name="consent_notice_published_by_another",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("number", "is_material", "published_at", "published_by", "effective_from")
        operational = ("id", "controller", "notice", "created_at", "created_by")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.notice.code} {self.number}"


class NoticePurpose(models.Model):
    """A notice version asks about this purpose version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice_version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="purposes"
    )
    purpose_version = models.ForeignKey(
        PurposeVersion, on_delete=models.PROTECT, related_name="notices"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice_version", "purpose_version"], name="consent_notice_purpose_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("notice_version", "purpose_version")
        operational = ("id", "controller")
        on_erasure = "none"


class NoticeTranslation(models.Model):
    """The words of a notice version in one language, and the hash that binds consents to them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice_version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="translations"
    )
    language = models.CharField(max_length=20)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice_version", "language"], name="consent_translation_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("notice_version", "language", "content", "sha256")
        operational = ("id", "controller")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.notice_version_id} {self.language}"
