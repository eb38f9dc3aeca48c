from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    name = "work"
    verbose_name = _("Work in the background")

    def ready(self) -> None:
        autodiscover_modules("tasks")  # each package's handlers
