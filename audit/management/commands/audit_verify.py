"""`manage.py audit_verify`: prove that no entry was edited, or name those that were."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import verification


class Command(BaseCommand):
    help = "Check every audit entry against its commitment; exits with 1 and names what was edited."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=100, help="name at most so many findings")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, found = 0, 0
        for finding in verification.verify():
            checked += 1
            if finding is None:
                continue
            found += 1
            if found <= options["most"]:
                self.stdout.write(said(finding))
        if found:
            raise CommandError(f"{found} of {checked} entries do not verify.")
        self.stdout.write(self.style.SUCCESS(f"{checked} entries verified, none was edited."))


def said(finding: verification.Finding) -> str:
    """One line: the log, the place in it, the entry if it is about one, and the problem."""
    place = "waiting" if finding.position is None else f"position {finding.position}"
    entry = f" entry {finding.entry_id}" if finding.entry_id else ""
    return f"log {finding.controller_id} {place}{entry}: {finding.problem}"
