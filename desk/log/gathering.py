"""What the page of the logs shows, in words: their states, alarms, witnesses, and the plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from accounts.roles import Permission
from accounts.selectors import Duty
from audit import alarms, figures
from audit.alarms import AlarmKind
from audit.console import who
from audit.figures import HOUR_KINDS, Hour
from audit.state import LogState, state
from audit.witnesses.selectors import WitnessState, witness_states
from desk.log.words import ago, to_do
from desk.plot import Plot, plot
from keys.ids import SYSTEM_ID

MOST_ALARMS = 50
MOST_PLACES = 5
EVERY_HOURS = 6


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """An open alarm, what to do about it, and who answered it."""

    id: UUID
    sentence: str
    to_do: str
    detail: str
    position: int | None
    count: int
    first_seen_at: datetime
    last_seen_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogShown:
    """One log: the sentence that sums it up, the facts, its witnesses and open alarms."""

    title: str
    state: LogState
    sentence: str
    is_alarming: bool
    facts: tuple[tuple[str, str], ...]
    witnesses: Sequence[WitnessState]
    alarms: tuple[AlarmShown, ...]
    has_address: bool


@dataclass(frozen=True, slots=True)
class HourShown:
    """A row of the table below the plot: the hour, a text for each kind, and the whole."""

    begins_at: datetime
    texts: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class PlotShown:
    """Events per hour; `rows` has the same data, newest first."""

    plot: Plot
    series: tuple[tuple[str, str], ...]
    rows: tuple[HourShown, ...]
    sentence: str


def log(request: HttpRequest, controller_id: UUID, title: str) -> LogShown:
    """How one log stands."""
    found = state(controller_id)
    broken, others = _open(controller_id)
    open_alarms = tuple(_alarm(request, row) for row in [*broken, *others][:MOST_ALARMS])
    sentence, is_alarming = _sentence(found, broken, len(broken) + len(others))
    has_address = found.signature is not None and (
        controller_id != SYSTEM_ID or _is_superuser(request)
    )
    return LogShown(
        title, found, sentence, is_alarming, _facts(found, bool(broken)),
        witness_states(controller_id), open_alarms, has_address,
    )  # fmt: skip


def hours(controller_id: UUID) -> PlotShown:
    """What was recorded in the last 48 hours of a controller's log."""
    found = figures.per_hour(controller_id, now=timezone.localtime())
    columns = [[(kind, one.counts.get(kind, 0)) for kind in HOUR_KINDS] for one in found]
    drawn = plot(columns, [_label(one) for one in found], is_rtl=get_language_bidi())
    total = sum(sum(one.counts.values()) for one in found)
    return PlotShown(
        drawn, tuple(_series().items()), tuple(_row(one) for one in reversed(found)),
        _total(total, is_about=any(one.is_projected for one in found)),
    )  # fmt: skip


def logs_of(request: HttpRequest, duties: Sequence[Duty], chosen: Duty) -> list[tuple[UUID, str]]:
    """The chosen controller's log, and the system's for those who look after all of it."""
    found = [(chosen.controller_id, chosen.controller)]
    if sees_system(request, duties):
        found.append((SYSTEM_ID, _("The suite itself")))
    return found


def sees_system(request: HttpRequest, duties: Sequence[Duty]) -> bool:
    """The system's log concerns who manages its work anywhere, and superusers."""
    return _is_superuser(request) or any(
        Permission.MANAGE_WORK in one.permissions for one in duties
    )


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _sentence(found: LogState, broken: Sequence[Any], alarms_open: int) -> tuple[str, bool]:
    if broken:
        return _broken(broken), True
    if alarms_open:
        text = ngettext(
            "%(n)s alarm is open: see below what to do.",
            "%(n)s alarms are open: see below what to do.", alarms_open,
        )  # fmt: skip
        return text % {"n": number_format(alarms_open)}, True
    # A keeper that is dead raises no alarm, so these are told by looking.
    for kind, is_so in ((AlarmKind.PENDING_STUCK, found.health.is_stuck),
                        (AlarmKind.SILENT, found.health.is_silent)):  # fmt: skip
        if is_so:
            return f"{alarms.SENTENCES[kind]} {to_do(kind)}", True
    if found.signature is None:
        return _("Nothing has been recorded in this log yet."), False
    return _("No alarm is open. %(size)s entries stand in the tree, signed %(ago)s.") % {
        "size": number_format(found.health.size, force_grouping=True),
        "ago": ago(found.signature.at),
    }, False


