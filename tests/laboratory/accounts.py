"""One account at one vendor: who is in it, what was done to them and how often."""

import itertools
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.laboratory.moods import Mood

PRESENT, ARCHIVED, SUPPRESSED, DELETED = "present", "archived", "suppressed", "deleted"


@dataclass
class Record:
    """Somebody the vendor knows. `ids` holds `id`, and `email`, `phone`, `device` where known."""

    ids: dict[str, str]
    state: str = PRESENT
    restricted: bool = False
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.ids["id"]


@dataclass
class Job:
    """What was accepted, and when it is done."""

    reference: str
    people: list[Record]
    due: float
    is_done: bool = False


@dataclass
class Account:
    """An account; `effects` counts by person what really changed there, `keys` by our keys, and
    `asked` by what the person was called whatever that brought."""

    vendor: str
    name: str
    mood: Mood = field(default_factory=Mood)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    people: dict[str, Record] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    jobs: dict[str, Job] = field(default_factory=dict)
    waiting: list[Job] = field(default_factory=list)
    largest_batch: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    sequence: Any = field(default_factory=lambda: itertools.count(1))
    comes_back: list[tuple[float, Record]] = field(default_factory=list)

    def add(self, ids: Mapping[str, str], **more: Any) -> Record:
        record = Record(dict(ids), **more)
        self.people[record.name] = record
        for scheme, value in record.ids.items():
            self.records[scheme, value.lower()] = record
        return record

    def find(self, scheme: str, value: str) -> Record | None:
        """Who has this identifier and is still there in any state."""
        self.settle()
        found = self.records.get((scheme, str(value).lower()))
        return found if found and found.state != DELETED else None

    def erase(self, records: list[Record], key: str = "") -> str:
        """Do it as the mood is; the reference of a job where it is only accepted, else empty."""
        self.largest_batch = max(self.largest_batch, len(records))
        self.told.update(record.name for record in records)
        if key:
            self.keys[key] += 1
            if self.keys[key] > 1 and not self.mood.repeats_keys:
                return str(self.extra.get("reference of " + key, ""))
        if self.mood.later_seconds < 0:
            self._do(records)
            return ""
        reference = f"job-{next(self.sequence)}"
        self.extra["reference of " + key] = reference
        job = Job(reference, records, time.monotonic() + self.mood.later_seconds)
        self.jobs[reference] = job
        self.waiting.append(job)
        return reference

    def settle(self) -> None:
        """Do what is due by now: accepted jobs, and people who come back."""
        if not self.waiting and not self.comes_back:
            return
        now = time.monotonic()
        for job in [one for one in self.waiting if one.is_done or one.due <= now]:
            self.waiting.remove(job)
            if not job.is_done:
                job.is_done = True
                self._do(job.people)
        for due, record in [one for one in self.comes_back if one[0] <= now]:
            self.comes_back.remove((due, record))
            record.state = PRESENT

    def _do(self, records: list[Record]) -> None:
        if self.mood.lies:
            return
        state = DELETED
        if self.mood.archives or self.mood.suppresses:
            state = ARCHIVED if self.mood.archives else SUPPRESSED
        for record in records:
            record.state = state
            self.effects[record.name] += 1
            if self.mood.returns_seconds >= 0:
                self.comes_back.append((time.monotonic() + self.mood.returns_seconds, record))

    def counted(self) -> dict[str, Any]:
        """What the control is told."""
        self.settle()
        left = {name: one.state for name, one in self.people.items() if one.state != DELETED}
        return {
            "calls": dict(self.calls), "told": dict(self.told),
            "asked": dict(self.asked), "effects": dict(self.effects),
            "keys": dict(self.keys), "left": left, "people": len(self.people),
            "largest_batch": self.largest_batch, "open_jobs": [
                name for name, job in self.jobs.items() if not job.is_done
            ],
            "restricted": sorted(n for n, one in self.people.items() if one.restricted),
            "values": {n: one.values for n, one in self.people.items() if one.values},
        }  # fmt: skip
