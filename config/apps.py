from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks


class PrivacyAdminConfig(AdminConfig):
    """Django's admin with our site, so that no package's admin imports the composition root."""

    default_site = "config.admin.PrivacyAdminSite"


class SammatiConfig(AppConfig):
    name = "config"
    label = "sammati"

    def ready(self) -> None:
        from config.checks import ALL  # noqa: PLC0415 (settings are complete only now)

        for check in ALL:
            checks.register(check, checks.Tags.security)
