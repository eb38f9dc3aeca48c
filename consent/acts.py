"""What the buttons on officers' pages about purposes and notices do."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.verbs import Act, Verb
from consent import forms, services
from consent.errors import PurposeUnknownError
from consent.models import PurposeVersion
from registry import selectors as registry


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
    services.approve_purpose(by=act.by, version=act.obj)
    return _("The version is in force from now on.")


def close_purpose(act: Act) -> str:
    services.close_purpose(by=act.by, purpose=act.obj)
    return _("The purpose is closed: every check for it is denied from now on.")


def draft_notice(act: Act) -> str:
    """Raises PurposeUnknownError when a code names no approved purpose of the controller."""
    versions = _approved(act.controller_id, act.data["purposes"])
    content = _english(act.controller_id, versions, act.data)
    version = services.draft_notice(
        by=act.by, controller_id=act.controller_id, code=act.data["code"], pack=act.data["pack"],
        purposes=versions, translations={"en": content},
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
    services.publish_notice(by=act.by, version=act.obj)
    return _("The notice is published and can no longer change.")


def _approved(controller_id: UUID, codes: tuple[str, ...]) -> list[PurposeVersion]:
    """The version in force of each of these purposes."""
    found = (
        PurposeVersion.objects.filter(controller_id=controller_id, purpose__code__in=codes)
        .filter(approved_at__isnull=False, purpose__closed_at=None)
        .select_related("purpose")
        .order_by("purpose__code", "-number")
        .distinct("purpose__code")
    )
    if {one.purpose.code for one in found} != set(codes):
        raise PurposeUnknownError(field="purposes")
    return list(found)


def _english(
    controller_id: UUID, versions: list[PurposeVersion], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The words people will read: in English whatever language the officer works in."""
    names = registry.category_names(controller_id)
    items = [
        {
            "purpose": one.purpose.code, "title": one.title, "description": one.description,
            "data": [names.get(code, code) for code in one.categories], "enables": one.enables,
        }
        for one in versions
    ]  # fmt: skip
    return {
        "title": given["title"], "introduction": given["introduction"], "items": items,
        "withdraw": {"text": "Change or withdraw your choices", "url": "/privacy/"},
        "rights": {"text": "Use your rights", "url": "/privacy/"},
        "grievance": {"text": "Complain to us", "url": "/privacy/"},
        "board": {"text": "Complain to the authority", "url": given["board_url"]},
        "contact": {"name": given["contact_name"], "email": given["contact_email"]},
    }  # fmt: skip


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
        "The version comes into force at once and never changes again. Its author cannot approve "
        "it."
    ),
    run=approve_purpose, applies=lambda version: version.approved_at is None,
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
    run=publish_notice, applies=lambda version: version.published_at is None,
)  # fmt: skip
