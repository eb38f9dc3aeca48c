"""Fills an empty suite with two invented companies and their invented customers."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from desk.demo import seeding, telling

SUBJECTS = 20_000
LEAST = 300


class Command(BaseCommand):
    help = (
        "Build the demo: two controllers, purposes, notices in English and Hindi, and people in "
        "every state of consent, brought in by import_consents. An interrupted seed goes on. "
        "Where the demo is there already, it gets new passwords and keys. Not in production."
    )

    requires_system_checks = ()  # they look for keys: `handle` has them looked for after those

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subjects", type=int, default=SUBJECTS)
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="add nothing where there are controllers already",
        )
        parser.add_argument(
            "--with-keys", action="store_true", help="make sure of the keys first (ensure_keys)"
        )
        default = settings.LOCAL_DIR / "demo.json"
        parser.add_argument("--demo-file", type=Path, default=default)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's people are invented; production is not for them.")
        if options["subjects"] < LEAST:
            raise CommandError(f"The demo needs at least {LEAST} people to show every state.")
        if options["with_keys"]:
            call_command("ensure_keys", stdout=self.stdout, stderr=self.stderr)
        self.check()
        state, demo_file = seeding.state(), options["demo_file"]
        if options["if_empty"] and _is_told(state, demo_file):
            return
        if state == "foreign":
            raise CommandError("There are controllers already; the demo goes into an empty suite.")
        if state == "done":
            seeding.tell_again(demo_file)
        else:
            self._seed(options["subjects"], demo_file)
        self.stdout.write(f"Sign-ins and keys are in {demo_file}.")

    def _seed(self, total: int, demo_file: Path) -> None:
        began = time.monotonic()
        folder = demo_file.parent / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        seeding.seed(total=total, folder=folder, demo_file=demo_file, say=self.stdout.write)
        self.stdout.write(f"The demo is ready after {time.monotonic() - began:.0f} s.")


def _is_told(state: str, demo_file: Path) -> bool:
    """Whether nothing is left to say: a file that is gone would lock everybody out."""
    return state == "foreign" or (state == "done" and telling.move(demo_file))
