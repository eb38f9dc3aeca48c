"""For whom a person decides, and who decides for them: what their pages show and what they do."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import services as audit
from audit.actors import Actor, Target
from consent import selectors as consents
from consent import services as consent
from consent.family import parents as steps
from consent.family import selectors as families
from consent.services import Choice
from consent.transitions import State
from keys import services as keys
from portal import limits, people
from portal.errors import WordsChangedError
from portal.people import Person
from portal.selectors import Card, cards, words_now
from subjects import family, schemes, signin
from subjects import selectors as subjects
from subjects import services as subject_services
from subjects.errors import KeyDestroyedError, SubjectUnknownError
from work import services as work

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

ASK_PARENT = "portal.ask_parent"
ASKED_A_DAY = 5
"""So often may a child ask somebody; more are not sent, and nobody is told."""

FOUND: "dict[str, StrPromise]" = {
    "not_adult": gettext_lazy("We could not confirm that you are an adult."),
    "details_not_held": gettext_lazy(
        "We do not hold details of you that show your age. Another way is open to you below."
    ),
    "not_identifiable": gettext_lazy("We could not confirm who you are."),
    "method_not_fitting": gettext_lazy("This way is not open to you. Try another one."),
    "token_not_recognised": gettext_lazy("Whoever issued this token does not know it."),
}


@dataclass(frozen=True, slots=True)
class Ward:
    """Somebody the person decides for, named as little as serves."""

    id: UUID
    name: str
    kind: str

    @property
    def is_child(self) -> bool:
        return self.kind == family.PARENT


@dataclass(frozen=True, slots=True)
class WardCard:
    """A purpose on the page about another person.

    `needs_yes`: nobody who may has agreed yet; `receipt`: the line, if this person wrote it.
    """

    card: Card
    needs_yes: bool
    receipt: UUID | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A child who says that the person is their parent, and what was found so far."""

    id: UUID
    name: str
    found: str
    lapses_at: datetime


@dataclass(frozen=True, slots=True)
class Family:
    """What the page of choices says about all that."""

    is_child: bool
    is_cared_for: bool
    has_parent: bool
    has_grown: bool
    wards: tuple[Ward, ...]
    asked: tuple[Asked, ...]

    @property
    def decides_alone(self) -> bool:
        return not self.is_child and not self.is_cared_for


def of(person: Person) -> Family:
    """Who decides for whom, as far as it concerns this person."""
    subject = subjects.subject(person.company.id, person.id)
    states = consents.states(person.company.id, person.id)
    waits = any(one.state is State.REQUESTED for one in states)
    has_grown = subject.adult_on is not None and family.is_adult(subject)
    return Family(
        is_child=family.is_child(subject), is_cared_for=subject.has_guardian,
        has_parent=family.in_charge(person.company.id, person.id).exists(),
        has_grown=has_grown and waits, wards=wards(person), asked=asked(person),
    )  # fmt: skip


def wards(person: Person) -> tuple[Ward, ...]:
    """For whom the person may decide now."""
    found = family.charges(person.company.id, person.id)
    return tuple(Ward(one.pk, _name(one), kind) for one, kind in found if not people.is_erased(one))


def ward(person: Person, ward_id: UUID) -> tuple[Ward, Person] | None:
    """One of those, with what the pages know of them; None for everybody else."""
    found = next((one for one in wards(person) if one.id == ward_id), None)
    about = people.person(person.company.id, ward_id) if found else None
    return (found, about) if found and about else None


def cards_of(person: Person, ward: Ward, about: Person, language: str) -> list[WardCard]:
    """What may be answered for the other, with where they stand."""
    givers = families.givers(about.company.id, ward.id)
    own = families.written_by(about.company.id, ward.id, person.id)
    return [
        WardCard(
            card,
            card.is_question and givers.get(card.state.purpose) != ward.kind,
            card.state.event_id if card.state.event_id in own else None,
        )
        for card in cards(about, language)
        if card.is_question or card.is_running
    ]


def asked(person: Person) -> tuple[Asked, ...]:
    """The children who named the person and wait for an answer."""
    return tuple(
        Asked(
            one.pk, _name(subjects.subject(one.controller_id, one.subject_id)),
            str(FOUND.get(one.outcome, "")), one.lapses_at,
        )
        for one in families.named(person.company.id, person.id)
    )  # fmt: skip


