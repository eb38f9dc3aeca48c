"""Erasure and training data: open cases, look at them, say who was in a model's data, who is out.

For services that are registered for `sys.rights`; training data for those of the model's purpose.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sammati_client.answers import Written
from sammati_client.core import told, unreadable, written
from sammati_client.questions import Call, Subject, write
from sammati_client.replies import Outcome

CASES = "/api/v1/erasure-cases"
REQUESTS = "/api/v1/rights-requests"
SETS = "/api/v1/training-sets"
EXCLUSIONS = "/api/v1/training-exclusions"
AT_ONCE = 10_000
PAGE = 1_000
PAGE_BYTES = 1_048_576


def opening(
    subject: Subject, reference: str, details: Mapping[str, Any], idempotency_key: str | None
) -> Call:
    """The request that opens a case."""
    body = {**details, "subject": str(subject), "reference": reference}
    return write(CASES, body, idempotency_key)


def rehearsal(subject: Subject, details: Mapping[str, Any]) -> Call:
    """The request for what a case would do."""
    body = {**details, "subject": str(subject)}
    return write(f"{CASES}/dry-run", body, None, answer_bytes=PAGE_BYTES)


def request(
    subject: Subject, kind: str, details: Mapping[str, Any], idempotency_key: str | None
) -> Call:
    """The request that takes a person's request in."""
    return write(REQUESTS, {**details, "subject": str(subject), "kind": kind}, idempotency_key)


def look(path: str) -> Call:
    """A reading. Its address holds ids of cases alone, never a person's."""
    return Call(path, b"", PAGE_BYTES, "", method="GET")


def parts(set_id: UUID | str, subjects: Sequence[Subject]) -> Iterator[Call]:
    """The requests that say who was in a run, 10,000 people each."""
    for start in range(0, len(subjects), AT_ONCE):
        some = [str(one) for one in subjects[start : start + AT_ONCE]]
        yield write(
            f"{SETS}/{UUID(str(set_id))}/members", {"subjects": some}, None, answer_bytes=PAGE_BYTES
        )


def page(model: str, after: str | None) -> Call:
    """A page of those who must stay out. The address names who was last, by our id."""
    query = {"model": model, "limit": str(PAGE), **({"after": after} if after else {})}
    path = f"{EXCLUSIONS}?{urlencode(query)}"
    return Call(path, b"", PAGE_BYTES, "", method="GET", logged_as=EXCLUSIONS)


def excluded(said: Mapping[str, Any]) -> tuple[list[UUID], str | None]:
    """The people of a page and where the next begins. Raises RequestFailed."""
    try:
        people = [UUID(one["subject"]) for one in said["items"]]
        last = said["next_after"]
        return people, None if last is None else str(UUID(last))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unreadable() from None


