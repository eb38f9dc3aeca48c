"""Exports made by the real job, and what is in their files."""

import csv
import io
import json
import subprocess
import sys
import zipfile

from audit import sealing
from audit.actors import Actor
from audit.criteria import Criteria
from audit.exporting import services
from audit.exporting.folder import FOLDER
from audit.exporting.models import Export
from config.places import BASE_DIR
from tests.audit.log import LOG
from work import services as work

OFFICER = Actor("officer", "01900000-0000-7000-8000-0000000000ff")
VERIFIER = BASE_DIR / "clients" / "verify" / "sammati_verify.py"


def asked(formats=("csv",), reason="A case at the board", log=LOG, **criteria):
    return services.start(
        by=OFFICER, controller_id=log, criteria=Criteria(controller_ids=(log,), **criteria),
        reason=reason, formats=formats,
    )  # fmt: skip


def work_off(seconds=60):
    """Run the queue until nothing is due, sealing as a keeper would."""
    sealing.seal_all()
    while work.run_available(worker="export-test", seconds=seconds):
        sealing.seal_all()


def made(**options):
    """A finished export and its file."""
    export = asked(**options)
    work_off()
    return Export.objects.get(id=export.id), FOLDER.finished_file(export.id)


def content(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines(path):
    return [json.loads(line) for line in content(path)["entries.ndjson"].splitlines()]


def table(path):
    text = content(path)["entries.csv"].decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def key(log=LOG):
    """What an auditor pins."""
    name = sealing.log_name(log)
    from audit.models import Tree

    origin = Tree.objects.get(controller_id=log).origin
    assert origin.endswith(name)
    return str(sealing.log_key(origin))


def verify(path, *options):
    """The verifier's answer, as an auditor would run it."""
    command = [sys.executable, str(VERIFIER), "export", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
