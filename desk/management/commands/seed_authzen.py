"""Builds the tenant that AuthZEN's certification scenario is run against."""

from typing import Any

from django.core.management.base import BaseCommand

from desk.demo import authzen


class Command(BaseCommand):
    help = (
        "Build the tenant authzen-fixture: the users alice and bob, the records record-1 and "
        "record-2 of AuthZEN's certification scenario. Prints a key for whoever tests; where the "
        "tenant is there already, a new key. No other tenant is touched."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(authzen.build())
