"""What a person asks for by right: what would happen, how far it is, and what proves it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import services as audit
from audit.actors import Actor, Target
from erasure import selectors_progress as progress
from erasure.certificates import selectors as certificates
from erasure.certificates.errors import CertificateMissingError
from erasure.certificates.selectors import File
from erasure.services import dry_run
from portal import charges, limits
from portal.errors import TooManyRequestsError
from portal.people import Person
from portal.selectors import titles
from registry import selectors as registry
from registry import selectors_systems as systems
from rights import grounds, selectors, services
from rights.references import reference
from rights.services import NewRequest

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

ERASURE, ACCESS = "erasure", "access"
ERASE: Final = "erase"
EVERYTHING, PURPOSE, CATEGORY = "everything", "purpose", "category"
COPIES_A_DAY: Final = 3
OPEN: Final = frozenset({"received", "identity", "working"})
UNTOLD: Final = frozenset({"planned", "exempt"})
ENDED: Final = frozenset({"absent", "exempt", "excepted", "informed"})

WHY: "Final[dict[str, StrPromise]]" = {
    "hold": gettext_lazy("It is needed for a legal matter that is not over."),
    "retention": gettext_lazy("A law says that it must be kept."),
    "exemption": gettext_lazy("The law makes an exception for it."),
    "purpose": gettext_lazy("It is still needed for “%(purpose)s”."),
}
INSEPARABLE: Final = "system_not_by_category"
"""The planner's own citation where a system cannot part with one thing and keep another."""

STANDS: "Final[dict[str, StrPromise]]" = {
    "planned": gettext_lazy("Will be told."),
    "sent": gettext_lazy("Was told, and has not answered yet."),
    "accepted": gettext_lazy("Was told, and says that it will do it."),
    "confirmed": gettext_lazy("Says that it is done. We look whether that is so."),
    "absent": gettext_lazy("We looked: your data are gone."),
    "exempt": gettext_lazy("Keeps your data, because the law says so."),
    "excepted": gettext_lazy("We could not show that your data are gone; an officer signed so."),
    "failed": gettext_lazy("Could not be told. Somebody is looking into it."),
}
PUT_RIGHT: "Final[dict[str, StrPromise]]" = {
    "absent": gettext_lazy("We looked: it is as you asked."),
    "excepted": gettext_lazy("We could not show that it was done; an officer signed so."),
}
SHOWN = gettext_lazy("It was shown to us that it is done there, and an officer accepted that.")
INFORMED = gettext_lazy("Decides for itself about your data, and was informed.")
OWN = gettext_lazy("These privacy pages and what stands behind them")

RETURNED = gettext_lazy("An officer looks at it again. You have your answer in time.")
CASES: "Final[dict[str, StrPromise]]" = {
    "open": gettext_lazy("It begins now."),
    "review": gettext_lazy("An officer looks at it first."),
    "approval": gettext_lazy("A second person must agree first."),
    "running": gettext_lazy("The systems are told, and looked at afterwards."),
    "closed": gettext_lazy("It is done."),
    "cancelled": gettext_lazy("It was called off."),
    "refused": gettext_lazy("An officer decided against it. You are told why."),
}


STATES: "Final[dict[str, StrPromise]]" = {
    "received": gettext_lazy("Received"),
    "identity": gettext_lazy("We must be sure who asks"),
    "working": gettext_lazy("Under way"),
    "answered": gettext_lazy("Has been answered"),
    "refused": gettext_lazy("Refused"),
    "taken_back": gettext_lazy("Taken back"),
}
REVIEWS: "Final[dict[str, StrPromise]]" = {
    "legal_conflict": gettext_lazy("Two laws that apply to you say different things."),
    "law_unknown": gettext_lazy("It is not known which law applies to you."),
    INSEPARABLE: gettext_lazy("A system cannot part with one thing and keep another."),
}
"""Why an officer must look, by the code of the case."""


