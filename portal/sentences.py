"""Small words for what the ledger says: states, lines of history and grounds as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.selectors import StateShown
from consent.transitions import State

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

DATE = "j F Y"
NONE: Mapping[str, str] = {}

ANSWERS: "dict[State, StrPromise]" = {
    State.UNKNOWN: gettext_lazy("Not answered"),
    State.REQUESTED: gettext_lazy("Not answered"),
    State.DEFERRED: gettext_lazy("Not answered"),
    State.GIVEN: gettext_lazy("Yes"),
    State.RENEWED: gettext_lazy("Yes"),
    State.REFUSED: gettext_lazy("No"),
    State.WITHDRAWN: gettext_lazy("Withdrawn"),
    State.EXPIRED: gettext_lazy("Ended"),
    State.REVOKED: gettext_lazy("Ended"),
    State.INVALIDATED: gettext_lazy("Does not count"),
}

STANDS: "dict[State, StrPromise]" = {
    State.UNKNOWN: gettext_lazy("You have not answered yet."),
    State.REQUESTED: gettext_lazy("We asked you on %(date)s. You have not answered yet."),
    State.DEFERRED: gettext_lazy("You put off the answer on %(date)s."),
    State.GIVEN: gettext_lazy("You said yes on %(date)s."),
    State.RENEWED: gettext_lazy("You said yes again on %(date)s."),
    State.REFUSED: gettext_lazy("You said no on %(date)s."),
    State.WITHDRAWN: gettext_lazy("You withdrew your yes on %(date)s."),
    State.EXPIRED: gettext_lazy("Your yes ended on %(date)s, because its time was over."),
    State.REVOKED: gettext_lazy("We ended this on %(date)s."),
    State.INVALIDATED: gettext_lazy("On %(date)s we found that your earlier yes does not count."),
}

HAPPENED: "dict[State, StrPromise]" = {
    State.REQUESTED: gettext_lazy("We asked you about “%(purpose)s”."),
    State.DEFERRED: gettext_lazy("You put off the answer about “%(purpose)s”."),
    State.GIVEN: gettext_lazy("You said yes to “%(purpose)s”."),
    State.RENEWED: gettext_lazy("You said yes again to “%(purpose)s”."),
    State.REFUSED: gettext_lazy("You said no to “%(purpose)s”."),
    State.WITHDRAWN: gettext_lazy("You withdrew your yes to “%(purpose)s”."),
    State.EXPIRED: gettext_lazy("Your yes to “%(purpose)s” ended, because its time was over."),
    State.REVOKED: gettext_lazy("We ended your yes to “%(purpose)s”."),
    State.INVALIDATED: gettext_lazy("We found that your yes to “%(purpose)s” does not count."),
}

JOINED: "dict[str, StrPromise]" = {
    "merge": gettext_lazy(
        "We joined two records about you. For “%(purpose)s” the more careful answer counts."
    ),
    "split": gettext_lazy(
        "We found that two records were not both about you. For “%(purpose)s” only your own answer"
        " counts again."
    ),
}
"""What no act of the person brought about, by the method of the line."""

FOLLOWS: "dict[State, StrPromise]" = {
    State.GIVEN: gettext_lazy(
        "From now on your data may be used for this. You can withdraw your yes at any time, on the"
        " same page and as easily as you gave it."
    ),
    State.REFUSED: gettext_lazy("Your data will not be used for this."),
    State.WITHDRAWN: gettext_lazy(
        "From this moment every request to use your data for this is refused. What was done before"
        " stays lawful."
    ),
}

_WEBSITE = gettext_lazy("on a website or in an app")
_SPOKEN = gettext_lazy("by telephone")
_WRITTEN = gettext_lazy("on paper")
_IN_PERSON = gettext_lazy("in person")
HOW: "dict[str, StrPromise]" = {
    "portal": gettext_lazy("on these pages"),
    "web_form": _WEBSITE,
    "checkbox": _WEBSITE,
    "button": _WEBSITE,
    "toggle": _WEBSITE,
    "app": _WEBSITE,
    "email": gettext_lazy("by e-mail"),
    "sms": gettext_lazy("by text message"),
    "phone": _SPOKEN,
    "call_centre": _SPOKEN,
    "verbal": gettext_lazy("in spoken words"),
    "voice": gettext_lazy("in spoken words"),
    "chat": gettext_lazy("in a chat"),
    "paper": _WRITTEN,
    "written": _WRITTEN,
    "signature": _WRITTEN,
    "in_person": _IN_PERSON,
    "kiosk": _IN_PERSON,
    "consent_manager": gettext_lazy("through a consent manager"),
    "import": gettext_lazy("as our earlier records say"),
    "api": gettext_lazy("through one of our services"),
}

GIVERS: "dict[str, StrPromise]" = {
    "principal": gettext_lazy("you"),
    "parent": gettext_lazy("your parent"),
    "guardian": gettext_lazy("your guardian"),
    "nominee": gettext_lazy("your nominee"),
    "agent": gettext_lazy("your agent"),
    "consent_manager": gettext_lazy("your consent manager"),
    "operator": gettext_lazy("you, to an operator"),
}

GROUNDS: "dict[str, StrPromise]" = {
    "6-1-b": gettext_lazy("It is needed for a contract with you (GDPR, Article 6(1)(b))."),
    "6-1-c": gettext_lazy("A law obliges us (GDPR, Article 6(1)(c))."),
    "6-1-d": gettext_lazy("It protects somebody's life (GDPR, Article 6(1)(d))."),
    "6-1-e": gettext_lazy("It is a task in the public interest (GDPR, Article 6(1)(e))."),
    "6-1-f": gettext_lazy(
        "We have a legitimate interest in it, and you can object (GDPR, Article 6(1)(f))."
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history, ready to read."""

    id: UUID
    purpose: str
    state: State
    sentence: str
    at: datetime
    recorded_at: datetime
    how: str
    given_by: str
    is_by_another: bool
    notice: str
    notice_number: int
    notice_version_id: UUID | None
    language: str
    expires_at: datetime | None

    @property
    def is_learnt_later(self) -> bool:
        """Whether we heard of it on a later day than it happened."""
        return timezone.localdate(self.recorded_at) > timezone.localdate(self.at)

    @property
    def follows(self) -> str:
        """What follows from it, for the page that confirms it."""
        known = State.GIVEN if self.state is State.RENEWED else self.state
        return str(FOLLOWS.get(known, ""))