def _broken(broken: Sequence[Any]) -> str:
    """What is wrong and where, before anything that could reassure."""
    kinds = dict.fromkeys(str(alarms.SENTENCES[row.kind]) for row in broken)
    said = [_("This log is not as it was signed."), *kinds]
    places = sorted({row.position for row in broken if row.position is not None})
    if places:
        listed = ", ".join(number_format(one) for one in places[:MOST_PLACES])
        text = ngettext("Place %(places)s.", "Places %(places)s.", len(places))
        more = _("%(places)s and others") if len(places) > MOST_PLACES else "%(places)s"
        said.append(text % {"places": more % {"places": listed}})
    return " ".join([*said, _("Do not rely on it before that is explained: see below what to do.")])


def _facts(found: LogState, is_broken: bool) -> tuple[tuple[str, str], ...]:
    """Labels and sentences, in the order one asks."""
    return (
        (_("Waiting for their place"), _waiting(found)),
        (_("Last heartbeat"), _heartbeat(found)),
        (_("Continuous verification"), _verified(found, is_broken)),
        (_("Last full round"), _round(found, is_broken)),
    )


def _waiting(found: LogState) -> str:
    if not found.pending:
        return _("No entry waits.")
    text = ngettext(
        "%(n)s entry waits; the oldest came %(ago)s.",
        "%(n)s entries wait; the oldest came %(ago)s.", found.pending,
    )  # fmt: skip
    return text % {"n": number_format(found.pending), "ago": ago(found.health.waiting_since)}


def _heartbeat(found: LogState) -> str:
    if found.heartbeat_at is None:
        return _("None was needed yet: a log beats only while there is nothing to record.")
    return ago(found.heartbeat_at)


def _verified(found: LogState, is_broken: bool) -> str:
    if found.health.verified_at is None:
        return _("It has not looked at this log yet.")
    text = _("%(done)s of %(size)s entries agree with what was signed, as of %(ago)s.")
    if is_broken:
        text = _("Not all agrees with what was signed. %(done)s of %(size)s entries have been"
                 " looked at, as of %(ago)s.")  # fmt: skip
    return text % {
        "done": number_format(found.health.verified_size, force_grouping=True),
        "size": number_format(found.health.size, force_grouping=True),
        "ago": ago(found.health.verified_at),
    }


def _round(found: LogState, is_broken: bool) -> str:
    if found.health.round_ended_at is None:
        return _("The first round over the whole log is not finished yet.")
    text = _("Every entry was verified anew; that ended %(ago)s.")
    if is_broken:
        text = _("Every entry was looked at anew, and not all agrees; that ended %(ago)s.")
    return text % {"ago": ago(found.health.round_ended_at)}


def _open(controller_id: UUID) -> tuple[list[Any], list[Any]]:
    """The open alarms that say the log is broken, by place, and the others, newest first."""
    rows = alarms.open_alarms([controller_id])
    broken = rows.filter(kind__in=alarms.BROKEN).order_by("position", "id")
    return list(broken), list(rows.exclude(kind__in=alarms.BROKEN)[:MOST_ALARMS])


def _alarm(request: HttpRequest, row: Any) -> AlarmShown:
    return AlarmShown(
        row.id, str(alarms.SENTENCES.get(row.kind, row.kind)), to_do(row.kind), row.detail,
        row.position, row.count, row.first_seen_at, row.last_seen_at,
        str(alarms.REASONS.get(row.reason, row.reason)),
        who(request, "officer", row.acknowledged_by) if row.acknowledged_by else "",
        row.acknowledged_at,
    )  # fmt: skip


def _series() -> dict[str, str]:
    return {
        "consent": _("Consents and objections"), "permit": _("Decisions: permitted"),
        "deny": _("Decisions: denied"), "read": _("Reads"), "other": _("Others"),
    }  # fmt: skip


def _label(one: Hour) -> str:
    """The axis names every sixth hour, and the day at midnight."""
    if one.begins_at.hour % EVERY_HOURS:
        return ""
    return date_format(one.begins_at, "j M" if one.begins_at.hour == 0 else "H:i")


def _row(one: Hour) -> HourShown:
    texts = tuple(_number(one.counts.get(kind, 0), one) for kind in HOUR_KINDS)
    return HourShown(one.begins_at, texts, _number(sum(one.counts.values()), one))


def _number(count: int, one: Hour) -> str:
    text = number_format(count, force_grouping=True)
    return _("about %(n)s") % {"n": text} if one.is_projected and count else text


def _total(count: int, *, is_about: bool) -> str:
    number = number_format(count, force_grouping=True)
    number = _("about %(n)s") % {"n": number} if is_about else number
    return _("%(n)s entries in the last 48 hours.") % {"n": number}
