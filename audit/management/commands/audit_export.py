"""`manage.py audit_export`: a whole log as files, for auditors to replay offline."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.actors import Actor
from audit.exporting import log_copy
from audit.tiles import LogReader
from keys.ids import SYSTEM_ID


class Command(BaseCommand):
    help = "Copy a whole log (checkpoint, key, tiles, bundles of entries; no record) to a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log", required=True, help="a controller's id, or system")
        parser.add_argument("--out", required=True, type=Path, help="empty, or an earlier copy")
        parser.add_argument("--reason", default="", help="why; it stands in the log")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["out"]
        reader = _reader(options["log"])
        _check(folder, reader)
        by = Actor.system("audit_export")
        try:
            found = log_copy.copy(reader, folder, by=by, reason=options["reason"])
        except LookupError:
            raise CommandError("This log has no checkpoint yet: is a keeper running?") from None
        except OSError as error:
            raise CommandError(f"The copy cannot be written: {error.strerror}.") from None
        self.stdout.write(self.style.SUCCESS(f"{found.size} entries of {reader.tree.origin}."))
        self.stdout.write(f"Verify: sammati_verify.py log {folder} --vkey '...'")


def _reader(name: str) -> LogReader:
    try:
        found = LogReader.of(SYSTEM_ID if name == "system" else UUID(name))
    except ValueError:
        raise CommandError("A log is named by a controller's id, or system.") from None
    if found is None:
        raise CommandError("There is no such log, or it has no entry yet.")
    return found


def _check(folder: Path, reader: LogReader) -> None:
    """Nothing of anybody else is written over."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    checkpoint = folder / "checkpoint"
    first = checkpoint.read_text().partition("\n")[0] if checkpoint.is_file() else ""
    if first != reader.tree.origin:
        raise CommandError("The folder holds something else than a copy of this log.")
