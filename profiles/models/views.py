"""Who may see what for which purpose: readers' roles, who sits in them, and the matrix of views."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from profiles.models.attributes import Sensitivity


class ReaderRole(models.Model):
    """A role that reads profiles, such as a branch officer or a campaign tool."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("reader’s role")
        verbose_name_plural = _("readers’ roles")
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "code"], name="profiles_role_code_once"),
            models.UniqueConstraint(
                fields=["controller", "id"], name="profiles_role_by_controller"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("created_by",)
        operational = ("id", "controller", "code", "name", "is_active", "created_at")
        on_erasure = "none"

    def __str__(self) -> str:
        return self.name


class HolderType(models.TextChoices):
    OFFICER = "officer", _("A member of staff")
    SERVICE = "service", _("A service")


class Seat(models.Model):
    """That a member of staff or a service reads in a role, for one business unit or for none.

    It may have an end from the start; nothing else of it ever changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.ForeignKey(ReaderRole, on_delete=models.PROTECT, related_name="seats")
    holder_type = models.CharField(max_length=10, choices=HolderType.choices)
    holder_id = models.CharField(max_length=80)
    unit = models.SlugField(
        max_length=60, blank=True,
        help_text=_("The business unit whose sources they see; empty: sources of no unit only."),
    )  # fmt: skip
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.CharField(max_length=80)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("seat")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["controller", "holder_type", "holder_id"], name="profiles_seats")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "holder_type", "holder_id", "unit"],
                condition=models.Q(ends_at=None), name="profiles_seat_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None, ended_by="")
                | models.Q(ends_at__isnull=False) & ~models.Q(ended_by=""),
                name="profiles_seat_ended_by_somebody",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("holder_type", "holder_id", "granted_at", "granted_by", "ends_at", "ended_by")
        operational = ("id", "controller", "role", "unit")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.role} {self.unit}".strip()

    @property
    def is_live(self) -> bool:
        """Whether somebody reads from it."""
        return self.ends_at is None or self.ends_at > timezone.now()


class ViewVersion(models.Model):
    """One version of a controller's matrix of views. In force: approved, begun and not ended.

    Whoever drafted or changed it cannot approve it, and nobody approves what was not previewed.
    A draft that ended without approval was given up. Going back makes a new version, which
    `restores` an earlier one under the names of those who drafted and approved that.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=300, help_text=_("What it changes, and why."))
    drafted_at = models.DateTimeField(auto_now_add=True)
    drafted_by = models.CharField(max_length=80)
    authors = ArrayField(
        models.CharField(max_length=80), default=list,
        help_text=_("Ids of everybody who drafted it or changed a rule."),
    )  # fmt: skip
    changed_at = models.DateTimeField(help_text=_("When a rule of the draft last changed."))
    previewed_at = models.DateTimeField(null=True, blank=True)
    previewed_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    restores = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    restored_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("version of the views")
        verbose_name_plural = _("versions of the views")
        ordering = ["-number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "number"], name="profiles_view_number_once"
            ),
            models.UniqueConstraint(
                fields=["controller"],
                condition=models.Q(approved_at__isnull=False, ended_at=None),
                name="profiles_view_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["controller"],
                condition=models.Q(approved_at=None, ended_at=None, restores=None),
                name="profiles_view_one_draft",
            ),
            models.UniqueConstraint(
                fields=["controller", "id"], name="profiles_view_by_controller"
            ),
            models.CheckConstraint(
                condition=models.Q(previewed_at=None, previewed_by="")
                | models.Q(previewed_at__isnull=False) & ~models.Q(previewed_by=""),
                name="profiles_view_previewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_by=""),
                name="profiles_view_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(restores=None, restored_by="")
                | models.Q(restores__isnull=False) & ~models.Q(restored_by=""),
                name="profiles_view_restored_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(
                    approved_at__isnull=False, previewed_at__isnull=False,
                    previewed_at__gte=models.F("changed_at"),
                ) & ~models.Q(approved_by="") & ~models.Q(approved_by=models.F("drafted_by")),
                name="profiles_view_approved_by_a_second",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "drafted_at", "drafted_by", "authors", "changed_at", "previewed_at", "previewed_by",
            "approved_at", "approved_by", "ended_at", "ended_by", "restored_by",
        )  # fmt: skip
        operational = ("id", "controller", "number", "note", "restores")
        on_erasure = "none"

    def __str__(self) -> str:
        return str(_("Version %(number)d") % {"number": self.number})


class Treatment(models.TextChoices):
    """What a view does with a field; what no rule names is hidden."""

    SHOW = "show", _("Show")
    PARTIAL = "partial", _("Mask: the first and last characters")
    TOKEN = "token", _("Mask: a keyed token, alike for alike values")
    YEAR = "year", _("Mask: the year only")
    REGION = "region", _("Mask: the region of an address only")
    BUCKET = "bucket", _("Mask: a range")
    HIDE = "hide", _("Hide")


class Relation(models.TextChoices):
    """In what capacity the person is looked at."""

    SELF = "self", _("The person themself")
    HOLDER = "holder", _("Holder of the account")
    JOINT = "joint", _("Joint holder")
    HOUSEHOLD = "household", _("Member of the household")
    GUARDIAN = "guardian", _("Parent or guardian")
    EMPLOYER = "employer", _("Account of their employer")


class ViewRule(models.Model):
    """A cell of the matrix: role, purpose and data category, and what is done with the field.

    `attribute` narrows it to one attribute of the category and outweighs the category's rule.
    Special and child data need a rule that says so: `sensitivity` is the one it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.ForeignKey(ViewVersion, on_delete=models.CASCADE, related_name="rules")
    role = models.ForeignKey(ReaderRole, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=100, help_text=_("The code of the purpose."))
    category = models.CharField(max_length=60, help_text=_("The code of the data category."))
    attribute = models.CharField(max_length=60, blank=True)
    sensitivity = models.CharField(
        max_length=10, choices=Sensitivity.choices, default=Sensitivity.ORDINARY
    )
    relation = models.CharField(max_length=10, choices=Relation.choices, default=Relation.SELF)
    treatment = models.CharField(max_length=10, choices=Treatment.choices)

    class Meta:
        verbose_name = _("rule of a view")
        verbose_name_plural = _("rules of views")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "version", "role", "purpose", "category", "attribute", "sensitivity", "relation"
                ],
                name="profiles_rule_once",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "version", "role", "purpose", "category", "attribute",
            "sensitivity", "relation", "treatment",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.role} {self.purpose} {self.category}"
