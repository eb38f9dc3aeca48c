"""The first page of the day: one controller's figures, each of bounded cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from accounts.roles import Permission
from accounts.selectors import Duty
from audit import figures as decided
from audit.alarms import is_broken
from audit.figures import Decisions
from audit.state import troubles
from consent import figures as consented
from consent import selectors as consents
from consent.figures import Running
from desk.charts import Chart, Datum, chart
from desk.erasures.figures import Erasures, erasures
from keys.ids import SYSTEM_ID
from policies.texts import reason_text
from subjects import selectors as subjects
from work import selectors as work
from work.selectors import Backlog

CAP = 10_000
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its meaning and the list behind it."""

    label: str
    text: str
    link: str
    is_alarming: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page says about one controller."""

    controller_id: UUID
    controller: str
    sentence: str
    figures: tuple[Figure, ...]
    running: Chart
    denials: Chart
    cap: str
    alarm: str
    erasures: Erasures | None


def chosen(duties: Sequence[Duty], asked: str) -> Duty:
    """The controller asked for if the officer serves it, else the first one."""
    return next((duty for duty in duties if str(duty.controller_id) == asked), duties[0])


def overview(duty: Duty) -> Overview:
    """Figures of one controller; each query reads at most `CAP` rows of any list."""
    now, one = timezone.now(), duty.controller_id
    decisions = decided.decisions(one, since=now - timedelta(hours=24), at_most=CAP)
    running = consented.running(one, at_most=CAP)
    withdrawn = consented.withdrawals(one, since=now - timedelta(days=7), at_most=CAP)
    backlog = work.backlog(controller_ids=_whose_work(duty))
    people = subjects.subjects([one]).order_by()[:CAP].count()
    found = erasures(one, now) if Permission.VIEW_AUDIT in duty.permissions else None
    return Overview(
        one, duty.controller, _sentence(decisions, withdrawn[0], backlog),
        (*_figures(people, withdrawn, decisions, backlog), *_erasures(found)),
        _running(one, running), _denials(decisions), _number(CAP), _alarm(duty), found,
    )  # fmt: skip


def _whose_work(duty: Duty) -> list[UUID]:
    """The system's own jobs are everybody's who manages work."""
    manages = Permission.MANAGE_WORK in duty.permissions
    return [duty.controller_id, *([SYSTEM_ID] if manages else [])]


def _alarm(duty: Duty) -> str:
    """The line that nobody may overlook; empty while all is well."""
    if Permission.VIEW_AUDIT not in duty.permissions:
        return ""
    alarms, grows = troubles(_whose_work(duty))
    if alarms and is_broken(_whose_work(duty)):
        return _("The audit log is not as it was signed: see what is wrong.")
    if alarms:
        text = ngettext(
            "%(n)s alarm of the audit log is open.",
            "%(n)s alarms of the audit log are open.", alarms,
        )  # fmt: skip
        return text % {"n": number_format(alarms)}
    return "" if grows else _("The audit log does not grow: entries wait, or nothing signs it.")


def _sentence(decisions: Decisions, withdrawn: int, backlog: Backlog) -> str:
    if backlog.dead:
        text = ngettext(
            "%(n)s job was given up and waits for somebody to decide.",
            "%(n)s jobs were given up and wait for somebody to decide.", backlog.dead,
        )  # fmt: skip
        return text % {"n": number_format(backlog.dead)}
    if not (decisions.permits or decisions.denied):
        return _("Nobody asked for a decision in the last 24 hours.")
    return _("%(permits)s uses were permitted and %(denials)s denied in the last 24 hours.") % {
        "permits": _number(decisions.permits, decisions.is_capped),
        "denials": _number(decisions.denied, decisions.is_capped),
    }


def _figures(
    people: int, withdrawn: tuple[int, bool], decisions: Decisions, backlog: Backlog
) -> tuple[Figure, ...]:
    return (
        Figure(_("People"), _number(people, people >= CAP), _list("subjects_subject")),
        Figure(
            _("Withdrawals, 7 days"), _number(*withdrawn),
            _list("consent_consentevent", state__exact="withdrawn"),
        ),
        Figure(
            _("Permitted, 24 hours"), _number(decisions.permits, decisions.is_capped),
            _log(outcome="permit"),
        ),
        Figure(
            _("Denied, 24 hours"), _number(decisions.denied, decisions.is_capped),
            _log(outcome="deny"),
        ),
        Figure(
            _("Work that waits"), _number(backlog.due), _list("work_job", state__exact="ready")
        ),
        Figure(
            _("Work given up"), _number(backlog.dead), _list("work_job", state__exact="dead"),
            is_alarming=backlog.dead > 0,
        ),
    )  # fmt: skip


def _erasures(found: Erasures | None) -> tuple[Figure, ...]:
    """For those who see cases at all."""
    if found is None:
        return ()
    cases, listed = found.cases, reverse("admin:erasures")
    return (
        Figure(_("Erasure cases under way"), _number(cases.running), listed),
        Figure(
            _("Erasure cases overdue"), _number(cases.overdue), listed,
            is_alarming=cases.overdue > 0,
        ),
        Figure(_("Erasure cases due this week"), _number(cases.this_week), listed),
        Figure(
            _("Erasure steps that failed"), _number(cases.failed),
            _list("erasure_step", state__exact="failed"), is_alarming=cases.failed > 0,
        ),
    )  # fmt: skip


def _running(controller_id: UUID, running: Sequence[Running]) -> Chart:
    titles = consents.purpose_titles(controller_id)
    data = [
        Datum(
            titles.get(one.purpose, one.purpose), one.count, _number(one.count, one.is_capped),
            _list("consent_consentstate", purpose__id__exact=str(one.purpose_id)),
        )
        for one in running[:SHOWN]
    ]  # fmt: skip
    return chart(data, is_rtl=get_language_bidi())


def _denials(decisions: Decisions) -> Chart:
    language = get_language() or "en"
    data = [
        Datum(
            Truncator(reason_text(code, language=language)).chars(90), count,
            _number(count, decisions.is_capped), _log(outcome="deny"),
        )
        for code, count in decisions.denials[:SHOWN]
    ]  # fmt: skip
    return chart(data, is_rtl=get_language_bidi())


def _number(count: int, is_capped: bool = False) -> str:
    text = number_format(count, force_grouping=True)
    return _("at least %(n)s") % {"n": text} if is_capped else text


def _list(name: str, **query: str) -> str:
    address = reverse(f"admin:{name}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def _log(*, outcome: str) -> str:
    return _list("audit_entryindex", period="24h", outcome=outcome)