@dataclass(frozen=True, slots=True)
class Staying:
    """Something that may not go: what, where, why, by which law, and until when."""

    what: str
    where: str
    why: str
    citation: str
    until: date | None
    is_vaulted: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen, before anybody asks for it."""

    going: tuple[tuple[str, tuple[str, ...]], ...]
    staying: tuple[Staying, ...]
    informed: tuple[str, ...]
    needs_officer: bool


@dataclass(frozen=True, slots=True)
class SystemShown:
    """One system and where it stands, in plain words."""

    name: str
    state: str
    sentence: str
    at: datetime | None
    staying: tuple[Staying, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RequestShown:
    """One request, as its page shows it. `reference` is how to follow it without signing in.

    `of` names the purpose it is about, or the kind of data where `is_of_data`.
    """

    id: UUID
    kind: str
    of: str
    is_of_data: bool
    state: str
    received_at: datetime
    due_at: datetime
    is_extended: bool
    extension_reason: str
    answered_at: datetime | None
    answer: str
    answer_text: str
    reference: str
    case: str
    systems: tuple[SystemShown, ...]
    has_certificate: bool
    has_copy: bool

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def may_be_taken_back(self) -> bool:
        """Whether it waits for its answer and no system was told yet."""
        return self.is_open and all(one.state in UNTOLD for one in self.systems)

    @property
    def done(self) -> int:
        """How many systems have ended."""
        return sum(
            one.state in {"absent", "exempt", "excepted", "informed"} for one in self.systems
        )


def preview(about: Person, scope: str, language: str) -> Preview:
    """What would go, what would stay and why; nothing is written. Raises CaseScopeError."""
    scope_type = PURPOSE if scope else EVERYTHING
    plan = dry_run(
        controller_id=about.company.id, subject_id=about.id, scope_type=scope_type, scope=scope
    )
    words = _Words.of(about.company.id, language)
    going: dict[str, list[str]] = {}
    for one in plan["elements"]:
        if one["fate"] == "erase":
            going.setdefault(words.system(one["system"]), []).append(words.category(one))
    parties = {str(one.id): one.name for one in registry.parties(about.company.id)}
    return Preview(
        going=tuple((name, tuple(dict.fromkeys(what))) for name, what in going.items()),
        staying=_grouped(
            words.staying(one) for one in plan["elements"] if one["fate"] != "erase"
        ),
        informed=tuple(
            parties.get(one["party"], "") for one in plan["steps"] if one.get("party")
        ),
        needs_officer=bool(plan["review"]),
    )  # fmt: skip


def _grouped(staying: Iterable[Staying]) -> tuple[Staying, ...]:
    """What stays in one place for one reason is said once."""
    found: dict[Staying, list[str]] = {}
    for one in staying:
        found.setdefault(replace(one, what=""), []).append(one.what)
    return tuple(
        replace(reason, what=", ".join(dict.fromkeys(what))) for reason, what in found.items()
    )


def ask(person: Person, about: Person, kind: str, scope: str = "") -> Any:
    """Ask, for oneself or for somebody one decides for; the request.

    Raises as `rights.services.receive`, and TooManyRequestsError.
    """
    is_own = person.id == about.id
    if kind == ACCESS and not limits.allowed(
        f"copy:{about.id}", limit=COPIES_A_DAY, seconds=86_400
    ):
        raise TooManyRequestsError("Too many copies are asked for at this moment.")
    new = NewRequest(
        subject_id=about.id, kind=kind, channel="portal",
        scope_type=PURPOSE if scope else EVERYTHING, scope=scope,
        acting_id=None if is_own else person.id,
        identified_how=grounds.SIGNED_IN if is_own else grounds.GUARDIAN,
    )  # fmt: skip
    return services.receive(by=person.actor, controller_id=about.company.id, new=new)


def listed(about: Person, language: str) -> list[RequestShown]:
    """What was asked for, newest first."""
    found = selectors.requests_of(about.company.id, about.id)[:100]
    called = _called(about.company.id, language)
    return [_shown(one, called) for one in found]


def of(person: Person, request_id: UUID) -> Any | None:
    """A request of this person's, or of somebody they decide for; None for any other."""
    found = selectors.requests([person.company.id]).filter(pk=request_id).first()
    if found is None:
        return None
    mine = {person.id, *(one.id for one in charges.wards(person))}
    return found if found.subject_id in mine else None


def shown(found: Any, language: str) -> RequestShown:
    """One request with its systems."""
    return _shown(
        found, _called(found.controller_id, language), _Words.of(found.controller_id, language)
    )


