"""What the desk's first page says of erasures and requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from desk.charts import Chart, Datum, chart
from erasure import selectors_engine as engine
from erasure import selectors_pages as cases
from erasure.selectors_pages import Figures
from rights import selectors as rights
from rights.selectors import RequestClocks

SYSTEMS = 8


@dataclass(frozen=True, slots=True)
class Erasures:
    """Cases and dead letters, requests by clock, and what has waited longest at which system."""

    cases: Figures
    requests: Chart
    oldest: Chart


def erasures(controller_id: UUID, now: datetime) -> Erasures:
    """Four queries, each over what is under way alone."""
    return Erasures(
        cases.figures(controller_id, now),
        _requests(rights.clocks(controller_id, now)),
        _oldest(engine.oldest_waiting(controller_id, SYSTEMS), now),
    )


def _requests(found: RequestClocks) -> Chart:
    listed = reverse("admin:rights_request_changelist")
    values = (
        (_("Overdue"), found.overdue),
        (_("Due within a week"), found.week),
        (_("Due later"), found.later),
        (_("The clock stands still"), found.paused),
    )
    if not any(value for _label, value in values):
        return chart([])
    data = [Datum(label, value, number_format(value), listed) for label, value in values]
    return chart(data, is_rtl=get_language_bidi())


def _oldest(rows: Sequence[tuple[UUID, str, datetime]], now: datetime) -> Chart:
    data = [
        Datum(
            name, max(int((now - since).total_seconds()), 1), _age((now - since).days),
            reverse("admin:erasure_queue", args=[system_id]),
        )
        for system_id, name, since in rows
    ]  # fmt: skip
    return chart(data, is_rtl=get_language_bidi())


def _age(days: int) -> str:
    if not days:
        return _("today")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number_format(days)}
