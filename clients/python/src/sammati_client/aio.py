"""The client for asyncio. One is enough for an event loop; it may be shared by its tasks."""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, Unpack

import httpx

from sammati_client import questions, reports
from sammati_client.answers import Deny, Permit, Written, clock
from sammati_client.core import Asking, Core, Guarded, dishonoured, insist, written
from sammati_client.deadline import IDLE_SECONDS
from sammati_client.erasures import AsyncErasures
from sammati_client.errors import NotPermitted
from sammati_client.events import AsyncEvents
from sammati_client.exchange import (
    Budget,
    Collector,
    failure,
    pause_before_repeat,
    report,
    timeout,
)
from sammati_client.profiles import AsyncProfiles
from sammati_client.questions import Asker, Call, Details, Subject, Use
from sammati_client.replies import Outcome
from sammati_client.reports import AIDecision, Processing
from sammati_client.searches import AsyncSearches

P = ParamSpec("P")
R = TypeVar("R")


class AsyncSammati(Core):
    """Asks before use. Nothing is kept between checks unless `leases` are given."""

    @property
    def profiles(self) -> AsyncProfiles:
        """What the service may see of people: `profiles.read(...)`, `profiles.list(...)`."""
        return AsyncProfiles(self._exchange)

    @property
    def erasures(self) -> AsyncErasures:
        """Cases, people's requests, and training data: `erasures.open(...)` and so on."""
        return AsyncErasures(self._exchange)

    @property
    def events(self) -> AsyncEvents:
        """Changes of choices, for who asks: `events.pages(...)` and `events.confirm(...)`."""
        return AsyncEvents(self._exchange)

    @property
    def searches(self) -> AsyncSearches:
        """Whom this service may reach, and what it may do: `searches.people(...)` and so on."""
        return AsyncSearches(self._exchange, self._asker)

    def _open(self) -> None:
        transport = httpx.AsyncHTTPTransport(
            verify=self._tls or httpx.create_ssl_context(),
            trust_env=False,
            limits=httpx.Limits(
                max_connections=100,
                max_keepalive_connections=20,
                keepalive_expiry=IDLE_SECONDS,
            ),
        )
        self._http = httpx.AsyncClient(transport=transport, trust_env=False)

    def _home(self) -> object:
        return super()._home(), asyncio.get_running_loop()

    async def aclose(self) -> None:
        """Closes the connections; every later check is denied."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def check(
        self, subject: Subject, purpose: str, **details: Unpack[Details]
    ) -> Permit | Deny:
        """May this be done with this person's data, now? Never raises: every failure is a Deny.

        `subject` is our subject id, or with `scheme` the company's own identifier of that scheme;
        `Details` lists what else a question may say.
        """
        return await self._ask(subject, Use(purpose, **details), self._asker)

    async def check_many(
        self, subjects: Iterable[Subject], purpose: str, **details: Unpack[Details]
    ) -> list[Permit | Deny]:
        """As `check` for many people: one answer each, in their order.

        Each request has the whole time budget; after an outage the rest is denied unasked.
        """
        people = list(subjects)
        batch = self._batch(people, Use(purpose, **details))
        while call := batch.next_call():
            batch.take(await self._exchange(call))
        return self._noted(people, purpose, batch.answers())

    @asynccontextmanager
    async def permitted(
        self, subject: Subject, purpose: str, **details: Unpack[Details]
    ) -> AsyncIterator[Permit]:
        """The body runs only with a permit. Raises NotPermitted. Takes what `check` takes."""
        yield await self._insist(subject, Use(purpose, **details))

    def requires(
        self,
        *,
        purpose: str,
        subject: str,
        permit_as: str | None = None,
        **details: Unpack[Details],
    ) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
        """Decorates an async function that runs only with a permit, or raises NotPermitted.

        `subject` names the parameter that holds the person's id; `permit_as` the parameter that
        receives the permit. Takes what `check` takes.
        """

        def decorate(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
            if not inspect.iscoroutinefunction(function):
                raise TypeError("A function that is not async needs Sammati.")
            guard = Guarded(function, subject=subject, permit_as=permit_as)

            @functools.wraps(function)
            async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
                person = guard.subject_of(args, kwargs)
                permit = await self._insist(person, Use(purpose, **details))
                return await function(*args, **guard.with_permit(kwargs, permit))

            return guarded

        return decorate

    async def record_consent(
        self,
        subject: Subject,
        purpose: str,
        *,
        method: str,
        scheme: str | None = None,
        details: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Written:
        """Records what a person agreed to. Raises RequestFailed.

        `details` are further fields of the operation. Pass an `idempotency_key` that outlives
        this process if the call may be repeated after a crash.
        """
        body = {**(details or {}), "subject": subject, "scheme": scheme}
        body |= {"purpose": purpose, "method": method}
        call = questions.write(questions.CONSENTS, body, idempotency_key)
        return written(call, await self._exchange(call))

    async def withdraw(
        self,
        subject: Subject,
        purpose: str,
        *,
        method: str,
        scheme: str | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Written:
        """Records a withdrawal: every check that starts after it returned is denied.

        Raises RequestFailed.
        """
        body = {"subject": subject, "scheme": scheme, "purpose": purpose}
        body |= {"method": method, "reason": reason}
        call = questions.write(questions.WITHDRAWALS, body, idempotency_key)
        return written(call, await self._exchange(call))

    async def report_processing(
        self, uses: Processing | Sequence[Processing], *, idempotency_key: str | None = None
    ) -> Written:
        """Records what was done with people's data: one use, or up to 1,000 of which all or none.

        The answer's `outcome` (of each under `items`) says whether the permit backs it. Raises
        RequestFailed, ValueError.
        """
        call = reports.call(reports.PROCESSING, uses, idempotency_key)
        return written(call, await self._exchange(call))

    async def report_ai_decision(
        self, decisions: AIDecision | Sequence[AIDecision], *, idempotency_key: str | None = None
    ) -> Written:
        """Records what a model decided about people; otherwise as `report_processing`."""
        call = reports.call(reports.AI_DECISIONS, decisions, idempotency_key)
        return written(call, await self._exchange(call))

    async def _ask(self, subject: Subject, use: Use, asker: Asker) -> Permit | Deny:
        asking = self._asking(subject, use, asker)
        if not isinstance(asking, Asking):
            return asking
        return self._taken(asking, await self._exchange(asking.call))

    async def _insist(self, subject: Subject, use: Use) -> Permit:
        """The permit, with its obligations seen to. Raises NotPermitted."""
        permit = insist(await self._ask(subject, use, self._honouring))
        for handler, duty in self._duties(permit):
            try:
                outcome = handler(duty, permit)
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception as error:
                raise NotPermitted(dishonoured(permit)) from error
        return insist(permit)

    async def _exchange(self, call: Call) -> Outcome:
        budget = Budget.of(self._options)
        attempt = 1
        while True:
            started = clock()
            outcome = await self._attempt(call, budget)
            report(call, outcome, attempt, started)
            pause = pause_before_repeat(outcome, attempt, budget, self._options)
            if pause is None:
                return outcome
            await asyncio.sleep(pause)
            attempt += 1

    async def _attempt(self, call: Call, budget: Budget) -> Outcome:
        try:
            return await self._send(call, budget)
        except Exception as error:  # whatever happens, the answer is no
            return failure(error)

    async def _send(self, call: Call, budget: Budget) -> Outcome:
        self._settle()
        request = self._http.build_request(
            call.method,
            self._url(call),
            content=call.body or None,
            headers=self._headers(call),
            timeout=timeout(self._options, budget.left),
        )
        asked_at = clock()
        async with asyncio.timeout(budget.left):
            response = await self._http.send(request, stream=True, follow_redirects=False)
            collector = Collector(call, response, asked_at)
            async with aclosing(response):
                async for chunk in response.aiter_raw():
                    collector.add(chunk)
        return collector.reply(call, self._options)
