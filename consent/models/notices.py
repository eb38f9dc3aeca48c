"""Notices, their versions, the words of each version in each language, and languages waived."""

from datetime import timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.begun import Versions
from consent.models.purposes import PurposeVersion
from keys.ids import uuid7
from keys.naming import dated

LONGEST_WAIVER_DAYS: Final = 366
"""A year, also across a leap day."""


class Notice(models.Model):
    """A notice by its code, for one law. What it says is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="notices"
    )
    code = models.SlugField(max_length=60)
    pack = models.CharField(max_length=2, choices=[("IN", _("India")), ("EU", _("European Union"))])
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


class Origin(models.TextChoices):
    """Who found the words: a person, or a machine, whose words nobody is shown unread."""

    HUMAN = "human", _("A person")
    MACHINE = "machine", _("A machine")


class WordsState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")


class NoticeTranslation(models.Model):
    """The words of a notice version in one language, and the hash that binds consents to them.

    Drafted by one, a machine perhaps, and approved by another; then they never change. Only
    approved words are shown. English is what the version means and is approved by publishing it;
    another language may be added at any time, for it adds no meaning (CON-07).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice_version = models.ForeignKey(
        NoticeVersion, on_delete=models.PROTECT, related_name="translations"
    )
    language = models.CharField(
        _("language"), max_length=20, help_text=_("A BCP 47 tag, such as hi or ks-Deva.")
    )
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    origin = models.CharField(
        _("written by"), max_length=7, choices=Origin.choices, default=Origin.HUMAN
    )
    state = models.CharField(
        _("state"), max_length=8, choices=WordsState.choices, default=WordsState.DRAFT
    )
    drafted_at = models.DateTimeField(_("drafted at"))
    drafted_by = models.CharField(max_length=80)
    drafted_by_type = models.CharField(max_length=10)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    approved_by_type = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice_version", "language"], name="consent_translation_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=WordsState.DRAFT, approved_at=None, approved_by="", approved_by_type=""
                )
                | models.Q(state=WordsState.APPROVED, approved_at__isnull=False)
                & ~models.Q(approved_by=""),
                name="consent_translation_approved_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("drafted_by")),
                name="consent_translation_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(origin=Origin.HUMAN)
                | models.Q(origin=Origin.MACHINE)
                & (models.Q(state=WordsState.DRAFT) | models.Q(approved_by_type="officer")),
                name="consent_translation_machine_read_by_officer",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "notice_version", "language", "content", "sha256", "origin", "state", "drafted_at",
            "drafted_by", "drafted_by_type", "approved_at", "approved_by", "approved_by_type",
        )  # fmt: skip
        operational = ("id", "controller")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.notice_version} {self.language}"


class LanguageWaiver(models.Model):
    """Why a notice is put in force before it can be read in these languages, and until when.

    It counts once a second person approved it, on its own or by publishing the notice, and never
    longer than a year. A waiver that has lapsed stops the next version, not the one in force.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="waivers")
    languages = models.JSONField(_("languages"))
    reason = models.CharField(_("reason"), max_length=300)
    waived_on = models.DateField(_("waived on"))
    waived_by = models.CharField(max_length=80)
    until_on = models.DateField(_("until"), help_text=_("The last day on which it counts."))
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("language waiver")
        verbose_name_plural = _("language waivers")
        ordering = ["-until_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(approved_at__isnull=False) & ~models.Q(approved_by=""),
                name="consent_waiver_approved_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("waived_by")),
                name="consent_waiver_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    until_on__gte=models.F("waived_on"),
                    until_on__lte=models.F("waived_on") + timedelta(days=LONGEST_WAIVER_DAYS),
                ),
                name="consent_waiver_at_most_a_year",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(languages=[]),
                name="consent_waiver_says_why",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "notice", "languages", "reason", "waived_on", "waived_by", "until_on", "approved_at",
            "approved_by",
        )  # fmt: skip
        operational = ("id", "controller")
        on_erasure = "none"

    def __str__(self) -> str:
        return dated(self.notice.code, self.until_on)
