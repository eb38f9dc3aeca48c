"""Who watches the readers: what counts as unusual, about whom more so, and what was noticed."""

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated
from profiles.models.views import HolderType


class Unusual(models.TextChoices):
    """What made an access unusual. A code is stable for ever."""

    VOLUME = "volume", _("Very many people in an hour")
    USUAL = "usual", _("Very many people for this reader, in a day")
    HOURS = "hours", _("Outside working hours")
    OWN = "own", _("The reader's own profile")
    FAMILY = "family", _("The profile of somebody of the reader's family or household")
    FLAGGED = "flagged", _("The profile of somebody under watch")
    REVEALS = "reveals", _("Very many masked fields opened in a day")
    GLASS = "glass", _("Glass broken more often than usual")
    UNJUSTIFIED = "unjustified", _("Glass broken without justification, as the review found")


class Answer(models.TextChoices):
    EXPECTED = "expected", _("It was part of the reader's work")
    WARNED = "warned", _("The reader was spoken to")
    REPORTED = "reported", _("It was reported as an incident")


class UnusualAccess(models.Model):
    """One kind of unusual access of one reader in one stretch of time, counted while it goes on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Unusual.choices)
    holder_type = models.CharField(max_length=10, choices=HolderType.choices)
    holder_id = models.CharField(max_length=80)
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False,
        null=True, blank=True,
    )  # fmt: skip
    since_at = models.DateTimeField(help_text=_("The beginning of the hour or day."))
    count = models.PositiveIntegerField(default=1)
    noticed_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)

    class Meta:
        verbose_name = _("unusual access")
        verbose_name_plural = _("unusual accesses")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "kind", "holder_id", "subject", "since_at"],
                nulls_distinct=False, name="profiles_unusual_once",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by="", answer="")
                | models.Q(answered_at__isnull=False)
                & ~models.Q(answered_by="")
                & ~models.Q(answer="")
                & ~models.Q(answered_by=models.F("holder_id")),
                name="profiles_unusual_answered_by_another",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "kind", "holder_type", "holder_id", "since_at", "count", "noticed_at", "answered_at",
            "answered_by", "answer",
        )  # fmt: skip
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_kind_display(), self.since_at)


class Watch(models.TextChoices):
    PUBLIC_FIGURE = "public_figure", _("Known to the public")
    COLLEAGUE = "colleague", _("Works here")
    AT_RISK = "at_risk", _("In danger if found")
    DISPUTE = "dispute", _("In a dispute with us")


class FlaggedPerson(models.Model):
    """Somebody about whom each look of a member of staff is noticed, while `ended_at` is empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    why = models.CharField(max_length=14, choices=Watch.choices)
    set_at = models.DateTimeField(auto_now_add=True)
    set_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("person under watch")
        verbose_name_plural = _("people under watch")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(ended_at=None), name="profiles_flagged_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_by=""),
                name="profiles_flag_ended_by_somebody",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("why",)
        sensitive = ()
        evidence = ("set_at", "set_by", "ended_at", "ended_by")
        operational = ("id", "controller", "subject")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return dated(self.get_why_display(), self.set_at)


class ReaderPerson(models.Model):
    """That a member of staff is also this person, so that looks at their own family are noticed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    holder_id = models.CharField(max_length=80)
    subject = models.ForeignKey(
        "subjects.Subject", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    set_at = models.DateTimeField(auto_now_add=True)
    set_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("reader who is a person here")
        verbose_name_plural = _("readers who are people here")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(ended_at=None), name="profiles_reader_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_by=""),
                name="profiles_reader_ended_by_somebody",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("holder_id",)
        sensitive = ()
        evidence = ("set_at", "set_by", "ended_at", "ended_by")
        operational = ("id", "controller", "subject")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.set_at)


class ReadingLimits(models.Model):
    """From when on a controller calls reading unusual, and how much searching it allows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.OneToOneField(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    people_an_hour = models.PositiveIntegerField(
        _("people an hour, staff"), default=60,
        help_text=_("More different people in an hour are noticed."),
    )  # fmt: skip
    times_usual = models.PositiveSmallIntegerField(
        _("times a reader’s usual day"), default=3, db_default=3,
        help_text=_("More people in a day than so many times what is usual for them are noticed."),
    )  # fmt: skip
    service_people_an_hour = models.PositiveIntegerField(
        _("people an hour, services"), default=20_000
    )
    reveals_a_day = models.PositiveIntegerField(_("masked fields opened a day"), default=10)
    glass_a_day = models.PositiveIntegerField(_("glass broken a day"), default=1)
    searches_an_hour = models.PositiveIntegerField(
        _("searches an hour"), default=60, help_text=_("Further ones are refused.")
    )
    from_hour = models.PositiveSmallIntegerField(_("working hours from"), default=7)
    until_hour = models.PositiveSmallIntegerField(_("working hours until"), default=20)
    works_weekends = models.BooleanField(_("weekends are working days"), default=False)
    smallest_group = models.PositiveIntegerField(
        _("smallest group counted"), default=5,
        help_text=_("Numbers of fewer people are not shown."),
    )  # fmt: skip
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("limits of reading")
        verbose_name_plural = _("limits of reading")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    people_an_hour__gte=1, service_people_an_hour__gte=1, searches_an_hour__gte=1,
                    smallest_group__gte=2, times_usual__gte=2, from_hour__lt=models.F("until_hour"),
                    until_hour__lte=24,
                ),
                name="profiles_limits_make_sense",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("changed_at", "changed_by")
        operational = (
            "id", "controller", "people_an_hour", "times_usual", "service_people_an_hour",
            "reveals_a_day", "glass_a_day", "searches_an_hour", "from_hour", "until_hour",
            "works_weekends", "smallest_group",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.controller)
