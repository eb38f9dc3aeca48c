"""What the first page of erasure shows: clocks, queues, and the systems in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from desk.charts import Chart, Datum, chart
from desk.erasures.drawing import Node, Picture, Wait, picture
from desk.erasures.words import wait_text, whom
from erasure import selectors_engine as engine
from erasure import selectors_pages as cases
from erasure.selectors_engine import Failure, SystemHealth
from erasure.selectors_pages import Clocks
from erasure.training import selectors as training
from erasure.words import code_text
from registry import selectors_connectors as connectors

SHOWN = 25
OWN = "own"


@dataclass(frozen=True, slots=True)
class Overview:
    """The page of one controller: how its erasures stand."""

    sentence: str
    is_alarming: bool
    clocks: Chart
    queues: Sequence[Mapping[str, Any]]
    drawn: Picture
    undecided: Sequence[Any]
    failures: Sequence[Mapping[str, Any]]
    unproven: Sequence[Mapping[str, Any]]
    flagged: Sequence[Any]


def overview(controller_id: UUID) -> Overview:
    """Everything the page says about a controller, each list bounded."""
    found = cases.clocks(controller_id, timezone.now())
    health = engine.health(controller_id)
    failed = engine.failures(controller_id)
    unproven = list(engine.unproven(controller_id)[:SHOWN])
    return Overview(
        _sentence(found, sum(one.number for one in failed)), found.overdue > 0 or bool(failed),
        _clocks(controller_id, found), [_queue(one) for one in health],
        _systems(controller_id, health), cases.undecided(controller_id, SHOWN),
        [_failure(one) for one in failed[:SHOWN]], [_letter(one) for one in unproven],
        list(training.flagged([controller_id])[:SHOWN]),
    )  # fmt: skip


def _sentence(found: Clocks, failed: int) -> str:
    if found.overdue:
        text = ngettext("%(n)s case is overdue.", "%(n)s cases are overdue.", found.overdue)
        return text % {"n": number_format(found.overdue)}
    if failed:
        text = ngettext(
            "%(n)s step has failed and waits for somebody to look.",
            "%(n)s steps have failed and wait for somebody to look.", failed,
        )  # fmt: skip
        return text % {"n": number_format(failed)}
    if not found.total:
        return _("No erasure is under way.")
    text = ngettext(
        "%(n)s case is under way, and none is late.",
        "%(n)s cases are under way, and none is late.", found.total,
    )  # fmt: skip
    return text % {"n": number_format(found.total)}


def _clocks(controller_id: UUID, found: Clocks) -> Chart:
    listed = reverse("admin:erasure_case_changelist")
    data = [
        Datum(label, value, number_format(value), listed)
        for label, value in (
            (_("Overdue"), found.overdue),
            (_("Due within 3 days"), found.three_days),
            (_("Due within a week"), found.week),
            (_("Due later"), found.later),
        )
    ]
    return chart(data, is_rtl=get_language_bidi())


def _queue(one: SystemHealth) -> dict[str, Any]:
    return {
        "at": one, "state": health_text(one), "trouble": code_text(one.trouble),
        "page": reverse("admin:erasure_queue", args=[one.system_id]),
    }  # fmt: skip


def health_text(one: SystemHealth) -> str:
    if one.failed:
        return _("%(n)s failed") % {"n": number_format(one.failed)}
    if one.rests:
        return _("rests after failures")
    if one.waiting:
        return _("%(n)s waiting") % {"n": number_format(one.waiting)}
    return _("nothing waits")


def _systems(controller_id: UUID, health: Sequence[SystemHealth]) -> Picture:
    """All systems that can be told, in their order; those without a queue have nothing to do.

    The suite itself comes behind all others, which no order has to say.
    """
    known = {one.system_id: one for one in health}
    rows = list(connectors.connectors(controller_id))
    nodes = [
        Node(row.system_id, row.system.name, *_standing(known.get(row.system_id))) for row in rows
    ]
    waits: list[Wait] = [
        (one.system_id, one.after_id, wait_text(one.seconds))
        for one in connectors.waits(controller_id)
    ]
    own = [row.system_id for row in rows if row.system.kind == OWN]
    waits += [(last, one.key, "") for last in own for one in nodes if one.key not in own]
    return picture(nodes, waits, is_rtl=get_language_bidi())


def _standing(one: SystemHealth | None) -> tuple[str, str]:
    if one is None:
        return "well", _("nothing waits")
    state = "failed" if one.failed else "rests" if one.rests else "waits" if one.waiting else "well"
    return state, health_text(one)


def _failure(one: Failure) -> dict[str, Any]:
    """One cause at one system: its queue lists the steps; those of a party are in the list."""
    listed = f"{reverse('admin:erasure_step_changelist')}?state__exact=failed"
    page = reverse("admin:erasure_queue", args=[one.system_id]) if one.system_id else listed
    return {
        "at": one, "trouble": code_text(one.code), "page": page,
    }  # fmt: skip


def _letter(step: Any) -> dict[str, Any]:
    return {"step": step, "whom": whom(step), "trouble": code_text(step.code)}
