"""What the buttons on officers' pages about views, roles and seats do."""

from copy import copy

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, Verb
from profiles import selectors_views as selectors
from profiles import services
from profiles.admin import forms
from profiles.models import ViewVersion
from profiles.selectors_views import ViewStanding
from profiles.services import NewRule


def is_draft(version: ViewVersion) -> bool:
    return selectors.standing(version) is ViewStanding.DRAFT


def may_return(version: ViewVersion) -> bool:
    return selectors.standing(version) is ViewStanding.ENDED


def is_in_force(version: ViewVersion) -> bool:
    return selectors.standing(version) is ViewStanding.IN_FORCE


def draft(act: Act) -> str:
    version = services.draft_view(by=act.by, controller_id=act.controller_id, note=act.data["note"])
    return _("%(version)s was drafted. Change it on the page of the matrix.") % {"version": version}


def put_rule(act: Act) -> str:
    services.put_rules(by=act.by, version=act.obj, rules=[NewRule(**act.data)])
    return _("The rule is in the draft. It is previewed again before it is approved.")


def remove_rule(act: Act) -> str:
    services.remove_rule(by=act.by, version=act.obj.version, rule_id=act.obj.pk)
    return _("The rule was removed from the draft.")


def approve(act: Act) -> str:
    seen = copy(act.obj)
    seen.changed_at = act.data["seen"]
    services.approve_view(by=act.by, version=seen)
    return _("The version is in force. Readers see by it from their next request on.")


def discard(act: Act) -> str:
    services.discard_view(by=act.by, version=act.obj)
    return _("The draft was given up.")


def go_back(act: Act) -> str:
    services.roll_back_view(by=act.by, controller_id=act.obj.controller_id, number=act.obj.number)
    return _("Its rules are in force again, as a new version.")


def close(act: Act) -> str:
    services.roll_back_view(by=act.by, controller_id=act.obj.controller_id, number=0)
    return _("No view is in force: nobody sees anything of anybody.")


def add_role(act: Act) -> str:
    role = services.create_role(
        by=act.by, controller_id=act.controller_id, code=act.data["code"], name=act.data["name"]
    )
    return _("%(name)s was recorded.") % {"name": role.name}


def retire_role(act: Act) -> str:
    services.retire_role(by=act.by, role=act.obj)
    return _("The role is out of use.")


def grant_seat(act: Act) -> str:
    kind, _space, holder = act.data["holder"].partition(" ")
    services.grant_seat(
        by=act.by, controller_id=act.obj.controller_id, role=act.obj.code, holder_type=kind,
        holder_id=holder, unit=act.data["unit"], until=act.data["until"],
    )  # fmt: skip
    return _("The seat was given.")


def end_seat(act: Act) -> str:
    services.end_seat(by=act.by, seat=act.obj)
    return _("The seat has ended.")


DRAFT = Verb(
    name="add", label=gettext_lazy("Draft a version of the views"), run=draft,
    permission=Permission.MANAGE_VIEWS, form=forms.DraftForm,
    consequence=gettext_lazy("It shows nobody anything until a second person approves it."),
)  # fmt: skip
PUT_RULE = Verb(
    name="put-rule", label=gettext_lazy("Write a rule"), run=put_rule, form=forms.RuleForm,
    permission=Permission.MANAGE_VIEWS, applies=is_draft,
    consequence=gettext_lazy("It replaces the rule of the same place, if there is one."),
)  # fmt: skip
REMOVE_RULE = Verb(
    name="remove", label=gettext_lazy("Remove the rule"), run=remove_rule,
    permission=Permission.MANAGE_VIEWS, applies=lambda rule: is_draft(rule.version),
    consequence=gettext_lazy("Its place is hidden, or treated as its category."),
)  # fmt: skip
APPROVE = Verb(
    name="approve", label=gettext_lazy("Approve"), run=approve, form=forms.ApproveForm,
    permission=Permission.APPROVE_VIEWS, applies=is_draft, is_grave=True,
    consequence=gettext_lazy(
        "Readers see people's data by this version from their next request on. Whoever drafted it "
        "or changed a rule cannot approve it, and it has to be previewed."
    ),
)  # fmt: skip
DISCARD = Verb(
    name="discard", label=gettext_lazy("Give up the draft"), run=discard,
    permission=Permission.MANAGE_VIEWS, applies=is_draft, is_grave=True,
    consequence=gettext_lazy("It can be read further, and its number is not used again."),
)  # fmt: skip
GO_BACK = Verb(
    name="go-back", label=gettext_lazy("Go back to this version"), run=go_back,
    permission=Permission.APPROVE_VIEWS, applies=may_return, is_grave=True,
    consequence=gettext_lazy("Its rules are in force at once, in place of those of today."),
)  # fmt: skip
CLOSE = Verb(
    name="close", label=gettext_lazy("Show nobody anything"), run=close,
    permission=Permission.APPROVE_VIEWS, applies=is_in_force, is_grave=True,
    consequence=gettext_lazy(
        "Every field of every person is hidden from all readers at once, until a version is "
        "approved or gone back to."
    ),
)  # fmt: skip
ADD_ROLE = Verb(
    name="add", label=gettext_lazy("Name a reader’s role"), run=add_role, form=forms.RoleForm,
    permission=Permission.MANAGE_VIEWS,
    consequence=gettext_lazy("It sees nothing until rules of an approved version are about it."),
)  # fmt: skip
RETIRE_ROLE = Verb(
    name="retire", label=gettext_lazy("Take out of use"), run=retire_role,
    permission=Permission.MANAGE_VIEWS, applies=lambda role: role.is_active, is_grave=True,
    consequence=gettext_lazy("Nobody reads in it any more. This cannot be undone."),
)  # fmt: skip
GRANT_SEAT = Verb(
    name="seat", label=gettext_lazy("Give a seat"), run=grant_seat, form=forms.SeatForm,
    permission=Permission.MANAGE_VIEWS, applies=lambda role: role.is_active,
    consequence=gettext_lazy(
        "They see people's data as the rules of this role say. Nobody gives a seat to themselves."
    ),
)  # fmt: skip
END_SEAT = Verb(
    name="end", label=gettext_lazy("End the seat"), run=end_seat,
    permission=Permission.MANAGE_VIEWS, applies=lambda seat: seat.is_live, is_grave=True,
    consequence=gettext_lazy("They read nothing in this role and unit from now on."),
)  # fmt: skip
