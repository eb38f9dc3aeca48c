"""Code that touches personal data says so; a test suite can then ask whether a permit was there.

    @personal(subject="customer_id", purpose="marketing.email.offers")
    def address_of(customer_id): ...

In production this costs one look at a variable. Under the pytest plugin a test fails in which
such code ran for a person about whom no permit that still holds had been heard.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from sammati_client.answers import Answer, Permit
from sammati_client.questions import Subject

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Watch:
    """What a test heard and what it touched without having heard a permit. Names no person."""

    permits: dict[str, list[tuple[str, Permit]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def heard(self, subject: Subject, purpose: str, answer: Answer) -> None:
        """Note an answer; only permits count."""
        if isinstance(answer, Permit):
            self.permits.setdefault(str(subject), []).append((purpose, answer))

    def touch(self, subject: Subject, purpose: str | None, place: str) -> None:
        """Note a touch; a fault unless a permit for it holds now."""
        known = self.permits.get(str(subject), [])
        if not any(permit and purpose in {None, about} for about, permit in known):
            wanted = f" for {purpose}" if purpose else ""
            self.faults.append(f"{place} touched personal data without a permit{wanted}")


class _Current:
    watch: Watch | None = None


@contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """Hand every answer and every touch in this process to the watch."""
    before, _Current.watch = _Current.watch, watch
    try:
        yield watch
    finally:
        _Current.watch = before


def heard(subject: Subject, purpose: str, answer: Answer) -> None:
    """Called by the clients with every answer."""
    if _Current.watch is not None:
        _Current.watch.heard(subject, purpose, answer)


def touched(subject: Subject, purpose: str | None = None) -> None:
    """Say that data of this person are touched here, for this purpose if it is known."""
    if _Current.watch is not None:
        frame = sys._getframe(1)
        place = f"{frame.f_code.co_qualname} ({frame.f_code.co_filename}:{frame.f_lineno})"
        _Current.watch.touch(subject, purpose, place)


def personal(
    *, subject: str, purpose: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorates a function that touches data of the person its parameter `subject` names.

    Raises TypeError if it has no such parameter.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        if subject not in signature.parameters:
            raise TypeError(f"{function.__qualname__} has no parameter {subject!r}.")

        @functools.wraps(function)
        def watched(*args: P.args, **kwargs: P.kwargs) -> R:
            if _Current.watch is not None:
                bound = signature.bind(*args, **kwargs)
                bound.apply_defaults()
                _Current.watch.touch(bound.arguments[subject], purpose, function.__qualname__)
            return function(*args, **kwargs)

        return watched

    return decorate
