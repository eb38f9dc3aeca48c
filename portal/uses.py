"""Who used or saw the person's data, in their words (AUD-15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import selectors as accounts
from audit import uses as audit
from audit.uses import Kind, Line, Party, Use
from policies import accounts as accounts_of
from policies import selectors as policies
from portal import emergencies, looks
from portal.emergencies import EmergencyShown
from portal.looks import GlassShown, TransferShown
from portal.people import Company, Person
from portal.reasons import reason
from portal.selectors import titles
from profiles.selectors_seen import Seen

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

A_PAGE = 100

DID: "dict[Kind, StrPromise]" = {
    Kind.DECISION: gettext_lazy("Asked to use your data for “%(purpose)s”."),
    Kind.PROCESSING: gettext_lazy("Used your data for “%(purpose)s”."),
    Kind.AI_DECISION: gettext_lazy("Decided something about you with a model, for “%(purpose)s”."),
    Kind.SEEN: gettext_lazy("Looked at your page."),
    Kind.LISTED: gettext_lazy("Saw you in a list."),
    Kind.REVEALED: gettext_lazy("Saw details of yours in clear."),
    Kind.SEARCHED: gettext_lazy("Looked you up."),
    Kind.READ: gettext_lazy("Read what is stored about you."),
    Kind.AUDIENCE: gettext_lazy("Was told that it may reach you for “%(purpose)s”."),
    Kind.EXPORTED: gettext_lazy("Took a copy of your answers about “%(purpose)s” as evidence."),
}
DECIDED: "dict[bool, StrPromise]" = {
    True: gettext_lazy("Was allowed to use your data for “%(purpose)s”."),
    False: gettext_lazy("Asked to use your data for “%(purpose)s” and was refused."),
}
REPORTED = frozenset({Kind.PROCESSING, Kind.AI_DECISION})
"""What has an account of its own: services reported how it came about."""
MARKS = {"deny": "refused", "unbacked": "unbacked"}
"""How the page marks what was not allowed."""
WROTE = gettext_lazy("Used your address to write to you.")


@dataclass(frozen=True, slots=True)
class LineShown:
    """What somebody did, why it was allowed or not, and when."""

    id: UUID
    sentence: str
    reason: str
    when: str
    mark: str
    has_account: bool


@dataclass(frozen=True, slots=True)
class PartyShown:
    """Somebody as the person may know them: a service by name, staff by their company alone."""

    name: str
    about: str
    lines: tuple[LineShown, ...]


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day: what went beyond and is over, what was handed over, and everybody's uses."""

    date: date
    emergencies: tuple[EmergencyShown, ...]
    glass: tuple[GlassShown, ...]
    transfers: tuple[TransferShown, ...]
    parties: tuple[PartyShown, ...]


@dataclass(frozen=True, slots=True)
class UsesShown:
    """A page; `before` is where the next one starts, None on the last."""

    days: tuple[DayShown, ...]
    before: UUID | None


@dataclass(frozen=True, slots=True)
class _Words:
    """What things are called on one page, and what is known of looks at the profile."""

    company: Company
    services: Mapping[str, str]
    purposes: Mapping[str, str]
    seen: Mapping[UUID, Seen]


def shown(person: Person, language: str, before: UUID | None) -> UsesShown:
    """A page of who used or saw the person's data, newest first."""
    found = audit.uses_of(person.company.id, person.id, cursor=before, limit=A_PAGE)
    named = titles(person.company.id, language)
    services = {str(one.id): one.name for one in accounts.services_of(person.company.id)}
    grouped = audit.by_day(found.uses)
    seen = looks.described(
        person, [line for day in grouped for party in day.parties for line in party.lines]
    )
    words = _Words(person.company, services, named, seen)
    page = {"since": found.cursor, "before": before}
    urgent = emergencies.by_day(person, **page)
    broken = looks.glass_by_day(person, **page, named=named)
    handed = looks.transfers_by_day(person, **page, named=named)
    used = {day.date: tuple(_party(one, words) for one in day.parties) for day in grouped}
    days = (
        DayShown(
            day, urgent.get(day, ()), broken.get(day, ()), handed.get(day, ()), used.get(day, ())
        )
        for day in sorted({*urgent, *broken, *handed, *used}, reverse=True)
    )
    return UsesShown(tuple(days), found.cursor)


def account(person: Person, entry_id: UUID) -> list[str] | None:
    """How a reported use or AI decision came about, a sentence or two a line (GDPR 15(1)(h)).

    Of a look at the profile: what it was at. None for what is not about this person. No values are
    opened.
    """
    entry = policies.report_entry(person.company.id, entry_id)
    if entry is None:
        return looks.account(person, entry_id)
    if entry.subject_id != person.id:
        return None
    return accounts_of.text(entry, audience="user").split("\n")


def _party(party: Party, words: _Words) -> PartyShown:
    about = {"company": words.company.name}
    lines = tuple(_line(one, words) for one in party.lines)
    if party.type == "officer":
        return PartyShown(_("An officer of %(company)s") % about, "", lines)
    if party.type == "subject":
        return PartyShown(_("Somebody who decides for you"), "", lines)
    if party.type != "service":
        return PartyShown(_("These privacy pages"), "", lines)
    of_company = _("A service of %(company)s") % about
    name = words.services.get(party.id, "")
    return PartyShown(name or of_company, of_company if name else "", lines)


def _line(line: Line, words: _Words) -> LineShown:
    use = line.use
    is_look = looks.is_look(line)
    purpose = words.purposes.get(use.purpose, use.purpose) or _("no purpose")
    said = (
        looks.sentence(line, words.seen.get(use.id), words.purposes)
        if is_look
        else str(_template(use)) % {"purpose": purpose}
    )
    return LineShown(
        use.id, said, reason(use.reason_code), _when(line), mark=MARKS.get(use.outcome, ""),
        has_account=is_look or use.kind in REPORTED,
    )  # fmt: skip


def _template(use: Use) -> "StrPromise":
    if use.kind is Kind.DECISION and use.permit is not None:
        return DECIDED[use.permit]
    if use.kind is Kind.REVEALED and use.actor_type == "system":
        return WROTE
    return DID[use.kind]


def _when(line: Line) -> str:
    last = date_format(timezone.localtime(line.use.at), "H:i T")
    first = date_format(timezone.localtime(line.first_at), "H:i")
    if line.count == 1:
        return last
    if last.startswith(first):
        text = _("%(count)s times, at %(last)s")
    else:
        text = _("%(count)s times, from %(first)s to %(last)s")
    return text % {"count": line.count, "first": first, "last": last}
