"""The permits of an audience as they leave: NDJSON, CSV or an Arrow stream, a chunk at a time."""

import io
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final

import msgspec
from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from keys.ids import text
from policies.audiences import lists
from policies.audiences.errors import FormatMissingError
from policies.audiences.selectors import Permits

MEDIA: Final = {one: media for media, one in lists.MEDIA_TYPES.items()}
COLUMNS: Final = ("id", "decision_id", "valid_until", "obligations")

Pieces = Iterator[bytes]


def pieces(form: str, permits: Iterable[Permits]) -> Pieces:
    """The result in one of its forms. Raises FormatMissingError."""
    if form not in FORMS or (form == lists.ARROW and not lists.has_arrow()):
        raise FormatMissingError
    return FORMS[form](permits)


class ResultStream(StreamingHttpResponse):
    """A large answer piece by piece, whichever kind of server sends it."""

    def __init__(self, form: str, content: Pieces) -> None:
        self._content = content
        super().__init__(content, content_type=MEDIA[form])
        self.headers["Cache-Control"] = "no-store, private"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Reading the database must not hold the loop, and keeps to the thread that may."""
        following = sync_to_async(partial(next, self._content, None))
        while (piece := await following()) is not None:
            yield piece


def _ndjson(permits: Iterable[Permits]) -> Pieces:
    for one in permits:
        rest = f'","decision_id":"{one.part.id}","valid_until":"{_until(one)}"'
        rest += f',"obligations":{_obligations(one)}}}\n'
        yield "".join([f'{{"id":"{text(raw)}{rest}' for raw in one.ids]).encode()


def _csv(permits: Iterable[Permits]) -> Pieces:
    yield ",".join(COLUMNS).encode() + b"\r\n"
    for one in permits:
        quoted = _obligations(one).replace('"', '""')
        rest = f',{one.part.id},{_until(one)},"{quoted}"\r\n'
        yield "".join([text(raw) + rest for raw in one.ids]).encode()


def _arrow(permits: Iterable[Permits]) -> Pieces:
    import pyarrow as pa  # noqa: PLC0415 (optional)

    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for one in permits:
            same = (str(one.part.id), _until(one), _obligations(one))
            columns: list[list[Any]] = [
                [text(raw) for raw in one.ids], *([value] * len(one.ids) for value in same),
            ]  # fmt: skip
            writer.write_batch(pa.record_batch(columns, schema=schema))
            yield _emptied(sink)
    yield _emptied(sink)


def _emptied(sink: io.BytesIO) -> bytes:
    held = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return held


def _until(one: Permits) -> str:
    return one.part.valid_until.isoformat().replace("+00:00", "Z")


def _obligations(one: Permits) -> str:
    """What each permit asks of the service, as JSON; in CSV and Arrow as its text."""
    return msgspec.json.encode(one.part.obligations, order="sorted").decode()


FORMS: Final[dict[str, Callable[[Iterable[Permits]], Pieces]]] = {
    lists.NDJSON: _ndjson, lists.CSV: _csv, lists.ARROW: _arrow,
}  # fmt: skip
