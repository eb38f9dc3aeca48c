"""Erases again, in a restored database, whoever was erased since its backup; `erasure.journal`."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.actors import Actor
from erasure.journal import replaying
from keys.problems import DomainError


class Command(BaseCommand):
    help = (
        "After a restore: do again every erasure that the journal has and the database does not, "
        "before anything is served. May be repeated. Ends with 1 while it is still behind."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=_moment, help="when the backup was taken (ISO 8601); default: all"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = replaying.replay(
                by=Actor.system("replay"), since=options["since"], dry_run=options["dry_run"]
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from None
        self._tell(done, is_dry=options["dry_run"])
        if not options["dry_run"] and replaying.is_behind():
            raise CommandError("The journal has more: run this again.")

    def _tell(self, done: replaying.Replayed, *, is_dry: bool) -> None:
        verb = "would be opened" if is_dry else "opened"
        self.stdout.write(
            f"{done.found:,} in the journal: {done.known:,} known here, {done.called_off:,} called "
            f"off, {done.opened:,} {verb}."
        )
        if not is_dry:
            self.stdout.write(
                f"{done.erased:,} people erased here at once, {done.waiting:,} wait for a "
                f"decision or a hold; {done.tombstones:,} tombstones put back."
            )


def _moment(text: str) -> datetime:
    """A time without a zone is UTC. Raises ValueError, which argparse tells."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