def day(at: datetime) -> str:
    """A date as people say it, where they are: 22 November 2026."""
    return date_format(timezone.localtime(at), DATE)


def answer(state: State) -> str:
    """The state in a word or two."""
    return str(ANSWERS[state])


def stands(shown: StateShown) -> str:
    """Where the person stands on a purpose."""
    ended = shown.expires_at if shown.state is State.EXPIRED else None
    at = ended or shown.since_at
    return str(STANDS[shown.state]) % {"date": day(at) if at else ""}


def line(event: Any, titles: Mapping[str, str], managers: Mapping[str, str] = NONE) -> Line:
    """A line of the ledger as a sentence; `titles` names the purposes by code.

    `managers` names the company's consent managers by id.
    """
    state = State(event.state)
    code = event.purpose.code
    version = event.notice_version
    happened = JOINED.get(event.method) or HAPPENED[state]
    return Line(
        id=event.id, purpose=titles.get(code, code), state=state,
        sentence=str(happened) % {"purpose": titles.get(code, code)},
        at=event.event_at, recorded_at=event.recorded_at, how=str(HOW.get(event.method, "")),
        given_by=_giver(event, managers),
        is_by_another=event.given_by != "principal",
        notice=version.notice.code if version else "",
        notice_number=version.number if version else 0,
        notice_version_id=version.id if version else None,
        language=event.language, expires_at=event.expires_at,
    )  # fmt: skip


def _giver(event: Any, managers: Mapping[str, str]) -> str:
    """Who chose, or for the person; a consent manager by its name."""
    name = managers.get(event.actor_id, "") if event.given_by == "consent_manager" else ""
    if name:
        return _("your consent manager %(name)s") % {"name": name}
    return str(GIVERS.get(event.given_by, event.given_by))


def ground(pack: str, code: str) -> str:
    """Why a purpose does not ask for a yes, with the law."""
    if pack == "IN":
        clause = f"7({code[-1:]})"
        text = _("The law allows this without your consent (DPDP Act 2023, section %(clause)s).")
        return text % {"clause": clause}
    return str(GROUNDS.get(code, _("The law allows this without your consent.")))
