"""Files that somebody takes away from the log: nothing opens them by itself or keeps a copy."""

from uuid import UUID

from django.http import HttpResponse

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
