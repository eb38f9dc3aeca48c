"""Files that somebody takes away from the log: nothing opens them by itself or keeps a copy."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from django.http import FileResponse, HttpResponse

from audit.tlog.notes import Proof


def proof_file(entry_id: UUID, proof: Proof) -> HttpResponse:
    """The proof of an entry, as a file beside its record."""
    return _saved(str(proof).encode(), "text/plain; charset=utf-8", f"{entry_id}.tlog-proof")


def record_file(entry_id: UUID, body: bytes) -> HttpResponse:
    """The canonical bytes of an entry, to the last one as they were committed to."""
    return _saved(body, "application/json", f"{entry_id}.json")


def _saved(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


class FileStream(FileResponse):
    """A large file, piece by piece, whichever kind of server sends it."""

    PIECE = 1 << 20
    block_size = PIECE

    def __init__(self, path: Path, *, name: str) -> None:
        self._file = path.open("rb")
        super().__init__(self._file, as_attachment=True, filename=name)
        self.headers["Cache-Control"] = "no-store, private"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Reading a disk must not hold the loop, nor a file the memory."""
        while piece := await asyncio.to_thread(self._file.read, self.PIECE):
            yield piece
