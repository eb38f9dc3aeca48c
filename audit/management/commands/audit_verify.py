"""`manage.py audit_verify`: prove that no entry was edited, or name those that were."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import selectors


class Command(BaseCommand):
    help = "Check every audit entry against its commitment; exits with 1 and names what was edited."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=100, help="name at most so many findings")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, found = 0, 0
        for finding in selectors.verify():
            checked += 1
            if finding is None:
                continue
            found += 1
            if found <= options["most"]:
                log = finding.controller_id
                self.stdout.write(f"entry {finding.entry_id} of log {log}: {finding.problem}")
        if found:
            raise CommandError(f"{found} of {checked} entries do not verify.")
        self.stdout.write(self.style.SUCCESS(f"{checked} entries verified, none was edited."))
