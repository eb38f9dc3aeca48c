"""AI models as officers see them, and the verb about foreign States."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, Verb, VerbAdmin
from registry import ai, forms_ai, services
from registry.models import AIModel, Risk


def add_model(act: Act) -> str:
    given = {name: value for name, value in act.data.items() if name != "controller"}
    card = ai.ModelCard(**given)
    model = ai.record_model(by=act.by, controller_id=act.controller_id, card=card)
    return _("%(name)s was recorded.") % {"name": model}


def approve_model(act: Act) -> str:
    ai.approve_model(by=act.by, model=act.obj)
    return _("The model may take part from now on.")


def retire_model(act: Act) -> str:
    ai.retire_model(by=act.by, model=act.obj)
    return _("The model was retired.")


def set_foreign_state(act: Act) -> str:
    services.set_foreign_state(by=act.by, party=act.obj, **act.data)
    return _("The party was changed.")


ADD_MODEL = Verb(
    name="add", label=gettext_lazy("Record an AI model"), permission=Permission.MANAGE_PARTIES,
    consequence=gettext_lazy(
        "It takes part in nothing until another person approves it; a prohibited practice is "
        "denied at once."
    ),
    form=forms_ai.AddModelForm, run=add_model,
)  # fmt: skip
APPROVE_MODEL = Verb(
    name="approve", label=gettext_lazy("Approve"), permission=Permission.APPROVE_PURPOSES,
    consequence=gettext_lazy("Decisions rely on what is said here from the next one on."),
    run=approve_model,
    applies=lambda one: not (one.approved_at or one.retired_at) and one.risk != Risk.PROHIBITED,
)  # fmt: skip
RETIRE_MODEL = Verb(
    name="retire", label=gettext_lazy("Retire"), permission=Permission.APPROVE_PURPOSES,
    consequence=gettext_lazy("Uses with it are denied, unless an earlier version is approved."),
    run=retire_model, applies=lambda one: not one.retired_at, is_grave=True,
)  # fmt: skip
FOREIGN_STATE = Verb(
    name="foreign-state", label=gettext_lazy("Say whether it is a foreign State"),
    permission=Permission.MANAGE_PARTIES, form=forms_ai.ForeignStateForm, run=set_foreign_state,
    consequence=gettext_lazy("A foreign State gets data of people in India only under an order."),
)  # fmt: skip


@admin.register(AIModel)
class AIModelAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("name", "code", "version", "risk", "approved_at", "retired_at", "controller")
    list_filter = ("risk",)
    search_fields = ("name", "code")
    fields = (
        "name", "code", "version", "controller", "risk", "is_significant", "oversight",
        "informs_persons", "review_route", "authorising_law", "special_law",
        "diligence_reference", "diligence_until", "created_at", "created_by", "approved_at",
        "approved_by", "retired_at", "retired_by",
    )  # fmt: skip
    creation = ADD_MODEL
    verbs = (APPROVE_MODEL, RETIRE_MODEL)
