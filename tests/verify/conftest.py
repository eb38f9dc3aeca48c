"""Two real logs of records, sealed, with everything the verifier needs to know of them."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from audit import proofs, sealing
from audit.models import Payload
from audit.tiles import LogReader
from tests.audit.log import LOG, OTHER_LOG, PERSON, write
from tests.verify import kit


@dataclass
class Log:
    """A log, the ids of its entries in their order, and the key to pin."""

    id: UUID
    ids: list[UUID]

    @property
    def reader(self):
        return LogReader.of(self.id)

    @property
    def vkey(self):
        return str(sealing.log_key(self.reader.tree.origin))

    def record(self, place):
        return bytes(Payload.objects.get(id=self.ids[place]).body)

    def proof(self, place):
        return str(proofs.proof(self.id, self.ids[place]))


def made(log, count):
    ids = write(
        count, controller_id=log, event="decision:made", subject=PERSON, purpose="a.b",
        outcome="permit", reason_code="OK",
    )  # fmt: skip
    sealing.seal_all()
    return Log(log, ids)


@pytest.fixture
def log(db):
    return made(LOG, 300)


@pytest.fixture
def other_log(db):
    return made(OTHER_LOG, 40)


@pytest.fixture
def ask(capsys):
    """The command, in this process: `ask("proof", record, proof, "--vkey", ...)`."""
    return lambda *arguments: kit.ask(capsys, *arguments)


@pytest.fixture(scope="session")
def only_cryptography(tmp_path_factory):
    return tmp_path_factory.mktemp("visible")
