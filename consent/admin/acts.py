"""What the buttons on officers' pages about purposes and notices do."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, Verb
from consent import services
from consent.admin import forms
from consent.admin.version_forms import PutInForceForm
from consent.errors import PurposeUnknownError
from consent.models import PurposeVersion
from consent.versions import selectors as versions
from consent.versions import wording
from consent.versions.selectors import Standing, Version


def is_to_come(version: Version) -> bool:
    return versions.standing(version) is Standing.APPROVED


def draft_purpose(act: Act) -> str:
    words = {k: v for k, v in act.data.items() if k not in {"controller", "code"}}
    version = services.draft_purpose(
        by=act.by, controller_id=act.controller_id, code=act.data["code"],
        words=services.Words(**words),
    )  # fmt: skip
    return _("Version %(n)d was drafted. A second person approves it.") % {"n": version.number}


def redraft_purpose(act: Act) -> str:
    version = services.draft_purpose(
        by=act.by, controller_id=act.obj.controller_id, code=act.obj.code,
        words=services.Words(**act.data),
    )  # fmt: skip
    return _("Version %(n)d was drafted. A second person approves it.") % {"n": version.number}


def approve_purpose(act: Act) -> str:
    services.approve_purpose(by=act.by, version=act.obj, **act.data)
    if act.data["effective_from"]:
        return _("The version is approved, and begins at that moment.")
    return _("The version is in force from now on.")


def take_back_purpose(act: Act) -> str:
    services.take_back_purpose(by=act.by, version=act.obj)
    return _("The version will not begin.")


def close_purpose(act: Act) -> str:
    services.close_purpose(by=act.by, purpose=act.obj)
    return _("The purpose is closed: every check for it is denied from now on.")


def draft_notice(act: Act) -> str:
    """Raises PurposeUnknownError when a code names no approved purpose of the controller."""
    purposes = _approved(act.controller_id, act.data["purposes"])
    content = wording.english(act.controller_id, purposes, act.data)
    version = services.draft_notice(
        by=act.by, controller_id=act.controller_id, code=act.data["code"], pack=act.data["pack"],
        purposes=purposes, translations={"en": content},
    )  # fmt: skip
    return _("Version %(n)d was drafted. A second person publishes it.") % {"n": version.number}


def redraft_notice(act: Act) -> str:
    newest = act.obj.versions.order_by("-number").first()
    codes = newest.purposes.values_list("purpose_version__purpose__code", flat=True)
    version = services.draft_notice(
        by=act.by, controller_id=act.obj.controller_id, code=act.obj.code, pack=act.obj.pack,
        purposes=_approved(act.obj.controller_id, tuple(codes)), translations=act.data["words"],
        is_material=act.data["is_material"],
    )  # fmt: skip
    return _("Version %(n)d was drafted. A second person publishes it.") % {"n": version.number}


def publish_notice(act: Act) -> str:
    services.publish_notice(by=act.by, version=act.obj, **act.data)
    return _("The notice is published and can no longer change.")


def take_back_notice(act: Act) -> str:
    services.take_back_notice(by=act.by, version=act.obj)
    return _("The version will not begin.")


def _approved(controller_id: UUID, codes: tuple[str, ...]) -> list[PurposeVersion]:
    """The newest approved version of each of these purposes, begun or not."""
    found = (
        PurposeVersion.objects.filter(controller_id=controller_id, purpose__code__in=codes)
        .filter(effective_from__isnull=False, purpose__closed_at=None)
        .select_related("purpose")
        .order_by("purpose__code", "-number")
        .distinct("purpose__code")
    )
    if {one.purpose.code for one in found} != set(codes):
        raise PurposeUnknownError(field="purposes")
    return list(found)


TAKEN_BACK = gettext_lazy("The version never begins; what is in force now stays in force.")
DRAFT_PURPOSE = Verb(
    name="add", label=gettext_lazy("Draft a purpose"), permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy("A draft counts for nothing until a second person approves it."),
    form=forms.DraftPurposeForm, run=draft_purpose,
)  # fmt: skip
REDRAFT_PURPOSE = Verb(
    name="draft", label=gettext_lazy("Draft the next version"),
    permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy("A draft counts for nothing until a second person approves it."),
    form=forms.RedraftPurposeForm, run=redraft_purpose,
    applies=lambda purpose: purpose.closed_at is None,
)  # fmt: skip
CLOSE_PURPOSE = Verb(
    name="close", label=gettext_lazy("Close"), permission=Permission.APPROVE_PURPOSES,
    consequence=gettext_lazy(
        "Every check for this purpose will be denied, for good. This cannot be undone."
    ),
    run=close_purpose, applies=lambda purpose: purpose.closed_at is None, is_grave=True,
)  # fmt: skip
APPROVE_PURPOSE = Verb(
    name="approve", label=gettext_lazy("Approve"), permission=Permission.APPROVE_PURPOSES,
    consequence=gettext_lazy(
        "The version comes into force and never changes again. Its author cannot approve it."
    ),
    form=PutInForceForm, run=approve_purpose, applies=lambda version: version.approved_at is None,
)  # fmt: skip
TAKE_BACK_PURPOSE = Verb(
    name="take-back", label=gettext_lazy("Take back"), permission=Permission.APPROVE_PURPOSES,
    consequence=TAKEN_BACK, run=take_back_purpose, applies=is_to_come, is_grave=True,
)  # fmt: skip
DRAFT_NOTICE = Verb(
    name="add", label=gettext_lazy("Draft a notice"), permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy("A draft is shown to nobody until a second person publishes it."),
    form=forms.DraftNoticeForm, run=draft_notice,
)  # fmt: skip
REDRAFT_NOTICE = Verb(
    name="draft", label=gettext_lazy("Draft the next version"),
    permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy("A draft is shown to nobody until a second person publishes it."),
    form=forms.RedraftNoticeForm, run=redraft_notice,
)  # fmt: skip
PUBLISH_NOTICE = Verb(
    name="publish", label=gettext_lazy("Publish"), permission=Permission.APPROVE_PURPOSES,
    consequence=gettext_lazy(
        "The words are shown to people from now on and never change again. Their author cannot "
        "publish them."
    ),
    form=PutInForceForm, run=publish_notice, applies=lambda version: version.published_at is None,
)  # fmt: skip
TAKE_BACK_NOTICE = Verb(
    name="take-back", label=gettext_lazy("Take back"), permission=Permission.APPROVE_PURPOSES,
    consequence=TAKEN_BACK, run=take_back_notice, applies=is_to_come, is_grave=True,
)  # fmt: skip
