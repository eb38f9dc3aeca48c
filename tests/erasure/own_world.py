"""A company of whose people this suite holds something of every kind, and cases about them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from erasure.models import Case, Step
from erasure.ourselves.connector import OwnConnector
from policies.audiences import services as audiences
from registry import ours
from registry import services as registry
from registry.connectors.contract import Person, Verb
from registry.models import DataCategory
from subjects import channels, provenance, signin, triggers
from subjects import services as subjects
from tests.factories.company import AUTHOR
from tests.factories.company import company as new_company
from tests.profiles.intake_world import CATEGORIES, DEFINITIONS, Intake, source

EMAIL, PHONE, NUMBER = "asha.rao@example.in", "+919812345678", "CRM-4711-QZX"
SEGMENT = "spring"


def make(slug="lotus", country="IN"):
    """A company with consents, profiles, segments and devices."""
    found = new_company(slug, country=country)
    known = set(DataCategory.objects.filter(controller_id=found.id).values_list("code", flat=True))
    for code, more in CATEGORIES.items():
        if code not in known:
            registry.record_category(
                by=AUTHOR, controller_id=found.id, code=code, name=code[3:], **more
            )
    intake = Intake(found.controller, source(found.controller, "crm"))
    for code, (kind, category, sensitivity, terms) in DEFINITIONS.items():
        intake.define(code, kind, category, sensitivity, **terms)
    return SimpleNamespace(company=found, intake=intake, id=found.id)


def planted(world, email=EMAIL, phone=PHONE, number=NUMBER):
    """Somebody of whom there is something in every table that names people."""
    person = world.company.person(email, region="MH", time_zone="Asia/Kolkata", language="hi")
    for scheme, value in (("phone", phone), ("crm", number)):
        subjects.add_identifier(by=AUTHOR, subject=person, scheme=scheme, value=value)
    world.company.yes(person)
    child = world.company.person(f"child.{email}")
    subjects.relate(by=AUTHOR, subject=person, related_id=child.id, kind="parent")
    channels.suppress(by=AUTHOR, subject=person, channel="sms", reason="register")
    provenance.set_flag(
        by=AUTHOR, subject=person, kind="published", category=next(iter(CATEGORIES)),
        reference="Gazette 7",
    )  # fmt: skip
    triggers.report(by=AUTHOR, subject=person, code="basket_left", at=datetime.now(UTC))
    link = signin.request_link(subject=person, language="en")
    signin.make_token(link_id=link.id)
    world.intake.take(person, city="Pune", tier="gold", email="old@example.in")
    world.intake.take(person, at=datetime.now(UTC), city="Delhi", email=email, diet="vegan")
    people = audiences.Named(frozenset([person.id.bytes]), 0)
    audiences.put_segment(by=AUTHOR, controller_id=world.id, code=SEGMENT, people=people)
    return person


def case_about(company, person, **changes):
    """A running case about somebody, as the engine finds it."""
    now = datetime.now(UTC)
    given = {
        "verb": "erase", "trigger": "request", "trigger_ref": f"R-{Case.objects.count()}",
        "scope_type": "everything", "state": "running", "received_at": now,
        "due_at": now + timedelta(days=30), "opened_by": "test", **changes,
    }  # fmt: skip
    return Case.objects.create(controller_id=company.id, subject_id=person.id, **given)


def own_step(company, case, **changes):
    """The step of it that tells ourselves."""
    system = ours.ensure(company.id)
    given = {"verb": case.verb, "duty": "instruct", **changes}
    return Step.objects.create(
        controller_id=company.id, case=case, subject_id=case.subject_id, system=system, **given
    )


def connector(company):
    return OwnConnector(company.id, ours.ensure(company.id).id)


def tell(company, *steps, verb=Verb.ERASE):
    return connector(company).tell(verb, people(*steps))


def probe(company, *steps, verb=Verb.ERASE):
    return [one.finding for one in connector(company).probe(verb, people(*steps))]


def people(*steps, values=()):
    return [
        Person(
            step=one.id,
            subject=one.subject_id,
            key=one.key,
            categories=frozenset(one.categories),
            values=dict(values),
        )
        for one in steps
    ]
