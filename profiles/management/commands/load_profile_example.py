"""Enters a whole example of profiles: a sector's attributes, readers, matrix and a few people."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import selectors as accounts
from audit.actors import Actor
from keys.problems import DomainError
from profiles.examples import sector as sectors
from profiles.examples.bringing import bring
from profiles.examples.entering import enter

AUTHOR, APPROVER = Actor.system("example"), Actor.system("example-approver")


class Command(BaseCommand):
    help = (
        "Enter an example of profiles (banking, retail, travel, health, or a folder of your own): "
        "categories, purposes, sources, attributes, roles and the matrix of views; and invented "
        "people. What is there already stays. In production everything that shows somebody "
        "something stays a draft, and no people come."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sector", help="a name below examples/profiles, or a folder")
        parser.add_argument("--controller", required=True, help="the controller's short name")
        parser.add_argument(
            "--drafts", action="store_true", help="leave approving to officers; bring no people"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        controller = accounts.controller_by_slug(options["controller"])
        if controller is None:
            raise CommandError("There is no such controller.")
        is_drafting = options["drafts"] or settings.PRODUCTION
        try:
            sector = sectors.read(_folder(options["sector"]))
            approver = None if is_drafting else APPROVER
            enter(author=AUTHOR, approver=approver, controller_id=controller.id, sector=sector)
            if not is_drafting:
                told = bring(by=AUTHOR, controller_id=controller.id, sector=sector)
                self.stdout.write(
                    f"{told.people} people, {told.records} records, {told.relationships} "
                    "relationships."
                )
        except (sectors.SectorError, DomainError) as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        drafted = "is drafted; officers approve it." if is_drafting else "is in force."
        self.stdout.write(f"{sector.definitions.name}: the matrix {drafted}")


def _folder(named: str) -> Path:
    shipped = Path(settings.BASE_DIR) / "examples" / "profiles" / named
    return shipped if named.isidentifier() and shipped.is_dir() else Path(named)
