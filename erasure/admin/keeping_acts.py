"""What officers do about what may not go yet: holds, rules of retention, policies, the vault."""

import json
from datetime import UTC
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.exporting.forms import Moment
from audit.verbs import Act, ActForm, AddForm, Secret, Verb
from erasure.models import (
    DeliveredHow,
    Hold,
    InactivityNotice,
    Policy,
    RetentionRule,
    VaultAccess,
)
from erasure.policies import LEAST_NOTICE_HOURS
from erasure.scopes import ScopeType
from erasure.services import holding, idle, retaining, ruling
from erasure.vault import opening as vault

PACKS = [("", _("Both")), ("IN", _("India")), ("EU", _("European Union"))]


def day(label: object, help_text: object = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=required,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip


class HoldForm(AddForm):
    matter = forms.CharField(
        label=_("Matter"), max_length=80, help_text=_("Its reference, not its people.")
    )
    authority = forms.CharField(label=_("Authority"), max_length=120)
    citation = forms.CharField(
        label=_("Law"), max_length=120, help_text=_("The law and the place in it.")
    )
    review_on = day(_("Look at it again on"), _("Within two years."))
    subject = forms.UUIDField(
        label=_("Person"), required=False,
        help_text=_("The id on the person’s page; empty: everybody within its reach."),
    )  # fmt: skip
    scope_type = forms.ChoiceField(label=_("Reaches"), choices=ScopeType.choices)
    scope = forms.CharField(
        label=_("Which purpose or category"), max_length=100, required=False,
        help_text=_("Its code; empty for everything."),
    )  # fmt: skip


class ReviewForm(ActForm):
    review_on = day(_("Look at it again on"), _("Within two years."))


class LiftForm(ActForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class RuleForm(AddForm):
    code = forms.SlugField(label=_("Code"), max_length=60)
    purpose = forms.CharField(
        label=_("Purpose"), max_length=100, required=False, help_text=_("Its code; empty: any.")
    )
    category = forms.CharField(
        label=_("Data category"), max_length=100, required=False,
        help_text=_("Its code; empty: any."),
    )  # fmt: skip
    pack = forms.ChoiceField(label=_("Whose law"), choices=PACKS, required=False)
    counts_from = forms.ChoiceField(
        label=_("Counts from"), choices=RetentionRule._meta.get_field("counts_from").choices or []
    )
    minimum_days = forms.IntegerField(
        label=_("Kept at least (days)"), min_value=0, max_value=retaining.LONGEST_DAYS, initial=0,
        help_text=_("What a law demands; it must be cited."),
    )  # fmt: skip
    maximum_days = forms.IntegerField(
        label=_("Gone after (days)"), min_value=0, max_value=retaining.LONGEST_DAYS, required=False,
        help_text=_("Empty: no end by this rule."),
    )  # fmt: skip
    citation = forms.CharField(label=_("Law"), max_length=160, required=False)
    reviewed_by = forms.CharField(label=_("Reviewed by"), max_length=120, required=False)
    effective_on = day(_("Counts from the day"), _("Empty: today."), required=False)


class PolicyForm(AddForm):
    content = forms.JSONField(
        label=_("What it says"), required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "code", "dir": "ltr"}),
        help_text=_("JSON. What is not said has the value that protects people most."),
    )  # fmt: skip
    note = forms.CharField(label=_("What changes"), max_length=300, required=False)


class VaultForm(AddForm):
    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person’s page."))
    ground = forms.ChoiceField(
        label=_("Ground"), choices=VaultAccess._meta.get_field("ground").choices or []
    )
    citation = forms.CharField(
        label=_("Law"), max_length=160, help_text=_("The law and the place in it.")
    )
    matter = forms.CharField(
        label=_("Matter"), max_length=80, help_text=_("Its reference, not its people.")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Why; never a person’s data.")
    )


def set_hold(act: Act) -> str:
    said = act.data
    scope = "" if said["scope_type"] == ScopeType.EVERYTHING else said["scope"]
    new = holding.NewHold(
        matter=said["matter"], authority=said["authority"], citation=said["citation"],
        review_on=said["review_on"], subject_id=said["subject"], scope_type=said["scope_type"],
        scope=scope,
    )  # fmt: skip
    holding.set_hold(by=act.by, controller_id=act.controller_id, new=new)
    return gettext("The hold stands. Nothing within its reach is destroyed.")


