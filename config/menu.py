"""The order of the officers' menu: as their day goes, and in their words."""

from typing import TYPE_CHECKING, Any, TypeAlias

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Heading: TypeAlias = "tuple[str, StrOrPromise, dict[str, StrOrPromise]]"

MENU: tuple[Heading, ...] = (
    ("people", _("People"), {"Subject": _("People")}),
    (
        "consents",
        _("Consents"),
        {"ConsentState": _("Consents now"), "ConsentEvent": _("Consent ledger")},
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
        },
    ),
    ("audit", _("Decisions and audit"), {"EntryIndex": _("Audit log")}),
    (
        "parties",
        _("Services and parties"),
        {
            "ServiceClient": _("Services"),
            "ServiceKey": _("Service keys"),
            "Party": _("Parties"),
            "DataCategory": _("Data categories"),
            "Controller": _("Controllers"),
            "User": _("Staff"),
        },
    ),
    ("work", _("Work"), {"Job": _("Jobs")}),
)


def arranged(app_list: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Django's list of apps as headings of the menu; what no heading names is left out."""
    models = {model["object_name"]: model for app in app_list for model in app["models"]}
    return [
        _heading(label, heading, [{**models[one], "name": name} for one, name in names.items()
                                  if one in models])
        for label, heading, names in MENU
        if models.keys() & names.keys()
    ]  # fmt: skip


def _heading(label: str, name: "StrOrPromise", models: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name, "app_label": label, "app_url": models[0]["admin_url"],
        "has_module_perms": True, "models": models,
    }  # fmt: skip
