"""Whoever asks a log, and what an answer proves."""

import base64
from uuid import UUID

from django.test import Client

from audit import sealing
from audit.tlog import merkle, notes

FOREVER = "max-age=31536000, immutable"
UNKNOWN = UUID("01900000-0000-7000-8000-00000000dead")
PATHS = (
    "checkpoint", "key", "tile/0/000", "tile/entries/000", "proof/inclusion?index=0&size=1",
    "proof/consistency?old=1&new=2", f"proof/entry/{UNKNOWN}",
)  # fmt: skip


class Reader:
    """Asks one log, as whoever has the key or the session; a stranger has neither."""

    def __init__(self, log, key="", client=None):
        self.log = log
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.client = client or Client(raise_request_exception=False)

    def get(self, path, query=None, *, log=None):
        address = f"/log/v1/{log or self.log}/{path}"
        return self.client.get(address, query or {}, headers=self.headers)


def of(text):
    return base64.b64decode(text, validate=True)


def signed(response, log):
    """The checkpoint of an answer, its signature verified."""
    note = notes.parse_note(response.content.decode())
    assert note.by(sealing.log_key(log.tree.origin))
    return notes.Checkpoint.parse(note.body)


def verified(text, leaf, log):
    """The parsed proof file, which leads from the leaf to a signed root."""
    found = notes.Proof.parse(text)
    note = notes.parse_note(found.checkpoint)
    assert note.by(sealing.log_key(log.tree.origin))
    said = notes.Checkpoint.parse(note.body)
    assert merkle.root_from_inclusion(found.index, said.size, leaf, found.hashes) == said.root
    return found