def review_hold(act: Act) -> str:
    holding.review_hold(
        by=act.by, controller_id=act.obj.controller_id, hold_id=act.obj.pk,
        review_on=act.data["review_on"],
    )  # fmt: skip
    return gettext("The hold stays until it is looked at again.")


def lift_hold(act: Act) -> str:
    holding.lift_hold(
        by=act.by, controller_id=act.obj.controller_id, hold_id=act.obj.pk,
        reason=act.data["reason"],
    )  # fmt: skip
    return gettext("The hold is lifted. What it held back goes on.")


def record_rule(act: Act) -> str:
    given = {name: value for name, value in act.data.items() if name != "controller"}
    made = retaining.record_rule(
        by=act.by, controller_id=act.controller_id, new=retaining.NewRule(**given)
    )
    return gettext("%(code)s was entered.") % {"code": made.code}


def end_rule(act: Act) -> str:
    retaining.end_rule(by=act.by, controller_id=act.obj.controller_id, rule_id=act.obj.pk)
    return gettext("The rule has ended.")


def draft_policy(act: Act) -> str:
    ruling.draft_policy(
        by=act.by, controller_id=act.controller_id, content=act.data["content"] or {},
        note=act.data["note"],
    )  # fmt: skip
    return gettext("The policy waits for a second person.")


def approve_policy(act: Act) -> str:
    ruling.approve_policy(by=act.by, policy=act.obj)
    return gettext("Cases that are opened from now on follow this policy.")


def ask_vault(act: Act) -> str:
    said = act.data
    vault.ask(
        by=act.by, controller_id=act.controller_id, subject_id=said["subject"],
        ground=said["ground"], citation=said["citation"], matter=said["matter"],
        reason=said["reason"],
    )  # fmt: skip
    return gettext("It waits for a second person.")


def approve_vault(act: Act) -> str:
    vault.approve(by=act.by, access=act.obj)
    return gettext("Whoever asked may read until the access ends.")


def refuse_vault(act: Act) -> str:
    vault.refuse(by=act.by, access=act.obj)
    return gettext("It was refused.")


def read_vault(act: Act) -> Secret:
    found = [
        {"category": one.category, "element": one.element, "value": one.value}
        for one in vault.read(by=act.by, access=act.obj)
    ]
    return Secret(
        label=gettext("What is kept for the law only"),
        value=json.dumps(found, ensure_ascii=False, indent=2),
        sentence=gettext("This reading is on record. Use it for the matter you named alone."),
        done=gettext("Go back"),
    )


def is_standing(hold: Hold) -> bool:
    return hold.lifted_at is None


def is_undecided(access: VaultAccess) -> bool:
    return access.approved_at is None and access.refused_at is None


def is_draft(policy: Policy) -> bool:
    return policy.approved_at is None


