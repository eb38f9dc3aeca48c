"""Permits kept until they end or are recalled. Off unless a client is given `leases=Leases(...)`.

A permit is a lease, so keeping it is allowed; but whoever keeps it must hear that it was recalled.
So there is no cache without the secret of an address for recalls. A process hears only what is
handed to its own `Leases`: with several processes, hand each recall to each of them, or keep none.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sammati_client.answers import Permit, clock
from sammati_client.recalls import Recall, read_recall
from sammati_client.webhooks import Secrets

MOST = 10_000
LONGEST_SECONDS = 60.0
REMEMBERED_SECONDS = 600.0
"""No answer comes later than this after its question, so no older recall can concern one."""
MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A permit, whom and what it is about, and until when it may be used from here."""

    permit: Permit
    subject: str
    purpose: str
    until: float


class Leases:
    """A bounded, thread-safe cache of permits. Denials are never kept."""

    def __init__(
        self,
        secrets: str | Iterable[str],
        *,
        longest_seconds: float = LONGEST_SECONDS,
        most: int = MOST,
    ) -> None:
        """`secrets` are those of the address for recalls; `longest_seconds` bounds every lease.

        Raises ValueError.
        """
        if not 0 < longest_seconds <= 3600 or not 1 <= most <= 1_000_000:
            raise ValueError("Keep up to a million permits, for up to an hour.")
        self._secrets = Secrets(secrets)
        self._longest, self._most = longest_seconds, most
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._home = os.getpid()
        self._kept: OrderedDict[bytes, Kept] = OrderedDict()
        self._recalled: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._deaf_until = 0.0

    def __repr__(self) -> str:
        return f"Leases({len(self._kept)} of {self._most})"

    def hear(self, body: bytes, headers: Mapping[str, str]) -> Recall:
        """Take a recall that came to the service's address. Raises RecallRefused.

        When it returns, no permit it recalls is in use from here any more, nor will one be that
        is still on its way.
        """
        recall = read_recall(body, headers, self._secrets)
        with self._lock:
            self._settle()
            self._note(recall)
            for question, kept in list(self._kept.items()):
                if _concerns(recall, kept):
                    del self._kept[question]
        return recall

    def find(self, question: bytes) -> Permit | None:
        """The permit kept for exactly this question, if it still holds."""
        with self._lock:
            self._settle()
            kept = self._kept.get(question)
            if kept is None:
                return None
            if not kept.permit or clock() >= kept.until:
                del self._kept[question]
                return None
            self._kept.move_to_end(question)
            return kept.permit

    def keep(
        self, question: bytes, permit: Permit, *, subject: str, purpose: str, asked_at: float
    ) -> None:
        """Keep a permit, unless it was recalled while it was on its way."""
        with self._lock:
            self._settle()
            if self._was_recalled(permit, subject, purpose, asked_at):
                return
            until = min(permit.lease_ends, clock() + self._longest)
            self._kept[question] = Kept(permit, subject, purpose, until)
            self._kept.move_to_end(question)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing that was kept so far."""
        with self._lock:
            self._kept.clear()

    def _settle(self) -> None:
        """After a fork the recalls go to the parent: what it kept is no longer watched over."""
        if self._home != os.getpid():
            self._forget()

    def _note(self, recall: Recall) -> None:
        now = clock()
        names: list[tuple[str, ...]] = [("person", recall.subject, recall.purpose)]
        names += [("decision", one) for one in recall.decisions]
        if not recall.is_complete:
            names.append(("purpose", recall.purpose))
        for name in names:
            self._recalled[name] = now
            self._recalled.move_to_end(name)
        while self._recalled and self._is_over(now):
            self._recalled.popitem(last=False)

    def _is_over(self, now: float) -> bool:
        """Whether the oldest recall can go; one that goes too early makes us deaf for a while."""
        oldest = next(iter(self._recalled.values()))
        if oldest < now - REMEMBERED_SECONDS:
            return True
        if len(self._recalled) <= MOST_REMEMBERED:
            return False
        self._deaf_until = max(self._deaf_until, oldest + REMEMBERED_SECONDS)
        return True

    def _was_recalled(self, permit: Permit, subject: str, purpose: str, asked_at: float) -> bool:
        if clock() < self._deaf_until or clock() - asked_at > REMEMBERED_SECONDS:
            return True
        if ("decision", permit.decision_id) in self._recalled:
            return True
        told = [("person", subject, purpose), ("purpose", purpose)]
        return any(self._recalled.get(name, -1.0) >= asked_at for name in told)


def _concerns(recall: Recall, kept: Kept) -> bool:
    """By decision, by person and purpose, or all of the purpose where too many were meant."""
    if kept.permit.decision_id in recall.decisions:
        return True
    same_purpose = kept.purpose == recall.purpose
    return same_purpose and (not recall.is_complete or kept.subject == recall.subject)
