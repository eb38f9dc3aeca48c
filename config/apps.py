from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks


class PrivacyAdminConfig(AdminConfig):
    """Django's admin with our site, so that no package's admin imports the composition root."""

    default_site = "config.admin.PrivacyAdminSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib.admin import site  # noqa: PLC0415 (models are there only now)

        from config.labels import name_fields, name_rows  # noqa: PLC0415 (as above)
        from config.menu import name_lists  # noqa: PLC0415 (as above)

        name_lists(site._registry)  # noqa: SLF001 (Django has no other list of them)
        name_rows(site._registry)  # noqa: SLF001 (as above)
        name_fields(site._registry)  # noqa: SLF001 (as above)


class SammatiConfig(AppConfig):
    name = "config"
    label = "sammati"

    def ready(self) -> None:
        from config.checks import ALL  # noqa: PLC0415 (settings are complete only now)

        for check in ALL:
            checks.register(check, checks.Tags.security)
