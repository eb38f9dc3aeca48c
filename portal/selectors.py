"""What the pages show: cards of purposes, words of notices, lines of history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language

from consent import catalogue as catalogues
from consent import resting
from consent import selectors as consent
from consent.catalogue import Catalogue, NoticeInForce
from consent.selectors import NoticeWords, StateShown
from consent.transitions import VALID, State
from consent.versions.languages import is_same, nearest
from policies.rules.registry import CONSENT_GROUND
from policies.wishes import selectors as wishes
from portal.people import Person
from portal.wording import ordered

FALLBACK = "en"
RENEWAL_DAYS = 30
ANSWERED_NO = frozenset({State.REFUSED, State.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class WordsShown:
    """The words of a notice on one purpose, and whether they are in the wished language."""

    notice: NoticeWords
    item: Mapping[str, Any]
    wished: str

    @property
    def is_fallback(self) -> bool:
        return not is_same(self.notice.language, self.wished)

    @property
    def fingerprint(self) -> str:
        """Enough of the hash to compare by eye."""
        return self.notice.sha256[:12]


@dataclass(frozen=True, slots=True)
class Card:
    """One purpose on the page of choices: where the person stands, and what they can answer.

    `recorded` are the grounds besides consent that the company put on record for this person.
    """

    state: StateShown
    agreed: WordsShown | None
    current: WordsShown | None
    grounds: tuple[tuple[str, str], ...]
    ends_soon: bool = False
    recorded: tuple[Any, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether it rests on the person's yes: not on a contract or a duty, and not closed."""
        return not self.grounds and self.current is not None and not self.state.is_closed

    @property
    def is_running(self) -> bool:
        return self.state.is_valid

    @property
    def is_no(self) -> bool:
        return self.state.state in ANSWERED_NO

    @property
    def asks_again(self) -> bool:
        return self.is_running and self.state.is_stale and self.is_question

    @property
    def waits_for_words(self) -> bool:
        """Whether the purpose changed and no notice says so yet: then there is nothing to ask."""
        return self.is_running and self.state.is_stale and self.current is None

    @property
    def may_renew(self) -> bool:
        """Whether a yes that ends soon may be said again: it never goes on by itself (CON-18)."""
        return self.is_running and self.ends_soon and self.is_question and not self.asks_again

    @property
    def shows_current(self) -> bool:
        """Whether the words in force belong on the card: to agree to, or never seen yet."""
        return not self.is_running or self.asks_again or self.may_renew or self.agreed is None


@dataclass(frozen=True, slots=True)
class NoticeListed:
    """A notice in force, as the public page lists it."""

    code: str
    title: str
    language: str
    in_force_since: datetime | None


def personalisation(person: Person) -> str:
    """Where the person's switch stands, "on" or "off"; empty where the company has no such switch.

    Who switched it off sees so even where no rule of the company heeds it any more.
    """
    if wishes.is_switched_off(person.company.id, person.id):
        return "off"
    return "on" if wishes.has_switch(person.company.id, timezone.now()) else ""


def cards(person: Person, language: str) -> list[Card]:
    """Every purpose of the company, in one order: those that rest on the person's yes first."""
    shelf = _Shelf(
        person.company.id, catalogues.in_force(person.company.id), language,
        resting.grounds(person.company.id, person.id),
    )  # fmt: skip
    found = [_card(person, one, shelf) for one in consent.states(person.company.id, person.id)]
    return sorted(found, key=lambda card: not (card.is_running or card.is_question))


def asked(controller_id: UUID, language: str) -> list[Mapping[str, Any]]:
    """What the notices in force ask about, each purpose once: its title and description."""
    found = {
        item.get("purpose"): {**item, "language": words.language}
        for version in _newest(controller_id).values()
        if (words := _words(controller_id, version, language))
        for item in words.content.get("items", [])
    }
    return sorted(found.values(), key=lambda item: str(item.get("title")))


def titles(controller_id: UUID, language: str) -> dict[str, str]:
    """What each purpose is called, by code: as the notices say in that language, if they do."""
    said = {str(one["purpose"]): str(one["title"]) for one in asked(controller_id, language)}
    return {**consent.purpose_titles(controller_id), **said}


def running(person: Person, language: str) -> list[str]:
    """What the person says yes to now, by title."""
    called = titles(person.company.id, language)
    states = consent.states(person.company.id, person.id)
    return [called[one.purpose] for one in states if one.state in VALID]


def words_now(controller_id: UUID, purpose: str, language: str) -> NoticeWords | None:
    """The words in force on a purpose, in the approved language nearest to that one."""
    return consent.words_in_force(controller_id, purpose, language)


