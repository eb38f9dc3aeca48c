"""Drafts a company's first purposes from a taxonomy; see `consent.versions.taxonomies`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import selectors as accounts
from audit.actors import Actor
from consent import services
from consent.versions import taxonomies


class Command(BaseCommand):
    help = (
        "Draft a purpose for each data use and record each data category of a file in the form of "
        "the Fides Language (CSV or JSON). Drafts say no ground, data or retention: people "
        "complete and approve them. Importing a file again adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--controller", required=True, help="the controller's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        controller = accounts.controller_by_slug(options["controller"])
        if controller is None:
            raise CommandError("There is no such controller.")
        try:
            with options["file"].open("rb") as file:
                raw = file.read(taxonomies.MOST_BYTES + 1)
            entries = taxonomies.read(raw, options["file"].name)
        except OSError:
            raise CommandError("The file cannot be read.") from None
        except taxonomies.TaxonomyUnreadableError as error:
            raise CommandError(str(error)) from None
        started = services.import_taxonomy(
            by=Actor.system("import"), controller_id=controller.id, entries=entries
        )
        self.stdout.write(
            f"Drafted {started.purposes} purposes, recorded {started.categories} categories; "
            f"{started.there_already} were there already."
        )
