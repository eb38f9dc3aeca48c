"""What keeps erased people erased: digests of what they were known by, and what came in since."""

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from keys.naming import dated


class Tombstone(models.Model):
    """Somebody with this identifier was erased here, or asked to be: nothing of them is taken in.

    Only the digest is kept (GDPR 21(3); peer of the identifier's own). It is lifted by an act of
    the person after their request, and by nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    scheme = models.CharField(_("kind of identifier"), max_length=12)
    digest = models.BinaryField(max_length=32)
    digest_version = models.PositiveIntegerField()
    case_id = models.UUIDField(_("erasure case"), help_text=_("The erasure case it comes from."))
    owner_stays = models.BooleanField(
        _("the person stays"),
        default=False,
        db_default=False,
        help_text=_("Only this identifier was erased: the person is known by others."),
    )
    set_at = models.DateTimeField(_("set at"))
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_how = models.CharField(
        _("how it was lifted"),
        max_length=20,
        blank=True,
        help_text=_("The act of the person that lifted it, as a code."),
        choices=[
            ("signed_in", _("The person signed in")),
            ("link_followed", _("The person followed a link of theirs")),
            ("called_off", _("Its case was called off")),
        ],
    )

    class Meta:
        verbose_name = _("tombstone")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "scheme", "digest"], condition=models.Q(lifted_at=None),
                name="subjects_tombstone_once",
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_how="")
                | models.Q(lifted_at__isnull=False) & ~models.Q(lifted_how=""),
                name="subjects_tombstone_lifted_whole",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["case_id"], name="subjects_tombstones_case")]

    class Privacy:
        identifier = ("digest",)
        personal = ("scheme",)
        sensitive = ()
        evidence = ("case_id", "set_at", "lifted_at", "lifted_how")
        operational = ("id", "controller", "digest_version", "owner_stays")
        on_erasure = "none"

    def __str__(self) -> str:
        return dated(capfirst(self._meta.verbose_name), self.set_at)


class Quarantined(models.Model):
    """Data of an erased person came in again and was not taken; what it said is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    tombstone = models.ForeignKey(
        Tombstone, on_delete=models.PROTECT, related_name="returns", verbose_name=_("tombstone")
    )
    source = models.CharField(
        _("source"), max_length=80, help_text=_("Where it came from, as a code or an id.")
    )
    kind = models.CharField(
        _("what came"),
        max_length=20,
        help_text=_("What came: a consent, a record, a person."),
        choices=[("consent", _("A consent")), ("record", _("A record")), ("person", _("A person"))],
    )
    times = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first at"))
    last_at = models.DateTimeField(_("last at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=80, blank=True)
    note = models.CharField(
        _("what was done"), max_length=300, blank=True, help_text=_("Never a person's data.")
    )

    class Meta:
        verbose_name = _("quarantined arrival")
        ordering = ["-last_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tombstone", "source", "kind"], condition=models.Q(settled_at=None),
                name="subjects_quarantined_once",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at=None, settled_by="")
                | models.Q(settled_at__isnull=False) & ~models.Q(settled_by=""),
                name="subjects_quarantined_settled_whole",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("settled_at", "settled_by", "note")
        operational = (
            "id", "controller", "tombstone", "source", "kind", "times", "first_at", "last_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return dated(self.get_kind_display(), self.first_at)


class LinkRequest(models.Model):
    """Somebody asked for a link to an address; a job finds out whose it is, and the row goes.

    Where the address was an erased person's it stays until it was used or its time is over: to
    follow that link is the person's own act, by which they may come back (docs/adr/0028).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sealed = models.BinaryField(max_length=500)
    key_version = models.PositiveIntegerField()
    token_digest = models.BinaryField(max_length=32, unique=True, null=True)
    language = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="subjects_link_request_age")]

    class Privacy:
        identifier = ("sealed",)
        personal = ("language",)
        sensitive = ()
        evidence = ()
        operational = (
            "id", "controller", "key_version", "token_digest", "asked_at", "expires_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.id)
