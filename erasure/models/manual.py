"""What people do by hand: links to it, and the files by which they show that it is done."""

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class Claim(models.TextChoices):
    DONE = "done", _("The person’s data are gone")
    NOBODY = "nobody", _("The system knows nobody of these identifiers")
    REFUSED = "refused", _("It cannot be done")


class Errand(models.Model):
    """A link to those whom a system or party is told of was opened: once, for a few hours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    system = models.ForeignKey(
        "registry.System",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("system"),
    )
    party = models.ForeignKey(
        "registry.Party",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("party"),
    )
    digest = models.CharField(
        _("digest of the link"), max_length=64, unique=True, help_text=_("Of the link’s token.")
    )
    opened_at = models.DateTimeField(_("opened at"))
    ends_at = models.DateTimeField(_("open until"))

    class Meta:
        verbose_name = _("opened errand")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(system__isnull=False, party=None)
                | models.Q(system=None, party__isnull=False),
                name="erasure_errand_system_or_party",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("opened_at", "ends_at")
        operational = ("id", "controller", "system", "party", "digest")
        on_erasure = "none"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.opened_at)

    @property
    def place(self) -> str:
        """Whose page it opens."""
        whom = self.system or self.party
        return whom.name if whom else ""


class ShownEvidence(models.Model):
    """Somebody says what became of a step by hand, and hands in a file that shows it.

    It counts once another person has looked at it. The file may hold the person's data: it is
    sealed under a key of its own, destroyed with the case's last look. Its digest stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    step = models.ForeignKey(
        "erasure.Step", on_delete=models.PROTECT, related_name="shown", verbose_name=_("step")
    )
    round = models.PositiveSmallIntegerField(_("round"))
    claim = models.CharField(_("what became of it"), max_length=8, choices=Claim.choices)
    media_type = models.CharField(_("kind of file"), max_length=40)
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(_("digest of the file"), max_length=64)
    wrapped_key = models.BinaryField(null=True, blank=True)
    wrapping_version = models.PositiveIntegerField(null=True, blank=True)
    shown_at = models.DateTimeField(_("shown at"))
    shown_by = models.CharField(_("shown by"), max_length=80)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    is_accepted = models.BooleanField(_("accepted"), null=True, blank=True)
    reason = models.CharField(
        _("why it was rejected"), max_length=300, blank=True, help_text=_("Never a person’s data.")
    )

    wrapped_pairs = (("wrapped_key", "wrapping_version"),)
    wrapped_prefix = b"erasure_evidence\0"

    class Meta:
        verbose_name = _("shown evidence")
        verbose_name_plural = _("shown evidence")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["step"], condition=models.Q(decided_at=None), name="erasure_shown_once"
            ),
            models.CheckConstraint(
                condition=models.Q(wrapped_key=None, wrapping_version=None)
                | models.Q(wrapped_key__isnull=False, wrapping_version__isnull=False),
                name="erasure_shown_key_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by="", is_accepted=None)
                | models.Q(decided_at__isnull=False, is_accepted__isnull=False)
                & ~models.Q(decided_by="")
                & ~models.Q(decided_by=models.F("shown_by")),
                name="erasure_shown_needs_two",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "step", "round", "claim", "media_type", "size", "sha256", "shown_at", "shown_by",
            "decided_at", "decided_by", "is_accepted", "reason",
        )  # fmt: skip
        operational = ("id", "controller", "wrapped_key", "wrapping_version")
        on_erasure = "keep_pseudonymous"

    def __str__(self) -> str:
        return dated(self.get_claim_display(), self.shown_at)
