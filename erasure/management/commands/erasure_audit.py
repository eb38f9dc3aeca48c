"""Looks for what is left of a person in every place of ours; `erasure.traces`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import selectors as accounts
from erasure import traces
from keys.problems import DomainError

LEFT = 1
LETTERS = (
    "%(n)d letters to them lie in the development mailbox, %(folder)s: copies of what they got. "
    "Nothing erases them, and in production none is kept. Delete them when you need them no more."
)


class Command(BaseCommand):
    help = (
        "Look for a person in every table, queue, cache and file of the suite, and in the logs you "
        "name. What they were known by is taken from their cases while it can be opened; further "
        "words come from standard input, a line each, so that they are in no history. Ends with 1 "
        "where something is left that should not be, or a place could not be looked at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", type=UUID, help="our id of the person")
        parser.add_argument("--controller", required=True, help="the controller's short name")
        parser.add_argument(
            "--words", action="store_true", help="read words to look for from standard input"
        )
        parser.add_argument(
            "--in", dest="more", type=Path, action="append", default=[],
            help="a log file or folder to look in besides; may be repeated",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        controller = accounts.controller_by_slug(options["controller"])
        if controller is None:
            raise CommandError("There is no such controller.")
        words = [line.strip() for line in sys.stdin] if options["words"] else []
        missing = [str(path) for path in options["more"] if not path.exists()]
        if missing:
            raise CommandError(f"There is nothing at {', '.join(missing)}.")
        try:
            what = traces.sought(controller.id, options["subject"], words)
            found = traces.look(what, options["more"])
        except DomainError as error:
            raise CommandError(str(error.message)) from None
        except redis.RedisError as error:
            raise CommandError(f"The broker does not answer ({type(error).__name__}).") from None
        self._tell(what, found)
        if not found.is_clean:
            sys.exit(LEFT)

    def _tell(self, what: traces.Sought, found: traces.Traces) -> None:
        """Places and kinds only; what was sought is written nowhere."""
        for one in found.found:
            verdict = "LEFT" if one.is_wrong else "copy" if one.is_copy else "kept"
            self.stdout.write(f"{verdict}  {one.kind:<7} {one.place}")
        for place in found.unread:
            self.stdout.write(f"UNREAD        {place}")
        if what.short:
            self.stdout.write(f"{what.short} words were too short to look for.")
        if "word" not in what.words:
            self.stdout.write("Nothing they were known by can be opened: give --words.")
        letters = sum(one.is_copy for one in found.found)
        if letters:
            self.stdout.write(LETTERS % {"n": letters, "folder": settings.EMAIL_FILE_PATH})
        verdict = "Nothing is left" if found.is_clean else "Something is left"
        self.stdout.write(f"{verdict}; {found.places:,} places were looked at.")
