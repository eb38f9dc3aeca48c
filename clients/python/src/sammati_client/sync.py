"""The client for threads. One is enough for a process; it may be shared by its threads."""

import functools
import inspect
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, Unpack

import httpx

from sammati_client import questions, reports
from sammati_client.answers import Deny, Permit, Written, clock
from sammati_client.core import Asking, Core, Guarded, dishonoured, insist, written
from sammati_client.deadline import EXTENSION, DeadlineTransport
from sammati_client.erasures import Erasures
from sammati_client.errors import NotPermitted
from sammati_client.events import Events
from sammati_client.exchange import (
    Budget,
    Collector,
    failure,
    pause_before_repeat,
    report,
    timeout,
)
from sammati_client.profiles import Profiles
from sammati_client.questions import Asker, Call, Details, Subject, Use
from sammati_client.replies import Outcome
from sammati_client.reports import AIDecision, Processing
from sammati_client.searches import Searches

P = ParamSpec("P")
R = TypeVar("R")


class Sammati(Core):
    """Asks before use. Nothing is kept between checks unless `leases` are given."""

    @property
    def profiles(self) -> Profiles:
        """What the service may see of people: `profiles.read(...)`, `profiles.list(...)`."""
        return Profiles(self._exchange)

    @property
    def erasures(self) -> Erasures:
        """Cases, people's requests, and training data: `erasures.open(...)` and so on."""
        return Erasures(self._exchange)

    @property
    def events(self) -> Events:
        """Changes of choices, for who asks: `events.pages(...)` and `events.confirm(...)`."""
        return Events(self._exchange)

    @property
    def searches(self) -> Searches:
        """Whom this service may reach, and what it may do: `searches.people(...)` and so on."""
        return Searches(self._exchange, self._asker)

    def _open(self) -> None:
        self._http = httpx.Client(transport=DeadlineTransport(self._tls), trust_env=False)

    def close(self) -> None:
        """Closes the connections; every later check is denied."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def check(self, subject: Subject, purpose: str, **details: Unpack[Details]) -> Permit | Deny:
        """May this be done with this person's data, now? Never raises: every failure is a Deny.

        `subject` is our subject id, or with `scheme` the company's own identifier of that scheme;
        `Details` lists what else a question may say.
        """
        return self._ask(subject, Use(purpose, **details), self._asker)

    def check_many(
        self, subjects: Iterable[Subject], purpose: str, **details: Unpack[Details]
    ) -> list[Permit | Deny]:
        """As `check` for many people: one answer each, in their order.

        Each request has the whole time budget; after an outage the rest is denied unasked.
        """
        people = list(subjects)
        batch = self._batch(people, Use(purpose, **details))
        while call := batch.next_call():
            batch.take(self._exchange(call))
        return self._noted(people, purpose, batch.answers())

    @contextmanager
    def permitted(
        self, subject: Subject, purpose: str, **details: Unpack[Details]
    ) -> Iterator[Permit]:
        """The body runs only with a permit. Raises NotPermitted. Takes what `check` takes."""
        yield self._insist(subject, Use(purpose, **details))

    def requires(
        self,
        *,
        purpose: str,
        subject: str,
        permit_as: str | None = None,
        **details: Unpack[Details],
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Decorates a function that runs only with a permit, or raises NotPermitted.

        `subject` names the parameter that holds the person's id; `permit_as` the parameter that
        receives the permit. Takes what `check` takes.
        """

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            if inspect.iscoroutinefunction(function):
                raise TypeError("An async function needs AsyncSammati.")
            guard = Guarded(function, subject=subject, permit_as=permit_as)

            @functools.wraps(function)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
                person = guard.subject_of(args, kwargs)
                permit = self._insist(person, Use(purpose, **details))
                return function(*args, **guard.with_permit(kwargs, permit))

            return guarded

        return decorate

    def record_consent(
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
        return written(call, self._exchange(call))

    def withdraw(
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
        return written(call, self._exchange(call))

    def report_processing(
        self, uses: Processing | Sequence[Processing], *, idempotency_key: str | None = None
    ) -> Written:
        """Records what was done with people's data: one use, or up to 1,000 of which all or none.

        The answer's `outcome` (of each under `items`) says whether the permit backs it. Raises
        RequestFailed, ValueError.
        """
        call = reports.call(reports.PROCESSING, uses, idempotency_key)
        return written(call, self._exchange(call))

    def report_ai_decision(
        self, decisions: AIDecision | Sequence[AIDecision], *, idempotency_key: str | None = None
    ) -> Written:
        """Records what a model decided about people; otherwise as `report_processing`."""
        call = reports.call(reports.AI_DECISIONS, decisions, idempotency_key)
        return written(call, self._exchange(call))

    def _ask(self, subject: Subject, use: Use, asker: Asker) -> Permit | Deny:
        asking = self._asking(subject, use, asker)
        if not isinstance(asking, Asking):
            return asking
        return self._taken(asking, self._exchange(asking.call))

    def _insist(self, subject: Subject, use: Use) -> Permit:
        """The permit, with its obligations seen to. Raises NotPermitted."""
        permit = insist(self._ask(subject, use, self._honouring))
        for handler, duty in self._duties(permit):
            try:
                handler(duty, permit)
            except Exception as error:
                raise NotPermitted(dishonoured(permit)) from error
        return insist(permit)

    def _exchange(self, call: Call) -> Outcome:
        budget = Budget.of(self._options)
        attempt = 1
        while True:
            started = clock()
            outcome = self._attempt(call, budget)
            report(call, outcome, attempt, started)
            pause = pause_before_repeat(outcome, attempt, budget, self._options)
            if pause is None:
                return outcome
            time.sleep(pause)
            attempt += 1

    def _attempt(self, call: Call, budget: Budget) -> Outcome:
        try:
            return self._send(call, budget)
        except Exception as error:  # whatever happens, the answer is no
            return failure(error)

    def _send(self, call: Call, budget: Budget) -> Outcome:
        self._settle()
        request = self._http.build_request(
            call.method,
            self._url(call),
            content=call.body or None,
            headers=self._headers(call),
            timeout=timeout(self._options, budget.left),
            extensions={EXTENSION: budget.ends},
        )
        asked_at = clock()
        response = self._http.send(request, stream=True, follow_redirects=False)
        with closing(response):
            collector = Collector(call, response, asked_at)
            for chunk in response.iter_raw():
                collector.add(chunk)
        return collector.reply(call, self._options)
