"""Rotates the key that wraps people's data keys and the secrets of systems; `subjects.rewrap`."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from audit.actors import Actor
from keys import rewrapping
from keys import services as keys
from keys.errors import KeysError
from subjects import rewrap
from work.progress import Progress

UNOPENED: Final = 1
INTERRUPTED: Final = 3
NAMED_AT_MOST: Final = 20


class Command(BaseCommand):
    help = (
        "Add a new wrapping key and wrap every data key and secret anew under it, with progress. "
        "It may be stopped or killed at any time: the workers go on, and so does --resume. Ends "
        "with 1 when something did not open, 3 when it was interrupted. The old key must stay "
        "as long as backups need it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--resume", action="store_true", help="only finish a rotation; never add a key"
        )
        how.add_argument(
            "--status", action="store_true", help="only say how much each version holds"
        )
        parser.add_argument(
            "--background", action="store_true", help="leave the work to the workers"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.ending = ""  # a bar that moves ends its line itself
        with _told():
            if not options["status"]:
                self._rotate(resume=options["resume"], is_background=options["background"])
            self._tell()

    def _rotate(self, *, resume: bool, is_background: bool) -> None:
        rotation = rewrap.rotate(by=Actor.system("rotate_keys"), resume=resume)
        begun = "is active" if rotation.is_new else "was active already; going on"
        self.stdout.write(f"Wrapping key {rotation.version} {begun}.\n")
        if is_background:
            self.stdout.write(f"{rotation.behind:,} wait to be wrapped anew; the workers do it.\n")
        elif rotation.behind:
            self._move(rotation)

    def _move(self, rotation: rewrap.Rotation) -> None:
        progress = Progress(self.stdout, total=rotation.behind, unit="keys")
        last = rewrap.Moved(0, ())
        for last in rewrap.moving(rotation.version):
            progress.show(last.moved, last.moved)
        left = rewrapping.behind(rotation.version)
        progress.show(rotation.behind - left, last.moved)
        progress.end()
        self.stdout.write(f"{last.moved:,} wrapped anew here; {left:,} left.\n")
        if last.unopened:
            self._tell_unopened(last)

    def _tell_unopened(self, last: rewrap.Moved) -> None:
        """Rows, not people: the ids are ours and name nobody."""
        for key in last.unopened[:NAMED_AT_MOST]:
            self.stderr.write(f"  {key} does not open")
        self.stderr.write(f"{len(last.unopened):,} do not open and stay as they are.")
        sys.exit(UNOPENED)

    def _tell(self) -> None:
        active = keys.current_provider().active_version("wrapping")
        for version, number in rewrapping.in_use().items():
            mark = " (active)" if version == active else ""
            self.stdout.write(f"  version {version}{mark}: {number:,}\n")


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong, as an operator's next step."""
    try:
        yield
    except KeysError as error:
        raise CommandError(str(error)) from None
    except DatabaseError:
        raise CommandError(
            "The database was lost; run the command again with --resume.", returncode=INTERRUPTED
        ) from None
    except KeyboardInterrupt:
        raise CommandError(
            "Stopped. The workers go on; so does this command with --resume.",
            returncode=INTERRUPTED,
        ) from None
