"""Works out from the ledger where everybody stands, and compares or mends what is stored."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.actors import Actor
from consent import figures
from consent.services.rebuilding import Comparison, rebuild
from work.progress import Progress

FAULTS_LEFT = 1


class Command(BaseCommand):
    help = (
        "Work out every state of consent from the ledger alone. --check (the default) compares "
        "with what is stored and changes nothing; --write mends what differs, each recorded. Runs "
        "beside everything else. Ends with 1 when faults are left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--check", action="store_true", help="compare only")
        either.add_argument("--write", action="store_true", help="mend what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.ending = ""  # a bar that moves ends its line itself
        progress = Progress(self.stdout, figures.ledger_lines())
        try:
            found = rebuild(
                by=Actor.system("rebuild"), is_writing=options["write"],
                shown=lambda lines: progress.show(lines, lines),
            )  # fmt: skip
        finally:
            progress.end()
        self._tell(found)
        if found.faults > found.mended:
            sys.exit(FAULTS_LEFT)

    def _tell(self, found: Comparison) -> None:
        self.stdout.write(
            f"{found.lines:,} lines, {found.states:,} states: {found.wrong:,} wrong, "
            f"{found.missing:,} missing, {found.extra:,} on no line; {found.mended:,} mended.\n"
            f"  the ledger says {found.from_ledger.hexdigest()}\n"
            f"  stored was      {found.as_stored.hexdigest()}\n"
        )
