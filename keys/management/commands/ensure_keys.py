"""Make sure that keys exist and belong to this database. Safe to run at every start."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from keys import selectors, services
from keys.errors import KeysError


class Command(BaseCommand):
    help = "Create the key file if it is missing (never in production) and register its keys."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if self._may_create() and services.ensure_key_file(Path(settings.KEYS_FILE)):
                self.stdout.write(
                    f"New keys in {settings.KEYS_FILE}. Keep a backup apart from the database's."
                )
            services.register_versions()
        except KeysError as error:
            raise CommandError(str(error)) from error

    def _may_create(self) -> bool:
        """New keys are right only where nothing was ever sealed by others."""
        if settings.PRODUCTION or not settings.KEYS_FILE:
            return False
        return not selectors.registered_fingerprints()
