from django.apps import AppConfig


class ErasingConfig(AppConfig):
    name = "benchmarks.erasing"

    def ready(self) -> None:
        from benchmarks.erasing import systems  # noqa: F401, PLC0415 (registers)
