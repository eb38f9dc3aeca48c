"""What a rehearsal's page shows: who flips, by what, and what the draft does to the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from audit.console import who
from consent import selectors as consents
from desk.charts import Chart, Datum, chart
from desk.decisions import words
from desk.decisions.gathering import text_of
from policies.rehearsal import selectors
from policies.rehearsal.comparing import Flow
from policies.rehearsal.selectors import Rehearsal
from policies.rehearsal.tally import DIMENSIONS, OTHERS, Counts, Tally
from policies.rehearsal.words import number, result, state
from policies.versions import selectors as versions

SHOWN = 8
"""So many values have a bar; the table has all."""
MOST_ROWS = 200
FLIPS = (Flow.NEWLY_DENIED, Flow.NEWLY_PERMITTED)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value of a dimension, for instance a campaign: how many, and how many flip."""

    name: str
    examined: str
    denied: str
    permitted: str
    share: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """Flips by one thing decisions are about."""

    code: str
    title: str
    chart: Chart
    rows: tuple[ValueRow, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A reason before and after, in words."""

    was: str
    now: str
    count: str


@dataclass(frozen=True, slots=True)
class Example:
    """A decision that would come out the other way."""

    id: UUID
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Brief:
    """A rehearsal in the list, and the head of its page."""

    id: UUID
    title: str
    kind: str
    state: str
    is_running: bool
    is_shadow: bool
    created_at: datetime
    since_at: datetime
    until_at: datetime
    by: str
    compared: str
    worth: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of a rehearsal's page."""

    brief: Brief
    flows: Chart
    dimensions: tuple[Dimension, ...]
    reasons: tuple[Changed, ...]
    examples: tuple[tuple[str, tuple[Example, ...]], ...]
    notes: tuple[str, ...]
    has_flips: bool


def brief(request: HttpRequest, of: Rehearsal) -> Brief:
    """A rehearsal in a few words."""
    return Brief(
        of.id, _("Version %(number)d") % {"number": of.version_number}, of.get_kind_display(),
        state(of), of.ended_at is None, of.kind == "shadow", of.created_at, of.since_at,
        of.until_at, who(request, "officer", of.requested_by), _compared(of), _worth(of),
        result(of),
    )  # fmt: skip


def report(request: HttpRequest, of: Rehearsal) -> Report:
    """What it has counted so far."""
    counted = selectors.counted(of)
    titles = consents.purpose_titles(of.controller_id)
    data = [
        Datum(str(words.FLOWS[flow]), counted.of(flow), number(counted.of(flow)))
        for flow in Flow if counted.of(flow)
    ]  # fmt: skip
    return Report(
        brief(request, of), chart(data, is_rtl=get_language_bidi()),
        tuple(
            _dimension(code, counted.by.get(code, {}), titles if code == "purpose" else {})
            for code in DIMENSIONS
        ),
        _reasons(counted.reasons), _examples(counted), _notes(counted), counted.of(*FLIPS) > 0,
    )  # fmt: skip


def draft_sentence(controller_id: UUID) -> str:
    """How the draft stands; empty where there is none."""
    draft = versions.draft(controller_id)
    if draft is None:
        return ""
    rules = ngettext("%(n)d rule", "%(n)d rules", len(draft.rules)) % {"n": len(draft.rules)}
    about = {"version": str(draft), "at": _moment(draft.changed_at), "rules": rules}
    if draft.state == "draft":
        return _(
            "%(version)s is the draft: %(rules)s, last changed %(at)s. It was not rehearsed since, "
            "so nobody can approve it yet."
        ) % about  # fmt: skip
    return _(
        "%(version)s is the draft: %(rules)s, last changed %(at)s, and rehearsed since. A second "
        "person can approve it."
    ) % about  # fmt: skip


def _compared(of: Rehearsal) -> str:
    if of.kind == "shadow":
        return _("the answers that were given")
    if not of.active_number:
        return _("the law alone: no version was in force")
    return _("version %(number)d, in force when it began") % {"number": of.active_number}


def _worth(of: Rehearsal) -> str:
    """Whether it still speaks of the draft as it is."""
    if of.kind == "shadow":
        return _("In the shadow nobody is answered by the draft; it does not count as a rehearsal.")
    draft = versions.draft(of.controller_id)
    if draft is None or draft.id != of.version_id:
        return _("This version is no draft any more.")
    if draft.sha256 != of.sha256 or draft.changed_at != of.changed_at:
        return _("The draft was changed since: rehearse it again before it is approved.")
    return _("The draft is still the one that was rehearsed here.")


def _dimension(code: str, values: dict[str, Counts], titles: dict[str, str]) -> Dimension:
    ranked = sorted(values.items(), key=lambda one: (-_flips(one[1]), one[0]))
    names = {value: _name(code, value, titles) for value, _counts in ranked}
    data = [
        Datum(Truncator(names[value]).chars(70), _flips(counts), number(_flips(counts)))
        for value, counts in ranked[:SHOWN] if _flips(counts)
    ]  # fmt: skip
    return Dimension(
        code, str(words.DIMENSIONS[code]), chart(data, is_rtl=get_language_bidi()),
        tuple(_row(names[value], counts) for value, counts in ranked[:MOST_ROWS]),
        max(0, len(ranked) - MOST_ROWS),
    )  # fmt: skip


def _row(name: str, counts: Counts) -> ValueRow:
    examined, flips = sum(counts.values()), _flips(counts)
    return ValueRow(
        name, number(examined), number(counts.get(Flow.NEWLY_DENIED, 0)),
        number(counts.get(Flow.NEWLY_PERMITTED, 0)),
        f"{number_format(100 * flips / examined, 1)} %" if examined else "–",
    )  # fmt: skip


def _name(code: str, value: str, titles: dict[str, str]) -> str:
    if value == OTHERS:
        return _("All others together")
    if not value:
        return str(words.WITHOUT[code])
    if code == "age":
        return str(words.AGES.get(value, value))
    if code == "region":
        return str(words.PACKS.get(value, value))
    return titles.get(value, value)


def _reasons(counts: Counts) -> tuple[Changed, ...]:
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_ROWS]
    split = ((code.partition(">"), count) for code, count in ranked)
    return tuple(
        Changed(_told(was), _told(now), number(count)) for (was, _sign, now), count in split
    )


def _examples(counted: Tally) -> tuple[tuple[str, tuple[Example, ...]], ...]:
    return tuple(
        (str(words.FLOWS[flow]), tuple(
            Example(UUID(one["id"]), _told(one["was"]), _told(one["now"]))
            for one in counted.examples[flow]
        ))
        for flow in FLIPS if counted.examples.get(flow)
    )  # fmt: skip


def _notes(counted: Tally) -> tuple[str, ...]:
    """What an officer must know to trust the numbers."""
    told: Sequence[tuple[int, str]] = (
        (counted.of(Flow.UNJUDGED), _("Could not be judged, because the record lacks what the "
                                      "rules look at (when a behaviour was, what the person "
                                      "wished or volunteered): %(n)s.")),
        (counted.skipped, _("Left out, because the decision point was in trouble and refused: "
                            "%(n)s.")),
        (counted.unreadable, _("Records that cannot be read as decisions: %(n)s. Verify the log.")),
        (counted.unproven, _("Decisions that came out otherwise when made again under the very "
                             "version that made them: %(n)s. Verify the log.")),
    )  # fmt: skip
    return tuple(text % {"n": number(count)} for count, text in told if count)


def _flips(counts: Counts) -> int:
    return sum(counts.get(flow, 0) for flow in FLIPS)


def _told(code: str) -> str:
    text = text_of(code)
    return f"{text} ({code})"


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
