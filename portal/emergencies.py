"""Emergency uses of the person's data once they are over, in their words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.emergency import selectors as emergency
from policies.emergency.selectors import PastUse
from portal.people import Person

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

MOMENT = "j F Y, H:i T"
GROUNDS: "dict[str, StrPromise]" = {
    "7f": gettext_lazy(
        "The ground was a medical emergency, a threat to life or health "
        "(DPDP Act s.7(f), GDPR Art 6(1)(d))."
    ),
    "7g": gettext_lazy(
        "The ground was an epidemic or another threat to public health "
        "(DPDP Act s.7(g), GDPR Art 6(1)(d))."
    ),
    "7h": gettext_lazy(
        "The ground was a disaster or a breakdown of public order "
        "(DPDP Act s.7(h), GDPR Art 6(1)(d))."
    ),
}
REASONS: "dict[str, StrPromise]" = {
    "treatment": gettext_lazy("It was done to care for you."),
    "warning": gettext_lazy("It was done to warn you of a danger."),
    "rescue": gettext_lazy("It was done to find or rescue you."),
    "relatives": gettext_lazy("It was done to reach your relatives."),
}


@dataclass(frozen=True, slots=True)
class EmergencyShown:
    """One emergency use in sentences; `case` is what a complaint names."""

    case: UUID
    sentences: tuple[str, ...]
    is_unjustified: bool


def by_day(
    person: Person, *, since: UUID | None, before: UUID | None
) -> dict[date, tuple[EmergencyShown, ...]]:
    """Those of a page of the log, by the day they began, newest first."""
    days: dict[date, tuple[EmergencyShown, ...]] = {}
    for use in emergency.over_about(person.company.id, person.id, since=since, before=before):
        day = timezone.localdate(use.opened_at)
        sentences = tuple(_sentences(use, person.company.name))
        shown = EmergencyShown(use.case, sentences, use.is_justified is False)
        days[day] = (*days.get(day, ()), shown)
    return days


def _sentences(use: PastUse, company: str) -> Iterator[str]:
    told = {
        "company": company, "service": use.service, "from": _moment(use.opened_at),
        "until": _moment(use.ended_at),
    }  # fmt: skip
    yield _(
        "%(company)s allowed its service “%(service)s” to use your data in an emergency without "
        "asking you, from %(from)s to %(until)s."
    ) % told  # fmt: skip
    yield str(GROUNDS[use.ground])
    yield str(REASONS[use.reason])
    yield _reviewed(use)
    if use.told_at is None:
        yield _("You have not been written to about it so far.")
    else:
        yield _("You were written to about it on %(date)s.") % {"date": _moment(use.told_at)}


def _reviewed(use: PastUse) -> str:
    if use.reviewed_at is None:
        return _("A second person still has to review whether this was justified.")
    said = (
        _("A second person reviewed it on %(date)s and found that it was justified.")
        if use.is_justified
        else _("A second person reviewed it on %(date)s and found that it was not justified.")
    )
    return said % {"date": _moment(use.reviewed_at)}


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), MOMENT)
