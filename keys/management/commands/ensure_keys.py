"""Make sure that keys exist and belong to this database. Safe to run at every start."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from keys import places, selectors, services
from keys.errors import KeysError


class Command(BaseCommand):
    help = "Create the key file if it is missing (never in production) and register its keys."
    requires_system_checks = ()  # it makes what the checks look for

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._ensure()
        except KeysError as error:
            raise CommandError(str(error)) from error

    def _ensure(self) -> None:
        known = self._known()
        # Where keys were in use, new ones would only hide that the right file is missing.
        path = places.own_file()
        if not known and not settings.PRODUCTION and path:
            self._create(path)
        services.current_provider()
        if known is None:
            self.stdout.write("The database has no tables yet: run this again after `migrate`.")
        else:
            services.register_versions()

    def _known(self) -> object:
        """What is registered, or None while there is no database to ask."""
        try:
            return selectors.registered_fingerprints()
        except DatabaseError:
            return None

    def _create(self, path: Path) -> None:
        if services.ensure_key_file(path):
            self.stdout.write(f"New keys in {path}. Back them up apart from the database.")
