"""What the page of one system's queue shows: how it is called, what waits, and who is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.console import CappedPaginator
from desk.erasures.gathering import health_text
from erasure import selectors_engine as engine
from erasure.manual import selectors as by_hand
from erasure.selectors_engine import SystemHealth
from erasure.words import code_text
from registry import selectors_connectors as connectors

SHOWN = 50
ON_A_PAGE = 25
LINKS = 5


@dataclass(frozen=True, slots=True)
class ByHand:
    """Who is asked where things are done by hand, and what came of it."""

    to: str
    waiting: int
    asked: Mapping[UUID, str]
    shown: Sequence[Any]
    links: Sequence[Any]


@dataclass(frozen=True, slots=True)
class QueueShown:
    """The queue of one system."""

    health: SystemHealth
    sentence: str
    is_alarming: bool
    trouble: str
    per_minute: int
    next_at: datetime | None
    kinds: Sequence[Mapping[str, Any]]
    page: Page[Any]
    rows: Sequence[Mapping[str, Any]]
    by_hand: ByHand | None
    connector: Any

    @property
    def numbers(self) -> list[str | int]:
        """The pages that are offered, with a gap for those in between."""
        return list(self.page.paginator.get_elided_page_range(self.page.number))


def shown(health: SystemHealth, controller_id: UUID, page: str) -> QueueShown:
    """The queue as it is now: what waits by kind, and one page of it one by one."""
    way = connectors.connector_of(controller_id, health.system_id)
    hand = _by_hand(way) if way and way.kind == "manual" else None
    asked = hand.asked if hand else {}
    steps = engine.open_steps(controller_id, health.system_id)
    seen = CappedPaginator(steps, ON_A_PAGE).get_page(page)
    rows = [
        {"step": one, "trouble": code_text(one.code), "asked": asked.get(one.id, "")}
        for one in seen
    ]
    kinds = [
        {"at": one, "trouble": code_text(one.code)}
        for one in engine.open_kinds(controller_id, health.system_id)
    ]
    return QueueShown(
        health, _sentence(health), bool(health.failed) or health.rests,
        code_text(health.trouble), way.per_minute if way else 0, _next(health), kinds, seen, rows,
        hand, way,
    )  # fmt: skip


def _sentence(health: SystemHealth) -> str:
    if health.failed:
        text = ngettext(
            "%(n)s step has failed and waits for somebody to look.",
            "%(n)s steps have failed and wait for somebody to look.", health.failed,
        )  # fmt: skip
        return text % {"n": number_format(health.failed)}
    if health.rests:
        return _("The system failed and is left alone for now.")
    return str(health_text(health)).capitalize()


def _next(health: SystemHealth) -> datetime | None:
    """When the system is called next: not while it rests."""
    if health.next_at is None or not health.rests:
        return health.next_at
    return max(health.next_at, health.rests_until_at or health.next_at)


def _by_hand(way: Any) -> ByHand:
    about = (way.controller_id, way.system_id)
    steps: list[Any] = list(by_hand.asked(*about)[:SHOWN])
    to = way.settings.get("to", "")
    return ByHand(
        to if isinstance(to, str) else "", by_hand.waiting(*about).count(),
        {one.id: _reminded(one.reminders) for one in steps},
        list(by_hand.to_look_at(*about)[:SHOWN]), list(by_hand.errands(*about)[:LINKS]),
    )  # fmt: skip


def _reminded(number: int) -> str:
    if not number:
        return _("asked once")
    text = ngettext("asked again %(n)s time", "asked again %(n)s times", number)
    return text % {"n": number_format(number)}
