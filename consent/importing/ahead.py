"""Reading ahead: while the database works on one batch, the next is read and checked. Pure."""

import queue
import threading
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
DEPTH = 2
_PATIENCE_SECONDS = 0.2


def ahead(source: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, at most DEPTH of them made before they are asked for.

    An error of the source comes out where its item would have; leaving early stops the source.
    """
    reading = _Reading(source)
    thread = threading.Thread(target=reading.produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        yield from reading.items()
    finally:
        reading.left.set()
        thread.join()


class _Reading(Generic[T]):
    def __init__(self, source: Iterator[T]) -> None:
        self.source = source
        self.left = threading.Event()
        self.waiting: queue.Queue[tuple[T] | _End] = queue.Queue(DEPTH)

    def produce(self) -> None:
        try:
            for item in self.source:
                if not self._put((item,)):
                    return
        except BaseException as error:  # noqa: BLE001 (raised again where it is read)
            self._put(_End(error))
        else:
            self._put(_End(None))

    def items(self) -> Iterator[T]:
        while not isinstance(found := self.waiting.get(), _End):
            yield found[0]
        if found.error is not None:
            raise found.error

    def _put(self, found: "tuple[T] | _End") -> bool:
        """Whether somebody still reads."""
        while not self.left.is_set():
            try:
                self.waiting.put(found, timeout=_PATIENCE_SECONDS)
            except queue.Full:
                continue
            return True
        return False


class _End(NamedTuple):
    error: BaseException | None
