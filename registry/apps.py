from importlib import import_module

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        import_module("registry.connectors.loading")  # each kind of connector the registry knows
