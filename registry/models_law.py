"""What was found about the law, and what an incident stopped."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7
from registry.findings import Kind, restricting

KINDS = [
    (Kind.DPIA.value, _("Impact assessment approved (GDPR 35)")),
    (Kind.SDF_DPIA.value, _("Yearly assessment and audit done (DPDP r.13(1))")),
    (Kind.LIA.value, _("Interests balanced (GDPR 6(1)(f))")),
    (Kind.COMPATIBILITY.value, _("Compatible with the purpose of collection (GDPR 6(4))")),
    (Kind.ART_9.value, _("Condition for special categories met (GDPR 9(2))")),
    (Kind.ART_10.value, _("Data on offences authorised (GDPR 10)")),
    (Kind.SOFT_OPT_IN.value, _("Soft opt-in (ePrivacy 13(2))")),
    (Kind.S7A.value, _("Facts of DPDP s.7(a): volunteered")),
    (Kind.S7B.value, _("Facts of DPDP s.7(b): State benefit or service")),
    (Kind.S7C.value, _("Facts of DPDP s.7(c): State function")),
    (Kind.S7D.value, _("Facts of DPDP s.7(d): duty to disclose to the State")),
    (Kind.S7E.value, _("Facts of DPDP s.7(e): judgment or order")),
    (Kind.S7F.value, _("Facts of DPDP s.7(f): medical emergency")),
    (Kind.S7G.value, _("Facts of DPDP s.7(g): epidemic")),
    (Kind.S7H.value, _("Facts of DPDP s.7(h): disaster or public order")),
    (Kind.S7I.value, _("Facts of DPDP s.7(i): employment")),
    (Kind.SDF.value, _("Restricts: Significant Data Fiduciary (DPDP s.10)")),
    (Kind.DPIA_DUE.value, _("Restricts: an impact assessment is due (GDPR 35)")),
    (Kind.LOCALISED.value, _("Restricts: data stay in India (DPDP r.13(4))")),
    (Kind.SECTOR_IN.value, _("Restricts: sector law keeps data in India (DPDP s.16(2))")),
    (Kind.SECTOR_EU.value, _("Restricts: sector law keeps data in the EEA")),
    (Kind.FURTHER_USE.value, _("Restricts: collected for another purpose (GDPR 6(4))")),
]


class Assessment(models.Model):
    """A legal finding about a purpose, or about the whole controller where it names none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=KINDS)
    purpose = models.CharField(
        max_length=100, blank=True, help_text=_("Code of the purpose; empty: all of them.")
    )
    topic = models.CharField(
        max_length=100, blank=True,
        help_text=_("The data category (* for all) or the other purpose it is about."),
    )  # fmt: skip
    citation = models.CharField(
        max_length=200, help_text=_("The law and the place in it, for example GDPR Art 9(2)(h).")
    )
    conclusion = models.TextField(max_length=2000, help_text=_("What was found, and why."))
    reference = models.CharField(
        max_length=200, blank=True, help_text=_("Where the whole assessment is kept.")
    )
    valid_until = models.DateField(null=True, blank=True, help_text=_("Last day it counts."))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("legal finding")
        verbose_name_plural = _("legal findings")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_at=None, approved_by="")
                | models.Q(approved_at__isnull=False)
                & ~models.Q(approved_by="")
                & ~models.Q(approved_by=models.F("created_by")),
                name="registry_finding_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=restricting()) | models.Q(valid_until__isnull=False),
                name="registry_finding_that_allows_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_by=""),
                name="registry_finding_ended_by_somebody",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "kind", "purpose", "topic", "citation", "conclusion", "reference", "valid_until",
            "approved_at", "approved_by", "ended_at", "ended_by",
        )  # fmt: skip
        operational = ("id", "controller", "created_at", "created_by")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.purpose}".strip()


class FrozenKind(models.TextChoices):
    SERVICE = "service", _("A service")
    RECIPIENT = "recipient", _("A party")
    SYSTEM = "system", _("A connected system")


class Freeze(models.Model):
    """An incident stopped a service, a party or a system; it stands until an officer releases it.

    A frozen party stops the services it runs and every use that would give it data (R07).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=FrozenKind.choices)
    code = models.CharField(max_length=100, help_text=_("The code of what is frozen."))
    incident = models.CharField(
        max_length=120, help_text=_("The incident's reference; never a person's name.")
    )
    frozen_at = models.DateTimeField(auto_now_add=True)
    frozen_by = models.CharField(max_length=80)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=80, blank=True)
    release_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("freeze")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "kind", "code"], condition=models.Q(released_at=None),
                name="registry_freeze_once",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None, released_by="", release_reason="")
                | models.Q(released_at__isnull=False)
                & ~models.Q(released_by="")
                & ~models.Q(release_reason=""),
                name="registry_freeze_released_for_a_reason",
            ),
        ]  # fmt: skip

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = (
            "kind", "code", "incident", "frozen_at", "frozen_by", "released_at", "released_by",
            "release_reason",
        )  # fmt: skip
        operational = ("id", "controller")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.code}"
