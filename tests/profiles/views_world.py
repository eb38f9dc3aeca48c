"""A company with readers' roles, attributes and a matrix of views in force."""

from dataclasses import dataclass, field

from accounts import services as accounts
from accounts.models import User
from audit.actors import Actor
from profiles import services as profiles
from profiles.models import AttributeDefinition
from profiles.services import NewRule
from registry import services as registry
from tests.portal import world
from tests.portal.world import OFFERS, SURVEYS

AUTHOR, SECOND, THIRD = (Actor("officer", name) for name in ("asta", "bela", "cara"))
BRANCH, CAMPAIGN = "branch", "campaign"
CONTACT, MONEY, HEALTH = "pd:EmailAddress", "pd:Financial", "pd:Health"
ATTRIBUTES = (
    ("email", "E-mail address", CONTACT, "email", "ordinary"),
    ("mobile", "Mobile", CONTACT, "phone", "ordinary"),
    ("income", "Yearly income", MONEY, "integer", "ordinary"),
    ("opened_on", "Account opened", MONEY, "date", "ordinary"),
    ("diagnosis", "Diagnosis", HEALTH, "text", "special"),
)


@dataclass
class Views:
    """One company: its roles by code, and its attributes."""

    world: world.World
    roles: dict = field(default_factory=dict)

    @property
    def id(self):
        return self.world.id

    def draft(self, *rules, by=AUTHOR, note="What changes"):
        """A draft with these rules beside the ones in force."""
        version = profiles.draft_view(by=by, controller_id=self.id, note=note)
        return profiles.put_rules(by=by, version=version, rules=rules)

    def in_force(self, *rules):
        """The version that a second person approved."""
        version = profiles.note_previewed(by=SECOND, version=self.draft(*rules))
        return profiles.approve_view(by=SECOND, version=version)


def rule(treatment="show", **more):
    """A rule of the branch about offers and the e-mail address, unless told otherwise."""
    given = {"role": BRANCH, "purpose": OFFERS, "category": CONTACT, **more}
    return NewRule(treatment=treatment, **given)


def make(slug="lotus", name="Lotus Bazaar"):
    """A company that has named roles and attributes, and no views yet."""
    found = Views(world.make(slug, name))
    categories = ((CONTACT, "E-mail", False), (MONEY, "Money", False), (HEALTH, "Health", True))
    for code, title, is_special in categories:
        registry.record_category(
            by=AUTHOR, controller_id=found.id, code=code, name=title, is_special=is_special
        )
    for code, title in ((BRANCH, "Branch officer"), (CAMPAIGN, "Campaign tool")):
        found.roles[code] = profiles.create_role(
            by=AUTHOR, controller_id=found.id, code=code, name=title
        )
    for code, title, category, kind, sensitivity in ATTRIBUTES:
        AttributeDefinition.objects.create(
            controller_id=found.id, code=code, title=title, category=category, kind=kind,
            sensitivity=sensitivity, created_by=AUTHOR.id,
        )  # fmt: skip
    return found


def officer(found, username="olga", role="profile_reader"):
    """A member of staff with a role at the company."""
    made = User.objects.filter(username=username).first() or accounts.create_officer(
        by=AUTHOR, username=username, email=f"{username}@staff.example", password="one-two-Aa7!"
    )
    accounts.assign_role(by=AUTHOR, officer=made, controller=found.world.controller, role=role)
    return made


__all__ = ["OFFERS", "SURVEYS"]
