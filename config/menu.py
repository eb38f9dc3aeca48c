"""The order of the officers' menu: as their day goes, and in their words."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Heading: TypeAlias = "tuple[str, StrOrPromise, dict[str, StrOrPromise]]"

MENU: tuple[Heading, ...] = (
    (
        "people",
        _("People"),
        {
            "Subject": _("People"),
            "Relationship": _("Relationships"),
            "Provenance": _("Provenance flags"),
            "ParentalCheck": _("Parents"),
            "GuardianAppointment": _("Guardians"),
        },
    ),
    (
        "consents",
        _("Consents"),
        {
            "ConsentState": _("Consents now"),
            "ConsentEvent": _("Consent ledger"),
            "Merge": _("Joined records"),
            "Objection": _("Objections"),
            "PersonalGround": _("Grounds other than consent"),
            "Commitment": _("Commitments"),
            "LegacyQueue": _("Old consents without notice"),
            "ContactPlan": _("Reminders"),
            "Message": _("Messages to people"),
            "Restriction": _("Restrictions"),
            "ConsentExport": _("Exports of consents"),
            "ConsentRates": _("Consent rates"),
        },
    ),
    (
        "purposes",
        _("Purposes and notices"),
        {
            "Purpose": _("Purposes"),
            "PurposeVersion": _("Purpose versions"),
            "Notice": _("Notices"),
            "NoticeVersion": _("Notice versions"),
            "NoticeTranslation": _("Notice words"),
            "LanguageWaiver": _("Language waivers"),
            "Languages": _("Languages of notices"),
            "Assessment": _("Legal findings"),
        },
    ),
    (
        "profiles",
        _("Profiles"),
        {
            "Profile": _("Look at a profile"),
            "Views": _("Who sees what"),
            "ViewVersion": _("Versions of the views"),
            "ViewRule": _("Rules of the views"),
            "ReaderRole": _("Readers’ roles"),
            "Seat": _("Seats"),
            "AttributeDefinition": _("Attributes"),
            "ProfileRecord": _("Profile records"),
            "FormerRecord": _("Former values"),
            "Reveal": _("Revealed fields"),
            "BreakGlass": _("Break-glass accesses"),
            "UnusualAccess": _("Unusual accesses"),
            "FlaggedPerson": _("People under watch"),
            "ReaderPerson": _("Readers who are people here"),
            "ReadingLimits": _("Limits of reading"),
            "Disclosure": _("Disclosures"),
            "ProfileExport": _("Exports of profiles"),
            "Trace": _("Trace a leaked file"),
        },
    ),
    (
        "erasures",
        _("Requests and erasures"),
        {
            "Request": _("Requests of people"),
            "Pause": _("Clocks that stood still"),
            "AccessBundle": _("Copies for people"),
            "Erasures": _("Erasures at a glance"),
            "Case": _("Erasure cases"),
            "Gate": _("Queues of systems"),
            "Step": _("Erasure steps"),
            "Mark": _("Recorded effects"),
            "Errand": _("Links opened by hand"),
            "ShownEvidence": _("Evidence of what was done by hand"),
            "Certificate": _("Certificates of erasure"),
            "Policy": _("Erasure policies"),
            "Hold": _("Legal holds"),
            "RetentionRule": _("Retention rules"),
            "InactivityNotice": _("Notices before erasure"),
            "VaultItem": _("Vault"),
            "VaultAccess": _("Access to the vault"),
            "Callback": _("Deletion callbacks"),
            "PlatformApp": _("Apps at platforms"),
            "Tombstone": _("Tombstones"),
            "Quarantined": _("Quarantine"),
            "TrainingSet": _("Training sets"),
            "TrainingMember": _("People in training sets"),
        },
    ),
    (
        "audit",
        _("Decisions and audit"),
        {
            "Decision": _("Decisions"),
            "Rule": _("Statutory rules"),
            "LegalTable": _("Legal tables"),
            "PolicyVersion": _("The company's own rules"),
            "Rehearsal": _("Rehearsals"),
            "EntryIndex": _("Audit log"),
            "LogState": _("Verification of the log"),
            "Export": _("Exports of the log"),
            "AIDecision": _("AI decisions"),
            "Processing": _("Processing"),
            "Recall": _("Recalls"),
            "Campaign": _("Campaigns"),
            "Audience": _("Audiences"),
            "EmergencyUse": _("Emergency uses"),
        },
    ),
    (
        "parties",
        _("Services and parties"),
        {
            "ServiceClient": _("Services"),
            "ServiceKey": _("Service keys"),
            "Endpoint": _("Recall addresses"),
            "Subscriber": _("Subscribers of events"),
            "Delivery": _("Deliveries of events"),
            "ConsentManager": _("Consent managers"),
            "ManagerKey": _("Keys of consent managers"),
            "CollectionSite": _("Company sites"),
            "Party": _("Parties"),
            "DataCategory": _("Data categories"),
            "System": _("Connected systems"),
            "Connector": _("Connectors"),
            "Wait": _("Order of systems"),
            "AIModel": _("AI models"),
            "Freeze": _("Freezes"),
            "Controller": _("Controllers"),
            "User": _("Staff"),
        },
    ),
    ("work", _("Work"), {"Job": _("Jobs")}),
)


PAGES: "dict[str, tuple[str, Permission]]" = {
    "Decision": ("admin:decisions", Permission.VIEW_AUDIT),
    "Rule": ("admin:rules", Permission.VIEW_AUDIT),
    "LegalTable": ("admin:law", Permission.VIEW_AUDIT),
    "Rehearsal": ("admin:rehearsals", Permission.VIEW_AUDIT),
    "LogState": ("admin:logs", Permission.VIEW_AUDIT),
    "ConsentRates": ("admin:rates", Permission.VIEW_AUDIT),
    "Languages": ("admin:languages", Permission.VIEW_AUDIT),
    "Erasures": ("admin:erasures", Permission.VIEW_AUDIT),
    "Profile": ("admin:profiles", Permission.VIEW_PROFILES),
    "Views": ("admin:views", Permission.VIEW_AUDIT),
    "Trace": ("admin:profile_trace", Permission.REVIEW_ACCESS),
}
"""Pages that list no rows of a model: their address, and who sees them."""


def pages(permissions: Collection[str]) -> list[dict[str, Any]]:
    """The pages for somebody with these permissions, as Django lists models."""
    return [
        {
            "object_name": name, "admin_url": reverse(address), "add_url": None,
            "view_only": True, "perms": {"view": True},
        }
        for name, (address, permission) in PAGES.items()
        if permission in permissions
    ]  # fmt: skip


def arranged(
    app_list: list[dict[str, Any]], own_pages: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Django's list of apps, and pages, as headings of the menu; the rest is left out."""
    listed = [*(model for app in app_list for model in app["models"]), *own_pages]
    models = {model["object_name"]: model for model in listed}
    return [
        _heading(label, heading, [{**models[one], "name": name} for one, name in names.items()
                                  if one in models])
        for label, heading, names in MENU
        if models.keys() & names.keys()
    ]  # fmt: skip


def name_lists(models: Iterable[type[Model]]) -> None:
    """Call each list on its own pages as in the menu.

    Django would make a plural by an "s" behind the words, whatever their language is.
    """
    names = {code: name for _label, _heading, listed in MENU for code, name in listed.items()}
    for model in models:
        known = model._meta.verbose_name_plural  # noqa: SLF001 (there is no other way to it)
        model._meta.verbose_name_plural = names.get(model.__name__, known)  # noqa: SLF001 (as above)


def _heading(label: str, name: "StrOrPromise", models: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name, "app_label": label, "app_url": models[0]["admin_url"],
        "has_module_perms": True, "models": models,
    }  # fmt: skip
