"""The log as anyone may read it who may read it at all: checkpoints, tiles and proofs.

The addresses and bytes are those of C2SP tlog-tiles, tlog-checkpoint and tlog-proof. Nothing here
is personal but the salt in a record's proof, so only that reading is recorded.
"""

import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit import proofs, sealing
from audit.actors import Actor
from audit.api import inputs
from audit.api.errors import OutOfRangeError, PathMalformedError, TileMissingError
from audit.files import proof_file
from audit.models import Checkpoint as SignedSize
from audit.tiles import LogReader, NoSuchTileError
from audit.tlog.merkle import HASH, RangeError
from audit.tlog.paths import PathError, Place

TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"
LENGTH = HASH.to_bytes(2)
YEAR_SECONDS = 365 * 86400


class Nobody(BasePermission):
    """Closed until the composition says who may enter."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


class LogView(APIView):
    """Something of one log. Who may read it is decided where it is mounted (config/logs_api.py).

    `request.auth` is the Actor who reads; None is a stranger, whom only a public log lets in.
    """

    schema = None
    http_method_names = ["get", "head"]  # noqa: RUF012 (the framework's own way)
    permission_classes = [Nobody]  # noqa: RUF012

    @property
    def log(self) -> UUID:
        found = inputs.log_id(self.kwargs["log"])
        if found is None:
            raise Http404
        return found

    @property
    def reader(self) -> LogReader:
        """The log; one without an entry does not exist yet. Raises Http404."""
        found = LogReader.of(self.log)
        if found is None:
            raise Http404
        return found

    def newest(self, reader: LogReader) -> SignedSize:
        found = reader.checkpoint()
        if found is None:
            raise Http404
        return found

    def lasting(self, response: HttpResponse) -> HttpResponse:
        """It will never change. Shared caches may keep only what anybody may read."""
        scope = "public" if self.request.auth is None else "private"
        response.headers["Cache-Control"] = f"{scope}, max-age={YEAR_SECONDS}, immutable"
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().finalize_response(request, response, *args, **kwargs)
        found.headers.setdefault("Cache-Control", "no-store")
        return found


class Checkpoint(LogView):
    """The newest signed size and root, with the witnesses' lines."""

    def get(self, request: Request, log: str) -> HttpResponse:
        inputs.nothing(request.query_params)
        note = proofs.signed_note(self.newest(self.reader))
        return HttpResponse(note, content_type=TEXT)


class Key(LogView):
    """The verifier keys that ever signed checkpoints of the log, newest first."""

    def get(self, request: Request, log: str) -> HttpResponse:
        inputs.nothing(request.query_params)
        keys = sealing.log_keys(self.reader.tree.origin)
        return HttpResponse("".join(f"{key}\n" for key in keys), content_type=TEXT)


class Tile(LogView):
    """A tile of hashes, or a bundle of entries: whole, or so much of it as is asked for."""

    def get(self, request: Request, log: str, place: str) -> HttpResponse:
        inputs.nothing(request.query_params)
        try:
            content = _content(self.reader, Place.parse(place))
        except PathError:
            raise PathMalformedError from None
        except NoSuchTileError:
            raise TileMissingError from None
        return self.lasting(HttpResponse(content, content_type=BINARY))


class Inclusion(LogView):
    """That entry `index` is in the log's first `size`."""

    def get(self, request: Request, log: str) -> HttpResponse:
        index, size = inputs.numbers(request.query_params, "index", "size")
        reader = self.reader
        hashes = _in_range(lambda: reader.inclusion(index, size))
        answer = {"index": index, "size": size, "root": _text(reader.root(size)), "hashes": hashes}
        return self.lasting(Response(answer))


class Consistency(LogView):
    """That the first `old` entries begin the first `new`."""

    def get(self, request: Request, log: str) -> HttpResponse:
        old, new = inputs.numbers(request.query_params, "old", "new")
        reader = self.reader
        hashes = _in_range(lambda: reader.consistency(old, new))
        roots = {"old_root": _text(reader.root(old)), "new_root": _text(reader.root(new))}
        return self.lasting(Response({"old": old, "new": new, **roots, "hashes": hashes}))


class EntryProof(LogView):
    """The proof file of one record, by the record's id. Not for strangers, however public."""

    def get(self, request: Request, log: str, entry_id: UUID) -> HttpResponse:
        inputs.nothing(request.query_params)
        if not isinstance(request.auth, Actor):
            raise NotAuthenticated
        found = proofs.show_proof(by=request.auth, controller_id=self.log, entry_id=entry_id)
        return proof_file(entry_id, found)


class Nothing(LogView):
    """Whatever is not an address of a log."""

    def get(self, request: Request, **kwargs: str) -> HttpResponse:
        raise Http404


def _content(reader: LogReader, place: Place) -> bytes:
    """The bytes of a tile. Raises NoSuchTileError where the log has not so much of it."""
    if reader.width(place.level or 0, place.number) < place.width:
        raise NoSuchTileError
    if place.level is not None:
        return reader.tile(place.level, place.number)[: place.width * HASH]
    entries = reader.part(place.number).entries
    ends = range(HASH, (place.width + 1) * HASH, HASH)
    return b"".join(LENGTH + entries[end - HASH : end] for end in ends)


def _in_range(proof: Callable[[], list[bytes]]) -> list[str]:
    try:
        return [_text(one) for one in proof()]
    except RangeError:
        raise OutOfRangeError from None


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
