"""Whom it is about. Facts the law asks for, identifiers under the person's own key, standing."""

from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import tailed


class AgeState(models.TextChoices):
    UNKNOWN = "unknown", _("Unknown")
    CHILD = "child", _("Child")
    ADULT = "adult", _("Adult")


class Assurance(models.TextChoices):
    UNKNOWN = "unknown", _("Unknown")
    DECLARED = "declared", _("Declared")
    VERIFIED = "verified", _("Verified")


class Subject(models.Model):
    """One person as one controller knows them (DPDP data principal, GDPR data subject).

    `pseudonym` names the person in audit payloads; it goes with the data key. A record that is
    `merged_into` another is of the same person, and is not used.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="subjects", db_index=False
    )
    pseudonym = models.UUIDField(null=True, unique=True, editable=False)
    residence = models.CharField(
        max_length=2, blank=True, help_text=_("Country of residence, ISO 3166; empty: unknown.")
    )
    region = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=20, blank=True)
    age_state = models.CharField(max_length=8, choices=AgeState.choices, default=AgeState.UNKNOWN)
    age_assurance = models.CharField(
        max_length=8, choices=Assurance.choices, default=Assurance.UNKNOWN
    )
    adult_on = models.DateField(null=True, blank=True)
    has_guardian = models.BooleanField(default=False)
    suppressed = models.CharField(
        max_length=400, blank=True, default="", db_default="",
        help_text=_("Channels the person may not be contacted through, each with its reason."),
    )  # fmt: skip
    provenance = models.CharField(
        max_length=1200, blank=True, default="", db_default="",
        help_text=_("The provenance flags that count, as decisions read them."),
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)
    merged_into = models.UUIDField(null=True, editable=False, db_index=True)
    returned_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the person began anew after an erasure.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "id"], name="subjects_subject_by_controller"
            ),
            models.CheckConstraint(
                condition=models.Q(residence="") | models.Q(residence__regex=r"^[A-Z]{2}$"),
                name="subjects_residence_is_iso",
            ),
            models.CheckConstraint(
                condition=models.Q(age_state="unknown", age_assurance="unknown")
                | ~models.Q(age_state="unknown") & ~models.Q(age_assurance="unknown"),
                name="subjects_age_has_assurance",
            ),
        ]
        indexes = [
            models.Index(
                fields=["adult_on"],
                condition=models.Q(age_state="child", adult_on__isnull=False),
                name="subjects_children_days",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(returned_at__isnull=False),
                name="subjects_returned",
            ),
        ]

    class Privacy:
        identifier = ("pseudonym",)
        personal = (
            "residence", "region", "time_zone", "language", "has_guardian", "suppressed",
            "provenance", "merged_into", "returned_at",
        )  # fmt: skip
        sensitive = ("age_state", "age_assurance", "adult_on")
        evidence = ()
        operational = ("id", "controller", "created_at")
        on_erasure = "keep_pseudonymous"
        emptied = (
            "region", "time_zone", "language", "has_guardian", "suppressed", "provenance",
            "age_state", "age_assurance", "adult_on", "returned_at",
        )  # fmt: skip

    def __str__(self) -> str:
        return tailed("", self.id)


class DataKey(models.Model):
    """A person's data key, wrapped. Destroying the row shreds whatever it sealed, backups too."""

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="data_key"
    )
    wrapped = models.BinaryField()
    wrapping_version = models.PositiveIntegerField(db_index=True)

    wrapped_pairs = (("wrapped", "wrapping_version"),)

    class Privacy:
        identifier = ()
        personal = ("wrapped",)
        sensitive = ()
        evidence = ()
        operational = ("subject", "wrapping_version")
        on_erasure = "destroy_key"


