"""What the buttons on officers' pages about policy versions do."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, Verb
from policies.guardrails.model import RulesError
from policies.versions import forms, previewing, selectors, services
from policies.versions.models import PolicyVersion, State
from policies.versions.selectors import Standing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def is_open(version: PolicyVersion) -> bool:
    return version.state in selectors.OPEN


def is_ready(version: PolicyVersion) -> bool:
    return version.state == State.REHEARSED


def may_return(version: PolicyVersion) -> bool:
    return selectors.standing(version, timezone.now()) is Standing.RETIRED


def may_end(version: PolicyVersion) -> bool:
    return selectors.standing(version, timezone.now()) in {Standing.ACTIVE, Standing.APPROVED}


def draft(act: Act) -> str:
    version = services.draft_policy(
        by=act.by, controller_id=act.controller_id, note=act.data["note"]
    )
    return _("%(version)s was drafted. Change its rules, rehearse it, and have it approved.") % {
        "version": version
    }


def put(act: Act) -> str:
    services.put_guardrail(by=act.by, version=act.obj, guardrail=act.data["guardrail"])
    return _("The rule is in the draft. Rehearse the draft before it is approved.")


def preview(act: Act) -> list[str]:
    try:
        return previewing.preview(act.obj, act.data["guardrail"])
    except RulesError as error:
        raise ValidationError(str(error)) from None


def remove(act: Act) -> str:
    services.remove_guardrail(by=act.by, version=act.obj, code=act.data["code"])
    return _("The rule was removed from the draft.")


def replace_all(act: Act) -> str:
    services.replace_guardrails(by=act.by, version=act.obj, guardrails=act.data["rules"])
    return _("The draft has these rules now.")


def approve(act: Act) -> str:
    services.approve_policy(by=act.by, version=act.obj, effective_from=act.data["on"])
    return _("The version is approved and signed.")


def discard(act: Act) -> str:
    services.discard_draft(by=act.by, version=act.obj)
    return _("The draft was given up.")


def go_back(act: Act) -> str:
    services.roll_back(by=act.by, controller_id=act.obj.controller_id, number=act.obj.number)
    return _("%(version)s is in force again, with the next check.") % {"version": act.obj}


def end(act: Act) -> str:
    before = selectors.before(act.obj)
    services.roll_back(
        by=act.by, controller_id=act.obj.controller_id, number=before.number if before else 0
    )
    return _("The version is out of force, with the next check.")


def _put(
    name: str, label: "StrOrPromise", form: Callable[..., Any], consequence: "StrOrPromise"
) -> Verb:
    return Verb(
        name=name, label=label, permission=Permission.MANAGE_PURPOSES, form=form, run=put,
        consequence=consequence, applies=is_open, preview=preview,
    )  # fmt: skip


DRAFT: Final = Verb(
    name="add", label=gettext_lazy("Draft a policy version"), run=draft, form=forms.DraftForm,
    permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy("It counts for nothing until it is rehearsed and approved."),
)  # fmt: skip
PUTS: Final = (
    _put(
        "deny", gettext_lazy("Write a rule: deny"), forms.DenyForm,
        gettext_lazy("Uses it concerns are denied, although the law would permit them."),
    ),
    _put(
        "require", gettext_lazy("Write a rule: require an obligation"), forms.RequireForm,
        gettext_lazy("Permits of uses it concerns carry the obligation."),
    ),
    _put(
        "cap", gettext_lazy("Write a rule: cap"), forms.CapForm,
        gettext_lazy("Uses it concerns are denied once a person has had so many permits."),
    ),
    _put(
        "delay", gettext_lazy("Write a rule: delay after a behaviour"), forms.DelayForm,
        gettext_lazy("Uses it concerns are denied for a while after the person did something."),
    ),
    _put(
        "quiet", gettext_lazy("Write a rule: quiet hours"), forms.QuietForm,
        gettext_lazy("Uses it concerns are denied at these hours of the person's own clock."),
    ),
    _put(
        "off", gettext_lazy("Write a rule: personalisation off"), forms.OffForm,
        gettext_lazy("Uses it concerns are denied for whoever switched personalisation off."),
    ),
)  # fmt: skip
REMOVE: Final = Verb(
    name="remove", label=gettext_lazy("Remove a rule"), run=remove, form=forms.RemoveForm,
    permission=Permission.MANAGE_PURPOSES, applies=is_open,
    consequence=gettext_lazy("The draft has to be rehearsed again."),
)  # fmt: skip
REPLACE: Final = Verb(
    name="replace", label=gettext_lazy("Edit all rules as JSON"), run=replace_all,
    form=forms.JsonForm, permission=Permission.MANAGE_PURPOSES, applies=is_open,
    consequence=gettext_lazy("The draft has to be rehearsed again."),
)  # fmt: skip
APPROVE: Final = Verb(
    name="approve", label=gettext_lazy("Approve and sign"), run=approve, form=forms.ApproveForm,
    permission=Permission.APPROVE_PURPOSES, applies=is_ready, is_grave=True,
    consequence=gettext_lazy(
        "Every check from then on is decided under these rules. They never change again."
    ),
)  # fmt: skip
DISCARD: Final = Verb(
    name="discard", label=gettext_lazy("Give up the draft"), run=discard,
    permission=Permission.MANAGE_PURPOSES, applies=is_open, is_grave=True,
    consequence=gettext_lazy("It can be read further, and its number is not used again."),
)  # fmt: skip
GO_BACK: Final = Verb(
    name="go-back", label=gettext_lazy("Go back to this version"), run=go_back,
    permission=Permission.APPROVE_PURPOSES, applies=may_return, is_grave=True,
    consequence=gettext_lazy("Every later version is withdrawn for good, with the next check."),
)  # fmt: skip
END: Final = Verb(
    name="end", label=gettext_lazy("Take out of force"), run=end,
    permission=Permission.APPROVE_PURPOSES, applies=may_end, is_grave=True,
    consequence=gettext_lazy(
        "It is withdrawn for good, with every later one; the version before it is in force again."
    ),
)  # fmt: skip
VERBS: Final = (*PUTS, REMOVE, REPLACE, APPROVE, DISCARD, GO_BACK, END)
