"""Two companies with everything an officer's page can show, and officers for them."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from audit import services as audit
from audit.actors import Actor, Target
from audit.models import Export
from consent import services as consents
from consent.feed import numbering, subscribers
from consent.models import (
    Change,
    ConsentExport,
    Delivery,
    Message,
    Objection,
    Restriction,
    Subscriber,
)
from policies.emergency.models import EmergencyUse
from policies.recalls import endpoints
from policies.recalls.models import Campaign, Recall
from policies.versions import services as versions
from profiles import services as profiles
from profiles.models import (
    AttributeDefinition,
    BreakGlass,
    Disclosure,
    FlaggedPerson,
    FormerRecord,
    ProfileExport,
    ProfileRecord,
    ReaderPerson,
    ReadingLimits,
    Reveal,
    Seat,
    UnusualAccess,
)
from registry import services as registry
from registry.ai import ModelCard, record_model
from registry.services_systems import NewSystem, record_system
from subjects import services as subjects
from subjects.services import ref
from tests.desk import house_audiences, house_erasure, house_family
from tests.portal import world
from tests.worlds import kept
from work.models import Job

BY = Actor.system("house")
PASSWORD = "one-two-three-Aa7!"


@dataclass
class House:
    """One company: its world, a person with a history, and a row of every registered model."""

    world: world.World
    email: str
    person: object = None
    twins: list = field(default_factory=list)
    rows: dict = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.world.id

    @property
    def controller(self):
        return self.world.controller


@kept
def make(slug="lotus", name="Lotus Bazaar", email="asha@lotus.example"):
    """A company with one of everything."""
    house = House(world.make(slug, name), email)
    house.person = house.world.person(email)
    house.world.yes(house.person)
    service = accounts.create_service(
        by=BY, controller_id=house.id, code="mailer", name=f"{name} mailer",
        purposes=[world.OFFERS],
    )  # fmt: skip
    key, _ = accounts.issue_key(by=BY, service=service)
    party = registry.record_party(
        by=BY, controller_id=house.id, code="post", name=f"{name} post", kind="processor",
        country="IN", contract_reference="C-1",
    )  # fmt: skip
    category = registry.record_category(
        by=BY, controller_id=house.id, code="pd:EmailAddress", name="E-mail"
    )
    job = Job.objects.create(controller_id=house.id, kind="test.kind", max_attempts=1,
                             lease_seconds=60)  # fmt: skip
    now = timezone.now()
    export = Export.objects.create(
        controller_id=house.id, requested_by="01900000-0000-7000-8000-0000000000ff",
        reason="A case", criteria={"asked": {}, "told": {}}, formats=[], created_at=now,
        state="expired", expires_at=now,
    )  # fmt: skip
    ConsentExport.objects.create(
        controller_id=house.id, asked_by_type="officer", asked_by=export.requested_by,
        reason="A case", form="csv", until_at=now, created_at=now, state="expired",
        expires_at=now,
    )  # fmt: skip
    decide(house)
    house.rows = {
        "Export": export.id,
        "Controller": house.id, "ServiceClient": service.id, "ServiceKey": key.id,
        "Party": party.id, "DataCategory": category.id, "Job": job.id,
        "User": officer(house, f"{slug}-colleague", "operator").id,
        "Subject": house.person.id,
    }  # fmt: skip
    runs(house, service)
    house_audiences.audience(house, service)
    law(house)
    outside(house)
    joined(house)
    policy(house)
    matrix(house)
    reports(house, house.person)
    for model in admin.site._registry:
        if model.__name__ not in house.rows:
            newest = "-id" if model.__name__ == "EntryIndex" else "pk"  # its list is long
            found = model.objects.filter(controller_id=house.id).order_by(newest).first()
            if found is not None:  # its own tests say what is missing
                house.rows[model.__name__] = found.pk
    return house


def law(house):
    """A system frozen by an incident, and a model."""
    card = ModelCard(code="churn-2", version="1", name="Churn", risk="minimal")
    record_model(by=BY, controller_id=house.id, card=card)
    registry.freeze(by=BY, controller_id=house.id, kind="system", code="old-crm", incident="INC-1")


def outside(house):
    """A consent manager with a key, and a site of the company."""
    manager = consents.register_manager(
        by=BY, controller_id=house.id, code="saathi", name="Saathi", registration="DPB/CM/1"
    )
    consents.add_manager_key(by=BY, manager=manager, public=bytes(range(32)))
    consents.add_site(by=BY, controller_id=house.id, origin="https://shop.example")


def joined(house):
    """Two records of one person, parted again."""
    house.twins = two = [house.world.person(f"{n}-twin-{house.email}") for n in (1, 2)]
    found = consents.merge(
        by=BY, controller_id=house.id, kept_id=two[0].id, absorbed_id=two[1].id,
        reason="duplicate",
    )  # fmt: skip
    consents.split(by=BY, controller_id=house.id, merge_id=found.id, reason="mistake")


def policy(house):
    """A draft of rules that was given up."""
    draft = versions.draft_policy(by=BY, controller_id=house.id, note="Fewer messages")
    versions.discard_draft(by=BY, version=draft)


def matrix(house):
    """A system, an attribute, a role with somebody in its seat, and a draft of who sees what."""
    new = NewSystem(code="crm", name="CRM", kind="pushed", unit="cards")
    house.rows["System"] = record_system(by=BY, controller_id=house.id, new=new).id
    AttributeDefinition.objects.create(
        controller_id=house.id, code="email", title="E-mail address", category="pd:EmailAddress",
        kind="email", created_by=BY.id,
    )  # fmt: skip
    profiles.create_role(by=BY, controller_id=house.id, code="branch", name="Branch officer")
    profiles.grant_seat(
        by=BY, controller_id=house.id, role="branch", holder_type="officer",
        holder_id=str(house.rows["User"]),
    )  # fmt: skip
    draft = profiles.draft_view(by=BY, controller_id=house.id, note="The first views")
    profiles.put_rules(by=BY, version=draft, rules=[profiles.NewRule(
        role="branch", purpose=world.OFFERS, category="pd:EmailAddress", treatment="partial",
    )])  # fmt: skip


def known(house, person):
    """What the system said of the person, and said before."""
    row = {
        "controller_id": house.id, "subject": person, "source_id": house.rows["System"],
        "sensitivity": "ordinary", "sealed": b"sealed", "codes": ["email"],
    }  # fmt: skip
    ProfileRecord.objects.create(**row, observed_at=timezone.now())
    FormerRecord.objects.create(**row, until_at=timezone.now() + timedelta(days=30))


def beyond(house, person):
    """What went beyond the views, what left the house, and what was noticed."""
    seat = Seat.objects.get(controller_id=house.id)
    now = timezone.now()
    opened = {
        "controller_id": house.id, "subject": person, "seat": seat, "holder_id": seat.holder_id,
        "purpose": world.OFFERS, "reason": "The caller asked for it",
        "expires_at": now + timedelta(minutes=5),
    }  # fmt: skip
    Reveal.objects.create(**opened, attribute="email")
    BreakGlass.objects.create(**opened, case="C-1", review_due_at=now + timedelta(days=1))
    Disclosure.objects.create(
        controller_id=house.id, subject=person, recipient_id=house.rows["Party"],
        purpose=world.OFFERS, categories=["pd:EmailAddress"], described="An address",
        ground="consent", disclosed_at=now, recorded_by=BY.id, key=f"k:{person.id}",
    )  # fmt: skip
    ProfileExport.objects.create(
        controller_id=house.id, seat=seat, purpose=world.OFFERS, reason="A yearly review",
        people=1, requested_by=seat.holder_id,
    )  # fmt: skip
    about = {"controller_id": house.id, "subject": person}
    FlaggedPerson.objects.create(**about, why="colleague", set_by=BY.id)
    ReaderPerson.objects.create(**about, holder_id=seat.holder_id, set_by=BY.id)
    UnusualAccess.objects.create(
        **about, kind="flagged", holder_type="officer", holder_id=seat.holder_id, since_at=now
    )
    ReadingLimits.objects.get_or_create(controller_id=house.id, defaults={"changed_by": BY.id})


def decide(house, *, outcome="deny", reason="CONSENT_WITHDRAWN", purpose=world.OFFERS):
    """An entry such as the decision point leaves."""
    with transaction.atomic():
        return audit.record(
            event="decision:made", by=Actor("service", "01900000-0000-7000-8000-00000000aaaa"),
            controller_id=house.id, target=Target("decision", "d"), subject=ref(house.person),
            purpose=purpose, outcome=outcome, reason_code=reason, data={"facts": {}},
        )  # fmt: skip


def runs(house, service):
    """A campaign of the service, and where it hears of recalls."""
    endpoints.add_endpoint(
        by=BY, controller_id=house.id, service_id=service.id, url="https://hooks.example/recalls"
    )
    now = timezone.now()
    Campaign.objects.create(
        controller_id=house.id, service=service, reference="diwali", purpose=world.OFFERS,
        since_at=now, ends_at=now + timedelta(days=10),
    )  # fmt: skip


def told(house, person):
    """What the person chose is on its way to the service, which asks for events."""
    numbering.place()
    service = house.rows["ServiceClient"]
    subscriber = (
        Subscriber.objects.filter(service=service).first()
        or subscribers.subscribe(by=BY, controller_id=house.id, service_id=service)[0]
    )
    change = Change.objects.filter(controller_id=house.id, subject_id=person.id).first()
    now = timezone.now()
    Delivery.objects.create(
        controller_id=house.id, subscriber=subscriber, change=change, subject_id=person.id,
        position=change.position, next_at=now, created_at=now,
    )  # fmt: skip


def objection(house, person):
    """An objection of the person that is over."""
    now = timezone.now()
    Objection.objects.create(
        controller_id=house.id, subject=person, kind="direct_marketing", objected_at=now,
        lifted_at=now,
    )  # fmt: skip


def restriction(house, person):
    """A restriction of one purpose that the person took back."""
    now = timezone.now()
    Restriction.objects.create(
        controller_id=house.id, subject=person, ground="accuracy", scope_type="purpose",
        scope=world.OFFERS, method="portal", asked_at=now, lifted_at=now, lifted_by="somebody",
        is_taken_back=True,
    )  # fmt: skip


def followed(house, person):
    """What the person is written, promised, and used for without consent."""
    purpose = house.world.versions[world.OFFERS].purpose
    given = {"by": BY, "controller_id": house.id, "subject_id": person.id}
    consents.set_contact_plan(by=BY, purpose=purpose, remind_days=[30], confirms=["withdrawn"])
    consents.record_commitment(
        **given, purpose=world.OFFERS, reference="order-1", started_at=timezone.now()
    )
    consents.record_ground(
        **given, purpose=world.DELIVERY, ground="6-1-b",
        evidence=consents.Evidence(reference="contract-1"),
    )  # fmt: skip
    Message.objects.create(
        controller_id=house.id, subject=person, purpose=purpose, kind="confirmation", key="k",
        state="portal", queued_at=timezone.now(),
    )  # fmt: skip


def recall(house, person):
    """What the service was told about the person."""
    Recall.objects.create(
        controller_id=house.id, service_id=house.rows["ServiceClient"], subject_id=person.id,
        cause_id=house.rows["Job"], purpose=world.OFFERS, reason="consent_withdrawn",
    )  # fmt: skip


def emergency(house, person):
    """The glass was broken for the person."""
    now = timezone.now()
    EmergencyUse.objects.create(
        controller_id=house.id, service_id=house.rows["ServiceClient"], subject_id=person.id,
        ground="7f", reason="treatment", reference="INC-7", opened_at=now, opened_by="somebody",
        ends_at=now + timedelta(hours=4),
    )  # fmt: skip


def reports(house, person):
    """What a service reported about the person: a use, and a decision of a model."""
    objection(house, person)
    followed(house, person)
    house_family.cared_for(house, person)
    restriction(house, person)
    recall(house, person)
    told(house, person)
    emergency(house, person)
    known(house, person)
    beyond(house, person)
    house_family.related(house, person)
    house_erasure.cases(house, person)
    names = {"controller": house.controller.name, "service": "Mailer", "purpose": "Offers"}
    permit = {"id": "d", "at": 1, "valid_until": 2, "basis": {"IN": "consent"}, "reasons": []}
    done = {"started_at": 1, "decision": permit, "names": names}
    decided = {**done, "model": {"name": "propensity", "version": "1"}, "output": "send",
               "automation_level": "full_automation"}  # fmt: skip
    with transaction.atomic():
        for event, data in (("processing:reported", done), ("ai:decided", decided)):
            audit.record(
                event=event, by=Actor("service", str(house.rows["ServiceClient"])),
                controller_id=house.id, target=Target("decision", "d"), subject=ref(person),
                purpose=world.OFFERS, outcome="backed", data=data,
            )  # fmt: skip


def officer(house, username, *roles):
    """A member of staff with these roles at the company."""
    found = User.objects.filter(username=username).first() or accounts.create_officer(
        by=BY, username=username, email=f"{username}@staff.example", password=PASSWORD
    )
    for role in roles:
        accounts.assign_role(by=BY, officer=found, controller=house.controller, role=role)
    return found


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def admins():
    """Every model the site shows, with its admin."""
    return sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)


def model_named(name):
    return next(model for model in apps.get_models() if model.__name__ == name)


def new_person(house, email):
    new = subjects.NewSubject(identifiers=(("email", email),), residence="IN")
    return subjects.create(by=BY, controller_id=house.id, new=new)


def with_real_password(user):
    """As the product hashes it: for tests through a server of its own."""
    hasher = Argon2PasswordHasher()
    User.objects.filter(pk=user.pk).update(password=hasher.encode(PASSWORD, hasher.salt()))
    return user