class _NoPeople(logging.Filter):
    """Keeps addresses that name a person out of the HTTP library's own log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return f"{EXCLUSIONS}?" not in record.getMessage()


_NO_PEOPLE = _NoPeople()


def _hide_people() -> None:
    """Adding a filter that is there already does nothing."""
    for name in ("httpx", "httpcore.connection", "httpcore.http11"):
        logging.getLogger(name).addFilter(_NO_PEOPLE)


class Erasures:
    """`client.erasures`. `details` are further members of the operation, as its document names."""

    def __init__(self, exchange: Callable[[Call], Outcome]) -> None:
        _hide_people()
        self._exchange = exchange

    def open(
        self,
        subject: Subject,
        reference: str,
        *,
        idempotency_key: str | None = None,
        **details: Any,
    ) -> Written:
        """Opens a case: uses are denied from then on. Raises RequestFailed."""
        call = opening(subject, reference, details, idempotency_key)
        return written(call, self._exchange(call))

    def rehearse(self, subject: Subject, **details: Any) -> dict[str, Any]:
        """What a case would do, changing nothing. Raises RequestFailed."""
        return told(self._exchange(rehearsal(subject, details)))

    def read(self, case_id: UUID | str) -> dict[str, Any]:
        """A case with its steps. Raises RequestFailed, ValueError."""
        return told(self._exchange(look(f"{CASES}/{UUID(str(case_id))}")))

    def certificate(self, case_id: UUID | str) -> dict[str, Any]:
        """Its newest certificate. Raises RequestFailed, ValueError."""
        return told(self._exchange(look(f"{CASES}/{UUID(str(case_id))}/certificate")))

    def receive(
        self, subject: Subject, kind: str, *, idempotency_key: str | None = None, **details: Any
    ) -> Written:
        """Takes a person's request in (erasure, access). Raises RequestFailed."""
        call = request(subject, kind, details, idempotency_key)
        return written(call, self._exchange(call))

    def report_training(self, *, idempotency_key: str | None = None, **said: Any) -> Written:
        """Reports a run: model, version, purpose, reference, trained_at. Raises RequestFailed."""
        call = write(SETS, said, idempotency_key)
        return written(call, self._exchange(call))

    def report_members(self, set_id: UUID | str, subjects: Sequence[Subject]) -> list[UUID]:
        """Says who was in it, in parts; returns ids that nobody has. Raises RequestFailed."""
        unknown: list[UUID] = []
        for call in parts(set_id, subjects):
            said = written(call, self._exchange(call)).data
            unknown += [UUID(one) for one in said["unknown"]]
        return unknown

    def exclusions(self, model: str) -> Iterator[UUID]:
        """Who must not be in the model's next run, as of now. Raises RequestFailed.

        Go through all of it before the run begins: half a list lets the other half in.
        """
        after, is_first = None, True
        while is_first or after is not None:
            people, after = excluded(told(self._exchange(page(model, after))))
            is_first = False
            yield from people


class AsyncErasures:
    """The same with `await`."""

    def __init__(self, exchange: Callable[[Call], Awaitable[Outcome]]) -> None:
        _hide_people()
        self._exchange = exchange

    async def open(
        self,
        subject: Subject,
        reference: str,
        *,
        idempotency_key: str | None = None,
        **details: Any,
    ) -> Written:
        """Opens a case: uses are denied from then on. Raises RequestFailed."""
        call = opening(subject, reference, details, idempotency_key)
        return written(call, await self._exchange(call))

    async def rehearse(self, subject: Subject, **details: Any) -> dict[str, Any]:
        """What a case would do, changing nothing. Raises RequestFailed."""
        return told(await self._exchange(rehearsal(subject, details)))

    async def read(self, case_id: UUID | str) -> dict[str, Any]:
        """A case with its steps. Raises RequestFailed, ValueError."""
        return told(await self._exchange(look(f"{CASES}/{UUID(str(case_id))}")))

    async def certificate(self, case_id: UUID | str) -> dict[str, Any]:
        """Its newest certificate. Raises RequestFailed, ValueError."""
        return told(await self._exchange(look(f"{CASES}/{UUID(str(case_id))}/certificate")))

    async def receive(
        self, subject: Subject, kind: str, *, idempotency_key: str | None = None, **details: Any
    ) -> Written:
        """Takes a person's request in (erasure, access). Raises RequestFailed."""
        call = request(subject, kind, details, idempotency_key)
        return written(call, await self._exchange(call))

    async def report_training(self, *, idempotency_key: str | None = None, **said: Any) -> Written:
        """Reports a run: model, version, purpose, reference, trained_at. Raises RequestFailed."""
        call = write(SETS, said, idempotency_key)
        return written(call, await self._exchange(call))

    async def report_members(self, set_id: UUID | str, subjects: Sequence[Subject]) -> list[UUID]:
        """Says who was in it, in parts; returns ids that nobody has. Raises RequestFailed."""
        unknown: list[UUID] = []
        for call in parts(set_id, subjects):
            said = written(call, await self._exchange(call)).data
            unknown += [UUID(one) for one in said["unknown"]]
        return unknown

    async def exclusions(self, model: str) -> AsyncIterator[UUID]:
        """Who must not be in the model's next run, as of now. Raises RequestFailed.

        Go through all of it before the run begins: half a list lets the other half in.
        """
        after, is_first = None, True
        while is_first or after is not None:
            people, after = excluded(told(await self._exchange(page(model, after))))
            is_first = False
            for one in people:
                yield one
