"""Rotates the key that wraps people's data keys; see `subjects.rewrap`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.actors import Actor
from keys.errors import KeysError
from subjects import rewrap


class Command(BaseCommand):
    help = (
        "Add a new wrapping key and have every person's data key wrapped anew under it, in the "
        "background. Safe to repeat: a rotation that was stopped goes on. The old key must stay "
        "in the key file as long as backups need it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rotation = rewrap.rotate(by=Actor.system("rotate_wrapping_key"))
        except KeysError as error:
            raise CommandError(str(error)) from error
        begun = "is active" if rotation.is_new else "was active already; going on"
        self.stdout.write(f"Wrapping key {rotation.version} {begun}.")
        self.stdout.write(
            f"{rotation.behind} data keys wait to be wrapped anew; the workers do it."
        )
