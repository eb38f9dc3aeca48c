"""`manage.py audit_verify`: prove that no entry was touched, or name those that were."""

import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum

from audit.models import Tree
from audit.tlog.notes import NoteError
from audit.verification import Finding, notes_in, verify
from audit.verification.bar import Bar
from keys.ids import SYSTEM_ID


class Command(BaseCommand):
    help = (
        "Replay the logs from the payloads up to the signed checkpoints. "
        "Exits with 1 and names, by log and position, what does not verify."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log", type=log_id, help="one log: a controller's id, or `system`")
        parser.add_argument(
            "--from-tiles", action="store_true", help="the trees alone, without payloads"
        )
        parser.add_argument(
            "--known", type=Path, action="append", default=[], metavar="FILE",
            help="older checkpoints that somebody kept: only they show a log set back or re-signed",
        )  # fmt: skip
        parser.add_argument("--most", type=int, default=100, help="name at most so many findings")

    def handle(self, *args: Any, **options: Any) -> None:
        bar = Bar(size_of(options["log"]), sys.stderr)
        found = 0
        for named, finding in enumerate(findings(options, bar)):
            found += not finding.is_remark
            if named < options["most"]:
                bar.clear()
                self.stdout.write(said(finding))
        bar.end()
        if found:
            raise CommandError(f"{bar.done:,} entries replayed, findings: {found:,}.")
        praise = f"{bar.done:,} entries verified, {bar.pace:,.0f} a second."
        self.stdout.write(self.style.SUCCESS(praise))


def findings(options: dict[str, Any], bar: Bar) -> Iterator[Finding]:
    """What does not verify. Raises CommandError for checkpoints that cannot be read."""
    try:
        known = [note for path in options["known"] for note in notes_in(path.read_text())]
        yield from verify(
            log=options["log"], with_payloads=not options["from_tiles"], known=known, tell=bar.move
        )
    except (NoteError, OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The known checkpoints cannot be read: {error}.") from error


def size_of(log: UUID | None) -> int:
    """How many entries there are to replay."""
    trees = Tree.objects.all() if log is None else Tree.objects.filter(controller_id=log)
    return int(trees.aggregate(sizes=Sum("size", default=0))["sizes"])


def log_id(text: str) -> UUID:
    """A log as addresses name it."""
    try:
        return SYSTEM_ID if text == "system" else UUID(text)
    except ValueError:
        raise ArgumentTypeError("a controller's id, or `system`") from None


def said(finding: Finding) -> str:
    """One line: the log, the place in it, the entry if it is about one, and the problem."""
    place = "without a place" if finding.position is None else f"position {finding.position}"
    entry = f" entry {finding.entry_id}" if finding.entry_id else ""
    since = "" if finding.since is None else f" (changed at {finding.since} or after)"
    return f"log {finding.controller_id} {place}{entry}: {finding.problem}{since}"
