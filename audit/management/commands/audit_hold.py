"""`manage.py audit_hold`: keep a log's records beyond their time, for a case, or stop it."""

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import retention, selectors
from audit.actors import Actor
from audit.models_retention import Hold
from audit.sealing import log_name
from keys.ids import SYSTEM_ID
from keys.problems import DomainError

BY = Actor.system("console")


class Command(BaseCommand):
    help = "List the legal holds on whole logs, set one (--log, --since, --reason) or end one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log", type=log_id, help="a controller's id, or `system`")
        parser.add_argument("--since", type=day, help="keep what is younger: a day (UTC)")
        parser.add_argument("--reason", default="", help="a code, such as the case's number")
        parser.add_argument("--end", type=UUID, metavar="HOLD", help="end this hold")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [options[name] for name in ("log", "since", "reason")]
        try:
            if options["end"]:
                retention.end_hold(by=BY, hold_id=options["end"])
            elif all(wanted):
                self._set(*wanted)
            elif any(wanted):
                raise CommandError("A hold needs --log, --since and --reason.")
        except DomainError as error:
            raise CommandError(str(error.message)) from None
        for one in selectors.holds():
            self.stdout.write(said(one))

    def _set(self, log: UUID, since_at: datetime, reason: str) -> None:
        retention.hold(by=BY, controller_id=log, since_at=since_at, reason=reason)


def said(one: Hold) -> str:
    """One line: the hold's id, the log, since when, and why."""
    return f"{one.id} log {log_name(one.controller_id)} since {one.since_at:%Y-%m-%d}: {one.reason}"


def log_id(text: str) -> UUID:
    try:
        return SYSTEM_ID if text == "system" else UUID(text)
    except ValueError:
        raise ArgumentTypeError("a controller's id, or `system`") from None


def day(text: str) -> datetime:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("a day as 2026-01-31") from None
    return datetime(found.year, found.month, found.day, tzinfo=UTC)
