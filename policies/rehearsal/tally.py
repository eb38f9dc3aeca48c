"""What a rehearsal counts: decisions by what became of them, and by what they were about. Pure."""

import csv
import gzip
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from policies.pdp.model import Facts
from policies.rehearsal.comparing import FLIPS, Compared, Flow

DIMENSIONS: Final = ("purpose", "campaign", "language", "age", "region", "service")
MOST_VALUES: Final = 1000
"""So many values of one kind are told apart; what comes later is counted as others."""
OTHERS: Final = "*"
EXAMPLES: Final = 10
FLOWS: Final = tuple(Flow)
COLUMNS: Final = (
    "decision", "at", *DIMENSIONS, "answer", "reason", "answer_of_draft", "reason_of_draft",
)  # fmt: skip
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Counts = dict[str, int]


@dataclass(slots=True)
class Tally:
    """Counts of decisions. `by` is dimension -> value -> flow -> how many."""

    flows: Counts = field(default_factory=dict)
    by: dict[str, dict[str, Counts]] = field(default_factory=dict)
    reasons: Counts = field(default_factory=dict)  # "before>after" of flips -> how many
    examples: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    skipped: int = 0  # refusals of a decision point in trouble: no facts to judge
    unreadable: int = 0
    unproven: int = 0  # made again under the same policy, the answer was another one

    @property
    def examined(self) -> int:
        return sum(self.flows.values())

    def of(self, *flows: Flow) -> int:
        """How many decisions went these ways."""
        return sum(self.flows.get(flow, 0) for flow in flows)

    def note(self, facts: Facts, made: Compared) -> None:
        """Count one decision."""
        flow = made.flow.value
        self.flows[flow] = self.flows.get(flow, 0) + 1
        for name, value in zip(DIMENSIONS, about(facts), strict=True):
            cell = self._cell(name, value)
            cell[flow] = cell.get(flow, 0) + 1
        if made.flow in FLIPS:
            code = f"{made.was.reason_code}>{made.now.reason_code}"
            self.reasons[code] = self.reasons.get(code, 0) + 1

    def show(self, decision_id: UUID, made: Compared) -> None:
        """Keep a flip as an example while there are few."""
        kept = self.examples.setdefault(made.flow.value, [])
        if len(kept) < EXAMPLES:
            kept.append(
                {
                    "id": str(decision_id), "was": made.was.reason_code,
                    "now": made.now.reason_code,
                }
            )  # fmt: skip

    def add(self, other: "Tally") -> None:
        """Count in what another part counted."""
        _sum(self.flows, other.flows)
        _sum(self.reasons, other.reasons)
        for name, values in other.by.items():
            for value, counts in values.items():
                _sum(self._cell(name, value), counts)
        for flow, kept in other.examples.items():
            mine = self.examples.setdefault(flow, [])
            mine += kept[: max(0, EXAMPLES - len(mine))]
        self.skipped += other.skipped
        self.unreadable += other.unreadable
        self.unproven += other.unproven

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of_dict(cls, kept: dict[str, Any]) -> "Tally":
        return cls(**kept)

    def _cell(self, name: str, value: str) -> Counts:
        values = self.by.setdefault(name, {})
        if value not in values and len(values) >= MOST_VALUES:
            value = OTHERS
        return values.setdefault(value, {})


def about(facts: Facts) -> tuple[str, ...]:
    """What a decision was about, in the order of the dimensions; empty where that is unknown."""
    subject = facts.subject
    region = (subject.region or "+".join(subject.packs)) if subject else ""
    return (
        facts.question.purpose, facts.question.campaign, facts.consent.language,
        subject.age if subject else "", region, facts.service.code,
    )  # fmt: skip


@dataclass(slots=True)
class Lines:
    """Flips as lines of a table, packed. Names no person: a decision's id leads there, for those
    who may follow it."""

    _text: io.StringIO = field(default_factory=io.StringIO)

    def add(self, decision_id: UUID, facts: Facts, made: Compared) -> None:
        was, now = made.was, made.now
        csv.writer(self._text).writerow(
            (
                decision_id, (_EPOCH + timedelta(microseconds=facts.now)).isoformat(),
                *map(_harmless, about(facts)), _answer(was.permit), was.reason_code,
                _answer(now.permit), now.reason_code,
            )
        )  # fmt: skip

    def packed(self) -> bytes:
        """Empty where there is none; several of them one behind the other unpack as one."""
        text = self._text.getvalue().encode()
        return gzip.compress(text, 6, mtime=0) if text else b""


def header() -> bytes:
    return (",".join(COLUMNS) + "\r\n").encode()


def _harmless(value: str) -> str:
    """A caller's word must not become a formula in somebody's spreadsheet."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def _answer(permit: bool) -> str:
    return "permit" if permit else "deny"


def _sum(into: Counts, more: Counts) -> None:
    for name, count in more.items():
        into[name] = into.get(name, 0) + count