def has_tokens() -> bool:
    """Whether a parent may hand in a virtual token here."""
    return bool(settings.PARENT_TOKEN_ISSUER)


@transaction.atomic
def note_seen(*, person: Person, ward: Ward) -> None:
    """Record that one person was shown another's choices, before they are (P11)."""
    subject = subjects.subject(person.company.id, ward.id)
    audit.record_read(
        by=person.actor, controller_id=person.company.id, target=Target("subject", str(ward.id)),
        subjects=[subject_services.ref(subject)], data={"as": ward.kind},
    )  # fmt: skip


def ask_parent(*, person: Person, email: str) -> None:
    """A child names a parent by address; a job finds out whether we know anybody of it.

    Known and unknown addresses cost the same and are answered the same (POR-14). Raises
    MalformedIdentifierError.
    """
    address = schemes.normalise("email", email)
    digest = keys.lookup_digest(controller_id=person.company.id, scheme="email", value=address)
    for bucket in (f"parent:{person.id}", f"parent-of:{digest.hex()}"):
        if not limits.allowed(bucket, limit=ASKED_A_DAY, seconds=86_400):
            return
    found = subjects.find(person.company.id, "email", address)
    payload = {"child": str(person.id), "parent": str(found.id) if found else ""}
    work.enqueue(kind=ASK_PARENT, controller_id=person.company.id, payload=payload)


@transaction.atomic
def name_parent(*, controller_id: UUID, child: str, parent: str) -> None:
    """Note whom the child named, and send them a way in. Nobody hears of it where there is none."""
    if not parent or parent == child:
        return
    try:
        named = people.person(controller_id, UUID(parent))
        asking = subjects.subject(controller_id, UUID(child))
        subject = subjects.subject(controller_id, UUID(parent))
    except SubjectUnknownError:
        return
    if named is None or not family.is_child(asking):
        return
    consent.name_parent(
        by=Actor("subject", child), controller_id=controller_id, child_id=asking.pk,
        parent_id=named.id, begun_by=steps.CHILD, is_registered=True,
    )  # fmt: skip
    language = people.spoken(subject.language) or named.company.language
    signin.request_link(subject=subject, language=language)


def answer_as_parent(*, person: Person, check_id: UUID, is_parent: bool, token: str) -> bool:
    """What somebody who was named says; whether they are the verified parent now.

    Raises ParentCheckMissingError for a check of anybody else, and as `check_parent`.
    """
    check = families.check_of(person.company.id, check_id, person.id)
    by, controller_id = person.actor, person.company.id
    if not is_parent:
        consent.decline_parent(by=by, controller_id=controller_id, check_id=check.pk)
        return False
    method = steps.TOKEN if token else steps.EXISTING
    found = consent.check_parent(
        by=by, controller_id=controller_id, check_id=check.pk, method=method, token=token
    )
    return found.state == steps.Check.VERIFIED


@transaction.atomic
def answer_for(*, person: Person, ward: Ward, sent: dict[str, Any]) -> None:
    """Record what a parent or guardian chose, in their name and for the other.

    Raises WordsChangedError when other words are in force than were on the page, and what
    `consent.services.record` raises.
    """
    state = {"yes": State.GIVEN, "no": State.REFUSED, "withdraw": State.WITHDRAWN}[sent["answer"]]
    more: dict[str, Any] = {}
    if state is State.GIVEN:
        words = words_now(person.company.id, sent["purpose"], sent["language"])
        shown = (sent["notice"], sent["language"])
        if words is None or (str(words.version_id), words.language) != shown:
            raise WordsChangedError
        more["notice_version"] = words.version_id
    choice = Choice(
        subject_id=ward.id, purpose=sent["purpose"], state=state, method="portal", channel="web",
        language=sent["language"], given_by=ward.kind, guardian_id=person.id,
        evidence=person.evidence, **more,
    )  # fmt: skip
    consent.record(by=person.actor, controller_id=person.company.id, choice=choice)


def _name(subject: Any) -> str:
    """Enough to tell one's own children apart: an identifier, masked."""
    try:
        shown = subjects.masked_identifiers(subject)
    except KeyDestroyedError:
        shown = []
    return shown[0].text if shown else _("no address left")
