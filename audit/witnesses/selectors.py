"""Questions about the witnesses of a log."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Subquery
from django.utils import timezone

from audit.models import Tree
from audit.witnesses import configuration
from audit.witnesses.configuration import Witness
from audit.witnesses.errors import Problem
from audit.witnesses.models import WitnessFeed
from audit.witnesses.watching import NEWS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessState:
    """How far one witness is with one log.

    `size` entries were acknowledged at `at` (None: never); `lag_entries` are not yet, and the
    oldest checkpoint over them is `lag_seconds` old. `problem` is a code and `sentence` its words,
    both empty where all is well.
    """

    name: str
    kind: str
    size: int
    at: datetime | None
    lag_entries: int
    lag_seconds: float
    problem: str
    problem_at: datetime | None
    sentence: "StrOrPromise"


def witness_states(controller_id: UUID) -> list[WitnessState]:
    """The configured witnesses of a log, in their file's order. Raises WitnessConfigError."""
    tree = Tree.objects.filter(controller_id=controller_id).first()
    rows = WitnessFeed.objects.filter(controller_id=controller_id)
    feeds = {feed.witness: feed for feed in rows.annotate(news_at=Subquery(NEWS))}
    size = tree.size if tree else 0
    return [
        _state(witness, feeds.get(witness.name), size)
        for witness in configuration.configured()
        if witness.logs is None or controller_id in witness.logs
    ]


def _state(witness: Witness, feed: WitnessFeed | None, size: int) -> WitnessState:
    if feed is None:
        return WitnessState(
            name=witness.name, kind=witness.kind, size=0, at=None, lag_entries=size,
            lag_seconds=0.0, problem="", problem_at=None, sentence="",
        )  # fmt: skip
    news_at = getattr(feed, "news_at", None)
    return WitnessState(
        name=witness.name, kind=witness.kind, size=feed.size, at=feed.acknowledged_at,
        lag_entries=max(0, size - feed.size),
        lag_seconds=(timezone.now() - news_at).total_seconds() if news_at else 0.0,
        problem=feed.problem, problem_at=feed.problem_at,
        sentence=Problem(feed.problem).label if feed.problem else "",
    )  # fmt: skip
