"""A company whose service may ask about its people, made through the services; same every time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts import services as accounts
from audit.actors import Actor
from consent import services as consent
from consent.services import Choice, Words
from consent.transitions import State
from registry import services as registry
from registry.findings import SHAPES, Kind
from subjects import services as subjects
from tests.factories.languages import publish
from tests.worlds import kept

AUTHOR = Actor.system("author")
APPROVER = Actor.system("approver")
OFFERS = "marketing.email.offers"
SURVEYS = "research.surveys"
DELIVERY = "orders.delivery"
EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
LINK = {"text": "Here", "url": "/privacy/"}
WORDS = Words(
    title="Offers by e-mail", description="We write to you about lower prices.",
    enables="You learn of offers in time.", dpv_purpose="dpv:DirectMarketing",
    grounds={"IN": "consent", "EU": "6-1-a"}, categories=("pd:EmailAddress",),
    retention_days=365, owner="Marketing", valid_days=730, is_marketing=True,
)  # fmt: skip


@dataclass
class Company:
    """A controller, what it has published, and one registered service with its key."""

    controller: Any
    versions: dict[str, Any]
    notice: Any
    service: Any
    party: Any
    key: Any
    secret: str

    @property
    def id(self) -> UUID:
        return self.controller.id

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def person(self, email: str = "asha.rao@example.in", **facts: Any) -> Any:
        """An adult in India, unless the facts say otherwise."""
        given = {"residence": "IN", "age_state": "adult", "age_assurance": "declared", **facts}
        new = subjects.NewSubject(identifiers=(("email", email),), **given)
        return subjects.create(by=AUTHOR, controller_id=self.id, new=new)

    def records(
        self, person: Any, state: State = State.GIVEN, purpose: str = OFFERS, **more: Any
    ) -> Any:
        """What the person chose."""
        given = {"method": "checkbox", "channel": "web", "language": "en", **more}
        choice = Choice(subject_id=person.id, purpose=purpose, state=state, **given)
        return consent.record(by=AUTHOR, controller_id=self.id, choice=choice)

    def yes(self, person: Any, **more: Any) -> Any:
        return self.records(person, State.GIVEN, **more)

    def withdraws(self, person: Any, purpose: str = OFFERS) -> Any:
        return consent.withdraw(
            by=AUTHOR, controller_id=self.id, subject_id=person.id, purpose=purpose,
            method="portal",
        )  # fmt: skip

    def stands(self, person: Any, state: str, **scope: str) -> Any:
        return subjects.set_standing(by=AUTHOR, subject=person, state=state, **scope)

    def promises(self, person: Any, reference: str, *, days_ago: int = 3) -> Any:
        """An order the person placed, to be fulfilled whatever becomes of the consent."""
        return consent.record_commitment(
            by=AUTHOR, controller_id=self.id, subject_id=person.id, purpose=OFFERS,
            reference=reference, started_at=datetime.now(UTC) - timedelta(days=days_ago),
        )  # fmt: skip

    def purpose(self, code: str, **changes: Any) -> Any:
        """A purpose, or the next version of one, approved; the notice tells what changed."""
        version = self.drafts(code, **changes)
        self.versions[code] = consent.approve_purpose(by=APPROVER, version=version)
        if self.notice and code == OFFERS and self.versions[code].is_material:
            self.publishes()
        return self.versions[code]

    def finds(self, kind: str, purpose: str = "", topic: str = "") -> Any:
        """A legal finding; one that allows is approved and counts for a month."""
        is_allowing = SHAPES[Kind(kind)].allows
        until = datetime.now(UTC).date() + timedelta(days=30) if is_allowing else None
        finding = registry.Finding(
            kind=kind, purpose=purpose, topic=topic, citation="The law", conclusion="It is so.",
            valid_until=until,
        )  # fmt: skip
        made = registry.record_assessment(by=AUTHOR, controller_id=self.id, finding=finding)
        if is_allowing:
            registry.approve_assessment(by=APPROVER, assessment=made)
        return made

    def drafts(self, code: str, **changes: Any) -> Any:
        words = replace(WORDS, **changes)
        return consent.draft_purpose(by=AUTHOR, controller_id=self.id, code=code, words=words)

    def publishes(self, *, introduction: str = "We ask for your yes.", **more: Any) -> Any:
        """The notice about offers, or its next version, in force."""
        draft = consent.draft_notice(
            by=AUTHOR, controller_id=self.id, code="web", pack="IN",
            purposes=[self.versions[OFFERS]], translations={"en": content(introduction)}, **more,
        )  # fmt: skip
        self.notice = publish(draft)
        return self.notice

    def asks_for(self, code: str, **changes: Any) -> Any:
        """Another purpose, on consent, and a notice of its own that asks for it."""
        purpose = self.purpose(code, is_marketing=False, **changes)
        words = content("We ask for this too.")
        words["items"][0]["purpose"] = code
        draft = consent.draft_notice(
            by=AUTHOR, controller_id=self.id, code=code.replace(".", "-"), pack="IN",
            purposes=[purpose], translations={"en": words},
        )  # fmt: skip
        publish(draft)
        return purpose

    def question(self, person: Any = None, **action: Any) -> dict[str, Any]:
        """The body of an evaluation about a person, or about whoever has the id."""
        resource = getattr(person, "id", person)
        return {
            "subject": {"type": "service", "id": self.service.code},
            "action": {"name": "activate", "properties": {"purpose": OFFERS, **action}},
            "resource": {"type": "customer", "id": str(resource)},
        }

    def by_email(self, email: str) -> dict[str, Any]:
        resource = {"type": "customer", "id": email, "properties": {"scheme": "email"}}
        return {**self.question(), "resource": resource}


@kept
def company(slug: str = "lotus", *, country: str = "IN", name: str = "Lotus Bazaar") -> Company:
    """A company with a purpose on consent, its notice, and a service of its own with a key."""
    controller = accounts.create_controller(
        by=AUTHOR, slug=slug, name=name, country=country, contact_name="Meera Iyer",
        contact_email=f"privacy@{slug}.example",
    )  # fmt: skip
    service = accounts.create_service(
        by=AUTHOR, controller_id=controller.id, code="mailer", name="Mailer",
        purposes=[OFFERS, SURVEYS, DELIVERY],
    )  # fmt: skip
    party = registry.record_party(
        by=AUTHOR, controller_id=controller.id, code="post", name="Post", kind="processor",
        country="IN", contract_reference="C-1",
    )  # fmt: skip
    registry.put_in_charge(
        by=AUTHOR, controller_id=controller.id, service_id=service.id, party=party
    )
    key, secret = accounts.issue_key(by=AUTHOR, service=service)
    made = Company(controller, {}, None, service, party, key, secret)
    made.purpose(OFFERS)
    made.publishes()
    return made


def content(introduction: str) -> dict[str, Any]:
    """The words of the notice."""
    item = {
        "purpose": OFFERS, "title": "Offers by e-mail", "description": "Lower prices.",
        "data": ["E-mail address"], "enables": "You learn of offers in time.",
    }  # fmt: skip
    links = dict.fromkeys(("withdraw", "rights", "grievance", "board"), LINK)
    contact = {"name": "Meera Iyer", "email": "privacy@lotus.example"}
    return {
        "title": "What we ask you", "introduction": introduction, "items": [item],
        "contact": contact, **links,
    }  # fmt: skip
