"""Parties and data categories as officers see them."""

from uuid import UUID

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, Verb, VerbAdmin
from registry import forms, services
from registry.admin_ai import FOREIGN_STATE
from registry.models import DataCategory, Party


def add_party(act: Act) -> str:
    given = {name: value for name, value in act.data.items() if name != "controller"}
    party = services.record_party(by=act.by, controller_id=act.controller_id, **given)
    return _("%(name)s was recorded.") % {"name": party.name}


def set_contact(act: Act) -> str:
    services.set_contact(by=act.by, party=act.obj, contact_email=act.data["contact_email"])
    return _("The address was set.")


def end_contract(act: Act) -> str:
    services.end_contract(by=act.by, party=act.obj, on=act.data["on"])
    return _("The last day of the contract was set.")


def put_in_charge(act: Act) -> str:
    services.put_in_charge(
        by=act.by, controller_id=act.obj.controller_id, service_id=UUID(act.data["service"]),
        party=act.obj,
    )  # fmt: skip
    return _("The party now runs the service.")


def add_category(act: Act) -> str:
    given = {name: value for name, value in act.data.items() if name != "controller"}
    category = services.record_category(by=act.by, controller_id=act.controller_id, **given)
    return _("%(name)s was recorded.") % {"name": category.name}


ADD_PARTY = Verb(
    name="add", label=gettext_lazy("Record a party"), permission=Permission.MANAGE_PARTIES,
    consequence=gettext_lazy("Data may reach it only while its contract runs."),
    form=forms.AddPartyForm, run=add_party,
)  # fmt: skip
END_CONTRACT = Verb(
    name="end-contract", label=gettext_lazy("Set the end of the contract"),
    permission=Permission.MANAGE_PARTIES, is_grave=True,
    consequence=gettext_lazy("Checks of its services are denied from the day after."),
    form=forms.EndContractForm, run=end_contract, applies=lambda party: party.kind != "internal",
)  # fmt: skip
SET_CONTACT = Verb(
    name="set-contact", label=gettext_lazy("Set its address"),
    permission=Permission.MANAGE_PARTIES, form=forms.ContactForm, run=set_contact,
    consequence=gettext_lazy("It is told there of erasures, corrections and restrictions."),
    applies=lambda party: party.kind != "internal",
)  # fmt: skip
PUT_IN_CHARGE = Verb(
    name="put-in-charge", label=gettext_lazy("Put in charge of a service"),
    permission=Permission.MANAGE_PARTIES, form=forms.PutInChargeForm, run=put_in_charge,
    consequence=gettext_lazy("The service then acts under this party's contract."),
)  # fmt: skip
ADD_CATEGORY = Verb(
    name="add", label=gettext_lazy("Record a data category"), permission=Permission.MANAGE_PARTIES,
    consequence=gettext_lazy("Purposes name the categories they need by these codes."),
    form=forms.AddCategoryForm, run=add_category,
)  # fmt: skip


@admin.register(Party)
class PartyAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("name", "kind", "country", "contract_ends_on", "transfer_tool", "controller")
    list_filter = ("kind", "transfer_tool")
    search_fields = ("name", "code")
    fields = (
        "name", "code", "controller", "kind", "country", "contact_email", "contract_reference",
        "contract_ends_on",
        "transfer_tool", "transfer_tool_ends_on", "is_foreign_state", "state_order", "created_at",
    )  # fmt: skip
    creation = ADD_PARTY
    verbs = (SET_CONTACT, END_CONTRACT, PUT_IN_CHARGE, FOREIGN_STATE)


@admin.register(DataCategory)
class DataCategoryAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("code", "name", "is_special", "is_criminal", "controller")
    list_filter = ("is_special", "is_criminal")
    search_fields = ("name", "code")
    fields = ("code", "name", "is_special", "is_criminal", "controller")
    creation = ADD_CATEGORY


from registry import (  # noqa: E402 (register what else is here)
    admin_connectors,  # noqa: F401
    admin_law,  # noqa: F401
    admin_systems,  # noqa: F401
)