HOLDS, MANAGED = Permission.MANAGE_HOLDS, Permission.MANAGE_ERASURES
OPENING = Permission.OPEN_VAULT
SET_HOLD = Verb(
    name="add", label=_("Set a hold"), permission=HOLDS, form=HoldForm, run=set_hold,
    consequence=_("It stops destruction only: what is denied stays denied."),
)  # fmt: skip
REVIEW_HOLD = Verb(
    name="review", label=_("Keep it longer"), permission=HOLDS, form=ReviewForm, run=review_hold,
    applies=is_standing, consequence=_("Say so only after the matter was looked at."),
)  # fmt: skip
LIFT_HOLD = Verb(
    name="lift", label=_("Lift"), permission=HOLDS, form=LiftForm, run=lift_hold,
    applies=is_standing, is_grave=True,
    consequence=_("Erasures that waited for it go on, and cannot be undone."),
)  # fmt: skip
RECORD_RULE = Verb(
    name="add", label=_("Enter a retention rule"), permission=MANAGED, form=RuleForm,
    run=record_rule, is_grave=True,
    consequence=_("Data past it are erased by cases of their own, after an alert."),
)  # fmt: skip
END_RULE = Verb(
    name="end", label=_("End"), permission=MANAGED, run=end_rule, is_grave=True,
    applies=lambda rule: rule.ended_on is None,
    consequence=_("From today on nothing is kept, and nothing goes, because of it."),
)  # fmt: skip
DRAFT_POLICY = Verb(
    name="add", label=_("Write a policy"), permission=MANAGED, form=PolicyForm, run=draft_policy,
    consequence=_("It counts once another person has approved it."),
)  # fmt: skip
APPROVE_POLICY = Verb(
    name="approve", label=_("Approve"), permission=Permission.APPROVE_ERASURES,
    run=approve_policy, applies=is_draft, is_grave=True,
    consequence=_("Cases that are opened from then on follow it. Whoever wrote it cannot."),
)  # fmt: skip
ASK_VAULT = Verb(
    name="add", label=_("Ask to read the vault"), permission=OPENING, form=VaultForm,
    run=ask_vault, consequence=_("Another person decides, and every reading is recorded."),
)  # fmt: skip
APPROVE_VAULT = Verb(
    name="approve", label=_("Approve"), permission=OPENING, run=approve_vault,
    applies=is_undecided, is_grave=True,
    consequence=_("Whoever asked can read what is kept of the person. You cannot be that person."),
)  # fmt: skip
REFUSE_VAULT = Verb(
    name="refuse", label=_("Refuse"), permission=OPENING, run=refuse_vault, applies=is_undecided,
    consequence=_("Nothing is read."),
)  # fmt: skip
READ_VAULT = Verb(
    name="read", label=_("Read"), permission=OPENING, run=read_vault, is_grave=True,
    applies=lambda access: access.approved_at is not None,
    consequence=_("Only whoever asked can, and only while the access lasts."),
)  # fmt: skip


class DeliveredForm(ActForm):
    """That the notice reached the person by a way that no mail server speaks of."""

    how = forms.ChoiceField(
        label=_("How"),
        choices=[one for one in DeliveredHow.choices if one[0] != DeliveredHow.EMAIL],
    )
    delivered_at = Moment(
        label=_("When it reached them (UTC)"),
        help_text=_("At least 48 hours before the erasure (DPDP Rules r.8(2)). Empty: now."),
    )  # fmt: skip
    proof = forms.RegexField(
        r"\A[A-Za-z0-9_.:/+\- ]{3,120}\Z", label=_("What shows it"),
        help_text=_("The reference of a receipt, message or note. Never a person’s data."),
    )  # fmt: skip


class PutOffForm(ActForm):
    hours = forms.IntegerField(
        label=_("Hours from now"), min_value=LEAST_NOTICE_HOURS, max_value=24 * 60, initial=24 * 14
    )


def note_delivered(act: Act) -> str:
    said, at = act.data, act.data["delivered_at"]
    idle.note_delivered(
        by=act.by, **notice_named(act), how=said["how"], proof=said["proof"],
        delivered_at=at.replace(tzinfo=UTC) if at else None,
    )  # fmt: skip
    return gettext("The notice is delivered. Whoever stays silent is erased at the end.")


def put_off(act: Act) -> str:
    idle.put_off(by=act.by, **notice_named(act), hours=act.data["hours"])
    return gettext("The end is put off, so that the notice can still be in time.")


def notice_named(act: Act) -> dict[str, Any]:
    return {"controller_id": act.obj.controller_id, "notice_id": act.obj.pk}


def is_undelivered(notice: InactivityNotice) -> bool:
    return notice.ended_at is None and notice.delivered_at is None


DELIVERED = Verb(
    name="delivered", label=_("Note the delivery"), permission=Permission.MANAGE_ERASURES,
    form=DeliveredForm, run=note_delivered, applies=is_undelivered, is_grave=True,
    consequence=_(
        "From now on the end counts: whoever is not heard of until then is erased. Only of a "
        "notice that reached the person, and in time."
    ),
)  # fmt: skip
PUT_OFF = Verb(
    name="put-off", label=_("Put the end off"), permission=Permission.MANAGE_ERASURES,
    form=PutOffForm, run=put_off, applies=is_undelivered,
    consequence=_("So that a letter can reach the person at least 48 hours before the end."),
)  # fmt: skip
