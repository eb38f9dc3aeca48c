"""Platforms that pass on that a person wants their data gone, and how they prove who they are."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from erasure.models.cases import Platform
from keys.ids import uuid7
from keys.naming import dated


class PlatformApp(models.Model):
    """What a controller has at a platform. Apple and Google sign with keys that they publish, Meta
    and Shopify with a secret of the app.

    A person's id there is an identifier of ours: of `scheme`, and beginning with `before`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("controller"),
    )
    platform = models.CharField(_("platform"), max_length=10, choices=Platform.choices)
    audiences = ArrayField(
        models.CharField(max_length=200), default=list, blank=True,
        help_text=_("The app’s ids there, where the platform names them in what it signs."),
        verbose_name=_("the app’s ids there"),
    )  # fmt: skip
    scheme = models.CharField(_("people are identifiers of"), max_length=12, default="account")
    before = models.CharField(
        _("our identifiers begin with"),
        max_length=40,
        blank=True,
        help_text=_("How our identifiers begin before the id there."),
    )
    sealed_secret = models.BinaryField(null=True, blank=True)
    secret_version = models.PositiveIntegerField(null=True, blank=True)
    keys_url = models.CharField(
        _("where its keys are published"),
        max_length=300,
        blank=True,
        help_text=_("Empty: where the platform publishes its keys."),
    )
    keys = models.JSONField(
        _("published keys"), default=list, blank=True, help_text=_("As they were published last.")
    )
    keys_at = models.DateTimeField(_("keys read at"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    created_by = models.CharField(_("entered by"), max_length=80)

    wrapped_pairs = (("sealed_secret", "secret_version"),)

    class Meta:
        verbose_name = _("app at a platform")
        verbose_name_plural = _("apps at platforms")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "platform"], name="erasure_platform_app_once"
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_secret=None, secret_version=None)
                | models.Q(sealed_secret__isnull=False, secret_version__isnull=False),
                name="erasure_platform_app_secret_whole",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("created_by",)
        operational = (
            "id", "controller", "platform", "audiences", "scheme", "before", "sealed_secret",
            "secret_version", "keys_url", "keys", "keys_at", "is_active", "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return dated(self.get_platform_display(), self.created_at)
