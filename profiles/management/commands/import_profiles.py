"""Imports what a source knows of people from a file; see `profiles.importing`."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts import selectors as accounts
from audit.actors import Actor
from consent.importing.errors import ImportFileError
from keys.problems import DomainError
from profiles import values
from profiles.importing import runner
from profiles.importing.taking import Tally
from work.errors import LeaseLostError

NOTHING_DONE = 2
SOME_ROWS_FAILED = 1
INTERRUPTED = 3


class Command(BaseCommand):
    help = (
        "Import attributes of people from CSV or NDJSON in UTF-8, or from Parquet, one person a "
        "row, as a stream. Columns: codes of attributes; `subject` or `id.crm`, `id.email`, "
        "`id.phone`, `id.device`, `id.account` for who it is; `observed_at`, `verified_by`, and "
        "`<code>.at`, `<code>.by` for one attribute; `fact.residence` and the like for people who "
        "are new. Importing a file again changes nothing; an import that was stopped goes on with "
        "--resume. Ends with 1 when rows were left out, 2 when the file could not be imported at "
        "all, 3 when it was interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--controller", required=True, help="the controller's slug")
        parser.add_argument("--source", required=True, help="the code of the connected system")
        parser.add_argument(
            "--format", choices=("csv", "ndjson", "parquet"), help="else the name tells it"
        )
        parser.add_argument("--mapping", type=Path, help="JSON: columns, values, defaults")
        parser.add_argument(
            "--observed-at", help="of rows that say no time (RFC 3339); else the file's own time"
        )
        parser.add_argument("--known-only", action="store_true", help="add nobody")
        parser.add_argument(
            "--dry-run", action="store_true", help="check every row against its batch, keep nothing"
        )
        parser.add_argument("--errors", type=Path, help="where rows left out go: line, code, field")
        parser.add_argument("--resume", action="store_true", help="go on where it was stopped")
        parser.add_argument(
            "--batch", type=int, default=runner.BATCH, help="rows in one transaction"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.ending = ""  # a bar that moves ends its line itself
        try:
            order = _order(options)
            counts = runner.run(by=Actor.system("import"), order=order, shown_on=self.stdout)
        except (ImportFileError, DomainError) as error:
            raise CommandError(error.message, returncode=NOTHING_DONE) from None
        except LeaseLostError:
            raise CommandError(
                "Another process has taken over this import; this one stopped.",
                returncode=INTERRUPTED,
            ) from None
        except OperationalError:
            raise CommandError(
                "The database was lost; run the command again with --resume.",
                returncode=INTERRUPTED,
            ) from None
        self._tell(counts, is_dry=options["dry_run"])
        if counts.failed:
            sys.exit(SOME_ROWS_FAILED)

    def _tell(self, counts: Tally, *, is_dry: bool) -> None:
        recorded = "would be taken in" if is_dry else "taken in"
        self.stdout.write(
            f"{counts.rows:,} rows: {counts.recorded:,} {recorded}, {counts.already:,} without "
            f"news, {counts.failed:,} left out; {counts.values:,} values, {counts.older:,} older "
            f"than what is known; {counts.people:,} new people.\n"
        )
        for code, number in sorted(counts.codes.items()):
            self.stdout.write(f"  {code}: {number:,}\n")


def _order(options: dict[str, Any]) -> runner.Order:
    return runner.Order(
        path=options["file"], controller_id=_controller(options["controller"]),
        source=options["source"], kind=options["format"], mapping=_mapping(options["mapping"]),
        observed_at=_moment(options["observed_at"]), errors=options["errors"],
        batch=options["batch"], resume=options["resume"], dry_run=options["dry_run"],
        known_only=options["known_only"],
    )  # fmt: skip


def _controller(slug: str) -> UUID:
    found = accounts.controller_by_slug(slug)
    if found is None:
        raise ImportFileError("There is no controller of that slug.")
    return found.id


def _mapping(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ImportFileError(f"The mapping cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ImportFileError("The mapping is not UTF-8.") from None


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else values.moment(text)
    except values.ValueFaultError:
        raise ImportFileError("--observed-at is a time of RFC 3339 with its zone.") from None