class Identifier(models.Model):
    """One way to find a person: sealed under their key, found by a keyed hash per controller."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,  # the person's key, checked with it, implies it
        db_index=False,
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="identifiers", db_constraint=False
    )
    scheme = models.CharField(max_length=12)
    digest = models.BinaryField(max_length=32)
    digest_version = models.PositiveIntegerField()
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "scheme", "digest"], name="subjects_identifier_once"
            ),
        ]

    class Privacy:
        identifier = ("digest", "sealed")
        personal = ("scheme",)
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject", "digest_version", "created_at")
        on_erasure = "delete_row"


class StandingState(models.TextChoices):
    RESTRICTED = "restricted", _("Restricted")
    ERASING = "erasing", _("Being erased")
    ERASED = "erased", _("Erased")
    DECEASED = "deceased", _("Deceased")
    HOLD = "hold", _("Legal hold")
    VAULT = "vault", _("Kept for the law only")
    EXPIRED = "expired", _("Past its retention")
    INACCURATE = "inaccurate", _("Accuracy contested or unchecked")


class ScopeType(models.TextChoices):
    EVERYTHING = "everything", _("Everything")
    PURPOSE = "purpose", _("A purpose")
    CATEGORY = "category", _("A data category")


class Standing(models.Model):
    """A state of a person within a scope, while `ended_at` is empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="standings", db_constraint=False
    )
    state = models.CharField(max_length=12, choices=StandingState.choices)
    scope_type = models.CharField(max_length=12, choices=ScopeType.choices)
    scope = models.CharField(max_length=100, blank=True)
    since_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True, help_text=_("A code, never free text."))

    class Meta:
        ordering = ["-since_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "state", "scope_type", "scope"],
                condition=models.Q(ended_at=None),
                name="subjects_standing_once",
            ),
            models.CheckConstraint(
                condition=models.Q(scope_type="everything", scope="")
                | ~models.Q(scope_type="everything") & ~models.Q(scope=""),
                name="subjects_standing_has_scope",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ("state", "scope_type", "scope", "since_at", "ended_at", "reason")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.scope or self.get_scope_type_display()}"


class RelationshipKind(models.TextChoices):
    HOUSEHOLD = "household", _("Same household")
    PARENT = "parent", _("Parent of")
    GUARDIAN = "guardian", _("Lawful guardian of")
    ACCOUNT_HOLDER = "account_holder", _("Holds the account of")
    JOINT_HOLDER = "joint_holder", _("Holds an account together with")
    EMPLOYER = "employer", _("Holds the account of the employer of")


class Relationship(models.Model):
    """`subject` stands in this relation to the person `related_id`. No key crosses subjects.

    A household and a joint account are mutual, so one row says it of both.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="relationships", db_constraint=False
    )
    related_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=16, choices=RelationshipKind.choices)
    unit = models.SlugField(
        max_length=60, blank=True, default="", db_default="",
        help_text=_("The business unit at which it holds; empty: everywhere."),
    )  # fmt: skip
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=80, blank=True, help_text=_("How it was verified."))
    ends_on = models.DateField(
        null=True, blank=True, help_text=_("From this day on it counts no longer; empty: open.")
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "related_id", "kind", "unit"],
                condition=models.Q(ended_at=None),
                name="subjects_relationship_once",
            ),
            models.UniqueConstraint(
                Least("subject", "related_id"),
                Greatest("subject", "related_id"),
                "kind",
                "unit",
                condition=models.Q(ended_at=None, kind__in=("household", "joint_holder")),
                name="subjects_mutual_relationship_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=("parent", "guardian")) | models.Q(unit=""),
                name="subjects_who_decides_decides_everywhere",
            ),
            models.CheckConstraint(
                condition=~models.Q(subject=models.F("related_id")),
                name="subjects_no_relation_to_self",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at=None, verified_by="")
                | models.Q(verified_at__isnull=False) & ~models.Q(verified_by=""),
                name="subjects_verification_is_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = (
            "related_id", "kind", "unit", "verified_at", "verified_by", "ends_on", "ended_at"
        )  # fmt: skip
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject", "created_at")
        on_erasure = "delete_row"

    def __str__(self) -> str:
        return tailed(self.get_kind_display(), self.related_id)


class SignInLink(models.Model):
    """A one-time link to the portal. Only the hash of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    token_digest = models.BinaryField(max_length=32, unique=True, null=True)
    language = models.CharField(max_length=20, default="en")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="subjects_link_age")]

    class Privacy:
        identifier = ()
        personal = ("language",)
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "subject", "token_digest", "created_at", "expires_at", "used_at",
        )  # fmt: skip
        on_erasure = "delete_row"


class Trigger(models.Model):
    """When a behaviour of the person was last reported: delays count from then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="triggers", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    code = models.CharField(max_length=100)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "code"], name="subjects_trigger_once"),
        ]

    class Privacy:
        identifier = ()
        personal = ("code", "last_at")
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "subject")
        on_erasure = "delete_row"


from subjects.models_holds import CompanyHold  # noqa: E402 (this is their home)
from subjects.models_provenance import Provenance, ProvenanceKind  # noqa: E402
from subjects.models_sessions import Session  # noqa: E402 (this is their home)
from subjects.models_tombstones import (  # noqa: E402
    LinkRequest,
    Quarantined,
    Tombstone,
)

__all__ = [
    "AgeState", "Assurance", "CompanyHold", "DataKey", "Identifier", "LinkRequest", "Provenance",
    "ProvenanceKind", "Quarantined", "Relationship", "RelationshipKind", "ScopeType", "Session",
    "SignInLink", "Standing", "StandingState", "Subject", "Tombstone", "Trigger",
]  # fmt: skip
