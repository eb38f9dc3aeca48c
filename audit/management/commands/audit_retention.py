"""`manage.py audit_retention`: end the payloads whose time is over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import retention
from audit.actors import Actor
from audit.errors import RetentionLoginMissingError


class Command(BaseCommand):
    help = "Drop each month of audit payloads past its ceiling; exits with 1 if one had to wait."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="only say which months are due")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                for month in retention.waiting():
                    self.stdout.write(str(month))
                return
            ran = retention.run(by=Actor.system("retention"))
        except RetentionLoginMissingError as error:
            raise CommandError(str(error)) from None
        self._say(ran)

    def _say(self, ran: retention.Ran) -> None:
        """Nothing where nothing was due."""
        if ran.released:
            self.stdout.write(f"{ran.released} held payloads were set free and destroyed.")
        for one in ran.dropped:
            self.stdout.write(f"{one.month}: {one.died} destroyed, {one.kept} held.")
            if one.lost:
                self.stdout.write(self.style.WARNING(f"{one.month}: {one.lost} were missing."))
        if ran.put_off:
            raise CommandError(f"Try again later: {'; '.join(ran.put_off)}.")
