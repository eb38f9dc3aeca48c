"""Looks at the person's profile, and broken glass that is over, in their words (AUD-15)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.uses import Kind, Line
from portal.people import Person
from profiles import selectors_disclosed as disclosed
from profiles import selectors_seen as profiles
from profiles.selectors_disclosed import Transfer
from profiles.selectors_seen import PastGlass, Seen

MOMENT = "j F Y, H:i T"


@dataclass(frozen=True, slots=True)
class GlassShown:
    """One break-glass access in sentences; `case` is what a complaint names."""

    case: UUID
    sentences: tuple[str, ...]
    is_unjustified: bool


@dataclass(frozen=True, slots=True)
class TransferShown:
    """That data were handed to somebody, in sentences."""

    sentences: tuple[str, ...]


def is_look(line: Line) -> bool:
    """Whether a line of the log is a look at the profile, from some seat."""
    return line.use.target_type == profiles.TARGET


def described(person: Person, lines: list[Line]) -> dict[UUID, Seen]:
    """What the log says of these looks, by entry."""
    found = [line.use for line in lines if is_look(line)]
    return {one.id: one for one in profiles.described(person.company.id, found)} if found else {}


def sentence(line: Line, seen: Seen | None, named: Mapping[str, str]) -> str:
    """Who looked, from where, what for."""
    use = line.use
    said = {
        "purpose": named.get(use.purpose, use.purpose) or _("no purpose"),
        "role": _place(seen) if seen else "",
    }
    if use.kind is Kind.LISTED:
        text = _("Saw your profile in a list for “%(purpose)s”, as %(role)s.")
        plain = _("Saw your profile in a list for “%(purpose)s”.")
    else:
        text = _("Looked at your profile for “%(purpose)s”, as %(role)s.")
        plain = _("Looked at your profile for “%(purpose)s”.")
    found = (text if said["role"] else plain) % said
    if seen and seen.is_beyond_view:
        return found + " " + _("More than usual was opened.")
    return found


def account(person: Person, entry_id: UUID) -> list[str] | None:
    """What one look was at, a sentence a line; None for what is no look at this profile."""
    seen = profiles.look(person.company.id, person.id, entry_id)
    return list(_account(seen)) if seen else None


def glass_by_day(
    person: Person, *, since: UUID | None, before: UUID | None, named: Mapping[str, str]
) -> dict[date, tuple[GlassShown, ...]]:
    """The break-glass accesses of a page of the log, by the day they began, newest first."""
    days: dict[date, tuple[GlassShown, ...]] = {}
    for one in profiles.glass_about(person.company.id, person.id, since=since, before=before):
        day = timezone.localdate(one.opened_at)
        sentences = tuple(_sentences(one, person.company.name, named))
        shown = GlassShown(one.case, sentences, one.is_justified is False)
        days[day] = (*days.get(day, ()), shown)
    return days


def transfers_by_day(
    person: Person, *, since: UUID | None, before: UUID | None, named: Mapping[str, str]
) -> dict[date, tuple[TransferShown, ...]]:
    """What was handed to others, by the day it was put on record, newest first (s.11(1)(b))."""
    days: dict[date, tuple[TransferShown, ...]] = {}
    for one in disclosed.told_to_person(person.company.id, person.id, since=since, before=before):
        day = timezone.localdate(one.recorded_at)
        shown = TransferShown(tuple(_handed(one, person.company.name, named)))
        days[day] = (*days.get(day, ()), shown)
    return days


def _handed(one: Transfer, company: str, named: Mapping[str, str]) -> Iterator[str]:
    said = {
        "company": company, "recipient": one.recipient, "date": _moment(one.disclosed_at),
        "purpose": named.get(one.purpose, one.purpose),
    }  # fmt: skip
    yield _(
        "%(company)s handed data of yours to “%(recipient)s” for “%(purpose)s”, on %(date)s."
    ) % said  # fmt: skip
    yield _("What it was: “%(described)s”.") % {"described": one.described}


def _account(seen: Seen) -> Iterator[str]:
    if seen.attributes:
        yield _("What was shown: %(list)s.") % {"list": ", ".join(seen.attributes)}
    else:
        yield _("Nothing of your profile was shown.")
    if seen.is_beyond_view:
        yield _("More was opened than the view usually shows; the reason is on record.")


def _sentences(glass: PastGlass, company: str, named: Mapping[str, str]) -> Iterator[str]:
    said = {
        "company": company, "from": _moment(glass.opened_at), "until": _moment(glass.ended_at),
        "purpose": named.get(glass.purpose, glass.purpose), "role": _in_unit(glass),
    }  # fmt: skip
    yield _(
        "Somebody at %(company)s (%(role)s) opened your whole profile for “%(purpose)s”, beyond "
        "what they usually see, from %(from)s to %(until)s."
    ) % said  # fmt: skip
    yield _("The reason they gave: “%(reason)s”.") % {"reason": glass.reason}
    yield _reviewed(glass)


def _reviewed(glass: PastGlass) -> str:
    if glass.reviewed_at is None:
        return _("A second person still has to review whether this was justified.")
    said = (
        _("A second person reviewed it on %(date)s and found that it was justified.")
        if glass.is_justified
        else _("A second person reviewed it on %(date)s and found that it was not justified.")
    )
    return said % {"date": _moment(glass.reviewed_at)}


def _place(seen: Seen) -> str:
    return f"{seen.role}, {seen.unit}" if seen.unit else seen.role


def _in_unit(glass: PastGlass) -> str:
    return f"{glass.role}, {glass.unit}" if glass.unit else glass.role


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), MOMENT)
