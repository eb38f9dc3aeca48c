"""What is asked of somebody on a company's site: the questions, their words, where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from consent.capture_errors import TicketError
from consent.sites import selectors as sites
from consent.sites.selectors import Visit
from portal import people, selectors, sentences
from portal.people import Company, Person
from portal.selectors import Card, WordsShown
from portal.templatetags.portal_words import direction, language_name

LINKS = ("withdraw", "rights", "grievance", "board")


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid ticket, the person it names, and the company that asks."""

    visit: Visit
    person: Person
    company: Company

    def cards(self, language: str) -> list[Card]:
        """What the ticket allows to ask or to withdraw, in one order."""
        found = selectors.cards(self.person, language)
        asked = [card for card in found if card.state.purpose in self.visit.purposes]
        return [card for card in asked if card.is_question or card.is_running]


def opened(company: Company, token: str, origin: str = "") -> Asked:
    """Who is asked, by a ticket. Raises TicketError, also for a person who is gone."""
    visit = sites.visit(company.id, token, origin)
    person = people.person(company.id, visit.subject_id)
    if person is None:
        raise TicketError
    return Asked(visit, person, company)


def document(asked: Asked, language: str) -> dict[str, Any]:
    """The questions for the script, every word of them ours; `language` is a wish."""
    spoken = people.spoken(language) or people.spoken(asked.person.language) or selectors.FALLBACK
    with translation.override(spoken):
        cards = asked.cards(language or asked.person.language or spoken)
        return {
            "company": asked.company.name, "language": spoken, "dir": direction(spoken),
            "texts": _texts(asked.company), "items": [_item(card, asked.company) for card in cards],
            "contact": {"name": asked.company.contact_name, "email": asked.company.contact_email},
            "portal": _absolute(reverse("portal:company", args=[asked.company.slug])),
        }  # fmt: skip


def _texts(company: Company) -> dict[str, str]:
    return {
        "title": _("Your choices at %(name)s") % {"name": company.name},
        "yes": _("Yes"), "no": _("No"), "withdraw": _("Withdraw"), "again": _("Change to yes"),
        "data": _("Data"), "enables": _("What it makes possible"), "how_long": _("How long"),
        "recipients": _("Who receives it"), "whole": _("Read the whole notice"),
        "contact": _("Questions or complaints"), "portal": _("All your choices"),
        "yes_all": _("Yes to all"), "no_all": _("No to all"),
        "failed": _("This did not work. Please use the link instead."),
        "changed": _(
            "The words changed while you read them. Please read the new words and answer again."
        ),
    }  # fmt: skip


def _item(card: Card, company: Company) -> dict[str, Any]:
    shown = card.current or card.agreed
    return {
        "purpose": card.state.purpose, "title": card.state.title,
        "description": card.state.description, "state": card.state.state.value,
        "stands": sentences.stands(card.state), "answers": answers(card),
        **(_words(shown, company) if shown else {}),
    }  # fmt: skip


def answers(card: Card) -> list[str]:
    """The answers that are open, each one step away; a refusal stands beside every yes."""
    if card.is_running:
        return ["yes", "withdraw"] if card.asks_again else ["withdraw"]
    return ["again"] if card.is_no else ["yes", "no"]


def _words(shown: WordsShown, company: Company) -> dict[str, Any]:
    """The words of the notice about one purpose, and what names them in the answer."""
    content, item = shown.notice.content, shown.item
    address = reverse("portal:notice", args=[company.slug, shown.notice.code])
    version = f"?version={shown.notice.version_id}&language={shown.notice.language}"
    told = {name: item[name] for name in ("title", "description") if item.get(name)}
    return {
        **told,
        "notice": str(shown.notice.version_id), "language": shown.notice.language,
        "dir": direction(shown.notice.language), "sha256": shown.notice.sha256,
        "heading": content.get("title", ""), "introduction": content.get("introduction", ""),
        "data": item.get("data", []), "enables": item.get("enables", ""),
        "retention": item.get("retention", ""), "recipients": _listed(item.get("recipients", "")),
        "links": [link for name in LINKS if (link := _link(content.get(name)))],
        "whole": _absolute(address + version), "note": _told_other(shown),
    }  # fmt: skip


def _told_other(shown: WordsShown) -> str:
    """That the words are in another language than was wished for, and in which; else empty."""
    if not shown.is_fallback:
        return ""
    return _("These words are not yet in %(wished)s; they are shown in %(shown)s.") % {
        "wished": language_name(shown.wished), "shown": language_name(shown.notice.language)
    }  # fmt: skip


def _listed(recipients: Any) -> str:
    return recipients if isinstance(recipients, str) else ", ".join(map(str, recipients))


def _link(said: Any) -> dict[str, str] | None:
    """A link of the notice, whole: the page that shows it is elsewhere."""
    if not isinstance(said, Mapping) or not said.get("url"):
        return None
    return {"text": str(said.get("text", "")), "url": _absolute(str(said["url"]))}


def _absolute(address: str) -> str:
    return urljoin(settings.BASE_URL, address)
