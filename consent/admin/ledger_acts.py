"""What the buttons on officers' pages about consents and joined records do."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, ActForm, AddForm, Verb
from consent import services
from consent.endings import InvalidBecause, RevokedBecause
from consent.models import ConsentState, MergeReason, SplitReason
from consent.transitions import VALID, State

MAY_BE_INVALID = VALID | {State.EXPIRED, State.WITHDRAWN}


class RevokeForm(ActForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=RevokedBecause.choices)


class InvalidateForm(ActForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=InvalidBecause.choices)


class MergeForm(AddForm):
    kept = forms.UUIDField(
        label=gettext_lazy("The record that is used"),
        help_text=gettext_lazy("Our id of the person, as on their page."),
    )
    absorbed = forms.UUIDField(label=gettext_lazy("The other record of the same person"))
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=MergeReason.choices)
    field_order = ("controller",)


class SplitForm(ActForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=SplitReason.choices)


def revoke(act: Act) -> str:
    services.revoke(
        by=act.by, controller_id=act.obj.controller_id, subject_id=act.obj.subject_id,
        purpose=act.obj.purpose.code, reason=act.data["reason"],
    )  # fmt: skip
    return _("The consent has ended: every check is denied from now on.")


def invalidate(act: Act) -> str:
    services.invalidate(
        by=act.by, controller_id=act.obj.controller_id, subject_id=act.obj.subject_id,
        purpose=act.obj.purpose.code, reason=act.data["reason"],
    )  # fmt: skip
    return _("The consent counts as never given; what was done on it needs your attention.")


def merge(act: Act) -> str:
    services.merge(
        by=act.by, controller_id=act.controller_id, kept_id=act.data["kept"],
        absorbed_id=act.data["absorbed"], reason=act.data["reason"],
    )  # fmt: skip
    return _("The records are joined. On each purpose the more protective choice counts.")


def split(act: Act) -> str:
    services.split(
        by=act.by, controller_id=act.obj.controller_id, merge_id=act.obj.pk,
        reason=act.data["reason"],
    )  # fmt: skip
    return _("These are two people again, each with their own choices.")


def _runs(state: ConsentState) -> bool:
    return state.state in VALID


REVOKE = Verb(
    name="revoke", label=gettext_lazy("End for the company"),
    permission=Permission.APPROVE_PURPOSES, form=RevokeForm, run=revoke, applies=_runs,
    is_grave=True,
    consequence=gettext_lazy(
        "The data may not be used for this purpose any more until the person agrees again. Where "
        "the use has ended or the person is no longer served, an erasure follows if the erasure "
        "policy says so."
    ),
)  # fmt: skip
INVALIDATE = Verb(
    name="invalidate", label=gettext_lazy("Find invalid"),
    permission=Permission.APPROVE_PURPOSES, form=InvalidateForm, run=invalidate,
    applies=lambda state: state.state in MAY_BE_INVALID, is_grave=True,
    consequence=gettext_lazy(
        "The consent counts as never given. No order that rests on it may be fulfilled with it "
        "either, and the finding stays on record."
    ),
)  # fmt: skip
MERGE = Verb(
    name="add", label=gettext_lazy("Join two records of one person"),
    permission=Permission.APPROVE_PURPOSES, form=MergeForm, run=merge,
    consequence=gettext_lazy(
        "Every identifier then finds the first record, nothing is permitted about the other, and "
        "on each purpose the more protective choice of both counts."
    ),
)  # fmt: skip
SPLIT = Verb(
    name="split", label=gettext_lazy("Part them again"),
    permission=Permission.APPROVE_PURPOSES, form=SplitForm, run=split,
    applies=lambda merge: merge.split_at is None,
    consequence=gettext_lazy(
        "Each record has its own identifiers and choices again. What was refused or withdrawn "
        "since they were joined counts for both."
    ),
)  # fmt: skip
