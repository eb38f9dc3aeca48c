"""One version of a controller's guardrails, from draft to withdrawal. Models of `policies`."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7

UNSIGNED = {"approved_at": None, "approved_by": "", "effective_from": None, "signature": b""}


class State(models.TextChoices):
    """What was done with a version. Which approved one is in force follows from the time alone."""

    DRAFT = "draft", _("Draft")
    REHEARSED = "rehearsed", _("Draft, rehearsed")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PolicyVersion(models.Model):
    """What a controller demands beyond the law. Of the approved ones the latest begun is in force.

    Rules change while it is a draft; once approved nothing changes but that it is withdrawn, and
    then the one before it is in force again. The signature covers number, rules and beginning.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    number = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    note = models.CharField(
        _("what changes"), max_length=300, help_text=_("Why this version is made, for colleagues.")
    )
    rules = models.JSONField(_("rules"), default=list)
    sha256 = models.CharField(
        _("digest"), max_length=64, help_text=_("Of the canonical bytes of the rules.")
    )
    created_by = models.CharField(max_length=80, editable=False)
    authors = models.JSONField(default=list, help_text="Ids of everybody who changed the rules.")
    created_at = models.DateTimeField(_("drafted at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last changed at"))
    rehearsed_at = models.DateTimeField(_("rehearsed at"), null=True)
    rehearsal_id = models.UUIDField(null=True, help_text="The rehearsal, by its id.")
    approved_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    effective_from = models.DateTimeField(_("in force from"), null=True)
    signature = models.BinaryField(default=b"")
    signing_key = models.CharField(max_length=64, blank=True, help_text="The key's fingerprint.")
    signing_version = models.PositiveIntegerField(default=0)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "number"], name="policies_version_number_once"
            ),
            models.UniqueConstraint(
                fields=["controller"], condition=Q(state__in=("draft", "rehearsed")),
                name="policies_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="policies_version_state"
            ),
            models.CheckConstraint(
                condition=Q(**UNSIGNED)
                | Q(approved_at__isnull=False, effective_from__isnull=False)
                & ~Q(approved_by="") & ~Q(signature=b""),
                name="policies_approval_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "rehearsed"), approved_at=None)
                | Q(state="approved", approved_at__isnull=False) | Q(state="withdrawn"),
                name="policies_state_follows_approval",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=models.F("created_by")),
                name="policies_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="rehearsed")
                | Q(rehearsed_at__isnull=False, rehearsed_at__gte=models.F("changed_at")),
                name="policies_rehearsed_since",
            ),
            models.CheckConstraint(
                condition=Q(rehearsed_at=None, rehearsal_id=None)
                | Q(rehearsed_at__isnull=False, rehearsal_id__isnull=False),
                name="policies_rehearsal_named",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_by="")
                | ~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_by=""),
                name="policies_withdrawal_whole",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "number", "rules", "sha256", "authors", "approved_by", "approved_at", "effective_from",
            "signature", "signing_key", "signing_version", "withdrawn_by", "withdrawn_at",
        )  # fmt: skip
        operational = (
            "id", "controller", "state", "note", "created_by", "created_at", "changed_at",
            "rehearsed_at", "rehearsal_id",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return str(_("Version %(number)d") % {"number": self.number})