def notices(controller_id: UUID, language: str) -> list[NoticeListed]:
    """The notices in force, by code."""
    found = [
        words
        for version in _newest(controller_id).values()
        if (words := _words(controller_id, version, language))
    ]
    listed = [
        NoticeListed(one.code, str(one.content.get("title", "")), one.language, one.effective_from)
        for one in found
    ]
    return sorted(listed, key=lambda one: one.code)


def notice(controller_id: UUID, code: str, language: str) -> NoticeWords | None:
    """The words of the notice in force under that code."""
    version = _newest(controller_id).get(code)
    return _words(controller_id, version, language) if version else None


def languages(controller_id: UUID, codes: Collection[str] = ()) -> list[str]:
    """In which languages the notices in force can be read, all of them or those of some codes."""
    found = _newest(controller_id).values()
    return ordered(tag for one in found if not codes or one.code in codes for tag in one.languages)


def published(
    controller_id: UUID, code: str, version_id: UUID, language: str
) -> NoticeWords | None:
    """The words of any version that was ever published under that code, in just that language."""
    found = consent.words(controller_id, version_id, language)
    return found if found and found.code == code else None


def is_in_force(words: NoticeWords, controller_id: UUID) -> bool:
    newest = _newest(controller_id).get(words.code)
    return newest is not None and newest.version_id == words.version_id


@dataclass(slots=True)
class _Shelf:
    """The words one page needs, each read once."""

    controller_id: UUID
    catalogue: Catalogue
    language: str
    recorded: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    read: dict[tuple[UUID, str], NoticeWords | None] = field(default_factory=dict)

    def agreed(self, state: StateShown) -> WordsShown | None:
        if state.notice_version_id is None or not state.language:
            return None
        return self._shown(state.purpose, state.notice_version_id, state.language, state.language)

    def current(self, purpose: str) -> WordsShown | None:
        known = self.catalogue.purposes.get(purpose)
        if known is None or not known.notices:
            return None
        newest = known.notices[0]
        if not known.is_told(newest):
            return None  # the words are about the purpose as it was: nobody can agree to the rest
        language = _nearest(self.language, newest)
        return self._shown(purpose, newest.version_id, language, self.language)

    def _shown(
        self, purpose: str, version_id: UUID, language: str, wished: str
    ) -> WordsShown | None:
        key = (version_id, language)
        if key not in self.read:
            self.read[key] = consent.words(self.controller_id, version_id, language)
        words = self.read[key]
        if words is None:
            return None
        items = words.content.get("items", [])
        item: Mapping[str, Any] = next((i for i in items if i.get("purpose") == purpose), {})
        return WordsShown(words, item, wished)


def _card(person: Person, state: StateShown, shelf: _Shelf) -> Card:
    return Card(
        state, shelf.agreed(state), shelf.current(state.purpose), _grounds(person, state),
        _ends_soon(state, shelf), tuple(shelf.recorded.get(state.purpose, ())),
    )  # fmt: skip


def _ends_soon(state: StateShown, shelf: "_Shelf") -> bool:
    """Whether a yes ends within the time in which the company reminds of it, or a month."""
    if state.expires_at is None:
        return False
    known = shelf.catalogue.purposes.get(state.purpose)
    days = max(known.remind_days if known else (), default=RENEWAL_DAYS)
    return state.expires_at <= timezone.now() + timedelta(days=days)


def _grounds(person: Person, state: StateShown) -> tuple[tuple[str, str], ...]:
    """The grounds other than consent; none where a law that concerns the person asks for a yes."""
    relevant = {k: v for k, v in state.grounds.items() if k in person.packs} or state.grounds
    if any(CONSENT_GROUND.get(pack) == ground for pack, ground in relevant.items()):
        return ()
    return tuple(sorted(relevant.items()))


def _newest(controller_id: UUID) -> dict[str, NoticeInForce]:
    """The notices that count, by code: of each the newest version."""
    found: dict[str, NoticeInForce] = {}
    for purpose in catalogues.in_force(controller_id).purposes.values():
        for one in purpose.notices:
            known = found.get(one.code)
            if known is None or one.number > known.number:
                found[one.code] = one
    return found


def _words(controller_id: UUID, version: NoticeInForce, language: str) -> NoticeWords | None:
    return consent.words(controller_id, version.version_id, _nearest(language, version))


def _nearest(wished: str, version: NoticeInForce) -> str:
    """The approved language for somebody who wishes for one: it, else the page's, else English."""
    return nearest([wished, get_language() or ""], version.languages)
