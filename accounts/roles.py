"""The roles staff may have at a controller, and what each allows. Pure (ADM-01)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Permission(StrEnum):
    """Object permissions on a controller; Django stores them under these codenames."""

    VIEW_PEOPLE = "view_people"
    REVEAL_IDENTIFIERS = "reveal_identifiers"
    RECORD_CONSENTS = "record_consents"
    MANAGE_PURPOSES = "manage_purposes"
    APPROVE_PURPOSES = "approve_purposes"
    MANAGE_SERVICES = "manage_services"
    MANAGE_PARTIES = "manage_parties"
    VIEW_AUDIT = "view_audit"
    MANAGE_WORK = "manage_work"
    VIEW_PROFILES = "view_profiles"
    MANAGE_VIEWS = "manage_views"
    APPROVE_VIEWS = "approve_views"
    REVIEW_ACCESS = "review_access"
    VIEW_RESTRICTED = "view_restricted"
    MANAGE_RIGHTS = "manage_rights"
    MANAGE_ERASURES = "manage_erasures"
    APPROVE_ERASURES = "approve_erasures"
    MANAGE_HOLDS = "manage_holds"
    OPEN_VAULT = "open_vault"


@dataclass(frozen=True)
class Role:
    """A named set of permissions."""

    code: str
    name: "StrOrPromise"
    permissions: frozenset[Permission]


P = Permission
ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("privacy_officer", _("Privacy officer"), frozenset(P)),
        Role("auditor", _("Auditor"), frozenset({P.VIEW_PEOPLE, P.VIEW_AUDIT})),
        Role(
            "operator",
            _("Operator"),
            frozenset({P.VIEW_PEOPLE, P.RECORD_CONSENTS, P.MANAGE_WORK}),
        ),
        Role(
            "grievance_officer",
            _("Grievance officer"),
            frozenset({P.VIEW_PEOPLE, P.REVEAL_IDENTIFIERS, P.VIEW_AUDIT, P.MANAGE_RIGHTS}),
        ),
        Role("profile_reader", _("Profile reader"), frozenset({P.VIEW_PROFILES})),
    )
}
