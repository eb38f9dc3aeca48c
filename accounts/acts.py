"""What the buttons on officers' pages about staff and services do."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import forms, selectors, services
from accounts.models import Controller, User
from accounts.roles import ROLES, Permission
from audit.verbs import Act, Secret, Verb


def add_service(act: Act) -> str:
    service = services.create_service(
        by=act.by, controller_id=act.controller_id, code=act.data["code"], name=act.data["name"],
        purposes=act.data["purposes"],
    )  # fmt: skip
    return _("%(name)s was registered. Issue a key next.") % {"name": service.name}


def change_service(act: Act) -> str:
    services.change_service(
        by=act.by, service=act.obj, is_active=act.data["is_active"], purposes=act.data["purposes"]
    )
    return _("The service was changed; it counts from the next decision.")


def set_pace(act: Act) -> str:
    services.set_pace(by=act.by, service=act.obj, items_per_second=act.data["items_per_second"])
    return _("The pace was set; it counts from the next call.")


def issue_key(act: Act) -> Secret:
    _key, secret = services.issue_key(by=act.by, service=act.obj, days=act.data["days"])
    return Secret(
        _("Service key"), secret, _("Store this key now: it is shown only once and kept nowhere.")
    )


def revoke_key(act: Act) -> str:
    services.revoke_key(by=act.by, key=act.obj)
    return _("The key was revoked; it opens nothing any more.")


def add_officer(act: Act) -> str:
    """Raises ValidationError for an unknown name without what a new account needs."""
    name, email, password = (act.data[one] for one in ("username", "email", "password"))
    officer = User.objects.filter(username=name, is_staff=True).first()
    if officer is None and not (email and password):
        said = _("Nobody has this user name. For a new account, give its address and password.")
        raise ValidationError({"username": said})
    if officer is None and User.objects.filter(username=name).exists():
        raise ValidationError({"username": _("This user name is taken.")})
    officer = officer or services.create_officer(
        by=act.by, username=name, email=email, password=password
    )
    return _assign(act, officer)


def assign_role(act: Act) -> str:
    return _assign(act, act.obj)


def remove_role(act: Act) -> str:
    """Raises ValidationError for one's own role: nobody locks themselves, and all others, out."""
    controller_id, _colon, role = act.data["held"].partition(":")
    if act.by.id == str(act.obj.pk):
        raise ValidationError(_("Your own role is taken away by another person."))
    services.remove_role(
        by=act.by, officer=act.obj, controller=selectors.controller(UUID(controller_id)), role=role
    )
    return _("The role was taken away; it counts from the next request.")


def _assign(act: Act, officer: User) -> str:
    controller: Controller = selectors.controller(act.controller_id)
    services.assign_role(by=act.by, officer=officer, controller=controller, role=act.data["role"])
    return _("%(name)s now has the role: %(role)s.") % {
        "name": officer.username, "role": ROLES[act.data["role"]].name,
    }  # fmt: skip


ADD_SERVICE = Verb(
    name="add", label=gettext_lazy("Register a service"), permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy("A service asks for decisions. It can do so once it has a key."),
    form=forms.AddServiceForm, run=add_service,
)  # fmt: skip
CHANGE_SERVICE = Verb(
    name="change", label=gettext_lazy("Change"), permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy("Checks for purposes that are not listed here will be denied."),
    form=forms.ChangeServiceForm, run=change_service,
)  # fmt: skip
SET_PACE = Verb(
    name="set-pace", label=gettext_lazy("Set its pace"), permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy("Calls beyond the pace are refused and must be made again later."),
    form=forms.PaceForm, run=set_pace,
)  # fmt: skip
ISSUE_KEY = Verb(
    name="issue-key", label=gettext_lazy("Issue a key"), permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy(
        "Whoever holds the key acts as this service. A service has at most two live keys."
    ),
    form=forms.IssueKeyForm, run=issue_key, applies=lambda service: service.is_active,
)  # fmt: skip
REVOKE_KEY = Verb(
    name="revoke", label=gettext_lazy("Revoke"), permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy("The service can no longer use this key. This cannot be undone."),
    run=revoke_key, applies=lambda key: key.revoked_at is None, is_grave=True,
)  # fmt: skip
ADD_OFFICER = Verb(
    name="add", label=gettext_lazy("Add a staff member"), permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy("The role counts at the chosen controller only."),
    form=forms.AddOfficerForm, run=add_officer,
)  # fmt: skip
ASSIGN_ROLE = Verb(
    name="assign-role", label=gettext_lazy("Give a role"), permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy("The role counts at the chosen controller only."),
    form=forms.AssignRoleForm, run=assign_role,
)  # fmt: skip
REMOVE_ROLE = Verb(
    name="remove-role", label=gettext_lazy("Take a role away"),
    permission=Permission.MANAGE_SERVICES,
    consequence=gettext_lazy("What the role allowed ends with the person's next request."),
    form=forms.RemoveRoleForm, run=remove_role, is_grave=True,
)  # fmt: skip
