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


PAGE = {"index.html": b"<!doctype html><title>Export</title>", "notices/hi.txt": "सूचना".encode()}


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


@pytest.fixture
def files(log, other_log):
    """An export of two logs, with a record gone and copies for readers."""
    ids = [*log.ids[:20], log.ids[255], *log.ids[290:]]
    picked = {LOG: ids, OTHER_LOG: other_log.ids[::7]}
    return kit.exported(picked, gone={log.ids[3], log.ids[299]}, more=PAGE)


@pytest.fixture
def pins(log, other_log):
    return ("--vkey", log.vkey, "--vkey", other_log.vkey)


@pytest.fixture
def check(ask, tmp_path):
    """Verify files as a zip."""

    def run(files, *options):
        return ask("export", kit.zipped(tmp_path / "export.zip", files), *options)

    return run
