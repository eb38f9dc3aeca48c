"""Imports the consents of another system from a file; see `consent.importing`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts import selectors as accounts
from audit.actors import Actor
from consent.importing import parallel, runner
from consent.importing.errors import ImportFileError, ImportStoppedError
from consent.importing.fields import FIELDS
from consent.importing.mapping import Mapping
from consent.importing.report import Counts
from work.errors import LeaseLostError

NOTHING_DONE = 2
SOME_ROWS_FAILED = 1
INTERRUPTED = 3


class Command(BaseCommand):
    help = (
        "Import consents from CSV or NDJSON in UTF-8, one event a row, as a stream. "
        f"Columns: {', '.join(FIELDS)}. Importing a file again adds nothing; an import that was "
        "stopped goes on with --resume. Ends with 1 when rows were left out, 2 when the file "
        "could not be imported at all, 3 when it was interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--controller", required=True, help="the controller's slug")
        parser.add_argument("--format", choices=("csv", "ndjson"), help="else the name tells it")
        parser.add_argument("--mapping", type=Path, help="JSON: columns, values, defaults")
        parser.add_argument(
            "--dry-run", action="store_true", help="check every row against its batch, keep nothing"
        )
        parser.add_argument("--errors", type=Path, help="where rows left out go: line, code, field")
        parser.add_argument("--resume", action="store_true", help="go on where it was stopped")
        parser.add_argument(
            "--batch", type=int, default=runner.BATCH, help="rows in one transaction"
        )
        parser.add_argument(
            "--processes", type=int, help="how many share the file; else its size and this "
            "machine tell. Going on with --resume needs as many"
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.ending = ""  # a bar that moves ends its line itself
        try:
            order = runner.Order(
                path=options["file"], controller_id=_controller(options["controller"]),
                kind=options["format"], mapping=_mapping(options["mapping"]),
                errors=options["errors"], batch=options["batch"], resume=options["resume"],
                dry_run=options["dry_run"],
            )  # fmt: skip
            counts = parallel.run(
                by=Actor.system("import"), order=order, shown_on=self.stdout,
                processes=_processes(order, options["processes"]),
            )  # fmt: skip
        except ImportFileError as error:
            raise CommandError(error.message, returncode=NOTHING_DONE) from None
        except LeaseLostError:
            raise CommandError(
                "Another process has taken over this import; this one stopped.",
                returncode=INTERRUPTED,
            ) from None
        except ImportStoppedError as error:
            raise CommandError(
                f"{error.message} Run the command again with --resume.", returncode=INTERRUPTED
            ) from None
        except OperationalError:
            raise CommandError(
                "The database was lost; run the command again with --resume.",
                returncode=INTERRUPTED,
            ) from None
        self._tell(counts, is_dry=options["dry_run"])
        if counts.failed:
            sys.exit(SOME_ROWS_FAILED)

    def _tell(self, counts: Counts, *, is_dry: bool) -> None:
        recorded = "would be recorded" if is_dry else "recorded"
        self.stdout.write(
            f"{counts.rows:,} rows: {counts.recorded:,} {recorded}, {counts.already:,} already "
            f"there, {counts.failed:,} left out; {counts.people:,} new people.\n"
        )
        for code, number in sorted(counts.codes.items()):
            self.stdout.write(f"  {code}: {number:,}\n")


def _controller(slug: str) -> UUID:
    found = accounts.controller_by_slug(slug)
    if found is None:
        raise ImportFileError("There is no controller of that slug.")
    return found.id


def _processes(order: runner.Order, said: int | None) -> int:
    if said is None:
        return parallel.processes_for(order)
    if not 1 <= said <= parallel.MOST:
        raise ImportFileError(f"A file is shared by 1 to {parallel.MOST} processes.")
    if said > 1 and order.dry_run:
        raise ImportFileError("A dry run has one process.")
    return said


def _mapping(path: Path | None) -> Mapping:
    if path is None:
        return Mapping()
    try:
        return Mapping.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImportFileError(f"The mapping cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ImportFileError("The mapping is not UTF-8.") from None
