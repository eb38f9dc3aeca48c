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
from portal import emergencies
from portal.emergencies import EmergencyShown
from portal.people import Company, Person
from portal.reasons import reason
from portal.selectors import titles

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
    """A day: the emergency uses that began on it and are over, and everybody's uses."""

    date: date
    emergencies: tuple[EmergencyShown, ...]
    parties: tuple[PartyShown, ...]


@dataclass(frozen=True, slots=True)
class UsesShown:
    """A page; `before` is where the next one starts, None on the last."""

    days: tuple[DayShown, ...]
    before: UUID | None


def shown(person: Person, language: str, before: UUID | None) -> UsesShown:
    """A page of who used or saw the person's data, newest first."""
    found = audit.uses_of(person.company.id, person.id, cursor=before, limit=A_PAGE)
    named = titles(person.company.id, language)
    services = {str(one.id): one.name for one in accounts.services_of(person.company.id)}
    urgent = emergencies.by_day(person, since=found.cursor, before=before)
    used = {
        day.date: tuple(_party(one, person.company, services, named) for one in day.parties)
        for day in audit.by_day(found.uses)
    }
    days = sorted({*urgent, *used}, reverse=True)
    shown_days = (DayShown(day, urgent.get(day, ()), used.get(day, ())) for day in days)
    return UsesShown(tuple(shown_days), found.cursor)


def account(person: Person, entry_id: UUID) -> list[str] | None:
    """How a reported use or AI decision came about, a sentence or two a line (GDPR 15(1)(h)).

    None for what is not about this person. No values are opened.
    """
    entry = policies.report_entry(person.company.id, entry_id)
    if entry is None or entry.subject_id != person.id:
        return None
    return accounts_of.text(entry, audience="user").split("\n")


def _party(
    party: Party, company: Company, services: Mapping[str, str], named: Mapping[str, str]
) -> PartyShown:
    about = {"company": company.name}
    lines = tuple(_line(one, named) for one in party.lines)
    if party.type == "officer":
        return PartyShown(_("An officer of %(company)s") % about, "", lines)
    if party.type == "subject":
        return PartyShown(_("Somebody who decides for you"), "", lines)
    if party.type != "service":
        return PartyShown(_("These privacy pages"), "", lines)
    of_company = _("A service of %(company)s") % about
    name = services.get(party.id, "")
    return PartyShown(name or of_company, of_company if name else "", lines)


def _line(line: Line, named: Mapping[str, str]) -> LineShown:
    use = line.use
    purpose = named.get(use.purpose, use.purpose) or _("no purpose")
    said = str(_template(use)) % {"purpose": purpose}
    return LineShown(
        use.id, said, reason(use.reason_code), _when(line), mark=MARKS.get(use.outcome, ""),
        has_account=use.kind in REPORTED,
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
