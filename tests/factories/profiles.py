"""A company whose people have profiles: sources, attributes, readers and a matrix in force."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from audit.actors import Actor
from consent import services as consent
from profiles import services as profiles
from profiles.documents import Observed, context, encode
from profiles.models import AttributeDefinition, ProfileRecord
from profiles.services import NewRule
from registry import services as registry
from registry.services_systems import NewSystem, record_system
from subjects.sealing import keyring
from tests.factories.company import APPROVER, AUTHOR, OFFERS, Company, company, content
from tests.factories.languages import publish
from tests.worlds import kept

CONTACT, MONEY, HEALTH = "pd:EmailAddress", "pd:Financial", "pd:Health"
CATEGORIES = (CONTACT, MONEY, HEALTH)
BRANCH, CAMPAIGN = "branch", "campaign"
ATTRIBUTES = (
    ("email", CONTACT, "email", "ordinary"),
    ("home", CONTACT, "address", "ordinary"),
    ("income", MONEY, "integer", "ordinary"),
    ("born_on", MONEY, "date", "ordinary"),
    ("diagnosis", HEALTH, "text", "special"),
    ("school", CONTACT, "text", "child"),
)
VALUES = {
    "email": "asha.rao@example.in", "home": {"lines": "4 Lake Road", "region": "Kerala"},
    "income": 845_000, "born_on": "1990-04-02", "diagnosis": "asthma", "school": "St Mary",
}  # fmt: skip
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class House:
    """The company, its sources by code, and who reads."""

    company: Company
    sources: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.company.id

    @property
    def service(self) -> Actor:
        """The company's service, which reads once it has a seat."""
        return Actor("service", str(self.company.service.id))

    def source(self, code: str, unit: str = "", kind: str = "pushed", **more: Any) -> Any:
        new = NewSystem(code=code, name=code.title(), kind=kind, unit=unit, **more)
        made = record_system(by=AUTHOR, controller_id=self.id, new=new)
        self.sources[code] = made
        return made

    def seat(self, reader: Actor, role: str = BRANCH, unit: str = "") -> Any:
        return profiles.grant_seat(
            by=APPROVER, controller_id=self.id, role=role, holder_type=reader.type,
            holder_id=reader.id, unit=unit,
        )  # fmt: skip

    def asks_for(self, code: str) -> None:
        """Another purpose, about all of the categories, with a notice of its own."""
        company = self.company
        version = company.purpose(code, is_marketing=False, categories=CATEGORIES)
        words = content("We ask for this too.")
        words["items"][0]["purpose"] = code
        draft = consent.draft_notice(
            by=AUTHOR, controller_id=self.id, code=code.replace(".", "-"), pack="IN",
            purposes=[version], translations={"en": words},
        )  # fmt: skip
        publish(draft)

    def shows(self, *rules: NewRule) -> Any:
        """The matrix with these rules beside those in force, approved by a second person."""
        draft = profiles.draft_view(by=AUTHOR, controller_id=self.id, note="For a test")
        draft = profiles.put_rules(by=AUTHOR, version=draft, rules=rules)
        draft = profiles.note_previewed(by=APPROVER, version=draft)
        return profiles.approve_view(by=APPROVER, version=draft)

    def holds(
        self, person: Any, source: str = "crm", *, at: datetime | None = None, **values: Any
    ) -> None:
        """What a source says of a person, stored as taking in would store it."""
        kinds = dict(AttributeDefinition.objects.filter(
            controller_id=self.id).values_list("code", "sensitivity"))  # fmt: skip
        for sensitivity in sorted({kinds[code] for code in values}):
            some = {code: one for code, one in values.items() if kinds[code] == sensitivity}
            self.stores(person, source, sensitivity, some, at=at)

    def stores(
        self, person: Any, source: str, sensitivity: str, values: dict[str, Any],
        *, at: datetime | None = None,
    ) -> None:  # fmt: skip
        at = at or datetime.now(UTC) - timedelta(days=1)
        held_by = self.sources[source]
        document = encode({code: Observed(one, at, "kyc") for code, one in values.items()})
        ring = keyring(self.id, [person.id])
        sealed = ring.seal(person.id, document, context=context(held_by.id, sensitivity))
        ProfileRecord.objects.update_or_create(
            controller_id=self.id, subject_id=person.id, source=held_by, sensitivity=sensitivity,
            defaults={"sealed": sealed, "codes": sorted(values), "observed_at": at},
        )  # fmt: skip

    def person(self, email: str = "asha.rao@example.in", **facts: Any) -> Any:
        """Somebody who said yes to offers, and of whom the CRM knows everything."""
        found = self.company.person(email, **facts)
        self.company.yes(found)
        self.holds(found, **VALUES)
        return found

    def reads(self, person: Any, **more: Any) -> Any:
        """What the service reads of a person, or of whoever has the id, for offers."""
        asked = {"by": self.service, "purpose": OFFERS, **more}
        return profiles.read(
            controller_id=self.id, subject_id=getattr(person, "id", person), **asked
        )


def rule(treatment: str = "show", **more: Any) -> NewRule:
    """A rule of the branch about offers and contact data, unless told otherwise."""
    given = {"role": BRANCH, "purpose": OFFERS, "category": CONTACT, **more}
    return NewRule(treatment=treatment, **given)


@kept
def house(slug: str = "lotus", **more: Any) -> House:
    """A company with a CRM, six attributes and two roles; no matrix and no seats yet.

    For tests with committed transactions: a purpose begins when its transaction has.
    """
    found = House(company(slug, **more))
    for code in CATEGORIES:
        registry.record_category(
            by=AUTHOR, controller_id=found.id, code=code, name=code, is_special=code == HEALTH
        )
    found.company.purpose(OFFERS, categories=CATEGORIES)
    found.company.publishes()
    for code in (BRANCH, CAMPAIGN):
        profiles.create_role(by=AUTHOR, controller_id=found.id, code=code, name=code.title())
    for code, category, kind, sensitivity in ATTRIBUTES:
        AttributeDefinition.objects.create(
            controller_id=found.id, code=code, title=code, category=category, kind=kind,
            sensitivity=sensitivity, created_by=AUTHOR.id,
        )  # fmt: skip
    found.source("crm")
    return found
