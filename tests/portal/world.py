"""A small company with people, made through the services like everything else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from accounts import services as accounts
from audit.actors import Actor
from consent import services as consent
from consent.transitions import State
from registry import services as registry
from subjects import services as subjects
from tests.factories.languages import publish
from tests.worlds import kept

AUTHOR = Actor.system("author")
APPROVER = Actor.system("approver")
OFFERS = "marketing.email.offers"
SURVEYS = "research.surveys"
MAPS = "location.shop_finder"
DELIVERY = "orders.delivery"

TITLES = {
    OFFERS: {
        "en": ("Offers by e-mail", "We write to you about new things and lower prices."),
        "hi": ("ई-मेल से ऑफ़र", "हम आपको नई चीज़ों और कम दामों के बारे में लिखते हैं।"),
    },
    SURVEYS: {
        "en": ("Short surveys", "We ask you now and then how we are doing."),
        "hi": ("छोटे सर्वेक्षण", "हम कभी-कभी आपसे पूछते हैं कि हमारा काम कैसा है।"),
    },
    MAPS: {
        "en": ("Shops near you", "We show you the nearest shop that has what you look for."),
        "hi": ("आपके पास की दुकानें", "हम आपको सबसे पास की दुकान दिखाते हैं।"),
    },
}
DATA = {
    OFFERS: {
        "en": ["E-mail address", "What you bought"],
        "hi": ["ई-मेल पता", "आपने क्या ख़रीदा"],
    },
    SURVEYS: {"en": ["E-mail address", "Your answers"], "hi": ["ई-मेल पता", "आपके जवाब"]},
    MAPS: {"en": ["Where your telephone is"], "hi": ["आपका फ़ोन कहाँ है"]},
}
ENABLES = {
    "en": "You learn of it before it is over.",
    "hi": "आपको समय रहते पता चल जाता है।",
}


@dataclass
class World:
    """A company, and the ids its tests need."""

    controller: object
    versions: dict
    notice: object

    @property
    def id(self) -> UUID:
        return self.controller.id

    @property
    def slug(self) -> str:
        return self.controller.slug

    def person(self, email="asha@example.in", language="en", **facts):
        new = subjects.NewSubject(
            identifiers=(("email", email),), language=language,
            residence=facts.pop("residence", "IN"), time_zone="Asia/Kolkata", **facts,
        )  # fmt: skip
        return subjects.create(by=AUTHOR, controller_id=self.id, new=new)

    def answer(self, subject, purpose, state, language="en", **more):
        choice = consent.Choice(
            subject_id=subject.id, purpose=purpose, state=state,
            method=more.pop("method", "checkbox"), channel="web", language=language, **more,
        )  # fmt: skip
        return consent.record(by=AUTHOR, controller_id=self.id, choice=choice)

    def yes(self, subject, purpose=OFFERS, language="en", **more):
        return self.answer(subject, purpose, State.GIVEN, language, **more)

    def adopt(self, draft):
        """A purpose's next version, approved, and the notice that tells it."""
        code = draft.purpose.code
        self.versions[code] = consent.approve_purpose(by=APPROVER, version=draft)
        self.republish()

    def republish(self, *, introduction="These words are new.", is_material=True):
        """The next version of the notice, in force."""
        contents = {
            tag: {**content(tag, self.controller), "introduction": introduction}
            for tag in ("en", "hi")
        }
        version = consent.draft_notice(
            by=AUTHOR, controller_id=self.id, code="website", pack="IN",
            purposes=[self.versions[code] for code in TITLES], translations=contents,
            is_material=is_material,
        )  # fmt: skip
        note = "" if is_material else "The same in other words."
        self.notice = publish(version, note=note)
        return self.notice


@kept
def make(slug="lotus", name="Lotus Bazaar", country="IN"):
    """The company with four purposes, three of them asked about by one notice."""
    controller = accounts.create_controller(
        by=AUTHOR, slug=slug, name=name, country=country, contact_name="Meera Iyer",
        contact_email=f"privacy@{slug}.example",
    )  # fmt: skip
    versions = {code: purpose(controller, code, texts["en"]) for code, texts in TITLES.items()}
    delivery = ("Delivering your orders", "We bring you what you ordered.")
    versions[DELIVERY] = purpose(controller, DELIVERY, delivery, {"IN": "s7a", "EU": "6-1-b"})
    finding = registry.Finding(
        kind="s7a", purpose=DELIVERY, citation="DPDP Act 2023 s.7(a)",
        conclusion="People give their address for the delivery they order.",
        valid_until=datetime.now(UTC).date() + timedelta(days=30),
    )  # fmt: skip
    made = registry.record_assessment(by=AUTHOR, controller_id=controller.id, finding=finding)
    registry.approve_assessment(by=APPROVER, assessment=made)
    draft = consent.draft_notice(
        by=AUTHOR, controller_id=controller.id, code="website", pack="IN",
        purposes=[versions[code] for code in TITLES],
        translations={tag: content(tag, controller) for tag in ("en", "hi")},
    )  # fmt: skip
    return World(controller, versions, publish(draft))


def purpose(controller, code, texts, grounds=None):
    words = consent.Words(
        title=texts[0], description=texts[1], enables=ENABLES["en"],
        dpv_purpose="dpv:DirectMarketing", grounds=grounds or {"IN": "consent", "EU": "6-1-a"},
        categories=("pd:EmailAddress",), retention_days=365, owner="Marketing", valid_days=730,
    )  # fmt: skip
    version = consent.draft_purpose(by=AUTHOR, controller_id=controller.id, code=code, words=words)
    return consent.approve_purpose(by=APPROVER, version=version)


def content(tag, controller):
    """The words of the notice in one language."""
    title, introduction, withdraw, rights, grievance, board = {
        "en": (
            "What we ask you", "We ask for your yes, one purpose at a time.",
            "Withdraw at any time", "Your rights", "Complain to us", "Complain to the Board",
        ),
        "hi": (
            "हम आपसे क्या पूछते हैं", "हम हर उद्देश्य के लिए अलग से आपकी हाँ माँगते हैं।",
            "कभी भी वापस लें", "आपके अधिकार", "हमसे शिकायत करें", "बोर्ड से शिकायत करें",
        ),
    }[tag]  # fmt: skip
    items = [
        {
            "purpose": code, "title": TITLES[code][tag][0], "description": TITLES[code][tag][1],
            "data": [*DATA[code][tag]], "enables": ENABLES[tag],
        }
        for code in TITLES
    ]  # fmt: skip
    here = f"/privacy/{controller.slug}/"
    return {
        "title": title, "introduction": introduction, "items": items,
        "withdraw": {"text": withdraw, "url": "/privacy/choices/"},
        "rights": {"text": rights, "url": here},
        "grievance": {"text": grievance, "url": here},
        "board": {"text": board, "url": "https://board.example/"},
        "contact": {"name": "Meera Iyer", "email": controller.contact_email},
    }  # fmt: skip
