from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "subjects"

    def ready(self) -> None:
        from audit import retention  # noqa: PLC0415 (models come first)
        from subjects import selectors  # noqa: PLC0415

        retention.hold_source(selectors.held)