def _called(controller_id: UUID, language: str) -> dict[str, str]:
    """What purposes and kinds of data are called, by their codes."""
    return {**registry.category_names(controller_id), **titles(controller_id, language)}


@transaction.atomic
def certificate(found: Any) -> File | None:
    """The certificate of the erasure a request asked for, once its taking is on record."""
    case = selectors.case_of(found)
    if case is None:
        return None
    try:
        newest = certificates.newest(found.controller_id, case.id)
    except CertificateMissingError:
        return None
    about = services.person_of(found)
    audit.record(
        event="certificate:taken", controller_id=found.controller_id, subject=about,
        by=Actor("subject", str(about.id)) if about else Actor.system("portal"),
        target=Target("certificate", str(newest.id)), data={"number": newest.number},
    )  # fmt: skip
    return certificates.file(newest)


@dataclass(frozen=True, slots=True)
class _Words:
    """What systems, categories and purposes are called on one page."""

    systems: Mapping[str, str]
    categories: Mapping[str, str]
    purposes: Mapping[str, str]

    @classmethod
    def of(cls, controller_id: UUID, language: str) -> "_Words":
        named = {
            one.code: str(OWN) if one.kind == "own" else one.name
            for one in systems.systems(controller_id)
        }
        called = registry.category_titles(controller_id)
        return cls(named, called, titles(controller_id, language))

    def system(self, code: str) -> str:
        return self.systems.get(code, code)

    def category(self, one: Mapping[str, Any]) -> str:
        code = one.get("category", "")
        return self.categories.get(code, code) if code else _("Everything it holds")

    def staying(self, one: Mapping[str, Any], where: str = "") -> Staying:
        """An element or a part of a step that is kept."""
        citation = one.get("citation", "")
        if citation == INSEPARABLE:
            why = _("This system cannot part with it alone; an officer looks.")
            citation = ""
        else:
            purpose = self.purposes.get(one.get("purpose", ""), one.get("purpose", ""))
            why = str(WHY.get(one.get("because", ""), "")) % {"purpose": purpose}
        return Staying(
            self.category(one), where or self.system(one.get("system", "")), why, citation,
            parse_date(one.get("until") or ""), is_vaulted=one.get("fate") == "vault",
        )  # fmt: skip


def _shown(found: Any, called: Mapping[str, str], words: _Words | None = None) -> RequestShown:
    case = selectors.case_of(found) if words else None
    return RequestShown(
        id=found.id, kind=found.kind, of=called.get(found.scope, found.scope),
        is_of_data=found.scope_type == CATEGORY, state=found.state,
        received_at=found.received_at, due_at=found.due_at,
        is_extended=found.extended_at is not None, extension_reason=found.extension_reason,
        answered_at=found.answered_at, answer=_answer(found), answer_text=found.answer_text,
        reference=reference(found), case=_stage(found, case) if case else "",
        systems=tuple(_systems(case, words)) if case and words else (),
        has_certificate=bool(case and certificates.numbers(found.controller_id, [case.id])),
        has_copy=found.kind == ACCESS and selectors.has_copy(found),
    )  # fmt: skip


def _stage(found: Any, case: Any) -> str:
    """Where the case stands, and why it waits."""
    if selectors.was_returned(found):
        return str(RETURNED)
    stage = str(CASES.get(case.state, ""))
    why = str(REVIEWS.get(case.code, "")) if case.state == "review" else ""
    return f"{stage} {why}".strip()


def _sentence(line: progress.Line) -> str:
    if line.is_informed:
        return str(INFORMED)
    if line.is_shown:
        return str(SHOWN)
    if line.is_held:
        return str(WHY["hold"])
    known = STANDS if line.verb == ERASE else {**STANDS, **PUT_RIGHT}
    return str(known[line.state])


def _answer(found: Any) -> str:
    said = grounds.REFUSED if found.state == "refused" else grounds.ANSWERS
    return str(said.get(found.answer_code, ""))


def _systems(case: Any, words: _Words) -> Iterable[SystemShown]:
    for line in progress.lines(case.controller_id, case.id):
        name = str(OWN) if line.is_own else line.name
        yield SystemShown(
            name=name, state="informed" if line.is_informed else line.state,
            sentence=_sentence(line), at=line.at,
            staying=_grouped(words.staying(one, name) for one in line.kept), reason=line.reason,
        )  # fmt: skip
