"""`manage.py destroy_due`: destroy what the vault need not keep any more, without waiting."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from erasure.vault import jobs, storing


class Command(BaseCommand):
    help = (
        "Destroy the keys of everything in the vault whose day has come, as the worker does every "
        "quarter of an hour. May be repeated. What a legal hold keeps waits."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be destroyed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            free, held = storing.due()
            self.stdout.write(f"{free:,} would be destroyed, {held:,} held.")
            return
        done = 0
        while more := storing.destroy_due(limit=jobs.BATCH):
            done += more
        self.stdout.write(f"{done:,} destroyed, {storing.due().held:,} held.")
