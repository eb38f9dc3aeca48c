"""What the sync and the async client share: who asks, how a question and a write are formed."""

import inspect
import os
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from sammati_client import questions, watch
from sammati_client.answers import Deny, Obligation, Permit, Written, clock
from sammati_client.batch import BAD_INPUT, Batch, single_answer
from sammati_client.errors import NotPermitted, RequestFailed
from sammati_client.exchange import headers
from sammati_client.leases import Leases
from sammati_client.options import Options, base_address, bearer
from sammati_client.questions import Asker, Call, Subject, Use
from sammati_client.replies import BadAnswerError, Failure, Outcome, Reply, parsed, readable

Honour = Callable[[Obligation, Permit], Any]
"""Sees to an obligation before the permit is used; if it raises, the permit is not."""

BAD_ANSWER = "CLIENT_BAD_ANSWER"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on its way, and since when."""

    call: Call
    subject: Subject
    use: Use
    asker: Asker
    asked_at: float

    @property
    def known_as(self) -> str:
        """Our id of the person; empty where the company's own identifier was asked about."""
        return "" if self.use.scheme else str(self.subject).lower()


class Core:
    """The client without its input and output. Its repr shows the server and the service only."""

    def __init__(  # noqa: PLR0913 (a client has these parts, all but three optional)
        self,
        base_url: str,
        *,
        service: str,
        key: str,
        supported_obligations: Iterable[str] = (),
        honour: Mapping[str, Honour] | None = None,
        leases: Leases | None = None,
        options: Options | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`service` is the code of the service that owns `key`; `tls` replaces the trusted roots.

        `supported_obligations` names what the caller sees to itself; `honour` holds a function for
        each obligation that `permitted` and `requires` see to before the body runs. `leases` keeps
        permits until they end or are recalled; without it nothing is kept. Raises ValueError for
        an address, a key or a service that cannot be right.
        """
        if not questions.is_askable(service):
            raise ValueError("service must be the code of the service that the key belongs to.")
        self._options = options or Options()
        self._base_url = base_address(base_url, allow_http=self._options.allow_http)
        self._authorization = bearer(key)
        self._asker = Asker(service, frozenset(supported_obligations))
        self._honour = dict(honour or {})
        named = self._asker.supported_obligations | self._honour.keys()
        self._honouring = Asker(service, named)
        self._leases = leases
        self._tls = tls
        self._lives_in: object = None
        self._open()

    def _open(self) -> None:
        raise NotImplementedError

    def _home(self) -> object:
        return os.getpid()

    def _settle(self) -> None:
        """After a fork: connections shared with the parent would mix up two people's answers."""
        home = self._home()
        if self._lives_in not in {None, home}:
            self._open()
        self._lives_in = home

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name}(base_url={self._base_url!r}, service={self._asker.service!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds a key and connections: make one in each process.")

    def _url(self, call: Call) -> str:
        return self._base_url + call.path

    def _headers(self, call: Call) -> dict[str, str]:
        return headers(call, self._authorization)

    def _asking(self, subject: Subject, use: Use, asker: Asker) -> "Asking | Permit | Deny":
        """What must be asked; or the answer, where nothing must or can be asked."""
        if not questions.is_askable(subject):
            return BAD_INPUT
        try:
            call = asker.one(subject, use)
        except (TypeError, ValueError):
            return BAD_INPUT
        kept = self._leases.find(call.body) if self._leases else None
        if kept is not None:
            watch.heard(subject, use.purpose, kept)
            return kept
        return Asking(call, subject, use, asker, clock())

    def _taken(self, asking: "Asking", outcome: Outcome) -> Permit | Deny:
        """The answer to a question; a permit is kept if leases are."""
        found = single_answer(outcome, asking.asker.supported_obligations)
        watch.heard(asking.subject, asking.use.purpose, found)
        if self._leases and isinstance(found, Permit):
            self._leases.keep(
                asking.call.body,
                found,
                subject=asking.known_as,
                purpose=asking.use.purpose,
                asked_at=asking.asked_at,
            )
        return found

    @staticmethod
    def _noted(
        people: list[Subject], purpose: str, answers: list[Permit | Deny]
    ) -> list[Permit | Deny]:
        for subject, found in zip(people, answers, strict=True):
            watch.heard(subject, purpose, found)
        return answers

    def _duties(self, permit: Permit) -> list[tuple[Honour, Obligation]]:
        """What must be seen to before a permit may be used."""
        found = []
        for duty in permit.obligations:
            handler = self._honour.get(duty.id or "") or self._honour.get(duty.type)
            found += [(handler, duty)] if handler else []
        return found

    def _batch(self, subjects: Iterable[Subject], use: Use) -> Batch:
        return Batch(self._asker, subjects, use, self._options.batch_size)


def written(call: Call, outcome: Outcome) -> Written:
    """The acknowledged write. Raises RequestFailed for everything else."""
    if isinstance(outcome, Reply) and outcome.status in {200, 201}:
        return _acknowledged(call, outcome)
    if isinstance(outcome, Failure):
        raise failed(call, outcome.code, was_sent=outcome.was_sent)
    code = _problem_code(outcome) or _client_code(outcome)
    raise failed(call, code, status=outcome.status, was_sent=not 300 <= outcome.status < 500)


def told(outcome: Outcome) -> dict[str, Any]:
    """What a reading was answered. Raises RequestFailed."""
    if isinstance(outcome, Failure):
        raise _unread(outcome.code, None)
    try:
        said = parsed(outcome.body)
    except BadAnswerError:
        raise unreadable(outcome.status) from None
    if outcome.status != 200 or not isinstance(said, dict):
        raise _unread(_problem_code(outcome) or BAD_ANSWER, outcome.status)
    return said


def unreadable(status: int = 200) -> RequestFailed:
    """The error of a reading whose answer is not what was asked for."""
    return _unread(BAD_ANSWER, status)


def _unread(code: str, status: int | None) -> RequestFailed:
    return RequestFailed(code, idempotency_key="", status=status, outcome_unknown=False)


def _acknowledged(call: Call, reply: Reply) -> Written:
    try:
        data = parsed(reply.body)
    except BadAnswerError:
        data = None
    if not isinstance(data, dict):
        raise failed(call, BAD_ANSWER, status=reply.status, was_sent=True)
    return Written(created=reply.status == 201, data=data, request_id=reply.request_id)


def _problem_code(reply: Reply) -> str | None:
    try:
        problem = parsed(reply.body)
    except BadAnswerError:
        return None
    code = problem.get("code") if isinstance(problem, dict) else None
    return code if isinstance(code, str) and code.isidentifier() else None


def _client_code(reply: Reply) -> str:
    answer = readable(reply)
    return answer.reason_code if isinstance(answer, Deny) else BAD_ANSWER


def failed(call: Call, code: str, *, status: int | None = None, was_sent: bool) -> RequestFailed:
    """The error of a write that was not acknowledged."""
    return RequestFailed(
        code, idempotency_key=call.idempotency_key, status=status, outcome_unknown=was_sent
    )


def dishonoured(permit: Permit) -> Deny:
    """The denial that a permit means whose obligation could not be seen to."""
    return Deny(
        reason_code="CLIENT_OBLIGATION_FAILED",
        detail="An obligation of the permit could not be fulfilled.",
        decision_id=permit.decision_id,
        obligations=permit.obligations,
        request_id=permit.request_id,
    )


def insist(answer: Permit | Deny) -> Permit:
    """The permit, if it still holds. Raises NotPermitted."""
    if isinstance(answer, Permit) and answer:
        return answer
    raise NotPermitted(answer)


class Guarded:
    """A function with the parameter that names the person; made once, when it is decorated."""

    def __init__(
        self, function: Callable[..., Any], *, subject: str, permit_as: str | None
    ) -> None:
        """Raises TypeError where the guard could not hold, so a mistake shows on import."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError("A generator runs after its permit may have ended: guard each step.")
        self._signature = inspect.signature(function)
        for name in filter(None, (subject, permit_as)):
            if name not in self._signature.parameters:
                raise TypeError(f"{function.__qualname__} has no parameter {name!r}.")
        self._subject = subject
        self._permit_as = permit_as

    def subject_of(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """The id of the person this call is about. Raises TypeError as the call itself would."""
        given = {**kwargs, self._permit_as: None} if self._permit_as else kwargs
        bound = self._signature.bind(*args, **given)
        bound.apply_defaults()
        return bound.arguments[self._subject]

    def with_permit(self, kwargs: Mapping[str, Any], permit: Permit) -> dict[str, Any]:
        """The keyword arguments, with the permit where the function wants it."""
        return {**kwargs, self._permit_as: permit} if self._permit_as else dict(kwargs)
