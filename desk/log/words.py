"""What an officer does about each kind of alarm, and how long ago something was."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.alarms import AlarmKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MINUTES_FROM_SECONDS = 120

TO_DO: "dict[str, StrOrPromise]" = {
    AlarmKind.TAMPERED: gettext_lazy(
        "Change nothing. Keep a copy of the database and of the latest checkpoints of every"
        " witness, find out who had access, and treat it as a security incident."
    ),
    AlarmKind.GAP: gettext_lazy(
        "Change nothing. Compare with a backup and with a copy of the log that an auditor holds;"
        " treat it as a security incident."
    ),
    AlarmKind.FORK: gettext_lazy(
        "Stop the keepers. Two databases may run under one name, or one was put back to an earlier"
        " state: compare both with what the witnesses have seen."
    ),
    AlarmKind.SHRINK: gettext_lazy(
        "Stop the keepers. The database was probably put back to a backup: restore the newer state,"
        " or start a log under a new name and say so."
    ),
    AlarmKind.SILENT: gettext_lazy(
        "Look whether a keeper runs, reaches the database and has the signing key."
    ),
    AlarmKind.PENDING_STUCK: gettext_lazy(
        "Look whether a keeper runs and what its log says; nothing is lost while entries wait."
    ),
    AlarmKind.CLOCK_SKEW: gettext_lazy(
        "Set the clocks of the servers by one time source (NTP); the order in the log does not"
        " depend on them."
    ),
    AlarmKind.CLOCK_BACK: gettext_lazy(
        "Set the clocks of the servers by one time source (NTP); times within the entries may be"
        " wrong around this place, their order is not."
    ),
    AlarmKind.UNPLACED: gettext_lazy(
        "Change nothing. Somebody may have written past the suite: find out who had access to the"
        " database, and treat it as a security incident."
    ),
    AlarmKind.WITNESS_REFUSED: gettext_lazy(
        "Ask whoever runs the witness which state of the log they hold, and compare it with ours."
    ),
    AlarmKind.WITNESS_LATE: gettext_lazy(
        "Look whether the witness can be reached from here; checkpoints are sent again by"
        " themselves."
    ),
    AlarmKind.WITNESS_FORGOT: gettext_lazy(
        "Ask whoever runs the witness what became of its memory; until it has caught up it proves"
        " less than it did."
    ),
    AlarmKind.UNBACKED_USE: gettext_lazy(
        "Open the entry, ask the service which decision it relied on, and have the check put"
        " before the use."
    ),
    AlarmKind.FORBIDDEN_ASKED: gettext_lazy(
        "Open the decisions with these reasons, ask the service why it asks, and have it stop or"
        " what was frozen released."
    ),
    AlarmKind.PERMIT_UNREPORTED: gettext_lazy(
        "A rule of yours asks for reports: ask the service what became of its permits, and have it"
        " report each use within a day."
    ),
    AlarmKind.UNUSUAL: gettext_lazy("Open the entries and ask the service what happened."),
    AlarmKind.RECALL_UNHEARD: gettext_lazy(
        "Open the recalls that were given up, tell the service by another way whom it may no longer"
        " use, and have its address repaired."
    ),
    AlarmKind.EVENT_UNHEARD: gettext_lazy(
        "Open the subscriber's deliveries, tell the service by another way whose data it may no"
        " longer use, have its address repaired, and resume it."
    ),
    AlarmKind.EMERGENCY_UNREVIEWED: gettext_lazy(
        "Open the emergency uses that are overdue and review them; whoever opened one cannot."
    ),
    AlarmKind.LANGUAGES_LACKING: gettext_lazy(
        "Open the page of languages: have the words translated and approved, or waive the languages"
        " anew with a reason and a date. The notice stays in force; its next version has to wait."
    ),
    AlarmKind.UNUSUAL_ACCESS: gettext_lazy(
        "Open the unusual accesses, ask the reader what they were for, and answer each."
    ),
    AlarmKind.GLASS_UNREVIEWED: gettext_lazy(
        "Open the break-glass accesses that are overdue and review them; whoever opened one cannot."
    ),
    AlarmKind.REQUEST_OVERDUE: gettext_lazy(
        "Open the queue of requests and answer those whose day has passed: do what is asked for, or"
        " refuse it with reasons. Tell the supervisor why it took so long."
    ),
    AlarmKind.ERASURE_STUCK: gettext_lazy(
        "Open the failed steps of the system, have its access or its settings repaired, and have"
        " them tried again; where nothing can be repaired, sign an exception."
    ),
    AlarmKind.ERASURE_UNDONE: gettext_lazy(
        "Ask whoever runs the system why the data are still there, or came back. It is told again"
        " by itself."
    ),
    AlarmKind.PURGE_NEAR: gettext_lazy(
        "See which retention rules are about to take effect. Set a legal hold or another rule "
        "before the day, if the law wants the data kept; otherwise they are erased on it."
    ),
    AlarmKind.HOLD_UNREVIEWED: gettext_lazy(
        "Look whether the matter of the hold is still open. Note that it stays, with the day of "
        "the next review, or lift it."
    ),
    AlarmKind.NOTICE_UNDELIVERED: gettext_lazy(
        "Open the notices before erasure that were not delivered. Tell the person by letter, by "
        "message or by telephone and note the delivery; put the end off where that needs time."
    ),
    AlarmKind.CALLBACK_WAITS: gettext_lazy(
        "Open the deletion callbacks: a shop asks for a copy for somebody who is not known here, "
        "or has closed. Answer the shop, or decide whether its people are erased."
    ),
    AlarmKind.ERRAND_UNANSWERED: gettext_lazy(
        "Open the system's queue and ask by another way. Hand in what they show you, or sign an"
        " exception; where somebody else does it now, change the connector's address."
    ),
    AlarmKind.ERASURE_OVERDUE: gettext_lazy(
        "Open the cases whose time is over, and see to the steps that have not ended."
    ),
}
ASK = gettext_lazy("Ask whoever runs this installation.")


def to_do(kind: str) -> str:
    """What to do about an alarm; of a kind after this version, whom to ask."""
    return str(TO_DO.get(kind, ASK))


def ago(at: datetime | None) -> str:
    """How long ago something was, in words; seconds while that is what matters."""
    if at is None:
        return _("never")
    seconds = max(0, int((timezone.now() - at).total_seconds()))
    if seconds < MINUTES_FROM_SECONDS:
        text = ngettext("%(n)s second ago", "%(n)s seconds ago", seconds)
        return text % {"n": seconds}
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if not hours:
        text, number = ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes), minutes
    elif not days:
        text, number = ngettext("%(n)s hour ago", "%(n)s hours ago", hours), hours
    else:
        text, number = ngettext("%(n)s day ago", "%(n)s days ago", days), days
    return text % {"n": number_format(number)}
