"""What a person can object to and have restricted, and what stands of it (GDPR 18, 21; POR-07)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import rights, signals
from consent import selectors as consent
from consent import services as consents
from consent.services import asking
from portal.errors import StillSignalledError
from portal.people import Person
from portal.sentences import day
from subjects import selectors as subjects

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

MARKETING, OPT_OUT = "direct_marketing", "sale_sharing"
WEIGHED, VOLUNTARY = "particular_situation", "voluntary_use"
KINDS = (MARKETING, OPT_OUT, WEIGHED, VOLUNTARY)
METHOD = "portal"
WEIGHED_GROUNDS = frozenset({"6-1-e", "6-1-f"})
"""What GDPR 21(1) gives a right to object to."""
GROUNDS: "dict[str, StrPromise]" = {
    "accuracy": gettext_lazy("My data are wrong"),
    "unlawful": gettext_lazy("The use is unlawful, but I do not want my data erased"),
    "claims": gettext_lazy("I need my data for a legal claim"),
    "objection": gettext_lazy("I have objected, and it is not decided yet"),
}
"""The four cases of GDPR 18(1), as people say them."""


@dataclass(frozen=True, slots=True)
class Refusable:
    """One thing the person can say no to, and whether they did."""

    kind: str
    purpose: str
    title: str
    words: str
    since_at: datetime | None
    is_pending: bool = False
    is_held: bool = False

    @property
    def name(self) -> str:
        """Of its form on the page."""
        return f"right-{self.kind}-{self.purpose}" if self.purpose else f"right-{self.kind}"

    @property
    def stands(self) -> str:
        """Where it stands, as a sentence; empty where the person said nothing."""
        if self.since_at is None:
            return ""
        if self.is_pending:
            text = _("You objected on %(date)s. Until this is decided, your data are not used.")
        else:
            text = _("You said no on %(date)s. Your data are not used for this.")
        return text % {"date": day(self.since_at)}


@dataclass(frozen=True, slots=True)
class Restricted:
    """A restriction that stands."""

    id: UUID
    ground: str
    of: str
    asked_at: datetime
    lifts_at: datetime | None


@dataclass(frozen=True, slots=True)
class RightsShown:
    """The section of the page; without anything in it there is none."""

    refusable: tuple[Refusable, ...]
    restricted: tuple[Restricted, ...]
    may_restrict: bool
    grounds: tuple[tuple[str, str], ...]
    purposes: tuple[tuple[str, str], ...]
    is_signalled: bool


def shown(person: Person, titles: dict[str, str], *, is_signalled: bool) -> RightsShown:
    """What the person's law lets them refuse, and what they refused. `titles` by purpose."""
    made = {
        (one.kind, one.purpose.code if one.purpose else ""): one
        for one in consent.objections(person.company.id, person.id).select_related("purpose")
    }
    states = consent.states(person.company.id, person.id)
    open_ = [one for one in states if not one.is_closed]
    found = [*_general(person), *_of_purposes(person, open_, titles)]
    refusable = tuple(
        _refusable(kind, code, words, made.get((kind, code)), is_signalled=is_signalled)
        for kind, code, words in found
    )
    return RightsShown(
        refusable=refusable,
        restricted=tuple(_restricted(person, titles)),
        may_restrict=rights.has(rights.RESTRICTION, person.packs),
        grounds=tuple((code, str(words)) for code, words in GROUNDS.items()),
        purposes=tuple((one.purpose, titles.get(one.purpose, one.purpose)) for one in open_),
        is_signalled=is_signalled,
    )


def object_to(person: Person, kind: str, purpose: str) -> None:
    """Register an objection. Raises as `consent.services.object_to`, and RightNotGivenError."""
    _check(person, kind)
    consents.object_to(
        by=person.actor, controller_id=person.company.id, subject_id=person.id, kind=kind,
        purpose=purpose, method=METHOD,
    )  # fmt: skip


def take_back(person: Person, kind: str, purpose: str, *, is_signalled: bool) -> None:
    """Take an objection back. Raises ObjectionMissingError, StillSignalledError."""
    if kind == OPT_OUT and is_signalled:
        raise StillSignalledError
    consents.lift_objection(
        by=person.actor, controller_id=person.company.id, subject_id=person.id, kind=kind,
        purpose=purpose, method=METHOD,
    )  # fmt: skip


def restrict(person: Person, ground: str, purpose: str) -> None:
    """Restrict the use of the person's data, for one purpose or, without, altogether.

    Raises as `consent.services.restrict`, and RightNotGivenError.
    """
    _check(person, rights.RESTRICTION)
    consents.restrict(
        by=person.actor, controller_id=person.company.id, subject_id=person.id, ground=ground,
        scope_type="purpose" if purpose else "everything", scope=purpose, method=METHOD,
    )  # fmt: skip


def take_restriction_back(person: Person, restriction_id: UUID) -> None:
    """End a restriction of the person's own. Raises RestrictionMissingError."""
    consents.take_back_restriction(
        by=person.actor, controller_id=person.company.id, subject_id=person.id,
        restriction_id=restriction_id, method=METHOD,
    )  # fmt: skip


def is_signalled(request: HttpRequest) -> bool:
    """Whether the browser says with this request that nothing may be sold or shared."""
    return signals.is_signalled([request.headers.get(signals.HEADER, "")])


def heed(person: Person, request: HttpRequest) -> None:
    """Record the signal of the person's browser, once."""
    if is_signalled(request):
        consents.hear_signal(by=person.actor, controller_id=person.company.id, subject_id=person.id)


def _check(person: Person, right: str) -> None:
    subject = subjects.subject(person.company.id, person.id)
    asking.check_right(person.company.id, subject, right)


def _general(person: Person) -> list[tuple[str, str, tuple[str, str]]]:
    found = []
    if rights.has(MARKETING, person.packs):
        words = _("You can object at any time and without reasons. It ends at once.")
        found.append((MARKETING, "", (_("Direct marketing"), words)))
    words = _("Nobody sells your data, shares them or aims advertising at you with them.")
    found.append((OPT_OUT, "", (_("Sale and sharing for advertising"), words)))
    return found


def _of_purposes(
    person: Person, states: Iterable[Any], titles: dict[str, str]
) -> list[tuple[str, str, tuple[str, str]]]:
    found = []
    for one in states:
        title = titles.get(one.purpose, one.purpose)
        if "EU" in person.packs and one.grounds.get("EU") in WEIGHED_GROUNDS:
            words = _(
                "You can object for reasons of your own situation. An officer weighs them; until "
                "then your data are not used for this."
            )
            found.append((WEIGHED, one.purpose, (title, words)))
        if "IN" in person.packs and one.grounds.get("IN") == "s7a":
            words = _("You gave these data of your own accord, and can say no to this use of them.")
            found.append((VOLUNTARY, one.purpose, (title, words)))
    return found


def _refusable(
    kind: str, purpose: str, words: tuple[str, str], made: Any, *, is_signalled: bool
) -> Refusable:
    return Refusable(
        kind=kind, purpose=purpose, title=words[0], words=words[1],
        since_at=made.objected_at if made else None,
        is_pending=made is not None and made.state == "pending",
        is_held=made is not None and kind == OPT_OUT and is_signalled,
    )  # fmt: skip


def _restricted(person: Person, titles: dict[str, str]) -> Iterable[Restricted]:
    for one in consent.restrictions(person.company.id, person.id):
        of = titles.get(one.scope, one.scope) or _("All uses of your data")
        yield Restricted(one.id, str(GROUNDS[one.ground]), of, one.asked_at, one.lifts_at)
