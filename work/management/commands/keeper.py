"""Run the keeper until SIGTERM or SIGINT."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from work.keeper import Keeper


class Command(BaseCommand):
    help = "Sweep leases, keep the schedule, and do work that waits too long. Needs no broker."
    requires_system_checks = ()  # it must start while the database is still away

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--patience",
            type=float,
            default=getattr(settings, "WORK_PATIENCE_SECONDS", 2.0),
            help="Seconds that due work may wait for the workers (default 2).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keeper = Keeper(patience_seconds=options["patience"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: keeper.stop())
        keeper.run()
