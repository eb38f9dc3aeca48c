"""What exists around the data: the parties that receive them, and the categories they fall into."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keys.ids import uuid7


class PartyKind(models.TextChoices):
    INTERNAL = "internal", _("The controller itself")
    PROCESSOR = "processor", _("Processor (on the controller's behalf)")
    RECIPIENT = "recipient", _("Recipient (a controller of its own)")
    CONSENT_MANAGER = "consent_manager", _("Consent manager")
    PUBLISHER = "publisher", _("Publisher or search engine (shows what was made public)")


WITHOUT_CONTRACT = (PartyKind.INTERNAL, PartyKind.PUBLISHER)
"""Whoever republishes what was made public has promised nothing (GDPR 17(2))."""


class TransferTool(models.TextChoices):
    NONE = "none", _("No transfer out of the region")
    ADEQUACY = "adequacy", _("Adequacy decision (GDPR 45)")
    SCC = "scc", _("Standard contractual clauses (GDPR 46)")
    BCR = "bcr", _("Binding corporate rules (GDPR 47)")


class Party(models.Model):
    """A processor or recipient and the contract it works under (DPDP s.8(2); GDPR 28, 30)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="parties"
    )
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=PartyKind.choices)
    country = models.CharField(
        max_length=2, help_text=_("Where it processes, as a two-letter ISO 3166 code.")
    )
    contact_email = models.EmailField(
        blank=True, default="", db_default="",
        help_text=_("Where it is told of erasures, corrections and restrictions (GDPR 19)."),
    )  # fmt: skip
    contract_reference = models.CharField(max_length=120, blank=True)
    contract_ends_on = models.DateField(
        null=True, blank=True, help_text=_("Last day of the contract; empty: no end agreed.")
    )
    transfer_tool = models.CharField(
        max_length=12, choices=TransferTool.choices, default=TransferTool.NONE
    )
    transfer_tool_ends_on = models.DateField(null=True, blank=True)
    is_foreign_state = models.BooleanField(
        default=False, help_text=_("A foreign State, or a body under its control (DPDP r.15).")
    )
    state_order = models.CharField(
        max_length=200, blank=True,
        help_text=_("The order of the Central Government whose condition is met, with its date."),
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "parties"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["controller", "code"], name="registry_party_code_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["internal", "publisher"])
                | ~models.Q(contract_reference=""),
                name="registry_party_has_contract",
            ),
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$"),
                name="registry_party_country_is_iso",
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ("contract_reference", "contract_ends_on", "is_foreign_state", "state_order")
        operational = (
            "id", "controller", "code", "name", "kind", "country", "contact_email",
            "transfer_tool", "transfer_tool_ends_on", "created_at",
        )  # fmt: skip
        on_erasure = "none"

    def __str__(self) -> str:
        return self.name


class ServiceParty(models.Model):
    """Who runs a service: without a party in contract its checks are denied (R01)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="+"
    )
    service = models.OneToOneField(
        "accounts.ServiceClient", on_delete=models.CASCADE, related_name="run_by"
    )
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="services")

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "service", "party")
        on_erasure = "none"

    def __str__(self) -> str:
        return str(self.party)


class DataCategory(models.Model):
    """A kind of personal data, named as the W3C Data Privacy Vocabulary names it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    controller = models.ForeignKey(
        "accounts.Controller", on_delete=models.PROTECT, related_name="data_categories"
    )
    code = models.CharField(max_length=60, help_text=_("For example pd:EmailAddress."))
    name = models.CharField(max_length=120)
    is_special = models.BooleanField(
        default=False, help_text=_("A special category under GDPR Art 9.")
    )
    is_criminal = models.BooleanField(
        default=False, help_text=_("Data on convictions and offences under GDPR Art 10.")
    )

    class Meta:
        verbose_name_plural = "data categories"
        ordering = ["code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["controller", "code"], name="registry_category_code_once"
            ),
        ]

    class Privacy:
        identifier = ()
        personal = ()
        sensitive = ()
        evidence = ()
        operational = ("id", "controller", "code", "name", "is_special", "is_criminal")
        on_erasure = "none"

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


from registry.models_ai import AIModel, Risk  # noqa: E402 (as below)
from registry.models_connectors import Connector, Wait  # noqa: E402
from registry.models_law import Assessment, Freeze, FrozenKind  # noqa: E402 (this is their home)
from registry.models_systems import System, SystemKind, SystemState  # noqa: E402

__all__ = [
    "AIModel",
    "Assessment",
    "Connector",
    "DataCategory",
    "Freeze",
    "FrozenKind",
    "Party",
    "PartyKind",
    "Risk",
    "ServiceParty",
    "System",
    "SystemKind",
    "SystemState",
    "TransferTool",
    "Wait",
]
