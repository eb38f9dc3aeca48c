from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "erasure"

    def ready(self) -> None:
        from erasure.ourselves import connector  # noqa: F401, PLC0415 (models come first)
