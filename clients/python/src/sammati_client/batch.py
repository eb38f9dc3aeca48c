"""Many people, one purpose: requests of bounded size, answers in the order of the people."""

from collections.abc import Iterable

from sammati_client.answers import Deny, Permit
from sammati_client.questions import Asker, Call, Subject, Use, is_askable
from sammati_client.replies import (
    BadAnswerError,
    Outcome,
    Reply,
    answer,
    bad_answer,
    items,
    parsed,
    readable,
)

BAD_INPUT = Deny(
    reason_code="CLIENT_BAD_INPUT", detail="The question cannot be sent as it was put."
)
UNASKED = Deny(reason_code="CLIENT_FAULT", detail="The person was not asked about.")
STOPPING = {"CLIENT_TIMEOUT", "CLIENT_UNREACHABLE", "CLIENT_UNAUTHENTICATED"}


class Batch:
    """Hands out one request after another and takes what came back.

    After an outage or a refused key nothing more is asked: the remaining people are denied with
    the same code, so an outage costs the time of one request and not of a thousand.
    """

    def __init__(self, asker: Asker, subjects: Iterable[Subject], use: Use, size: int) -> None:
        self._asker = asker
        self._use = use
        self._size = size
        self._subjects = list(subjects)
        self._answers: list[Permit | Deny] = [
            BAD_INPUT if not is_askable(subject) else UNASKED for subject in self._subjects
        ]
        self._open = [i for i, found in enumerate(self._answers) if found is UNASKED]
        self._asked: list[int] = []

    def next_call(self) -> Call | None:
        """The next request, or None when everybody has an answer."""
        while self._open:
            self._asked, self._open = self._open[: self._size], self._open[self._size :]
            try:
                return self._asker.many([self._subjects[i] for i in self._asked], self._use)
            except (TypeError, ValueError):
                self._fill(self._asked, BAD_INPUT)
        return None

    def take(self, outcome: Outcome) -> None:
        """Puts the answers of the last request in their places."""
        reply = readable(outcome)
        if isinstance(reply, Reply):
            self._read(reply)
            return
        self._fill(self._asked, reply)
        if reply.reason_code in STOPPING:
            self._fill(self._open, reply)
            self._open = []

    def answers(self) -> list[Permit | Deny]:
        """One answer for each person, in their order."""
        return self._answers

    def _read(self, reply: Reply) -> None:
        try:
            found = items(parsed(reply.body), len(self._asked))
        except BadAnswerError as error:
            self._fill(self._asked, bad_answer(reply, str(error)))
            return
        for place, item in zip(self._asked, found, strict=True):
            self._answers[place] = answer(item, reply, self._asker.supported_obligations)

    def _fill(self, places: Iterable[int], no: Deny) -> None:
        for place in places:
            self._answers[place] = no


def single_answer(outcome: Outcome, supported: frozenset[str]) -> Permit | Deny:
    """The answer to one question."""
    reply = readable(outcome)
    if isinstance(reply, Deny):
        return reply
    try:
        return answer(parsed(reply.body), reply, supported)
    except BadAnswerError as error:
        return bad_answer(reply, str(error))
