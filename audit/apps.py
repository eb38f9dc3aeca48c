from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit.door import through_job  # noqa: PLC0415 (models come first)
        from audit.witnesses import checks  # noqa: F401, PLC0415 (registers; models come first)
        from work.handlers import around  # noqa: PLC0415 (models come first)

        around(lambda job: through_job(job.id))
