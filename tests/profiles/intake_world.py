"""Companies whose systems hand in values of people, and what is known of one, in clear."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from audit.models import EntryIndex
from profiles import documents
from profiles.documents import Observed
from profiles.models import ProfileRecord
from profiles.services import defining, ingesting
from registry import services as registry
from registry import services_systems as systems
from subjects import sealing
from tests.subjects.people import BY, add, controller

EARLIER = datetime(2026, 3, 1, 10, tzinfo=UTC)
LATER = datetime(2026, 4, 1, 10, tzinfo=UTC)
CATEGORIES = {
    "pd:City": {}, "pd:LoyaltyCard": {}, "pd:EmailAddress": {}, "pd:Birthday": {},
    "pd:Health": {"is_special": True}, "pd:CriminalConviction": {"is_criminal": True},
}  # fmt: skip
DEFINITIONS = {
    # code: (kind, category, sensitivity, further terms)
    "city": ("text", "pd:City", "ordinary", {"max_length": 30}),
    "address": ("address", "pd:City", "ordinary", {}),
    "tier": ("choice", "pd:LoyaltyCard", "ordinary", {"choices": ("gold", "silver")}),
    "points": ("integer", "pd:LoyaltyCard", "ordinary", {}),
    "spent": ("decimal", "pd:LoyaltyCard", "ordinary", {}),
    "member": ("boolean", "pd:LoyaltyCard", "ordinary", {}),
    "email": ("email", "pd:EmailAddress", "ordinary", {"former_days": 90}),
    "phone": ("phone", "pd:EmailAddress", "ordinary", {}),
    "born_on": ("date", "pd:Birthday", "ordinary", {}),
    "seen_at": ("moment", "pd:LoyaltyCard", "ordinary", {"retention_days": 30}),
    "diet": ("text", "pd:Health", "special", {}),
}


@dataclass
class Intake:
    """A company with a source `crm`."""

    controller: object
    source: object

    @property
    def id(self) -> UUID:
        return self.controller.id

    def person(self, number="CRM-1"):
        return add(self.controller, ("crm", number))

    def define(self, code, kind, category="pd:City", sensitivity="ordinary", **terms):
        return defining.define_attribute(
            by=BY, controller_id=self.id, code=code, kind=kind, sensitivity=sensitivity,
            terms=defining.Terms(title=code.title(), category=category, **terms),
        )  # fmt: skip

    def take(self, person, *, at=EARLIER, by="", source="crm", actor=BY, **values):
        said = {code: Observed(value, at, by) for code, value in values.items()}
        return ingesting.record(
            by=actor, controller_id=self.id, subject_id=person.id, source=source, values=said
        )

    def known(self, person, sensitivity="ordinary", source=None, *, whole=False):
        """The values that are stored, in clear."""
        source = source or self.source
        row = ProfileRecord.objects.filter(
            subject_id=person.id, source=source, sensitivity=sensitivity
        ).first()
        if row is None:
            return {}
        ring = sealing.keyring(self.id, [person.id])
        sealed_as = documents.context(source.id, sensitivity)
        text = ring.unseal(person.id, bytes(row.sealed), context=sealed_as)
        found = (documents.decode_whole if whole else documents.decode)(text)
        return {code: observed.v for code, observed in found.items()}


def make(slug="lotus", country="IN") -> Intake:
    company = controller(slug, country)
    for code, more in CATEGORIES.items():
        registry.record_category(by=BY, controller_id=company.id, code=code, name=code[3:], **more)
    made = Intake(company, source(company, "crm"))
    for code, (kind, category, sensitivity, terms) in DEFINITIONS.items():
        made.define(code, kind, category, sensitivity, **terms)
    return made


def source(company, code, **more):
    new = systems.NewSystem(code=code, name=code.title(), kind="pushed", **more)
    return systems.record_system(by=BY, controller_id=company.id, new=new)


def events():
    """What was put on the log about profiles and systems, in order."""
    found = EntryIndex.objects.filter(target_type__in=["attribute", "system"]).order_by("id")
    return list(found.values_list("event", flat=True))


def days(number):
    return timedelta(days=number)
