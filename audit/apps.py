from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit.witnesses import checks  # noqa: F401, PLC0415 (registers; models come first)
